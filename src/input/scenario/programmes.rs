//! Secondary programmes: what is done to those who help others around a measure.

use super::body::ProgrammeBody;
use super::draft::{Draft, Line, WrittenTerms};
use super::kinds::Kind;
use super::leaves::Reference;
use super::lookup;
use super::measures::{EXEMPT_SHARE, WIND_DOWN};
use super::quantity::Quantity;
use super::register::{Owner, Resolved, Rule, resolve, rule};
use super::sections::{Designation, ExportBan, NoReexportClause, Overcompliance, Payments, ProgrammeTerms, Threat};
use super::tree::quoted;
use super::wire::{Field, Placed};
use crate::diagnostic::nearest;
use crate::model::{Domain, Instrument, Month, Programme};
use crate::random::Distribution;

const RATE: Rule = rule("rate_per_month", Domain::NonNegative, "per month");
const SURGE_REFERENCE: Rule = rule("surge_reference", Domain::AboveOne, "baselines");
const SURGE_EXPONENT: Rule = rule("surge_exponent", Domain::Positive, "");
const SURGE_FLOOR: Rule = rule("surge_floor_usd_per_month", Domain::Positive, "USD/month");
// Lost capacity fades by one over this a month, so less than one month would give back more than was lost.
const SUCCESSOR: Rule = rule("successor_months", Domain::AtLeastOne, "months");
const REFUSED: Rule = rule("refused_share", Domain::Share, "");
const HALF_LIFE: Rule = rule("half_life_months", Domain::Positive, "months");
const FRICTION_START: Rule = rule("friction_start", Domain::NonNegative, "reference prices");
const FRICTION_END: Rule = rule("friction_end", Domain::NonNegative, "reference prices");
const SHARE: Rule = rule("share", Domain::Share, "");
const EXIT_SHARE: Rule = rule("exit_share", Domain::Share, "");
const GROWTH_FACTOR: Rule = rule("growth_factor", Domain::NonNegative, "");

/// What the ban that a programme extends turned out to be.
enum Extended {
    /// The measure at this position.
    Ban(usize),
    /// A ban that `[scope]` leaves out.
    Outside,
}

impl Draft<'_> {
    /// Adds a programme, or notes that `[scope]` leaves it out; none if it is faulty.
    pub fn add_programme(
        &mut self,
        owner: &Owner,
        id: &Placed<String>,
        written: &ProgrammeTerms,
        body: &ProgrammeBody,
    ) -> Option<()> {
        let start = match body {
            ProgrammeBody::Threat(_) => self.start_of_threat(owner, written),
            _ => written.from.clone(),
        };
        let terms = self.terms(
            id,
            &WrittenTerms {
                issuer: &written.issuer,
                commodities: &written.commodities,
                announced: &written.announced,
                from: &start,
                until: &written.until,
            },
        );
        let targets = lookup::jurisdictions(self.world, &written.targets, self.report);
        let instrument = match body {
            ProgrammeBody::Designation(designation) => self.designation(owner, designation).map(Some),
            ProgrammeBody::Payments(payments) => self.payments(owner, payments).map(Some),
            ProgrammeBody::ExportBan(ban) => self.export_ban(owner, ban),
            ProgrammeBody::NoReexportClause(clause) => self.no_reexport_clause(owner, clause).map(Some),
            ProgrammeBody::Threat(threat) => self.threat(owner, threat).map(Some),
            ProgrammeBody::Overcompliance(avoidance) => self.overcompliance(owner, avoidance).map(Some),
        };
        let (terms, targets) = (terms?, targets?);
        let Some(instrument) = instrument? else {
            self.drop_outside(owner, id);
            return Some(());
        };
        if !self.is_outside(owner, id, &terms.commodities) {
            let value = Programme {
                terms,
                targets,
                instrument,
            };
            let place = id.place.clone();
            self.programmes.push(Line { value, place });
        }
        Some(())
    }

    fn designation(&mut self, owner: &Owner, written: &Designation) -> Option<Instrument> {
        let rate_per_month = self.number(owner, RATE, &written.rate_per_month, None);
        let surge_reference = self.number(owner, SURGE_REFERENCE, &written.surge_reference, None);
        let surge_exponent = self.number(owner, SURGE_EXPONENT, &written.surge_exponent, Some(1.0));
        let surge_floor = self.number(owner, SURGE_FLOOR, &written.surge_floor_usd_per_month, None);
        let capacity_loss = self.per_event_share(owner, "capacity_loss", &written.capacity_loss);
        let successor_months = self.number(owner, SUCCESSOR, &written.successor_months, None);
        Some(Instrument::Designation {
            rate_per_month: rate_per_month?,
            surge_reference: surge_reference?,
            surge_exponent: surge_exponent?,
            surge_floor: surge_floor?,
            capacity_loss: capacity_loss?,
            successor_months: successor_months?,
        })
    }

    /// A share that is drawn for each event, so it is no parameter and has no row in a posterior table.
    fn per_event_share(&mut self, owner: &Owner, key: &str, field: &Field<Quantity>) -> Option<Distribution> {
        let quantity = field.given()?;
        if matches!(quantity.value, Quantity::Posterior(_)) {
            self.report
                .fault(
                    quantity.place.clone(),
                    format!("`{key}` is drawn for each event, not once per draw"),
                )
                .help("give a distribution such as { beta = { mean = 0.25, sd = 0.1 } }");
            return None;
        }
        let name = format!("{}{key}", owner.prefix);
        match resolve(&name, Domain::Share, quantity, self.posteriors, self.report)? {
            // A finite number was checked, so this cannot fail.
            Resolved::Certain(value) => Distribution::constant(value).ok(),
            Resolved::Uncertain(distribution) => Some(distribution),
        }
    }

    fn payments(&mut self, owner: &Owner, written: &Payments) -> Option<Instrument> {
        let refused_share = self.number(owner, REFUSED, &written.refused_share, None);
        let half_life_months = self.number(owner, HALF_LIFE, &written.half_life_months, None);
        let friction_start = self.number(owner, FRICTION_START, &written.friction_start, None);
        let friction_end = self.number(owner, FRICTION_END, &written.friction_end, None);
        Some(Instrument::Payments {
            refused_share: refused_share?,
            half_life_months: half_life_months?,
            friction_start: friction_start?,
            friction_end: friction_end?,
        })
    }

    /// `Some(None)` if the ban it extends lies outside `[scope]`.
    fn export_ban(&mut self, owner: &Owner, written: &ExportBan) -> Option<Option<Instrument>> {
        let extended = written.extends_ban.given().and_then(|id| self.extended_ban(id));
        let wind_down_months = self.number(owner, WIND_DOWN, &written.wind_down_months, Some(0.0));
        let exempt_share = self.number(owner, EXEMPT_SHARE, &written.exempt_share, Some(0.0));
        let (wind_down_months, exempt_share) = (wind_down_months?, exempt_share?);
        Some(match extended? {
            Extended::Outside => None,
            Extended::Ban(extends) => Some(Instrument::ExportBan {
                extends,
                wind_down_months,
                exempt_share,
            }),
        })
    }

    fn no_reexport_clause(&mut self, owner: &Owner, written: &NoReexportClause) -> Option<Instrument> {
        let share = self.number(owner, SHARE, &written.share, None)?;
        Some(Instrument::NoReexportClause { share })
    }

    fn threat(&mut self, owner: &Owner, written: &Threat) -> Option<Instrument> {
        let exit_share = self.number(owner, EXIT_SHARE, &written.exit_share, None);
        let growth_factor = self.number(owner, GROWTH_FACTOR, &written.growth_factor, None);
        Some(Instrument::Threat {
            exit_share: exit_share?,
            growth_factor: growth_factor?,
        })
    }

    /// The month of a threat: it stands from its announcement, so `announced` and `from` are one.
    fn start_of_threat(&mut self, owner: &Owner, written: &ProgrammeTerms) -> Field<Month> {
        match (&written.announced, &written.from) {
            (Field::Absent, Field::Absent) => {
                self.report
                    .fault(
                        owner.header.clone(),
                        format!("{} lacks `announced`", Kind::Threat.header()),
                    )
                    .help("add a line like `announced = \"2022-03\"`");
                Field::Faulty
            }
            (Field::Given(announced), Field::Given(from)) if announced.value != from.value => {
                let message = format!(
                    "a threat stands from its announcement in {}, not from {}",
                    announced.value, from.value
                );
                self.report
                    .fault(from.place.clone(), message)
                    .help("leave one of `announced` and `from` out");
                Field::Faulty
            }
            (announced, Field::Absent) => announced.clone(),
            (_, from) => from.clone(),
        }
    }

    fn overcompliance(&mut self, owner: &Owner, written: &Overcompliance) -> Option<Instrument> {
        let share = self.number(owner, SHARE, &written.share, None)?;
        Some(Instrument::Overcompliance { share })
    }

    fn extended_ban(&mut self, id: &Placed<Reference>) -> Option<Extended> {
        let text = id.value.0.as_str();
        match self.kinds.get(text) {
            Some(Kind::Ban) if self.outside.contains(&format!("ban.{text}.")) => Some(Extended::Outside),
            // A ban that is not among the measures is faulty, and was reported.
            Some(Kind::Ban) => self
                .measures
                .iter()
                .position(|line| line.value.terms.id == text)
                .map(Extended::Ban),
            Some(kind) => {
                self.report
                    .fault(
                        id.place.clone(),
                        format!("{} is a {}, not a ban", quoted(text), kind.header()),
                    )
                    .help("name a [[measures.ban]] of this scenario");
                None
            }
            None => {
                let bans = self.kinds.iter().filter(|(_, kind)| **kind == Kind::Ban);
                let help = match nearest(text, bans.map(|(id, _)| id.as_str())) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name a [[measures.ban]] of this scenario".to_owned(),
                };
                self.report
                    .fault(id.place.clone(), format!("there is no ban {}", quoted(text)))
                    .help(help);
                None
            }
        }
    }
}
