//! Scenarios of a batch that follow others through the months that they have in common.
//!
//! Two designs were weighed. A cache of months, looked up by their conditions, would find equal months wherever they are, but must
//! prepare every month to look it up, and holds the months of all scenarios. A tree (chosen) knows beforehand until when two
//! scenarios are the same run: a follower simulates, records and accumulates nothing before that month. It takes the statistics
//! of these months from its leader. That holds while no draw fails, for a draw that fails later is in no statistic of either; then
//! the batch is simulated again with every scenario alone.

use std::sync::Arc;

use rayon::prelude::*;

use super::batch::BatchScenario;
use super::record::RecordedPast;
use crate::math::simd::Lanes;
use crate::scenario::Scenario;
use crate::simulation::{CommonPast, Identities, Waypoint, months_in_common};

/// A scenario that follows another.
#[derive(Debug)]
pub struct Descent {
    /// The place of the leader in the batch.
    pub leader: usize,
    pub past: CommonPast,
    /// The first cell of the row that is the follower's own.
    pub first_cell: usize,
}

/// The leader of each scenario that follows another.
#[derive(Debug, Default)]
pub struct FamilyTree {
    /// By scenario, if it follows another.
    pub descents: Vec<Option<Descent>>,
    /// By scenario, the months before which others part from it, in order.
    pub partings: Vec<Vec<usize>>,
}

impl FamilyTree {
    /// Nobody follows anybody.
    pub fn strangers(scenarios: usize) -> Self {
        Self {
            descents: (0..scenarios).map(|_| None).collect(),
            partings: vec![Vec::new(); scenarios],
        }
    }

    /// Each scenario follows that of those before it in `order` with which it has most months in common.
    pub fn new(scenarios: &[BatchScenario], order: &[usize]) -> Self {
        let mut family = Self::strangers(scenarios.len());
        for (number, &place) in order.iter().enumerate() {
            let leaders = order[..number].iter().filter_map(|&leader| {
                let (own, known) = (&scenarios[place], &scenarios[leader]);
                if own.counterfactual != known.counterfactual || !own.layout.matches(&known.layout) {
                    return None;
                }
                let past = CommonPast::new(&own.model, &known.model)?;
                // Before it begins to go its own way, the leader of the leader has the same months.
                let begins = family.descents[leader]
                    .as_ref()
                    .map_or(0, |descent| descent.past.months);
                (past.months > begins).then_some((leader, past))
            });
            // The first of equals, which is the nearest to the reference.
            let nearest = leaders.reduce(|best, other| if other.1.months > best.1.months { other } else { best });
            if let Some((leader, past)) = nearest {
                let partings = &mut family.partings[leader];
                partings.push(past.months);
                partings.sort_unstable();
                partings.dedup();
                let first_cell = scenarios[place].layout.cells_of_months(past.months);
                family.descents[place] = Some(Descent {
                    leader,
                    past,
                    first_cell,
                });
            }
        }
        family
    }

    /// Whether nobody follows anybody.
    pub fn are_strangers(&self) -> bool {
        self.descents.iter().all(Option::is_none)
    }
}

/// The places of scenarios, the reference first, each after its leader: the scenario with which it has most months in common of
/// those before it in the list. Followers of one leader stand together, so a part of the order shares most months.
pub fn family_order(scenarios: &[Arc<Scenario>], reference: usize) -> Vec<usize> {
    let identities: Vec<Identities> = scenarios.iter().map(|scenario| Identities::new(scenario)).collect();
    let given = super::batch::order(scenarios.len(), reference);
    let months = |one: usize, other: usize| {
        // Other worlds that differ in numbers alone are not told apart: this is about time, not about results.
        let meet_one_world = scenarios[one].world.digest == scenarios[other].world.digest
            && scenarios[one].horizon == scenarios[other].horizon
            && scenarios[one].simulation == scenarios[other].simulation;
        let known = |place: usize| (scenarios[place].as_ref(), &identities[place]);
        if meet_one_world {
            months_in_common(known(one), known(other))
        } else {
            0
        }
    };
    let leader = |number: usize| {
        let leaders = given[..number]
            .iter()
            .map(|&leader| (months(given[number], leader), leader));
        // The first of equals, which is the nearest to the reference.
        leaders.reduce(|best, other| if other.0 > best.0 { other } else { best })
    };
    // A sweep may have a thousand scenarios.
    let leaders: Vec<Option<(usize, usize)>> = (0..given.len()).into_par_iter().map(leader).collect();
    let mut followers: Vec<Vec<(usize, usize)>> = vec![Vec::new(); scenarios.len()];
    for (&place, leader) in given.iter().zip(leaders) {
        leader
            .iter()
            .for_each(|&(months, leader)| followers[leader].push((months, place)));
    }
    let (mut order, mut due) = (Vec::with_capacity(scenarios.len()), vec![reference]);
    while let Some(place) = due.pop() {
        order.push(place);
        // Those that have most months in common come next, which is last here.
        let mut next = std::mem::take(&mut followers[place]);
        next.reverse();
        next.sort_by_key(|(months, _)| *months);
        due.extend(next.into_iter().map(|(_, place)| place));
    }
    order
}

/// The record of a chunk of a leader's draws, for its followers.
#[derive(Debug, Default)]
pub struct LeaderChunk {
    /// By group of draws; none where nobody follows.
    pub groups: Vec<LeaderGroup>,
}

/// The record of a group of a leader's draws.
#[derive(Debug)]
pub struct LeaderGroup {
    pub waypoints: Vec<Waypoint>,
    /// By parting: the month, what was recorded before it, and the largest residual so far.
    pub recorded: Vec<(usize, RecordedPast, f64)>,
    /// Terms of the months before the last parting.
    pub terms: Vec<Lanes>,
}

/// The part of a group's record at which a follower starts.
#[derive(Clone, Copy, Debug)]
pub struct LeaderPast<'a> {
    pub waypoint: &'a Waypoint,
    pub recorded: &'a RecordedPast,
    pub residual: f64,
    pub terms: &'a [Lanes],
}

impl LeaderChunk {
    /// The part of a group's record at which a follower starts; none if all its draws have failed before.
    pub fn group(&self, number: usize, descent: &Descent) -> Option<LeaderPast<'_>> {
        let group = self.groups.get(number)?;
        let months = descent.past.months;
        let waypoint = group.waypoints.iter().find(|waypoint| waypoint.step == months)?;
        let (_, recorded, residual) = group.recorded.iter().find(|(step, ..)| *step == months)?;
        Some(LeaderPast {
            waypoint,
            recorded,
            residual: *residual,
            terms: &group.terms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::{measure, model};

    #[test]
    fn scenarios_stand_behind_those_with_which_they_have_most_months_in_common() {
        let ban = measure("ban", "stop", "grain", "issuer = \"UNION\"");
        let quota = measure("quota", "tonnage", "ore", "issuer = \"UNION\"\nlimit_t_per_month = 60")
            .replace("from = \"2022-01\"", "from = \"2022-02\"");
        // In pairs that differ from the second month on.
        let scenarios = [String::new(), ban.clone(), quota.clone(), ban + &quota];
        let scenarios = scenarios.map(|body| model(&body).plan.scenario.clone());
        assert_eq!(family_order(&scenarios, 0), [0, 2, 1, 3]);
        assert_eq!(family_order(&scenarios, 3), [3, 1, 0, 2]);
    }
}
