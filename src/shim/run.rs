//! `shim run`: starts the command and stays until it, and if asked its whole tree, has ended.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::args::{Daemons, Run, Stdin};
use crate::ending::{Ending, Next};
use crate::input::Input;
use crate::reap::{Children, Left};
use crate::signals::{self, Request};
use crate::sys;
use crate::tree;

/// The variable that marks the command's environment with the token, for what is left when the shim was killed.
pub const MARKER: &str = "SMIDR_EXEC";

/// The command is not there.
const NOT_FOUND: u8 = 127;
/// The command is there and cannot be run.
const NOT_RUNNABLE: u8 = 126;

/// Runs the command; the answer is the code to exit with.
pub fn run(run: &Run) -> Result<u8, String> {
    let own = |what: &str| {
        let what = what.to_owned();
        move |source: io::Error| format!("{what}: {source}")
    };
    sys::become_subreaper().map_err(own("cannot adopt orphaned processes"))?;
    let (mask, mut incoming) =
        sys::take_signals(&signals::TAKEN).map_err(own("cannot listen for signals"))?;

    let Some((program, words)) = run.command.split_first() else { return Err("no command".to_owned()) };
    let mut command = Command::new(program);
    command.args(words).env(MARKER, &run.token);
    match run.stdin {
        Stdin::Inherit => {}
        Stdin::Watch => drop(command.stdin(Stdio::null())),
        Stdin::Pipe => drop(command.stdin(Stdio::piped())),
    }
    // On a terminal the command stays in the shim's group, which is the foreground group: keys reach it, a shell
    // can do job control of its own, and ^Z cannot stop it behind a shim that nobody could bring back (a group
    // whose parents are all in other sessions is not stopped from the keyboard).
    let target = if run.stdin == Stdin::Inherit && io::stdin().is_terminal() {
        Target::Terminal
    } else {
        command.process_group(0);
        Target::OwnGroup
    };
    sys::prepare_child(&mut command, mask);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(source) => {
            let (text, code) = launch_failure(program, &source);
            crate::complain(&text);
            return Ok(code);
        }
    };
    let mut children = Children::of(child.id().cast_signed());
    let mut input = match run.stdin {
        Stdin::Inherit => Input::none(),
        Stdin::Watch | Stdin::Pipe => {
            Input::from_client(child.stdin.take()).map_err(own("cannot read input"))?
        }
    };
    drop(child); // reaped with all others
    drop(command);
    sys::let_go_of_output();

    let own_pid = std::process::id().cast_signed();
    let all = || tree::descendants(&tree::scan(), &[own_pid]);
    let grace = |grace_ms: Option<u32>| Duration::from_millis(u64::from(grace_ms.unwrap_or(run.grace_ms)));
    let mut ending: Option<Ending> = None;
    loop {
        let left = children.reap();
        if let Some(code) = children.code() {
            match (&ending, run.daemons) {
                _ if left == Left::None => return Ok(code),
                (None, Daemons::Leave) => return Ok(code),
                (None, Daemons::End) => ending = Some(Ending::begin(signals::TERM, grace(None), all)),
                (Some(_), _) => {}
            }
        } else if left == Left::None {
            return Err("the command vanished".to_owned()); // only if another thread could reap; there is none
        }

        let wait = match ending.as_mut().map(|ending| ending.step(all)) {
            None => -1,
            Some(Next::Wait(pause)) => {
                i32::try_from(pause.as_millis()).map_or(i32::MAX, |ms| ms.saturating_add(1))
            }
            Some(Next::GiveUp) => return Ok(children.code().unwrap_or(128 | 9)),
        };
        let wanted =
            [Some((incoming.as_fd(), sys::POLLIN)), input.wanted_of_client(), input.wanted_of_command()];
        let [_, from_client, to_command] = sys::wait_ready(wanted, wait);

        let mut asked = Vec::new();
        while let Some(request) = signals::next(&mut incoming) {
            asked.push(request);
        }
        input.read(from_client, |request| asked.push(request));
        input.write(to_command);
        for request in asked {
            match request {
                Request::Nothing | Request::Reap => {}
                Request::Forward(signal) => forward(&children, signal, target),
                // The end of the client follows on many a cancel; then it asks for nothing more.
                Request::ClientGone => {
                    ending.get_or_insert_with(|| Ending::begin(signals::TERM, grace(None), all));
                }
                Request::Cancel { signal, grace_ms } => match &mut ending {
                    None => ending = Some(Ending::begin(signal, grace(grace_ms), all)),
                    // A second request with no time of its own means: at once.
                    Some(ending) => ending.hurry(grace_ms.map_or(Duration::ZERO, |ms| grace(Some(ms)))),
                },
            }
        }
    }
}

/// Where a forwarded signal goes.
#[derive(Clone, Copy)]
enum Target {
    /// The command leads a group of its own.
    OwnGroup,
    /// The foreground group of the terminal, as if typed.
    Terminal,
}

fn forward(children: &Children, signal: i32, target: Target) {
    let Some(command) = children.command() else { return };
    let pid = match target {
        Target::OwnGroup => -command,
        // STOP and KILL would hit the shim itself where it is in that group.
        Target::Terminal => match sys::foreground_group() {
            Some(group) if group != sys::own_group() || signals::TAKEN.contains(&signal) => -group,
            _ => command,
        },
    };
    let _ = sys::send(pid, signal); // it may have ended just now
}

/// What to say of a command that cannot be started, and the code to exit with.
pub fn launch_failure(program: &OsStr, source: &io::Error) -> (String, u8) {
    let (text, code) = match source.kind() {
        ErrorKind::NotFound => ("not found".to_owned(), NOT_FOUND),
        ErrorKind::PermissionDenied => ("permission denied".to_owned(), NOT_RUNNABLE),
        _ => (source.to_string(), NOT_RUNNABLE),
    };
    (format!("{}: {text}", program.display()), code)
}
