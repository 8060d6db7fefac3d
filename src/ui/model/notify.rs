//! What somebody is told of who does not look, and by what.

use std::collections::BTreeSet;

use crate::builds::HappeningKind;

/// What somebody is told of who does not look, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// What is told of.
    pub of: BTreeSet<HappeningKind>,
    /// By what the terminal tells it.
    pub ways: Ways,
    /// A command for `/bin/sh` that is run for each.
    pub command: Option<String>,
}

/// By what a terminal tells something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is switched for itself")]
pub struct Ways {
    /// Its bell.
    pub bell: bool,
    /// A notice of the desktop, as iTerm2, Windows Terminal, Ghostty and `WezTerm` take it (OSC 9).
    pub osc_9: bool,
    /// The same, as rxvt, foot and VTE take it (OSC 777).
    pub osc_777: bool,
    /// The window's title, which has the percentage while something is built.
    pub title: bool,
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            of: HappeningKind::ALL.into(),
            ways: Ways { bell: true, osc_9: true, osc_777: false, title: true },
            command: None,
        }
    }
}
