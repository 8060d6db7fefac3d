//! Commands that outlive whoever started them: what is kept of them, and what is said of them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use crate::harness::{code, json, mark, marked, program, until};

/// A directory of sessions; whatever of the test is left when this is dropped is killed.
struct Kept {
    directory: tempfile::TempDir,
    mark: String,
}

impl Kept {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), mark: mark() }
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("sessions")
    }

    /// A token that no other test has: `signal` finds whoever has it.
    fn token(&self, name: &str) -> String {
        format!("{name}-{}", self.mark)
    }

    /// Calls the shim; what follows `--token` is made this test's own.
    fn call(&self, verb: &str, options: &[&str]) -> Output {
        let mut command = Command::new(program());
        command.args([verb, "--root"]).arg(self.root());
        let mut is_token = false;
        for option in options {
            if is_token {
                command.arg(self.token(option));
            } else {
                command.arg(option);
            }
            is_token = *option == "--token";
        }
        command.output().unwrap()
    }

    /// Follows one; the line before what it printed is taken away.
    fn follow(&self, options: &[&str]) -> Output {
        let mut followed = self.call("follow", options);
        if code(followed.status) != 1 {
            let printed = followed.stdout.strip_prefix(b"smidr-shim follow\n");
            followed.stdout = printed.expect("its own line comes first").to_vec();
        }
        followed
    }

    fn signal(&self, name: &str) -> Output {
        Command::new(program()).args(["signal", "--token", &self.token(name)]).output().unwrap()
    }

    /// Starts `script` with `MARK` in it replaced by the mark of this test.
    fn keep(&self, token: &str, options: &[&str], script: &str) -> Output {
        let script = script.replace("MARK", &self.mark);
        let mut words = vec!["--token", token];
        words.extend(options);
        words.extend(["--", "sh", "-c", &script]);
        self.call("keep", &words)
    }

    fn look(&self, token: &str) -> serde_json::Value {
        json(&self.call("sessions", &["--token", token])).pop().unwrap_or_default()
    }

    fn until_it_is(&self, token: &str, state: &str) -> serde_json::Value {
        until(|| format!("not {state}: {}", self.look(token)), || self.look(token)["state"] == state);
        self.look(token)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for (pid, _) in marked(&self.mark) {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

#[test]
fn output_end_and_names_are_kept_and_nobody_has_to_wait() {
    let kept = Kept::new();
    let started = kept.keep("a", &["--by", "ada"], "printf 'a\\0\\377'; echo err >&2; exit 7");
    assert_eq!(code(started.status), 0, "{started:?}");
    assert_eq!(json(&started)[0]["token"], kept.token("a"));
    let session = kept.until_it_is("a", "ended");
    assert_eq!((&session["ended"]["code"], &session["ended"]["output"]["kept"]), (&7.into(), &7.into()));
    assert_eq!((&session["command"]["by"], &session["command"]["argv"][0]), (&"ada".into(), &"sh".into()));
    let path = std::env::var("PATH").unwrap();
    assert!(!session.to_string().contains(&path), "values of the environment are not kept");
    let followed = kept.follow(&["--token", "a"]);
    assert_eq!((code(followed.status), followed.stdout.as_slice()), (0, &b"a\0\xfferr\n"[..]));
    assert_eq!(followed.stderr, b"{\"size\":7}\n");
    let followed = kept.follow(&["--token", "a", "--from", "5"]);
    assert_eq!(followed.stdout, b"r\n");
    assert_eq!(code(kept.follow(&["--token", "b"]).status), 1);
}

#[test]
fn all_that_was_printed_at_full_speed_is_there_when_it_has_ended() {
    let kept = Kept::new();
    kept.keep("a", &[], "seq 1 400000");
    let followed = kept.follow(&["--token", "a"]);
    let expected = Command::new("seq").args(["1", "400000"]).output().unwrap().stdout;
    assert!(followed.stdout == expected, "{} bytes", followed.stdout.len());
}

#[test]
fn beyond_the_limit_the_command_goes_on_and_what_is_dropped_is_counted() {
    let kept = Kept::new();
    kept.keep("a", &["--limit", "10", "--apart"], "echo 0123456789abc; seq 1 100000; echo err >&2; exit 3");
    let session = kept.until_it_is("a", "ended");
    assert_eq!(session["ended"]["code"], 3);
    let dropped = 4 + 588_895;
    assert_eq!(session["ended"]["output"]["dropped"], dropped, "{session}");
    let gap = &session["dropped"]["gaps"][0];
    assert_eq!((&gap["at"], &gap["bytes"], &gap["file"]), (&10.into(), &dropped.into(), &"output".into()));
    assert_eq!(kept.follow(&["--token", "a"]).stdout, b"0123456789");
    assert_eq!(kept.follow(&["--token", "a", "--errors"]).stdout, b"err\n");
}

#[test]
fn the_whole_tree_is_ended_on_demand_and_the_signal_is_told() {
    let kept = Kept::new();
    kept.keep("a", &[], "sleep MARK & setsid sleep MARK & wait");
    until(|| format!("{:?}", marked(&kept.mark)), || crate::harness::sleeps(&kept.mark) == 2);
    assert_eq!(kept.look("a")["state"], "running");
    let ended = kept.signal("a");
    assert_eq!(code(ended.status), 0, "{ended:?}");
    assert_eq!(kept.until_it_is("a", "ended")["ended"]["signal"], 15);
    assert_eq!(marked(&kept.mark), []);
}

#[test]
fn without_its_keeper_a_session_is_lost_and_its_command_does_not_go_on_unseen() {
    let kept = Kept::new();
    kept.keep("a", &[], "echo here; exec sleep MARK");
    let pid = kept.look("a")["process"]["keeper"]["pid"].to_string();
    until(|| "it has not printed".into(), || kept.look("a")["output"] == 5);
    assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    kept.until_it_is("a", "lost");
    let followed = kept.follow(&["--token", "a"]);
    assert_eq!((code(followed.status), followed.stdout.as_slice()), (2, &b"here\n"[..]));
    until(|| format!("{:?}", marked(&kept.mark)), || marked(&kept.mark).is_empty());
}

#[test]
fn daemons_of_a_command_that_ended_are_neither_waited_for_nor_cut_off() {
    let kept = Kept::new();
    // A daemon whose output nobody read would be ended by its next word, or wait for ever.
    kept.keep("a", &[], "(sleep 0.3; seq 1 200000; exec sleep MARK) & echo done");
    let session = kept.until_it_is("a", "ended");
    assert_eq!(session["ended"]["output"]["kept"], 5, "{session}");
    until(|| format!("{:?}", marked(&kept.mark)), || crate::harness::sleeps(&kept.mark) == 1);
    assert_eq!(kept.look("a")["output"], 5, "nothing is kept after the end");
    let ended = kept.signal("a");
    assert_eq!(code(ended.status), 0, "{ended:?}");
    assert_eq!(marked(&kept.mark), []);
}

#[test]
fn what_cannot_start_leaves_nothing() {
    let kept = Kept::new();
    for (program, expected) in [("/no/such", 127), ("/etc", 126)] {
        let started = kept.call("keep", &["--token", "a", "--", program]);
        assert_eq!(code(started.status), expected, "{started:?}");
        assert!(started.stdout.is_empty() && String::from_utf8_lossy(&started.stderr).contains(program));
    }
    for below in ["records", "output"] {
        assert_eq!(fs::read_dir(kept.root().join(below)).unwrap().count(), 0, "{below}");
    }
    assert_eq!(code(kept.keep("b", &[], "sleep MARK").status), 0);
    assert_eq!(code(kept.keep("b", &[], "true").status), 125, "the name is taken");
    assert_eq!(kept.look("b")["state"], "running", "and what has it goes on");
}

#[test]
fn only_what_is_over_is_forgotten() {
    let kept = Kept::new();
    kept.keep("a", &[], "true");
    kept.keep("b", &[], "sleep MARK");
    kept.until_it_is("a", "ended");
    assert_eq!(json(&kept.call("forget", &["--older-than", "3600"])), [] as [serde_json::Value; 0]);
    let told = json(&kept.call("forget", &["--token", "b"]));
    assert_eq!((&told[0]["removed"], &told[0]["why"]), (&false.into(), &"it runs".into()));
    assert_eq!(told[0]["missing"], false);
    let told = json(&kept.call("forget", &["--token", "nobody"]));
    assert_eq!((&told[0]["removed"], &told[0]["missing"]), (&false.into(), &true.into()));
    let told = json(&kept.call("forget", &["--older-than", "0"]));
    assert_eq!((told.len(), &told[0]["token"]), (1, &kept.token("a").into()));
    assert_eq!(json(&kept.call("sessions", &[])).len(), 1);
}

/// A file system of one megabyte; needs the right to mount, which the bench has.
#[test]
#[ignore = "needs the bench: run tests/run"]
fn on_a_full_disk_the_command_goes_on_and_its_end_is_kept() {
    let kept = Kept::new();
    fs::create_dir(kept.root()).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(kept.root())
        .status()
        .unwrap();
    assert!(mounted.success());
    kept.keep("a", &[], "seq 1 1000000; exit 5");
    let session = kept.until_it_is("a", "ended");
    let unmounted = Command::new("umount").arg("--lazy").arg(kept.root()).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(session["ended"]["code"], 5, "{session}");
    let (kept, dropped) = (&session["ended"]["output"]["kept"], &session["ended"]["output"]["dropped"]);
    assert_eq!(kept.as_u64().unwrap() + dropped.as_u64().unwrap(), 6_888_896, "{session}");
    assert!(session["dropped"]["gaps"][0]["why"].as_str().unwrap().contains("No space"), "{session}");
}

#[test]
fn what_a_keeper_left_that_was_killed_while_it_began_is_swept_away() {
    let kept = Kept::new();
    assert_eq!(code(kept.call("sessions", &["--prepare"]).status), 0);
    let (records, output) = (kept.root().join("records"), kept.root().join("output"));
    let long_ago = SystemTime::now() - Duration::from_secs(300);
    let half_made = |name: &str, since: SystemTime| {
        let making = records.join(format!(".new-{name}"));
        fs::create_dir(&making).unwrap();
        fs::create_dir(output.join(name)).unwrap();
        let lock = fs::File::create(making.join("lock")).unwrap();
        fs::File::open(&making).unwrap().set_modified(since).unwrap();
        lock
    };
    half_made("old", long_ago);
    half_made("young", SystemTime::now());
    let lock = half_made("held", long_ago);
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    let call = kept.call("sessions", &["--prepare"]);
    assert_eq!(code(call.status), 0, "{}", String::from_utf8_lossy(&call.stderr));
    let left = |directory: &PathBuf| {
        let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(left(&records), [".new-held", ".new-young"]);
    assert_eq!(left(&output), ["held", "young"]);
    drop(lock);
}
