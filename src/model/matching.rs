//! Which customs records a route creates, which legs it declares, and which places it passes.

use super::table::{JurisdictionIndex, LinkIndex, NodeIndex, RouteIndex};
use super::units::Share;
use super::world::{Mode, Route, RouteKind, World};

/// Declared trade that a measure bears on; no list means any.
#[derive(Clone, PartialEq, Debug)]
pub struct Legs {
    pub origins: Option<Vec<JurisdictionIndex>>,
    pub destinations: Option<Vec<JurisdictionIndex>>,
}

/// Physical places that a measure bears on. A route matches if any list matches it.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Places {
    pub nodes: Vec<NodeIndex>,
    pub links: Vec<LinkIndex>,
    /// Links of these modes with an end in one of `jurisdictions`.
    pub modes: Vec<Mode>,
    pub jurisdictions: Vec<JurisdictionIndex>,
    /// Links of these `modes` by the share of traffic that hauliers of these jurisdictions carry.
    pub carriers: Vec<JurisdictionIndex>,
    /// Routes with papers of these intermediaries.
    pub via: Vec<JurisdictionIndex>,
}

/// The direction of a customs record, seen from its reporter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Flow {
    Export,
    Import,
}

impl Flow {
    /// The flow as files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Import => "import",
        }
    }

    /// Trade that a reporter records with a partner, in words.
    pub fn between(self, reporter: &str, partner: &str) -> String {
        match self {
            Self::Export => format!("{reporter} exports to {partner}"),
            Self::Import => format!("{reporter} imports from {partner}"),
        }
    }
}

/// One line of customs statistics: who records trade with whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Book {
    pub reporter: JurisdictionIndex,
    pub partner: JurisdictionIndex,
    pub flow: Flow,
}

impl Book {
    fn export(reporter: JurisdictionIndex, partner: JurisdictionIndex) -> Self {
        Self {
            reporter,
            partner,
            flow: Flow::Export,
        }
    }

    fn import(reporter: JurisdictionIndex, partner: JurisdictionIndex) -> Self {
        Self {
            reporter,
            partner,
            flow: Flow::Import,
        }
    }
}

impl World {
    /// The customs records that a route creates (docs/model.md).
    pub fn books(&self, route: &Route) -> Vec<Book> {
        // Exports stand in the books of whoever declares them, imports under the country of origin.
        let (from, to) = (self.origin(route.supply), self.destination(route.demand));
        let declarant = route.consignor.unwrap_or(from);
        match (route.kind, route.via) {
            (RouteKind::Reexport, Some(via)) => vec![
                Book::export(declarant, via),
                Book::import(via, from),
                Book::export(via, to),
                Book::import(to, via),
            ],
            (RouteKind::Ghost, Some(via)) => vec![Book::export(declarant, via), Book::import(to, from)],
            (RouteKind::Relabel, Some(via)) => vec![Book::import(to, via)],
            _ => vec![Book::export(declarant, to), Book::import(to, from)],
        }
    }

    /// The (origin, destination) pairs that a route declares towards `issuer`.
    ///
    /// A ghost route shows its true end to the customs of that end, so also to the bloc that end belongs to.
    pub fn declared_legs(
        &self,
        route: &Route,
        issuer: &[JurisdictionIndex],
    ) -> Vec<(JurisdictionIndex, JurisdictionIndex)> {
        let (from, to) = (self.origin(route.supply), self.destination(route.demand));
        let from = route.consignor.unwrap_or(from);
        match (route.kind, route.via) {
            (RouteKind::Reexport, Some(via)) => vec![(from, via), (via, to)],
            (RouteKind::Ghost, Some(via)) if issuer.contains(&to) => vec![(from, via), (from, to)],
            (RouteKind::Ghost, Some(via)) => vec![(from, via)],
            (RouteKind::Relabel, Some(via)) => vec![(via, to)],
            _ => vec![(from, to)],
        }
    }

    /// Whether any declared leg of a route lies in `legs`.
    pub fn declares(&self, route: &Route, legs: &Legs, issuer: &[JurisdictionIndex]) -> bool {
        let listed = |list: &Option<Vec<JurisdictionIndex>>, jurisdiction| {
            list.as_ref().is_none_or(|list| list.contains(&jurisdiction))
        };
        self.declared_legs(route, issuer)
            .iter()
            .any(|&(from, to)| listed(&legs.origins, from) && listed(&legs.destinations, to))
    }

    /// The links of a route that a list of places concerns: each passage once, in the order of travel.
    ///
    /// A node concerns the links that touch it, an intermediary every link of the routes that use its papers.
    pub fn links_concerned<'a>(&'a self, route: &'a Route, places: &'a Places) -> impl Iterator<Item = LinkIndex> + 'a {
        let by_papers = route.via.is_some_and(|via| places.via.contains(&via));
        route.links.iter().copied().filter(move |&link| {
            by_papers
                || places.links.contains(&link)
                || self.is_of_mode_in(link, places)
                || self.links[link].ends.iter().any(|end| places.nodes.contains(end))
        })
    }

    fn is_of_mode_in(&self, link: LinkIndex, places: &Places) -> bool {
        let row = &self.links[link];
        places.modes.contains(&row.mode)
            && row
                .ends
                .iter()
                .any(|&end| places.jurisdictions.contains(&self.nodes[end].jurisdiction))
    }

    /// Whether a route passes any of the places.
    pub fn passes(&self, route: &Route, places: &Places) -> bool {
        self.exposure(route, places) > Share::ZERO
    }

    /// The share of a route's traffic that a closure of places stops: all of it where a place is closed, else the
    /// largest share of any of its links that the listed hauliers carry.
    pub fn exposure(&self, route: &Route, places: &Places) -> Share {
        let is_closed = route.nodes.iter().any(|node| places.nodes.contains(node))
            || self.links_concerned(route, places).next().is_some();
        if is_closed {
            return Share::new(1.0);
        }
        let carried = route.links.iter().map(|&link| self.carried(link, places));
        carried.fold(
            Share::ZERO,
            |largest, share| if share > largest { share } else { largest },
        )
    }

    /// The mode by which a route passes the places: by sea if any link concerned is one, so that a port is one place for
    /// land and ship, else as on the first of them; by papers only if no goods pass there.
    pub fn mode_of_passage(&self, route: &Route, places: &Places) -> Option<Mode> {
        let closed = self.links_concerned(route, places);
        let worked = route
            .links
            .iter()
            .copied()
            .filter(|&link| self.carried(link, places) > Share::ZERO);
        let modes: Vec<Mode> = closed.chain(worked).map(|link| self.links[link].mode).collect();
        let is_sea = modes.contains(&Mode::Sea).then_some(Mode::Sea);
        let with_goods = || modes.iter().copied().find(|mode| *mode != Mode::Paper);
        is_sea.or_else(with_goods).or(modes.first().copied())
    }

    /// The share of a link's traffic that the listed hauliers carry, if it is of a listed mode.
    fn carried(&self, link: LinkIndex, places: &Places) -> Share {
        let row = &self.links[link];
        if !places.modes.contains(&row.mode) {
            return Share::ZERO;
        }
        let listed = row
            .carriers
            .iter()
            .filter(|(haulier, _)| places.carriers.contains(haulier));
        listed.fold(Share::ZERO, |sum, (_, share)| sum + *share)
    }

    /// Whether the goods of a route cross a territory in transit: they enter it by a link of one of `modes` (of any that
    /// carries goods, if none are listed), and it is neither where they come from nor where their papers say that they go.
    ///
    /// A territory is one or more jurisdictions: goods for one member of a bloc do not cross the bloc. The papers of a ghost
    /// route name its intermediary, so it crosses even the jurisdiction of its market.
    pub fn crosses(&self, route: &Route, territory: &[JurisdictionIndex], modes: &[Mode]) -> bool {
        let declared = match (route.kind, route.via) {
            (RouteKind::Ghost, Some(via)) => via,
            _ => self.destination(route.demand),
        };
        if territory.contains(&self.origin(route.supply)) || territory.contains(&declared) {
            return false;
        }
        route.links.iter().any(|&link| {
            let row = &self.links[link];
            let carries = if modes.is_empty() {
                row.mode != Mode::Paper
            } else {
                modes.contains(&row.mode)
            };
            carries
                && row
                    .ends
                    .iter()
                    .any(|&end| territory.contains(&self.nodes[end].jurisdiction))
        })
    }

    /// How often a route passes the listed nodes and links, and whether it uses the listed papers (counted once).
    pub fn passages(&self, route: &Route, places: &Places) -> usize {
        let visits = route.nodes.iter().filter(|node| places.nodes.contains(node)).count();
        let rides = route.links.iter().filter(|link| places.links.contains(link)).count();
        let papers = usize::from(route.via.is_some_and(|via| places.via.contains(&via)));
        visits + rides + papers
    }

    /// Whether a route ends or starts in one of `ends`, and its other end or its papers belong to one of `helpers`.
    pub fn serves(&self, route: &Route, ends: &[JurisdictionIndex], helpers: &[JurisdictionIndex]) -> bool {
        let (from, to) = (self.origin(route.supply), self.destination(route.demand));
        let lends_papers = route.via.is_some_and(|via| helpers.contains(&via));
        let helps = |other: JurisdictionIndex| lends_papers || helpers.contains(&other);
        ends.contains(&to) && helps(from) || ends.contains(&from) && helps(to)
    }

    /// The routes a predicate selects, in order.
    pub fn routes_where(&self, mut matches: impl FnMut(&Route) -> bool) -> Vec<RouteIndex> {
        self.routes
            .iter()
            .filter(|(_, route)| matches(route))
            .map(|(index, _)| index)
            .collect()
    }
}
