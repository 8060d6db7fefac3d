//! The built-in shell in execs of a simulated engine.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout};

use crate::engine::simulated::{Scene, Simulated};
use crate::engine::{ContainerManager, ContainerManagerExt, ExecRequest, ExecSession, Signal, TermSize};

const SCENE: &str = r#"
shell: true
images: [{reference: "yocto:1", user: "1000", working_dir: /build}]
containers:
  - name: yocto-a
    image: "yocto:1"
    state: running
    env: [MACHINE=qemux86-64]
    command: [sleep, infinity]
    files: {/build/conf/local.conf: "MACHINE ??= \"qemux86-64\"\n", /build/note: "{uid}\n"}
programs:
  - {command: "bitbake *", output: [{stdout: "NOTE: {args}\n"}, {after: 60s, stdout: "done\n"}], signals: {INT: {exit: 1}}}
"#;

fn engine() -> Simulated {
    let scene = Scene::parse(SCENE, &|name| Err(std::io::Error::other(name.to_owned()))).unwrap();
    Simulated::beginning(scene, "test", "2026-03-01T09:00:00Z".parse().unwrap())
}

async fn ran(script: &str) -> (String, i64) {
    let request = ExecRequest::new(["/bin/sh", "-c", script]);
    let output = engine().exec_collect(&"yocto-a".into(), &request, 1 << 20).await.unwrap();
    (output.stdout_text() + &output.stderr_text(), output.exit_code)
}

#[tokio::test(start_paused = true)]
async fn commands_do_what_they_are_known_for() {
    for (script, printed, code) in [
        ("echo one; echo 'two  {uid}'", "one\ntwo  {uid}\n", 0),
        (
            "pwd; cd conf && pwd; cd nowhere || echo $?",
            "/build\n/build/conf\n2\n/bin/sh: 1: cd: can't cd to nowhere\n",
            0,
        ),
        ("ls; cat note", "conf\nnote\n{uid}\n", 0),
        ("ls /nowhere", "ls: cannot access '/nowhere': No such file or directory\n", 2),
        ("cat gone", "cat: gone: No such file or directory\n", 1),
        ("id; whoami", "uid=1000(builder) gid=1000(builder) groups=1000(builder)\nbuilder\n", 0),
        ("echo $MACHINE ${HOME} $? ~", "qemux86-64 /home/builder 0 /home/builder\n", 0),
        ("A=1 printenv A; printenv A", "1\n", 1),
        ("export B=2; echo $B; unset B; echo -n $B", "2\n", 0),
        ("date", "Sun Mar  1 09:00:00 UTC 2026\n", 0),
        ("sleep 90; date", "Sun Mar  1 09:01:30 UTC 2026\n", 0),
        ("seq 3; seq 7 8", "1\n2\n3\n7\n8\n", 0),
        ("true && false", "", 1),
        ("exit 7; echo no", "", 7),
        ("bitbake zlib && echo ok", "NOTE: zlib\ndone\nok\n", 0),
        ("make world", "/bin/sh: 1: make: not found\n", 127),
        ("ls | wc", "/bin/sh: 1: \"|\" is not simulated\n", 2),
        ("sh -c 'echo in; exit 3'; echo $?", "in\n3\n", 0),
        ("stty size", "stty: 'standard input': Inappropriate ioctl for device\n", 1),
        ("sleep soon", "sleep: invalid time interval 'soon'\n", 1),
        ("", "", 0),
    ] {
        assert_eq!(ran(script).await, (printed.to_owned(), code), "{script}");
    }
    assert!(ran("uname -a").await.0.contains("simulated"));
    assert!(ran("ps").await.0.contains("sleep infinity"));
}

#[tokio::test(start_paused = true)]
async fn a_missing_command_without_a_shell_is_told_by_the_engine() {
    let engine = engine();
    let error = engine.exec(&"yocto-a".into(), &ExecRequest::new(["make"])).await.unwrap_err();
    assert_eq!(*error.kind(), crate::engine::ErrorKind::CommandNotFound);
    let output = engine.exec_collect(&"yocto-a".into(), &ExecRequest::new(["seq", "2"]), 100).await.unwrap();
    assert_eq!(output.stdout, b"1\n2\n");
}

#[tokio::test(start_paused = true)]
async fn a_flood_has_no_end_and_a_signal_ends_it() {
    let engine = engine();
    let script = "while :; do echo over and over; done";
    let mut session =
        engine.exec(&"yocto-a".into(), &ExecRequest::new(["/bin/sh", "-c", script])).await.unwrap();
    let mut bytes = 0;
    while bytes < 1 << 20 {
        bytes += session.output.next().await.unwrap().unwrap().bytes.len();
    }
    engine.kill(&"yocto-a".into(), &Signal::kill()).await.unwrap();
    let rest = timeout(Duration::from_secs(5), session.output.count()).await.unwrap();
    assert!(rest < 100, "{rest}");
}

/// A shell on a terminal, and the screen it is shown on.
struct Terminal {
    engine: Simulated,
    session: ExecSession,
    screen: vt100::Parser,
}

impl Terminal {
    async fn open() -> Self {
        let engine = engine();
        let request = ExecRequest {
            stdin: true,
            tty: Some(TermSize { columns: 60, rows: 12 }),
            ..ExecRequest::new(["/bin/sh"])
        };
        let session = engine.exec(&"yocto-a".into(), &request).await.unwrap();
        Self {
            engine,
            session,
            screen: vt100::Parser::new(12.try_into().unwrap(), 60.try_into().unwrap(), 0),
        }
    }

    async fn type_in(&mut self, keys: &str) {
        self.session.input.as_mut().unwrap().write_all(keys.as_bytes()).await.unwrap();
    }

    /// Reads until the screen shows this.
    async fn shows(&mut self, text: &str) {
        let limit = Duration::from_secs(120);
        while !self.screen.screen().contents().contains(text) {
            match timeout(limit, self.session.output.next()).await {
                Ok(Some(piece)) => self.screen.process(&piece.unwrap().bytes),
                _ => panic!("{text:?} is not shown:\n{}", self.screen.screen().contents()),
            }
        }
    }

    async fn code(mut self) -> i64 {
        while timeout(Duration::from_secs(60), self.session.output.next()).await.unwrap().is_some() {}
        self.engine.exec_state(&self.session.id).await.unwrap().exit_code.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_shell_on_a_terminal_prompts_edits_and_remembers() {
    let mut terminal = Terminal::open().await;
    terminal.shows(":/build$ ").await;
    terminal.type_in("echp one\x1b[D\x1b[D\x1b[D\x1b[D\x7fo\r").await;
    terminal.shows("\none\n").await;
    terminal.type_in("\x1b[A\x7f\x7f\x7ftwo\r").await;
    terminal.shows("\ntwo\n").await;
    terminal.type_in("cd conf\r").await;
    terminal.shows(":/build/conf$ ").await;
    terminal.type_in("nonsense\r").await;
    terminal.shows("/bin/sh: 4: nonsense: not found").await;
    terminal.type_in("\x0chistory\r").await;
    terminal.shows("4  nonsense").await;
    terminal.type_in("exit 3\r").await;
    assert_eq!(terminal.code().await, 3);
}

#[tokio::test(start_paused = true)]
async fn keys_reach_the_command_in_the_foreground() {
    let mut terminal = Terminal::open().await;
    terminal.type_in("bitbake zlib\r").await;
    terminal.shows("NOTE: zlib").await;
    let begun = Instant::now();
    terminal.type_in("\x03").await;
    terminal.shows("^C").await;
    terminal.type_in("echo after $?\r").await;
    terminal.shows("after 1").await;
    assert!(begun.elapsed() < Duration::from_secs(1), "it is ended, not waited for");
    terminal.type_in("cat\r").await;
    terminal.type_in("copied\r").await;
    terminal.shows("copied\ncopied").await;
    terminal.type_in("\x04").await;
    terminal.type_in("half a line\x03").await;
    terminal.shows("half a line^C").await;
    terminal.type_in("\x04").await;
    assert_eq!(terminal.code().await, 130);
}

#[tokio::test(start_paused = true)]
async fn the_size_of_the_terminal_is_followed() {
    let mut terminal = Terminal::open().await;
    terminal.type_in("stty size; tput cols\r").await;
    terminal.shows("\n12 60\n60\n").await;
    terminal.engine.exec_resize(&terminal.session.id, TermSize { columns: 50, rows: 9 }).await.unwrap();
    terminal.type_in("stty size; tput cols\r").await;
    terminal.shows("\n9 50\n50\n").await;
}

#[tokio::test(start_paused = true)]
async fn what_runs_in_a_shell_is_listed_and_stands_still_when_frozen() {
    let mut terminal = Terminal::open().await;
    terminal.type_in("sleep 60; echo woke\r").await;
    terminal.shows("woke\r").now_or_none().await;
    let id = "yocto-a".into();
    let listed = terminal.engine.top(&id).await.unwrap();
    let commands: Vec<&str> = listed.column("COMMAND").collect();
    assert!(commands.contains(&"/bin/sh") && commands.contains(&"sleep 60"), "{commands:?}");
    terminal.engine.pause(&id).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    terminal.engine.unpause(&id).await.unwrap();
    let thawed = Instant::now();
    terminal.shows("\nwoke").await;
    assert!(thawed.elapsed() > Duration::from_secs(50), "{:?}", thawed.elapsed());
}

/// Lets something go on for a moment.
trait ForAMoment: Future + Sized {
    async fn now_or_none(self) {
        let _ = timeout(Duration::from_millis(50), self).await;
    }
}

impl<F: Future> ForAMoment for F {}

#[tokio::test(start_paused = true)]
async fn without_a_terminal_lines_are_read_and_nothing_is_prompted() {
    let engine = engine();
    let request = ExecRequest { stdin: true, ..ExecRequest::new(["/bin/sh"]) };
    let mut session = engine.exec(&"yocto-a".into(), &request).await.unwrap();
    let mut input = session.input.take().unwrap();
    input.write_all(b"echo one\necho two").await.unwrap();
    drop(input);
    let told: Vec<_> = session.output.map(|piece| piece.unwrap().bytes).collect().await;
    assert_eq!(told.concat(), b"one\ntwo\n");
}
