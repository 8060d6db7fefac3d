//! A keeper that is a container's first process: what it prints, what it leaves, and who may be beside it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::harness::{json, mark, marked, program, until};

/// A build directory; whatever of the test is left when this is dropped is killed.
struct Place {
    directory: tempfile::TempDir,
    mark: String,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), mark: mark() }
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("sessions")
    }

    /// Starts a script under a keeper, `MARK` in it replaced.
    fn start(&self, token: &str, options: &[&str], script: &str) -> Child {
        let mut command = Command::new(program());
        command.args(["keep", "--main", "--by", "ada@here", "--token", token, "--root"]).arg(self.root());
        command.arg("--lock").arg(self.directory.path().join("lock")).args(options);
        command.args(["--", "sh", "-c", &script.replace("MARK", &self.mark)]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn look(&self, token: &str) -> serde_json::Value {
        let mut command = Command::new(program());
        command.args(["sessions", "--token", token, "--root"]).arg(self.root());
        json(&command.output().unwrap()).pop().unwrap_or_default()
    }

    fn until_it_is(&self, token: &str, state: &str) -> serde_json::Value {
        until(|| format!("not {state}: {}", self.look(token)), || self.look(token)["state"] == state);
        self.look(token)
    }

    fn output(&self, token: &str) -> Vec<u8> {
        fs::read(self.root().join("output").join(token).join("output")).unwrap()
    }

    fn tokens(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root().join("records")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for (pid, _) in marked(&self.mark) {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

/// Its end, and what it printed.
fn ended(child: Child) -> (ExitStatus, Vec<u8>, String) {
    let output = child.wait_with_output().unwrap();
    (output.status, output.stdout, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_is_printed_is_kept_and_passed_on_alike_and_the_code_is_the_commands() {
    let place = Place::new();
    let child = place.start("a", &[], "printf 'a\\0\\377'; seq 200000; echo err >&2; exit 7");
    let (status, passed, complaints) = ended(child);
    assert_eq!(status.code(), Some(7), "{complaints}");
    assert_eq!(complaints, "");
    let kept = place.output("a");
    assert!(kept.starts_with(b"a\0\xff1\n2\n") && kept.ends_with(b"200000\nerr\n"));
    assert!(kept == passed, "{} bytes kept, {} passed on", kept.len(), passed.len());
    let look = place.look("a");
    assert_eq!((&look["state"], &look["ended"]["code"]), (&"ended".into(), &7.into()));
    assert_eq!(look["ended"].get("deadline"), None);
}

#[test]
fn nobody_who_does_not_read_holds_the_command_back() {
    let place = Place::new();
    let mut child = place.start("a", &[], "head -c 20000000 /dev/zero; exit 3");
    // The end is written down although nothing was read yet; what is behind is passed on all the same.
    let look = place.until_it_is("a", "ended");
    assert_eq!(look["ended"]["output"]["kept"], 20_000_000);
    let mut passed = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut passed).unwrap();
    assert_eq!(passed.len(), 20_000_000);
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn a_reader_that_goes_away_ends_nothing() {
    let place = Place::new();
    let mut child = place.start("a", &[], "seq 100000; exit 4");
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert!(place.output("a").ends_with(b"100000\n"));
}

#[test]
fn beyond_the_limit_it_is_still_passed_on_and_in_order() {
    let place = Place::new();
    let (status, passed, _) = ended(place.start("a", &["--limit", "1000"], "seq 100000"));
    assert_eq!(status.code(), Some(0));
    let all = Command::new("seq").arg("100000").output().unwrap().stdout;
    assert!(passed == all, "{} of {} bytes", passed.len(), all.len());
    assert_eq!(place.output("a"), all[..1000]);
    assert_eq!(place.look("a")["ended"]["output"]["dropped"], all.len() - 1000);
}

#[test]
fn one_lock_is_for_one_at_a_time_and_no_crash_leaves_it() {
    let place = Place::new();
    let mut first = place.start("a", &[], "sleep MARK");
    place.until_it_is("a", "running");
    let (status, printed, complaint) = ended(place.start("b", &[], "true"));
    assert_eq!(status.code(), Some(125));
    assert!(
        complaint.contains("another session has the lock") && complaint.contains("a by ada@here"),
        "{complaint}"
    );
    assert!(printed.is_empty() && place.tokens() == ["a"], "{:?}", place.tokens());
    first.kill().unwrap();
    first.wait().unwrap();
    let (status, _, complaint) = ended(place.start("c", &[], "true"));
    assert_eq!(status.code(), Some(0), "{complaint}");
    assert_eq!(place.look("a")["state"], "lost");
}

#[test]
fn a_session_is_not_run_twice() {
    let place = Place::new();
    assert_eq!(ended(place.start("a", &[], "exit 2")).0.code(), Some(2));
    let (status, _, complaint) = ended(place.start("a", &[], "exit 2"));
    assert!(status.code() == Some(125) && complaint.contains("a session a already"), "{complaint}");
    assert_eq!(place.look("a")["ended"]["code"], 2);
}

#[test]
fn at_its_deadline_it_is_ended_and_says_so() {
    let place = Place::new();
    let (status, _, _) =
        ended(place.start("a", &["--deadline", "300"], "trap 'exit 9' TERM; sleep MARK & wait"));
    assert_eq!(status.code(), Some(9));
    let look = place.look("a");
    assert_eq!((&look["ended"]["deadline"], &look["ended"]["code"]), (&true.into(), &9.into()));
    assert!(marked(&place.mark).is_empty());
}

#[test]
fn what_the_command_leaves_behind_is_ended_with_it() {
    let place = Place::new();
    let (status, _, _) = ended(place.start("a", &[], "setsid sleep MARK & exit 5"));
    assert_eq!(status.code(), Some(5));
    assert!(marked(&place.mark).is_empty());
    let (status, _, _) = ended(place.start(
        "b",
        &["--grace", "200"],
        "setsid sh -c 'trap : TERM; sleep MARK; sleep MARK' & exit 6",
    ));
    assert_eq!(status.code(), Some(6));
    assert!(marked(&place.mark).is_empty());
}

#[test]
fn asked_to_end_it_ends_the_whole_tree() {
    let place = Place::new();
    let child = place.start(
        "a",
        &["--grace", "200"],
        "setsid sleep MARK & trap : TERM; sleep MARK; sleep MARK; sleep MARK",
    );
    place.until_it_is("a", "running");
    until(
        || "no sleep".into(),
        || marked(&place.mark).iter().filter(|(_, line)| line.starts_with("sleep")).count() == 2,
    );
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let (status, _, _) = ended(child);
    assert_eq!(status.code(), Some(137));
    assert!(marked(&place.mark).is_empty());
    assert_eq!(place.look("a")["ended"]["signal"], 9);
}

#[test]
fn old_records_make_room_for_new_ones() {
    let place = Place::new();
    for token in ["a", "b", "c", "d"] {
        assert_eq!(ended(place.start(token, &["--records", "2"], "true")).0.code(), Some(0));
    }
    assert_eq!(place.tokens(), ["b", "c", "d"]);
    let outputs = fs::read_dir(place.root().join("output")).unwrap().count();
    assert_eq!(outputs, 3);
    assert!(!Path::new(&place.root().join("records/a")).exists());
}
