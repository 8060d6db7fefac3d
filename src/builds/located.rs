//! What `locate.sh` prints, read: a line a fact, strictly, whatever the bytes.

use super::Disk;

/// The longest line that is read, in bytes; a longer one is passed over.
const LONGEST_LINE: usize = 8 * 1024;
/// How many processes, directories, and files of one kind are kept of one look. Of more, the first.
const MOST_PROCESSES: usize = 4096;
const MOST_DIRECTORIES: usize = 64;
const MOST_FILES: usize = 64;
/// How many words of a command line are kept.
const MOST_WORDS: usize = 67;
/// The most one look prints; beyond that the rest is not read.
pub(super) const LONGEST_LOOK: usize = 1024 * 1024;

/// What a process of BitBake's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
    Parser,
    Worker,
    /// Anything with a colon in its name: only below a worker a task.
    Task,
    /// A shell step of a task.
    Step,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) role: Role,
    pub(super) pid: u32,
    pub(super) parent: u32,
    pub(super) session: u32,
    /// When it began, in hundredths of a second since the machine did.
    pub(super) start: u64,
    pub(super) user: u32,
    /// At most 15 bytes.
    pub(super) name: String,
    pub(super) words: Vec<String>,
    /// Where it works, and the build directory that belongs to; `None` where that may not be read.
    pub(super) cwd: Option<String>,
    pub(super) directory: Option<String>,
    /// Whether its open files could be read.
    pub(super) is_open: bool,
    /// The console logs it has open.
    pub(super) prints: Vec<FileSeen>,
    /// Its `BBEVENTLOG`.
    pub(super) event_log: Option<String>,
}

/// A file that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileSeen {
    /// When it was last written, in seconds since 1970.
    pub(super) written: i64,
    pub(super) size: u64,
    pub(super) path: String,
}

/// What stands in a build directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DirectorySeen {
    pub(super) path: String,
    pub(super) lock: Option<u32>,
    pub(super) logs: Vec<FileSeen>,
    pub(super) events: Vec<FileSeen>,
    pub(super) disk: Option<Disk>,
}

/// One whole look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Who looked.
    pub(super) user: u32,
    /// The container's time, and when its machine began, in seconds since 1970.
    pub(super) now: i64,
    pub(super) boot: i64,
    pub(super) processes: Vec<Found>,
    /// Which process writes which task log.
    pub(super) writes: Vec<(u32, String)>,
    /// Which session runs which task script.
    pub(super) runs: Vec<(u32, String)>,
    pub(super) directories: Vec<DirectorySeen>,
}

/// Puts looks together from pieces of what the script prints.
#[derive(Debug, Default)]
pub(super) struct LookReader {
    line: Vec<u8>,
    is_too_long: bool,
    /// How much of this look has come.
    taken: usize,
    look: Option<Look>,
}

impl LookReader {
    /// Takes the next bytes; every look that is complete with them.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Look> {
        let mut looks = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.taken = self.taken.saturating_add(piece.len());
            let (text, is_whole) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            if self.line.len() + text.len() > LONGEST_LINE {
                self.is_too_long = true;
            } else {
                self.line.extend_from_slice(text);
            }
            if is_whole {
                let line = std::mem::take(&mut self.line);
                if !std::mem::take(&mut self.is_too_long) {
                    looks.extend(self.line_is(&String::from_utf8_lossy(&line)));
                }
            }
        }
        looks
    }

    fn line_is(&mut self, line: &str) -> Option<Look> {
        match line {
            "look" => {
                (self.look, self.taken) = (Some(Look::default()), 0);
                None
            }
            "end" => self.look.take(),
            _ if self.taken > LONGEST_LOOK => None,
            _ => {
                let (key, value) = line.split_once(' ').unwrap_or((line, ""));
                self.look.as_mut()?.fact(key, value);
                None
            }
        }
    }
}

impl Look {
    /// Takes one fact; what cannot be read says nothing.
    fn fact(&mut self, key: &str, value: &str) {
        match key {
            "user" => self.user = value.parse().unwrap_or(self.user),
            "now" => self.now = value.parse().unwrap_or(self.now),
            "boot" => self.boot = value.parse().unwrap_or(self.boot),
            "process" if self.processes.len() < MOST_PROCESSES => self.processes.extend(process(value)),
            "writes" => keep(&mut self.writes, MOST_PROCESSES, numbered(value)),
            "runs" => keep(&mut self.runs, MOST_PROCESSES, numbered(value)),
            "in" if self.directories.len() < MOST_DIRECTORIES => {
                self.directories.push(DirectorySeen { path: value.to_owned(), ..DirectorySeen::default() });
            }
            "lock" | "log" | "events" | "blocks" | "files" => {
                if let Some(directory) = self.directories.last_mut() {
                    directory.fact(key, value);
                }
            }
            _ => {
                if let Some(process) = self.processes.last_mut() {
                    process.fact(key, value);
                }
            }
        }
    }
}

impl Found {
    fn fact(&mut self, key: &str, value: &str) {
        match key {
            "word" => keep(&mut self.words, MOST_WORDS, Some(value.to_owned())),
            "cwd" => self.cwd = Some(value.to_owned()),
            "directory" => self.directory = Some(value.to_owned()),
            "open" => self.is_open = true,
            "prints" => keep(&mut self.prints, MOST_FILES, file(value)),
            "variable" => self.event_log = value.strip_prefix("BBEVENTLOG=").map(str::to_owned),
            _ => {}
        }
    }
}

impl DirectorySeen {
    fn fact(&mut self, key: &str, value: &str) {
        match key {
            "lock" => self.lock = value.split(':').next().and_then(|pid| pid.trim().parse().ok()),
            "log" => keep(&mut self.logs, MOST_FILES, file(value)),
            "events" => keep(&mut self.events, MOST_FILES, file(value)),
            "blocks" => {
                if let Some((total, free)) = counted(value) {
                    let disk = self.disk.get_or_insert_default();
                    (disk.total, disk.free) = (total.saturating_mul(1024), free.saturating_mul(1024));
                }
            }
            "files" => {
                // File systems that do not count their files say that there are none.
                if let (Some((total, free)), Some(disk)) = (counted(value), &mut self.disk) {
                    disk.free_inodes = (total > 0).then_some(free);
                }
            }
            _ => {}
        }
    }
}

fn keep<T>(list: &mut Vec<T>, most: usize, item: Option<T>) {
    if list.len() < most {
        list.extend(item);
    }
}

/// `ROLE PID PARENT SESSION START USER NAME`.
fn process(value: &str) -> Option<Found> {
    let mut parts = value.splitn(7, ' ');
    let role = match parts.next()? {
        "client" => Role::Client,
        "server" => Role::Server,
        "parser" => Role::Parser,
        "worker" => Role::Worker,
        "task" => Role::Task,
        "step" => Role::Step,
        _ => return None,
    };
    let pid = parts.next()?.parse().ok()?;
    let parent = parts.next()?.parse().ok()?;
    let session = parts.next()?.parse().ok()?;
    let start = parts.next()?.parse().ok()?;
    let user = parts.next()?.parse().ok()?;
    let name = parts.next()?.chars().take(64).collect();
    Some(Found {
        role,
        pid,
        parent,
        session,
        start,
        user,
        name,
        words: Vec::new(),
        cwd: None,
        directory: None,
        is_open: false,
        prints: Vec::new(),
        event_log: None,
    })
}

/// `PID PATH`.
fn numbered(value: &str) -> Option<(u32, String)> {
    let (pid, path) = value.split_once(' ')?;
    Some((pid.parse().ok()?, path.to_owned()))
}

/// `WRITTEN SIZE PATH`.
fn file(value: &str) -> Option<FileSeen> {
    let mut parts = value.splitn(3, ' ');
    let written = parts.next()?.parse().ok()?;
    let size = parts.next()?.parse().ok()?;
    let path = parts.next().filter(|path| path.starts_with('/'))?.to_owned();
    Some(FileSeen { written, size, path })
}

/// All there are and those that are left, of a line of `df -P`: the numbers before the percentage. What stands before
/// them may hold blanks.
fn counted(line: &str) -> Option<(u64, u64)> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let is_percent = |word: &&str| {
        **word == *"-" || word.strip_suffix('%').is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let at = words.iter().skip(4).position(is_percent)? + 4;
    let number = |before: usize| words.get(at.checked_sub(before)?)?.parse().ok();
    Some((number(3)?, number(1)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRINTED: &str = "look\nuser 1000\nnow 1700000100\nboot 1700000000\n\
        process client 7 1 7 250 1000 KnottyUI\nword python3\nword /opt/bin/bitbake\nword -k\nword \n\
        cwd /build/sub dir\ndirectory /build\nopen\nprints 1700000050 12 /build/tmp/log/cooker/qemu/1.log\n\
        variable BBEVENTLOG=/e.json\nprocess worker 9 8 9 300 1000 Worker (Fakeroot)\nprocess odd 1 2 3\n\
        writes 11 /build/tmp/work/a/zlib/1/temp/log.do_compile.11\nruns 12 /bin/sh x\nin /build\nlock 8\n\
        log 1700000050 12 /build/tmp/log/cooker/qemu/1.log\nevents 1 x /bad\n\
        blocks //server/a share 1000 400 600 40% /build dir\nfiles overlay 0 0 0 - /build\nend\n";

    #[test]
    fn a_look_is_read_whatever_its_pieces() {
        let whole = LookReader::default().feed(PRINTED.as_bytes());
        let [look] = whole.as_slice() else { panic!("{whole:?}") };
        assert_eq!((look.user, look.now, look.boot), (1000, 1_700_000_100, 1_700_000_000));
        let [client, worker] = look.processes.as_slice() else { panic!("{look:?}") };
        assert_eq!((client.role, client.pid, client.start, client.user), (Role::Client, 7, 250, 1000));
        assert_eq!(client.words, ["python3", "/opt/bin/bitbake", "-k", ""]);
        assert_eq!(client.cwd.as_deref(), Some("/build/sub dir"));
        assert!(client.is_open && client.prints.len() == 1 && client.event_log.as_deref() == Some("/e.json"));
        assert_eq!(worker.name, "Worker (Fakeroot)");
        let [directory] = look.directories.as_slice() else { panic!("{look:?}") };
        assert_eq!((directory.lock, directory.logs.len(), directory.events.len()), (Some(8), 1, 0));
        assert_eq!(directory.disk, Some(Disk { free: 600 * 1024, total: 1000 * 1024, free_inodes: None }));
        for size in 1..20 {
            let mut reader = LookReader::default();
            let read: Vec<Look> =
                PRINTED.as_bytes().chunks(size).flat_map(|piece| reader.feed(piece)).collect();
            assert_eq!(read, whole, "{size}");
        }
    }

    #[test]
    fn what_is_beyond_every_bound_is_passed_over() {
        let mut reader = LookReader::default();
        reader.feed(b"look\nuser 1\nuser ");
        for _ in 0..1100 {
            reader.feed(&[b'9'; 1000]);
        }
        assert!(reader.line.len() <= LONGEST_LINE);
        let looks = reader.feed(b"\nuser 2\nend\nlook\nuser 3\nend\n");
        assert_eq!(looks.iter().map(|look| look.user).collect::<Vec<_>>(), [1, 3], "{LONGEST_LOOK} bytes");
        let many = format!("look\n{}end\n", "process task 1 2 3 4 5 a:b\n".repeat(MOST_PROCESSES + 9));
        assert_eq!(LookReader::default().feed(many.as_bytes())[0].processes.len(), MOST_PROCESSES);
    }

    #[test]
    fn the_room_on_a_disk_is_read() {
        assert_eq!(counted("overlay 264212084 35331868 59954020 37% /"), Some((264_212_084, 59_954_020)));
        assert_eq!(counted("a b c 10 4 6 40% /x 5% y"), Some((10, 6)));
        for bad in ["", "%", "1%", "a b c d e", "overlay 1 2 3", "overlay x 2 y 3% /"] {
            assert_eq!(counted(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            LookReader::default().feed(&bytes);
        }

        #[test]
        fn no_facts_make_it_fail(
            facts in proptest::collection::vec(
                ("(look|end|user|now|boot|process|word|cwd|open|prints|variable|writes|runs|in|lock|log|events|blocks|files)",
                 "( (client|server|parser|task|step|[0-9]{1,20}|/?[a-z.%-]{0,6})){0,8}"), 0..40)
        ) {
            let facts: Vec<String> = facts.into_iter().map(|(key, value)| key + &value).collect();
            let text = facts.join("\n");
            for look in LookReader::default().feed(format!("look\n{text}\nend\n").as_bytes()) {
                crate::builds::sight::sighted(&look);
            }
        }
    }
}
