//! What a command does, as a scene says it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;

use super::units::scalar;
use super::{SceneError, Span};
use crate::engine::Signal;

/// What a command line does.
///
/// Text of its output may hold `{env:NAME}`, `{workdir}`, `{uid}`, `{columns}`, `{rows}`, `{mounts}` (as
/// `/proc/mounts` shows them), `{init}` (the init process's command line, where the container has one),
/// `{file:PATH}`, `{args}` (what `*` stood for), `{now}` and `{began}` (seconds since 1970, now and when its container
/// started) and `{n}` (how often it was printed before, from 1).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Program {
    /// The command line it is for: the script of a `sh -c`, else the words with one space between them. `*` stands
    /// for any text.
    pub command: String,
    /// What it prints.
    pub output: Vec<OutputItem>,
    /// What it prints instead where it has a terminal; the same when absent.
    pub on_terminal: Vec<OutputItem>,
    /// How it ends by itself, after its output; at once with code 0 when absent.
    pub exit: Exit,
    /// How it takes signals; one not named here ends it at once with 128 and its number.
    #[serde(deserialize_with = "by_signal")]
    pub signals: BTreeMap<String, Reaction>,
    /// What it does with its standard input.
    pub stdin: Stdin,
    /// It begins its output anew, so long after the last of it, and does not end by itself.
    pub again: Option<Span>,
    /// What it calls itself in the process list, where it does not show its command line.
    pub name: String,
    /// The command lines of its children, for the process list.
    pub children: Vec<String>,
}

/// How a program ends by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exit {
    /// Its exit code.
    pub code: i64,
    /// How long after its last output.
    pub after: Span,
    /// It does not: only a signal ends it.
    pub never: bool,
    /// It is the kernel that kills it, for memory: code 137, and the container says so.
    pub out_of_memory: bool,
}

/// How a program takes a signal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reaction {
    /// It takes no notice.
    pub ignore: bool,
    /// Printed first.
    pub prints: String,
    /// After that nothing is printed any more but `last`.
    pub quiet: bool,
    /// Printed when it ends.
    pub last: String,
    /// It ends with this code; with 128 and the signal's number when absent.
    pub exit: Option<i64>,
    /// So long after the signal.
    pub after: Span,
}

/// What a program does with its standard input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stdin {
    /// Takes it and forgets it.
    #[default]
    Ignore,
    /// Prints it, and ends at its end.
    Copy,
    /// Ends at its end.
    UntilEnd,
}

/// Something printed: text on one of the streams, or a recording.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutputItem {
    /// So long after the item before.
    pub after: Span,
    /// Only once a line was typed.
    pub after_line: bool,
    /// Printed on standard output.
    pub stdout: Option<String>,
    /// Printed on standard error.
    pub stderr: Option<String>,
    /// Printed this often; once when absent.
    pub repeat: Option<u64>,
    /// From one time to the next.
    pub every: Span,
    /// A recording.
    pub replay: Option<Replay>,
    /// Its text is printed as it is: nothing in it is filled in.
    #[serde(skip)]
    pub(in crate::engine::simulated) literal: bool,
}

impl fmt::Debug for OutputItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputItem").field("after", &self.after).finish_non_exhaustive()
    }
}

/// A recording of what a real program printed.
///
/// `times` has a line a chunk: seconds since the beginning, 1 for standard output (or a terminal) or 2 for standard
/// error, and how many bytes of `bytes` it has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The file with the bytes.
    pub bytes: String,
    /// The file with the times.
    pub times: String,
    /// How much faster than it was.
    #[serde(default = "one")]
    pub speed: f64,
    /// What it printed in the first so long, at the pace it is played at, comes at once.
    #[serde(default)]
    pub joined_after: Span,
    /// All of it goes to standard output, as a file has it.
    #[serde(default)]
    pub merged: bool,
    /// It was recorded on a terminal: its line ends are a terminal's already.
    #[serde(default)]
    pub terminal: bool,
    /// When, which stream, what.
    #[serde(skip)]
    pub(in crate::engine::simulated) chunks: Arc<[(Duration, bool, Bytes)]>,
}

fn one() -> f64 {
    1.0
}

impl OutputItem {
    pub(super) fn load(
        &mut self,
        recording: &dyn Fn(&str) -> std::io::Result<Vec<u8>>,
    ) -> Result<(), SceneError> {
        let Some(replay) = &mut self.replay else { return Ok(()) };
        let read = |name: &str| recording(name).map_err(|cause| SceneError::recording(name, cause));
        let mut bytes = Bytes::from(read(&replay.bytes)?);
        let times = String::from_utf8_lossy(&read(&replay.times)?).into_owned();
        if !(replay.speed > 0.0 && replay.speed.is_finite()) {
            return Err(SceneError::recording(&replay.bytes, "its speed must be more than 0"));
        }
        let mut chunks = Vec::new();
        for (number, line) in times.lines().enumerate() {
            let wrong = || {
                let line = format!("line {}: {line:?} is no \"seconds stream bytes\"", number + 1);
                SceneError::recording(&replay.times, line)
            };
            let words: Vec<&str> = line.split_whitespace().collect();
            let [seconds, stream, length] = words.as_slice() else { return Err(wrong()) };
            let seconds: f64 = seconds.parse().map_err(|_| wrong())?;
            let at = Duration::try_from_secs_f64(seconds / replay.speed).map_err(|_| wrong())?;
            let at = at.saturating_sub(replay.joined_after.0);
            let length: usize = length.parse().map_err(|_| wrong())?;
            if length > bytes.len() {
                return Err(SceneError::recording(&replay.times, "it tells of more bytes than there are"));
            }
            chunks.push((at, *stream == "2" && !replay.merged, bytes.split_to(length)));
        }
        if !bytes.is_empty() {
            let what = format!("it does not tell of the last {} bytes", bytes.len());
            return Err(SceneError::recording(&replay.times, what));
        }
        replay.chunks = chunks.into();
        Ok(())
    }
}

/// A signal's name as the port writes it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SignalName(String);

impl<'de> Deserialize<'de> for SignalName {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        scalar(from, |text| match text.parse::<Signal>() {
            Ok(signal) => Ok(Self(signal.as_str().to_owned())),
            Err(error) => Err(error.said().unwrap_or_default().to_owned()),
        })
    }
}

fn by_signal<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Reaction>, D::Error> {
    let named = BTreeMap::<SignalName, Reaction>::deserialize(from)?;
    Ok(named.into_iter().map(|(name, reaction)| (name.0, reaction)).collect())
}
