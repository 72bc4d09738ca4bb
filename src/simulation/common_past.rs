//! The months that two scenarios have in common: until a measure can act that only one of them has, both are the same run. A
//! scenario need not simulate them again, but follows another, its leader, and goes on from there.

use super::matching::is_inert;
use super::model::Model;
use super::plan::{By, Constraint, Plan};
use super::{passage, surveillance};
use crate::model::{Index, Month, Table};
use crate::policy::{Hazard, Measure, MeasureIndex, ProgrammeIndex};
use crate::random::Distribution;
use crate::scenario::Scenario;

/// The last months whose flows tell a follower what its own measures have seen.
pub const REMEMBERED: usize = if surveillance::SURGE_MONTHS > passage::MONTHS as usize {
    surveillance::SURGE_MONTHS
} else {
    passage::MONTHS as usize
};

/// The months that a scenario has in common with its leader, and where the parts of its state stand in the leader's.
#[derive(Debug)]
pub struct CommonPast {
    /// How many months they have in common: at least one, and not all.
    pub months: usize,
    /// By measure of the follower, that of the leader.
    pub measures: Table<MeasureIndex, Option<MeasureIndex>>,
    /// By place in [`Model::hazards`] of the follower, that in the leader's.
    pub hazards: Vec<Option<usize>>,
    /// By check that learns.
    pub(super) learning: Vec<Option<usize>>,
    /// By constraint.
    pub constraints: Vec<Option<usize>>,
}

impl CommonPast {
    /// The past that a model has in common with a leader; none without a month. Both must meet the same world
    /// ([`Scenario::meets_same_world`]).
    pub fn new(follower: &Model, leader: &Model) -> Option<Self> {
        let Pairs {
            measures,
            programmes,
            months,
        } = Pairs::of(
            (&follower.plan.scenario, &follower.identities),
            (&leader.plan.scenario, &leader.identities),
        )?;
        let hazards = follower.hazards.iter().map(|hazard| {
            let programme = programmes[hazard.programme]?;
            let is_same =
                |known: &super::hazard::HazardPlan| (known.programme, known.target) == (programme, hazard.target);
            leader.hazards.iter().position(is_same)
        });
        let learning = follower.learning.iter().map(|learning| {
            let measure = measures[learning.measure]?;
            leader.learning.iter().position(|known| known.measure == measure)
        });
        let constraints = constraints(&follower.plan, &leader.plan, &measures, &programmes);
        Some(Self {
            months,
            hazards: hazards.collect(),
            learning: learning.collect(),
            constraints,
            measures,
        })
    }
}

/// The measures and programmes that two scenarios have in common, and their months: at least one, and not all.
struct Pairs {
    measures: Table<MeasureIndex, Option<MeasureIndex>>,
    programmes: Table<ProgrammeIndex, Option<ProgrammeIndex>>,
    months: usize,
}

impl Pairs {
    fn of((own, alike): (&Scenario, &Identities), (other, known): (&Scenario, &Identities)) -> Option<Self> {
        let (measures, first) = pair_up(
            (own, &own.measures, &alike.measures),
            (other, &other.measures, &known.measures),
        )?;
        let (programmes, first_programme) = pair_up(
            (own, &own.programmes, &alike.programmes),
            (other, &other.programmes, &known.programmes),
        )?;
        let horizon = own.horizon;
        // Scenarios that never part need no leader to be told apart, but their last month.
        let parting = first.into_iter().chain(first_programme).min();
        let months = parting.map_or(i32::MAX, |parting| parting.since(horizon.start));
        let months = months.min(horizon.months as i32 - 1);
        (months >= 1).then_some(Self {
            measures,
            programmes,
            months: months as usize,
        })
    }
}

/// How many months two scenarios have in common that meet the same world.
pub fn months_in_common(one: (&Scenario, &Identities), other: (&Scenario, &Identities)) -> usize {
    Pairs::of(one, other).map_or(0, |pairs| pairs.months)
}

fn constraints(
    follower: &Plan,
    leader: &Plan,
    measures: &Table<MeasureIndex, Option<MeasureIndex>>,
    programmes: &Table<ProgrammeIndex, Option<ProgrammeIndex>>,
) -> Vec<Option<usize>> {
    let of_leader = |by: By| match by {
        By::Measure(index) => measures[index].map(By::Measure),
        By::Programme(index) => programmes[index].map(By::Programme),
    };
    let place = |row: &super::plan::ConstraintPlan| {
        let sought = match row.constraint {
            Constraint::Capacity(capacity) => Constraint::Capacity(capacity),
            Constraint::Limit { by, on } => Constraint::Limit { by: of_leader(by)?, on },
        };
        leader
            .constraints
            .rows()
            .iter()
            .position(|known| known.constraint == sought)
    };
    follower.constraints.rows().iter().map(place).collect()
}

/// The measures or programmes of a scenario with what each of them is.
type Known<'a, I> = (&'a Scenario, &'a Table<I, Measure>, &'a Table<I, Identity>);

/// For each measure the other scenario's, where it is the same, and the first month in which one can act that the two do not have
/// in common. None if what they have in common stands in another order, in which its effects would round differently.
#[allow(clippy::type_complexity, reason = "two results of one search")]
fn pair_up<I: Index + Ord>(own: Known<'_, I>, other: Known<'_, I>) -> Option<(Table<I, Option<I>>, Option<Month>)> {
    let same = |(index, identity): (I, &Identity)| {
        let id = &own.1[index].terms.id;
        let place = other.1.position(|known| known.terms.id == *id)?;
        (other.2[place] == *identity).then_some(place)
    };
    let places: Table<I, Option<I>> = own.2.iter().map(same).collect();
    let common: Vec<I> = places.rows().iter().flatten().copied().collect();
    if !common.is_sorted() {
        return None;
    }
    let own_alone = own.1.iter().filter(|(index, _)| places[*index].is_none());
    let others_alone = other.1.iter().filter(|(index, _)| common.binary_search(index).is_err());
    let acting = own_alone.map(|(_, measure)| (own.0, measure));
    let acting = acting.chain(others_alone.map(|(_, measure)| (other.0, measure)));
    let first = acting.filter(|(scenario, measure)| !is_inert(scenario, measure));
    let first = first.map(|(_, measure)| first_month(measure)).min();
    Some((places, first))
}

/// The first month in which a measure or programme can act.
fn first_month(measure: &Measure) -> Month {
    let terms = &measure.terms;
    let known = measure.instrument.hazard().and_then(Hazard::known_since);
    let first = terms.announced.min(terms.first_announced).min(terms.from);
    known.map_or(first, |known| known.min(first))
}

/// The identities of a scenario's measures and programmes, to be compared with those of others.
#[derive(Debug)]
pub struct Identities {
    measures: Table<MeasureIndex, Identity>,
    programmes: Table<ProgrammeIndex, Identity>,
}

impl Identities {
    /// Of all measures and programmes.
    pub fn new(scenario: &Scenario) -> Self {
        let of = |measure: &Measure| Identity::new(scenario, measure);
        Self {
            measures: scenario.measures.rows().iter().map(of).collect(),
            programmes: scenario.programmes.rows().iter().map(of).collect(),
        }
    }
}

/// The identity of a measure: equal for two measures of one world that act alike in every draw.
#[derive(PartialEq, Debug)]
struct Identity {
    /// Terms, targets and instrument. Places of numbers, which differ between scenarios, are left out.
    text: String,
    /// Name, value and, where it is uncertain, distribution of its numbers, in their order in the text.
    numbers: Vec<(String, f64, Option<Distribution>)>,
}

impl Identity {
    fn new(scenario: &Scenario, measure: &Measure) -> Self {
        /// How a slot shows in the text of an instrument.
        const SLOT: &str = "Slot(";
        // An instrument may be of any kind, but its text shows all that it holds.
        let whole = format!("{:?} {:?} {:?}", measure.terms, measure.targets, measure.instrument);
        let mut parts = whole.split(SLOT);
        let mut text = parts.next().unwrap_or_default().to_owned();
        let mut places = Vec::new();
        for part in parts {
            let (place, rest) = part.split_once(')').unwrap_or((part, ""));
            places.extend(place.parse::<usize>());
            text.push_str(SLOT);
            text.push_str(rest);
        }
        let number = |place: usize| {
            let number = scenario.numbers.at(place)?;
            let drawn = scenario
                .parameters
                .iter()
                .find(|parameter| parameter.slot.position() == place);
            let distribution = drawn.map(|parameter| parameter.distribution.clone());
            Some((number.name.clone(), number.value, distribution))
        };
        Self {
            text,
            numbers: places.into_iter().filter_map(number).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::{measure, model};

    /// The months in common of two scenarios of the hub world from January 2022.
    fn months(follower: &str, leader: &str) -> Option<usize> {
        CommonPast::new(&model(follower), &model(leader)).map(|past| past.months)
    }

    fn ban(from: &str, exempt: f64) -> String {
        let keys = format!("issuer = \"UNION\"\nexempt_share = {exempt:?}");
        measure("ban", "stop", "grain", &keys).replace("from = \"2022-01\"", &format!("from = \"{from}\""))
    }

    #[test]
    fn scenarios_part_when_the_first_measure_is_announced_that_one_of_them_lacks() {
        let quota = measure("quota", "tonnage", "ore", "issuer = \"UNION\"\nlimit_t_per_month = 60")
            .replace("from = \"2022-01\"", "from = \"2022-02\"");
        let both = ban("2022-01", 0.5) + &quota;
        assert_eq!(months(&both, &ban("2022-01", 0.5)), Some(1));
        assert_eq!(months(&ban("2022-01", 0.5), &both), Some(1));
        assert_eq!(months(&both, &quota), None);
        let announced = quota.clone() + "announced = \"2021-12\"\n";
        assert_eq!(months(&announced, ""), None);
        assert_eq!(months(&quota, ""), Some(1));
    }

    #[test]
    fn a_measure_with_another_number_is_another_measure() {
        assert_eq!(months(&ban("2022-02", 0.5), &ban("2022-02", 0.25)), Some(1));
        assert_eq!(months(&ban("2022-01", 0.5), &ban("2022-01", 0.25)), None);
        let uncertain = ban("2022-01", 0.5).replace("= 0.5", "= { uniform = { low = 0.4, high = 0.6 } }");
        assert_eq!(months(&ban("2022-01", 0.5), &uncertain), None);
    }

    #[test]
    fn places_are_those_of_the_leader_and_new_limits_have_none() {
        let quota = measure("quota", "tonnage", "ore", "issuer = \"UNION\"\nlimit_t_per_month = 60")
            .replace("from = \"2022-01\"", "from = \"2022-02\"");
        let stop = ban("2022-01", 0.5);
        let (follower, leader) = (model(&(quota + &stop)), model(&stop));
        let past = CommonPast::new(&follower, &leader).unwrap();
        let names = |model: &Model| -> Vec<String> {
            let rows = model.plan.constraints.rows().iter();
            rows.map(|row| model.plan.constraint_name(row.constraint)).collect()
        };
        let (own, known) = (names(&follower), names(&leader));
        for (name, place) in own.iter().zip(&past.constraints) {
            assert_eq!(known.iter().position(|known| known == name), *place, "{name}");
        }
        assert_eq!(past.constraints.iter().filter(|place| place.is_none()).count(), 1);
        let firsts = past.measures.rows().iter().map(|place| place.map(Index::row));
        assert_eq!(firsts.collect::<Vec<_>>(), [Some(0), None]);
    }
}
