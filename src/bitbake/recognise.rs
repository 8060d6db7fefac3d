//! From a line to what it says: what stands before it on the same stream counts, too.

use super::cut::OPENINGS;
use super::escapes::Marks;
use super::event::{BuildEvent, Change, Interrupt, Level};
use super::footer::{Footer, bar};
use super::notice::{Notice, Trouble};
use super::scan::n_of_m;
use super::summary::{LastWord, ParseCount, SstateSummary, TasksSummary};

/// How many lines a coloured message that is never closed may have; more than any real one.
const MOST_OF_A_MESSAGE: u32 = 500;

/// What the line before has begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Message(Level),
    /// A message whose colours are still on: whatever comes belongs to it, up to so many lines.
    Coloured(Level, u32),
    Configuration,
    Footer,
    FailedTasks,
    LogData,
    ActiveTasks,
}

/// Recognises the lines of one stream, one after the other.
#[derive(Debug, Default)]
pub(super) struct Recogniser {
    within: Within,
}

impl Recogniser {
    /// Says what the next piece of the stream says.
    pub(super) fn recognise<'a>(&mut self, text: &'a str, marks: Marks) -> BuildEvent<'a> {
        if let Within::Coloured(level, lines) = self.within
            && !marks.begins_level
            && !marks.redraws
        {
            let goes_on = !marks.ends_plain && lines < MOST_OF_A_MESSAGE;
            self.within = if goes_on { Within::Coloured(level, lines + 1) } else { Within::Nothing };
            return BuildEvent::Continuation(level, text);
        }
        if marks.redraws {
            self.within = Within::Nothing;
        }
        let event = self.line(text);
        if marks.begins_level
            && let Within::Message(level) = self.within
        {
            self.within = if marks.ends_plain { Within::Nothing } else { Within::Coloured(level, 0) };
        }
        event
    }

    fn line<'a>(&mut self, text: &'a str) -> BuildEvent<'a> {
        if let Some(name) = opening(text) {
            self.within = Within::Nothing;
            return BuildEvent::Bar { name, percent: None };
        }
        match text.as_bytes() {
            [b'N', b'O', b'T', b'E', b':', b' ', ..] => self.note(text.get(6..).unwrap_or_default()),
            [b'W', b'A', b'R', b'N', b'I', b'N', b'G', b':', b' ', ..] => {
                self.within = Within::Message(Level::Warning);
                let text = text.get(9..).unwrap_or_default();
                BuildEvent::Warning { notice: Notice::read(text), text }
            }
            [b'E', b'R', b'R', b'O', b'R', b':', b' ', ..] => self.error(text.get(7..).unwrap_or_default()),
            [b'D', b'E', b'B', b'U', b'G', b':', b' ', ..] => {
                self.within = Within::Message(Level::Debug);
                BuildEvent::Text(text)
            }
            [b'|', ..] | [b' ', b'|', ..] if self.within == Within::LogData => {
                BuildEvent::LogData(log_line(text))
            }
            [] => self.blank(),
            [b' ' | b'0'..=b'9', ..] => self.further(text),
            _ => self.unprefixed(text),
        }
    }

    fn note<'a>(&mut self, text: &'a str) -> BuildEvent<'a> {
        self.within = Within::Message(Level::Note);
        if let Some(rest) = text.strip_prefix("recipe ") {
            return task_change(rest).unwrap_or(BuildEvent::Note(text));
        }
        if let Some(rest) = text.strip_prefix("Running ") {
            return running(rest).unwrap_or(BuildEvent::Note(text));
        }
        if let Some(summary) = TasksSummary::read(text) {
            return BuildEvent::TasksSummary(summary);
        }
        match text {
            "Executing Tasks" | "Executing RunQueue Tasks" | "Executing SetScene Tasks" => {
                BuildEvent::Executing
            }
            "No setscene tasks" => BuildEvent::NoSetscene,
            "Setscene tasks completed" => BuildEvent::SetsceneDone,
            "Resolving any missing task queue dependencies" => BuildEvent::Resolving,
            _ if is_waiting(text) => BuildEvent::Waiting,
            _ => BuildEvent::Note(text),
        }
    }

    fn error<'a>(&mut self, text: &'a str) -> BuildEvent<'a> {
        // Where both streams are one, an error may stand within the log of a failure.
        let keeps = self.within == Within::LogData;
        let trouble = Trouble::read(text);
        let is_closed = matches!(trouble, Trouble::LogOfFailure(_) | Trouble::TaskFailed { .. });
        if !(keeps && is_closed) {
            self.within = Within::Message(Level::Error);
        }
        BuildEvent::Error { trouble, text }
    }

    fn blank(&mut self) -> BuildEvent<'static> {
        match self.within {
            Within::Message(level) if level != Level::Note => BuildEvent::Continuation(level, ""),
            Within::Message(_) => BuildEvent::Blank,
            _ => {
                self.within = Within::Nothing;
                BuildEvent::Blank
            }
        }
    }

    /// A line that by itself says nothing.
    fn further<'a>(&mut self, text: &'a str) -> BuildEvent<'a> {
        match self.within {
            Within::Message(level) => return BuildEvent::Continuation(level, text),
            Within::Footer => {
                if let Some(task) = Footer::read_task(text) {
                    return BuildEvent::Footer(task);
                }
            }
            Within::FailedTasks => {
                if let Some(log) = text.strip_prefix("    log: ") {
                    return BuildEvent::SummaryLog(log.trim_end());
                }
                if let Some(id) = text.strip_prefix("  ") {
                    return BuildEvent::SummaryTask(id.trim_end());
                }
            }
            _ => {}
        }
        self.within = Within::Nothing;
        BuildEvent::Text(text)
    }

    fn unprefixed<'a>(&mut self, text: &'a str) -> BuildEvent<'a> {
        if self.within == Within::ActiveTasks && is_id(text) {
            return BuildEvent::StillRunning(text);
        }
        if let Some((event, within)) = whole_line(text) {
            self.within = within;
            return event;
        }
        match self.within {
            Within::Message(level) => BuildEvent::Continuation(level, text),
            Within::Configuration => match text.split_once(" = ") {
                Some((key, value)) => {
                    BuildEvent::ConfigurationRow { key: key.trim_end(), value: value.trim_matches('"') }
                }
                None => BuildEvent::Text(text),
            },
            // A line of the footer that is not told apart: "CPU pressure … is limiting task startup".
            Within::Footer if text.contains("limiting task startup") => BuildEvent::Text(text),
            _ => {
                self.within = Within::Nothing;
                BuildEvent::Text(text)
            }
        }
    }
}

/// The name of what has begun: `Parsing recipes...`
fn opening(text: &str) -> Option<&str> {
    if !text.starts_with(['L', 'P', 'I', 'C']) {
        return None;
    }
    text.strip_suffix("...").filter(|name| OPENINGS.contains(name))
}

/// A line that is known by itself, and what it begins; or a bar.
fn whole_line(text: &str) -> Option<(BuildEvent<'_>, Within)> {
    known_line(text).or_else(|| {
        let (name, percent) = bar(text)?;
        Some((BuildEvent::Bar { name, percent: Some(percent) }, Within::Nothing))
    })
}

/// A line that is known by itself, and what it begins.
fn known_line(text: &str) -> Option<(BuildEvent<'_>, Within)> {
    let first = text.as_bytes().first()?;
    let alone = |event| Some((event, Within::Nothing));
    match first {
        b'P' => alone(BuildEvent::Parsed(ParseCount::read(text)?)),
        b'B' => {
            if let Some(rest) = text.strip_prefix("Build Configuration") {
                let multiconfig = rest.strip_prefix(" (mc:").and_then(|rest| rest.strip_suffix("):"));
                return Some((BuildEvent::ConfigurationBegins { multiconfig }, Within::Configuration));
            }
            let is_alive = text.starts_with("Bitbake still alive (");
            is_alive.then_some((BuildEvent::StillAlive, Within::ActiveTasks))
        }
        b'd' if text == "done." => alone(BuildEvent::BarDone),
        b'K' if text.starts_with("Keyboard Interrupt, ") => alone(BuildEvent::Interrupted(Interrupt::First)),
        b'T' if text.starts_with("Third Keyboard Interrupt") => {
            alone(BuildEvent::Interrupted(Interrupt::Third))
        }
        b'E' if text.starts_with("Execution was interrupted") => {
            alone(BuildEvent::Interrupted(Interrupt::Said))
        }
        b'N' if text.starts_with("No reply after pinging server") => alone(BuildEvent::ServerLost),
        b'L' if text == "Log data follows:" => Some((BuildEvent::LogDataBegins, Within::LogData)),
        b'L' if text.starts_with("Loaded ") && text.contains(" from dependency cache") => {
            alone(BuildEvent::CacheLoaded)
        }
        b'S' if text.starts_with("Second Keyboard Interrupt") => {
            alone(BuildEvent::Interrupted(Interrupt::Second))
        }
        b'S' if text.starts_with("Sstate summary:") => alone(BuildEvent::Sstate(SstateSummary::read(text)?)),
        b'S' if text.starts_with("Summary: ") => {
            let word = LastWord::read(text)?;
            let lists = matches!(word, LastWord::TasksFailed(_));
            Some((word.into(), if lists { Within::FailedTasks } else { Within::Nothing }))
        }
        b'S' | b'C' | b'N' | b'R' | b'W' => {
            Some((BuildEvent::Footer(Footer::read_main(text)?), Within::Footer))
        }
        _ => None,
    }
}

/// `PF: task do_x: Started`
fn task_change(rest: &str) -> Option<BuildEvent<'_>> {
    let (pf, rest) = rest.split_once(':')?;
    let (task, change) = rest.strip_prefix(" task ")?.split_once(':')?;
    let change = match change.trim_start() {
        "Started" => Change::Started,
        "Succeeded" => Change::Succeeded,
        "Failed" => Change::Failed,
        _ => return None,
    };
    Some(BuildEvent::Task { pf, task, change })
}

/// `[setscene |noexec ]task N of M (<id>)`
fn running(rest: &str) -> Option<BuildEvent<'_>> {
    let (setscene, rest) = rest.strip_prefix("setscene ").map_or((false, rest), |rest| (true, rest));
    let (noexec, rest) = rest.strip_prefix("noexec ").map_or((false, rest), |rest| (true, rest));
    let (n, m, rest) = n_of_m(rest.strip_prefix("task ")?)?;
    // Older ones say more between: `(ID: 5, /a/b.bb, do_x)`.
    let id = rest.strip_prefix(" (")?.trim_end().strip_suffix(')')?;
    Some(if setscene {
        BuildEvent::SetsceneRunning { n, m, id }
    } else {
        BuildEvent::TaskRunning { n, m, id, noexec }
    })
}

/// Whether it is the id of a task: `…/zlib_1.3.bb:do_compile`.
fn is_id(text: &str) -> bool {
    let begins = text.starts_with('/') || text.starts_with("mc:") || text.starts_with("virtual:");
    begins && text.rsplit_once(".bb:do_").is_some_and(|(_, task)| !task.is_empty() && !task.contains(' '))
}

/// Whether a note says that the client waits for a server.
fn is_waiting(text: &str) -> bool {
    [
        "Reconnecting to bitbake server",
        "Retrying server connection",
        "Starting bitbake server",
        "No reply from server in ",
        "Previous bitbake instance shutting down",
    ]
    .iter()
    .any(|beginning| text.starts_with(beginning))
}

fn log_line(text: &str) -> &str {
    let text = text.trim_start_matches(' ');
    let text = text.strip_prefix('|').unwrap_or(text);
    text.strip_prefix(' ').unwrap_or(text)
}
