//! A build that somebody else has started by an exec, in a container that prints nothing itself: the real program shows
//! it from its beginning to its end, and again when it is opened in the midst of it.

use std::time::{Duration, Instant};

use crate::console::{Console, SOON, Start};
use crate::engine::Engine;
use crate::support::unique;

/// A look at the processes every five seconds, on a machine with other things to do.
const LIMIT: Duration = Duration::from_secs(25);

/// Where the failed task keeps its own log.
const FAILED_LOG: &str = "/build/tmp/work/core2-64/busybox/1.36.1/temp/log.do_compile.4711";
/// Longer than the screen, so that nobody sees the error by chance.
const BEFORE_THE_ERROR: usize = 500;

/// What is printed until two tasks run.
const BEGINS: &str = "\
NOTE: Resolving any missing task queue dependencies
@wait /tmp/begin
NOTE: Executing Tasks
NOTE: Running task 1 of 8 (/m/zlib/zlib_1.3.bb:do_fetch)
NOTE: recipe zlib-1.3-r0: task do_fetch: Started
NOTE: recipe zlib-1.3-r0: task do_fetch: Succeeded
NOTE: Running task 2 of 8 (/m/zlib/zlib_1.3.bb:do_compile)
NOTE: recipe zlib-1.3-r0: task do_compile: Started
NOTE: Running task 3 of 8 (/m/busybox/busybox_1.36.1.bb:do_compile)
NOTE: recipe busybox-1.36.1-r0: task do_compile: Started
";

/// How one of them fails, and the end of it all.
fn fails() -> String {
    format!(
        "@wait /tmp/fail
ERROR: busybox-1.36.1-r0 do_compile: oe_runmake failed
ERROR: Logfile of failure stored in: {FAILED_LOG}
NOTE: recipe busybox-1.36.1-r0: task do_compile: Failed
ERROR: Task (/m/busybox/busybox_1.36.1.bb:do_compile) failed with exit code '1'
@wait /tmp/end
NOTE: recipe zlib-1.3-r0: task do_compile: Succeeded
NOTE: Tasks Summary: Attempted 3 tasks of which 0 didn't need to be rerun and 1 failed.
"
    )
}

/// A container with a stand-in for BitBake in it.
struct Builder {
    engine: Engine,
    name: String,
}

impl Builder {
    fn start() -> Self {
        let (engine, name) = (Engine::of_bench(), unique("pty-builds"));
        engine.run(&name, "while :; do sleep 1; done");
        let builder = Self { engine, name };
        builder.run("mkdir -p /opt/bitbake/bin /build && chown 1000 /build");
        for program in ["bitbake", "bitbake-server", "bitbake-worker"] {
            let to = format!("{}:/opt/bitbake/bin/{program}", builder.name);
            builder.engine.docker(&["cp", "tests/support/fake_bitbake.sh", &to]);
        }
        builder
    }

    fn run(&self, script: &str) {
        self.engine.docker(&["exec", &self.name, "/bin/sh", "-c", script]);
    }

    fn put(&self, path: &str, text: &str) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        self.engine.docker(&["cp", file.path().to_str().unwrap(), &format!("{}:{path}", self.name)]);
        self.run(&format!("chmod a+r {path}"));
    }

    /// Somebody starts a build, and follows nothing of it.
    fn somebody_builds(&self, stamp: &str, plan: &str) {
        self.put("/tmp/plan", plan);
        self.engine.docker(&[
            "exec",
            "-d",
            "-u",
            "builder",
            "-w",
            "/build",
            "-e",
            "FAKE_PLAN=/tmp/plan",
            "-e",
            &format!("FAKE_STAMP={stamp}"),
            &self.name,
            "/bin/sh",
            "/opt/bitbake/bin/bitbake",
            "-k",
            "tiny-image",
        ]);
    }

    /// A console on it alone; its pane has the keys.
    fn console(&self) -> Console {
        let mut console = Start::console(&["--host", &self.engine.0]).size(160, 40).run();
        console.wait_for("Volumes", SOON);
        console.press(&format!("/{}<enter>", self.name));
        console.wait_until("its pane", SOON, |screen| screen.contains(&format!("╮╭ {} ", self.name)));
        console
    }

    fn has_task(&self, name: &str) -> bool {
        self.engine.processes(&self.name).contains(name)
    }
}

/// The container's row in the list.
fn row(screen: &str, name: &str) -> String {
    // A long name is shortened in the middle.
    let end = &name[name.len().saturating_sub(7)..];
    let of_list = |line: &str| line.chars().take(60).collect::<String>();
    screen.lines().map(of_list).find(|line| line.contains(end)).unwrap_or_default()
}

/// Follows the log of the running task under the cursor. Where that lies is known once its process was seen.
fn follow_task(console: &mut Console) {
    let begun = Instant::now();
    loop {
        console.wait_for("Running 2", SOON);
        console.press("<enter>");
        console.wait_until("its log, or why not", SOON, |screen| {
            screen.contains("[Task log]") && (screen.contains("at work") || screen.contains("is not known"))
        });
        if console.screen().contains("at work") {
            break;
        }
        assert!(begun.elapsed() < LIMIT, "its log is not found\n{}", console.screen());
        console.press("<ctrl-w>");
    }
    console.wait_until("it goes on", LIMIT, |screen| screen.matches("at work").count() > 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the bench: run tests/run"]
async fn a_build_of_somebody_else_is_shown_to_its_end_and_again_by_a_console_opened_in_the_midst_of_it() {
    let builder = Builder::start();
    let name = builder.name.clone();
    let mut console = builder.console();
    assert_eq!(builder.engine.docker(&["logs", &name]), "");

    // It is found by its processes while it has printed nothing of tasks yet, and has its page at once.
    builder.somebody_builds("20260101000000", &format!("{BEGINS}{}", fails()));
    console.wait_for("[Build]", LIMIT);
    builder.run("touch /tmp/begin");
    let is_at_work = |screen: &str| {
        let row = row(screen, &name);
        row.contains("tasks ") && row.contains("3/8") && row.contains('█') && row.contains("37%")
    };
    console.wait_until("its row says how far it is", LIMIT, is_at_work);
    for words in
        ["bitbake -k tiny-image", "Running 2", "zlib-1.3-r0 do_compile", "busybox-1.36.1-r0 do_compile"]
    {
        console.wait_for(words, SOON);
    }

    // Enter on a task that runs follows its own log.
    crate::engine::wait("the task has a process", || builder.has_task("run.do_compile"));
    console.press("<enter>");
    follow_task(&mut console);
    console.press("B");

    // One fails; its own log is opened where the compiler says why.
    let mut log = "gcc -O2 -c fine.c\n".repeat(BEFORE_THE_ERROR);
    log.push_str("main.c:12:5: error: 'frobnicate' undeclared\nmake: *** [Makefile:3: main.o] Error 1\n");
    builder.run(&format!("mkdir -p {}", FAILED_LOG.rsplit_once('/').unwrap().0));
    builder.put(FAILED_LOG, &log);
    builder.run("touch /tmp/fail");
    console.wait_for("Failed tasks 1", LIMIT);
    console.press("E");
    console.wait_for("error: 'frobnicate' undeclared", SOON);
    console.press("B");

    // The console dies; another finds everything again.
    drop(console);
    let mut console = builder.console();
    console.wait_for("Failed tasks 1", LIMIT);
    for words in ["bitbake -k tiny-image", "Running 1", "zlib-1.3-r0 do_compile", "[Build]"] {
        console.wait_for(words, SOON);
    }
    console.wait_until("its row, too", SOON, is_at_work);
    console.press("E");
    console.wait_for("error: 'frobnicate' undeclared", SOON);
    console.press("B");

    // And its end.
    builder.run("touch /tmp/end");
    let has_failed = |screen: &str| row(screen, &name).contains("failed: busybox do_compile");
    console.wait_until("its row says how it ended", LIMIT, has_failed);
    assert_eq!(builder.engine.docker(&["logs", &name]), "", "the container itself has printed nothing");
    console.quit();
    builder.engine.docker(&["rm", "--force", "--volumes", &name]);
}
