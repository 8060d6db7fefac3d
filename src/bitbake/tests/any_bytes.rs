//! Any bytes, in any pieces, on any streams: the same build, and never a failure.

use proptest::prelude::*;

use super::*;

/// What real outputs are made of, and what may get into them.
const WORDS: &[&str] = &[
    "Loading cache...",
    "Parsing recipes...",
    "done.",
    "\n",
    "\r",
    "\r\n",
    " ",
    "| ",
    "\x1b[2A\x1b[J",
    "\x1b[0m",
    "\x1b[1;31mERROR\x1b[0m: \x1b[31m",
    "\x1b[1;33mWARNING\x1b[0m: ",
    "\x1b]8;;x\x1b\\",
    "\x1b",
    "\x1b[",
    "käse",
    "\u{fffd}",
    "Parsing recipes:  17% |####  | ETA:  0:00:02\r",
    "                \r",
    "Initialising tasks: 100% |##| Time: 0:00:00\r",
    "Parsing of 3 .bb files complete (0 cached, 3 parsed). 3 targets, 0 skipped, 0 masked, 0 errors.\n",
    "NOTE: Resolving any missing task queue dependencies\n",
    "\nBuild Configuration:\n",
    "MACHINE  = \"a\"\n",
    "Sstate summary: Wanted 4 Local 1 Mirrors 1 Missed 2 Current 1 (50% match, 60% complete)\n",
    "NOTE: Executing Tasks\n",
    "NOTE: Running task 1 of 9 (/m/zlib_1.3.bb:do_x)\n",
    "NOTE: Running setscene task 1 of 9 (/m/zlib_1.3.bb:do_x_setscene)\n",
    "NOTE: recipe zlib-1.3-r0: task do_x: Started\n",
    "NOTE: recipe zlib-1.3-r0: task do_x: Succeeded\n",
    "NOTE: recipe zlib-1.3-r0: task do_x: Failed\n",
    "ERROR: zlib-1.3-r0 do_x: Execution of '/x' failed with exit code 1\n",
    "Exception: KeyError: 'x'\n",
    "ERROR: Logfile of failure stored in: /t/zlib/1.3/temp/log.do_x.71\n",
    "Log data follows:\n",
    "| main.c: error: x\n",
    "ERROR: Task (/m/zlib_1.3.bb:do_x) failed with exit code '1'\n",
    "WARNING: zlib-1.3-r0 do_x: QA Issue: x [check]\n",
    "WARNING: Setscene task (/m/zlib_1.3.bb:do_x_setscene) failed with exit code '1' - real task\n",
    "Setscene tasks: 4 of 4\n",
    "Currently  1 running tasks (3 of 9)  50% |#|\n",
    "0: zlib-1.3-r0 do_x - 1s (pid 71)\n",
    "No currently running tasks (3 of 9)  50% ||\n",
    "Running tasks (4 of 4, 8 of 9)  88% |####|\n",
    "NOTE: Tasks Summary: Attempted 9 tasks of which 8 didn't need to be rerun and all succeeded.\n",
    "\nSummary: 1 task failed:\n",
    "  /m/zlib_1.3.bb:do_x\n",
    "    log: /t/zlib/1.3/temp/log.do_x.71\n",
    "Summary: There was 1 WARNING message.\n",
    "\nKeyboard Interrupt, closing down...\n",
    "2025-03-01T12:00:00.5Z ",
    "[2025-03-01T12:00:09Z] ",
    "Bitbake still alive (no events for 600s). Active tasks:\n",
    "/m/zlib_1.3.bb:do_x\n",
    "NOTE: Reconnecting to bitbake server...\n",
    "ERROR: Nothing PROVIDES 'x'\n",
    "  further\n",
];

/// All that is known, in words.
fn told(reader: &BuildReader) -> String {
    let tell = |build: &Build| {
        let head = (build.outcome(), build.phase(), build.phases().to_vec(), build.times(), build.signs());
        let steps = (build.parsed(), build.parse_percent(), build.sstate(), build.configurations().to_vec());
        let tasks =
            (build.tasks(), build.setscene(), build.running().to_vec(), build.counts(), build.lines());
        let failed =
            (build.failures().to_vec(), build.failed_ids().to_vec(), build.setscene_failed().to_vec());
        let groups =
            |messages: &Messages| (messages.kept().to_vec(), messages.groups().cloned().collect::<Vec<_>>());
        let messages = (groups(build.warnings()), groups(build.errors()), build.no_provider().to_vec());
        let summary = (
            build.tasks_summary(),
            build.warnings_counted(),
            build.errors_counted(),
            build.slowest().to_vec(),
        );
        let record: Vec<_> = build.record.tasks.after(0).cloned().collect();
        let pace = (record, build.rate().clone(), build.starts_nothing());
        let kind = (build.has_begun(), build.is_terminal(), build.is_quiet(), build.failures_beyond());
        format!("{head:?} {steps:?} {tasks:?} {failed:?} {messages:?} {summary:?} {pace:?} {kind:?}")
    };
    let earlier: Vec<String> = reader.earlier().iter().map(tell).collect();
    format!("{} {earlier:?} {}", tell(reader.build()), reader.lines())
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        2 => prop::sample::select(WORDS).prop_flat_map(|word| (0..=word.len()).prop_map(|end| word.as_bytes()[..end].to_vec())),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

fn chunk() -> impl Strategy<Value = (Stream, Vec<u8>)> {
    let stream = prop_oneof![4 => Just(Stream::Output), 1 => Just(Stream::Errors)];
    (stream, prop::collection::vec(word(), 0..6).prop_map(|words| words.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_give_the_same_build(
        chunks in prop::collection::vec(chunk(), 0..30),
        cuts in prop::collection::vec(1_usize..40, 1..20),
        mixed in any::<bool>(),
    ) {
        let output = if mixed { Output::Mixed } else { Output::Apart };
        let whole: Vec<(Stream, &[u8])> = chunks.iter().map(|(stream, bytes)| (*stream, bytes.as_slice())).collect();
        // What follows on the same stream may come as one, or in as many pieces as one likes.
        let mut joined: Vec<(Stream, Vec<u8>)> = Vec::new();
        for (stream, bytes) in chunks.iter().filter(|(_, bytes)| !bytes.is_empty()) {
            match joined.last_mut() {
                Some((last, so_far)) if last == stream => so_far.extend(bytes),
                _ => joined.push((*stream, bytes.clone())),
            }
        }
        let joined: Vec<(Stream, &[u8])> = joined.iter().map(|(stream, bytes)| (*stream, bytes.as_slice())).collect();
        let mut pieces = Vec::new();
        let mut sizes = cuts.iter().cycle();
        for (stream, bytes) in &joined {
            let mut rest = *bytes;
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
                pieces.push((*stream, now));
                rest = later;
            }
        }
        let expected = told(&read(output, &joined));
        prop_assert_eq!(&told(&read(output, &whole)), &expected);
        prop_assert_eq!(&told(&read(output, &pieces)), &expected);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        let whole = told(&read(Output::Mixed, &[(Stream::Output, &bytes)]));
        let single: Vec<(Stream, &[u8])> = bytes.chunks(1).map(|byte| (Stream::Output, byte)).collect();
        prop_assert_eq!(told(&read(Output::Mixed, &single)), whole);
    }
}
