//! Later calls that find a shim by its token.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use smidr_console::actions::exec::shim_protocol::{Daemons, StdinMode};

use crate::harness::{Shim, for_every_user, json, names, program, sleeps};

const LONG: Duration = Duration::from_secs(60);

fn sleeping() -> Shim {
    let shim = Shim::start("sleep MARK; :", StdinMode::Watch, Daemons::Leave, LONG);
    shim.until_sleeping(1);
    shim
}

#[test]
fn the_list_names_each_running_shim() {
    let shim = sleeping();
    let output = Command::new(program()).arg("list").output().unwrap();
    let list = json(&output);
    let own: Vec<_> = list.iter().filter(|one| one["token"] == shim.token.as_str()).collect();
    assert_eq!(own.len(), 1, "{list:?}");
    assert_eq!(own[0]["pid"], shim.child.id());
    assert_eq!(own[0]["descendants"], 2);
    assert_eq!(own[0]["command"][2], format!("sleep {}; :", shim.mark));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let started = own[0]["started"].as_u64().unwrap();
    assert!(now.abs_diff(started) < 120, "{started} is not near {now}");
}

#[test]
fn an_unknown_token_is_said_to_be_so() {
    let signal = Command::new(program()).args(["signal", "--token", "nobody-has-this"]).output().unwrap();
    assert_eq!(signal.status.code(), Some(1));
    assert_eq!(json(&signal)[0]["found"], false);
    let sweep =
        Command::new(program()).args(["sweep", "--token", "nobody-has-this", "--orphans"]).output().unwrap();
    assert_eq!(sweep.status.code(), Some(0));
}

#[test]
fn a_sweep_ends_several_and_no_other() {
    let (mut one, mut two, other) = (sleeping(), sleeping(), sleeping());
    let output = one.call("sweep", &["--token", &two.token, "--token", "nobody-has-this"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let found: Vec<_> = json(&output).iter().map(|line| line["found"].as_bool().unwrap()).collect();
    assert_eq!(found, [true, true, false]);
    assert_eq!((one.code_with_nothing_left(), two.code_with_nothing_left()), (143, 143));
    assert_eq!(sleeps(&other.mark), 1);
}

#[test]
fn a_forwarded_signal_ends_nothing_by_itself() {
    let script = "trap 'echo x' INT WINCH; sleep MARK & while :; do wait $! && exit 0; test -e /proc/$! || exit 12; done";
    for (signal, options) in [("INT", &["--forward", "--signal", "INT"][..]), ("USR1", &["--signal", "USR1"])]
    {
        let mut shim = Shim::start(script, StdinMode::Watch, Daemons::Leave, LONG);
        shim.until_sleeping(1);
        let output = shim.call("signal", options);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(json(&output)[0]["forwarded"], true);
        if signal == "USR1" {
            // Its whole group has got the signal. Nothing is ended by the shim, so nothing is waited for.
            assert_eq!(shim.code(), 138);
            shim.until_sleeping(0);
        } else {
            // A background process of a shell ignores INT, so all goes on.
            assert_eq!(sleeps(&shim.mark), 1);
            assert_eq!(shim.child.try_wait().unwrap(), None);
        }
    }
}

#[test]
#[ignore = "needs root, to be two users"]
fn a_user_who_may_not_signal_is_told() {
    let mut shim = sleeping();
    let (_folder, open) = for_every_user();
    let call = |program: &Path| {
        let mut command = Command::new(program);
        command.args(["signal", "--token", &shim.token, "--grace", "100"]);
        command
    };
    let refused = call(&open).uid(65534).gid(65534).output().unwrap();
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let report = &json(&refused)[0];
    assert_eq!(report["refused"], true);
    assert_eq!(report["left"][0]["why"], "not permitted");
    assert_eq!(sleeps(&shim.mark), 1);
    let allowed = call(program()).output().unwrap();
    assert_eq!(allowed.status.code(), Some(0), "{allowed:?}");
    assert_eq!(shim.code_with_nothing_left(), 143);
}

#[test]
#[ignore = "needs root, to be two users"]
fn a_process_of_another_user_is_ended_by_one_who_may() {
    let mark = crate::harness::mark();
    let token = format!("test-{mark}");
    // The shim runs as nobody; what it runs becomes somebody else by a program only nobody's group may use.
    let folder = tempfile::tempdir().unwrap();
    let become_other = folder.path().join("setpriv");
    std::fs::copy("/usr/bin/setpriv", &become_other).unwrap();
    let own = |path: &Path, mode: u32| {
        std::os::unix::fs::chown(path, Some(0), Some(65534)).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    own(&become_other, 0o4750);
    own(folder.path(), 0o710);
    let script = format!("{} --reuid 65533 --clear-groups sleep {mark} & wait", become_other.display());
    let (_folder, open) = for_every_user();
    let child = Command::new(&open)
        .args(["run", "--token", &token, "--grace", "100", "--", "sh", "-c", &script])
        .uid(65534)
        .gid(65534)
        .spawn()
        .unwrap();
    let mut shim = Shim { child, token, mark, stdin: None };
    shim.until_sleeping(1);
    let as_the_same = Command::new(&open)
        .args(["signal", "--token", &shim.token, "--grace", "100"])
        .uid(65534)
        .gid(65534)
        .output()
        .unwrap();
    assert_eq!(as_the_same.status.code(), Some(2), "{as_the_same:?}");
    assert_eq!(json(&as_the_same)[0]["left"][0]["why"], "not permitted");
    let as_root = shim.call("signal", &["--grace", "100"]);
    assert_eq!(as_root.status.code(), Some(0), "{as_root:?}");
    assert!(!names(&json(&as_root)[0]["signalled"]).is_empty());
    shim.code_with_nothing_left();
}
