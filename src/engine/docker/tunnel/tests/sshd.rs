//! Through a real sshd on loopback, with keys of its own. Needs root and the package openssh-server.

use std::net::TcpListener;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::process::Child;

use super::*;

/// An sshd that lets in one key, and an ssh configuration that knows it.
struct Sshd {
    dir: TempDir,
    server: Child,
}

impl Sshd {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        for key in ["host", "user", "stranger"] {
            let path = at(key);
            let made =
                Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", &path]).status();
            assert!(made.await.unwrap().success());
        }
        fs::copy(at("user.pub"), at("authorized")).unwrap();
        let (port, server) = Self::serve(&dir).await;
        let host_key = fs::read_to_string(at("host.pub")).unwrap();
        fs::write(at("known"), format!("[127.0.0.1]:{port} {host_key}")).unwrap();
        fs::write(at("none"), "").unwrap();
        // One way in that works, and each way that does not.
        let config = [
            ("build7", port, "user", "known"),
            ("no-key", port, "stranger", "known"),
            ("unknown", port, "user", "none"),
            ("down", 1, "user", "known"),
        ]
        .map(|(host, port, key, known)| {
            format!(
                "Host {host}\n HostName 127.0.0.1\n Port {port}\n User root\n IdentityFile {}\n IdentitiesOnly yes\n \
                 IdentityAgent none\n UserKnownHostsFile {}\n GlobalKnownHostsFile none\n \
                 ControlMaster auto\n ControlPath {}\n ControlPersist yes\n",
                at(key),
                at(known),
                at("master-%C")
            )
        })
        .concat();
        fs::write(at("config"), config).unwrap();
        Self { dir, server }
    }

    /// On a free port. Another process may take it before sshd does: then on another one.
    async fn serve(dir: &TempDir) -> (u16, Child) {
        // sshd does not start without an account check that lets root in: with "!" for a password only PAM does.
        let locked = fs::read_to_string("/etc/shadow").unwrap().starts_with("root:!");
        for _ in 0..10 {
            let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            let at = |name: &str| dir.path().join(name).display().to_string();
            let config = format!(
                "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM {}\n\
                 PidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
                 PermitRootLogin prohibit-password\nAllowStreamLocalForwarding yes\n",
                at("host"),
                at("authorized"),
                if locked { "yes" } else { "no" }
            );
            fs::write(at("sshd_config"), config).unwrap();
            // sshd wants /run/sshd: in namespaces of its own neither that nor a session stays behind. All ends when
            // our end of the pipe closes.
            let script = "mount -t tmpfs none /run && mkdir /run/sshd || exit\n\
                          /usr/sbin/sshd -D -e -f \"$1\" </dev/null &\nread -r _";
            let mut server = Command::new("unshare")
                .args(["--mount", "--pid", "--fork", "sh", "-c", script, "sshd", &at("sshd_config")])
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("Bind to port") {
                    break;
                }
                if line.contains("Server listening on") {
                    // What it says of each connection is read away.
                    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                    return (port, server);
                }
            }
        }
        panic!("sshd does not start")
    }

    /// Ends it with all its sessions. A drop ends it too, a little later.
    async fn stop(mut self) {
        // Closes the pipe.
        assert!(!self.server.wait().await.unwrap().success(), "the shell's read met the end of the pipe");
    }

    fn ssh(&self) -> Ssh {
        Ssh { program: "ssh".into(), args: vec!["-F".into(), self.dir.path().join("config").into()] }
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("far.sock")
    }

    async fn open(&self, destination: &str) -> Result<Tunnel> {
        self.ssh().open(destination, None, &self.socket()).await
    }

    /// A server on the far side that sends back what it gets.
    fn echo(&self) -> JoinHandle<()> {
        let listener = tokio::net::UnixListener::bind(self.socket()).unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.into_split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        })
    }
}

async fn echoed(socket: &Path, text: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket).await?;
    stream.write_all(text).await?;
    stream.shutdown().await?;
    let mut back = Vec::new();
    stream.read_to_end(&mut back).await?;
    Ok(back)
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn engine_ssh_carries_many_connections_at_once() {
    let sshd = Sshd::start().await;
    let _server = sshd.echo();
    let tunnel = sshd.open("build7").await.unwrap();
    let talks = (0..8_usize).map(|n| {
        let socket = tunnel.local_socket().to_owned();
        async move {
            let text = vec![u8::try_from(n).unwrap(); 100_000];
            assert_eq!(echoed(&socket, &text).await.unwrap(), text);
        }
    });
    futures_util::future::join_all(talks).await;
    assert!(tunnel.is_alive());
    assert_eq!(tunnel.said(), None);
    let directory = tunnel.local_socket().parent().unwrap().to_owned();
    tunnel.close().await;
    assert!(!directory.exists());
    let left: Vec<_> =
        fs::read_dir(sshd.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("master-")), "{left:?}");
    sshd.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn engine_ssh_says_why_it_does_not_get_in() {
    let sshd = Sshd::start().await;
    for (destination, kind, why) in [
        ("no-key", ErrorKind::PermissionDenied, "Permission denied (publickey)"),
        ("unknown", ErrorKind::Misconfigured, "Host key verification failed"),
        ("down", ErrorKind::Unreachable, "Connection refused"),
    ] {
        let error = sshd.open(destination).await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    sshd.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn engine_ssh_says_when_nothing_listens_on_the_far_side() {
    let sshd = Sshd::start().await;
    let tunnel = sshd.open("build7").await.unwrap();
    let answer = echoed(tunnel.local_socket(), b"anybody?").await.unwrap_or_default();
    assert_eq!(answer, b"");
    until("ssh has said why", || tunnel.said().is_some_and(|said| said.contains("open failed"))).await;
    assert!(tunnel.is_alive(), "the engine may come back");
    tunnel.close().await;
    sshd.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn engine_ssh_ends_with_a_killed_console() {
    if let Some(directory) = std::env::var_os(HOLDER) {
        return hold(Path::new(&directory)).await;
    }
    let sshd = Sshd::start().await;
    let test = "engine::docker::tunnel::tests::sshd::engine_ssh_ends_with_a_killed_console";
    kill_the_holder(test, sshd.dir.path(), "build7", &sshd.socket(), &sshd.ssh()).await;
    sshd.stop().await;
}
