//! The user's own command for what happens to builds: run beside everything else, with the facts in its environment.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::builds::Happening;
use crate::text::clean;
use crate::ui::Tone;

use super::wires::Wires;

/// How many may run at once. What happens while so many do is not announced.
const AT_ONCE: usize = 4;
/// How long each may take before it is killed.
const MOST: Duration = Duration::from_secs(30);

/// Runs the user's command.
pub(super) struct Announcer {
    wires: Wires,
    free: Arc<Semaphore>,
    has_failed: Arc<AtomicBool>,
}

impl Announcer {
    pub(super) fn new(wires: Wires) -> Self {
        Self { wires, free: Arc::new(Semaphore::new(AT_ONCE)), has_failed: Arc::default() }
    }

    /// Begins to run it, where there is one. That it fails is said once.
    pub(super) fn begin(&self, container: &str, happening: &Happening) {
        let Some(command) = self.wires.announce.clone() else { return };
        let Ok(place) = self.free.clone().try_acquire_owned() else {
            self.wires
                .log
                .note(&format!("not announced, {AT_ONCE} commands still run: {}", happening.message));
            return;
        };
        let facts = facts(container, happening);
        let (wires, has_failed) = (self.wires.clone(), self.has_failed.clone());
        tokio::spawn(async move {
            let ended = run(&command, facts, MOST).await;
            drop(place);
            if let Err(why) = ended {
                let words = format!("the command of notify.command {why}");
                wires.log.note(&words);
                if !has_failed.swap(true, Ordering::Relaxed) {
                    wires.outbox.told(Tone::Warning, words).await;
                }
            }
        });
    }
}

/// What is told to the command. Nothing in a value can end it or act on a terminal.
fn facts(container: &str, happening: &Happening) -> Vec<(&'static str, String)> {
    let text = |text: &str| clean(text).into_owned();
    vec![
        ("SMIDR_EVENT", happening.kind.name().to_owned()),
        ("SMIDR_CONTAINER", text(container)),
        ("SMIDR_TARGET", text(&happening.target)),
        ("SMIDR_DIRECTORY", text(&happening.directory)),
        ("SMIDR_OUTCOME", happening.outcome.map(|outcome| outcome.name().to_owned()).unwrap_or_default()),
        ("SMIDR_PERCENT", happening.percent.map(|percent| percent.to_string()).unwrap_or_default()),
        ("SMIDR_FAILURES", happening.failures.to_string()),
        ("SMIDR_MESSAGE", text(&happening.message)),
    ]
}

/// Runs it to its end; in words why it failed. It is in a process group of its own, so that keys for the console do not
/// reach it, and killed with all it began when it takes too long. It goes on where the console ends before.
async fn run(command: &str, facts: Vec<(&'static str, String)>, most: Duration) -> Result<(), String> {
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .envs(facts)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("could not be begun: {error}"))?;
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    match timeout(most, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(words_of(status)),
        Ok(Err(error)) => Err(format!("was lost: {error}")),
        Err(_) => {
            if let Some(group) = group {
                // It may have ended just now.
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.wait().await;
            Err(format!("was killed: it took more than {}", crate::text::elapsed(most)))
        }
    }
}

fn words_of(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("failed with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::{engine, wires};
    use crate::bitbake::Outcome;
    use crate::builds::HappeningKind;
    use crate::ui::Message;

    fn happening() -> Happening {
        Happening {
            kind: HappeningKind::End,
            target: "core-image-minimal".into(),
            directory: "/work/build".into(),
            outcome: Some(Outcome::Failed),
            percent: Some(42),
            failures: 2,
            message: "it failed\0\n".into(),
        }
    }

    #[tokio::test]
    async fn a_command_has_the_facts_in_its_environment() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("facts");
        let mut facts = facts("yocto-a", &happening());
        facts.push(("SMIDR_TEST_FILE", file.to_str().unwrap().to_owned()));
        let command = "env | grep ^SMIDR_ | grep -v -e TEST_FILE -e BENCH | sort > \"$SMIDR_TEST_FILE\"";
        assert_eq!(run(command, facts, MOST).await, Ok(()));
        let told = std::fs::read_to_string(file).unwrap();
        let expected = "SMIDR_CONTAINER=yocto-a\nSMIDR_DIRECTORY=/work/build\nSMIDR_EVENT=end\nSMIDR_FAILURES=2\n\
                        SMIDR_MESSAGE=it failed\u{fffd} \nSMIDR_OUTCOME=failed\nSMIDR_PERCENT=42\nSMIDR_TARGET=core-image-minimal\n";
        assert_eq!(told, expected);
    }

    #[tokio::test]
    async fn that_it_fails_is_said_once_and_no_more_than_four_run() {
        let directory = tempfile::tempdir().unwrap();
        let (mut wires, mut inbox) = wires(&engine("containers: []"));
        // Each leaves its mark, waits for the word to go on, and fails.
        let path = directory.path().display();
        let command = format!("touch {path}/$$; until test -e {path}/go; do sleep 0.01; done; exit 3");
        wires.announce = Some(command.into());
        let announcer = Announcer::new(wires);
        let marks = || std::fs::read_dir(directory.path()).unwrap().count();
        for _ in 0..10 {
            announcer.begin("yocto-a", &happening());
        }
        let limit = std::time::Instant::now() + Duration::from_secs(20);
        while marks() < AT_ONCE {
            assert!(std::time::Instant::now() < limit, "only {} run", marks());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!((marks(), announcer.free.available_permits()), (AT_ONCE, 0));
        std::fs::write(directory.path().join("go"), "").unwrap();
        let told = timeout(Duration::from_secs(20), inbox.messages.recv()).await.unwrap();
        let Some(Message::Told(Tone::Warning, words)) = told else { panic!("{told:?}") };
        assert_eq!(words, "the command of notify.command failed with exit code 3");
        while announcer.free.available_permits() < AT_ONCE {
            assert!(std::time::Instant::now() < limit, "they do not end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(inbox.messages.try_recv().is_err(), "it was said again");
    }

    #[tokio::test]
    async fn a_command_that_fails_says_how() {
        for (command, expected) in [
            ("exit 7", "failed with exit code 7"),
            ("kill -9 $$", "was ended by signal 9"),
            ("no-such-program-at-all", "failed with exit code 127"),
        ] {
            assert_eq!(run(command, Vec::new(), MOST).await, Err(expected.to_owned()), "{command}");
        }
    }

    #[tokio::test]
    async fn a_command_that_takes_too_long_is_killed_with_all_it_began() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pid");
        let facts = vec![("SMIDR_TEST_FILE", file.to_str().unwrap().to_owned())];
        let command = "sleep 600 & echo $! > \"$SMIDR_TEST_FILE.new\"; mv \"$SMIDR_TEST_FILE.new\" \"$SMIDR_TEST_FILE\"; wait";
        let ended = run(command, facts, Duration::from_secs(2)).await;
        assert_eq!(ended, Err("was killed: it took more than 2s".to_owned()));
        let below: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let below = Pid::from_raw(below).unwrap();
        let mut waited = 0;
        // It is a child of the reaper now, which may take a moment to take it away; a zombie is dead, too.
        while rustix::process::test_kill_process(below).is_ok() && !is_zombie(below) {
            waited += 1;
            assert!(waited < 500, "it lives");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn is_zombie(process: Pid) -> bool {
        std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()))
            .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')))
    }
}
