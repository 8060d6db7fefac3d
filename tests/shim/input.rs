//! The protocol on standard input.

use std::io::{Read, Write};
use std::time::Duration;

use proptest::prelude::*;
use smidr_console::actions::exec::shim_protocol::{Daemons, StdinMode, cancel, data, end_of_input, signal};

use crate::harness::Shim;

#[path = "../../src/shim/frames.rs"]
#[expect(unreachable_pub, reason = "the file is a module of another crate, the shim")]
mod frames;

use frames::{Broken, Decoder, Frame};

const LONG: Duration = Duration::from_secs(60);

fn start(script: &str, grace: Duration) -> Shim {
    Shim::start(script, StdinMode::Pipe, Daemons::Leave, grace)
}

#[test]
fn data_reaches_the_command_and_its_end_too() {
    let mut shim = start("cat; echo end # MARK", LONG);
    let sent: Vec<u8> = (0_u32..700_000).flat_map(u32::to_le_bytes).collect();
    let mut output = shim.child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        output.read_to_end(&mut all).map(|_| all)
    });
    shim.say(&data(&sent));
    shim.say(&end_of_input());
    assert_eq!(shim.code_with_nothing_left(), 0);
    let received = reader.join().unwrap().unwrap();
    assert!(received == [&sent[..], b"end\n"].concat(), "{} of {} bytes", received.len(), sent.len());
}

#[test]
fn the_end_of_input_is_not_the_end_of_the_client() {
    let mut shim = start("cat; sleep MARK", LONG);
    shim.say(&end_of_input());
    shim.until_sleeping(1);
    shim.say(&cancel(15, LONG));
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn a_signal_is_passed_on_and_ends_nothing() {
    // The group gets it; only the shell acts on it. What it leaves is ended, as asked.
    let script = "trap 'exit 3' USR1; (trap '' USR1; exec sleep MARK) & wait";
    let mut shim = Shim::start(script, StdinMode::Pipe, Daemons::End, LONG);
    shim.until_sleeping(1);
    shim.say(&signal(10));
    assert_eq!(shim.code_with_nothing_left(), 3);
}

#[test]
fn a_cancel_is_seen_behind_data_that_nobody_reads() {
    let mut shim = start("sleep MARK", LONG);
    shim.until_sleeping(1);
    shim.say(&data(&vec![0; 900 * 1024]));
    shim.say(&cancel(15, LONG));
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn a_client_that_ends_behind_too_much_data_is_noticed() {
    let mut shim = start("sleep MARK", LONG);
    shim.until_sleeping(1);
    let stdin = shim.stdin.as_mut().unwrap();
    rustix::io::ioctl_fionbio(&*stdin, true).unwrap();
    let (stream, mut written, mut refused) = (data(&vec![0; 4 * 1024 * 1024]), 0, 0);
    // Full is what has no room a hundred times in a row.
    while refused < 100 && written < stream.len() {
        if let Ok(count) = stdin.write(&stream[written..]) {
            (written, refused) = (written + count, 0);
        } else {
            refused += 1;
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
    let bound = 1024 * 1024..=1536 * 1024;
    assert!(bound.contains(&written), "{written} bytes were taken");
    shim.stdin = None;
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn a_command_that_closes_its_input_blocks_nothing() {
    let mut shim = start("exec <&-; sleep MARK", LONG);
    shim.until_sleeping(1);
    shim.say(&data(&vec![0; 3 * 1024 * 1024]));
    shim.say(&cancel(15, LONG));
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn without_a_pipe_the_command_reads_nothing_and_data_is_dropped() {
    let script = "test -z \"$(cat)\" && test -c /dev/stdin && sleep MARK";
    let mut shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, LONG);
    shim.say(&data(b"lost"));
    shim.until_sleeping(1);
    shim.say(&cancel(15, LONG));
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn what_is_no_frame_ends_the_tree() {
    let mut shim = start("sleep MARK", LONG);
    shim.until_sleeping(1);
    shim.say(b"hello");
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn a_further_cancel_can_shorten_the_grace() {
    let mut shim = start("trap '' TERM; sleep MARK; sleep MARK", LONG);
    shim.until_sleeping(1);
    shim.say(&cancel(15, LONG));
    shim.say(&cancel(15, Duration::ZERO));
    assert_eq!(shim.code_with_nothing_left(), 137);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What a decoder took, with neighbouring pieces of data joined.
fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, Broken> {
    let mut decoder = Decoder::default();
    let mut taken: Vec<String> = Vec::new();
    for piece in pieces {
        decoder.push(piece, |frame| match frame {
            Frame::Data(bytes) => {
                let text = hex(bytes);
                match taken.last_mut().filter(|last| last.starts_with("data ")) {
                    Some(last) => last.push_str(&text),
                    None => taken.push(format!("data {text}")),
                }
            }
            Frame::EndOfInput => taken.push("end".to_owned()),
            Frame::Signal(number) => taken.push(format!("signal {number}")),
            Frame::Cancel { signal, grace_ms } => taken.push(format!("cancel {signal} {grace_ms}")),
        })?;
    }
    Ok(taken)
}

#[test]
fn frames_out_of_bounds_are_broken() {
    for bytes in [
        &b"D\0\0\0\0"[..],
        b"D\0\x01\0\x01",
        b"E\0\0\0\x01",
        b"S\0\0\0\x02",
        b"S\0\0\0\x01\0",
        b"S\0\0\0\x01\x41",
        b"C\0\0\0\x04",
        b"C\0\0\0\x05\0\0\0\0\0",
        b"X\0\0\0\0",
    ] {
        assert_eq!(decode([bytes]), Err(Broken), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_cut_of_the_bytes_gives_the_same_frames(
        body in proptest::collection::vec(any::<u8>(), 0..300),
        number in 1_u8..=64,
        grace in 0_u32..=i32::MAX.cast_unsigned(),
        cuts in proptest::collection::vec(1_usize..40, 1..40),
    ) {
        let grace_time = Duration::from_millis(u64::from(grace));
        let all = [data(&body), signal(number), data(b"x"), cancel(number, grace_time), end_of_input()].concat();
        let mut rest = &all[..];
        let mut pieces = Vec::new();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let mut expected = vec![
            format!("data {}", hex(&body)),
            format!("signal {number}"),
            "data 78".to_owned(),
            format!("cancel {number} {grace}"),
            "end".to_owned(),
        ];
        if body.is_empty() {
            expected.remove(0);
        }
        prop_assert_eq!(decode(pieces), Ok(expected));
    }
}
