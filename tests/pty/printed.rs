//! What containers print, on a terminal without a console.

use std::time::Duration;

use crate::console::{SOON, Start, contains};
use crate::engine::Engine;
use crate::support::{Reply, Script, SilentEngine, unique};

/// What may act on a terminal, and what is left of it there.
const HOSTILE: &str = "one \x1b]52;c;QUFB\x07\x1b]0;stolen\x07\x1b[2J\x1b[H\x1b[?1049h\x1b[6n\x1bP$q\x1b\\two \x1b[31mred\x1b[0m\r\n";
const LEFT: &str = "one two red";

/// A container with a terminal.
fn inspected(status: &str) -> Reply {
    let found = format!(
        r#"{{"Id":"0123456789abcdef","Name":"/yocto-a","Created":"2025-03-01T10:00:00Z","Image":"",
        "State":{{"Status":"{status}","StartedAt":"2025-03-01T10:00:00Z"}},"Config":{{"Tty":true,"Image":"x"}},
        "HostConfig":{{"LogConfig":{{"Type":"json-file"}}}}}}"#
    );
    Reply::json(200, &found)
}

/// An engine with the log of one container, asked for again and again.
fn engine(status: &str, logs: impl IntoIterator<Item = Reply>) -> SilentEngine {
    let script = Script::new().docker("1.41").on("GET", "/info", Reply::json(200, "{}"));
    let script = script.on("GET", "/containers/yocto-a/json", inspected(status));
    let script =
        logs.into_iter().fold(script, |script, log| script.on("GET", "/containers/yocto-a/logs", log));
    SilentEngine::on_unix(script)
}

fn log() -> Reply {
    Reply::status(200).header("Content-Type", "application/vnd.docker.raw-stream")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_cannot_act_on_the_terminal() {
    let engine = engine(
        "running",
        [log().chunk(HOSTILE).chunk("prompt> ").pause(Duration::from_millis(300)).chunk("typed")],
    );
    let mut program = Start::console(&["--host", engine.endpoint(), "logs", "yocto-a"]).run();
    program.wait_for(&format!("{LEFT}\nprompt>"), SOON);
    assert_eq!(program.wait_end(SOON).0, 0, "{}", program.screen());
    let written = String::from_utf8(program.output()).unwrap();
    assert_eq!(written, "one two \x1b[31mred\x1b[0m\r\nprompt> typed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_colours_it_is_text_alone() {
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let engine = engine("running", [log().chunk(HOSTILE)]);
        let start = Start::console(&["--host", engine.endpoint(), "logs", "yocto-a"]).env(name, value);
        let mut program = start.run();
        assert_eq!(program.wait_end(SOON).0, 0, "{}", program.screen());
        assert_eq!(String::from_utf8(program.output()).unwrap(), format!("{LEFT}\r\n"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn raw_is_as_it_came() {
    let engine = engine("running", [log().chunk(HOSTILE)]);
    let mut program = Start::console(&["--host", engine.endpoint(), "logs", "--raw", "yocto-a"]).run();
    assert_eq!(program.wait_end(SOON).0, 0, "{}", program.screen());
    assert!(contains(&program.output(), b"\x1b]52;c;QUFB\x07"), "{}", program.screen());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_read_on_where_it_broke_off() {
    let lines = |from: u32, to: u32| -> String {
        // Three lines of each stamp.
        let stamped = |line| format!("2025-03-01T10:00:{:02}.000000000Z line {line}\n", line / 3);
        (from..=to).map(stamped).collect::<Vec<_>>().concat()
    };
    let engine = engine(
        "exited",
        [
            log().chunk(lines(1, 4)).cut(),
            log().chunk(lines(3, 7)).cut(),
            log().chunk(lines(6, 9)),
            // What is left is asked for until nothing new comes.
            log().chunk(lines(9, 10)),
        ],
    );
    let mut program = Start::console(&["--host", engine.endpoint(), "logs", "--follow", "yocto-a"]).run();
    assert_eq!(program.wait_end(SOON).0, 0, "{}", program.screen());
    let screen = program.screen();
    let printed: Vec<&str> = screen.lines().filter(|line| line.starts_with("line")).collect();
    let wanted: Vec<String> = (1..=10).map(|line| format!("line {line}")).collect();
    assert_eq!(printed, wanted, "{screen}");
    assert_eq!(screen.matches("the engine is lost; trying again for at most 2m").count(), 2, "{screen}");
    assert_eq!(screen.matches("the engine answers again; read on").count(), 2, "{screen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_reconnecting_a_loss_is_an_error() {
    let engine = engine("running", [log().chunk("2025-03-01T10:00:00.000000000Z line 1\n").cut()]);
    let arguments = ["--host", engine.endpoint(), "logs", "--follow", "--reconnect", "0", "yocto-a"];
    let mut program = Start::console(&arguments).run();
    assert_ne!(program.wait_end(SOON).0, 0, "{}", program.screen());
    assert!(
        program.screen().contains("line 1") && program.screen().contains("error:"),
        "{}",
        program.screen()
    );
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn a_command_cannot_act_on_the_terminal() {
    let engine = Engine::of_bench();
    let name = unique("pty-printed");
    engine.run(&name, "trap 'exit 0' TERM; while :; do sleep 0.1; done");
    let script = r"printf 'one \033]52;c;QUFB\007\033[2J\033[Htwo\033[?1049h\n'; printf 'prompt> '; read x; echo got $x";
    let arguments = ["--host", &engine.0, "exec", "-i", &name, "--", "/bin/sh", "-c", script];
    let mut program = Start::console(&arguments).run();
    program.wait_for("one two\nprompt>", SOON);
    program.press("words\r");
    program.wait_for("got words", SOON);
    assert_eq!(program.wait_end(SOON).0, 0, "{}", program.screen());
    assert!(!contains(&program.output(), b"\x1b"), "{}", program.screen());
    engine.docker(&["rm", "--force", "--volumes", &name]);
}
