//! The scripts are run for real, by every shell there is here: `sh` and busybox.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::*;

const LIMIT: Duration = Duration::from_secs(20);

/// Each shell, as what takes the place of `/bin/sh`.
const SHELLS: [&[&str]; 2] = [&["/bin/sh"], &["/bin/busybox", "sh"]];

fn command(shell: &[&str], argv: &[String]) -> Command {
    assert_eq!(argv[0], "/bin/sh");
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(&argv[1..]);
    command
}

fn output(shell: &[&str], argv: &[String]) -> Output {
    command(shell, argv).output().expect("the shell is here: install busybox-static")
}

fn found(shell: &[&str], argv: &[String]) -> Vec<Found> {
    let output = output(shell, argv);
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    parse_found(&String::from_utf8(output.stdout).unwrap())
}

/// A wrapped shell script of its own group, once it has said that it is ready.
struct Wrapped {
    child: Child,
    token: String,
    shell: &'static [&'static str],
}

impl Wrapped {
    fn start(shell: &'static [&'static str], name: &str, script: &str) -> Self {
        let token = format!("wrap-{name}-{}-{}", shell.len(), std::process::id());
        let words = ["sh", "-c", script].map(str::to_owned);
        let mut child = command(shell, &run_argv(&token, &words))
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the shell is here: install busybox-static");
        let mut ready = [0];
        child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
        Self { child, token, shell }
    }

    fn survivors(&self) -> Vec<Found> {
        found(self.shell, &survivors_argv(&self.token))
    }

    fn until_survivors_are(&self, wanted: usize) {
        let begun = Instant::now();
        while self.survivors().len() != wanted {
            assert!(begun.elapsed() < LIMIT, "{:?} are left", self.survivors());
            std::thread::yield_now();
        }
    }
}

impl Drop for Wrapped {
    fn drop(&mut self) {
        output(self.shell, &signal_tree_argv(&self.token, WrapperSignal::Kill));
        let _ = self.child.wait();
        output(self.shell, &forget_argv(&self.token));
    }
}

#[test]
fn the_exit_code_is_the_command_s_own() {
    for shell in SHELLS {
        for (script, code) in [("exit 7", 7), ("exit 0", 0)] {
            let token = format!("wrap-code-{}-{}", shell.len(), std::process::id());
            let argv = run_argv(&token, &["sh", "-c", script].map(str::to_owned));
            assert_eq!(output(shell, &argv).status.code(), Some(code));
            output(shell, &forget_argv(&token));
        }
        let token = format!("wrap-none-{}-{}", shell.len(), std::process::id());
        let absent = output(shell, &run_argv(&token, &["/no/such/program".to_owned()]));
        assert_eq!(absent.status.code(), Some(127));
        assert!(String::from_utf8_lossy(&absent.stderr).contains("/no/such/program"));
        output(shell, &forget_argv(&token));
        assert!(!std::path::Path::new(&format!("/tmp/.smidr-exec-{token}")).exists());
    }
}

#[test]
fn words_are_passed_unchanged() {
    for shell in SHELLS {
        let token = format!("wrap-words-{}-{}", shell.len(), std::process::id());
        let argv = run_argv(&token, &["printf", "<%s>", "a b", "$HOME", "", "'*"].map(str::to_owned));
        assert_eq!(output(shell, &argv).stdout, b"<a b><$HOME><><'*>");
        output(shell, &forget_argv(&token));
    }
}

#[test]
fn the_group_is_signalled() {
    for shell in SHELLS {
        let mut wrapped = Wrapped::start(shell, "group", "sleep 1000 & echo; wait");
        assert_eq!(wrapped.survivors().len(), 2);
        let sent = output(shell, &signal_group_argv(&wrapped.token, WrapperSignal::Term));
        assert_eq!(sent.status.code(), Some(0), "{sent:?}");
        wrapped.child.wait().unwrap();
        wrapped.until_survivors_are(0);
        output(shell, &forget_argv(&wrapped.token));
        let again = output(shell, &signal_group_argv(&wrapped.token, WrapperSignal::Term));
        assert_eq!(again.status.code(), Some(1), "{again:?}");
    }
}

#[test]
fn what_left_the_group_is_found_by_its_marker() {
    for shell in SHELLS {
        let wrapped = Wrapped::start(shell, "marker", "(setsid sleep 1000 & echo); exit 0");
        wrapped.until_survivors_are(1);
        assert_eq!(wrapped.survivors()[0].name, "sleep");
        output(shell, &signal_group_argv(&wrapped.token, WrapperSignal::Kill));
        assert_eq!(wrapped.survivors().len(), 1, "the group does not reach it");
        let signalled = found(shell, &signal_tree_argv(&wrapped.token, WrapperSignal::Term));
        assert_eq!(signalled.len(), 1);
        wrapped.until_survivors_are(0);
    }
}

#[test]
fn what_ignores_the_polite_signal_is_killed() {
    for shell in SHELLS {
        let wrapped = Wrapped::start(shell, "stubborn", "trap '' TERM; echo; sleep 1000; sleep 1000");
        wrapped.until_survivors_are(2);
        found(shell, &signal_tree_argv(&wrapped.token, WrapperSignal::Term));
        assert_eq!(wrapped.survivors().len(), 2);
        assert!(found(shell, &signal_tree_argv(&wrapped.token, WrapperSignal::Kill)).len() >= 2);
        wrapped.until_survivors_are(0);
    }
}

#[test]
fn children_without_the_marker_are_found_by_their_parent() {
    for shell in SHELLS {
        let wrapped = Wrapped::start(shell, "clean", "env -i setsid sleep 1000 & echo; wait");
        wrapped.until_survivors_are(2);
        found(shell, &signal_tree_argv(&wrapped.token, WrapperSignal::Kill));
        wrapped.until_survivors_are(0);
    }
}

#[test]
fn another_token_finds_nothing() {
    for shell in SHELLS {
        let wrapped = Wrapped::start(shell, "other", "echo; sleep 1000; true");
        let shorter = &wrapped.token[..wrapped.token.len() - 1];
        assert_eq!(found(shell, &survivors_argv(shorter)), []);
        assert_eq!(found(shell, &signal_tree_argv(shorter, WrapperSignal::Kill)), []);
        wrapped.until_survivors_are(2);
    }
}

#[test]
fn a_recorded_pid_that_another_process_has_now_is_left_alone() {
    for shell in SHELLS {
        let mut stranger = Command::new("sleep").arg("1000").process_group(0).spawn().unwrap();
        let token = format!("wrap-stranger-{}-{}", shell.len(), std::process::id());
        let record = format!("/tmp/.smidr-exec-{token}");
        std::fs::write(&record, format!("{}\n", stranger.id())).unwrap();
        let in_tree = found(shell, &signal_tree_argv(&token, WrapperSignal::Kill));
        let group = output(shell, &signal_group_argv(&token, WrapperSignal::Kill)).status.code();
        let ended = stranger.try_wait().unwrap();
        stranger.kill().unwrap();
        stranger.wait().unwrap();
        std::fs::remove_file(&record).unwrap();
        assert_eq!((in_tree, group, ended), (vec![], Some(1), None));
    }
}

#[test]
fn the_answer_is_read_line_by_line() {
    let found = parse_found("12 sleep\n13 a b\nnonsense\n14 \n");
    let names: Vec<_> = found.iter().map(|one| (one.pid, one.name.as_str())).collect();
    assert_eq!(names, [(12, "sleep"), (13, "a b"), (14, "")]);
    assert_eq!(marker("t"), "SMIDR_EXEC=t");
}
