//! Lines that can do nothing, because they match no route, come too late or have no strength.
//!
//! Such a line is usually a mistake: a ban that was meant to bite and does not.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Line};
use super::extends::Effective;
use super::parameters::Parametrised;
use super::usage;
use crate::diagnostic::{Place, Report, SourceId};
use crate::model::{CommodityIndex, JurisdictionIndex, Route, Slot, World};
use crate::policy::{Measure, SlackLimit, Terms};
use crate::scenario::{Shock, ShockKind, Side, Trend};

/// How lines that do nothing are treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdleLines {
    /// They forbid a run.
    Fault,
    /// They are pointed out (`--allow-idle`).
    Warn,
}

/// How scenario files are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadingRules {
    pub idle: IdleLines,
    /// Whether the key `posterior` of all files is ignored (`--prior`).
    pub ignores_posterior: bool,
}

impl From<IdleLines> for ReadingRules {
    /// Posteriors are taken.
    fn from(idle: IdleLines) -> Self {
        Self {
            idle,
            ignores_posterior: false,
        }
    }
}

/// A line that does nothing.
#[derive(Clone, Debug)]
pub(super) struct Idle {
    pub place: Place,
    pub message: String,
    /// Whether it does nothing only because `[scope]` leaves out what it bears on.
    pub only_by_scope: bool,
}

/// Up to this many notes of one sort are reported one by one; more become one note.
const MOST_NOTES: usize = 5;

/// Reports idle lines. Those that scope or inheritance made idle are only notes; many of a sort in one file become one.
pub(super) fn report_idle(lines: Vec<Idle>, rule: IdleLines, effective: &Effective, report: &mut Report) {
    let mut notes: BTreeMap<(SourceId, bool), Vec<Idle>> = BTreeMap::new();
    for line in lines {
        if line.only_by_scope || effective.is_inherited(&line.place) {
            // A shared file or a narrow scope makes many lines idle on purpose, so they are no mistakes.
            let sort = (line.place.source, line.only_by_scope);
            notes.entry(sort).or_default().push(line);
            continue;
        }
        match rule {
            IdleLines::Fault => report
                .fault(line.place, line.message)
                .help("correct or remove it, or allow it with --allow-idle"),
            IdleLines::Warn => report.warning(line.place, line.message),
        };
    }
    for ((_, by_scope), mut lines) in notes {
        if lines.len() <= MOST_NOTES {
            for line in lines {
                report.note(line.place, line.message);
            }
            continue;
        }
        lines.sort_by_key(|line| line.place.span.start);
        let place = lines[0].place.clone();
        let which = if effective.is_inherited(&place) {
            "inherited lines"
        } else {
            "lines"
        };
        let why = if by_scope {
            "lie outside [scope]"
        } else {
            "do nothing here"
        };
        let message = format!("{} {which} {why}, this one the first", lines.len());
        report.note(place, message);
    }
}

/// Warns of bans whose issuer is no end of the trade that they restrict: such a law has nobody to obey it.
pub(super) fn warn_of_issuers(draft: &mut Draft<'_>) {
    let mut odd = Vec::new();
    for line in &draft.measures {
        let (terms, instrument) = (&line.value.terms, &line.value.instrument);
        // Whoever trade passes through may stop it, too.
        let legs = instrument.extendable().filter(|_| instrument.transit().is_empty());
        let Some(legs) = legs else { continue };
        let ends = || legs.origins.iter().chain(&legs.destinations).flatten();
        if ends().next().is_some() && !ends().any(|end| terms.issuer.contains(end)) {
            odd.push((line.place.clone(), terms.id.clone()));
        }
    }
    for (place, id) in odd {
        let message = format!("the issuer of `{id}` is neither an origin nor a destination of the trade that it bans");
        draft.report.warning(place, message).help(
            "check `issuer`, `origins` and `destinations`; a programme of secondary sanctions reaches trade of others",
        );
    }
}

/// Warns of limits far above the trade that they limit.
pub(super) fn warn_of_slack(draft: &mut Draft<'_>) {
    let world = draft.world;
    let mut slack = Vec::new();
    for line in draft.measures.iter().chain(&draft.programmes) {
        let measure = &line.value;
        let trade = |good: CommodityIndex| {
            let routes = world.routes.rows().iter();
            let of_good = routes.filter(|route| world.commodity(route) == good && measure.matches(world, route));
            of_good.map(|route| route.baseline.get()).sum()
        };
        let lowest = |slot: Slot| draft.register.support(slot).0;
        for limit in measure.instrument.slack_limits(&lowest, &trade) {
            slack.push((line.place.clone(), measure.label.kind, measure.terms.id.clone(), limit));
        }
    }
    for (place, kind, id, SlackLimit { good, limit, trade }) in slack {
        let message = format!(
            "the {kind} `{id}` of `{}` is {} times the trade that it limits, {trade} t per month at baseline",
            world.commodities[good].id,
            in_words(limit / trade)
        );
        draft
            .report
            .warning(place, message)
            .help("it cannot bind: limits are tonnes a month");
    }
}

/// A large number, rounded, in words: `40 million`.
fn in_words(number: f64) -> String {
    let (unit, word) = match number {
        number if number >= 1e15 => return format!("{number:.0e}"),
        number if number >= 1e9 => (1e9, " billion"),
        number if number >= 1e6 => (1e6, " million"),
        number if number >= 1e4 => (1e3, " thousand"),
        _ => (1.0, ""),
    };
    format!("{:.0}{word}", number / unit)
}

/// All lines of a draft that do nothing.
pub(super) fn idle_lines(draft: &Draft<'_>) -> Vec<Idle> {
    let mut survey = Survey {
        idle: draft.idle.clone(),
        used: usage::slots_of_world(draft.world),
    };
    for line in draft.measures.iter().chain(&draft.programmes) {
        survey.take(line, &line.value.terms.id, idle_measure(draft, &line.value));
    }
    for line in &draft.trends {
        survey.take(line, &line.value.id, idle_trend(draft, &line.value));
    }
    for line in &draft.shocks {
        survey.take(line, &line.value.id, idle_shock(draft, &line.value));
    }
    let Survey { mut idle, used } = survey;
    // After all entries, because a number is unused only if none of them uses it.
    idle.extend(idle_parameters(draft, &used));
    idle
}

/// The idle lines so far, and the numbers that the others use.
struct Survey {
    idle: Vec<Idle>,
    used: BTreeSet<Slot>,
}

impl Survey {
    /// Counts a line: as idle if `why` gives a reason, else its numbers as used.
    fn take<T>(&mut self, line: &Line<T>, id: &str, why: Option<String>) {
        match why {
            None => self.used.extend(&line.slots),
            Some(why) => self.idle.push(Idle {
                place: line.place.clone(),
                message: format!("`{id}` does nothing: {why}"),
                only_by_scope: false,
            }),
        }
    }
}

/// Lines of `[parameters]` for numbers that nothing uses.
fn idle_parameters(draft: &Draft<'_>, used: &BTreeSet<Slot>) -> Vec<Idle> {
    // What a faulty entry would use is unknown, and its fault was reported.
    let is_of_faulty = |slot: Slot| {
        let name = &draft.register.numbers.get(slot).name;
        draft.faulty.iter().any(|start| name.starts_with(start.as_str()))
    };
    let unused = |line: &&Parametrised| !used.contains(&line.slot) && !is_of_faulty(line.slot);
    let idle = draft.parametrised.iter().filter(unused);
    idle.map(|line| {
        let name = &draft.register.numbers.get(line.slot).name;
        Idle {
            place: line.place.clone(),
            message: format!("`{name}` does nothing: {}", usage::why_unused(name)),
            only_by_scope: draft.outside.iter().any(|start| name.starts_with(start.as_str())),
        }
    })
    .collect()
}

fn idle_measure(draft: &Draft<'_>, measure: &Measure) -> Option<String> {
    let (world, instrument) = (draft.world, &measure.instrument);
    // Only the first reason is reported. The search through all routes comes last.
    out_of_horizon(draft, &measure.terms, instrument.outlasts_its_end())
        .or_else(|| instrument.why_weak(&|slot, value| always(draft, slot, value)))
        .or_else(|| instrument.why_void(world).map(str::to_owned))
        .or_else(|| matches_nothing(world, |route| measure.matches(world, route)))
}

fn matches_nothing(world: &World, mut matches: impl FnMut(&Route) -> bool) -> Option<String> {
    (!world.routes.rows().iter().any(&mut matches)).then(|| "it matches no route".to_owned())
}

/// Why the terms are never in force within the horizon; `returns` says that an effect goes on after the end.
fn out_of_horizon(draft: &Draft<'_>, terms: &Terms, returns: bool) -> Option<String> {
    let horizon = draft.horizon?;
    if terms.from >= horizon.end() {
        let last = horizon.end().plus(-1);
        return Some(format!("it starts in {}, and the horizon ends with {last}", terms.from));
    }
    // A version that was ended by its amendment goes on in that amendment.
    let goes_on = returns || draft.amended.contains(&terms.id);
    let until = terms.until.filter(|until| *until <= horizon.start && !goes_on)?;
    Some(format!(
        "it ends in {until}, and the horizon starts in {}",
        horizon.start
    ))
}

/// The reason, in words, if a number certainly has the value at which its line does nothing.
fn always(draft: &Draft<'_>, slot: Slot, value: f64) -> Option<String> {
    let name = &draft.register.numbers.get(slot).name;
    let key = name.rsplit('.').next().unwrap_or(name);
    (draft.register.support(slot) == (value, value)).then(|| format!("`{key}` is {value}"))
}

fn idle_trend(draft: &Draft<'_>, trend: &Trend) -> Option<String> {
    if let Some(horizon) = draft.horizon.filter(|horizon| trend.from >= horizon.end()) {
        let last = horizon.end().plus(-1);
        return Some(format!("it starts in {}, and the horizon ends with {last}", trend.from));
    }
    if let Some(why) = always(draft, trend.growth_per_year, 0.0) {
        return Some(why);
    }
    let world = draft.world;
    let meant = |commodity: CommodityIndex, jurisdiction: JurisdictionIndex| {
        trend.commodities.contains(&commodity) && trend.jurisdictions.contains(&jurisdiction)
    };
    let matched = match trend.side {
        Side::Supply => world
            .supplies
            .iter()
            .any(|(index, row)| meant(row.commodity, world.origin(index))),
        Side::Demand => world
            .demands
            .iter()
            .any(|(index, row)| meant(row.commodity, world.destination(index))),
    };
    let side = match trend.side {
        Side::Supply => "supply",
        Side::Demand => "demand",
    };
    (!matched).then(|| format!("it matches no {side}"))
}

fn idle_shock(draft: &Draft<'_>, shock: &Shock) -> Option<String> {
    let world = draft.world;
    let unused = |what: &str| Some(format!("no route uses {what}"));
    match &shock.kind {
        ShockKind::ModeCost { mode, sd, .. } => {
            let weak = always(draft, *sd, 0.0);
            let used = |route: &Route| route.links.iter().any(|link| world.links[*link].mode == *mode);
            weak.or_else(|| matches_nothing(world, used).and_then(|_| unused("this mode")))
        }
        ShockKind::Price { commodity, sd, .. } => {
            let weak = always(draft, *sd, 0.0);
            let used = |route: &Route| world.commodity(route) == *commodity;
            weak.or_else(|| matches_nothing(world, used).and_then(|_| unused("this commodity")))
        }
        ShockKind::RandomClosure {
            nodes,
            monthly_probability,
            ..
        } => {
            let weak = always(draft, *monthly_probability, 0.0);
            let used = |route: &Route| route.nodes.iter().any(|node| nodes.contains(node));
            weak.or_else(|| matches_nothing(world, used).and_then(|_| unused("these nodes")))
        }
    }
}
