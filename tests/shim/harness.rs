//! Starts the carried shim and looks at what it leaves behind.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use smidr_console::actions::exec::shim_protocol::{self, Daemons, StdinMode};
use smidr_console::actions::shim_image;

/// No condition here takes longer, even on a machine that is busy with other tests.
const LIMIT: Duration = Duration::from_secs(30);

/// The shim as a file.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let image = shim_image::carried().expect("built without a shim: install the static C library");
        // One file for all runs and all processes of the test, in the build folder; renaming makes it appear whole.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(image.file_name());
        if !path.exists() {
            let part = folder.join(format!("part-{}", std::process::id()));
            fs::write(&part, image.bytes()).unwrap();
            fs::set_permissions(&part, fs::Permissions::from_mode(0o755)).unwrap();
            fs::rename(&part, &path).unwrap();
        }
        path
    })
}

/// A folder that every user may enter, with the shim in it.
pub(crate) fn for_every_user() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join(program().file_name().unwrap());
    fs::copy(program(), &path).unwrap();
    (folder, path)
}

/// Waits until `holds` is true; fails with what `state` says when it takes too long.
pub(crate) fn until(state: impl Fn() -> String, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LIMIT, "{}", state());
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// A number of seconds that no other process has in its arguments: the mark of all processes of one test, which
/// stays with them when they clean their environment.
pub(crate) fn mark() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("7{:07}{:02}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The command lines that have the mark in them, each with its pid.
pub(crate) fn marked(mark: &str) -> Vec<(u32, String)> {
    let Ok(entries) = fs::read_dir("/proc") else { panic!("/proc is needed") };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            line.contains(mark).then_some((pid, line))
        })
        .collect()
}

/// How many `sleep`s of this mark there are.
pub(crate) fn sleeps(mark: &str) -> usize {
    marked(mark).iter().filter(|(_, line)| *line == format!("sleep {mark} ")).count()
}

pub(crate) fn sh(script: &str) -> Vec<String> {
    ["sh", "-c", script].map(str::to_owned).into()
}

/// A running shim. Whatever of the test is left when this is dropped is killed.
pub(crate) struct Shim {
    pub(crate) child: Child,
    pub(crate) token: String,
    pub(crate) mark: String,
    pub(crate) stdin: Option<ChildStdin>,
}

impl Shim {
    /// Starts `script` with `MARK` in it replaced by the mark of this test.
    pub(crate) fn start(script: &str, stdin: StdinMode, daemons: Daemons, grace: Duration) -> Self {
        let mark = mark();
        let token = format!("test-{mark}");
        let command = sh(&script.replace("MARK", &mark));
        let program = program().to_str().unwrap();
        let argv = shim_protocol::run_argv(program, &token, grace, stdin, daemons, &command);
        let mut child = Command::new(&argv[0])
            .args(&argv[1..])
            .stdin(if stdin == StdinMode::Inherit { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        Self { child, token, mark, stdin }
    }

    /// Waits for so many `sleep`s, which tells that a tree has its shape.
    pub(crate) fn until_sleeping(&self, count: usize) {
        until(|| format!("not {count}: {:#?}", marked(&self.mark)), || sleeps(&self.mark) == count);
    }

    pub(crate) fn say(&mut self, frame: &[u8]) {
        self.stdin.as_mut().unwrap().write_all(frame).unwrap();
    }

    /// Waits for the shim, and fails if any process of the test is left.
    pub(crate) fn code_with_nothing_left(&mut self) -> i32 {
        let code = self.code();
        assert_eq!(marked(&self.mark), []);
        code
    }

    pub(crate) fn code(&mut self) -> i32 {
        let mut ended = None;
        until(
            || format!("still running: {:#?}", marked(&self.mark)),
            || {
                ended = self.child.try_wait().unwrap();
                ended.is_some()
            },
        );
        code(ended.unwrap())
    }

    /// A later call of the shim with this one's token.
    pub(crate) fn call(&self, verb: &str, options: &[&str]) -> Output {
        Command::new(program()).args([verb, "--token", &self.token]).args(options).output().unwrap()
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        for (pid, _) in marked(&self.mark) {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status();
        }
        let _ = self.child.wait();
    }
}

/// The exit code; a shim is never ended by a signal unless a test does it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| panic!("the shim was ended by signal {:?}", status.signal()))
}

/// The lines of an answer.
pub(crate) fn json(output: &Output) -> Vec<serde_json::Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The program names in one array of a report.
pub(crate) fn names(list: &serde_json::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["comm"].as_str().unwrap()).collect()
}
