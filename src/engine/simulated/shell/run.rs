//! The built-in shell at work: a script, or one line after the other.

use std::sync::Arc;

use super::commands::{self, Surroundings, command};
use super::words::{Step, When, parse};
use crate::engine::simulated::clock::Moment;
use crate::engine::simulated::process::{End, Seat};
use crate::engine::simulated::scene::Program;
use crate::engine::simulated::work::{Work, says};

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
    pub(super) dying: Option<i64>,
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
