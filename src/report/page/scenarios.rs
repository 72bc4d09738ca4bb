//! The scenarios of the page, their measures, and what must be said of them.

use std::collections::BTreeMap;

use super::data::{PageMeasure, PageScenario};
use super::frame::Frame;
use crate::model::Month;
use crate::results::EvidenceCount;
use crate::results::context::ContextMeasure;
use crate::results::read::DescribedResults;

/// Names of those a measure is aimed at.
const MOST_TARGETS: usize = 8;
/// Letters of a question.
const LONGEST_QUESTION: usize = 400;

/// The scenarios and all their measures.
pub struct ScenarioList {
    pub scenarios: Vec<PageScenario>,
    pub measures: Vec<PageMeasure>,
    /// By scenario, the place of each of its measures by id.
    pub places: Vec<BTreeMap<String, usize>>,
}

/// Describes the scenarios; a measure that several have is there once.
pub fn scenarios(frame: &Frame<'_>) -> ScenarioList {
    let mut list = ScenarioList {
        scenarios: Vec::new(),
        measures: Vec::new(),
        places: Vec::new(),
    };
    for set in frame.sets {
        let mut places = BTreeMap::new();
        for row in &set.context.measures {
            if let Some(measure) = measure(frame, row) {
                let known = list.measures.iter().position(|known| *known == measure);
                let place = known.unwrap_or_else(|| {
                    list.measures.push(measure);
                    list.measures.len() - 1
                });
                places.insert(row.id.clone(), place);
            }
        }
        let mut measures: Vec<usize> = places.values().copied().collect();
        measures.sort_by_key(|place| (list.measures[*place].from, *place));
        let programmes = set.manifest.evidence.as_ref().map(|evidence| evidence.programmes);
        list.scenarios.push(PageScenario {
            id: set.label.clone(),
            name: set.context.title.clone(),
            question: set.context.question.as_deref().map(question),
            measures,
            notes: notes(&frame.sets[0], set),
            assumed: programmes.is_some_and(|count| count.kept() > 0),
        });
        list.places.push(places);
    }
    list
}

/// The part of a comment up to its first question mark, or its first sentence.
fn question(comment: &str) -> String {
    let end = comment
        .find('?')
        .or_else(|| comment.find(". "))
        .map_or(comment.len(), |end| end + 1);
    comment[..end].chars().take(LONGEST_QUESTION).collect()
}

fn measure(frame: &Frame<'_>, row: &ContextMeasure) -> Option<PageMeasure> {
    let month = |text: &String| text.parse::<Month>().ok().map(|month| month.since(frame.start));
    let goods: Vec<usize> = row.goods.iter().filter_map(|good| frame.goods.find(good)).collect();
    let is_all = goods.len() + 1 >= frame.goods.named.len();
    let name = |id: &String| frame.lands.name_of(id).to_owned();
    Some(PageMeasure {
        id: row.id.clone(),
        kind: row.kind.clone(),
        issuer: (!row.issuer.is_empty()).then(|| name(&row.issuer)),
        targets: row.aimed_at.iter().take(MOST_TARGETS).map(name).collect(),
        direction: row.direction,
        goods: (!is_all).then_some(goods),
        from: month(&row.from)?,
        until: row.until.as_ref().and_then(month),
        source: row.source.clone(),
    })
}

/// Cautions about a scenario beside the reference, without its name.
fn notes(reference: &DescribedResults, set: &DescribedResults) -> Vec<String> {
    let mut notes = Vec::new();
    let manifest = &set.manifest;
    notes.extend(manifest.part_of_a_run());
    if !set.pairs_with(reference) {
        notes.push(format!(
            "is not paired with {}: its differences are between independent runs, without ranges.",
            reference.label
        ));
    }
    if manifest.world_digest != reference.manifest.world_digest {
        notes.push(format!(
            "has another world than {}: differences are not those of measures alone.",
            reference.label
        ));
    }
    let (own, other) = (&set.context, &reference.context);
    if !set.has_same_months_as(reference) {
        notes.push(format!(
            "runs {} months from {}, {} {} from {}: totals over different months are not compared.",
            own.months, own.start, reference.label, other.months, other.start
        ));
    }
    notes.extend(assumed(reference, set));
    notes
}

/// What rests on assumed strengths of programmes that the reference does not have, as `compare` says it.
fn assumed(reference: &DescribedResults, set: &DescribedResults) -> Option<String> {
    let own = set.manifest.evidence.as_ref()?;
    let (shared, differences) = if set.folder == reference.folder {
        (EvidenceCount::default(), "the results")
    } else {
        let of_reference = reference.manifest.evidence.as_ref();
        let shared = of_reference.map(|evidence| evidence.programmes).unwrap_or_default();
        (shared, "its differences")
    };
    let caution = (own.programmes != shared).then(|| own.caution(shared, differences))?;
    Some(caution?.text)
}
