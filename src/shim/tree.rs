//! Processes as `/proc` shows them, and who descends from whom.
//!
//! One scan is not a moment in time: a process may start or change its parent while it runs. Whoever needs
//! certainty scans again until nothing new appears.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;

/// One process. The pid alone is not its name, since pids are used again; pid and start time are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id {
    /// The process id.
    pub pid: i32,
    /// When it started, in hundredths of a second since the machine booted.
    pub started: u64,
}

/// What `/proc/PID/stat` says of one process.
#[derive(Clone, Debug)]
pub struct Process {
    /// Which process.
    pub id: Id,
    /// Its parent.
    pub parent: i32,
    /// The short name of its program, at most 15 bytes.
    pub comm: String,
    /// Whether it can still run. A leader that ended before its threads still can.
    pub is_alive: bool,
}

/// Fails when `/proc` is not a readable proc file system.
pub fn check_proc() -> io::Result<()> {
    fs::read("/proc/self/stat").map(|_| ())
}

/// The process with this pid now.
pub fn look(pid: i32) -> Option<Process> {
    parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// Whether exactly this process can still run.
pub fn is_alive(id: Id) -> bool {
    look(id.pid).is_some_and(|now| now.id == id && now.is_alive)
}

/// Every process that can be seen.
pub fn scan() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).filter_map(look).collect()
}

/// Those of `all` that descend from one of `roots` and can still run, the roots themselves left out.
pub fn descendants(all: &[Process], roots: &[i32]) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<&Process>> = HashMap::new();
    for process in all {
        children.entry(process.parent).or_default().push(process);
    }
    let mut seen: HashSet<i32> = roots.iter().copied().collect();
    let mut open: Vec<i32> = roots.to_vec();
    let mut found = Vec::new();
    while let Some(pid) = open.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            if seen.insert(child.id.pid) {
                open.push(child.id.pid);
                if child.is_alive {
                    found.push((*child).clone());
                }
            }
        }
    }
    found
}

/// Reads one `/proc/PID/stat` line, see proc(5). The name may hold any byte, also spaces and parentheses.
fn parse(stat: &[u8]) -> Option<Process> {
    let open = stat.iter().position(|byte| *byte == b'(')?;
    let close = stat.iter().rposition(|byte| *byte == b')')?;
    let pid = std::str::from_utf8(stat.get(..open)?).ok()?.trim().parse().ok()?;
    let comm = String::from_utf8_lossy(stat.get(open + 1..close)?).into_owned();
    let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // `fields` begins with field 3 of the manual page.
    let state = *fields.first()?;
    let parent = fields.get(1)?.parse().ok()?;
    let threads: u32 = fields.get(17)?.parse().ok()?;
    let started = fields.get(19)?.parse().ok()?;
    Some(Process {
        id: Id { pid, started },
        parent,
        comm,
        is_alive: !matches!(state, "Z" | "X" | "x") || threads > 1,
    })
}
