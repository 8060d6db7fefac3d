//! The built-in shell at work: a script, or one line after the other.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::commands::{self, Surroundings, command, is_harmless};
use super::words::{Step, When, parse};
use crate::engine::simulated::clock::Moment;
use crate::engine::simulated::process::{Control, End, Seat, Sink, as_a_terminal_prints};
use crate::engine::simulated::scene::Program;
use crate::engine::simulated::work::{Work, says};
use crate::engine::{Output, Signal, StdStream};

/// Bytes of input that wait for the command in the foreground.
const UNTYPED: usize = 64 * 1024;
/// How much input is read at once.
const PIECE: usize = 4096;

/// A shell.
pub(in crate::engine::simulated) struct Shell {
    pub(super) seat: Seat,
    /// What it was called by, such as `/bin/sh`.
    pub(super) name: String,
    /// How the last command ended.
    pub(super) code: i64,
    /// The moment its script is at.
    pub(super) at: Moment,
    /// Read, and taken by nobody yet.
    pub(super) typed: Vec<u8>,
    pub(super) input_ended: bool,
    pub(super) is_interactive: bool,
    /// How many lines it has read.
    pub(super) line: u64,
    /// What `history` shows.
    pub(super) history: Vec<String>,
    /// A signal came that ends it, once what it waits for has ended.
    dying: Option<i64>,
}

/// The shell itself, where these words call it.
pub(in crate::engine::simulated) fn called(words: &[String]) -> Option<Work> {
    let (name, args) = words.split_first()?;
    if !matches!(name.rsplit('/').next(), Some("sh" | "bash" | "dash")) {
        return None;
    }
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-c" | "-lc" | "-ec" | "-ic" => return Some(Work::Script(name.clone(), args.next()?.clone())),
            option if option.starts_with('-') => {}
            _ => return None,
        }
    }
    Some(Work::Prompt(name.clone()))
}

impl Shell {
    pub(in crate::engine::simulated) fn new(name: String, seat: Seat) -> Self {
        Self {
            name,
            code: 0,
            at: seat.begun,
            typed: Vec::new(),
            input_ended: seat.input.is_none(),
            is_interactive: false,
            line: 1,
            history: Vec::new(),
            dying: None,
            seat,
        }
    }

    /// Runs a script to its end.
    pub(in crate::engine::simulated) async fn script(mut self, text: String) -> End {
        let ended = self.lines(&text).await;
        ended.unwrap_or_else(|end| end)
    }

    async fn lines(&mut self, text: &str) -> Result<End, End> {
        if let Some(program) = flood(text) {
            self.foreground(Work::Program(Arc::new(program), String::new()), text.to_owned()).await?;
        } else {
            self.run_line(text).await?;
        }
        Ok(self.end(self.code))
    }

    pub(super) fn end(&self, code: i64) -> End {
        End { code, at: self.at, out_of_memory: false }
    }

    pub(super) fn now(&mut self) -> Moment {
        self.at = self.at.max(self.seat.shared.clock.now());
        self.at
    }

    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { at: self.at, ..self.seat.surroundings() }
    }

    /// A line, command by command.
    ///
    /// # Errors
    /// Not an error: the shell's own end.
    pub(super) async fn run_line(&mut self, text: &str) -> Result<(), End> {
        let steps = match parse(text) {
            Ok(steps) => steps,
            Err(wrong) => {
                let complaint = self.complaint(&wrong);
                self.code = 2;
                return self.say(&complaint, 2).await;
            }
        };
        for Step { when, words } in steps {
            let runs = match when {
                When::Always => true,
                When::AfterSuccess => self.code == 0,
                When::AfterFailure => self.code != 0,
            };
            if runs {
                let words = words.iter().filter_map(|word| word.filled(|name| self.value(name))).collect();
                self.run_command(words).await?;
            }
        }
        Ok(())
    }

    fn value(&self, name: &str) -> String {
        match name {
            "?" => self.code.to_string(),
            "$" => "1".to_owned(),
            "#" => "0".to_owned(),
            "0" => self.name.clone(),
            name => self.surroundings().variable(name).unwrap_or_default(),
        }
    }

    fn complaint(&self, wrong: &str) -> String {
        match (self.name.ends_with("bash"), self.is_interactive) {
            (true, true) => format!("bash: {wrong}\n"),
            (true, false) => format!("bash: line {}: {wrong}\n", self.line),
            (false, _) => format!("{}: {}: {wrong}\n", self.name, self.line),
        }
    }

    async fn say(&mut self, stderr: &str, code: i64) -> Result<(), End> {
        self.foreground(Work::saying("", stderr, code), String::new()).await
    }

    async fn run_command(&mut self, mut words: Vec<String>) -> Result<(), End> {
        let assigned = words.iter().take_while(|word| is_assignment(word)).count();
        let assignments: Vec<String> = words.drain(..assigned).collect();
        if words.is_empty() {
            self.seat.vars.env.extend(assignments);
            self.code = 0;
            return Ok(());
        }
        while words.len() > 1 && words.first().is_some_and(|word| word == "exec" || word == "command") {
            words.remove(0);
        }
        let args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        match (words.first().map_or("", String::as_str), args.as_slice()) {
            ("exit" | "logout", args) => {
                let code = args.first().and_then(|code| code.parse::<i64>().ok()).unwrap_or(self.code);
                return Err(self.end(code.rem_euclid(256)));
            }
            ("cd", args) => return self.change_directory(args.first().copied()).await,
            ("export", args) => {
                self.seat
                    .vars
                    .env
                    .extend(args.iter().filter(|arg| is_assignment(arg)).map(ToString::to_string));
                self.code = 0;
                return Ok(());
            }
            ("unset", args) => {
                let is_meant = |entry: &String| args.iter().any(|name| entry.split('=').next() == Some(name));
                self.seat.vars.env.retain(|entry| !is_meant(entry));
                self.code = 0;
                return Ok(());
            }
            ("set", _) => {
                self.code = 0;
                return Ok(());
            }
            ("history", _) => {
                let line = |(number, line): (usize, &String)| format!("{number:>5}  {line}\n");
                let text: String = (1..).zip(&self.history).map(line).collect();
                return self.foreground(Work::saying(&text, "", 0), String::new()).await;
            }
            _ => {}
        }
        let kept = self.seat.vars.env.len();
        self.seat.vars.env.extend(assignments);
        let shared = Arc::clone(&self.seat.shared);
        let built_in = || command(&self.surroundings(), &words).map(Arc::new);
        let program = shared.program(&words).map(|(program, args)| Work::Program(program, args));
        let work = program
            .or_else(|| called(&words))
            .or_else(|| built_in().map(|program| Work::Program(program, String::new())));
        let line = words.join(" ");
        let ended = if let Some(work) = work {
            self.foreground(work, line).await
        } else {
            let name = words.first().cloned().unwrap_or_default();
            let wrong = if self.name.ends_with("bash") { "command not found" } else { "not found" };
            let complaint = self.complaint(&format!("{name}: {wrong}"));
            self.say(&complaint, 127).await
        };
        self.seat.vars.env.truncate(kept);
        ended
    }

    async fn change_directory(&mut self, to: Option<&str>) -> Result<(), End> {
        let home = self.value("HOME");
        let to = to.unwrap_or(&home);
        if let Some(path) = self.surroundings().enter(to) {
            self.seat.vars.working_dir = path;
            self.code = 0;
            return Ok(());
        }
        let complaint = self.complaint(&format!("cd: can't cd to {to}"));
        self.say(&complaint, 2).await
    }

    /// Runs a command and waits for it; meanwhile it has the input and all signals.
    ///
    /// # Errors
    /// Not an error: the shell's own end, when a signal brought it.
    async fn foreground(&mut self, work: Work, line: String) -> Result<(), End> {
        if self.is_interactive {
            self.now();
        }
        let (control, mut ears) = Control::new(*self.seat.ears.size.borrow());
        ears.size = self.seat.ears.size.clone();
        let reads_input = work.reads_input();
        let (mut writer, reader) = match &self.seat.input {
            Some(_) if reads_input => {
                let (ours, theirs) = tokio::io::duplex(UNTYPED);
                (Some(ours), Some(theirs))
            }
            _ => (None, None),
        };
        let shared = Arc::clone(&self.seat.shared);
        let Seat { vars, sink, tty, place, pid, .. } = &self.seat;
        // What is said without a command of its own is the shell's.
        let entered = if line.is_empty() { Vec::new() } else { shared.entered(place, *pid, line, &work) };
        let seat = Seat {
            shared: Arc::clone(&shared),
            vars: vars.clone(),
            ears,
            sink: sink.clone(),
            tty: *tty,
            input: reader,
            begun: self.at,
            place: place.clone(),
            pid: entered.first().copied().unwrap_or(*pid),
        };
        let mut running = work.run(seat);
        if reads_input {
            let ahead = std::mem::take(&mut self.typed);
            self.hand_over(&ahead, reads_input, &control).await?;
        }
        let mut buffer = vec![0; PIECE];
        let end = loop {
            if self.input_ended && self.typed.is_empty() {
                writer = None;
            }
            let has_more = !self.typed.is_empty() && writer.is_some();
            // What no command reads waits for the next line, as in a terminal.
            let has_room = self.typed.is_empty() || (writer.is_none() && self.typed.len() < PIECE);
            let reads = !self.input_ended && has_room && !*self.seat.ears.frozen.borrow();
            tokio::select! {
                biased;
                signal = self.seat.ears.signals.recv() => self.pass_on(signal, &control),
                Ok(()) = self.seat.ears.frozen.changed() => {
                    control.freeze(*self.seat.ears.frozen.borrow_and_update());
                }
                end = &mut running => break end,
                written = write(writer.as_mut(), &self.typed), if has_more => match written {
                    Ok(count) => drop(self.typed.drain(..count.min(self.typed.len()))),
                    // It has ended or closed its input.
                    Err(_) => writer = None,
                },
                read = read(self.seat.input.as_mut(), &mut buffer), if reads => {
                    let bytes = buffer.get(..read.unwrap_or(0)).unwrap_or_default();
                    self.input_ended = bytes.is_empty();
                    self.hand_over(bytes, writer.is_some(), &control).await?;
                }
            }
        };
        shared.left(&self.seat.place, &entered);
        self.at = self.at.max(end.at);
        self.code = end.code;
        match self.dying {
            Some(code) => Err(self.end(code)),
            None => Ok(()),
        }
    }

    fn pass_on(&mut self, signal: Option<Signal>, control: &Control) {
        // Whoever could signal it is gone, and so is its container.
        let signal = signal.unwrap_or_else(Signal::kill);
        control.signal(&signal);
        let is_for_the_command = self.is_interactive && signal.as_str() == "INT";
        let ends = !is_harmless(&signal) && !is_for_the_command;
        if signal.as_str() == "KILL" {
            self.dying = Some(137);
        } else if ends {
            self.dying.get_or_insert(128 + i64::from(signal.number()));
        }
    }

    /// Input for the command in the foreground. On a terminal it shows, and some keys are signals.
    async fn hand_over(&mut self, bytes: &[u8], is_read: bool, control: &Control) -> Result<(), End> {
        if !self.seat.tty {
            self.typed.extend_from_slice(bytes);
            return Ok(());
        }
        let mut echo = Vec::new();
        for byte in bytes {
            match byte {
                3 => {
                    echo.extend_from_slice(b"^C\n");
                    self.typed.clear();
                    control.signal(&Signal::int());
                }
                byte if !is_read => self.typed.push(*byte),
                b'\r' => {
                    echo.push(b'\n');
                    self.typed.push(b'\n');
                }
                4 => self.typed.push(4),
                0x1b => echo.extend_from_slice(b"^["),
                byte => {
                    echo.push(*byte);
                    self.typed.push(*byte);
                }
            }
        }
        self.put(as_a_terminal_prints(&echo)).await
    }

    /// Prints something of the shell's own.
    ///
    /// # Errors
    /// Not an error: the shell's own end, when it is killed meanwhile.
    pub(super) async fn put(&mut self, bytes: Vec<u8>) -> Result<(), End> {
        let stream = if self.seat.tty { StdStream::Tty } else { StdStream::Stdout };
        match &self.seat.sink {
            _ if bytes.is_empty() => {}
            Sink::Nobody => {}
            Sink::Log(container) => self.seat.shared.append_log(container, self.at, stream, &bytes),
            Sink::Reader(reader) => {
                let mut sending = std::pin::pin!(reader.send(Output { stream, bytes: bytes.into() }));
                loop {
                    tokio::select! {
                        biased;
                        // Nobody reads any more: as good as printed.
                        _ = &mut sending => break,
                        signal = self.seat.ears.signals.recv() => {
                            if signal.is_none_or(|signal| signal.as_str() == "KILL") {
                                return Err(End { code: 137, at: self.seat.shared.clock.now(), out_of_memory: false });
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

async fn write(to: Option<&mut DuplexStream>, bytes: &[u8]) -> std::io::Result<usize> {
    match to {
        Some(to) => to.write(bytes).await,
        None => Ok(bytes.len()),
    }
}

pub(super) async fn read(from: Option<&mut DuplexStream>, buffer: &mut [u8]) -> std::io::Result<usize> {
    match from {
        Some(from) => from.read(buffer).await,
        None => Ok(0),
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// The one loop that is understood: `while :; do echo …; [sleep N;] done`.
fn flood(text: &str) -> Option<Program> {
    let rest = text.trim().strip_prefix("while")?.trim_start();
    let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix("true"))?.trim_start();
    let body = rest.strip_prefix(';')?.trim_start().strip_prefix("do")?.strip_suffix("done")?;
    let (mut printed, mut every) = (String::new(), std::time::Duration::ZERO);
    for step in parse(body).ok()? {
        let words: Vec<String> =
            step.words.iter().filter_map(|word| word.filled(|_| String::new())).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["echo", words @ ..] => printed += &(words.join(" ") + "\n"),
            ["sleep", lengths @ ..] => every = every.saturating_add(commands::pause(lengths)?),
            [":" | "true"] => {}
            _ => return None,
        }
    }
    Some(if printed.is_empty() { says("", "", 0) } else { commands::flood(&printed, every) })
}
