//! The everyday commands the built-in shell brings along. They tell of the simulated container what there is to tell.

use std::fmt::Write as _;
use std::time::Duration;

use crate::engine::simulated::clock::Moment;
use crate::engine::simulated::files::clean;
use crate::engine::simulated::process::{Seat, Vars};
use crate::engine::simulated::scene::{OutputItem, Program, Span};
use crate::engine::simulated::state::Shared;
use crate::engine::simulated::work::says;
use crate::engine::{Signal, TermSize};

/// How many numbers `seq` counts at most.
const COUNT_LIMIT: u64 = 10_000_000;
/// A flood comes in pieces of about this many bytes, one a millisecond: a few megabytes a second.
const FLOOD_PIECE: usize = 4096;

/// What a command can see.
#[derive(Debug)]
pub(in crate::engine::simulated) struct Surroundings<'a> {
    pub(super) shared: &'a Shared,
    pub(super) vars: &'a Vars,
    pub(super) at: Moment,
    pub(super) size: TermSize,
    pub(super) tty: bool,
}

impl Seat {
    pub(in crate::engine::simulated) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            shared: &self.shared,
            vars: &self.vars,
            at: self.begun,
            size: *self.ears.size.borrow(),
            tty: self.tty,
        }
    }
}

const COMMANDS: &[&str] = &[
    ":", "bash", "cat", "clear", "date", "echo", "env", "false", "help", "hostname", "id", "ls", "printenv",
    "ps", "pwd", "seq", "sh", "sleep", "stty", "tput", "true", "uname", "which", "whoami", "yes",
];

/// A command's name without its directory, where it is one of the usual.
fn bare(name: &str) -> &str {
    ["/bin/", "/usr/bin/"].iter().find_map(|directory| name.strip_prefix(directory)).unwrap_or(name)
}

/// Whether there is such a command.
pub(in crate::engine::simulated) fn is_command(name: &str) -> bool {
    COMMANDS.contains(&bare(name))
}

/// What a command does; `None` where there is no such one.
pub(in crate::engine::simulated) fn command(about: &Surroundings<'_>, words: &[String]) -> Option<Program> {
    let (name, args) = words.split_first()?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let said = |text: &str| says(&format!("{text}\n"), "", 0);
    let program = match (bare(name), args.as_slice()) {
        (":" | "true", _) => says("", "", 0),
        ("false", _) => says("", "", 1),
        ("echo", ["-n", rest @ ..]) => says(&rest.join(" "), "", 0),
        ("echo", rest) => said(&rest.join(" ")),
        ("pwd", _) => said(about.directory()),
        ("env" | "printenv", []) => said(&about.environment().join("\n")),
        ("printenv", [name, ..]) => match about.variable(name) {
            Some(value) => said(&value),
            None => says("", "", 1),
        },
        ("id", ["-u", ..]) => said(&about.user().0.to_string()),
        ("whoami", _) | ("id", ["-un", ..]) => said(about.user().1),
        ("id", _) => {
            let (uid, name) = about.user();
            said(&format!("uid={uid}({name}) gid={uid}({name}) groups={uid}({name})"))
        }
        ("hostname", _) => said(about.host()),
        ("uname", []) => said("Linux"),
        ("uname", ["-m", ..]) => said("x86_64"),
        ("uname", ["-r", ..]) => said("0.0.0-simulated"),
        ("uname", _) => said(&format!(
            "Linux {} 0.0.0-simulated #1 SMP (a simulated engine) x86_64 GNU/Linux",
            about.host()
        )),
        ("date", _) => {
            said(&about.shared.time_for(about.at).strftime("%a %b %e %H:%M:%S UTC %Y").to_string())
        }
        ("cat", []) => Program { stdin: crate::engine::simulated::scene::Stdin::Copy, ..Program::default() },
        ("cat", paths) => about.cat(paths),
        ("ls", args) => about.list(args),
        ("ps", _) => about.processes(),
        ("which", names) => {
            let known: Vec<String> =
                names.iter().filter(|name| is_command(name)).map(|it| format!("/bin/{it}\n")).collect();
            says(&known.concat(), "", i64::from(known.len() < names.len()))
        }
        ("sleep", lengths) => sleep(lengths),
        ("seq", bounds) => seq(bounds),
        ("yes", words) => {
            let line = if words.is_empty() { "y".to_owned() } else { words.join(" ") };
            flood(&format!("{line}\n"), Duration::ZERO)
        }
        ("stty", ["size"]) if about.tty => said(&format!("{} {}", about.size.rows, about.size.columns)),
        ("stty", ["sane"]) if about.tty => says("", "", 0),
        ("stty", []) if about.tty => said("speed 38400 baud; line = 0;"),
        ("stty", _) => says("", "stty: 'standard input': Inappropriate ioctl for device\n", 1),
        ("tput", ["cols"]) => said(&about.size.columns.to_string()),
        ("tput", ["lines"]) => said(&about.size.rows.to_string()),
        ("clear", _) | ("tput", ["clear"]) => says("\x1b[H\x1b[2J", "", 0),
        ("tput", _) => says("", "tput: only cols, lines and clear are simulated\n", 2),
        ("help", _) => help(about.shared),
        _ => return None,
    };
    Some(program)
}

fn help(shared: &Shared) -> Program {
    let own: Vec<&str> = shared.scene.programs.iter().map(|program| program.command.as_str()).collect();
    let text = format!(
        "This container is simulated. It knows these commands:\n  {} cd exit export history unset\nand these of its scene:\n  {}\n",
        COMMANDS.join(" "),
        own.join("\n  ")
    );
    says(&text, "", 0)
}

/// Text without end, at this pace, as fast as a pipe where it is none.
pub(super) fn flood(text: &str, every: Duration) -> Program {
    let times = if every.is_zero() { (FLOOD_PIECE / text.len().max(1)).max(1) } else { 1 };
    let every = Span(every.max(Duration::from_millis(1)));
    let item = OutputItem {
        stdout: Some(text.repeat(times)),
        literal: true,
        repeat: Some(u64::MAX),
        every,
        ..OutputItem::default()
    };
    let mut program = Program { output: vec![item], ..Program::default() };
    program.exit.never = true;
    program
}

/// The time a `sleep` takes; `None` where a word of it is no time.
fn slept(lengths: &[&str]) -> Option<Duration> {
    let each = lengths.iter().map(|text| {
        let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
            Some(number) => (number, text.chars().last().unwrap_or('s')),
            None => (*text, 's'),
        };
        let factor = match unit {
            'm' => 60.0,
            'h' => 3600.0,
            'd' => 86_400.0,
            _ => 1.0,
        };
        Duration::try_from_secs_f64(number.parse::<f64>().ok()? * factor).ok()
    });
    each.sum::<Option<SaturatingTime>>().map(|sum| sum.0)
}

/// Lengths of time added up without an overflow.
struct SaturatingTime(Duration);

impl std::iter::Sum<Duration> for SaturatingTime {
    fn sum<I: Iterator<Item = Duration>>(each: I) -> Self {
        Self(each.fold(Duration::ZERO, Duration::saturating_add))
    }
}

pub(super) fn sleep(lengths: &[&str]) -> Program {
    let mut program = Program::default();
    match slept(lengths) {
        _ if lengths.is_empty() => return says("", "sleep: missing operand\n", 1),
        _ if lengths.contains(&"infinity") => program.exit.never = true,
        Some(length) => program.exit.after = Span(length),
        None => return says("", &format!("sleep: invalid time interval '{}'\n", lengths.join(" ")), 1),
    }
    program
}

/// The pause of a `sleep` in a loop.
pub(super) fn pause(lengths: &[&str]) -> Option<Duration> {
    slept(lengths).filter(|_| !lengths.is_empty())
}

fn seq(bounds: &[&str]) -> Program {
    let wrong = || says("", "seq: give one or two numbers\n", 1);
    let numbers: Option<Vec<i64>> = bounds.iter().map(|bound| bound.parse().ok()).collect();
    let (first, last) = match numbers.as_deref() {
        Some([last]) => (1, *last),
        Some([first, last]) => (*first, *last),
        _ => return wrong(),
    };
    let count = u64::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(0);
    if first != 1 && count > 1000 || count > COUNT_LIMIT {
        return says("", &format!("seq: {count} numbers are more than are simulated\n"), 1);
    }
    if first == 1 {
        let item =
            OutputItem { stdout: Some("{n}\n".to_owned()), repeat: Some(count), ..OutputItem::default() };
        return Program { output: vec![item], ..Program::default() };
    }
    says(&(first..=last).fold(String::new(), |text, number| text + &format!("{number}\n")), "", 0)
}

impl Surroundings<'_> {
    fn directory(&self) -> &str {
        if self.vars.working_dir.is_empty() { "/" } else { &self.vars.working_dir }
    }

    /// A path as seen from the working directory.
    fn path(&self, path: &str) -> String {
        if path.starts_with('/') { clean(path) } else { clean(&format!("{}/{path}", self.directory())) }
    }

    /// The environment, the later value of a name counting.
    fn environment(&self) -> Vec<String> {
        let name = |entry: &String| entry.split('=').next().unwrap_or_default().to_owned();
        let all = &self.vars.env;
        let is_last =
            |(at, entry): &(usize, &String)| !all.iter().skip(at + 1).any(|later| name(later) == name(entry));
        all.iter().enumerate().filter(is_last).map(|(_, entry)| entry.clone()).collect()
    }

    pub(super) fn variable(&self, wanted: &str) -> Option<String> {
        let found =
            self.vars.env.iter().rev().find_map(|entry| entry.strip_prefix(wanted)?.strip_prefix('='));
        match (found, wanted) {
            (Some(value), _) => Some(value.to_owned()),
            (None, "HOME") if self.user().0 == 0 => Some("/root".to_owned()),
            (None, "HOME") => Some(format!("/home/{}", self.user().1)),
            (None, "PWD") => Some(self.directory().to_owned()),
            (None, "USER") => Some(self.user().1.to_owned()),
            (None, "HOSTNAME") => Some(self.host().to_owned()),
            _ => None,
        }
    }

    /// Number and name of the user. A number's name is what most builds are done as.
    pub(super) fn user(&self) -> (u32, &str) {
        let user = self.vars.user.split(':').next().unwrap_or_default();
        match user.parse::<u32>() {
            Ok(0) => (0, "root"),
            Ok(uid) => (uid, "builder"),
            Err(_) if user.is_empty() || user == "root" => (0, "root"),
            Err(_) => (1000, user),
        }
    }

    pub(super) fn host(&self) -> &str {
        self.vars.container.get(..12).unwrap_or(&self.vars.container)
    }

    fn cat(&self, paths: &[&str]) -> Program {
        let (mut out, mut err) = (String::new(), String::new());
        for path in paths {
            match self.shared.read_file(&self.vars.container, &self.path(path)) {
                Some(bytes) => out.push_str(&String::from_utf8_lossy(&bytes)),
                None => {
                    let _ = writeln!(err, "cat: {path}: No such file or directory");
                }
            }
        }
        says(&out, &err, i64::from(!err.is_empty()))
    }

    fn list(&self, args: &[&str]) -> Program {
        let (options, mut paths): (Vec<&str>, Vec<&str>) =
            args.iter().copied().partition(|arg| arg.starts_with('-'));
        let has = |option| options.iter().any(|given| given.contains(option));
        if paths.is_empty() {
            paths.push(".");
        }
        let (mut out, mut err) = (String::new(), String::new());
        for path in &paths {
            let Some(found) = self.shared.list_directory(&self.vars.container, &self.path(path)) else {
                let _ = writeln!(err, "ls: cannot access '{path}': No such file or directory");
                continue;
            };
            if paths.len() > 1 {
                let _ = writeln!(out, "{path}:");
            }
            let user = self.user().1;
            let shown = found.iter().filter(|(name, ..)| has('a') || !name.starts_with('.'));
            if has('l') {
                for (name, is_directory, size) in shown {
                    let kind = if *is_directory { "drwxr-xr-x" } else { "-rw-r--r--" };
                    let _ = writeln!(out, "{kind} 1 {user} {user} {size:>9} {name}");
                }
            } else {
                let names: Vec<&str> = shown.map(|(name, ..)| name.as_str()).collect();
                let between = if self.tty { "  " } else { "\n" };
                if !names.is_empty() {
                    let _ = writeln!(out, "{}", names.join(between));
                }
            }
        }
        says(&out, &err, if err.is_empty() { 0 } else { 2 })
    }

    fn processes(&self) -> Program {
        let mut out = "    PID COMMAND\n".to_owned();
        for (pid, command) in self.shared.processes_of(&self.vars.container) {
            let _ = writeln!(out, "{pid:>7} {command}");
        }
        says(&out, "", 0)
    }

    /// Whether a directory can be entered, and its whole path.
    pub(super) fn enter(&self, path: &str) -> Option<String> {
        let path = self.path(path);
        let found = self.shared.list_directory(&self.vars.container, &path)?;
        // A file lists itself.
        let is_file = matches!(found.as_slice(), [(name, false, _)] if *name == path);
        (!is_file).then_some(path)
    }
}

/// Signals that end nothing here.
pub(super) fn is_harmless(signal: &Signal) -> bool {
    matches!(signal.as_str(), "CHLD" | "CONT" | "WINCH" | "STOP" | "TSTP" | "TTIN" | "TTOU" | "URG")
}
