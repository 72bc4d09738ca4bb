//! The quantities that results give, and their units.

/// A unit of results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultUnit {
    /// In the month, year or run of the row.
    Tonnes,
    /// US dollars in the month, year or run of the row.
    Dollars,
    DollarsPerTonne,
    /// A fraction: of trade, or of draws.
    Share,
    /// Counted from the start of the run, 1 for its first month.
    Months,
}

impl ResultUnit {
    /// All units.
    pub const ALL: [Self; 5] = [
        Self::Tonnes,
        Self::Dollars,
        Self::DollarsPerTonne,
        Self::Share,
        Self::Months,
    ];

    /// The unit as files spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tonnes => "t",
            Self::Dollars => "usd",
            Self::DollarsPerTonne => "usd/t",
            Self::Share => "share",
            Self::Months => "months",
        }
    }

    /// The unit that files spell so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Whether a unit that files spell so is that of amounts. Those of months add up, those of ratios do not.
    pub fn is_of_amounts(name: &str) -> bool {
        matches!(Self::from_name(name), Some(Self::Tonnes | Self::Dollars))
    }
}

/// A quantity that the column `quantity` of a result table names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportedQuantity {
    Price,
    Netback,
    Limit,
    Flow,
    Rent,
    Binding,
    Occurs,
    HasOccurred,
}

impl ReportedQuantity {
    /// Quantities of supplies and demands; demands have no netback.
    pub const OF_MARKETS: [Self; 2] = [Self::Price, Self::Netback];
    /// Quantities of capacities, in the order of their cells.
    pub const OF_CAPACITIES: [Self; 4] = [Self::Limit, Self::Flow, Self::Rent, Self::Binding];
    /// Quantities of designations, in the order of their cells.
    pub const OF_EVENTS: [Self; 2] = [Self::Occurs, Self::HasOccurred];

    /// The quantity as files spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Netback => "netback",
            Self::Limit => "limit",
            Self::Flow => "flow",
            Self::Rent => "rent",
            Self::Binding => "binding",
            Self::Occurs => "occurs",
            Self::HasOccurred => "has_occurred",
        }
    }

    /// Its unit.
    pub const fn unit(self) -> ResultUnit {
        match self {
            Self::Price | Self::Netback | Self::Rent => ResultUnit::DollarsPerTonne,
            Self::Limit | Self::Flow => ResultUnit::Tonnes,
            Self::Binding | Self::Occurs | Self::HasOccurred => ResultUnit::Share,
        }
    }

    /// One plain line about it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Price => "what a supply's last tonne costs, or what a demand pays",
            Self::Netback => {
                "mean over a supply's flows of the price at the market less cost and the rents of others on the way"
            }
            Self::Limit => "the most that may pass",
            Self::Flow => "what passes",
            Self::Rent => "what one more tonne of limit would earn",
            Self::Binding => "1 in a draw whose rent exceeds a millionth of the reference price, else 0",
            Self::Occurs => "1 in a draw in which firms of the target are listed in this month",
            Self::HasOccurred => "1 in a draw in which firms of the target have been listed by the end of the month",
        }
    }
}
