//! How builds end, in BitBake's own words, and what is known before that.

use super::*;

#[track_caller]
fn ends(text: &str, outcome: Outcome) {
    assert_eq!(read_text(text).build().outcome(), Some(outcome), "{text}");
}

#[test]
fn nothing_is_no_build() {
    assert!(!read_text("").build().has_begun());
    assert!(!read_text("some other program\nprints lines\n").build().has_begun());
}

#[test]
fn the_words_at_the_end_tell_the_outcome() {
    let after = |words: &str| format!("{BEGUN}{words}{ENDED}");
    ends(&after(""), Outcome::Success);
    ends(&after("ERROR: Fetcher failure: no network\n"), Outcome::SuccessWithErrors);
    ends(&after("\nKeyboard Interrupt, closing down...\n\n"), Outcome::Interrupted);
    ends(&after("WARNING: Cooker received SIGTERM, shutting down...\n"), Outcome::Interrupted);
    ends(&after("WARNING: Exiting due to interrupt.\n"), Outcome::Interrupted);
    ends(&after("ERROR: Worker process (9) exited unexpectedly (-9), shutting down...\n"), Outcome::Crashed);
    let full = "ERROR: No new tasks can be executed since the disk space monitor action is \"STOPTASKS\"!\n";
    ends(&after(full), Outcome::Halted);
    let full = "ERROR: Immediately halt since the disk space monitor action is \"HALT\"!\n";
    ends(&after(full), Outcome::Halted);
    ends(&after("ERROR: Nothing PROVIDES 'tiny-imag'. Close matches:\n  tiny-image\n"), Outcome::NoProvider);
    let died =
        "ERROR: Executing event: bitbake-server might have died or been forcibly stopped, ie. OOM killed\n";
    ends(&format!("{BEGUN}{died}"), Outcome::Crashed);
    ends(&format!("{BEGUN}No reply after pinging server (x, y), exiting.\n"), Outcome::Crashed);
    ends(&format!("{BEGUN}ERROR: Command execution failed: Forced shutdown\n"), Outcome::Interrupted);
    ends(BEGUN, Outcome::Crashed);
}

#[test]
fn a_build_that_never_comes_to_its_tasks_says_why() {
    let parsing = "Loading cache...done.\nLoaded 0 entries from dependency cache.\nParsing recipes...";
    ends(&format!("{parsing}ERROR: ParseError at /m/a.bb:3: unparsed line: 'x'\n"), Outcome::ParseError);
    ends("ERROR: ParseError at /b/conf/local.conf:3: unparsed line: 'x'\n", Outcome::ConfigError);
    ends("ERROR: Unable to parse /b/conf/bblayers.conf: x\n", Outcome::ConfigError);
    let nothing = "ERROR: Nothing PROVIDES 'x'\n\nSummary: There was 1 ERROR message, returning a non-zero exit code.\n";
    ends(&format!("{parsing}done.\n{nothing}"), Outcome::NoProvider);
    ends(parsing, Outcome::Crashed);
    // All there is with -q.
    let quiet = format!("{parsing}done.\nInitialising tasks...done.\n")
        .replace("Loaded 0 entries from dependency cache.\n", "");
    ends(&quiet, Outcome::Success);
    assert!(read_text(&quiet).build().is_quiet());
    assert!(!read_text(&format!("{BEGUN}{ENDED}")).build().is_quiet());
    ends(&format!("{parsing}done.\nInitialising tasks...done.\nERROR: x\n"), Outcome::Failed);
}

#[test]
fn a_configuration_is_kept_row_by_row() {
    let reader = read_text(BEGUN);
    let [configuration] = reader.build().configurations() else { panic!() };
    assert_eq!(configuration.value("MACHINE"), Some("qemux86-64"));
    assert_eq!(configuration.value("meta-poky"), Some("scarthgap:0123456789abcdef"));
    let reader = read_text("\nBuild Configuration (mc:boxa):\nMACHINE              = \"a\"\n\nNOTE: x\n");
    assert_eq!(reader.build().configurations()[0].multiconfig.as_deref(), Some("boxa"));
}

#[test]
fn events_are_told_with_their_lines() {
    let mut reader = BuildReader::new(Output::Apart);
    let mut told = Vec::new();
    reader.feed_telling(Stream::Output, None, BEGUN.as_bytes(), &mut |line, event| {
        if let BuildEvent::Task { pf, .. } | BuildEvent::TaskRunning { id: pf, .. } = event {
            told.push((line, (*pf).to_owned()));
        }
    });
    let lines = BEGUN.lines().count() as u64;
    let expected = ["virtual:native:/m/zlib_1.3.bb:do_fetch", "zlib-native-1.3-r0"].map(str::to_owned);
    assert_eq!(told, (lines - 1..).zip(expected).collect::<Vec<_>>());
    assert_eq!(reader.lines(), lines);
}

#[test]
fn what_runs_is_known_while_it_runs() {
    let mut reader = BuildReader::new(Output::Apart);
    let time = |seconds| jiff::Timestamp::from_second(seconds).ok();
    reader.feed(Stream::Output, time(100), BEGUN.as_bytes());
    let build = reader.build();
    assert_eq!((build.phase(), build.outcome()), (Phase::Tasks, None));
    assert_eq!(build.tasks(), Progress { reached: 1, total: Some(9) });
    assert_eq!(build.setscene().total, Some(5));
    let [running] = build.running() else { panic!("{:?}", build.running()) };
    assert_eq!((running.pf.as_str(), running.since), ("zlib-native-1.3-r0", time(100)));
    assert_eq!(running.id.as_ref().unwrap().as_str(), "virtual:native:/m/zlib_1.3.bb:do_fetch");
    reader.feed(Stream::Output, time(142), ENDED.as_bytes());
    assert_eq!(reader.build().slowest()[0].took.as_secs(), 42);
    assert_eq!(reader.build().phase(), Phase::Finishing);
}

#[test]
fn times_before_the_lines_are_taken() {
    let line = |second: u32, text: &str| format!("2025-03-01T12:00:{second:02}.5Z {text}\n");
    let begun: String = BEGUN.lines().map(|text| line(1, text)).collect();
    let ended: String = ENDED.lines().map(|text| line(8, text)).collect();
    let failed = line(3, "ERROR: Task (/m/a_1.bb:do_x) failed with exit code '1'");
    let reader = read_text(&[begun, failed, ended].concat());
    let build = reader.build();
    assert_eq!(build.outcome(), Some(Outcome::Failed));
    assert_eq!(build.counts().processes_succeeded, 1);
    assert_eq!(build.slowest()[0].took.as_secs(), 7);
    assert_eq!(build.parsed().unwrap().files, 3);
    let (first, last) = build.times().unwrap();
    assert_eq!(last.duration_since(first).as_secs(), 7);
}

#[test]
fn a_log_that_was_joined_late_is_told_as_far_as_it_goes() {
    let text = format!("{BEGUN}{ENDED}");
    for (at, _) in text.match_indices('\n') {
        let reader = read_text(&text[at + 1..]);
        if reader.build().tasks_summary().is_some() {
            assert_eq!(reader.build().outcome(), Some(Outcome::Success), "{}", &text[at + 1..]);
        }
    }
}

#[test]
fn an_error_that_broke_off_a_line_of_the_other_stream_is_put_beside_it() {
    let text = format!(
        "{BEGUN}NOTE: recipe zlib-native-1.3-r0: taERROR: Task (/m/a_1.bb:do_x) failed with exit code '1'\nsk do_fetch: Succeeded\n"
    );
    let reader = read_text(&text);
    let build = reader.build();
    assert_eq!(build.counts().processes_succeeded, 1);
    assert_eq!(build.failed_ids()[0].as_str(), "/m/a_1.bb:do_x");
    // Within the log of a failed task it is none, and after a time or other words it stands where it should.
    for inner in ["| ", "| 12:01 ", "some words: ", "+ [x] "] {
        let inner =
            format!("Log data follows:\n{inner}ERROR: Task (/m/a_1.bb:do_x) failed with exit code '1'\n");
        let reader = read_text(&format!("{BEGUN}{inner}{ENDED}"));
        assert_eq!(
            (reader.build().failed_ids(), reader.build().outcome()),
            (&[][..], Some(Outcome::Success))
        );
    }
}

#[test]
fn what_is_kept_of_a_log_without_end_is_bounded() {
    let mut reader = BuildReader::new(Output::Mixed);
    for round in 0..3000_u32 {
        let text = format!(
            "NOTE: Running task {round} of 9 (/m/r{round}_1.bb:do_x)\n\
             NOTE: recipe r{round}-1-r0: task do_x: Started\n\
             WARNING: r{round}-1-r0 do_x: number {round}\nand more\n\
             ERROR: r{round}-1-r0 do_x: number {round}\n\
             ERROR: Logfile of failure stored in: /t/r{round}/1/temp/log.do_x.{round}\n\
             Log data follows:\n| line\n\
             NOTE: recipe r{round}-1-r0: task do_x: Failed\n\
             NOTE: recipe q{round}-1-r0: task do_x: Started\n\
             ERROR: Task (/m/r{round}_1.bb:do_x) failed with exit code '1'\n\
             ERROR: Nothing PROVIDES 'x{round}'\n\
             WARNING: Setscene task (/m/r{round}_1.bb:do_x_setscene) failed with exit code '1' - real task\n\
             NOTE: Tasks Summary: Attempted 9 tasks of which 8 didn't need to be rerun and all succeeded.\n\
             Loading cache...done.\n"
        );
        reader.feed(Stream::Output, None, text.as_bytes());
        if round % 2 == 0 {
            continue;
        }
        reader.feed(Stream::Output, None, b"NOTE: recipe a-1-r0: task do_y: Started\n");
    }
    assert_eq!(reader.earlier().len(), 8);
    // One build alone with all of it.
    let mut reader = BuildReader::new(Output::Mixed);
    for round in 0..3000_u32 {
        let text = format!(
            "NOTE: recipe q{round}-1-r0: task do_x: Started\n\
             WARNING: number {round}\nERROR: number {round}\n\
             ERROR: Logfile of failure stored in: /t/r{round}/1/temp/log.do_x.{round}\n\
             ERROR: Task (/m/r{round}_1.bb:do_x) failed with exit code '1'\n\
             ERROR: Nothing PROVIDES 'x{round}'\n\
             WARNING: Setscene task (/m/r{round}_1.bb:do_x_setscene) failed with exit code '1' - real task\n"
        );
        reader.feed(Stream::Output, None, text.as_bytes());
    }
    let build = reader.build();
    assert_eq!((build.running().len(), build.failures().len(), build.failed_ids().len()), (1024, 1000, 1000));
    assert_eq!((build.setscene_failed().len(), build.no_provider().len()), (1000, 200));
    assert_eq!((build.warnings().kept().len(), build.errors().kept().len()), (500, 500));
    assert_eq!(build.counts().error_lines, 4 * 3000);
    assert!(build.failures_beyond() >= 2000);
}

#[test]
fn the_list_of_a_long_silence_tells_what_runs() {
    let alive = "Bitbake still alive (no events for 600s). Active tasks:\n\
        virtual:native:/m/zlib_1.3.bb:do_fetch\n/m/gcc_14.2.bb:do_compile\nmc:boxa:/m/x.bb:do_image\nnothing more\n\
        /m/later_1.bb:do_compile\n";
    let mut reader = BuildReader::new(Output::Mixed);
    let time = |second| Some(jiff::Timestamp::from_second(second).unwrap());
    reader.feed(Stream::Output, time(1000), BEGUN.as_bytes());
    reader.feed(Stream::Output, time(1600), alive.as_bytes());
    let runs = |reader: &BuildReader| {
        let name = |task: &RunningTask| {
            format!("{:?} {} {}", task.multiconfig.as_deref().unwrap_or(""), task.pf, task.task)
        };
        reader.build().running().iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(
        runs(&reader),
        ["\"\" zlib-native-1.3-r0 do_fetch", "\"\" gcc-14.2 do_compile", "\"boxa\" x do_image"]
    );
    assert_eq!(
        reader.build().silent_for(time(1660).unwrap()),
        Some(std::time::Duration::from_secs(60)),
        "a sign of life"
    );
    reader.feed(Stream::Output, time(1700), alive.as_bytes());
    reader.feed(Stream::Output, time(1700), b"NOTE: recipe gcc-14.2.0-r0: task do_compile: Succeeded\n");
    assert_eq!(runs(&reader), ["\"\" zlib-native-1.3-r0 do_fetch", "\"boxa\" x do_image"]);
    assert_eq!(reader.build().phase(), Phase::Tasks);
}
