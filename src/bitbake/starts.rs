//! Whether new tasks are still started.

/// Whether new tasks are still started after something failed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Starts {
    /// A task failed and none has begun since.
    is_unanswered: bool,
    went_on: bool,
    only_waits: bool,
}

impl Starts {
    /// A task failed.
    pub(super) fn failed(&mut self) {
        self.is_unanswered = true;
    }

    /// A task has begun: where one had failed, the build goes on all the same.
    pub(super) fn begun(&mut self) {
        self.went_on |= self.is_unanswered;
        self.is_unanswered = false;
    }

    /// A footer says whether it only waits for what runs.
    pub(super) fn waits(&mut self, only_waits: bool) {
        self.only_waits = only_waits;
    }

    /// Whether tasks were begun after one had failed.
    pub(super) fn went_on(self) -> bool {
        self.went_on
    }

    /// Whether it does not look as if another would be begun.
    pub(super) fn is_over(self) -> bool {
        self.only_waits || (self.is_unanswered && !self.went_on)
    }
}
