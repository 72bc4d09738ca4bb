//! Whether a month keeps what has not changed since the month before.

/// Whether a month keeps what cannot have changed since the month before of the same draw. Results do not depend on it.
///
/// These may be kept: the effects of measures and programmes, routes that are open, markets, costs and weights, the
/// restricted pairs, and the pattern of the solver's systems. The last solution, from which the solver starts, is not
/// among them: it is state of the path, and another first guess would round differently.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Reuse {
    /// Keeps whatever has not changed.
    #[default]
    Unchanged,
    /// Computes everything anew in every month. This is slow and serves tests that compare the two.
    Nothing,
}

impl Reuse {
    /// Whether to keep something, given whether it is as it was.
    pub fn keeps(self, is_unchanged: bool) -> bool {
        self == Self::Unchanged && is_unchanged
    }
}
