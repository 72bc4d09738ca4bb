//! Small valid worlds for tests. A test changes one place and looks at the faults that this makes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::ListedSources;
use super::{commodities, demands, jurisdictions, links, nodes, routes, supplies};
use crate::diagnostic::Report;
use crate::model::World;

/// Two goods from Belarus to Germany and Kazakhstan, each route spelt out.
const SPELT_OUT: [(&str, &str); 8] = [
    (
        "jurisdictions.csv",
        "id,name,blocs,role,source\n\
         BY,Belarus,EAEU,,UN\n\
         KZ,Kazakhstan,EAEU,,UN\n\
         DE,Germany,EU;G7,,UN\n\
         RW,Rest of the world,,rest_of_world,UN\n",
    ),
    (
        "nodes.csv",
        "id,name,jurisdiction,kind,lat,lon,source\n\
         minsk,Minsk,BY,origin,53.9,27.57,GeoNames\n\
         almaty,Almaty,KZ,market,43.25,76.95,GeoNames\n\
         berlin,\"Berlin, Mitte\",DE,market,52.52,13.4,GeoNames\n",
    ),
    (
        "links.csv",
        "id,from,to,mode,distance_km,freight_usd_per_t,days,source\n\
         east,minsk,almaty,rail,4000,100,12,OSM\n\
         west,berlin,minsk,road,1100,50,3,OSM\n\
         long,almaty,berlin,rail,5200,130,16,OSM\n",
    ),
    (
        "commodities.csv",
        "id,name,hs,price_usd_per_t,route_choice,holding_rate_per_year,lot_t,source\n\
         plywood,Plywood,4412,600,6,0.1,20,Comtrade\n\
         pellets,Wood pellets,440131,200,12,0.05,25,Comtrade\n",
    ),
    (
        "supplies.csv",
        "id,commodity,node,price_usd_per_t,elasticity,source\n\
         by-plywood,plywood,minsk,500,1.5,assumed\n\
         by-pellets,pellets,minsk,150,1.5,assumed\n",
    ),
    (
        "demands.csv",
        "id,commodity,node,price_usd_per_t,elasticity,source,choke\n\
         de-plywood,plywood,berlin,600,0.8,assumed,4\n\
         kz-plywood,plywood,almaty,620,0.8,assumed,\n\
         de-pellets,pellets,berlin,210,0.9,assumed,\n",
    ),
    (
        "routes.csv",
        "id,supply,demand,kind,via,links,baseline_t_per_month,potential_t_per_month,extra_cost_usd_per_t,source\n\
         plywood-west,by-plywood,de-plywood,direct,,west,9000,,0,Comtrade\n\
         plywood-east,by-plywood,kz-plywood,direct,,east,1000,0,5,Comtrade\n\
         plywood-kz,by-plywood,de-plywood,relabel,KZ,east;long,0,3000,40,assumed\n\
         pellets-west,by-pellets,de-pellets,direct,,west,2000,,0,Comtrade\n",
    ),
    (
        "capacities.csv",
        "id,applies_to,commodities,limit_t_per_month,ceiling_t_per_month,growth_per_month,dead_time_months,source,cover\n\
         road-west,link:west,,15000,,,,assumed,\n\
         papers-kz,via:KZ,plywood,100,5000,0.8,2,assumed,0.5\n",
    ),
];

/// One good over a small network of corridors. The costs of its paths are easy to add up by hand.
const CORRIDORS: [(&str, &str); 9] = [
    (
        "jurisdictions.csv",
        "id,name,blocs,source\nO,Origin,,x\nM,Market,,x\nJ,Intermediary,,x\n",
    ),
    (
        "nodes.csv",
        "id,name,jurisdiction,kind,lat,lon,source\n\
         s,Start,O,origin,,,x\na,A,O,border,,,x\nb,B,O,border,,,x\nd,Destination,M,market,,,x\np,Papers,J,terminal,,,x\n",
    ),
    (
        "links.csv",
        "id,from,to,mode,distance_km,freight_usd_per_t,days,source\n\
         sa,s,a,road,1,10,0,x\nsa-rail,a,s,rail,1,11,0,x\nsb,s,b,road,1,12,0,x\n\
         ad,a,d,road,1,10,0,x\nbd,b,d,road,1,12,0,x\nab,a,b,road,1,1,0,x\nsd,s,d,sea,1,30,0,x\n\
         ap,a,p,paper,0,50,0,x\npd,p,d,road,1,0,100,x\n",
    ),
    (
        "commodities.csv",
        // Holding costs 0.55 USD a day; theta is ln 2, so that a dollar more halves the flow on a path.
        "id,name,hs,price_usd_per_t,route_choice,holding_rate_per_year,lot_t,source\n\
         good,Good,,100,69.31471805599453,2.0075,20,x\n",
    ),
    (
        "supplies.csv",
        "id,commodity,node,price_usd_per_t,elasticity,source\ns1,good,s,50,1,x\ns2,good,s,50,1,x\n",
    ),
    (
        "demands.csv",
        "id,commodity,node,price_usd_per_t,elasticity,source\nd1,good,d,100,1,x\nd2,good,d,100,1,x\n",
    ),
    (
        "corridors.csv",
        "commodity,supplies,demands,kind,via,waypoints,paths,potential_share,extra_cost_usd_per_t,source,id\n\
         good,s1;s2,d1;d2,direct,,,4,,0,x,\n\
         good,s1,d1,ghost,J,p,2,0.5,3,x,papers\n\
         good,s2,d1,direct,,a,1,0.5,0,x,\n",
    ),
    (
        "baseline.csv",
        "supply,demand,t_per_month,source\ns1,d1,140,x\ns2,d2,28,x\n",
    ),
    (
        "capacities.csv",
        "id,applies_to,commodities,limit_t_per_month,ceiling_t_per_month,growth_per_month,dead_time_months,source\n",
    ),
];

/// A world's tables by their names.
#[derive(Clone)]
pub(super) struct Example {
    pub files: BTreeMap<&'static str, String>,
}

impl Example {
    /// A world whose routes are spelt out.
    pub fn spelt_out() -> Self {
        Self::of(&SPELT_OUT)
    }

    /// A world whose routes come from corridors.
    pub fn corridors() -> Self {
        Self::of(&CORRIDORS)
    }

    fn of(files: &[(&'static str, &str)]) -> Self {
        let files = files.iter().map(|&(name, text)| (name, text.to_owned()));
        Self { files: files.collect() }
    }

    /// The world with one stretch of a table changed.
    pub fn patched(mut self, file: &'static str, from: &str, to: &str) -> Self {
        let text = self.files.entry(file).or_default();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
        *text = text.replacen(from, to, 1);
        self
    }

    /// The world with a table added, or replaced.
    pub fn with(mut self, file: &'static str, text: impl Into<String>) -> Self {
        self.files.insert(file, text.into());
        self
    }

    /// The world without a table.
    pub fn without(mut self, file: &str) -> Self {
        self.files.remove(file);
        self
    }

    /// Reads it from a folder. Returns the world and all messages, in which the folder is called `world`.
    pub fn read(&self, scope: Option<&[&str]>) -> (Option<World>, String) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in &self.files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let scope: Option<BTreeSet<String>> = scope.map(|ids| ids.iter().map(|&id| id.to_owned()).collect());
        let mut report = Report::default();
        let world = super::read(folder.path(), scope.as_ref(), &mut report);
        assert_eq!(world.is_none(), report.has_faults());
        let said = report
            .render(false)
            .replace(&folder.path().display().to_string(), "world");
        (world, said)
    }

    /// The world that it is.
    pub fn world(&self) -> World {
        let (world, said) = self.read(None);
        assert_eq!(said, "");
        world.unwrap()
    }

    /// The messages about it. It must not be a valid world.
    pub fn faults(&self) -> String {
        let (world, said) = self.read(None);
        assert!(world.is_none());
        said
    }
}

/// The rows of a table without a file.
pub(super) fn rows<T: WireRow>(text: &str, report: &mut Report) -> CsvRows<T> {
    CsvRows::parse(Path::new(T::FILE), text, report)
}

/// The draft of the world whose routes are spelt out, read without a file.
pub(super) fn draft() -> WorldDraft {
    let example = Example::spelt_out();
    let text = |file: &str| example.files[file].as_str();
    let (mut report, sources) = (Report::default(), ListedSources::default());
    let report = &mut report;
    let mut draft = WorldDraft::default();
    draft.jurisdictions = jurisdictions::read(&rows(text("jurisdictions.csv"), report), &sources, report);
    draft.nodes = nodes::read(&rows(text("nodes.csv"), report), &draft, &sources, report);
    draft.links = links::read(&rows(text("links.csv"), report), &draft, &sources, report);
    draft.commodities = commodities::read(&rows(text("commodities.csv"), report), &sources, report);
    draft.supplies = supplies::read(&rows(text("supplies.csv"), report), &draft, &sources, report);
    draft.demands = demands::read(&rows(text("demands.csv"), report), &draft, &sources, report);
    draft.routes = routes::read(&rows(text("routes.csv"), report), &draft, &sources, report);
    assert_eq!(report.render(false), "");
    draft
}

/// The messages of a report with `file:line:column`, one on each line.
pub(super) fn messages(report: &Report) -> String {
    let lines = report.diagnostics().iter().map(|diagnostic| {
        let Some(place) = &diagnostic.place else {
            return diagnostic.message.clone();
        };
        let before = &report.text(place.source)[..place.span.start];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.chars().rev().take_while(|&letter| letter != '\n').count();
        let file = report.path(place.source).display();
        format!("{file}:{line}:{column}: {}", diagnostic.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}
