//! Any bytes as BitBake's output, event log, and a task's log, cut anywhere: the build, the events and the causes are the
//! same, and what remains is a range.
#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub, unfulfilled_lint_expectations, reason = "a room, compiled apart")]

#[path = "../../../src/bitbake/mod.rs"]
mod bitbake;

use arbitrary::Arbitrary;
use bitbake::{BuildReader, CauseReader, Estimator, EventLogReader, Output, Stream, TaskHistory};
use jiff::Timestamp;

#[derive(Debug, Arbitrary)]
struct Input {
    pieces: Vec<(bool, Vec<u8>)>,
    cuts: Vec<u8>,
    is_mixed: bool,
}

libfuzzer_sys::fuzz_target!(|input: Input| {
    let whole = played(&input, |length| length);
    let mut cuts = input.cuts.iter().cycle();
    let mut cut = || cuts.next().map_or(1, |cut| usize::from(*cut).max(1));
    assert_eq!(whole, played(&input, |_| cut()));
});

/// All that is known in the end, in words.
fn played(input: &Input, mut cut: impl FnMut(usize) -> usize) -> String {
    let mut builds = BuildReader::new(if input.is_mixed { Output::Mixed } else { Output::Apart });
    let (mut events, mut causes) = (EventLogReader::new(), CauseReader::new());
    let mut told = String::new();
    let mut estimator = Estimator::new(TaskHistory::default());
    for (second, (is_error, bytes)) in (0_i64..).zip(&input.pieces) {
        let time = Timestamp::from_second(1_700_000_000 + second * 20).unwrap();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(cut(rest.len()).min(rest.len()));
            let stream = if *is_error { Stream::Errors } else { Stream::Output };
            builds.feed(stream, Some(time), piece);
            events.feed(piece, &mut |event| told += &format!("{event:?}"));
            causes.feed(piece);
            rest = after;
        }
        if let Some(remaining) = estimator.remaining(builds.build(), time) {
            assert!(remaining.least <= remaining.likely && remaining.likely <= remaining.most);
        }
    }
    builds.finish();
    causes.finish();
    let build = builds.build();
    let failed = (build.failures(), build.counts(), build.outcome(), build.phases(), build.tasks(), build.setscene());
    let messages = (build.warnings().kept(), build.errors().kept(), build.running(), build.slowest());
    format!("{told} {:?} {failed:?} {messages:?}", causes.causes().collect::<Vec<_>>())
}
