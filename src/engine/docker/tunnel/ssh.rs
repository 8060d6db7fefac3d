//! How ssh is run: its options, and the switch that ends it with us.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::process::Command;

use super::{Tail, Tunnel, failure, listen, private_directory};
use crate::engine::{EngineError, ErrorKind, Result};

/// What ssh has printed by us once it forwards.
pub(super) const READY: &str = "smidr-console: forwarding";

/// Runs ssh and ends it when standard input closes: the kernel closes our end of that pipe when we die, even by
/// SIGKILL. ssh itself does not look at its standard input here. `$1` is the socket, the rest is the command.
///
/// Once ssh runs, the shell holds none of our pipes: a word of its own to a pipe that nobody reads any more would kill
/// it before it has removed the socket.
const SWITCH: &str = r#"
socket=$1
shift
exec 3<&0 4>&1 5>&2 </dev/null >/dev/null 2>&1
"$@" >&4 2>&5 3<&- 4>&- 5>&- &
ssh=$!
exec 4>&- 5>&-
{ read -r _; kill "$ssh"; } <&3 &
switch=$!
exec 3<&-
wait "$ssh"
code=$?
kill "$switch"
rm -f "$socket"
rmdir "${socket%/*}"
exit "$code"
"#;

/// Options over the user's own configuration. The first value ssh sees counts, and these come first.
const OPTIONS: &[&str] = &[
    // Never ask: there is nobody at its terminal.
    "BatchMode=yes",
    // A connection that is silently gone is noticed within 15 s.
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    // Whether our own forward works is looked at; one of the user's configuration, taken by another ssh of theirs, is
    // no reason to fail.
    "ExitOnForwardFailure=no",
    "StreamLocalBindUnlink=yes",
    // A shared connection would keep the forward after us and run no local command.
    "ControlMaster=no",
    "ControlPath=none",
    // ssh listens before it runs the local command, so this tells that it is ready, without asking again and again.
    "PermitLocalCommand=yes",
    "LocalCommand=echo 'smidr-console: forwarding'",
    "RemoteCommand=none",
    // The level at which a connection that the far side refuses is told.
    "LogLevel=INFO",
];

/// The ssh program, and arguments that go before ours.
#[derive(Debug, Clone)]
pub(in crate::engine::docker) struct Ssh {
    pub(super) program: OsString,
    pub(super) args: Vec<OsString>,
}

impl Default for Ssh {
    /// `ssh` of the user's `PATH`.
    fn default() -> Self {
        Self { program: "ssh".into(), args: Vec::new() }
    }
}

impl Ssh {
    /// As [`Tunnel::open`], through this program.
    pub(super) async fn open(&self, destination: &str, port: Option<u16>, remote: &Path) -> Result<Tunnel> {
        if destination.is_empty() || destination.starts_with('-') {
            return Err(failure::misconfigured(destination)
                .saying("this is no destination for ssh: it would be read as an option"));
        }
        if !remote.is_absolute() || !can_forward(remote) {
            return Err(failure::misconfigured(destination)
                .saying(format!("ssh cannot forward to the path {:?}", remote.display().to_string())));
        }
        let (directory, local) = private_directory()?;

        let mut command = Command::new("sh");
        command.args(["-c", SWITCH, "smidr-console-tunnel"]).arg(&local);
        command.arg(&self.program).args(&self.args).arg("-nNTax");
        for option in OPTIONS {
            command.args(["-o", option]);
        }
        if let Some(port) = port {
            command.args(["-p", &port.to_string()]);
        }
        let mut forward = local.clone().into_os_string();
        forward.push(":");
        forward.push(remote);
        command.arg("-L").arg(forward).args(["--", destination]);
        // Not even a window for a passphrase.
        command.env("SSH_ASKPASS_REQUIRE", "never");
        // A Ctrl-C at our terminal is ours to understand.
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let cannot_run = || EngineError::new("run ssh through sh", ErrorKind::Misconfigured);
        let mut child = command.spawn().map_err(|error| cannot_run().because(error))?;
        let (Some(switch), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(cannot_run().saying("it has no pipes"));
        };

        let said = Arc::new(Mutex::new(Tail::default()));
        let tunnel = Tunnel {
            local_socket: local,
            switch: Some(switch),
            ended: tokio::spawn(async move { child.wait().await }),
            listening: tokio::spawn(listen(stderr, Arc::clone(&said))),
            said,
            _directory: directory,
        };
        tunnel.ready(destination, stdout).await
    }
}

/// Whether ssh takes a path in `-L` as it is: it splits at `:` and replaces `%x`, `${X}` and backslashes, not all of them
/// in every version.
pub(super) fn can_forward(path: &Path) -> bool {
    path.to_str().is_some_and(|path| {
        !path.contains(|c: char| c.is_control() || c.is_whitespace() || ":%$\\[]\"'".contains(c))
    })
}
