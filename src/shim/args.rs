//! The command line of the shim.

use std::ffi::{OsStr, OsString};

use crate::keep_args::{self, Follow, Forget, Keep, Sessions};
use crate::signals;

/// The polite time when none is given, in milliseconds.
pub const DEFAULT_GRACE_MS: u32 = 5_000;

/// What the shim was called for.
#[derive(Debug, PartialEq, Eq)]
pub enum Call {
    /// Run a command.
    Run(Run),
    /// Signal the one tree with this token.
    Signal(End),
    /// End every tree with one of these tokens.
    Sweep(End),
    /// Wait until the client is gone, then signal.
    Guard(End),
    /// Name the running shims.
    List,
    /// Be there, as a container's first process.
    Hold,
    /// Say whether files can be made in these directories.
    Writable(Vec<OsString>),
    /// Start a command that outlives whoever started it.
    Keep(Keep),
    /// Be the one who keeps it.
    Kept(Keep),
    /// Name what was kept.
    Sessions(Sessions),
    /// Print what a kept command prints.
    Follow(Follow),
    /// Remove what was kept of commands that have ended.
    Forget(Forget),
    /// Say which shim this is.
    Version,
}

/// `shim run`.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// What later calls find this shim by.
    pub token: String,
    /// How long the tree has between the polite signal and KILL.
    pub grace_ms: u32,
    /// What standard input is for.
    pub stdin: Stdin,
    /// What becomes of processes that outlive a command which ended by itself.
    pub daemons: Daemons,
    /// The command and its arguments; never empty.
    pub command: Vec<OsString>,
}

/// What the shim's standard input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// The command has it; the shim does not look at it.
    Inherit,
    /// It carries frames; the command reads from `/dev/null`. Its end is the end of the client.
    Watch,
    /// It carries frames; the command reads their data from a pipe. Its end is the end of the client.
    Pipe,
}

/// What becomes of processes that outlive a command which ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemons {
    /// They stay, as children of the container's first process.
    Leave,
    /// They are ended like on a cancel.
    End,
}

/// `shim signal` and `shim sweep`.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    /// The tokens; never empty.
    pub tokens: Vec<String>,
    /// The signal to begin with.
    pub signal: i32,
    /// How long the tree has between that signal and KILL.
    pub grace_ms: u32,
    /// Only pass the signal on to the command; end nothing.
    pub forward: bool,
    /// Also end processes that carry the token in their environment and have no shim any more.
    pub orphans: bool,
}

/// Understands the arguments after the program's name. The error is a sentence for the user.
pub fn parse(given: &[OsString]) -> Result<Call, String> {
    let Some((verb, rest)) = given.split_first() else {
        return Err(
            "give one of run, signal, guard, sweep, list, hold, writable, keep, sessions, follow, forget, version"
                .to_owned(),
        );
    };
    match verb.to_str() {
        Some("run") => run(rest).map(Call::Run),
        Some("signal") => match end(rest)? {
            end if end.tokens.len() == 1 => Ok(Call::Signal(end)),
            _ => Err("signal takes exactly one --token".to_owned()),
        },
        Some("guard") => match end(rest)? {
            end if end.tokens.len() == 1 && !end.forward => Ok(Call::Guard(end)),
            _ => Err("guard takes exactly one --token and nothing to --forward".to_owned()),
        },
        Some("sweep") => match end(rest)? {
            end if end.forward => Err("sweep cannot --forward".to_owned()),
            end if !signals::is_cancel(end.signal) => {
                Err("sweep takes HUP, INT, QUIT, TERM or KILL".to_owned())
            }
            end => Ok(Call::Sweep(end)),
        },
        Some("keep") => keep_args::keep(rest).map(Call::Keep),
        Some("kept") => keep_args::keep(rest).map(Call::Kept),
        Some("sessions") => keep_args::sessions(rest).map(Call::Sessions),
        Some("follow") => keep_args::follow(rest).map(Call::Follow),
        Some("forget") => keep_args::forget(rest).map(Call::Forget),
        Some("hold") if rest.is_empty() => Ok(Call::Hold),
        Some("writable") if !rest.is_empty() => Ok(Call::Writable(rest.to_vec())),
        Some("list") if rest.is_empty() => Ok(Call::List),
        Some("version") if rest.is_empty() => Ok(Call::Version),
        _ => Err(format!("{} is not understood here", verb.display())),
    }
}

fn run(rest: &[OsString]) -> Result<Run, String> {
    let (mut token, mut grace_ms, mut stdin, mut daemons) =
        (None, DEFAULT_GRACE_MS, Stdin::Inherit, Daemons::Leave);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--token") => token = Some(token_of(words.next())?),
            Some("--grace") => grace_ms = grace_of(words.next())?,
            Some("--stdin") => {
                stdin = match words.next().and_then(|value| value.to_str()) {
                    Some("inherit") => Stdin::Inherit,
                    Some("watch") => Stdin::Watch,
                    Some("pipe") => Stdin::Pipe,
                    _ => return Err("--stdin takes inherit, watch or pipe".to_owned()),
                }
            }
            Some("--daemons") => {
                daemons = match words.next().and_then(|value| value.to_str()) {
                    Some("leave") => Daemons::Leave,
                    Some("end") => Daemons::End,
                    _ => return Err("--daemons takes leave or end".to_owned()),
                }
            }
            Some("--") => {
                let command: Vec<OsString> = words.cloned().collect();
                if command.is_empty() {
                    return Err("no command after --".to_owned());
                }
                let token = token.ok_or("run needs a --token")?;
                return Ok(Run { token, grace_ms, stdin, daemons, command });
            }
            _ => return Err(format!("run does not know {}", word.display())),
        }
    }
    Err("run needs -- and a command".to_owned())
}

fn end(rest: &[OsString]) -> Result<End, String> {
    let mut end = End {
        tokens: Vec::new(),
        signal: signals::TERM,
        grace_ms: DEFAULT_GRACE_MS,
        forward: false,
        orphans: false,
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--token") => end.tokens.push(token_of(words.next())?),
            Some("--grace") => end.grace_ms = grace_of(words.next())?,
            Some("--signal") => {
                end.signal = words
                    .next()
                    .and_then(|value| value.to_str())
                    .and_then(signals::number)
                    .ok_or("--signal takes a signal's name or number")?;
            }
            Some("--forward") => end.forward = true,
            Some("--orphans") => end.orphans = true,
            _ => return Err(format!("{} is not understood here", word.display())),
        }
    }
    if end.tokens.is_empty() {
        return Err("a --token is needed".to_owned());
    }
    end.forward |= !signals::is_cancel(end.signal);
    Ok(end)
}

/// A grace in milliseconds.
pub fn grace_of(word: Option<&OsString>) -> Result<u32, String> {
    word.and_then(|value| value.to_str())
        .and_then(|value| value.parse().ok())
        .filter(|ms| *ms <= signals::LONGEST_GRACE_MS)
        .ok_or_else(|| format!("--grace takes milliseconds from 0 to {}", signals::LONGEST_GRACE_MS))
}

/// A token. One that begins with a dot is none: it is the name of a directory, too.
pub fn token_of(word: Option<&OsString>) -> Result<String, String> {
    word.map(OsString::as_os_str)
        .and_then(OsStr::to_str)
        .filter(|text| is_token(text))
        .map(str::to_owned)
        .ok_or_else(|| "--token takes 1 to 64 letters, digits, '.', '_' or '-'".to_owned())
}

fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && !text.starts_with('.')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
