//! The numbers BitBake prints itself.

use super::scan::{number, number_after};

/// `Parsing of N .bb files complete (…). …`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ParseCount {
    /// Recipe files.
    pub files: u64,
    /// Of them, those taken from the cache.
    pub cached: u64,
    /// Of them, those parsed.
    pub parsed: u64,
    /// What they can build.
    pub targets: u64,
    /// Left out by themselves, as for another machine.
    pub skipped: u64,
    /// Left out by `BBMASK`.
    pub masked: u64,
    /// Those with errors.
    pub errors: u64,
}

impl ParseCount {
    pub(super) fn read(line: &str) -> Option<Self> {
        let (files, rest) = number_after(line, "Parsing of ")?;
        let (cached, rest) = number_after(rest, " .bb files complete (")?;
        let (parsed, rest) = number_after(rest, " cached, ")?;
        let (targets, rest) = number_after(rest, " parsed). ")?;
        let (skipped, rest) = number_after(rest, " targets, ")?;
        let (masked, rest) = number_after(rest, " skipped, ")?;
        let (errors, _) = number_after(rest, " masked, ")?;
        Some(Self { files, cached, parsed, targets, skipped, masked, errors })
    }
}

/// `Sstate summary: Wanted N Local N Mirrors N Missed N Current N (N% match, N% complete)`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SstateSummary {
    /// Objects that were looked for.
    pub wanted: u64,
    /// Found in the local cache. Older classes say only what was found anywhere: it counts as local.
    pub local: u64,
    /// Found on mirrors.
    pub mirrors: u64,
    /// Found nowhere.
    pub missed: u64,
    /// In place already, so not looked for.
    pub current: u64,
    /// Found of wanted.
    pub match_percent: u64,
    /// Found or in place of all.
    pub complete_percent: u64,
}

impl SstateSummary {
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut rest = line.strip_prefix("Sstate summary:")?;
        let mut read = Self::default();
        while let Some((word, after)) = rest.trim_start().split_once(' ') {
            let field = match word {
                "Wanted" => &mut read.wanted,
                "Local" | "Found" => &mut read.local,
                "Mirrors" => &mut read.mirrors,
                "Missed" => &mut read.missed,
                "Current" => &mut read.current,
                _ => break,
            };
            let (value, after) = number(after)?;
            (*field, rest) = (value, after);
        }
        let (percent, rest) = number(rest.trim_start().strip_prefix('(')?)?;
        read.match_percent = percent;
        read.complete_percent = number_after(rest, "% match, ")?.0;
        Some(read)
    }

    /// Objects the shared-state cache had, here or on mirrors.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.local.saturating_add(self.mirrors)
    }
}

/// `NOTE: Tasks Summary: Attempted N tasks of which N didn't need to be rerun and …`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TasksSummary {
    /// Tasks that ran or needed not.
    pub attempted: u64,
    /// Of them, those that needed not.
    pub not_rerun: u64,
    /// Failed ones; none where all succeeded.
    pub failed: u64,
}

impl TasksSummary {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (attempted, rest) = number_after(text, "Tasks Summary: Attempted ")?;
        let rest = rest.strip_prefix(" tasks of which ").or_else(|| rest.strip_prefix(" task of which "))?;
        let (not_rerun, rest) = number(rest)?;
        let rest = rest.strip_prefix(" didn't need to be rerun and ")?;
        let failed = if rest.starts_with("all succeeded") { 0 } else { number(rest)?.0 };
        Some(Self { attempted, not_rerun, failed })
    }
}

/// The last lines: `Summary: …`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastWord {
    TasksFailed(u64),
    Warnings(u64),
    Errors(u64),
}

impl LastWord {
    pub(super) fn read(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("Summary: ")?;
        if let Some((failed, rest)) = number(rest) {
            return rest
                .trim_start_matches(" task")
                .trim_start_matches('s')
                .starts_with(" failed")
                .then_some(Self::TasksFailed(failed));
        }
        let rest = rest.strip_prefix("There was ").or_else(|| rest.strip_prefix("There were "))?;
        let (count, rest) = number(rest)?;
        if rest.starts_with(" WARNING") {
            Some(Self::Warnings(count))
        } else {
            rest.starts_with(" ERROR").then_some(Self::Errors(count))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_read() {
        let line = "Parsing of 308 .bb files complete (8 cached, 300 parsed). 309 targets, 1 skipped, 2 masked, 3 errors.";
        let expected =
            ParseCount { files: 308, cached: 8, parsed: 300, targets: 309, skipped: 1, masked: 2, errors: 3 };
        assert_eq!(ParseCount::read(line), Some(expected));
        let line =
            "Sstate summary: Wanted 38 Local 30 Mirrors 2 Missed 6 Current 4 (84% match, 85% complete)";
        let expected = SstateSummary {
            wanted: 38,
            local: 30,
            mirrors: 2,
            missed: 6,
            current: 4,
            match_percent: 84,
            complete_percent: 85,
        };
        assert_eq!(SstateSummary::read(line), Some(expected));
        let old = "Sstate summary: Wanted 38 Found 32 Missed 6 Current 4 (84% match, 85% complete)";
        let expected = SstateSummary { local: 32, mirrors: 0, ..expected };
        assert_eq!(SstateSummary::read(old), Some(expected));
        let line =
            "Tasks Summary: Attempted 155 tasks of which 120 didn't need to be rerun and all succeeded.";
        assert_eq!(
            TasksSummary::read(line),
            Some(TasksSummary { attempted: 155, not_rerun: 120, failed: 0 })
        );
        let line = "Tasks Summary: Attempted 55 tasks of which 0 didn't need to be rerun and 6 failed.";
        assert_eq!(TasksSummary::read(line), Some(TasksSummary { attempted: 55, not_rerun: 0, failed: 6 }));
    }

    #[test]
    fn the_last_words_are_read() {
        for (line, expected) in [
            ("Summary: 1 task failed:", Some(LastWord::TasksFailed(1))),
            ("Summary: 6 tasks failed:", Some(LastWord::TasksFailed(6))),
            ("Summary: There was 1 WARNING message.", Some(LastWord::Warnings(1))),
            (
                "Summary: There were 9 ERROR messages, returning a non-zero exit code.",
                Some(LastWord::Errors(9)),
            ),
            ("Summary: 6 tasks succeeded", None),
            ("Summary: There were many", None),
        ] {
            assert_eq!(LastWord::read(line), expected, "{line}");
        }
    }
}
