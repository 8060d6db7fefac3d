//! With a program in ssh's place here; with a real ssh and sshd in [`sshd`].

mod sshd;

use std::fs;
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::*;

/// Names the directory of the process that stands in for a console about to be killed.
const HOLDER: &str = "SMIDR_TEST_TUNNEL_HOLDER";

/// A program in ssh's place: notes its arguments and its pid, then does what the test says.
struct FakeSsh(TempDir);

impl FakeSsh {
    fn new(script: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let text = format!(
            "#!/bin/sh\nhere='{here}'\necho $$ >\"$here/pid\"\nprintf '%s\\n' \"$@\" >\"$here/args\"\n\
             for argument; do case $argument in /*:/*) local=${{argument%%:*}};; esac; done\n{script}\n",
            here = dir.path().display()
        );
        let program = dir.path().join("ssh");
        fs::write(&program, text).unwrap();
        fs::set_permissions(program, Permissions::from_mode(0o755)).unwrap();
        Self(dir)
    }

    /// Forwards, by a link to a socket that is there.
    fn that_forwards() -> (Self, UnixListener) {
        let ssh = Self::new(
            "ln -s \"$here/far.sock\" \"$local\"\necho 'good morning'\necho 'smidr-console: forwarding'\nexec sleep 600",
        );
        let listener = UnixListener::bind(ssh.0.path().join("far.sock")).unwrap();
        (ssh, listener)
    }

    fn ssh(&self) -> Ssh {
        // Through sh: a script just written may be busy for a moment where another test forks meanwhile.
        Ssh { program: "sh".into(), args: vec![self.0.path().join("ssh").into()] }
    }

    async fn open(&self) -> Result<Tunnel> {
        self.ssh().open("ada@build7", Some(2222), Path::new("/var/run/docker.sock")).await
    }

    fn noted(&self, what: &str) -> String {
        fs::read_to_string(self.0.path().join(what)).unwrap()
    }
}

/// Waits until something is so, for at most ten seconds.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting)
        .await
        .unwrap_or_else(|_| panic!("never so: {what}"));
}

fn is_running(pid: &str) -> bool {
    Path::new("/proc").join(pid.trim()).exists()
}

#[tokio::test]
async fn a_tunnel_is_open_when_ssh_says_that_it_forwards() {
    let (ssh, _listener) = FakeSsh::that_forwards();
    let tunnel = ssh.open().await.unwrap();
    assert!(tunnel.is_alive());
    tokio::net::UnixStream::connect(tunnel.local_socket()).await.unwrap();
    let directory = tunnel.local_socket().parent().unwrap();
    assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o700);
    let args = ssh.noted("args");
    let args: Vec<&str> = args.lines().collect();
    assert_eq!(args[args.len() - 2..], ["--", "ada@build7"]);
    assert!(args.windows(2).any(|pair| pair == ["-p", "2222"]), "{args:?}");
    let forward = format!("{}:/var/run/docker.sock", tunnel.local_socket().display());
    assert!(args.windows(2).any(|pair| pair == ["-L", &*forward]), "{args:?}");
    assert!(args.windows(2).any(|pair| pair == ["-o", "BatchMode=yes"]), "{args:?}");
    assert!(args.contains(&format!("LocalCommand=echo '{READY}'", READY = ssh::READY).as_str()), "{args:?}");
}

#[tokio::test]
async fn a_dropped_tunnel_takes_ssh_and_its_socket_along() {
    let (ssh, _listener) = FakeSsh::that_forwards();
    let tunnel = ssh.open().await.unwrap();
    let (pid, directory) = (ssh.noted("pid"), tunnel.local_socket().parent().unwrap().to_owned());
    assert!(is_running(&pid) && directory.exists());
    drop(tunnel);
    until("ssh is gone", || !is_running(&pid)).await;
    until("the socket's directory is gone", || !directory.exists()).await;
}

#[tokio::test]
async fn a_closed_tunnel_is_gone_when_close_returns() {
    let (ssh, _listener) = FakeSsh::that_forwards();
    let tunnel = ssh.open().await.unwrap();
    let (pid, directory) = (ssh.noted("pid"), tunnel.local_socket().parent().unwrap().to_owned());
    tunnel.close().await;
    assert!(!is_running(&pid) && !directory.exists());
}

#[tokio::test]
async fn giving_up_on_a_silent_ssh_ends_it() {
    let ssh = FakeSsh::new("exec sleep 600");
    let pid_file = ssh.0.path().join("args");
    tokio::select! {
        opened = ssh.open() => panic!("{opened:?}"),
        () = until("ssh runs", || pid_file.exists()) => {}
    }
    let pid = ssh.noted("pid");
    until("ssh is gone", || !is_running(&pid)).await;
}

#[tokio::test]
async fn an_ssh_that_ends_later_is_noticed_with_its_last_words() {
    let (ssh, _listener) = FakeSsh::that_forwards();
    let script =
        ssh.noted("ssh").replace("exec sleep 600", "read -r _ <\"$here/cut\"\necho 'Broken\u{1b} pipe' >&2");
    fs::write(ssh.0.path().join("ssh"), script).unwrap();
    let cut = ssh.0.path().join("cut");
    assert!(Command::new("mkfifo").arg(&cut).status().await.unwrap().success());
    let tunnel = ssh.open().await.unwrap();
    assert!(tunnel.is_alive());
    assert_eq!(tunnel.said(), None);
    fs::write(cut, "\n").unwrap();
    until("the end is noticed", || !tunnel.is_alive()).await;
    until("its words are there", || tunnel.said().is_some()).await;
    assert_eq!(tunnel.said().as_deref(), Some("Broken pipe"));
    assert!(!tunnel.local_socket().exists());
}

#[tokio::test]
async fn what_ssh_says_decides_what_can_be_done() {
    for (words, code, kind, advice) in [
        ("ada@build7: Permission denied (publickey).", 255, ErrorKind::PermissionDenied, "BatchMode=yes"),
        ("Host key verification failed.", 255, ErrorKind::Misconfigured, "fingerprint"),
        ("line 1: Bad configuration option: x", 255, ErrorKind::Misconfigured, "~/.ssh/config"),
        (
            "ssh: connect to host build7 port 22: No route to host",
            255,
            ErrorKind::Unreachable,
            "ssh ada@build7",
        ),
        ("sh: 1: ssh: not found", 127, ErrorKind::Misconfigured, "openssh-client"),
        ("", 1, ErrorKind::Unreachable, "ssh ada@build7"),
    ] {
        let error = FakeSsh::new(&format!("echo '{words}' >&2\nexit {code}")).open().await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains("over ssh to ada@build7"), "{error}");
        assert!(error.hint().unwrap().contains(advice), "{:?}", error.hint());
    }
}

#[tokio::test]
async fn a_forward_that_failed_is_an_error_although_ssh_runs() {
    let ssh = FakeSsh::new(
        "echo 'Could not request local forwarding.' >&2\necho 'smidr-console: forwarding'\nexec sleep 600",
    );
    let error = ssh.open().await.unwrap_err();
    assert_eq!(error.operation(), "reach");
    let pid = ssh.noted("pid");
    until("ssh is gone", || !is_running(&pid)).await;
}

#[tokio::test]
async fn a_missing_program_is_told_from_an_unreachable_host() {
    let ssh = Ssh { program: "/nonexistent/ssh".into(), args: Vec::new() };
    let error = ssh.open("build7", None, Path::new("/run/docker.sock")).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Misconfigured, "{error}");
    assert!(error.hint().unwrap().contains("openssh-client"));
}

#[tokio::test]
async fn nothing_ssh_would_misread_reaches_it() {
    let ssh = FakeSsh::new("exit 0");
    for (destination, socket) in [
        ("-oProxyCommand=true", "/run/docker.sock"),
        ("", "/run/docker.sock"),
        ("build7", "run/docker.sock"),
        ("build7", "/run/a:b.sock"),
        ("build7", "/run/%h.sock"),
        ("build7", "/run/${HOME}.sock"),
        ("build7", "/run/a b.sock"),
    ] {
        let error = ssh.ssh().open(destination, None, Path::new(socket)).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Misconfigured, "{error}");
    }
    assert!(!ssh.0.path().join("pid").exists(), "it was never run");
    let refused = Tunnel::open("-oProxyCommand=true", None, Path::new("/run/docker.sock")).await;
    assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Misconfigured);
}

#[tokio::test]
async fn a_talkative_ssh_costs_no_memory() {
    let ssh = FakeSsh::new(
        "yes 'debug1: nothing' | head -c 1000000 >&2\necho 'Permission denied (publickey).' >&2\nexit 255",
    );
    let error = ssh.open().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied);
    let said = error.said().unwrap();
    assert_eq!(said.matches("debug1").count(), LINES_SHOWN - 1, "{said}");
}

/// Stands in for a console: opens the tunnel that the directory describes, says where, and never ends by itself.
async fn hold(directory: &Path) {
    let arguments = fs::read_to_string(directory.join("holder")).unwrap();
    let mut lines = arguments.lines();
    let (destination, socket) = (lines.next().unwrap(), lines.next().unwrap());
    let ssh = Ssh { program: lines.next().unwrap().into(), args: lines.map(Into::into).collect() };
    let tunnel = ssh.open(destination, None, Path::new(socket)).await.unwrap();
    fs::write(directory.join("held.new"), tunnel.local_socket().to_str().unwrap()).unwrap();
    fs::rename(directory.join("held.new"), directory.join("held")).unwrap();
    std::future::pending::<()>().await;
}

/// Opens a tunnel in another process, kills that one with SIGKILL, and waits until the socket is gone. `test` is the
/// caller's own name: the other process runs it again, with [`HOLDER`] set.
async fn kill_the_holder(test: &str, directory: &Path, destination: &str, socket: &Path, ssh: &Ssh) {
    let mut lines = vec![destination.into(), socket.as_os_str().to_owned(), ssh.program.clone()];
    lines.extend(ssh.args.iter().cloned());
    fs::write(directory.join("holder"), lines.join(std::ffi::OsStr::new("\n")).to_str().unwrap()).unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env(HOLDER, directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let held = directory.join("held");
    until("the tunnel is open", || held.exists()).await;
    let local = PathBuf::from(fs::read_to_string(held).unwrap());
    assert!(local.exists());
    holder.kill().await.unwrap();
    until("the socket is gone", || !local.exists()).await;
    until("its directory is gone", || !local.parent().unwrap().exists()).await;
}

#[tokio::test]
async fn a_killed_console_takes_ssh_and_its_socket_along() {
    if let Some(directory) = std::env::var_os(HOLDER) {
        return hold(Path::new(&directory)).await;
    }
    let (ssh, _listener) = FakeSsh::that_forwards();
    let test = "engine::docker::tunnel::tests::a_killed_console_takes_ssh_and_its_socket_along";
    kill_the_holder(test, ssh.0.path(), "build7", Path::new("/run/docker.sock"), &ssh.ssh()).await;
    let pid = ssh.noted("pid");
    until("ssh is gone", || !is_running(&pid)).await;
}
