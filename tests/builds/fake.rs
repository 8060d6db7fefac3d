//! A container with a stand-in for BitBake in it, and what it is to print.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use smidr_console::actions::{Supervised, Supervisor};
use smidr_console::engine::discovery::{Environment, candidates};
use smidr_console::engine::{
    ContainerId, ContainerManager, ContainerManagerExt, ContainerSpec, ExecRequest, RemoveOptions, docker,
};

use crate::support::{Bench, unique};

/// How long anything may take that is waited for: a look every five seconds, on a machine with other things to do.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A container with a `bitbake` that is none.
pub(crate) struct Builder {
    pub(crate) on: Supervised,
    pub(crate) id: ContainerId,
}

impl Builder {
    pub(crate) async fn start() -> Self {
        let bench = Bench::get();
        let endpoint = candidates(&[bench.docker], &Environment::default()).remove(0).endpoint.unwrap();
        let engine: Arc<dyn ContainerManager> = docker::connect(&endpoint).await.unwrap();
        let mut spec = ContainerSpec::new(unique("builds"), bench.image);
        spec.entrypoint = Some(vec!["sleep".into()]);
        spec.command = vec!["100000".into()];
        spec.init = true;
        let id = engine.create(&spec).await.unwrap().id;
        engine.start(&id).await.unwrap();
        let builder = Self { on: Supervised::new(engine, Supervisor::new()), id };
        let fake = include_bytes!("../support/fake_bitbake.sh");
        for program in ["bitbake", "bitbake-server", "bitbake-worker"] {
            builder.put(&format!("opt/bitbake/bin/{program}"), fake).await;
        }
        builder
    }

    /// Writes a file below the root.
    pub(crate) async fn put(&self, path: &str, bytes: &[u8]) {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        archive.append_data(&mut header, path, bytes).unwrap();
        let archive = Bytes::from(archive.into_inner().unwrap());
        let archive = Box::pin(futures_util::stream::iter([Ok(archive)]));
        self.on.engine.copy_in(&self.id, "/", archive).await.unwrap();
    }

    /// Somebody else starts a build: by the engine's own program, as `builder`, whose exec nobody follows.
    pub(crate) async fn somebody_builds(&self, directory: &str, stamp: &str, plan: &str, words: &[&str]) {
        self.somebody_builds_with("", directory, stamp, plan, words).await;
    }

    /// The same; what does not heed signals, `all`, the `client` or an `idle` server.
    pub(crate) async fn somebody_builds_with(
        &self,
        stubborn: &str,
        directory: &str,
        stamp: &str,
        plan: &str,
        words: &[&str],
    ) {
        let path = format!("/tmp/plan.{stamp}");
        self.put(&path[1..], plan.as_bytes()).await;
        let _ = self.run(&["sh", "-c", &format!("mkdir -p {directory}; chown 1000 {directory}")]).await;
        let begun = tokio::process::Command::new("docker")
            .args(["--host", &Bench::get().docker, "exec", "-d", "-u", "builder", "-w", directory])
            .args([
                "-e",
                &format!("FAKE_PLAN={path}"),
                "-e",
                &format!("FAKE_STAMP={stamp}"),
                "-e",
                &format!("FAKE_STUBBORN={stubborn}"),
                self.id.as_str(),
            ])
            .args(["/bin/sh", "/opt/bitbake/bin/bitbake"])
            .args(words)
            .status();
        assert!(begun.await.unwrap().success());
    }

    /// Lets a plan go on.
    pub(crate) async fn go(&self, gate: &str) {
        self.run(&["touch", gate]).await;
    }

    pub(crate) async fn run(&self, command: &[&str]) -> String {
        let request = ExecRequest::new(command.to_vec());
        self.on.engine.exec_collect(&self.id, &request, 1 << 22).await.unwrap().stdout_text()
    }

    /// What runs in it besides its main process.
    pub(crate) async fn processes(&self) -> Vec<String> {
        let table = self.on.engine.top(&self.id).await.unwrap();
        let own = table.column("COMMAND").filter(|command| !command.ends_with("sleep 100000"));
        own.map(str::to_owned).collect()
    }

    /// Waits until nothing runs in it but its main process.
    pub(crate) async fn is_empty(&self) {
        let begun = Instant::now();
        loop {
            let left = self.processes().await;
            if left.is_empty() {
                return;
            }
            assert!(begun.elapsed() < LIMIT, "still there: {left:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub(crate) async fn remove(self) {
        self.on.engine.remove(&self.id, RemoveOptions { force: true, volumes: true }).await.unwrap();
    }
}

/// A recorded run as BitBake writes it into its console log: without bars, logs of failed tasks, and the last words,
/// which go past it.
pub(crate) fn console_log(capture: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bitbake").join(capture);
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = line.strip_prefix("Initialising tasks...").unwrap_or(line);
        let is_past_it = ["Loading cache", "Loaded ", "Parsing ", "done.", "Log data follows", "| "];
        if line.starts_with("Summary: ") {
            break;
        }
        if !is_past_it.iter().any(|begins| line.starts_with(begins)) {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// A plan with gates before the lines of these numbers.
pub(crate) fn plan(lines: &[String], gates: &[(usize, &str)]) -> String {
    let mut plan = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (_, gate) in gates.iter().filter(|(before, _)| *before == at) {
            writeln!(plan, "@wait {gate}").unwrap();
        }
        plan.push_str(line);
        plan.push('\n');
    }
    plan
}

pub(crate) fn text(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}
