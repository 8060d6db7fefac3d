//! Supervised execs on the simulated engine: what they print, how they end, and what a cancel leaves.

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::time::Duration;

    use smidr_console::actions::exec::{ExecEnd, ExecIo, ExecPlan, Runner, ShimUse};
    use smidr_console::actions::{Aftermath, Call, Limits, Outcome, Report, Supervised, Supervisor};
    use smidr_console::engine::simulated::{Scene, Simulated};
    use smidr_console::engine::{ExecRequest, Output, StdStream, TermSize};
    use tokio::io::AsyncRead;
    use tokio::sync::mpsc;
    use tokio::time::Instant;

    const SCENE: &str = r#"
shell: true
images: [{reference: "yocto:1", user: "1000", working_dir: /build}]
containers: [{name: yocto-a, image: "yocto:1", state: running, command: [sleep, infinity]}]
programs:
  - command: "bitbake *"
    output: [{stdout: "NOTE: {args}\n", repeat: 600, every: 1s}]
    signals: {TERM: {prints: "closing down\n", quiet: true, last: "gone\n", after: 2s}}
    name: KnottyUI
    children: [Cooker, "zlib:do_compile"]
  - command: stubborn
    exit: {never: true}
    signals: {TERM: {ignore: true}}
  - {command: fails, output: [{stdout: "out\n"}, {stderr: "err\n"}], exit: {code: 7}}
"#;

    fn engine() -> Supervised {
        let scene = Scene::parse(SCENE, &|name| Err(std::io::Error::other(name.to_owned()))).unwrap();
        Supervised::new(Arc::new(Simulated::new(scene, "test")), Supervisor::new())
    }

    fn plan(command: &[&str]) -> ExecPlan {
        let mut plan = ExecPlan::new(ExecRequest::new(command.iter().copied()));
        plan.grace = Duration::from_secs(5);
        plan
    }

    type Ran = (Report<ExecEnd>, Vec<Output>);

    /// Runs a command with all its output read.
    async fn ran(
        engine: &Supervised,
        call: &Call,
        plan: &ExecPlan,
        input: Option<Pin<Box<dyn AsyncRead + Send>>>,
    ) -> Ran {
        let (output, mut printed) = mpsc::channel(8);
        let id = "yocto-a".into();
        let exec = engine.exec(call, &id, plan, ExecIo { output, input, resizes: None });
        let read = async {
            let mut all = Vec::new();
            while let Some(piece) = printed.recv().await {
                all.push(piece);
            }
            all
        };
        tokio::join!(exec, read)
    }

    fn text(printed: &[Output], stream: StdStream) -> String {
        let pieces = printed.iter().filter(|piece| piece.stream == stream);
        pieces.map(|piece| String::from_utf8_lossy(&piece.bytes).into_owned()).collect()
    }

    /// What a cancelled or late exec says of its end.
    fn said(report: &Report<ExecEnd>) -> &str {
        match &report.aftermath {
            Aftermath::Ended(said, _) => said,
            other => panic!("{other:?}"),
        }
    }

    /// Cancels after this long.
    fn cancelled_after(engine: &Supervised, seconds: u64) -> Call {
        let call = engine.supervisor.call();
        let cancel = call.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            cancel.cancel();
        });
        call
    }

    async fn running(engine: &Supervised) -> Vec<String> {
        let table = engine.engine.top(&"yocto-a".into()).await.unwrap();
        table.column("COMMAND").map(str::to_owned).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_command_runs_under_the_shim_with_both_its_streams_and_its_code() {
        let engine = engine();
        let (report, printed) = ran(&engine, &engine.supervisor.call(), &plan(&["fails"]), None).await;
        let Outcome::Done(end) = report.outcome else { panic!("{report:?}") };
        assert_eq!(end.exit_code, 7);
        assert!(matches!(end.runner, Runner::Shim(_)), "{:?}", end.runner);
        assert_eq!(text(&printed, StdStream::Stdout), "out\n");
        assert_eq!(text(&printed, StdStream::Stderr), "err\n");
    }

    #[tokio::test(start_paused = true)]
    async fn input_arrives_in_its_frames_and_its_end_too() {
        let input = b"one\n".repeat(50_000);
        let local: Pin<Box<dyn AsyncRead + Send>> = Box::pin(std::io::Cursor::new(input.clone()));
        let engine = engine();
        let (report, printed) =
            ran(&engine, &engine.supervisor.call(), &plan(&["/bin/sh", "-c", "cat"]), Some(local)).await;
        assert!(matches!(report.outcome, Outcome::Done(ExecEnd { exit_code: 0, .. })), "{report:?}");
        assert!(text(&printed, StdStream::Stdout).as_bytes() == input, "the bytes are those sent");
    }

    #[tokio::test(start_paused = true)]
    async fn a_missing_command_has_the_code_and_the_words_of_whoever_looked_for_it() {
        let engine = engine();
        let (report, printed) = ran(&engine, &engine.supervisor.call(), &plan(&["make"]), None).await;
        assert!(matches!(report.outcome, Outcome::Done(ExecEnd { exit_code: 127, .. })), "{report:?}");
        assert_eq!(text(&printed, StdStream::Stderr), "smidr-shim: make: not found\n");
        let (report, printed) =
            ran(&engine, &engine.supervisor.call(), &plan(&["/bin/sh", "-c", "make all"]), None).await;
        assert!(matches!(report.outcome, Outcome::Done(ExecEnd { exit_code: 127, .. })), "{report:?}");
        assert_eq!(text(&printed, StdStream::Stderr), "/bin/sh: 1: make: not found\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancel_ends_all_and_says_what_was_signalled() {
        let engine = engine();
        let begun = Instant::now();
        let command = plan(&["/bin/sh", "-c", "bitbake core-image-minimal; echo never"]);
        let (report, printed) = ran(&engine, &cancelled_after(&engine, 10), &command, None).await;
        assert!(matches!(report.outcome, Outcome::Cancelled), "{report:?}");
        let said = said(&report);
        assert!(
            said.starts_with("TERM was sent to 4 processes (") && said.ends_with("; none is left"),
            "{said}"
        );
        for name in ["sh", "KnottyUI", "Cooker", "zlib:do_compile"] {
            assert!(said.contains(&format!(" {name}")), "{said}");
        }
        let text = text(&printed, StdStream::Stdout);
        assert!(text.ends_with("NOTE: core-image-minimal\nclosing down\ngone\n"), "{text}");
        assert!(begun.elapsed() < Duration::from_secs(13), "{:?}", begun.elapsed());
        assert_eq!(running(&engine).await, ["sleep infinity"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_ignores_term_is_killed_after_the_grace() {
        let engine = engine();
        let begun = Instant::now();
        let (report, _) = ran(&engine, &cancelled_after(&engine, 10), &plan(&["stubborn"]), None).await;
        let said = said(&report);
        assert!(said.contains(" stubborn, KILL to ") && said.ends_with("; none is left"), "{said}");
        assert_eq!(begun.elapsed().as_secs(), 15);
        assert_eq!(running(&engine).await, ["sleep infinity"]);
    }

    #[tokio::test(start_paused = true)]
    async fn at_its_deadline_a_command_is_ended_too() {
        let engine = engine();
        let limits = Limits { deadline: Some(Duration::from_secs(60)), ..Limits::default() };
        let call = engine.supervisor.call().with_limits(limits);
        let (report, printed) = ran(&engine, &call, &plan(&["/bin/sh", "-c", "sleep 1h"]), None).await;
        assert!(matches!(report.outcome, Outcome::TimedOut), "{report:?}");
        assert!(said(&report).contains(" sleep)"), "{report:?}");
        assert!(printed.is_empty(), "{printed:?}");
        assert_eq!(running(&engine).await, ["sleep infinity"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_is_gone_ends_its_command() {
        for tty in [None, Some(TermSize { columns: 80, rows: 24 })] {
            let engine = engine();
            let (output, mut printed) = mpsc::channel(8);
            let own = engine.clone();
            let console = tokio::spawn(async move {
                let mut plan = plan(&["/bin/sh", "-c", "bitbake zlib"]);
                plan.request.tty = tty;
                own.exec(
                    &own.supervisor.call(),
                    &"yocto-a".into(),
                    &plan,
                    ExecIo { output, input: None, resizes: None },
                )
                .await
            });
            printed.recv().await.unwrap();
            assert!(running(&engine).await.iter().any(|command| command == "KnottyUI"));
            console.abort();
            drop(printed);
            tokio::time::sleep(Duration::from_secs(30)).await;
            assert_eq!(running(&engine).await, ["sleep infinity"], "{tty:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_shell_on_a_terminal_is_ended_by_a_cancel() {
        let engine = engine();
        let (keys, input) = tokio::io::duplex(64);
        let mut plan = plan(&["/bin/bash"]);
        plan.request.tty = Some(TermSize { columns: 80, rows: 24 });
        let (report, printed) =
            ran(&engine, &cancelled_after(&engine, 3), &plan, Some(Box::pin(input))).await;
        drop(keys);
        assert!(said(&report).contains(" bash; none is left"), "{report:?}");
        assert!(text(&printed, StdStream::Tty).contains(":/build$ "), "{printed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_wrapper_does_it_too() {
        let engine = engine();
        let mut command = plan(&["/bin/sh", "-c", "echo hello; exit 4"]);
        command.shim = ShimUse::Off;
        let (report, printed) = ran(&engine, &engine.supervisor.call(), &command, None).await;
        assert!(matches!(report.outcome, Outcome::Done(ExecEnd { exit_code: 4, .. })), "{report:?}");
        assert_eq!(text(&printed, StdStream::Stdout), "hello\n");
        let mut command = plan(&["stubborn"]);
        command.shim = ShimUse::Off;
        let (report, _) = ran(&engine, &cancelled_after(&engine, 10), &command, None).await;
        assert!(said(&report).contains(" stubborn, KILL to "), "{report:?}");
        assert_eq!(running(&engine).await, ["sleep infinity"]);
    }
}
