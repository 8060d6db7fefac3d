//! Supervised execs: whatever a command starts ends with it.

use std::time::Duration;

use smidr_console::actions::exec::{ExecEnd, ExecIo, ExecPlan, Runner, ShimUse};
use smidr_console::actions::{Aftermath, Call, Limits, Outcome, Report, Supervised, Supervisor};
use smidr_console::engine::{ContainerId, ExecRequest, Output, StdStream, TermSize};
use tokio::sync::mpsc;

use crate::helpers::{Running, supervised};
use crate::support::{Bench, wait_until};

/// The shapes a process tree can take, and what its processes are called. bitbake's own server is of the last kind.
pub(crate) const TREES: [(&str, &str); 6] = [
    ("child", "sleep 71001 & wait"),
    ("nested", "sh -c 'sh -c \"sleep 71002; true\"; true'; true"),
    ("ignores TERM", "trap '' TERM; sleep 71003; true"),
    ("setsid", "setsid sleep 71004 & wait; sleep 71004"),
    ("daemonised", "(setsid sh -c 'sleep 71005 & sleep 71005 & exit' &) ; sleep 71005"),
    (
        "daemonised with a clean environment",
        "(env -i setsid /bin/sh -c '/bin/sleep 71006 & exit' &) ; sleep 71006",
    ),
];

struct Ran {
    report: Report<ExecEnd>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Ran {
    fn code(&self) -> i64 {
        match &self.report.outcome {
            Outcome::Done(end) => end.exit_code,
            _ => panic!("{}", self.report),
        }
    }
}

/// Runs a plan to its end and collects what it prints.
async fn run(
    on: &Supervised,
    call: &Call,
    id: &ContainerId,
    plan: &ExecPlan,
    input: Option<&'static [u8]>,
) -> Ran {
    let (output, mut printed) = mpsc::channel::<Output>(16);
    let input = input.map(|bytes| Box::pin(bytes) as _);
    let collect = async {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        while let Some(piece) = printed.recv().await {
            let into = if piece.stream == StdStream::Stderr { &mut stderr } else { &mut stdout };
            into.extend_from_slice(&piece.bytes);
        }
        (stdout, stderr)
    };
    let io = ExecIo { output, input, resizes: None };
    let (report, (stdout, stderr)) = tokio::join!(on.exec(call, id, plan, io), collect);
    Ran { report, stdout, stderr }
}

fn shell(script: &str) -> ExecPlan {
    ExecPlan { grace: Duration::from_secs(1), ..ExecPlan::new(ExecRequest::new(["/bin/sh", "-c", script])) }
}

fn within(supervisor: &Supervisor, deadline: u64) -> Call {
    supervisor.call().with_limits(Limits::default().with_deadline(Duration::from_secs(deadline)))
}

async fn nothing_is_left(container: &Running, shape: &str) {
    wait_until(&format!("{shape}: nothing is left"), Duration::from_secs(5), async || {
        container.processes().await.is_empty()
    })
    .await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_command_gives_its_output_and_exit_code() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let call = within(&on.supervisor, 60);
    let ran = run(&on, &call, &container.id, &shell("echo out; echo err >&2; exit 7"), None).await;
    assert_eq!((ran.code(), &ran.stdout[..], &ran.stderr[..]), (7, &b"out\n"[..], &b"err\n"[..]));
    let Outcome::Done(ExecEnd { runner: Runner::Shim(_), .. }) = ran.report.outcome else {
        panic!("{}", ran.report)
    };

    let ran = run(
        &on,
        &call,
        &container.id,
        &shell("wc -c; echo done"),
        Some(Box::leak(vec![b'x'; 300_000].into_boxed_slice())),
    )
    .await;
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout).split_whitespace().collect::<Vec<_>>(),
        ["300000", "done"]
    );

    let mut plan = shell("id -un; pwd; echo $COLOUR");
    plan.request.user = Some("builder".into());
    plan.request.working_dir = Some("/tmp".into());
    plan.request.env = vec!["COLOUR=green".into()];
    let ran = run(&on, &call, &container.id, &plan, None).await;
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "builder\n/tmp\ngreen\n");

    let missing = ExecPlan::new(ExecRequest::new(["/no/such/program"]));
    assert_eq!(run(&on, &call, &container.id, &missing, None).await.code(), 127);
    let killed = run(&on, &call, &container.id, &shell("kill -9 $$"), None).await;
    assert_eq!(killed.code(), 137);
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_tree_is_ended_by_its_deadline() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    for (shape, script) in TREES {
        let ran = run(&on, &within(&on.supervisor, 2), &container.id, &shell(script), None).await;
        assert!(matches!(ran.report.outcome, Outcome::TimedOut), "{shape}: {}", ran.report);
        let Aftermath::Ended(_, end) = &ran.report.aftermath else { panic!("{shape}: {}", ran.report) };
        assert!(!end.signalled.is_empty() && end.left.is_empty(), "{shape}: {}", ran.report);
        assert!(!end.may_have_missed, "{shape}: it ran under the shim");
        assert_eq!(container.processes().await, [""; 0], "{shape}: {}", ran.report);
    }
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_tree_is_ended_by_a_cancel() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    for (shape, script) in TREES {
        let call = within(&on.supervisor, 60);
        let script = format!("echo begun; {script}");
        let cancel = async {
            wait_until(&format!("{shape}: it runs"), Duration::from_secs(10), async || {
                container.processes().await.iter().any(|command| command.contains("sleep 7100"))
            })
            .await;
            call.cancel.cancel();
        };
        let plan = shell(&script);
        let (ran, ()) = tokio::join!(run(&on, &call, &container.id, &plan, None), cancel);
        assert!(matches!(ran.report.outcome, Outcome::Cancelled), "{shape}: {}", ran.report);
        assert_eq!(ran.stdout, b"begun\n", "{shape}");
        nothing_is_left(&container, shape).await;
    }
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn what_it_prints_on_its_way_out_is_kept() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let script = "trap 'echo tidying; exit 3' TERM; echo begun; while :; do sleep 0.1; done";
    let ran = run(&on, &within(&on.supervisor, 2), &container.id, &shell(script), None).await;
    assert_eq!(ran.stdout, b"begun\ntidying\n", "{}", ran.report);
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_terminal_is_one_and_is_ended_too() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let mut plan = shell("stty size; tty >/dev/null && echo terminal; setsid sleep 71007 & sleep 71007");
    plan.request.tty = Some(TermSize { columns: 100, rows: 30 });
    let ran = run(&on, &within(&on.supervisor, 2), &container.id, &plan, None).await;
    let printed = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(printed.contains("terminal"), "{printed:?}");
    let Aftermath::Ended(_, end) = &ran.report.aftermath else { panic!("{}", ran.report) };
    assert!(end.left.is_empty() && end.signalled.len() >= 2, "{}", ran.report);
    nothing_is_left(&container, "terminal").await;
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn images_without_a_shell_have_it_too() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image_noshell).await;
    let plan = ExecPlan {
        grace: Duration::from_secs(1),
        ..ExecPlan::new(ExecRequest::new(["setsid", "sleep", "71008"]))
    };
    let ran = run(&on, &within(&on.supervisor, 2), &container.id, &plan, None).await;
    let Aftermath::Ended(_, end) = &ran.report.aftermath else { panic!("{}", ran.report) };
    assert!(end.left.is_empty() && !end.signalled.is_empty(), "{}", ran.report);
    nothing_is_left(&container, "without a shell").await;
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn another_user_than_root_is_ended_too() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let mut plan = shell(TREES[4].1);
    plan.request.user = Some("builder".into());
    let ran = run(&on, &within(&on.supervisor, 2), &container.id, &plan, None).await;
    let Aftermath::Ended(_, end) = &ran.report.aftermath else { panic!("{}", ran.report) };
    assert!(end.left.is_empty(), "{}", ran.report);
    nothing_is_left(&container, "as builder").await;
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn without_the_shim_nothing_is_copied_in_and_survivors_are_named() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let plan = ExecPlan { shim: ShimUse::Off, ..shell("trap '' TERM; sleep 71009; true") };
    let ran = run(&on, &within(&on.supervisor, 2), &container.id, &plan, None).await;
    let Aftermath::Ended(words, end) = &ran.report.aftermath else { panic!("{}", ran.report) };
    assert!(end.left.is_empty() && !end.killed.is_empty() && end.may_have_missed, "{}", ran.report);
    assert!(words.contains("without the shim"), "{words}");
    assert_eq!(container.run(&["find", "/", "-xdev", "-name", "*smidr*"]).await, "");
    nothing_is_left(&container, "wrapper").await;

    let ran = run(
        &on,
        &within(&on.supervisor, 60),
        &container.id,
        &ExecPlan { shim: ShimUse::Off, ..shell("exit 5") },
        None,
    )
    .await;
    assert_eq!(ran.code(), 5);
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_shim_is_copied_once() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let call = within(&on.supervisor, 60);
    let inode = async || container.run(&["sh", "-c", "stat -c '%n %i %a %s' /.smidr/*"]).await;
    run(&on, &call, &container.id, &shell("true"), None).await;
    let first = inode().await;
    assert_eq!(first.lines().count(), 1, "{first}");
    assert!(first.contains(" 755 "), "{first}");
    run(&on, &call, &container.id, &shell("true"), None).await;
    assert_eq!(inode().await, first, "the same file is used again");
    container.remove().await;
}
