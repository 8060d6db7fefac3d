//! Every shape a process tree can take is ended whole, whoever ends it.

use std::time::Duration;

use smidr_console::actions::exec::shim_protocol::{Daemons, StdinMode, cancel};

use crate::harness::{Shim, json, names, program, until};

/// Long enough for a machine that is busy; only what ignores the polite signal waits for it.
const GRACE: Duration = Duration::from_millis(300);

/// A name, a script, how many `sleep`s it has when it stands, and whether it ends politely.
const SHAPES: [(&str, &str, usize, bool); 6] = [
    ("child", "sleep MARK; :", 1, true),
    ("nested", "sh -c 'sh -c \"sleep MARK & wait\"; :' & sleep MARK; :", 2, true),
    ("ignores TERM", "trap '' TERM; sleep MARK & sleep MARK; sleep MARK", 2, false),
    ("new session", "setsid sh -c 'sleep MARK; :' & sleep MARK; :", 2, true),
    ("daemon", "(setsid sh -c 'cd /; sleep MARK; :' <&- >&- 2>&- &); sleep MARK; :", 2, true),
    (
        "daemon with a clean environment",
        "(env -i /usr/bin/setsid /bin/sh -c 'trap \"\" TERM; cd /; sleep MARK; :' <&- >&- 2>&- &); sleep MARK; :",
        2,
        false,
    ),
];

fn each_shape(end: impl Fn(&mut Shim, bool)) {
    for (name, script, count, is_polite) in SHAPES {
        println!("{name}");
        let mut shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, GRACE);
        shim.until_sleeping(count);
        end(&mut shim, is_polite);
        let code = shim.code_with_nothing_left();
        assert!(matches!(code, 143 | 137), "{name}: {code}");
    }
}

#[test]
fn a_client_that_is_gone_ends_the_tree() {
    each_shape(|shim, _| shim.stdin = None);
}

#[test]
fn a_cancel_frame_ends_the_tree() {
    each_shape(|shim, _| shim.say(&cancel(15, GRACE)));
}

#[test]
fn a_second_call_ends_the_tree_and_reports() {
    each_shape(|shim, is_polite| {
        // What ends politely must never need the end of the grace, however busy the machine is.
        let output = shim.call("signal", &["--grace", if is_polite { "60000" } else { "300" }]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let report = &json(&output)[0];
        assert_eq!((report["found"].as_bool(), report["signal"].as_str()), (Some(true), Some("TERM")));
        assert!(names(&report["signalled"]).contains(&"sleep"), "{report}");
        assert_eq!(names(&report["killed"]).is_empty(), is_polite, "{report}");
        assert_eq!(names(&report["left"]), [""; 0], "{report}");
    });
}

#[test]
fn a_plain_signal_to_the_shim_ends_the_tree() {
    each_shape(|shim, _| {
        let pid = rustix::process::Pid::from_child(&shim.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    });
}

#[test]
fn killing_takes_no_grace() {
    each_shape(|shim, _| {
        let output = shim.call("signal", &["--signal", "KILL", "--grace", "3600000"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    });
}

#[test]
fn a_process_that_starts_others_while_it_dies_does_not_escape() {
    let folder = tempfile::tempdir().unwrap();
    let comet = folder.path().join("comet");
    // Each one starts its successor in a new session and is gone: no scan sees the same process twice.
    std::fs::write(&comet, "trap '' TERM HUP\nsetsid sh \"$0\" $1 &\n").unwrap();
    let script = format!(
        "trap 'for n in 1 2 3 4; do sleep MARK & done; wait' TERM; for n in 1 2 3; do sh {} MARK & done; \
         sleep MARK & wait; wait",
        comet.display()
    );
    for _ in 0..3 {
        let mut shim = Shim::start(&script, StdinMode::Watch, Daemons::Leave, Duration::from_millis(50));
        shim.until_sleeping(1);
        shim.stdin = None;
        shim.code_with_nothing_left();
    }
}

#[test]
fn a_flood_of_processes_is_ended() {
    let script = "trap '' TERM; sleep MARK & while :; do sleep MARK & done";
    let mut shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, Duration::from_millis(20));
    until(|| "nothing started".to_owned(), || crate::harness::sleeps(&shim.mark) > 20);
    shim.stdin = None;
    assert_eq!(shim.code_with_nothing_left(), 137);
}

#[test]
fn a_trap_has_the_grace_to_clean_up() {
    let script = "trap 'sleep 0.05; sleep 0.05; exit 11' TERM; sleep MARK & wait";
    let mut shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, Duration::from_secs(60));
    shim.until_sleeping(1);
    shim.say(&cancel(15, Duration::from_secs(60)));
    assert_eq!(shim.code_with_nothing_left(), 11);
}

#[test]
fn a_tree_held_by_a_stop_signal_is_ended() {
    let mut shim =
        Shim::start("sleep MARK & kill -STOP $$", StdinMode::Watch, Daemons::Leave, Duration::from_secs(60));
    shim.until_sleeping(1);
    shim.stdin = None;
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn a_shim_held_by_a_stop_signal_is_woken() {
    let mut shim = Shim::start("sleep MARK & wait", StdinMode::Watch, Daemons::Leave, GRACE);
    shim.until_sleeping(1);
    let pid = rustix::process::Pid::from_child(&shim.child);
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    let output = shim.call("signal", &["--grace", "300"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
fn daemons_stay_when_the_command_ends_by_itself() {
    let script = "(setsid sleep MARK >&- 2>&- &); exit 5";
    let mut shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, GRACE);
    assert_eq!(shim.code(), 5);
    shim.until_sleeping(1);
    // They have no shim any more; the marker in their environment finds them.
    assert_eq!(shim.call("signal", &[]).status.code(), Some(1));
    let output = shim.call("signal", &["--orphans", "--grace", "5000"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(names(&json(&output)[0]["signalled"]), ["sleep"]);
    assert_eq!(crate::harness::sleeps(&shim.mark), 0);
}

#[test]
fn daemons_are_ended_if_asked() {
    let script = "(env -i /usr/bin/setsid sleep MARK >&- 2>&- &); exit 5";
    let mut shim = Shim::start(script, StdinMode::Watch, Daemons::End, GRACE);
    assert_eq!(shim.code_with_nothing_left(), 5);
}

#[test]
fn a_killed_shim_takes_its_command_with_it() {
    let mut shim =
        Shim::start("setsid sleep MARK & exec sleep MARK", StdinMode::Watch, Daemons::Leave, GRACE);
    shim.until_sleeping(2);
    shim.child.kill().unwrap();
    shim.child.wait().unwrap();
    shim.until_sleeping(1);
    let output = shim.call("sweep", &["--orphans"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    shim.until_sleeping(0);
}

#[test]
fn there_is_no_zombie_under_the_shim() {
    let script = "for n in 1 2 3 4 5; do (sleep 0 & ); done; sleep MARK";
    let shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, GRACE);
    shim.until_sleeping(1);
    let id = shim.child.id();
    let children = || {
        let path = format!("/proc/{id}/task/{id}/children");
        std::fs::read_to_string(path).unwrap().split_whitespace().count()
    };
    until(|| format!("{} children of {}", children(), program().display()), || children() == 1);
}
