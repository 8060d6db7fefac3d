//! Which lines of a log are wanted, and those around them.

use std::collections::VecDeque;

use clap::{ArgGroup, Args, ValueEnum};

use crate::logs::{Level, Pattern, Query, SplitLine};

/// Which lines are wanted.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("sifting").multiple(true))]
pub(crate) struct SiftArgs {
    /// Only the lines with this in what can be read of them, colours aside
    ///
    /// A regular expression; what is none stands for itself. Letters match capitals, too, unless one was typed. Where
    /// no line is printed, that is no failure: the exit code says how the reading ended.
    #[arg(long, value_name = "PATTERN", value_parser = pattern, group = "sifting")]
    grep: Option<Pattern>,
    /// With --grep: only the lines without it
    #[arg(long, requires = "grep")]
    not: bool,
    /// Only the lines that say they are so serious, or more
    #[arg(long, value_enum, value_name = "LEVEL", group = "sifting")]
    level: Option<Least>,
    /// With --grep or --level: so many lines around each, too, at most 50; -- stands where lines are left out
    #[arg(short = 'C', long, value_name = "LINES", value_parser = clap::value_parser!(u8).range(0..=50),
        requires = "sifting")]
    context: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Least {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Notes, warnings and errors
    Note,
}

fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).ok_or_else(|| "a pattern has 1 to 4096 bytes".into())
}

impl SiftArgs {
    /// What is wanted; `None` where everything is.
    pub(crate) fn queries(&self) -> Option<Vec<Query>> {
        let pattern = self.grep.clone();
        let pattern =
            pattern.map(|pattern| if self.not { Query::Lacking(pattern) } else { Query::Matching(pattern) });
        let level = self.level.map(|least| {
            Query::Level(match least {
                Least::Error => Level::Error,
                Least::Warning => Level::Warning,
                Least::Note => Level::Note,
            })
        });
        let queries: Vec<Query> = pattern.into_iter().chain(level).collect();
        (!queries.is_empty()).then_some(queries)
    }

    /// A sieve for it; `None` where everything is wanted.
    pub(crate) fn sieve<T>(&self) -> Option<Sieve<T>> {
        let around = self.context.map_or(0, usize::from);
        self.queries().map(|queries| Sieve { queries, around: Around::new(around) })
    }
}

/// Lines in, those that are wanted out.
#[derive(Debug)]
pub(crate) struct Sieve<T> {
    queries: Vec<Query>,
    around: Around<T>,
}

impl<T> Sieve<T> {
    /// What is to be printed once this line came; `kept` makes of it what is.
    pub(crate) fn take(&mut self, line: &SplitLine<'_>, kept: impl FnOnce() -> T) -> Taken<T> {
        let is_found = self.queries.iter().all(|query| line.is_found(query));
        self.around.take(is_found, kept)
    }
}

/// What is to be printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Taken<T> {
    /// Lines before these were left out, which is worth a word.
    pub(crate) has_gap: bool,
    pub(crate) lines: Vec<T>,
}

/// Holds as many lines as are wanted before one that is found.
#[derive(Debug)]
struct Around<T> {
    lines: usize,
    before: VecDeque<T>,
    /// So many are still wanted after the last one found.
    after: usize,
    has_begun: bool,
    is_apart: bool,
}

impl<T> Around<T> {
    const fn new(lines: usize) -> Self {
        Self { lines, before: VecDeque::new(), after: 0, has_begun: false, is_apart: false }
    }

    fn take(&mut self, is_found: bool, kept: impl FnOnce() -> T) -> Taken<T> {
        let mut taken = Taken { has_gap: false, lines: Vec::new() };
        if is_found {
            taken.has_gap = self.lines > 0 && self.has_begun && self.is_apart;
            taken.lines.extend(self.before.drain(..));
            taken.lines.push(kept());
            self.after = self.lines;
            (self.has_begun, self.is_apart) = (true, false);
        } else if self.after > 0 {
            self.after -= 1;
            taken.lines.push(kept());
        } else if self.lines > 0 {
            if self.before.len() >= self.lines {
                self.before.pop_front();
                self.is_apart = true;
            }
            self.before.push_back(kept());
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that are printed, those found being marked by their places; 0 is a gap.
    fn printed(around: usize, found: &[bool]) -> Vec<usize> {
        let mut around = Around::new(around);
        let mut all = Vec::new();
        for (number, is_found) in (1..).zip(found) {
            let taken = around.take(*is_found, || number);
            all.extend(taken.has_gap.then_some(0));
            all.extend(taken.lines);
            assert!(around.before.len() <= around.lines);
        }
        all
    }

    #[test]
    fn lines_around_come_once_and_gaps_are_marked() {
        let found = |at: &[usize]| (1..=12).map(|number| at.contains(&number)).collect::<Vec<_>>();
        assert_eq!(printed(0, &found(&[2, 3, 9])), [2, 3, 9], "no marks without context");
        assert_eq!(printed(1, &found(&[2, 9])), [1, 2, 3, 0, 8, 9, 10]);
        assert_eq!(printed(1, &found(&[2, 4])), [1, 2, 3, 4, 5], "one line is around both");
        assert_eq!(printed(1, &found(&[2, 5])), [1, 2, 3, 4, 5, 6], "nothing between is left out");
        assert_eq!(printed(50, &found(&[12])), (1..=12).collect::<Vec<_>>());
        assert_eq!(printed(3, &found(&[])), [0; 0]);
    }
}
