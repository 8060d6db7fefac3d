//! The command line of what is kept.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::args::{DEFAULT_GRACE_MS, Daemons, Run, Stdin, grace_of, token_of};

/// The variable that names the directory sessions are kept in, where no `--root` does.
const ROOT_VARIABLE: &str = "SMIDR_SESSIONS";
/// That directory where neither names one.
const DEFAULT_ROOT: &str = "/var/tmp/smidr-sessions";
/// How much of its output is kept where nobody says, in bytes: 4 GiB.
const DEFAULT_LIMIT: u64 = 4 << 30;
/// How many sessions that are over stay beside a new one where nobody says.
const DEFAULT_RECORDS: u64 = 10;
/// How long the word for whoever started a session may be, in bytes.
const LONGEST_BY: usize = 200;

/// `shim keep`.
#[derive(Debug, PartialEq, Eq)]
pub struct Keep {
    /// Where it is kept.
    pub root: PathBuf,
    /// Who started it, in a word of theirs.
    pub by: String,
    /// How many bytes of each file of output are kept.
    pub limit: u64,
    /// Whether standard error gets a file of its own.
    pub apart: bool,
    /// After how many milliseconds it is ended.
    pub deadline_ms: Option<u64>,
    /// It is a container's first process.
    pub first: Option<First>,
    /// The command, and the token that is the session's name.
    pub run: Run,
}

/// `shim keep --main`.
#[derive(Debug, PartialEq, Eq)]
pub struct First {
    /// The file whose lock is held meanwhile.
    pub lock: PathBuf,
    /// How many sessions that are over may stay beside it.
    pub records: usize,
}

/// `shim sessions`.
#[derive(Debug, PartialEq, Eq)]
pub struct Sessions {
    /// Where they are kept.
    pub root: PathBuf,
    /// Only this one.
    pub token: Option<String>,
    /// Make the directories first, for every user to keep sessions in.
    pub prepare: bool,
}

/// `shim follow`.
#[derive(Debug, PartialEq, Eq)]
pub struct Follow {
    /// Where it is kept.
    pub root: PathBuf,
    /// Which one.
    pub token: String,
    /// How many bytes are left out at the beginning.
    pub from: u64,
    /// Standard error, which was kept apart.
    pub errors: bool,
}

/// `shim forget`.
#[derive(Debug, PartialEq, Eq)]
pub struct Forget {
    /// Where they are kept.
    pub root: PathBuf,
    /// Only these; all where there are none.
    pub tokens: Vec<String>,
    /// Only those that have been over for so many seconds.
    pub older_than: u64,
}

/// The arguments of `keep` and `kept`.
pub fn keep(rest: &[OsString]) -> Result<Keep, String> {
    let (mut root, mut token, mut by) = (None, None, String::new());
    let (mut limit, mut apart, mut grace_ms) = (DEFAULT_LIMIT, false, DEFAULT_GRACE_MS);
    let (mut main, mut lock, mut records, mut deadline_ms) = (false, None, DEFAULT_RECORDS, None);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--root") => root = Some(root_of(words.next())?),
            Some("--main") => main = true,
            Some("--lock") => lock = words.next().map(PathBuf::from).filter(|lock| lock.is_absolute()),
            Some("--records") => records = number_of("--records", words.next())?,
            Some("--deadline") => deadline_ms = Some(number_of("--deadline", words.next())?),
            Some("--token") => token = Some(token_of(words.next())?),
            Some("--grace") => grace_ms = grace_of(words.next())?,
            Some("--limit") => limit = number_of("--limit", words.next())?,
            Some("--apart") => apart = true,
            Some("--by") => {
                let who = words
                    .next()
                    .and_then(|value| value.to_str())
                    .filter(|value| value.len() <= LONGEST_BY)
                    .ok_or_else(|| format!("--by takes at most {LONGEST_BY} bytes of text"))?;
                who.clone_into(&mut by);
            }
            Some("--") => {
                let command: Vec<OsString> = words.cloned().collect();
                if command.is_empty() {
                    return Err("no command after --".to_owned());
                }
                let token = token.ok_or("keep needs a --token")?;
                let run = Run { token, grace_ms, stdin: Stdin::Inherit, daemons: Daemons::Leave, command };
                let root = root.unwrap_or_else(usual_root);
                let first = match (main, lock) {
                    (false, None) => None,
                    (true, Some(_)) if apart => {
                        return Err(
                            "keep --main keeps both outputs together, as they are passed on".to_owned()
                        );
                    }
                    (true, Some(lock)) => {
                        let records = usize::try_from(records).unwrap_or(usize::MAX);
                        Some(First { lock, records })
                    }
                    _ => {
                        return Err(
                            "keep --main needs a --lock, an absolute path, and only that does".to_owned()
                        );
                    }
                };
                return Ok(Keep { root, by, limit, apart, deadline_ms, first, run });
            }
            _ => return Err(format!("keep does not know {}", word.display())),
        }
    }
    Err("keep needs -- and a command".to_owned())
}

/// The arguments of `sessions`.
pub fn sessions(rest: &[OsString]) -> Result<Sessions, String> {
    let (mut root, mut token, mut prepare) = (None, None, false);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--root") => root = Some(root_of(words.next())?),
            Some("--token") => token = Some(token_of(words.next())?),
            Some("--prepare") => prepare = true,
            _ => return Err(format!("sessions does not know {}", word.display())),
        }
    }
    Ok(Sessions { root: root.unwrap_or_else(usual_root), token, prepare })
}

/// The arguments of `follow`.
pub fn follow(rest: &[OsString]) -> Result<Follow, String> {
    let (mut root, mut token, mut from, mut errors) = (None, None, 0, false);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--root") => root = Some(root_of(words.next())?),
            Some("--token") => token = Some(token_of(words.next())?),
            Some("--from") => from = number_of("--from", words.next())?,
            Some("--errors") => errors = true,
            _ => return Err(format!("follow does not know {}", word.display())),
        }
    }
    let token = token.ok_or("follow needs a --token")?;
    Ok(Follow { root: root.unwrap_or_else(usual_root), token, from, errors })
}

/// The arguments of `forget`.
pub fn forget(rest: &[OsString]) -> Result<Forget, String> {
    let (mut root, mut tokens, mut older_than) = (None, Vec::new(), None);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--root") => root = Some(root_of(words.next())?),
            Some("--token") => tokens.push(token_of(words.next())?),
            Some("--older-than") => older_than = Some(number_of("--older-than", words.next())?),
            _ => return Err(format!("forget does not know {}", word.display())),
        }
    }
    if tokens.is_empty() && older_than.is_none() {
        return Err("forget needs a --token or --older-than".to_owned());
    }
    let root = root.unwrap_or_else(usual_root);
    Ok(Forget { root, tokens, older_than: older_than.unwrap_or(0) })
}

fn usual_root() -> PathBuf {
    env::var_os(ROOT_VARIABLE)
        .map(PathBuf::from)
        .filter(|root| root.is_absolute())
        .unwrap_or_else(|| DEFAULT_ROOT.into())
}

fn root_of(word: Option<&OsString>) -> Result<PathBuf, String> {
    word.map(PathBuf::from)
        .filter(|root| root.is_absolute())
        .ok_or_else(|| "--root takes an absolute path".to_owned())
}

fn number_of(option: &str, word: Option<&OsString>) -> Result<u64, String> {
    word.and_then(|value| value.to_str())
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| format!("{option} takes a number"))
}
