//! What has happened to a build that somebody may want to be told of who does not look at it.

use crate::bitbake::Outcome;
use crate::text::{count, elapsed};

use super::{WatchedBuild, Worry, WorryKind};

/// What kind of thing has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HappeningKind {
    /// It is over.
    End,
    /// The first of its tasks has failed.
    FirstFailure,
    /// It does not go on, or a task far too long.
    Stall,
    /// The disk is full soon.
    LowDisk,
}

impl HappeningKind {
    /// All.
    pub const ALL: [Self; 4] = [Self::End, Self::FirstFailure, Self::Stall, Self::LowDisk];

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::FirstFailure => "first-failure",
            Self::Stall => "stall",
            Self::LowDisk => "low-disk",
        }
    }
}

/// Something that has happened to a build, with the facts of that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub kind: HappeningKind,
    /// What is being built, as it was asked for; empty where that is not known.
    pub target: String,
    /// The build directory in the container.
    pub directory: String,
    /// How it ended, where it has.
    pub outcome: Option<Outcome>,
    /// How far it is, by its tasks.
    pub percent: Option<u8>,
    /// How many tasks have failed.
    pub failures: u64,
    /// In a sentence what has happened.
    pub message: String,
}

/// What has happened to a build between two looks at it. Of one that is seen for the first time nothing has: it was so
/// before.
#[must_use]
pub fn happened(before: Option<&WatchedBuild>, after: &WatchedBuild) -> Vec<Happening> {
    let Some(before) = before.filter(|before| before.id() == after.id() && before.ended.is_none()) else {
        return Vec::new();
    };
    if after.ended.is_some() {
        return vec![Happening::of(HappeningKind::End, after, ending(after))];
    }
    let first = after.build.failures().first().filter(|_| before.build.failures().is_empty());
    let failure = first.map(|failure| {
        let recipe = failure.recipe().map(|recipe| recipe + " ").unwrap_or_default();
        let why = failure.cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
        Happening::of(HappeningKind::FirstFailure, after, format!("{recipe}{} failed{why}", failure.task))
    });
    failure.into_iter().collect()
}

impl Happening {
    /// What a worry is told as; `None` where it is no news, or nothing to be called for.
    #[must_use]
    pub fn of_worry(worry: &Worry, build: &WatchedBuild) -> Option<Self> {
        let kind = match worry.kind {
            WorryKind::Stalled | WorryKind::SlowTask => HappeningKind::Stall,
            WorryKind::Space | WorryKind::Inodes => HappeningKind::LowDisk,
            WorryKind::Memory | WorryKind::OutOfMemory => return None,
        };
        worry.is_news.then(|| Self::of(kind, build, worry.notice.clone()))
    }

    fn of(kind: HappeningKind, build: &WatchedBuild, message: String) -> Self {
        Self {
            kind,
            target: target(&build.seen.words),
            directory: build.seen.id.directory.clone(),
            outcome: build.build.outcome(),
            percent: build.build.tasks().percent(),
            failures: failures(build),
            message,
        }
    }
}

/// How many tasks of a build have failed.
#[must_use]
pub fn failures(build: &WatchedBuild) -> u64 {
    (build.build.failures().len() as u64).saturating_add(build.build.failures_beyond())
}

/// How a build ended, in a sentence: `core-image-minimal failed after 31m 00s, 1 task failed`.
#[must_use]
pub fn ending(build: &WatchedBuild) -> String {
    let target = target(&build.seen.words);
    let what = if target.is_empty() { "the build".to_owned() } else { target };
    let how = match build.build.outcome() {
        Some(Outcome::Success) => "succeeded",
        Some(Outcome::SuccessWithErrors) => "succeeded, with errors",
        Some(Outcome::Failed) => "failed",
        Some(Outcome::Interrupted) => "was interrupted",
        Some(Outcome::Halted) => "was halted: the disk is full",
        Some(Outcome::NoProvider) => "failed: nothing provides what it needs",
        Some(Outcome::ParseError) => "failed: recipes cannot be parsed",
        Some(Outcome::ConfigError) => "failed: its configuration is wrong",
        Some(Outcome::Crashed) => "broke off",
        None => "is over",
    };
    let failed = match failures(build) {
        0 => String::new(),
        failed => format!(", {} failed", count(failed, "task")),
    };
    let took = build.ended.map(|ended| elapsed(build.elapsed(ended)));
    format!("{what} {how} after {}{failed}", took.unwrap_or_default())
}

/// What is built, of the words BitBake was called with: those that are no options and belong to none. Empty where they
/// do not tell.
#[must_use]
pub fn target(words: &[String]) -> String {
    /// Options that are followed by a word of their own.
    const WITH_WORD: &[&str] = &[
        "-b",
        "--buildfile",
        "-c",
        "--cmd",
        "-r",
        "--read",
        "-R",
        "--postread",
        "-I",
        "--ignore-deps",
        "-l",
        "--log-domains",
        "-B",
        "--bind",
        "-T",
        "--idle-timeout",
        "-w",
        "--write-log",
        "-u",
        "--ui",
        "--remote-server",
        "--token",
        "-S",
        "--dump-signatures",
    ];
    let mut targets = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if WITH_WORD.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            targets.push(word.as_str());
        }
    }
    targets.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitbake::{BuildReader, Output, Stream};
    use crate::builds::test_build::watched;

    const FAILS: &str = "NOTE: Executing Tasks\nNOTE: Running task 3 of 9 (/m/zlib_1.3.bb:do_fetch)\n\
                         NOTE: recipe zlib-1.3-r0: task do_fetch: Started\n";
    const FAILED: &str = "ERROR: zlib-1.3-r0 do_fetch: Fetcher failure: x\nNOTE: recipe zlib-1.3-r0: task do_fetch: Failed\n\
                          ERROR: Task (/m/zlib_1.3.bb:do_fetch) failed with exit code '1'\n";

    fn read(texts: &[&str], ends: bool) -> WatchedBuild {
        let mut reader = BuildReader::new(Output::Mixed);
        for text in texts {
            reader.feed(Stream::Output, None, text.as_bytes());
        }
        if ends {
            reader.finish();
        }
        let mut watched = watched(reader.build().clone());
        watched.seen.words = ["-k", "-c", "fetch", "core-image-minimal"].map(str::to_owned).to_vec();
        watched.ended = ends.then(|| "2025-03-01T12:31:00Z".parse().unwrap());
        watched
    }

    #[test]
    fn a_first_failure_and_an_end_have_happened() {
        let (runs, failed, ended) =
            (read(&[FAILS], false), read(&[FAILS, FAILED], false), read(&[FAILS, FAILED], true));
        assert_eq!(happened(Some(&runs), &runs), []);
        let first = happened(Some(&runs), &failed);
        assert_eq!(first.len(), 1);
        assert_eq!(
            (first[0].kind, first[0].percent, first[0].failures),
            (HappeningKind::FirstFailure, Some(33), 1)
        );
        assert!(first[0].message.starts_with("zlib do_fetch failed"), "{}", first[0].message);
        assert_eq!(happened(Some(&failed), &failed), []);
        let end = happened(Some(&failed), &ended);
        assert_eq!(end.len(), 1);
        assert_eq!((end[0].kind, end[0].outcome), (HappeningKind::End, Some(Outcome::Failed)));
        assert_eq!(end[0].message, "core-image-minimal failed after 31m 00s, 1 task failed");
        assert_eq!(end[0].target, "core-image-minimal");
        // Both at once: the end says all.
        assert_eq!(happened(Some(&runs), &ended), end);
        assert_eq!(happened(Some(&ended), &ended), []);
    }

    #[test]
    fn of_a_build_that_was_not_seen_before_nothing_has_happened() {
        let (runs, ended) = (read(&[FAILS], false), read(&[FAILS, FAILED], true));
        assert_eq!(happened(None, &ended), []);
        let mut other = runs;
        other.seen.id.directory = "/elsewhere".into();
        assert_eq!(happened(Some(&other), &ended), []);
    }
}
