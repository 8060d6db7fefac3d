//! `shim signal` and `shim sweep`: find trees by token, end them, look again, and report.
//!
//! The running shim does the ending, since only it knows for certain when nothing is left. This process asks it,
//! watches, and takes over where the shim does not answer or may not signal what this user may.

use std::collections::{HashMap, HashSet};
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::args::End;
use crate::ending::{Ending, Next};
use crate::find::{self, Shim};
use crate::json;
use crate::signals;
use crate::sys;
use crate::tree::{self, Id, Process};

/// How long beyond the grace the shim has before this process does its work.
const MARGIN: Duration = Duration::from_secs(1);
/// How long a shim whose tree is gone has to exit itself.
const EXIT_LIMIT: Duration = Duration::from_millis(500);
/// How often the trees are looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// No shim has this token, and no process carries it.
pub const NOT_FOUND: u8 = 1;
/// Something is left.
const LEFT: u8 = 2;
/// The shim belongs to a user this one may not signal.
const REFUSED: u8 = 3;

/// `shim signal`; the answer is the code to exit with.
pub fn signal(end: &End) -> u8 {
    let targets = work(end);
    match targets.first() {
        Some(target) if !target.is_found() => NOT_FOUND,
        _ => code(&targets),
    }
}

/// `shim sweep`; the answer is the code to exit with. A token nobody has is no failure.
pub fn sweep(end: &End) -> u8 {
    code(&work(end))
}

fn code(targets: &[Target]) -> u8 {
    match targets {
        _ if targets.iter().any(|target| target.is_refused) => REFUSED,
        _ if targets.iter().any(|target| target.has_left) => LEFT,
        _ => 0,
    }
}

/// What is known of the processes of one token.
struct Target {
    token: String,
    shims: Vec<Id>,
    seen: HashMap<Id, String>,
    killed: HashSet<Id>,
    is_refused: bool,
    has_left: bool,
}

impl Target {
    fn new(token: &str, shims: &[Shim]) -> Self {
        Self {
            token: token.to_owned(),
            shims: find::by_token(shims, token).map(|shim| shim.process.id).collect(),
            seen: HashMap::new(),
            killed: HashSet::new(),
            is_refused: false,
            has_left: false,
        }
    }

    fn is_found(&self) -> bool {
        !self.shims.is_empty() || !self.seen.is_empty()
    }

    /// Adds what has appeared since; the answer is what of all that was ever seen can still run.
    fn refresh(&mut self, all: &[Process], orphans: bool) -> Vec<Process> {
        let known =
            |process: &&Process| self.shims.contains(&process.id) || self.seen.contains_key(&process.id);
        let mut roots: Vec<Process> = all.iter().filter(known).cloned().collect();
        if orphans {
            roots.extend(find::marked(all, &self.token));
        }
        let pids: Vec<i32> = roots.iter().map(|process| process.id.pid).collect();
        roots.extend(tree::descendants(all, &pids));
        let own = std::process::id().cast_signed();
        let mut live = Vec::new();
        let mut counted = HashSet::new();
        for process in roots {
            if self.shims.contains(&process.id) || process.id.pid == own || !counted.insert(process.id) {
                continue;
            }
            self.seen.insert(process.id, process.comm.clone());
            if process.is_alive {
                live.push(process);
            }
        }
        live
    }

    fn running_shims(&self) -> impl Iterator<Item = Id> {
        self.shims.iter().copied().filter(|id| tree::is_alive(*id))
    }

    fn report(&mut self, end: &End) -> String {
        let one = |id: &Id, comm: &str, why: Option<&str>| {
            let why = why.map(|why| format!(r#","why":{}"#, json::string(why))).unwrap_or_default();
            format!(r#"{{"pid":{},"comm":{}{why}}}"#, id.pid, json::string(comm))
        };
        let mut seen: Vec<(&Id, &String)> = self.seen.iter().collect();
        seen.sort_by_key(|(id, _)| id.pid);
        let all = |which: &dyn Fn(&Id) -> bool| {
            json::array(seen.iter().filter(|(id, _)| which(id)).map(|(id, comm)| one(id, comm, None)))
        };
        let alive: Vec<_> = if end.forward {
            Vec::new()
        } else {
            seen.iter().filter(|(id, _)| tree::is_alive(**id)).collect()
        };
        self.has_left = !alive.is_empty() || (!end.forward && self.running_shims().next().is_some());
        format!(
            concat!(
                r#"{{"token":{},"found":{},"forwarded":{},"refused":{},"signal":{},"grace_ms":{},"#,
                r#""signalled":{},"killed":{},"left":{}}}"#
            ),
            json::string(&self.token),
            self.is_found(),
            end.forward,
            self.is_refused,
            json::string(&signals::name(end.signal)),
            end.grace_ms,
            if self.is_refused { "[]".to_owned() } else { all(&|_| true) },
            all(&|id| self.killed.contains(id)),
            json::array(alive.iter().map(|(id, comm)| one(id, comm, Some(why_left(id.pid))))),
        )
    }
}

fn why_left(pid: i32) -> &'static str {
    if is_forbidden(sys::send(pid, 0)) { "not permitted" } else { "still running" }
}

fn is_forbidden(sent: io::Result<()>) -> bool {
    sent.is_err_and(|source| source.kind() == io::ErrorKind::PermissionDenied)
}

fn work(end: &End) -> Vec<Target> {
    let all = tree::scan();
    let shims = find::shims(&all);
    let mut targets: Vec<Target> = end.tokens.iter().map(|token| Target::new(token, &shims)).collect();
    for target in &mut targets {
        target.refresh(&all, end.orphans && !end.forward);
        for shim in &target.shims {
            target.is_refused |= is_forbidden(ask(*shim, end));
        }
    }
    if !end.forward {
        let mut work = Work { targets: &mut targets, orphans: end.orphans };
        let grace = if end.signal == signals::KILL { 0 } else { end.grace_ms };
        let grace = Duration::from_millis(u64::from(grace));
        work.watch(grace);
        work.take_over(end.signal, grace);
    }
    for target in &mut targets {
        let line = target.report(end);
        crate::say(&line);
    }
    targets
}

/// Asks a shim for what is wanted.
fn ask(shim: Id, end: &End) -> io::Result<()> {
    if end.forward {
        return sys::send_with(shim.pid, signals::USR1, -end.signal);
    }
    let (signal, grace_ms) =
        if end.signal == signals::KILL { (signals::TERM, 0) } else { (end.signal, end.grace_ms) };
    sys::send_with(shim.pid, signal, i32::try_from(grace_ms).unwrap_or(i32::MAX))?;
    sys::send(shim.pid, signals::CONT) // it may be held by a stop signal
}

struct Work<'a> {
    targets: &'a mut [Target],
    orphans: bool,
}

impl Work<'_> {
    /// Looks on while the shims do the work, as long as they should need.
    fn watch(&mut self, grace: Duration) {
        let begun = Instant::now();
        loop {
            let all = tree::scan();
            let mut is_running = false;
            for target in self.targets.iter_mut().filter(|target| !target.is_refused) {
                let live = target.refresh(&all, false);
                // One look before the shim kills tells which were still there when the grace ended.
                if begun.elapsed() + PAUSE >= grace {
                    target.killed.extend(live.iter().map(|process| process.id));
                }
                is_running |= target.running_shims().next().is_some();
            }
            let passed = begun.elapsed();
            if !is_running || passed >= grace + MARGIN {
                return;
            }
            let before_kill = grace.saturating_sub(PAUSE / 2);
            sleep(match before_kill.checked_sub(passed) {
                Some(rest) if !rest.is_zero() => PAUSE.min(rest),
                _ => PAUSE,
            });
        }
    }

    /// Ends what is still there: what the shim could not, and what has no shim any more.
    fn take_over(&mut self, signal: i32, grace: Duration) {
        let is_polite = self.targets.iter().any(|target| target.shims.is_empty());
        let (signal, grace) = if is_polite { (signal, grace) } else { (signals::KILL, Duration::ZERO) };
        if self.is_over() {
            return;
        }
        let mut ending = Ending::begin(signal, grace, || self.live());
        let mut alone_since = None;
        loop {
            let next = ending.step(|| self.live());
            let live = self.live();
            if ending.is_killing() {
                for target in self.targets.iter_mut() {
                    let held =
                        live.iter().map(|process| process.id).filter(|id| target.seen.contains_key(id));
                    target.killed.extend(held);
                }
            }
            if live.is_empty() {
                // A shim with nothing left exits by itself, unless it is held or broken.
                let since = *alone_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= EXIT_LIMIT {
                    for shim in self.targets.iter().flat_map(Target::running_shims) {
                        let _ = sys::send(shim.pid, signals::KILL); // a refusal shows in the report
                    }
                }
                if since.elapsed() >= 2 * EXIT_LIMIT {
                    return;
                }
            } else {
                alone_since = None;
            }
            let is_hopeless =
                !live.is_empty() && live.iter().all(|process| is_forbidden(sys::send(process.id.pid, 0)));
            match next {
                _ if is_hopeless || self.is_over() => return,
                Next::GiveUp => return,
                Next::Wait(pause) => sleep(pause.min(PAUSE)),
            }
        }
    }

    fn live(&mut self) -> Vec<Process> {
        let all = tree::scan();
        let orphans = self.orphans;
        let mut counted = HashSet::new();
        self.targets
            .iter_mut()
            .filter(|target| !target.is_refused)
            .flat_map(|target| target.refresh(&all, orphans))
            .filter(|process| counted.insert(process.id))
            .collect()
    }

    fn is_over(&mut self) -> bool {
        self.live().is_empty()
            && !self
                .targets
                .iter()
                .any(|target| !target.is_refused && target.running_shims().next().is_some())
    }
}
