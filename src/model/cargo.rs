//! Cargo classes: how goods are packed decides which links and which transfers are for them.

/// Whether a link or transfer for these cargo classes is open to a good of the class `cargo`. Without any class it is
/// open to all goods.
pub fn is_open_to(classes: &[String], cargo: Option<&str>) -> bool {
    classes.is_empty() || cargo.is_some_and(|cargo| classes.iter().any(|class| class == cargo))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Mode, NodeKind};

    #[test]
    fn a_list_of_classes_is_open_to_these_alone_and_none_to_all() {
        let classes = ["bulk", "liquid"].map(str::to_owned);
        assert!(is_open_to(&classes, Some("liquid")));
        assert!(!is_open_to(&classes, Some("container")));
        assert!(!is_open_to(&classes, None), "goods of no class use open links alone");
        assert!(is_open_to(&[], None) && is_open_to(&[], Some("bulk")));
    }

    #[test]
    fn goods_are_transferred_where_the_mode_or_the_ship_changes() {
        let at = NodeKind::Port;
        assert!(at.transfers(Mode::Rail, Mode::Sea) && at.transfers(Mode::Sea, Mode::Road));
        assert!(at.transfers(Mode::Sea, Mode::Sea), "from ship to ship");
        assert!(!at.transfers(Mode::Rail, Mode::Rail) && !at.transfers(Mode::Pipeline, Mode::Pipeline));
        assert!(!at.transfers(Mode::Paper, Mode::Sea) && !at.transfers(Mode::Road, Mode::Paper));
        let strait = NodeKind::Junction;
        assert!(!strait.transfers(Mode::Sea, Mode::Sea) && strait.transfers(Mode::Sea, Mode::Rail));
    }
}
