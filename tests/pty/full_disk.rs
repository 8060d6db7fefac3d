//! A log on a disk that is full.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::console::SOON;
use crate::engine::{Engine, Shown};
use crate::silent::key_times;
use crate::support::OwnDocker;
use rustix::process::Signal;

/// Prints 20 MB of numbered lines, and 4 MB more when it is told to.
const PRINTS: &str = r#"trap 'exit 0' TERM
lines() { awk "BEGIN { for (i = $1; i <= $2; i++)
  print \"printed line \" i \" of a build that has a hundred bytes to say about all that it does in every line of it.\" }"; }
while [ ! -e /go ]; do sleep 0.1; done; lines 1 200000
while [ ! -e /more ]; do sleep 0.1; done; lines 200001 240000
while :; do sleep 0.1; done"#;
const FIRST: &str = "printed line 200000 of";
const LAST: &str = "printed line 240000 of";
const FULL: &str = "not on disk: No space left on device";
/// All of it is shown within this.
const LIMIT: Duration = Duration::from_secs(60);
/// Half of the keys, and all of them, are answered within this, drawing it by the test counted in. Other tests run
/// beside this one.
const ANSWERED: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(2)];

/// A small file system in memory.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mounted() -> Self {
        let disk = Self(tempfile::tempdir().unwrap());
        run("mount", &["-t", "tmpfs", "-o", "size=4m", "tmpfs"], disk.path());
        disk
    }

    fn enlarge(&self) {
        run("mount", &["-o", "remount,size=64m"], self.path());
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Nothing is there, with a name or without.
    fn assert_empty(&self) {
        let names: Vec<_> =
            std::fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(names.is_empty(), "{names:?}");
        let disk = rustix::fs::statvfs(self.path()).unwrap();
        assert_eq!(disk.f_bfree, disk.f_blocks, "blocks are still used");
    }

    fn settings(&self) -> String {
        format!("log_directory: {}\n", self.path().display())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) {
    let status = Command::new(program).args(arguments).arg(path).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}: {status}");
}

// In an engine of its own: the log of another test's container, which a console may show at first, would fill the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn a_full_disk_is_said_and_holds_nothing_up() {
    let disk = SmallDisk::mounted();
    let docker = OwnDocker::start(&[]).await;
    let mut shown = Engine(docker.endpoint()).shown_with("pty-full", PRINTS, &disk.settings());
    shown.touch("/go");
    shown.console.wait_for(FIRST, LIMIT);
    shown.console.wait_for(FULL, SOON);
    let (median, longest) = key_times(&mut shown.console);
    println!("keys answer in {median:?}, at most {longest:?}");
    assert!(median < ANSWERED[0], "{median:?}");
    assert!(longest < ANSWERED[1], "{longest:?}");
    println!("{} MB resident", shown.console.resident() / 1_000_000);
    assert_eq!(shown.engine.state(&shown.name), "running");
    disk.enlarge();
    shown.touch("/more");
    shown.console.wait_for(LAST, LIMIT);
    shown.console.wait_gone("not on disk", SOON);
    shown.end();
    docker.stop().await;
    disk.assert_empty();
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn nothing_stays_on_the_disk_when_the_console_is_killed() {
    let disk = SmallDisk::mounted();
    let shown = Engine::of_bench().shown_with("pty-full", PRINTS, &disk.settings());
    shown.touch("/go");
    shown.console.wait_for(FULL, LIMIT);
    let used = rustix::fs::statvfs(disk.path()).unwrap();
    assert!(used.f_bfree < used.f_blocks, "nothing was written");
    shown.console.signal(Signal::KILL);
    let Shown { engine, name, console } = shown;
    // Waits for its end, too.
    drop(console);
    disk.assert_empty();
    assert_eq!(engine.state(&name), "running");
    engine.docker(&["rm", "--force", "--volumes", &name]);
}
