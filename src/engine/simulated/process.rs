//! A process at work: prints its script in time, hears signals, reads its input, can be frozen, and ends.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::sync::{mpsc, watch};

use super::clock::{Moment, nanos};
use super::lifecycle::PLAYED;
use super::scene::{Exit, Program, Reaction, Stdin};
use super::script::{Cue, Script, Step};
use super::state::Shared;
use super::work::Place;
use crate::engine::{Output, Signal, StdStream, TermSize};

/// Signals waiting to be heard; more are forgotten, as pending signals of a kind are.
const SIGNALS: usize = 64;

/// What its owner holds of a process.
#[derive(Debug, Clone)]
pub(super) struct Control {
    signals: mpsc::Sender<Signal>,
    frozen: watch::Sender<bool>,
    pub(super) size: watch::Sender<TermSize>,
}

/// What the process holds of its owner.
#[derive(Debug)]
pub(super) struct Ears {
    pub(super) signals: mpsc::Receiver<Signal>,
    pub(super) frozen: watch::Receiver<bool>,
    pub(super) size: watch::Receiver<TermSize>,
}

impl Control {
    pub(super) fn new(size: TermSize) -> (Self, Ears) {
        let (signals, heard) = mpsc::channel(SIGNALS);
        let (frozen, is_frozen) = watch::channel(false);
        let (size, is_size) = watch::channel(size);
        (Self { signals, frozen, size }, Ears { signals: heard, frozen: is_frozen, size: is_size })
    }

    pub(super) fn signal(&self, signal: &Signal) {
        // Full: it has not yet heard as many as this, and would not tell one more from them.
        let _full_or_ended = self.signals.try_send(signal.clone());
    }

    pub(super) fn freeze(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }
}

/// Where output goes.
#[derive(Debug, Clone)]
pub(super) enum Sink {
    /// The log of the container of this id.
    Log(String),
    /// Whoever reads the exec's stream: unread, it holds the process up.
    Reader(mpsc::Sender<Output>),
    /// Nobody is left.
    Nobody,
}

/// How a process ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) code: i64,
    pub(super) at: Moment,
    pub(super) out_of_memory: bool,
}

/// All a process has besides its program.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) shared: Arc<Shared>,
    pub(super) vars: Vars,
    pub(super) ears: Ears,
    pub(super) sink: Sink,
    pub(super) tty: bool,
    pub(super) input: Option<DuplexStream>,
    pub(super) begun: Moment,
    /// Where the process list of its container has it.
    pub(super) place: Place,
    pub(super) pid: u32,
}

/// A process of a container or an exec besides its first one, for the process list.
#[derive(Debug, Clone)]
pub(super) struct Below {
    pub(super) pid: u32,
    pub(super) parent: u32,
    pub(super) command: String,
}

impl Below {
    /// A program's children, whose pids begin with `first`.
    pub(super) fn children(program: &Program, parent: u32, first: u32) -> Vec<Self> {
        let child = |(pid, command): (u32, &String)| Self { pid, parent, command: command.clone() };
        (first..).zip(&program.children).map(child).collect()
    }

    /// The short name of its program.
    pub(super) fn name(&self) -> String {
        short_name(&self.command)
    }
}

/// The short name of a command line's program, of at most 15 bytes as the kernel keeps it.
pub(super) fn short_name(command: &str) -> String {
    let program = command.split_whitespace().next().unwrap_or_default();
    let name = program.rsplit('/').find(|part| !part.is_empty()).unwrap_or(program);
    name.chars().take(15).collect()
}

/// A process at work on a scene's program.
struct Process {
    program: Arc<Program>,
    shared: Arc<Shared>,
    vars: Vars,
    ears: Ears,
    sink: Sink,
    tty: bool,
    input: Option<DuplexStream>,
    begun: Moment,
}

/// Runs a program to its end.
pub(super) async fn run_program(program: Arc<Program>, seat: Seat) -> End {
    let Seat { shared, vars, ears, sink, tty, input, begun, .. } = seat;
    let program = if tty && !program.on_terminal.is_empty() {
        Arc::new(Program { output: program.on_terminal.clone(), ..(*program).clone() })
    } else {
        program
    };
    Process { program, shared, vars, ears, sink, tty, input, begun }.run().await
}

/// What the names in a program's text stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Vars {
    pub(super) container: String,
    pub(super) env: Vec<String>,
    pub(super) user: String,
    pub(super) working_dir: String,
    pub(super) args: String,
}

impl Vars {
    fn value(&self, shared: &Shared, size: TermSize, name: &str) -> Option<Vec<u8>> {
        if let Some(wanted) = name.strip_prefix("env:") {
            let of = |entry: &String| {
                entry.split_once('=').filter(|(name, _)| *name == wanted).map(|it| it.1.to_owned())
            };
            return Some(self.env.iter().rev().find_map(of).unwrap_or_default().into_bytes());
        }
        if let Some(path) = name.strip_prefix("file:") {
            let path = if path == "*" { &self.args } else { path };
            return Some(shared.read_file(&self.container, path).unwrap_or_default().to_vec());
        }
        let text = match name {
            "args" => self.args.clone(),
            "workdir" if self.working_dir.is_empty() => "/".to_owned(),
            "workdir" => self.working_dir.clone(),
            // Of users, a scene knows root and numbers.
            "uid" => match self.user.split(':').next() {
                Some(user) if user.bytes().all(|byte| byte.is_ascii_digit()) && !user.is_empty() => {
                    user.to_owned()
                }
                _ => "0".to_owned(),
            },
            "columns" => size.columns.to_string(),
            "rows" => size.rows.to_string(),
            "mounts" => shared.mount_table(&self.container),
            "init" => shared.first_process(&self.container),
            "now" => shared.clock.stamp(shared.clock.now()).as_second().to_string(),
            "began" => shared.began(&self.container).as_second().to_string(),
            _ => return None,
        };
        Some(text.into_bytes())
    }
}

/// What woke a process.
enum Woken {
    Signal(Option<Signal>),
    Frozen,
    Taken(bool),
    Input(std::io::Result<usize>),
    Due,
}

/// What a running process remembers.
struct Run {
    script: Script,
    next: Option<Cue>,
    /// When the step before was due.
    due: Moment,
    /// Whether a line was typed, or none can come.
    line: bool,
    input_ended: bool,
    /// A signal has been taken: the end is coming.
    ending: Option<(Moment, i64)>,
    /// Nothing of its script is printed any more.
    quiet: bool,
    /// Printed when it ends.
    last: String,
    outgoing: VecDeque<Output>,
}

impl Process {
    /// Runs to the end.
    async fn run(mut self) -> End {
        let mut buffer = vec![0; 8 * 1024];
        let mut run = Run {
            script: Script::new(Arc::clone(&self.program)),
            next: None,
            due: self.begun,
            line: self.input.is_none(),
            input_ended: self.input.is_none(),
            ending: None,
            quiet: false,
            last: String::new(),
            outgoing: VecDeque::new(),
        };
        run.next = run.script.cue();
        loop {
            let waiting = !run.outgoing.is_empty();
            let target = if waiting { run.ending.map(|(at, _)| at) } else { self.target(&run) };
            let due = self.shared.clock.instant(target.unwrap_or(0));
            let reads = self.input.is_some() && !run.input_ended && !waiting;
            let woken = tokio::select! {
                biased;
                signal = self.ears.signals.recv() => Woken::Signal(signal),
                Ok(()) = self.ears.frozen.changed() => Woken::Frozen,
                taken = take(&self.sink, &mut run.outgoing), if waiting => Woken::Taken(taken),
                read = read(self.input.as_mut(), &mut buffer), if reads => Woken::Input(read),
                () = tokio::time::sleep_until(due), if target.is_some() => Woken::Due,
            };
            let end = match woken {
                Woken::Signal(Some(signal)) => self.hear(&mut run, &signal),
                // Whoever could signal or thaw it is gone, and so is the container.
                Woken::Signal(None) => Some(self.end(137)),
                Woken::Frozen => self.freeze(&mut run).await,
                Woken::Taken(true) => None,
                Woken::Taken(false) => {
                    self.sink = Sink::Nobody;
                    run.outgoing.clear();
                    None
                }
                Woken::Input(read) => {
                    self.typed(&mut run, buffer.get(..read.unwrap_or(0)).unwrap_or(&[]));
                    None
                }
                Woken::Due => self.act(&mut run),
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// When something is to happen by itself.
    fn target(&self, run: &Run) -> Option<Moment> {
        let own = match &run.next {
            _ if run.quiet => None,
            Some(step) if step.after_line && !run.line => None,
            Some(step) => Some(run.due.saturating_add(nanos(step.after))),
            None => match (&self.program.exit, self.program.stdin) {
                (Exit { never: true, .. }, _) => None,
                (_, Stdin::Copy | Stdin::UntilEnd) if !run.input_ended => None,
                (exit, _) => Some(run.due.saturating_add(nanos(exit.after.0))),
            },
        };
        match (own, run.ending) {
            (Some(own), Some((end, _))) => Some(own.min(end)),
            (own, ending) => own.or(ending.map(|(end, _)| end)),
        }
    }

    /// Something is due: a step, or the end.
    fn act(&self, run: &mut Run) -> Option<End> {
        let now = self.target(run)?;
        if let Some((at, code)) = run.ending
            && at <= now
        {
            if !run.last.is_empty() {
                let last = std::mem::take(&mut run.last);
                run.due = run.due.max(at);
                self.print(run, false, last.into_bytes(), false);
                return None;
            }
            return Some(End { code, at, out_of_memory: false });
        }
        let size = *self.ears.size.borrow();
        let step = run.script.step(|name| self.vars.value(&self.shared, size, name));
        let Some(Step { stderr, bytes, raw }) = step else {
            let exit = &self.program.exit;
            let code = if exit.out_of_memory { 137 } else { exit.code };
            return Some(End { code, at: now, out_of_memory: exit.out_of_memory });
        };
        run.due = now;
        self.print(run, stderr, bytes, raw);
        run.next = run.script.cue();
        None
    }

    fn print(&self, run: &mut Run, stderr: bool, bytes: Vec<u8>, raw: bool) {
        if bytes.is_empty() {
            return;
        }
        let stream = match (self.tty, stderr) {
            (true, _) => StdStream::Tty,
            (false, false) => StdStream::Stdout,
            (false, true) => StdStream::Stderr,
        };
        let bytes = if self.tty && !raw { as_a_terminal_prints(&bytes) } else { bytes };
        match &self.sink {
            Sink::Log(container) => self.shared.append_log(container, run.due, stream, &bytes),
            Sink::Reader(_) => run.outgoing.push_back(Output { stream, bytes: Bytes::from(bytes) }),
            Sink::Nobody => {}
        }
    }

    fn hear(&self, run: &mut Run, signal: &Signal) -> Option<End> {
        let number = i64::from(signal.number());
        match signal.as_str() {
            "KILL" => return Some(self.end(137)),
            "CHLD" | "CONT" | "WINCH" | "STOP" | "TSTP" | "TTIN" | "TTOU" => return None,
            _ => {}
        }
        let reaction = self.program.signals.get(signal.as_str()).cloned().unwrap_or_default();
        let Reaction { ignore, prints, quiet, last, exit, after } = reaction;
        if ignore {
            return None;
        }
        let now = self.shared.clock.now();
        if !prints.is_empty() {
            run.due = run.due.max(now);
            self.print(run, false, prints.into_bytes(), false);
        }
        let at = now.saturating_add(nanos(after.0));
        // A second signal does not put off the end the first has brought.
        if run.ending.is_none() {
            run.ending = Some((at, exit.unwrap_or(128 + number)));
            (run.quiet, run.last) = (quiet, last);
        }
        None
    }

    /// Stands still until it is thawed or killed; what was due is due so much later.
    async fn freeze(&mut self, run: &mut Run) -> Option<End> {
        let begun = self.shared.clock.now();
        // What was due before the frost has been printed.
        for _ in 0..PLAYED {
            if !run.outgoing.is_empty() || self.target(run).is_none_or(|target| target > begun) {
                break;
            }
            if let Some(end) = self.act(run) {
                return Some(end);
            }
        }
        let mut kept = Vec::new();
        while *self.ears.frozen.borrow_and_update() {
            tokio::select! {
                signal = self.ears.signals.recv() => match signal {
                    Some(signal) if signal.as_str() != "KILL" => kept.push(signal),
                    _ => return Some(self.end(137)),
                },
                Ok(()) = self.ears.frozen.changed() => {}
            }
            kept.truncate(SIGNALS);
        }
        let late = self.shared.clock.now() - begun;
        run.due = run.due.saturating_add(late);
        run.ending = run.ending.map(|(at, code)| (at.saturating_add(late), code));
        kept.iter().find_map(|signal| self.hear(run, signal))
    }

    fn typed(&self, run: &mut Run, bytes: &[u8]) {
        // A terminal's end of file is a ^D.
        let end = bytes.iter().position(|byte| self.tty && *byte == 4);
        let text = end.map_or(bytes, |at| bytes.get(..at).unwrap_or(bytes));
        let now = self.shared.clock.now();
        if text.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && !run.line {
            run.line = true;
            run.due = run.due.max(now);
        }
        if self.program.stdin == Stdin::Copy {
            run.due = run.due.max(now);
            self.print(run, false, text.to_vec(), false);
        }
        if bytes.is_empty() || end.is_some() {
            (run.input_ended, run.line) = (true, true);
            run.due = run.due.max(now);
        }
    }

    fn end(&self, code: i64) -> End {
        End { code, at: self.shared.clock.now(), out_of_memory: false }
    }
}

/// Hands the next piece to the reader. `false` when there is none any more.
async fn take(sink: &Sink, outgoing: &mut VecDeque<Output>) -> bool {
    let Sink::Reader(reader) = sink else { return false };
    match reader.reserve().await {
        Ok(place) => {
            if let Some(piece) = outgoing.pop_front() {
                place.send(piece);
            }
            true
        }
        Err(_) => false,
    }
}

async fn read(input: Option<&mut DuplexStream>, buffer: &mut [u8]) -> std::io::Result<usize> {
    match input {
        Some(input) => input.read(buffer).await,
        None => Ok(0),
    }
}

/// Each newline becomes a carriage return and a newline (`ONLCR` of termios(3)).
pub(super) fn as_a_terminal_prints(bytes: &[u8]) -> Vec<u8> {
    let mut printed = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if *byte == b'\n' {
            printed.push(b'\r');
        }
        printed.push(*byte);
    }
    printed
}
