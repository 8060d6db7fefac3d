//! How many of how many.

/// How many of how many are done or begun, as BitBake counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The highest number seen; it jumps, as what need not run counts as done.
    pub reached: u64,
    /// All, where that is known. It may change while setscene tasks run.
    pub total: Option<u64>,
}

impl Progress {
    /// Takes a later "N of M".
    pub(super) fn reach(&mut self, n: u64, m: u64) {
        self.reached = self.reached.max(n);
        self.total = Some(m);
    }

    /// Whole percent, at most 100; `None` while the total is not known.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        match self.total {
            None => None,
            Some(0) => Some(100),
            Some(total) => u8::try_from(u128::from(self.reached.min(total)) * 100 / u128::from(total)).ok(),
        }
    }
}
