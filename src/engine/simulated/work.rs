//! What a process is at: a scene's program, the built-in shell, or a call of the shim.

use std::pin::Pin;
use std::sync::Arc;

use super::clock::Moment;
use super::process::{Below, End, Seat, run_program};
use super::reply::{command_line, fits};
use super::scene::{OutputItem, Program, Stdin};
use super::shell::{self, Shell};
use super::shim::{self, Call};
use super::state::{Shared, State};

/// What a process is at.
#[derive(Debug, Clone)]
pub(super) enum Work {
    /// A program of the scene, and what its `*` stood for.
    Program(Arc<Program>, String),
    /// One of the commands the built-in shell brings along, without the shell.
    Command(Vec<String>),
    /// The built-in shell, by the name it was called, at a script.
    Script(String, String),
    /// The built-in shell, by the name it was called, at its prompt.
    Prompt(String),
    /// A later call of the shim, about the processes of another.
    Shim(Call),
}

/// Where the list of a process's container has it.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// It belongs to a container's main process.
    Main(String),
    /// It belongs to an exec.
    Exec(String),
}

/// Text printed at once, as it is.
pub(super) fn says(stdout: &str, stderr: &str, code: i64) -> Program {
    let item = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (stdout, stderr) = (item(stdout), item(stderr));
    let out = OutputItem { stdout, literal: true, ..OutputItem::default() };
    let err = OutputItem { stderr, literal: true, ..OutputItem::default() };
    let output = [out, err].into_iter().filter(|item| item.stdout.is_some() || item.stderr.is_some());
    let mut program = Program { output: output.collect(), ..Program::default() };
    program.exit.code = code;
    program
}

impl Work {
    pub(super) fn saying(stdout: &str, stderr: &str, code: i64) -> Self {
        Self::Program(Arc::new(says(stdout, stderr, code)), String::new())
    }

    /// How many children it begins with.
    pub(super) fn children(&self) -> usize {
        if let Self::Program(program, _) = self { program.children.len() } else { 0 }
    }

    /// Whether it has a use for what is typed.
    pub(super) fn reads_input(&self) -> bool {
        match self {
            Self::Program(program, _) => {
                program.stdin != Stdin::Ignore || program.output.iter().any(|item| item.after_line)
            }
            Self::Script(..) | Self::Prompt(_) => true,
            Self::Command(_) | Self::Shim(_) => false,
        }
    }

    /// What the process list calls it, by its command line.
    pub(super) fn name(&self, line: String) -> String {
        match self {
            Self::Program(program, _) if !program.name.is_empty() => program.name.clone(),
            _ => line,
        }
    }

    /// Its children, whose pids begin with `first`.
    pub(super) fn below(&self, parent: u32, first: u32) -> Vec<Below> {
        match self {
            Self::Program(program, _) => Below::children(program, parent, first),
            _ => Vec::new(),
        }
    }

    /// Does it, to its end.
    pub(super) fn run(self, mut seat: Seat) -> Pin<Box<dyn Future<Output = End> + Send>> {
        match self {
            Self::Program(program, args) => {
                seat.vars.args = args;
                Box::pin(run_program(program, seat))
            }
            Self::Command(words) => Box::pin(async move {
                let program = shell::command(&seat.surroundings(), &words);
                let program = program.unwrap_or_else(|| says("", "", 127));
                run_program(Arc::new(program), seat).await
            }),
            Self::Script(name, text) => Box::pin(Shell::new(name, seat).script(text)),
            Self::Prompt(name) => Box::pin(Shell::new(name, seat).prompt()),
            Self::Shim(call) => Box::pin(shim::answer(call, seat)),
        }
    }
}

/// The first of these that a command line is, and what its `*` stands for.
pub(super) fn program_of(programs: &[Program], words: &[String]) -> Option<(Arc<Program>, String)> {
    let line = command_line(words);
    let found = programs.iter().find_map(|program| {
        let args = fits(&program.command, &line)?;
        Some((Arc::new(program.clone()), args))
    });
    found.filter(|_| !words.is_empty())
}

impl Shared {
    /// What a command line does, by the scene, and what its `*` stands for.
    pub(super) fn program(&self, words: &[String]) -> Option<(Arc<Program>, String)> {
        program_of(&self.scene.programs, words)
    }

    /// What a command line does, by the scene and by what is built in.
    pub(super) fn work(&self, words: &[String]) -> Option<Work> {
        let of_scene = |(program, args)| Work::Program(program, args);
        if !self.scene.shell {
            return self.program(words).map(of_scene);
        }
        if let Some(called) = shell::called(words) {
            // The shell takes a script apart, unless the scene has all of it.
            let line = command_line(words);
            let whole = self.scene.programs.iter().find(|program| program.command == line);
            return Some(whole.map_or(called, |it| of_scene((Arc::new(it.clone()), String::new()))));
        }
        self.program(words).map(of_scene).or_else(|| {
            let is_known = words.first().is_some_and(|name| shell::is_command(name));
            is_known.then(|| Work::Command(words.to_vec()))
        })
    }

    /// A process began something in the foreground. The new processes, for [`Self::left`].
    pub(super) fn entered(&self, place: &Place, parent: u32, command: String, work: &Work) -> Vec<u32> {
        let mut state = self.lock();
        let pid = state.new_pids(1 + work.children());
        let mut new = vec![Below { pid, parent, command: work.name(command) }];
        new.extend(work.below(pid, pid + 1));
        let pids = new.iter().map(|below| below.pid).collect();
        if let Some(below) = state.below(place) {
            below.extend(new);
        }
        pids
    }

    /// These have ended.
    pub(super) fn left(&self, place: &Place, pids: &[u32]) {
        if let Some(below) = self.lock().below(place) {
            below.retain(|below| !pids.contains(&below.pid));
        }
    }

    /// The time a process sees: that of its script, which may be before the beginning.
    pub(super) fn time_for(&self, at: Moment) -> jiff::Timestamp {
        self.clock.stamp(at)
    }
}

impl State {
    fn below(&mut self, place: &Place) -> Option<&mut Vec<Below>> {
        match place {
            Place::Main(id) => self.containers.get_mut(id).map(|kept| &mut kept.below),
            Place::Exec(id) => self.execs.iter_mut().find(|exec| exec.id == *id).map(|exec| &mut exec.below),
        }
    }
}
