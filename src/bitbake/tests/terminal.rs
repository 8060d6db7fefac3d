//! What is drawn in place: at several widths, with failures, at a stop.

use super::*;

fn coloured(level: &str, text: &str) -> String {
    let colour = match level {
        "ERROR" => 31,
        "WARNING" => 33,
        _ => 29,
    };
    format!("\x1b[1;{colour}m{level}\x1b[0m: \x1b[{colour}m{text}\x1b[0m\r\n")
}

/// A footer; `up` is how many lines the one before took.
fn footer(up: usize, running: &[&str], n: u64, bar: &str) -> String {
    let up = if up == 0 { String::new() } else { format!("\x1b[{up}A\x1b[J") };
    let tasks: String = running.iter().flat_map(|task| [*task, "\r\n"]).collect();
    let many = match running.len() {
        0 => "No currently".to_owned(),
        many => format!("Currently {many:>2}"),
    };
    format!("{up}Setscene tasks: 4 of 4\r\n{many} running tasks ({n} of 9)  50% {bar}\r\r\n{tasks}")
}

const ZLIB: &str = "0: zlib-1.3-r0 do_compile - 1m2s (pid 71)  50% |###   | 1.5M/s";
const CURL: &str = "1: curl-8-r0 do_fetch - 3s (pid 72)";

#[test]
fn running_tasks_come_and_go_with_the_footers() {
    for bar in ["|######                |", "||"] {
        let mut reader = BuildReader::new(Output::Apart);
        let text = footer(0, &[ZLIB, CURL], 3, bar) + &footer(4, &[ZLIB], 4, bar) + "\x1b[3A\x1b[J";
        reader.feed(Stream::Output, None, text.as_bytes());
        // What stands on the screen is complete when it is taken away.
        reader.feed(Stream::Output, None, footer(0, &[ZLIB], 4, bar).as_bytes());
        let build = reader.build();
        let [zlib] = build.running() else { panic!("{:?}", build.running()) };
        assert_eq!((zlib.pf.as_str(), zlib.pid, zlib.percent), ("zlib-1.3-r0", Some(71), Some(50)));
        assert_eq!((zlib.shown_elapsed.unwrap().as_secs(), zlib.rate.as_deref()), (62, Some("1.5M/s")));
        assert_eq!(build.tasks(), Progress { reached: 4, total: Some(9) });
        assert_eq!(build.setscene(), Progress { reached: 4, total: Some(4) });
        assert_eq!(build.counts().max_parallel, 2);
        assert_eq!(build.slowest()[0].task, "do_fetch");
        assert!(build.is_terminal());
    }
}

#[test]
fn tasks_that_have_no_room_on_the_screen_still_run() {
    let mut reader = BuildReader::new(Output::Apart);
    reader.feed(Stream::Output, None, footer(0, &[ZLIB, CURL], 3, "||").as_bytes());
    // Two run, but there is room for one.
    let text =
        footer(4, &[ZLIB, CURL], 3, "||").replace(&format!("{ZLIB}\r\n"), "") + "\x1b[3A\x1b[JNOTE: x\r\n";
    reader.feed(Stream::Output, None, text.as_bytes());
    assert_eq!(reader.build().running().len(), 2);
}

#[test]
fn without_a_size_there_are_no_task_lines() {
    let text = "Setscene tasks: 4 of 4\r\nCurrently  4 running tasks (3 of 155)   1% ||\r\r\n".repeat(2);
    let text = text.replacen("||\r\r\nSet", "||\r\r\n\x1b[71A\x1b[JSet", 1);
    let mut reader = BuildReader::new(Output::Mixed);
    reader.feed(Stream::Output, None, text.as_bytes());
    assert_eq!(reader.build().tasks(), Progress { reached: 3, total: Some(155) });
    assert_eq!(reader.build().running(), []);
    assert_eq!(reader.build().counts().max_parallel, 4);
}

#[test]
fn a_failure_in_a_terminal_has_its_name_log_and_cause() {
    let log = "/t/work/core2/zlib/1.3/temp/log.do_compile.71";
    let text = footer(0, &[ZLIB, CURL], 3, "| |")
        + "\x1b[4A\x1b[J"
        + &coloured("ERROR", "Logfile of failure stored in: /t/work/core2/zlib/1.3/temp/log.do_compile.71")
        + "Log data follows:\r\n| gcc -c main.c\r\n| main.c:1: error: no such thing\r\n| \r\n"
        + &coloured("ERROR", "Task (/m/zlib_1.3.bb:do_compile) failed with exit code '1'")
        + "Waiting for 1 running task to finish:\r\n0: curl-8-r0 do_fetch - 4s (pid 72)\r\n\x1b[2A\x1b[J"
        + &coloured(
            "NOTE",
            "Tasks Summary: Attempted 3 tasks of which 0 didn't need to be rerun and 1 failed.",
        )
        + "\r\nSummary: 1 task failed:\r\n  /m/zlib_1.3.bb:do_compile\r\n    log: \x1b]8;;file:///t\x1b\\"
        + log
        + "\x1b]8;;\x1b\\\r\nSummary: There was 1 ERROR message, returning a non-zero exit code.\r\n";
    let reader = read_text(&text);
    let build = reader.build();
    assert_eq!(build.outcome(), Some(Outcome::Failed));
    let [failure] = build.failures() else { panic!("{:#?}", build.failures()) };
    assert_eq!(failure.pf.as_deref(), Some("zlib-1.3-r0"));
    assert_eq!(failure.log.as_deref(), Some(log));
    assert_eq!(failure.cause.as_deref(), Some("main.c:1: error: no such thing"));
    assert!(failure.log_data.is_some());
    assert_eq!(
        (build.counts().error_lines, build.errors_counted(), build.counts().log_data_lines),
        (2, 1, 3)
    );
}

#[test]
fn a_coloured_message_goes_on_to_where_its_colour_ends() {
    let text =
        coloured("WARNING", "a-1-r0 do_x: one\r\nSummary: There were 9 WARNING messages.\r\nERROR: no")
            + &coloured("ERROR", "another");
    let reader = read_text(&text);
    let build = reader.build();
    assert_eq!((build.counts().warning_lines, build.counts().error_lines), (1, 1));
    assert_eq!(build.warnings_counted(), 0);
    assert_eq!(build.warnings().kept()[0].further, ["Summary: There were 9 WARNING messages.", "ERROR: no"]);
}

#[test]
fn parsing_has_a_percentage_before_its_line_ends() {
    let mut reader = BuildReader::new(Output::Apart);
    reader.feed(
        Stream::Output,
        None,
        b"Parsing recipes:  17% |#### |  ETA:  0:00:02\rParsing recipes:  18% |##",
    );
    assert_eq!((reader.build().phase(), reader.build().parse_percent()), (Phase::Parsing, Some(17)));
    // A message drawn over the bar, as older versions do, and newer ones after they have wiped it away.
    for wipe in ["", "                              \r"] {
        let bar = "Parsing recipes:  18% |#### |  ETA:  0:00:02\r";
        let text = format!("{bar}{wipe}WARNING: /m/a.bb: careful\r\n{bar}");
        let reader = read_text(&text);
        assert_eq!(reader.build().counts().warning_lines, 1, "{text:?}");
    }
    // Without a terminal only that it goes on.
    let mut reader = BuildReader::new(Output::Apart);
    reader.feed(Stream::Output, None, b"Parsing recipes...");
    assert_eq!(reader.build().phase(), Phase::Parsing);
}

#[test]
fn a_quiet_build_that_left_its_footer_was_cut_off() {
    let line = "Running tasks (4 of 4, 8 of 9)  88% |####|\r\r\n";
    let whole = format!("{line}\x1b[1A\x1b[J\n");
    assert_eq!(read_text(&whole).build().outcome(), Some(Outcome::Success));
    assert_eq!(read_text(line).build().outcome(), Some(Outcome::Crashed));
}
