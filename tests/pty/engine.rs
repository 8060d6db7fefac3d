//! A real engine as a user asks it: by its own client, not by this project's code.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::console::{Console, SOON, Start};
use crate::support::{Bench, unique};

/// An engine by its URI.
pub(crate) struct Engine(pub(crate) String);

impl Engine {
    /// The bench's Docker, which other tests use, too.
    pub(crate) fn of_bench() -> Self {
        Self(Bench::get().docker)
    }

    /// What the client printed; `None` where it failed.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("docker").arg("--host").arg(&self.0).args(arguments).output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The same, where it must not fail.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        self.ask(arguments).unwrap_or_else(|| panic!("docker {arguments:?} failed"))
    }

    /// Starts a container without network that runs this in a shell.
    pub(crate) fn run(&self, name: &str, script: &str) {
        let image = Bench::get().image;
        self.docker(&[
            "run",
            "-d",
            "--network",
            "none",
            "--name",
            name,
            "--entrypoint",
            "/bin/sh",
            &image,
            "-c",
            script,
        ]);
    }

    /// A container of this test's own, and a console that shows it alone.
    pub(crate) fn shown(self, prefix: &str, script: &str) -> Shown {
        self.shown_with(prefix, script, "")
    }

    /// The same with a settings file of this text.
    pub(crate) fn shown_with(self, prefix: &str, script: &str, settings: &str) -> Shown {
        let name = unique(prefix);
        self.run(&name, script);
        let start = Start::console(&["--host", &self.0]).size(160, 40);
        let mut console = start.settings(settings).run();
        console.wait_for("Volumes", SOON);
        console.press(&format!("/{name}<enter>"));
        console.wait_for(&format!(" {name} [Log]"), SOON);
        Shown { engine: self, name, console }
    }

    /// `running`, `exited`, `paused`; empty where there is no such container.
    pub(crate) fn state(&self, name: &str) -> String {
        self.ask(&["inspect", "--format", "{{.State.Status}}", name]).unwrap_or_default()
    }

    /// Waits until the engine says so.
    pub(crate) fn wait_state(&self, name: &str, state: &str) {
        wait(&format!("{name} is {state:?}"), || self.state(name) == state);
    }

    /// What runs in a container.
    pub(crate) fn processes(&self, name: &str) -> String {
        self.docker(&["top", name])
    }
}

/// Waits for what an engine says, and asks it again and again.
pub(crate) fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < SOON, "waited {SOON:?} in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A container, and a console on it.
pub(crate) struct Shown {
    pub(crate) engine: Engine,
    pub(crate) name: String,
    pub(crate) console: Console,
}

impl Shown {
    /// The container goes on that waits for this file.
    pub(crate) fn touch(&self, file: &str) {
        self.engine.docker(&["exec", &self.name, "touch", file]);
    }

    /// Quits, and removes the container.
    pub(crate) fn end(self) {
        self.console.quit();
        self.engine.docker(&["rm", "--force", "--volumes", &self.name]);
    }
}
