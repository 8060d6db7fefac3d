//! How a build ended, from all signs together: neither its exit code nor "all succeeded" proves anything alone.

use std::fmt;

use super::phase::Phase;
use super::summary::{ParseCount, TasksSummary};

/// How a build ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// All is built.
    Success,
    /// All is built, but errors were told; BitBake's exit code is not 0.
    SuccessWithErrors,
    /// Tasks failed, or what was asked for could not be done.
    Failed,
    /// Somebody stopped it.
    Interrupted,
    /// The disk was full.
    Halted,
    /// Nothing provides what was asked for.
    NoProvider,
    /// Recipes could not be parsed.
    ParseError,
    /// The configuration is wrong; nothing was parsed.
    ConfigError,
    /// BitBake itself died, or its output ends in the midst.
    Crashed,
}

impl Outcome {
    /// Its stable name: `success`, `parse-error` and so on.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::SuccessWithErrors => "success-with-errors",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Halted => "halted",
            Self::NoProvider => "no-provider",
            Self::ParseError => "parse-error",
            Self::ConfigError => "config-error",
            Self::Crashed => "crashed",
        }
    }

    /// Whether all is built.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Success | Self::SuccessWithErrors)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What was seen that tells how a build ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line that was seen or was not, in any combination"
)]
pub struct Signs {
    /// ^C, in the client's own words, or the server leaving on one.
    pub interrupted: bool,
    /// The server was told to end.
    pub server_terminated: bool,
    /// The command ended as a stop makes it end.
    pub stopped: bool,
    /// The worker was told to end, or has gone.
    pub worker_gone: bool,
    /// The server has gone, or died of a mistake of its own.
    pub server_gone: bool,
    /// The disk was full.
    pub disk_full: bool,
    /// A file could not be parsed.
    pub parse_error: bool,
    /// Parsing of recipes was given up.
    pub parsing_halted: bool,
    /// The checks of the distribution refuse the configuration.
    pub insane: bool,
    /// Something asked for is provided by nothing.
    pub no_provider: bool,
    /// The command could not be done.
    pub command_failed: bool,
    /// The last words were seen: "Summary: …".
    pub last_words: bool,
    /// A note was seen: the build is not a quiet one.
    pub noted: bool,
    /// The footer is that of a quiet build.
    pub quiet_footer: bool,
    /// The last footer was taken away, as it is at the end.
    pub footer_left: bool,
    /// A footer stands on the terminal.
    pub footer_stands: bool,
}

/// What else counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    pub(super) signs: Signs,
    pub(super) phase: Phase,
    pub(super) parsed: Option<ParseCount>,
    pub(super) summary: Option<TasksSummary>,
    pub(super) any_failed: bool,
    pub(super) any_error: bool,
    pub(super) anything_runs: bool,
}

impl Evidence {
    /// How the build ended, when nothing more comes.
    pub(super) fn outcome(&self) -> Outcome {
        let Self { signs, .. } = *self;
        if signs.interrupted || signs.server_terminated {
            return Outcome::Interrupted;
        }
        if signs.disk_full {
            return Outcome::Halted;
        }
        if signs.worker_gone || signs.server_gone {
            return Outcome::Crashed;
        }
        if signs.stopped {
            return Outcome::Interrupted;
        }
        let any_failed = self.any_failed || self.summary.is_some_and(|summary| summary.failed > 0);
        if any_failed {
            return Outcome::Failed;
        }
        if self.summary.is_none()
            && self.phase < Phase::Setscene
            && let Some(outcome) = self.before_tasks()
        {
            return outcome;
        }
        if signs.no_provider {
            return Outcome::NoProvider;
        }
        match self.summary {
            Some(_) if self.any_error => Outcome::SuccessWithErrors,
            Some(_) => Outcome::Success,
            None if self.any_error => Outcome::Failed,
            None if self.ended_quietly() => Outcome::Success,
            None => Outcome::Crashed,
        }
    }

    /// What went wrong before any task ran.
    fn before_tasks(&self) -> Option<Outcome> {
        let Self { signs, .. } = *self;
        let any_unparsed = self.parsed.is_some_and(|parsed| parsed.errors > 0);
        if signs.insane {
            return Some(Outcome::ConfigError);
        }
        if signs.parsing_halted || any_unparsed {
            return Some(Outcome::ParseError);
        }
        if signs.no_provider {
            return Some(Outcome::NoProvider);
        }
        if signs.parse_error {
            // A recipe once recipes are parsed, a configuration file before.
            return Some(if self.phase < Phase::Parsing {
                Outcome::ConfigError
            } else {
                Outcome::ParseError
            });
        }
        let nothing_was_parsed = self.phase < Phase::LoadingCache && !signs.command_failed;
        (self.any_error && nothing_was_parsed).then_some(Outcome::ConfigError)
    }

    /// Whether a build that says no more than its progress (`-q`), or one that only parses, has come to its end.
    fn ended_quietly(&self) -> bool {
        let Self { signs, .. } = *self;
        if self.anything_runs || signs.footer_stands {
            return false;
        }
        let only_parsed = self.parsed.is_some() && self.phase == Phase::Parsing;
        let is_quiet = !signs.noted && (signs.footer_left || self.phase >= Phase::Initialising);
        only_parsed || is_quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(signs: Signs) -> Evidence {
        Evidence {
            signs: Signs { noted: true, ..signs },
            phase: Phase::Tasks,
            parsed: None,
            summary: Some(TasksSummary { attempted: 9, not_rerun: 0, failed: 0 }),
            any_failed: false,
            any_error: false,
            anything_runs: false,
        }
    }

    #[test]
    fn all_succeeded_proves_nothing() {
        let plain = evidence(Signs::default());
        assert_eq!(plain.outcome(), Outcome::Success);
        assert_eq!(Evidence { any_error: true, ..plain }.outcome(), Outcome::SuccessWithErrors);
        assert_eq!(Evidence { any_failed: true, ..plain }.outcome(), Outcome::Failed);
        for (signs, outcome) in [
            (Signs { interrupted: true, ..Signs::default() }, Outcome::Interrupted),
            (Signs { server_terminated: true, ..Signs::default() }, Outcome::Interrupted),
            (Signs { worker_gone: true, ..Signs::default() }, Outcome::Crashed),
            (Signs { server_gone: true, ..Signs::default() }, Outcome::Crashed),
            (Signs { disk_full: true, ..Signs::default() }, Outcome::Halted),
            (Signs { no_provider: true, ..Signs::default() }, Outcome::NoProvider),
            (Signs { interrupted: true, worker_gone: true, ..Signs::default() }, Outcome::Interrupted),
        ] {
            assert_eq!(evidence(signs).outcome(), outcome, "{signs:?}");
        }
    }

    #[test]
    fn an_output_that_stops_is_no_success() {
        let cut = Evidence { summary: None, ..evidence(Signs::default()) };
        assert_eq!(cut.outcome(), Outcome::Crashed);
        assert_eq!(Evidence { phase: Phase::Parsing, ..cut }.outcome(), Outcome::Crashed);
        let quiet = Evidence { signs: Signs { footer_left: true, ..Signs::default() }, ..cut };
        assert_eq!(quiet.outcome(), Outcome::Success);
        assert_eq!(Evidence { any_error: true, ..quiet }.outcome(), Outcome::Failed);
        assert_eq!(Evidence { anything_runs: true, ..quiet }.outcome(), Outcome::Crashed);
    }

    #[test]
    fn what_goes_wrong_before_the_tasks() {
        let early = Evidence { summary: None, any_error: true, ..evidence(Signs::default()) };
        let signs = Signs { parse_error: true, ..Signs::default() };
        for (phase, signs, outcome) in [
            (Phase::Starting, Signs::default(), Outcome::ConfigError),
            (Phase::Starting, signs, Outcome::ConfigError),
            (Phase::Parsing, signs, Outcome::ParseError),
            (Phase::Parsing, Signs { parsing_halted: true, ..signs }, Outcome::ParseError),
            (Phase::Resolving, Signs { no_provider: true, ..Signs::default() }, Outcome::NoProvider),
            (Phase::Resolving, Signs::default(), Outcome::Failed),
            (Phase::Parsing, Signs { interrupted: true, ..signs }, Outcome::Interrupted),
        ] {
            assert_eq!(Evidence { signs, phase, ..early }.outcome(), outcome, "{phase:?} {signs:?}");
        }
    }
}
