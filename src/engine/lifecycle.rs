//! The small words of a container's life: signals, graces, and whether anything changed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use super::{ContainerId, EngineError, ErrorKind};

/// Whether an idempotent request changed anything. Finding things as asked is not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The request made it so.
    Made,
    /// It was so already.
    AlreadySo,
}

/// A container that exists as specified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Its full id.
    pub id: ContainerId,
    /// Whether this request made it, or found it made from the same specification.
    pub change: Change,
    /// What the engine had to say about it.
    pub warnings: Vec<String>,
}

/// A signal by its name without `SIG`, such as `TERM`, or by its number on Linux.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Signal(String);

/// The names of signal(7) that mean the same on every architecture, and their numbers on x86 and ARM.
const SIGNALS: &[(&str, u8)] = &[
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("WINCH", 28),
];

impl Signal {
    /// Ask to end, as the terminal's `^C` does.
    #[must_use]
    pub fn int() -> Self {
        Self("INT".into())
    }

    /// Ask to end.
    #[must_use]
    pub fn term() -> Self {
        Self("TERM".into())
    }

    /// End at once, with no chance to tidy up.
    #[must_use]
    pub fn kill() -> Self {
        Self("KILL".into())
    }

    /// The name without `SIG`, or the number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its number on x86 and ARM.
    #[must_use]
    pub fn number(&self) -> u8 {
        let named = SIGNALS.iter().find(|(known, _)| *known == self.0).map(|(_, number)| *number);
        // What is not in the table is a number: there is no other way to make one.
        named.or_else(|| self.0.parse().ok()).unwrap_or(0)
    }

    /// All names that can be chosen from.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SIGNALS.iter().map(|(name, _)| *name)
    }

    /// The name of an exit code above 128, as shells report a death by signal.
    #[must_use]
    pub fn name_of_exit_code(code: i64) -> Option<&'static str> {
        let number = u8::try_from(code.checked_sub(128)?).ok()?;
        SIGNALS.iter().find(|(_, known)| *known == number).map(|(name, _)| *name)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Signal {
    type Err = EngineError;

    /// Takes `TERM`, `SIGTERM`, `sigterm`, `15`, and the real-time signals by number (34 to 64).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.trim().to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        if let Ok(number) = name.parse::<u8>() {
            if let Some((name, _)) = SIGNALS.iter().find(|(_, known)| *known == number) {
                return Ok(Self((*name).to_owned()));
            }
            if (34..=64).contains(&number) {
                return Ok(Self(number.to_string()));
            }
        }
        if SIGNALS.iter().any(|(known, _)| *known == name) {
            return Ok(Self(name.to_owned()));
        }
        Err(EngineError::new("read the signal", ErrorKind::Invalid).saying(format!(
            "{text:?} is no signal; try one of {}",
            Signal::names().collect::<Vec<_>>().join(" ")
        )))
    }
}

/// How a container is stopped: a signal, and how long until it is killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopOptions {
    /// Sent first; the image's own choice (or TERM) where `None`.
    pub signal: Option<Signal>,
    /// From the signal to KILL, in whole seconds as engines count it; a part of a second counts as one.
    pub grace: Duration,
}

impl Default for StopOptions {
    /// The image's own signal, and the ten seconds every engine takes by default.
    fn default() -> Self {
        Self { signal: None, grace: Duration::from_secs(10) }
    }
}

/// How a container is removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RemoveOptions {
    /// Kill it first where it runs. Without, removing a running container is [`ErrorKind::Conflict`].
    pub force: bool,
    /// Remove the anonymous volumes made with it. Named volumes stay.
    pub volumes: bool,
}

/// What to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitFor {
    /// Not running; at once when it is not.
    NotRunning,
    /// The next time it exits: ask before starting it to miss nothing.
    NextExit,
    /// Removed.
    Removed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_taken_as_people_write_them() {
        for text in ["TERM", "SIGTERM", "sigterm", " 15 "] {
            assert_eq!(text.parse::<Signal>().unwrap(), Signal::term(), "{text}");
        }
        assert_eq!("64".parse::<Signal>().unwrap().as_str(), "64");
        for wrong in ["", "SIG", "0", "32", "65", "TERMINATE"] {
            let error = wrong.parse::<Signal>().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Invalid, "{wrong}");
            assert!(error.to_string().contains("TERM"), "{error}");
        }
    }

    #[test]
    fn every_signal_has_its_number() {
        assert_eq!((Signal::int().number(), Signal::kill().number()), (2, 9));
        assert_eq!("64".parse::<Signal>().unwrap().number(), 64);
    }

    #[test]
    fn exit_codes_above_128_name_their_signal() {
        assert_eq!(Signal::name_of_exit_code(137), Some("KILL"));
        assert_eq!(Signal::name_of_exit_code(127), None);
        assert_eq!(Signal::name_of_exit_code(-1), None);
        assert_eq!(Signal::name_of_exit_code(i64::MIN), None);
    }
}
