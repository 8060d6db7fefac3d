//! From processes and files to builds.

use std::time::Duration;

use jiff::Timestamp;

use super::find::base_name;
use super::located::{DirectorySeen, FileSeen, Found, Look, Role};
use super::{BuildId, Sighting, TaskProcess};

/// How many builds of one container are told at once. Of more, the first.
pub(super) const MOST_BUILDS: usize = 8;
/// How many words of what was asked are kept, and how many running tasks.
const MOST_WORDS: usize = 64;
const MOST_TASKS: usize = 1024;
/// Ticks in a second, as Linux counts them for programs on every machine it runs on.
const TICKS: u64 = 100;
/// The name of a directory that may not be read.
const UNKNOWN: &str = "?";

/// A build, and what is known of its console log besides its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) sighting: Sighting,
    /// How long its console log was.
    pub(super) log_size: u64,
    /// When that was last written.
    pub(super) log_written: Option<Timestamp>,
    /// How long ago it began, by the container's own clock.
    pub(super) age: Duration,
}

/// What a look comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sighted {
    pub(super) builds: Vec<Seen>,
    /// Whether any process of BitBake's is there, at work or not.
    pub(super) has_bitbake: bool,
    /// A user whose build may not be read by who looked.
    pub(super) hidden_of: Option<u32>,
}

/// The builds of a look: one for each client, and one for each server that is at work without one.
pub(super) fn sighted(look: &Look) -> Sighted {
    let with = |role| look.processes.iter().filter(move |process| process.role == role);
    let clients: Vec<&Found> = with(Role::Client).filter(|client| is_client(client)).collect();
    let mut builds = Vec::new();
    for client in &clients {
        // Of several in one directory, one is served and the others wait.
        let rivals = clients.iter().filter(|other| is_beside(other, client));
        let first = rivals.min_by_key(|other| (other.prints.is_empty(), other.start, other.pid));
        let is_served = first.is_some_and(|first| first.pid == client.pid);
        let beside = || with(Role::Server).find(|server| is_beside(server, client));
        let server = if is_served { beside().or_else(|| locking(look, client)) } else { None };
        builds.push(seen(look, Some(client), server));
    }
    for server in with(Role::Server) {
        let has_client = clients.iter().any(|client| is_beside(server, client));
        let is_at_work = with(Role::Worker).chain(with(Role::Parser)).any(|below| below.parent == server.pid);
        if !has_client && is_at_work {
            builds.push(seen(look, None, Some(server)));
        }
    }
    builds.truncate(MOST_BUILDS);
    let hidden =
        clients.iter().copied().chain(with(Role::Server)).find(|process| process.directory.is_none());
    Sighted {
        builds,
        has_bitbake: !clients.is_empty() || with(Role::Server).next().is_some(),
        hidden_of: hidden.map(|process| process.user).filter(|user| *user != look.user),
    }
}

/// Whether a process of a client's name, or under the same interpreter, is a client.
fn is_client(process: &Found) -> bool {
    process.name == "KnottyUI" || program_at(&process.words).is_some()
}

/// Where BitBake's own program stands in a command line: at its beginning, or behind its interpreter.
fn program_at(words: &[String]) -> Option<usize> {
    words.iter().take(3).position(|word| base_name(word) == "bitbake")
}

fn is_beside(one: &Found, other: &Found) -> bool {
    one.directory == other.directory && (one.directory.is_some() || one.user == other.user)
}

/// The server that the lock of a client's directory names, where it may not be read in which directory that works. A lock
/// may also be left over.
fn locking<'a>(look: &'a Look, client: &Found) -> Option<&'a Found> {
    let place = look.directories.iter().find(|place| Some(&place.path) == client.directory.as_ref())?;
    let is_it = |process: &&Found| {
        process.role == Role::Server && Some(process.pid) == place.lock && process.directory.is_none()
    };
    look.processes.iter().find(is_it)
}

/// One build, of its client, its server, or both.
fn seen(look: &Look, client: Option<&Found>, server: Option<&Found>) -> Seen {
    let one = client.or(server);
    let began = one.map_or(0, |process| process.start);
    let began = moment(look, began);
    let directory = one.and_then(|process| process.directory.as_deref());
    let place = look.directories.iter().find(|place| Some(place.path.as_str()) == directory);
    let below = |role: Role, parent: u32| {
        look.processes.iter().filter(move |process| process.role == role && process.parent == parent)
    };
    let log = console_log(client, place, began);
    let server_pid = server.map(|server| server.pid);
    let tasks = server_pid.into_iter().flat_map(|server| below(Role::Worker, server));
    let tasks = tasks.flat_map(|worker| below(Role::Task, worker.pid));
    Seen {
        sighting: Sighting {
            id: BuildId { directory: directory.unwrap_or(UNKNOWN).to_owned(), began },
            user: one.map(|process| process.user.to_string()).unwrap_or_default(),
            client: client.map(|client| client.pid),
            server: server_pid,
            words: client.map(words).unwrap_or_default(),
            is_parsing: server_pid.is_some_and(|server| below(Role::Parser, server).next().is_some()),
            console_log: log.map(|log| log.path.clone()),
            event_log: event_log(client, place, began),
            tasks: tasks.take(MOST_TASKS).map(|task| task_process(look, task)).collect(),
            disk: place.and_then(|place| place.disk),
        },
        log_size: log.map_or(0, |log| log.size),
        log_written: log.and_then(|log| Timestamp::from_second(log.written).ok()),
        age: since(look, began),
    }
}

/// When a process began.
fn moment(look: &Look, start: u64) -> Timestamp {
    let milliseconds = i64::try_from(start.saturating_mul(1000 / TICKS)).unwrap_or(i64::MAX);
    let since = look.boot.saturating_mul(1000).saturating_add(milliseconds);
    Timestamp::from_millisecond(since).unwrap_or_default()
}

/// How long before the look that was.
fn since(look: &Look, began: Timestamp) -> Duration {
    let now = Timestamp::from_second(look.now).unwrap_or_default();
    Duration::try_from(now.duration_since(began)).unwrap_or_default()
}

/// What was asked of BitBake.
fn words(client: &Found) -> Vec<String> {
    let program = program_at(&client.words).unwrap_or_else(|| {
        let first = client.words.first().map_or("", |word| base_name(word));
        usize::from(first.starts_with("python") || first == "sh")
    });
    client.words.iter().skip(program + 1).take(MOST_WORDS).cloned().collect()
}

/// The log the client has open; where that may not be read, the newest that was written since it began.
fn console_log<'a>(
    client: Option<&'a Found>,
    place: Option<&'a DirectorySeen>,
    began: Timestamp,
) -> Option<&'a FileSeen> {
    let client = client?;
    if client.is_open {
        return client.prints.iter().max_by_key(|log| log.written);
    }
    newest(&place?.logs, began)
}

fn newest(files: &[FileSeen], since: Timestamp) -> Option<&FileSeen> {
    files.iter().filter(|file| file.written >= since.as_second()).max_by_key(|file| file.written)
}

/// The event log the client was told to have written, else the newest of the build directory's.
fn event_log(client: Option<&Found>, place: Option<&DirectorySeen>, began: Timestamp) -> Option<String> {
    let client = client?;
    let told = told_event_log(&client.words).or(client.event_log.as_deref()).filter(|path| !path.is_empty());
    match (told, &client.cwd) {
        (Some(path), _) if path.starts_with('/') => Some(path.to_owned()),
        (Some(path), Some(cwd)) => Some(format!("{cwd}/{path}")),
        _ => newest(&place?.events, began).map(|file| file.path.clone()),
    }
}

/// `-w FILE`, `--write-log FILE`, `--write-log=FILE`.
fn told_event_log(words: &[String]) -> Option<&str> {
    words.iter().enumerate().find_map(|(at, word)| match word.as_str() {
        "-w" | "--write-log" => words.get(at + 1).map(String::as_str),
        _ => word.strip_prefix("--write-log=").or_else(|| word.strip_prefix("-w")),
    })
}

fn task_process(look: &Look, task: &Found) -> TaskProcess {
    let of =
        |list: &[(u32, String)]| list.iter().find(|(pid, _)| *pid == task.pid).map(|(_, path)| path.clone());
    TaskProcess {
        process: task.pid,
        name: task.name.chars().take(15).collect(),
        elapsed: since(look, moment(look, task.start)),
        log: of(&look.writes).or_else(|| of(&look.runs).and_then(|words| log_of_script(&words))),
    }
}

/// `…/temp/log.do_x.PID` of a line that has `…/temp/run.do_x.PID` in it.
fn log_of_script(line: &str) -> Option<String> {
    let (before, script) = line.rsplit_once("/run.do_")?;
    let directory = before.rsplit_once(' ').map_or(before, |(_, path)| path);
    directory
        .starts_with('/')
        .then(|| format!("{directory}/log.do_{}", script.split(' ').next().unwrap_or(script)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builds::located::LookReader;

    fn looked(facts: &str) -> Sighted {
        let text = format!("look\nuser 1000\nnow 1700000200\nboot 1700000000\n{facts}end\n");
        let looks = LookReader::default().feed(text.as_bytes());
        sighted(&looks[0])
    }

    const CLIENT: &str = "process client 50 1 50 1050 1000 KnottyUI\nword python3\nword /opt/bin/bitbake\nword -k\n\
        word image\ncwd /build\ndirectory /build\n";
    const SERVER: &str = "process server 60 1 60 1100 1000 Cooker\ncwd /build\ndirectory /build\n";
    const PLACE: &str = "in /build\nlock 60\nlog 1700000011 5 /build/tmp/log/cooker/q/2.log\n\
        log 1700000009 900 /build/tmp-glibc/log/cooker/q/1.log\nevents 1700000012 7 /build/tmp/log/eventlog/2.json\n";

    fn logs(seen: &Sighted) -> Vec<Option<&str>> {
        seen.builds.iter().map(|seen| seen.sighting.console_log.as_deref()).collect()
    }

    #[test]
    fn a_build_is_its_client_its_server_and_what_is_below_them() {
        let below = "process worker 61 60 60 1200 1000 Worker\nprocess worker 62 61 62 1300 1000 Worker\n\
            process task 63 61 63 10000 1000 zlib:compile\nprocess task 64 61 64 20500 1000 linux-yocto:com\n\
            process task 65 1 65 1 0 kworker/0:1\nwrites 63 /build/tmp/work/a/zlib/1/temp/log.do_compile.63\n\
            runs 64 /build/tmp/work/a/linux-yocto/6/temp/run.do_compile.64\n";
        let open = "open\nprints 1700000011 5 /build/tmp/log/cooker/q/2.log\n";
        let seen = looked(&format!("{CLIENT}{open}{SERVER}{below}{PLACE}blocks o 9 4 5 44% /\n"));
        let [Seen { sighting, log_size: 5, .. }] = seen.builds.as_slice() else { panic!("{seen:?}") };
        assert_eq!(sighting.id.directory, "/build");
        assert_eq!(sighting.id.began, "2023-11-14T22:13:30.5Z".parse().unwrap());
        assert_eq!((sighting.client, sighting.server, sighting.user.as_str()), (Some(50), Some(60), "1000"));
        assert_eq!(sighting.words, ["-k", "image"]);
        assert_eq!(sighting.event_log.as_deref(), Some("/build/tmp/log/eventlog/2.json"));
        assert_eq!(sighting.disk.unwrap().free, 5 * 1024);
        let [zlib, linux] = sighting.tasks.as_slice() else { panic!("{sighting:?}") };
        assert_eq!((zlib.name.as_str(), zlib.elapsed.as_secs()), ("zlib:compile", 100));
        assert_eq!(zlib.log.as_deref(), Some("/build/tmp/work/a/zlib/1/temp/log.do_compile.63"));
        assert_eq!(linux.log.as_deref(), Some("/build/tmp/work/a/linux-yocto/6/temp/log.do_compile.64"));
        assert_eq!(linux.elapsed, Duration::ZERO, "begun after the look began");
        assert_eq!((seen.hidden_of, seen.has_bitbake), (None, true));
    }

    #[test]
    fn without_a_look_at_its_files_the_newest_log_since_it_began_is_taken() {
        assert_eq!(logs(&looked(&format!("{CLIENT}{PLACE}"))), [Some("/build/tmp/log/cooker/q/2.log")]);
        assert_eq!(logs(&looked(&format!("{CLIENT}open\n{PLACE}"))), [None], "it has none open yet");
        let old = "in /build\nlog 1700000009 900 /build/tmp/log/cooker/q/1.log\n";
        assert_eq!(logs(&looked(&format!("{CLIENT}{old}"))), [None], "another build's");
    }

    #[test]
    fn a_server_without_a_client_is_a_build_while_it_works() {
        let seen = looked(&format!("{SERVER}{PLACE}"));
        assert!(seen.builds.is_empty() && seen.has_bitbake, "it idles");
        let seen = looked(&format!("{SERVER}process parser 61 60 60 1 1000 Parser-1\n{PLACE}"));
        let sighting = &seen.builds[0].sighting;
        assert_eq!((sighting.client, sighting.server, sighting.is_parsing), (None, Some(60), true));
        assert_eq!(sighting.id.began, "2023-11-14T22:13:31Z".parse().unwrap());
    }

    #[test]
    fn a_lock_names_the_server_only_while_there_is_one() {
        let open = "open\nprints 1700000011 5 /build/tmp/log/cooker/q/2.log\n";
        let elsewhere = "process server 60 1 60 1100 1001 Cooker\n";
        let servers =
            |facts: &str| looked(facts).builds.iter().map(|seen| seen.sighting.server).collect::<Vec<_>>();
        assert_eq!(servers(&format!("{CLIENT}{open}{elsewhere}{PLACE}")), [Some(60)]);
        assert_eq!(servers(&format!("{CLIENT}{open}{PLACE}")), [None], "the lock was left over");
    }

    #[test]
    fn who_waits_for_a_server_has_none() {
        let waits = "process client 70 1 70 1000 1000 python3\nword python3\nword /opt/bin/bitbake\n\
            cwd /build\ndirectory /build\nopen\n";
        let served = "open\nprints 1700000011 5 /build/tmp/log/cooker/q/2.log\n";
        let seen = looked(&format!("{waits}{CLIENT}{served}{SERVER}{PLACE}"));
        let servers: Vec<_> = seen.builds.iter().map(|seen| seen.sighting.server).collect();
        assert_eq!(servers, [None, Some(60)]);
        assert!(looked("process client 7 1 7 1 0 python3\nword python3\nword x\n").builds.is_empty());
    }

    #[test]
    fn what_another_user_hides_is_told() {
        let hidden = looked("process client 50 1 50 1050 1001 KnottyUI\nword bitbake\nword x\n");
        assert_eq!(hidden.hidden_of, Some(1001));
        assert_eq!(hidden.builds[0].sighting.id.directory, "?");
        assert_eq!(
            looked("process client 50 1 50 1050 1000 KnottyUI\n").hidden_of,
            None,
            "no other could more"
        );
    }

    #[test]
    fn the_event_log_one_was_told_to_write_comes_first() {
        for (word, path) in [
            ("word -w\nword /e.json\n", "/e.json"),
            ("word --write-log=e.json\n", "/build/e.json"),
            ("variable BBEVENTLOG=/v.json\n", "/v.json"),
            ("variable BBEVENTLOG=\n", "/build/tmp/log/eventlog/2.json"),
        ] {
            let seen = looked(&format!("{CLIENT}{word}{PLACE}"));
            assert_eq!(seen.builds[0].sighting.event_log.as_deref(), Some(path), "{word}");
        }
    }
}
