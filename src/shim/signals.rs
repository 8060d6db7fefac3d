//! Signals: their names, and what one that reaches the shim means.

use std::fs::File;
use std::io::Read;

/// Hang-up.
pub const HUP: i32 = 1;
/// Interrupt.
pub const INT: i32 = 2;
/// Quit.
pub const QUIT: i32 = 3;
/// Kill; cannot be caught.
pub const KILL: i32 = 9;
/// User signal 1. Sent with a number it asks the shim to forward the signal of that number.
pub const USR1: i32 = 10;
/// User signal 2.
pub const USR2: i32 = 12;
/// Terminate.
pub const TERM: i32 = 15;
/// A child changed its state.
pub const CHLD: i32 = 17;
/// Continue.
pub const CONT: i32 = 18;
/// Stop; cannot be caught.
pub const STOP: i32 = 19;

/// The signals the shim reads instead of acting on.
pub const TAKEN: [i32; 7] = [HUP, INT, QUIT, TERM, USR1, USR2, CHLD];

/// The numbers of x86, ARM, RISC-V, POWER and s390; MIPS and SPARC have others and no container engine.
const NAMES: [(&str, i32); 14] = [
    ("HUP", HUP),
    ("INT", INT),
    ("QUIT", QUIT),
    ("ABRT", 6),
    ("KILL", KILL),
    ("USR1", USR1),
    ("USR2", USR2),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", TERM),
    ("CONT", CONT),
    ("STOP", STOP),
    ("TSTP", 20),
    ("WINCH", 28),
];

/// The longest grace a signal can carry (about 24 days).
pub const LONGEST_GRACE_MS: u32 = i32::MAX.cast_unsigned();

/// What a signal, a frame or the end of the client asks of the shim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// End the whole tree: this signal first, KILL after the grace (`None`: the one given when starting).
    Cancel {
        /// The polite signal.
        signal: i32,
        /// How long the tree has to end by itself.
        grace_ms: Option<u32>,
    },
    /// The client ended without a word: end the whole tree, with the grace given when starting.
    ClientGone,
    /// Pass a signal on to the command and otherwise go on.
    Forward(i32),
    /// A child ended.
    Reap,
    /// Not meant for the shim.
    Nothing,
}

/// The number of a signal written as `TERM`, `SIGTERM` or `15`.
pub fn number(text: &str) -> Option<i32> {
    let upper = text.to_ascii_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    NAMES
        .iter()
        .find(|(name, _)| *name == bare)
        .map(|(_, number)| *number)
        .or_else(|| bare.parse().ok().filter(|number| (1..=64).contains(number)))
}

/// The name of a signal, or its number where it has none here.
pub fn name(signal: i32) -> String {
    NAMES
        .iter()
        .find(|(_, number)| *number == signal)
        .map_or_else(|| signal.to_string(), |(name, _)| (*name).to_owned())
}

/// Whether a signal asks for the end of the tree when it is sent to the shim.
pub fn is_cancel(signal: i32) -> bool {
    matches!(signal, HUP | INT | QUIT | TERM | KILL)
}

/// The next signal that came for the shim, if one is there.
pub fn next(from: &mut File) -> Option<Request> {
    let mut record = [0_u8; 128]; // struct signalfd_siginfo
    match from.read(&mut record) {
        Ok(128) => Some(understand(&record)),
        _ => None,
    }
}

/// `ssi_code` of a signal the kernel itself sent, for instance because of a key on the terminal.
const SI_KERNEL: i32 = 0x80;
/// `ssi_code` of a signal that carries a number.
const SI_QUEUE: i32 = -1;

fn understand(record: &[u8; 128]) -> Request {
    // Offsets of `struct signalfd_siginfo`, see signalfd(2).
    let word = |at: usize| {
        let bytes = record.get(at..at + 4).and_then(|slice| slice.try_into().ok()).unwrap_or([0; 4]);
        i32::from_ne_bytes(bytes)
    };
    let (signal, code, sender, value) = (word(0), word(8), word(12), word(44));
    let own = sender.cast_unsigned() == std::process::id();
    match signal {
        CHLD => Request::Reap,
        // A group that was signalled by the shim itself and has the shim in it.
        _ if own && code != SI_KERNEL => Request::Nothing,
        // Typed on the terminal: the command's group has got it too.
        INT | QUIT if code == SI_KERNEL => Request::Nothing,
        USR1 if code == SI_QUEUE && value < 0 => Request::Forward(-value),
        _ if is_cancel(signal) => Request::Cancel {
            signal,
            grace_ms: (code == SI_QUEUE).then(|| u32::try_from(value).ok()).flatten(),
        },
        _ => Request::Forward(signal),
    }
}
