//! Looks and signals through the port: commands in the container.

use std::time::Duration;

use crate::actions::{Call, Limits, Outcome, Supervised, Verb};
use crate::builds::BuildId;
use crate::builds::looks::Looks;
use crate::engine::{
    ContainerId, ContainerManagerExt, EngineError, ErrorKind, ExecRequest, ObjectKind, Result, StopOptions,
};

use super::hands::{Hands, Order, Sending};
use super::standing::{Followed, Standing};

const SCRIPT: &str = include_str!("signal.sh");
/// From one look to the next.
const EVERY: Duration = Duration::from_secs(1);
/// How long signalling may take.
const SENDING: Duration = Duration::from_secs(10);
/// The most it prints: a line a process.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A build in a container of an engine.
#[derive(Debug)]
pub(super) struct OnEngine {
    on: Supervised,
    call: Call,
    container: ContainerId,
    looks: Looks,
    build: Followed,
}

impl OnEngine {
    pub(super) fn new(on: &Supervised, call: &Call, container: &ContainerId, build: &BuildId) -> Self {
        Self {
            looks: Looks::new(on, container).every(EVERY),
            on: on.clone(),
            call: call.clone(),
            container: container.clone(),
            build: Followed::new(build.clone()),
        }
    }

    /// What was asked may have happened.
    fn failed(&self, words: &str) -> EngineError {
        EngineError::new(Verb::StopBuild.as_str(), ErrorKind::BrokenStream)
            .on(ObjectKind::Container, &self.container)
            .saying(words)
    }
}

impl Hands for OnEngine {
    async fn look(&mut self) -> Result<Standing> {
        match self.looks.next_look().await {
            Ok((look, _)) => Ok(self.build.stand(&look)),
            Err(error) if has_ended(&error) => Ok(Standing { container_ended: true, ..Standing::default() }),
            Err(error) => Err(error),
        }
    }

    async fn send(&mut self, orders: &[Order]) -> Result<Sending> {
        let command = argv(self.build.directory(), orders);
        let user = self.build.user().map(str::to_owned);
        let request = ExecRequest { user, ..ExecRequest::new(command) };
        let asked = self.on.engine.exec_collect(&self.container, &request, LONGEST_ANSWER);
        let Ok(output) = tokio::time::timeout(SENDING, asked).await else {
            return Err(self.failed("signalling it took too long"));
        };
        let output = output?;
        read(&output.stdout_text())
            .ok_or_else(|| self.failed("the command that signals did not run to its end"))
    }

    async fn stop_container(&mut self, options: &StopOptions) -> Result<()> {
        let call = self.call.clone().with_limits(Limits { deadline: None, ..Verb::Stop.limits() });
        match self.on.stop(&call, &self.container, options).await.outcome {
            Outcome::Done(_) => Ok(()),
            Outcome::Failed(error) => Err(error),
            // Whoever waits for this is told the same, and ends it.
            Outcome::Cancelled | Outcome::TimedOut => std::future::pending().await,
        }
    }
}

/// Whether it says that the container does not run.
pub(super) fn has_ended(error: &EngineError) -> bool {
    matches!(error.kind(), ErrorKind::NotRunning | ErrorKind::NotFound)
}

fn argv(directory: &str, orders: &[Order]) -> Vec<String> {
    let mut argv: Vec<String> = ["/bin/sh", "-c", SCRIPT, "smidr-stop", directory].map(str::to_owned).into();
    for Order { signal, to, is_group } in orders {
        let kind = if *is_group { "group" } else { "one" };
        argv.extend([signal, kind].map(str::to_owned));
        argv.extend([to.pid.to_string(), to.start.to_string(), to.name.clone()]);
    }
    argv
}

/// What the script prints; `None` where its end is missing.
fn read(text: &str) -> Option<Sending> {
    let mut sending = Sending::default();
    let mut has_ended = false;
    for line in text.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("sent", pid) => sending.sent.extend(pid.parse::<u32>()),
            ("refused", pid) => sending.refused.extend(pid.parse::<u32>()),
            ("lock", _) => sending.files.push("bitbake.lock"),
            ("socket", _) => sending.files.push("bitbake.sock"),
            ("end", _) => has_ended = true,
            _ => {}
        }
    }
    has_ended.then_some(sending)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::{Child, Command};

    use super::*;
    use crate::builds::stop::standing::Process;

    /// A process in a group of its own, and how the kernel knows it.
    fn sleeper() -> (Child, Process) {
        let child = Command::new("sleep").arg("1000").process_group(0).spawn().unwrap();
        let process = seen(child.id());
        (child, process)
    }

    fn seen(pid: u32) -> Process {
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        loop {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
            let (name, rest) = stat.rsplit_once(") ").unwrap();
            let name = name.split_once('(').unwrap().1.to_owned();
            let began = rest.split(' ').nth(19).unwrap().parse().unwrap();
            if name == "sleep" || std::time::Instant::now() > deadline {
                return Process { pid, start: began, name };
            }
            std::thread::yield_now();
        }
    }

    /// What each shell that is there makes of these orders.
    fn shells() -> impl Iterator<Item = Vec<&'static str>> {
        let shells = [&["sh"][..], &["dash"], &["bash", "--posix"], &["busybox", "sh"]];
        shells.into_iter().map(<[&str]>::to_vec).filter(|shell| {
            Command::new(shell[0])
                .args(&shell[1..])
                .args(["-c", ":"])
                .output()
                .is_ok_and(|ran| ran.status.success())
        })
    }

    fn run(shell: &[&str], directory: &str, orders: &[Order]) -> Sending {
        let argv = argv(directory, orders);
        let output = Command::new(shell[0]).args(&shell[1..]).args(&argv[1..]).output().unwrap();
        read(&String::from_utf8_lossy(&output.stdout)).unwrap_or_else(|| panic!("{shell:?}: {output:?}"))
    }

    #[test]
    fn only_what_still_is_what_was_seen_is_signalled() {
        for shell in shells() {
            let (mut child, process) = sleeper();
            let another = Process { start: process.start - 1, ..process.clone() };
            let renamed = Process { name: "Cooker".into(), ..process.clone() };
            let orders =
                [Order::one("KILL", &another), Order::group("KILL", &another), Order::one("KILL", &renamed)];
            assert_eq!(run(&shell, "/nowhere", &orders), Sending::default(), "{shell:?}");
            assert!(child.try_wait().unwrap().is_none(), "{shell:?}: it lives");
            let sending = run(&shell, "/nowhere", &[Order::one("TERM", &process)]);
            assert_eq!(sending.sent, [process.pid], "{shell:?}");
            assert_eq!(child.wait().unwrap().signal(), Some(15), "{shell:?}");
        }
    }

    #[test]
    fn a_group_is_killed_also_when_its_leader_is_dead() {
        for shell in shells() {
            // A leader in a session of its own that dies and leaves a child behind.
            let script = "echo $$; sleep 1000 & echo $!; exec sleep 1000 >/dev/null";
            let mut leader = Command::new("setsid")
                .args(["sh", "-c", script])
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = std::io::BufRead::lines(std::io::BufReader::new(leader.stdout.take().unwrap()));
            let mut pid = || lines.next().unwrap().unwrap().parse::<u32>().unwrap();
            let (group, orphan) = (pid(), pid());
            let process = seen(group);
            assert_eq!(group, leader.id());
            leader.kill().unwrap();
            // Not reaped yet, as below an init that is none.
            let sending = run(&shell, "/nowhere", &[Order::group("KILL", &process)]);
            assert_eq!(sending.sent, [group], "{shell:?}");
            leader.wait().unwrap();
            let is_dead = || {
                let stat = std::fs::read_to_string(format!("/proc/{orphan}/stat"));
                stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
            };
            let deadline = std::time::Instant::now() + Duration::from_secs(10);
            while !is_dead() {
                assert!(std::time::Instant::now() < deadline, "{shell:?}");
                std::thread::yield_now();
            }
            assert_eq!(run(&shell, "/nowhere", &[Order::group("KILL", &process)]), Sending::default());
        }
    }

    #[test]
    fn what_stands_in_the_directory_is_told_and_an_answer_without_its_end_is_none() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("bitbake.lock"), "60\n").unwrap();
        for shell in shells() {
            let sending = run(&shell, directory.path().to_str().unwrap(), &[]);
            assert_eq!(sending.files, ["bitbake.lock"], "{shell:?}");
        }
        assert_eq!(read("sent 7\n"), None);
        let all = Sending { sent: vec![7], refused: vec![8], files: vec!["bitbake.lock", "bitbake.sock"] };
        assert_eq!(read("sent 7\nrefused 8\nlock\nsocket\nend\n"), Some(all));
    }
}
