//! Reads a batch of scenarios; each world and posterior table is read once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::digest::digest;
use super::draft::{Content, Draft};
use super::extends::{Effective, beside, identity, load, path_help, shown};
use super::idle::{Idle, ReadingRules, idle_lines, report_idle, warn_of_issuers, warn_of_slack};
use super::leaves::Text;
use super::lookup;
use super::posterior::Posteriors;
use super::sheet::Sheet;
use super::variants::Varied;
use super::wire::Placed;
use super::{check_stem, name_of};
use crate::diagnostic::{Report, Severity};
use crate::model::World;
use crate::scenario::{PosteriorUse, Scenario};

/// How a world is read: its folder, the commodities in scope, and where faults go.
pub(super) type WorldReader<'a> = &'a dyn Fn(&Path, Option<&BTreeSet<String>>, &mut Report) -> Option<World>;

/// The part of a world that a scenario asks for.
type WorldKey = (PathBuf, Option<BTreeSet<String>>);

/// Reads the scenarios of a batch.
pub(super) struct Reader<'a> {
    read_world: WorldReader<'a>,
    rules: ReadingRules,
    /// None for those that failed, which are not read again.
    worlds: BTreeMap<WorldKey, Option<Arc<World>>>,
    posteriors: Posteriors,
}

impl<'a> Reader<'a> {
    pub fn new(read_world: WorldReader<'a>, rules: ReadingRules) -> Self {
        Self {
            read_world,
            rules,
            worlds: BTreeMap::new(),
            posteriors: Posteriors::default(),
        }
    }

    /// Reads one scenario; none if anything in it is faulty.
    pub fn read(&mut self, path: &Path, report: &mut Report) -> Option<Scenario> {
        check_stem(path, report);
        let effective = load(path, report)?;
        self.read_effective(&name_of(path), effective, report)
    }

    /// Reads one scenario and its variants; none if anything in them is faulty.
    pub fn read_family(&mut self, path: &Path, varied: &Varied, report: &mut Report) -> Option<Vec<Scenario>> {
        check_stem(path, report);
        let effective = load(path, report)?;
        let family = varied.family(&name_of(path), effective, report)?;
        let read = |(name, effective): (String, Effective)| self.read_effective(&name, effective, report);
        let scenarios: Vec<Option<Scenario>> = family.into_iter().map(read).collect();
        scenarios.into_iter().collect()
    }

    fn read_effective(&mut self, name: &str, mut effective: Effective, report: &mut Report) -> Option<Scenario> {
        let ignored = effective.posterior.take_if(|_| self.rules.ignores_posterior);
        let sheet = Sheet::read(&effective, report);
        let scope = sheet.scope_ids();
        let world = self.world(sheet.world.as_ref()?, scope.as_ref(), report)?;
        if !effective.complete {
            // Measures and numbers that seem to be missing may be in the file that could not be read.
            return None;
        }
        let faults = report.count(Severity::Fault);
        check_scope(&sheet, &world, report);
        let is_scope_sound = report.count(Severity::Fault) == faults;
        let is_partial = !world.out_of_scope.is_empty();
        let comment = first_comment(report.text(effective.source));
        let (mut scenario, mut idle) = self.resolve(name, &sheet, &world, report);
        // In a variant lines may come to do nothing: zero is the natural end of many sweeps.
        if effective.variant.is_none() {
            if is_partial && !idle.is_empty() {
                self.excuse_by_scope(&sheet, &mut idle, report);
            }
            // A scope at fault leaves out what it should not.
            idle.retain(|line| is_scope_sound || !line.only_by_scope);
            report_idle(idle, self.rules.idle, &effective, report);
        }
        if let Some(scenario) = &mut scenario {
            scenario.comment = comment;
            let parents = effective.chain.iter().rev().skip(1);
            scenario.extends = parents.map(|source| report.path(*source).to_owned()).collect();
            if let Some(variant) = &effective.variant {
                scenario.title = format!("{}, {}", scenario.title, variant.words());
                scenario.variant = Some(variant.clone());
            }
            if ignored.is_some() {
                scenario.posterior = PosteriorUse::Ignored;
            }
        }
        scenario
    }

    fn world(
        &mut self,
        written: &Placed<Text>,
        scope: Option<&BTreeSet<String>>,
        report: &mut Report,
    ) -> Option<Arc<World>> {
        let folder = beside(report.path(written.place.source), &written.value.0);
        if !folder.is_dir() {
            report
                .fault(written.place.clone(), format!("there is no folder {}", shown(&folder)))
                .help(path_help(
                    &written.value.0,
                    "`world` is a path relative to the file that states it",
                ));
            return None;
        }
        self.worlds
            .entry((identity(&folder), scope.cloned()))
            .or_insert_with(|| (self.read_world)(&folder, scope, report).map(Arc::new))
            .clone()
    }

    /// Resolves a scenario against a world, and finds the lines that do nothing there; no scenario if it is faulty.
    fn resolve(
        &mut self,
        name: &str,
        sheet: &Sheet<'_>,
        world: &Arc<World>,
        report: &mut Report,
    ) -> (Option<Scenario>, Vec<Idle>) {
        let effective = sheet.effective;
        let mut draft = Draft::new(world, sheet.horizon, &mut self.posteriors, report);
        draft.add_entries(&sheet.entries);
        draft.apply_parameters(&sheet.parameters, effective);
        draft.apply_posterior(effective);
        draft.apply_factors();
        draft.draw_together(effective);
        if let Some(place) = sheet.world.as_ref().map(|world| &world.place) {
            draft.check_capacities(place);
        }
        let idle = idle_lines(&draft);
        warn_of_issuers(&mut draft);
        warn_of_slack(&mut draft);
        if let Some(written) = &sheet.world {
            draft.check_names(written);
            draft.check_gains();
        }
        let content = draft.into_content();
        let digest = digest(effective, &content, &self.posteriors, report);
        (scenario(name, sheet, world, content, digest), idle)
    }

    /// Marks the idle lines that would do something in the whole world.
    fn excuse_by_scope(&self, sheet: &Sheet<'_>, idle: &mut [Idle], report: &Report) {
        // Messages about the whole world are dropped with this copy of the report. Places in the tables read here refer
        // to the copy, so they are read by a reader of their own, which is dropped too.
        let mut discarded = report.clone();
        let mut whole_reader = Reader::new(self.read_world, self.rules);
        let Some(whole) = sheet
            .world
            .as_ref()
            .and_then(|world| whole_reader.world(world, None, &mut discarded))
        else {
            return;
        };
        let (_, idle_anyway) = whole_reader.resolve("", sheet, &whole, &mut discarded);
        for line in idle {
            line.only_by_scope |= idle_anyway.iter().all(|other| other.place != line.place);
        }
    }
}

impl Sheet<'_> {
    /// The ids of the commodities in scope; none without a usable `[scope]`.
    fn scope_ids(&self) -> Option<BTreeSet<String>> {
        let list = self.scope.as_ref()?.commodities.given()?;
        Some(list.value.iter().map(|id| id.value.0.clone()).collect())
    }
}

/// The lines of comment with which a file begins, as one line.
fn first_comment(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let comment = lines.map_while(|line| line.strip_prefix('#'));
    let words: Vec<&str> = comment.flat_map(str::split_whitespace).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn check_scope(sheet: &Sheet<'_>, world: &World, report: &mut Report) {
    let Some(list) = sheet.scope.as_ref().and_then(|scope| scope.commodities.given()) else {
        return;
    };
    if list.value.is_empty() {
        report
            .fault(list.place.clone(), "this scope leaves nothing of the world")
            .help("name at least one commodity, or remove [scope]");
        return;
    }
    let known = |id: &&Placed<_>| matches!(lookup::commodity(world, id, report), Some(Some(_)));
    let all_known = list.value.iter().filter(known).count() == list.value.len();
    if all_known && world.out_of_scope.is_empty() {
        report.note(
            list.place.clone(),
            "[scope] lists every commodity, so it leaves nothing out",
        );
    }
}

/// The scenario, if everything it needs is there.
fn scenario(name: &str, sheet: &Sheet<'_>, world: &Arc<World>, content: Content, digest: String) -> Option<Scenario> {
    let (numbers, parameters) = content.register.into_parts();
    let posterior = match (&sheet.effective.posterior, content.taken) {
        (Some(key), Some(taken)) => PosteriorUse::Taken {
            table: key.value.0.clone(),
            numbers: taken.names.len(),
        },
        _ => PosteriorUse::Unnamed,
    };
    Some(Scenario {
        name: name.to_owned(),
        title: sheet.title.as_ref()?.value.0.clone(),
        comment: None,
        extends: Vec::new(),
        variant: None,
        world: world.clone(),
        horizon: sheet.horizon?,
        simulation: sheet.simulation?,
        numbers,
        parameters,
        posterior,
        measures: content.measures.into(),
        programmes: content.programmes.into(),
        trends: content.trends,
        shocks: content.shocks,
        digest,
    })
}
