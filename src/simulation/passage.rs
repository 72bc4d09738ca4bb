//! The passage of the places of a measure before it was announced: the closed share is a share of that.

use super::plan::Plan;
use crate::model::{Month, Table};
use crate::policy::{Exposure, MeasureIndex};

/// Months over which passage is averaged, the last of them just before the announcement.
pub const MONTHS: i32 = 3;

/// The passage that the measures of a plan refer to, on one path.
#[derive(Clone, Debug)]
pub struct Passage {
    /// By exposed route of each measure, tonnes per month; complete in the month of the announcement.
    before: Table<MeasureIndex, Vec<f64>>,
    /// The measures that expose routes.
    concerned: Vec<MeasureIndex>,
}

impl Passage {
    /// Arrays for the measures of a plan.
    pub fn new(plan: &Plan) -> Self {
        let before: Table<MeasureIndex, Vec<f64>> = plan
            .measures
            .rows()
            .iter()
            .map(|matched| vec![0.0; matched.exposure.len()])
            .collect();
        let is_concerned = |measure: &MeasureIndex| !before[*measure].is_empty();
        Self {
            concerned: before.indices().filter(is_concerned).collect(),
            before,
        }
    }

    /// Before the first month: baseline trade in all months that lie before the horizon.
    pub fn restart(&mut self, plan: &Plan) {
        let start = plan.scenario.horizon.start;
        for &measure in &self.concerned {
            let simulated = announced(plan, measure).since(start).clamp(0, MONTHS);
            let share = f64::from(MONTHS - simulated) / f64::from(MONTHS);
            let exposed = self.before[measure].iter_mut().zip(&plan.measures[measure].exposure);
            exposed.for_each(|(passed, Exposure { baseline, .. })| *passed = share * baseline.get());
        }
    }

    /// Remembers a month's flows, by route, for the measures that are announced in the next months.
    pub fn see(&mut self, plan: &Plan, month: Month, flow: &[f64]) {
        for &measure in &self.concerned {
            if (1..=MONTHS).contains(&announced(plan, measure).since(month)) {
                let exposed = self.before[measure].iter_mut().zip(&plan.measures[measure].exposure);
                exposed.for_each(|(passed, Exposure { route, .. })| *passed += flow[*route] / f64::from(MONTHS));
            }
        }
    }

    /// Takes what another path has seen for the same measure, which is `known` there.
    pub fn take(&mut self, measure: MeasureIndex, from: &Self, known: MeasureIndex) {
        self.before[measure].clone_from(&from.before[known]);
    }

    /// Mean monthly tonnes on each exposed route of a measure before its announcement, in the order of
    /// [`crate::policy::Matched::exposure`]; empty for measures that expose none.
    pub fn before(&self, measure: MeasureIndex) -> &[f64] {
        &self.before[measure]
    }
}

/// An amendment refers to what passed before the first version of its measure: later its own limit would shrink itself.
fn announced(plan: &Plan, measure: MeasureIndex) -> Month {
    plan.scenario.measures[measure].terms.first_announced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Index;
    use crate::simulation::testing::{model, model_of, near, tonnes};

    /// The passage by rail before a closure announced in this month, if 30 t of ore went there in January and 60 t in
    /// February 2022; the baseline is 100 t.
    fn passed(announced: &str) -> f64 {
        let body = format!(
            "[[measures.closure]]\nid = \"shut\"\nissuer = \"BUY\"\ncommodities = [\"ore\"]\nlinks = [\"rail\"]\n\
             announced = \"{announced}\"\nfrom = \"2022-06\"\nshare_closed = 0.5\n"
        );
        let plan = model_of(6, &body).plan;
        let mut passage = Passage::new(&plan);
        passage.restart(&plan);
        for (month, ore) in [("2022-01", 30.0), ("2022-02", 60.0)] {
            passage.see(&plan, month.parse().unwrap(), &tonnes(&plan, &[("ore-rail", ore)]));
        }
        let before = passage.before(MeasureIndex::new(0));
        assert_eq!(before.len(), 1);
        before[0]
    }

    #[test]
    fn the_mean_of_three_months_is_remembered_and_months_before_the_horizon_are_the_baseline() {
        assert_eq!([passed("2021-06"), passed("2022-01")], [100.0, 100.0]);
        near(passed("2022-02"), (100.0 + 100.0 + 30.0) / 3.0);
        near(passed("2022-03"), (100.0 + 30.0 + 60.0) / 3.0);
        // March is not known yet.
        near(passed("2022-04"), (30.0 + 60.0) / 3.0);
        assert_eq!(passed("2022-06"), 0.0);
    }

    #[test]
    fn a_plan_without_closures_remembers_nothing() {
        let plan = model("").plan;
        assert!(Passage::new(&plan).concerned.is_empty());
    }
}
