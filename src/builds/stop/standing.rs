//! What of one build is there: its processes, followed from look to look by what they are, not by their numbers.

use crate::builds::located::{Found, Look, Role};
use crate::builds::sight::sighted;
use crate::builds::{BuildId, Sighting};

/// How many task groups are kept in mind. Of more, the first.
const MOST_TASKS: usize = 1024;

/// A process: its number alone may be another's tomorrow, with its beginning it is one for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    /// When it began, in hundredths of a second since the machine did.
    pub(super) start: u64,
    /// Its short name, as it was seen last.
    pub(super) name: String,
}

impl Process {
    fn of(found: &Found) -> Self {
        Self { pid: found.pid, start: found.start, name: found.name.clone() }
    }

    fn is(&self, found: &Found) -> bool {
        (self.pid, self.start) == (found.pid, found.start)
    }

    fn seen_in(&self, look: &Look) -> Option<Self> {
        look.processes.iter().find(|found| self.is(found)).map(Self::of)
    }
}

/// What of a build is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) client: Option<Process>,
    pub(super) server: Option<Process>,
    /// Workers and parsers.
    pub(super) workers: Vec<Process>,
    /// The leaders of the tasks' process groups; also those that are dead and whose groups are not.
    pub(super) tasks: Vec<Process>,
    /// Whether its container has ended, and with it everything.
    pub(super) container_ended: bool,
}

impl Standing {
    /// Whether anything of it is there.
    pub(super) fn is_there(&self) -> bool {
        self.client.is_some() || self.server.is_some() || self.is_at_work()
    }

    fn is_at_work(&self) -> bool {
        !self.workers.is_empty() || !self.tasks.is_empty()
    }

    /// Whether only its server is, which idles.
    pub(super) fn is_leaving(&self) -> bool {
        self.server.is_some() && self.client.is_none() && !self.is_at_work()
    }

    /// All of it.
    pub(super) fn all(&self) -> impl Iterator<Item = &Process> {
        self.tasks.iter().chain(&self.workers).chain(&self.server).chain(&self.client)
    }
}

/// One build, from look to look.
#[derive(Debug)]
pub(super) struct Followed {
    id: BuildId,
    /// As whom it runs.
    user: Option<String>,
    known: Standing,
}

impl Followed {
    pub(super) fn new(id: BuildId) -> Self {
        Self { id, user: None, known: Standing::default() }
    }

    /// Its directory.
    pub(super) fn directory(&self) -> &str {
        &self.id.directory
    }

    /// As whom it runs, once it was seen.
    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// What of it is there in this look.
    pub(super) fn stand(&mut self, look: &Look) -> Standing {
        self.meet(look);
        let server = self.known.server.as_ref().map(|server| server.pid);
        let known = |process: &Option<Process>| process.as_ref().and_then(|process| process.seen_in(look));
        let (client, server_now) = (known(&self.known.client), known(&self.known.server));
        let is_below_server = |found: &Found| {
            matches!(found.role, Role::Worker | Role::Parser)
                && Some(found.parent) == server
                && server_now.is_some()
        };
        let workers: Vec<Process> = (look.processes.iter())
            .filter(|found| {
                is_below_server(found) || self.known.workers.iter().any(|worker| worker.is(found))
            })
            .map(Process::of)
            .collect();
        // A task that was forked just now still has its worker's name.
        let is_task = |found: &&Found| {
            matches!(found.role, Role::Task | Role::Worker)
                && found.session == found.pid
                && workers.iter().any(|worker| worker.pid == found.parent)
        };
        for found in look.processes.iter().filter(is_task) {
            if self.known.tasks.len() < MOST_TASKS && !self.known.tasks.iter().any(|task| task.is(found)) {
                self.known.tasks.push(Process::of(found));
            }
        }
        let is_there = |task: &Process| {
            task.seen_in(look).or_else(|| {
                // What a task started may outlive it.
                let is_of_task = |found: &Found| found.role == Role::Step && found.session == task.pid;
                look.processes.iter().any(is_of_task).then(|| task.clone())
            })
        };
        let tasks: Vec<Process> = self.known.tasks.iter().filter_map(is_there).collect();
        self.known.workers.clone_from(&workers);
        self.known.tasks.clone_from(&tasks);
        Standing { client, server: server_now, workers, tasks, container_ended: false }
    }

    /// Learns which its client and its server are.
    fn meet(&mut self, look: &Look) {
        let builds = sighted(look).builds;
        let is_new = !self.known.is_there();
        // One that has lost its client has another id, and is the only one in its directory.
        let is_orphan = |seen: &Sighting| {
            is_new
                && seen.client.is_none()
                && seen.id.directory == self.id.directory
                && seen.id.directory != "?"
        };
        let seen = builds.iter().map(|seen| &seen.sighting);
        let seen = seen
            .clone()
            .find(|seen| seen.id == self.id)
            .or_else(|| seen.clone().find(|seen| is_orphan(seen)));
        let Some(seen) = seen else { return };
        let with = |pid: Option<u32>, role: Role| {
            let found = look.processes.iter().find(|found| Some(found.pid) == pid && found.role == role);
            found.map(Process::of)
        };
        self.user.get_or_insert_with(|| seen.user.clone());
        self.known.client = self.known.client.take().or_else(|| with(seen.client, Role::Client));
        // The one that is named in the lock; another in the same directory does not build.
        let place = look.directories.iter().find(|place| place.path == self.id.directory);
        let named = place.and_then(|place| place.lock);
        let server = with(named.or(seen.server), Role::Server);
        self.known.server = self.known.server.take().or(server.filter(|_| seen.server.is_some()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builds::located::LookReader;

    const CLIENT: &str =
        "process client 50 1 50 1050 1000 KnottyUI\nword bitbake\nword x\ndirectory /build\n";
    const SERVER: &str = "process server 60 1 60 1100 1000 Cooker\ndirectory /build\n";
    const WORKER: &str = "process worker 61 60 60 1200 1000 Worker\n";
    const TASK: &str = "process task 63 61 63 1300 1000 zlib:compile\n";
    const STEP: &str = "process step 64 63 63 1301 1000 run.do_compile.\n";
    const PLACE: &str = "in /build\nlock 60\n";

    fn look(facts: &str) -> Look {
        let text = format!("look\nuser 1000\nnow 1700000200\nboot 1700000000\n{facts}end\n");
        LookReader::default().feed(text.as_bytes()).pop().unwrap()
    }

    fn followed() -> Followed {
        let began = "2023-11-14T22:13:30.5Z".parse().unwrap();
        Followed::new(BuildId { directory: "/build".into(), began })
    }

    fn pids(standing: &Standing) -> Vec<u32> {
        standing.all().map(|process| process.pid).collect()
    }

    #[test]
    fn a_build_is_followed_when_parts_of_it_are_gone() {
        let mut build = followed();
        let forked = "process worker 65 61 65 1400 1000 Worker\n";
        let whole = format!("{CLIENT}{SERVER}{WORKER}{TASK}{STEP}{forked}{PLACE}");
        assert_eq!(pids(&build.stand(&look(&whole))), [63, 65, 61, 60, 50]);
        assert_eq!(build.user(), Some("1000"));
        // Without its client it has another id, and is the same.
        assert_eq!(pids(&build.stand(&look(&format!("{SERVER}{WORKER}{TASK}{PLACE}")))), [63, 61, 60]);
        let orphans = WORKER.replace("61 60", "61 1") + &TASK.replace("63 61", "63 1");
        assert_eq!(pids(&build.stand(&look(&orphans))), [63, 61]);
        let left = build.stand(&look(&STEP.replace("64 63 63", "64 1 63")));
        assert_eq!((pids(&left), left.tasks[0].start), (vec![63], 1300), "its group outlives a task");
        assert!(!build.stand(&look("")).is_there());
    }

    #[test]
    fn a_number_that_another_process_has_by_now_is_not_the_build() {
        let mut build = followed();
        build.stand(&look(&format!("{CLIENT}{SERVER}{WORKER}{TASK}{PLACE}")));
        let others: String = [CLIENT, SERVER, WORKER, TASK].concat();
        let others = others.replace("1050", "9050").replace("1100", "9100").replace("1300", "9300");
        let others = others.replace("1200", "9200").replace("61 60", "61 7");
        assert!(!build.stand(&look(&format!("{others}{PLACE}"))).is_there());
        assert!(!followed().stand(&look(&format!("{others}{PLACE}"))).is_there(), "another build");
    }

    #[test]
    fn a_server_that_the_lock_does_not_name_is_not_taken_for_its_own() {
        let standing = followed().stand(&look(&format!("{CLIENT}{SERVER}in /build\nlock 77\n")));
        assert_eq!((standing.client.is_some(), standing.server), (true, None));
        let without_lock = followed().stand(&look(&format!("{CLIENT}{SERVER}in /build\n")));
        assert!(without_lock.server.is_some());
    }

    #[test]
    fn one_that_has_lost_its_client_before_it_was_looked_for_is_found_by_its_directory() {
        let standing = followed().stand(&look(&format!("{SERVER}{WORKER}{TASK}{PLACE}")));
        assert_eq!(pids(&standing), [63, 61, 60]);
        let elsewhere = format!("{SERVER}{WORKER}{TASK}{PLACE}").replace("/build", "/other");
        assert!(!followed().stand(&look(&elsewhere)).is_there());
        let next = CLIENT.replace("50 1 50 1050", "80 1 80 8050");
        assert!(!followed().stand(&look(&format!("{next}{SERVER}{WORKER}{PLACE}"))).is_there());
    }

    #[test]
    fn an_idle_server_is_leaving() {
        let mut build = followed();
        build.stand(&look(&format!("{CLIENT}{SERVER}{WORKER}{PLACE}")));
        let standing = build.stand(&look(&format!("{SERVER}{PLACE}")));
        assert!(standing.is_leaving() && standing.is_there());
        assert!(!build.stand(&look(&format!("{SERVER}{WORKER}{PLACE}"))).is_leaving());
    }
}
