//! The shell scripts the rules run, so that a simulated engine can be told what they do.
//!
//! They use what a busybox-like image has: `/bin/sh` and its usual applets.

/// Waits, ends with 5 on TERM and with 6 on INT.
pub const IDLE: &str = "trap 'exit 5' TERM; trap 'exit 6' INT; echo ready; sleep 600 & wait";
/// Waits and takes no notice of TERM.
pub const STUBBORN: &str = "trap '' TERM; echo ready; sleep 600 & wait";
/// Waits, takes no notice of TERM, ends with 6 on INT.
pub const ONLY_INT: &str = "trap '' TERM; trap 'exit 6' INT; echo ready; sleep 600 & wait";
/// Waits, and on TERM prints a line and ends with 5.
pub const LAST_WORD: &str = "trap 'echo later; exit 5' TERM; echo ready; sleep 600 & wait";
/// Says who it is and waits; TERM ends it with 5.
pub const SHOW_SETTINGS: &str =
    "trap 'exit 5' TERM; echo $GREETING; pwd; id -u; echo ready; sleep 600 & wait";
/// Both streams, and a code other than 0.
pub const BOTH_STREAMS: &str = "echo out; echo err >&2; exit 7";
/// A line a number, 200 of them.
pub const LINES: &str = "seq 1 200";
/// More than any pipe or socket buffers: 1.3 MB.
pub const FLOOD: &str = "seq 1 200000";
/// 8.5 MB.
pub const BIG: &str = "seq 1 1200000";
/// One line of 40 KiB: 40 959 blanks, an x and a newline.
pub const LONG_LINE: &str = "printf '%40960s\\n' x";
/// Two lines, for a terminal.
pub const TWO_LINES: &str = "echo one; echo two";
/// A line, after one is typed, then the terminal's size.
pub const SIZE_WHEN_ASKED: &str = "read line; stty size";
/// The three values of a byte that a stream's framing could take for its own.
pub const FRAME_LIKE: [&str; 3] = ["printf '\\000zero\\n'", "printf '\\001one\\n'", "printf '\\002two\\n'"];
/// The environment, user and directory of an exec.
pub const WHO: &str = "echo $GREETING; id -u; pwd";
