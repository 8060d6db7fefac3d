//! The client's side of what goes over a shim's standard input, and the command line it is started with.
//!
//! With [`StdinMode::Watch`] or [`StdinMode::Pipe`] the shim reads frames: one byte of kind, the length of the payload
//! in four bytes (big-endian), the payload.
//!
//! | kind | payload | meaning |
//! |---|---|---|
//! | `D` | 1 to 65536 bytes | data for the command's standard input |
//! | `E` | none | the command's input is at its end |
//! | `S` | signal number, one byte | pass this signal on to the command's process group, end nothing |
//! | `C` | grace in milliseconds, four bytes; signal number, one byte | end the whole tree: signal, grace, KILL |
//!
//! The bare end of the stream means that the client is gone: the tree is ended with the grace given at the start. So
//! the stream has to stay open until the exec has ended, also after [`end_of_input`].
//!
//! The shim keeps at most 1 MiB of data for a command that does not read, and reads no further frame while that much
//! waits. Behind such a backlog only a closed pipe, or the shim's `signal` verb in a second exec, reaches it.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};

/// The most one data frame holds, in bytes.
pub const DATA_LIMIT: usize = 64 * 1024;
/// The variable the shim and the shell wrapper mark a command's environment with.
pub const MARKER: &str = "SMIDR_EXEC";
/// Exit codes of the shim's `signal` verb.
pub mod signal_code {
    /// All ended, or the signal was passed on.
    pub const DONE: i64 = 0;
    /// No running shim has the token.
    pub const NOT_FOUND: i64 = 1;
    /// Something is left; the report names it.
    pub const LEFT: i64 = 2;
    /// The shim belongs to a user this one may not signal: try as root.
    pub const REFUSED: i64 = 3;
    /// The shim could not work at all: bad arguments, or no readable `/proc`.
    pub const FAILED: i64 = 125;
}

const HEADER: usize = 5;

/// What the shim's standard input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdinMode {
    /// The command has it, for instance as a terminal. The shim does not notice a client that is gone.
    Inherit,
    /// Frames; the command reads from `/dev/null`.
    Watch,
    /// Frames; the command reads their data.
    Pipe,
}

/// What becomes of processes that outlive a command which ended by itself. A cancel ends them in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Daemons {
    /// They stay, like bitbake's resident server.
    Leave,
    /// They are ended like on a cancel.
    End,
}

/// The argument vector that runs `command` under the shim at `shim`. A token is 1 to 64 letters, digits, `.`, `_` or
/// `-`.
#[must_use]
pub fn run_argv(
    shim: &str,
    token: &str,
    grace: Duration,
    stdin: StdinMode,
    daemons: Daemons,
    command: &[String],
) -> Vec<String> {
    let stdin = match stdin {
        StdinMode::Inherit => "inherit",
        StdinMode::Watch => "watch",
        StdinMode::Pipe => "pipe",
    };
    let daemons = match daemons {
        Daemons::Leave => "leave",
        Daemons::End => "end",
    };
    let grace = milliseconds(grace).to_string();
    let options =
        [shim, "run", "--token", token, "--grace", &grace, "--stdin", stdin, "--daemons", daemons, "--"];
    options.into_iter().map(str::to_owned).chain(command.iter().cloned()).collect()
}

/// The argument vector of the exec that ends the tree with this token and reports as one line of JSON. With `orphans`
/// it also ends processes that carry the token in their environment and have no shim any more.
#[must_use]
pub fn signal_argv(shim: &str, token: &str, signal: &str, grace: Duration, orphans: bool) -> Vec<String> {
    let grace = milliseconds(grace).to_string();
    let options = [shim, "signal", "--token", token, "--signal", signal, "--grace", &grace];
    options.into_iter().chain(orphans.then_some("--orphans")).map(str::to_owned).collect()
}

/// The argument vector of the exec that ends the trees of all these tokens, a line of JSON for each.
#[must_use]
pub fn sweep_argv(shim: &str, tokens: &[String], grace: Duration, orphans: bool) -> Vec<String> {
    let grace = milliseconds(grace).to_string();
    let mut argv: Vec<String> = [shim, "sweep", "--grace", &grace].map(str::to_owned).into();
    argv.extend(tokens.iter().flat_map(|token| ["--token".to_owned(), token.clone()]));
    argv.extend(orphans.then(|| "--orphans".to_owned()));
    argv
}

/// The argument vector of the exec that ends the tree with this token when its own standard input ends without a byte.
#[must_use]
pub fn guard_argv(shim: &str, token: &str, grace: Duration) -> Vec<String> {
    let grace = milliseconds(grace).to_string();
    [shim, "guard", "--token", token, "--grace", &grace].map(str::to_owned).into()
}

/// The argument vector of the exec that prints a line of JSON for each running shim of the container.
#[must_use]
pub fn list_argv(shim: &str) -> Vec<String> {
    [shim, "list"].map(str::to_owned).into()
}

/// Data for the command, in as many frames as it takes. Nothing for no data.
#[must_use]
pub fn data(mut data: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(data.len() + HEADER * data.len().div_ceil(DATA_LIMIT));
    while !data.is_empty() {
        let (piece, rest) = data.split_at(data.len().min(DATA_LIMIT));
        put(&mut out, b'D', piece);
        data = rest;
    }
    out.freeze()
}

/// The end of the command's input.
#[must_use]
pub fn end_of_input() -> Bytes {
    frame(b'E', &[])
}

/// Passes a signal (1 to 64) on to the command and ends nothing.
#[must_use]
pub fn signal(number: u8) -> Bytes {
    frame(b'S', &[number])
}

/// Ends the whole tree: the signal (1 to 64) to each process, and after the grace KILL until none is left. While an
/// end is on its way a further one can only shorten the grace.
#[must_use]
pub fn cancel(number: u8, grace: Duration) -> Bytes {
    let [a, b, c, d] = milliseconds(grace).to_be_bytes();
    frame(b'C', &[a, b, c, d, number])
}

/// As the shim counts a grace; at most about 24 days.
fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).min(i32::MAX.cast_unsigned())
}

fn frame(kind: u8, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(HEADER + payload.len());
    put(&mut out, kind, payload);
    out.freeze()
}

/// `payload` is at most [`DATA_LIMIT`] long.
fn put(out: &mut BytesMut, kind: u8, payload: &[u8]) {
    out.put_u8(kind);
    out.put_u32(u32::try_from(payload.len()).unwrap_or(u32::MAX));
    out.put_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_frames_have_their_documented_bytes() {
        assert_eq!(end_of_input().as_ref(), b"E\0\0\0\0");
        assert_eq!(signal(2).as_ref(), b"S\0\0\0\x01\x02");
        assert_eq!(cancel(15, Duration::from_millis(0x0102)).as_ref(), b"C\0\0\0\x05\0\0\x01\x02\x0f");
        assert_eq!(cancel(15, Duration::MAX)[5..9], [0x7f, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn data_is_cut_at_the_limit() {
        assert!(data(b"").is_empty());
        assert_eq!(data(b"ab").as_ref(), b"D\0\0\0\x02ab");
        let long = data(&vec![7; DATA_LIMIT + 1]);
        assert_eq!(long.len(), DATA_LIMIT + 1 + 2 * HEADER);
        assert_eq!(long[..5], *b"D\0\x01\0\0");
        assert_eq!(long[5 + DATA_LIMIT..], *b"D\0\0\0\x01\x07");
    }

    #[test]
    fn the_command_s_words_stay_behind_the_dashes() {
        let command = ["--token".to_owned(), "x y".to_owned()];
        let argv = run_argv(
            "/smidr-shim-1",
            "t",
            Duration::from_secs(2),
            StdinMode::Watch,
            Daemons::Leave,
            &command,
        );
        assert_eq!(
            argv.join("|"),
            "/smidr-shim-1|run|--token|t|--grace|2000|--stdin|watch|--daemons|leave|--|--token|x y"
        );
        let sweep = sweep_argv("s", &["a".to_owned(), "b".to_owned()], Duration::ZERO, true);
        assert_eq!(sweep.join("|"), "s|sweep|--grace|0|--token|a|--token|b|--orphans");
        let end = signal_argv("s", "a", "INT", Duration::from_secs(1), false);
        assert_eq!(end.join("|"), "s|signal|--token|a|--signal|INT|--grace|1000");
    }
}
