//! The ladder against a build that is played, in paused time.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::hands::{Hands, Order, Sending};
use super::ladder::{Seen, climb};
use super::sent::Sent;
use super::standing::{Process, Standing};
use super::{ContainerEnd, StopEnd, StopPlan, StopProgress, StopStep};
use crate::actions::Aftermath;
use crate::engine::{EngineError, ErrorKind, Result, StopOptions};

/// What a build does after a signal, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// All of it is gone.
    Ends,
    /// The client and the tasks are gone; the server stays.
    ServerStays,
    /// Nothing runs any more, nor does the container.
    ContainerEnds,
}

/// A build that is played.
struct Played {
    standing: Standing,
    /// What becomes of it after so many seconds, once so many signals of this name have come.
    plays: Vec<(&'static str, usize, u64, Then)>,
    due: Vec<(Instant, Then)>,
    signals: Vec<(u64, String)>,
    begun: Instant,
    /// What looks and signals fail with, first.
    look_fails: VecDeque<ErrorKind>,
    send_fails: VecDeque<ErrorKind>,
    /// So many signals find nothing that is as it was seen.
    misses: usize,
    files: Vec<&'static str>,
    container_stopped: bool,
    next_look: Instant,
}

fn process(pid: u32, name: &str) -> Process {
    Process { pid, start: u64::from(pid) * 10, name: name.into() }
}

fn running() -> Standing {
    Standing {
        client: Some(process(50, "KnottyUI")),
        server: Some(process(60, "Cooker")),
        workers: vec![process(61, "Worker")],
        tasks: vec![
            process(71, "zlib:compile"),
            process(72, "gcc:configure"),
            process(73, "linux-yocto:com"),
        ],
        container_ended: false,
    }
}

impl Played {
    fn new(plays: &[(&'static str, usize, u64, Then)]) -> Self {
        Self {
            standing: running(),
            plays: plays.to_vec(),
            due: Vec::new(),
            signals: Vec::new(),
            begun: Instant::now(),
            look_fails: VecDeque::new(),
            send_fails: VecDeque::new(),
            misses: 0,
            files: Vec::new(),
            container_stopped: false,
            next_look: Instant::now(),
        }
    }

    fn happens(&mut self) {
        let now = Instant::now();
        let due: Vec<Then> = self.due.iter().filter(|(at, _)| *at <= now).map(|(_, then)| *then).collect();
        self.due.retain(|(at, _)| *at > now);
        for then in due {
            let server = self.standing.server.clone().filter(|_| then == Then::ServerStays);
            let container_ended = then == Then::ContainerEnds;
            self.standing = Standing { server, container_ended, ..Standing::default() };
        }
    }

    fn names(&self) -> Vec<String> {
        self.signals.iter().map(|(at, signal)| format!("{at} {signal}")).collect()
    }
}

impl Hands for Played {
    async fn look(&mut self) -> Result<Standing> {
        tokio::time::sleep_until(self.next_look).await;
        self.next_look = Instant::now() + Duration::from_secs(1);
        self.happens();
        match self.look_fails.pop_front() {
            Some(kind) => Err(EngineError::new("look", kind)),
            None => Ok(self.standing.clone()),
        }
    }

    async fn send(&mut self, orders: &[Order]) -> Result<Sending> {
        self.happens();
        if orders.is_empty() {
            return Ok(Sending { files: self.files.clone(), ..Sending::default() });
        }
        if let Some(kind) = self.send_fails.pop_front() {
            return Err(EngineError::new("send", kind));
        }
        if self.misses > 0 {
            self.misses -= 1;
            return Ok(Sending::default());
        }
        let at = self.begun.elapsed().as_secs();
        for Order { signal, to, is_group } in orders {
            let group = if *is_group { "-" } else { "" };
            self.signals.push((at, format!("{signal} {group}{}", to.pid)));
        }
        let name = orders[0].signal;
        let so_far = self.signals.iter().filter(|(_, one)| one.starts_with(name)).count();
        let plays = self.plays.iter().filter(|play| play.0 == name && play.1 <= so_far);
        self.due.extend(plays.map(|play| (Instant::now() + Duration::from_secs(play.2), play.3)));
        Ok(Sending { sent: orders.iter().map(|order| order.to.pid).collect(), ..Sending::default() })
    }

    async fn stop_container(&mut self, _: &StopOptions) -> Result<()> {
        sleep(Duration::from_secs(1)).await;
        self.container_stopped = true;
        Ok(())
    }
}

/// What came of a stop, and what it said on its way.
struct Climbed {
    end: Result<StopEnd>,
    told: Vec<String>,
    sent: Sent,
}

/// Climbs; the next step is taken at once after these seconds.
async fn climbs(build: &mut Played, plan: &StopPlan, skips: &[u64]) -> Climbed {
    let (skip, sent, told) = (Notify::new(), Sent::default(), Mutex::new(Vec::<String>::new()));
    let each = |progress: StopProgress| {
        let words = progress.to_string();
        let mut told = told.lock().unwrap();
        if told.last() != Some(&words) {
            told.push(words);
        }
    };
    let seen = Seen { skip: &skip, sent: &sent, each: &each };
    let skipping = async {
        let begun = Instant::now();
        for at in skips {
            tokio::time::sleep_until(begun + Duration::from_secs(*at)).await;
            skip.notify_one();
        }
        std::future::pending::<()>().await;
    };
    let end = tokio::select! {
        end = climb(build, plan, &seen) => end,
        () = skipping => unreachable!(),
    };
    Climbed { end, told: told.into_inner().unwrap(), sent }
}

#[tokio::test(start_paused = true)]
async fn running_tasks_finish_in_their_own_time() {
    let mut build = Played::new(&[("INT", 1, 40, Then::Ends)]);
    let climbed = climbs(&mut build, &StopPlan::gentle(), &[]).await;
    let end = climbed.end.unwrap();
    assert_eq!(build.names(), ["0 INT 50"], "the client alone");
    assert_eq!((end.step, end.was_killed(), end.container), (Some(StopStep::FinishTasks), false, None));
    assert!((40..42).contains(&end.elapsed.as_secs()), "{end:?}");
    assert!(end.to_string().starts_with("ended cleanly after 4"), "{end}");
    assert_eq!(climbed.told[0], "interrupt sent, waiting for 3 running tasks; tasks are stopped in 2:00");
    assert!(climbed.told.len() >= 40, "every second: {:?}", climbed.told);
    assert!(climbed.told.iter().any(|words| words.ends_with("in 1:42")), "{:?}", climbed.told);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_is_climbed_to_the_end() {
    let mut build = Played::new(&[("KILL", 1, 0, Then::Ends)]);
    build.files = vec!["bitbake.lock", "bitbake.sock"];
    let climbed = climbs(&mut build, &StopPlan::gentle(), &[]).await;
    let end = climbed.end.unwrap();
    let expected = [
        "0 INT 50",
        "120 INT 50",
        "130 TERM 60",
        "140 KILL 60",
        "140 KILL 61",
        "140 KILL -71",
        "140 KILL -72",
        "140 KILL -73",
        "140 KILL 50",
    ];
    assert_eq!(build.names(), expected);
    assert!(end.was_killed());
    assert_eq!(
        end.to_string(),
        format!(
            "killed after {}: nothing was tidied up; bitbake.lock and bitbake.sock are left: the next build ignores them",
            crate::text::elapsed(end.elapsed)
        )
    );
    let lasts = StopPlan::gentle().longest();
    assert!(end.elapsed < lasts && lasts == Duration::from_secs(180), "{lasts:?}");
}

#[tokio::test(start_paused = true)]
async fn two_interrupts_stop_tasks_at_once_and_each_step_can_be_skipped() {
    let mut build = Played::new(&[("INT", 2, 2, Then::Ends)]);
    let climbed = climbs(&mut build, &StopPlan::now(), &[]).await;
    assert_eq!(build.names(), ["0 INT 50", "0 INT 50"]);
    let end = climbed.end.unwrap();
    assert_eq!(end.step, Some(StopStep::StopTasks));
    assert!(end.elapsed < Duration::from_secs(5), "{end:?}");

    let mut build = Played::new(&[("TERM", 1, 1, Then::Ends)]);
    let climbed = climbs(&mut build, &StopPlan::gentle(), &[3, 5]).await;
    assert_eq!(build.names(), ["0 INT 50", "3 INT 50", "5 TERM 60"], "one interrupt for each step");
    assert_eq!(climbed.end.unwrap().step, Some(StopStep::EndServer));
}

#[tokio::test(start_paused = true)]
async fn interrupts_that_were_sent_before_are_not_sent_again() {
    let mut build = Played::new(&[("INT", 1, 1, Then::Ends)]);
    let plan = StopPlan { interrupts: 1, finish: Duration::from_secs(30), ..StopPlan::gentle() };
    climbs(&mut build, &plan, &[]).await.end.unwrap();
    assert_eq!(build.names(), ["30 INT 50"], "one that waits is not hurried");
    let mut build = Played::new(&[("TERM", 1, 1, Then::Ends)]);
    climbs(&mut build, &StopPlan { interrupts: 2, ..StopPlan::now() }, &[]).await.end.unwrap();
    assert_eq!(build.names(), ["10 TERM 60"], "a third interrupt makes the server linger");
}

#[tokio::test(start_paused = true)]
async fn without_a_client_it_begins_with_the_server_and_without_that_with_kill() {
    let mut build = Played::new(&[("TERM", 1, 2, Then::Ends)]);
    build.standing.client = None;
    climbs(&mut build, &StopPlan::gentle(), &[]).await.end.unwrap();
    assert_eq!(build.names(), ["0 TERM 60"]);
    let mut build = Played::new(&[("KILL", 1, 0, Then::Ends)]);
    (build.standing.client, build.standing.server) = (None, None);
    climbs(&mut build, &StopPlan::gentle(), &[]).await.end.unwrap();
    assert_eq!(build.names(), ["0 KILL 61", "0 KILL -71", "0 KILL -72", "0 KILL -73"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_idles_is_waited_for_and_left_alone() {
    let mut build = Played::new(&[("INT", 1, 1, Then::ServerStays), ("INT", 1, 31, Then::Ends)]);
    let climbed = climbs(&mut build, &StopPlan::gentle(), &[]).await;
    assert_eq!(build.names(), ["0 INT 50"]);
    assert_eq!(climbed.end.unwrap().server, None, "it left");
    assert!(climbed.told.iter().any(|words| words.contains("holds bitbake.lock")), "{:?}", climbed.told);

    let mut build = Played::new(&[("INT", 1, 1, Then::ServerStays)]);
    build.files = vec!["bitbake.lock"];
    let climbed = climbs(&mut build, &StopPlan::gentle(), &[]).await;
    let end = climbed.end.unwrap();
    assert_eq!((end.server, end.stale.len(), end.step), (Some(60), 0, Some(StopStep::FinishTasks)));
    assert!((36..39).contains(&end.elapsed.as_secs()), "{end:?}");
    assert!(end.to_string().contains("server (60)"), "{end}");

    // Who does not want to wait has it ended.
    let mut build = Played::new(&[("INT", 1, 1, Then::ServerStays), ("TERM", 1, 1, Then::Ends)]);
    climbs(&mut build, &StopPlan::gentle(), &[10]).await.end.unwrap();
    assert_eq!(build.names(), ["0 INT 50", "10 TERM 60"]);
}

#[tokio::test(start_paused = true)]
async fn what_nothing_ends_is_told_and_killed_again_until_then() {
    let mut build = Played::new(&[]);
    let climbed = climbs(&mut build, &StopPlan::kill(), &[]).await;
    let error = climbed.end.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused);
    assert!(error.said().unwrap().contains("71 zlib:compile"), "{error:?}");
    assert!(build.signals.len() >= 4 * 6, "{:?}", build.names());

    let mut build = Played::new(&[]);
    let plan = StopPlan { container: Some(StopOptions::default()), ..StopPlan::kill() };
    let end = climbs(&mut build, &plan, &[]).await.end.unwrap();
    assert!(build.container_stopped);
    assert_eq!((end.step, end.container), (Some(StopStep::StopContainer), Some(ContainerEnd::Stopped)));
}

#[tokio::test(start_paused = true)]
async fn the_container_is_stopped_last_and_only_where_it_was_to_be() {
    let mut build = Played::new(&[("INT", 1, 1, Then::Ends)]);
    let plan = StopPlan { container: Some(StopOptions::default()), ..StopPlan::gentle() };
    let end = climbs(&mut build, &plan, &[]).await.end.unwrap();
    assert!(build.container_stopped && end.step == Some(StopStep::FinishTasks), "{end:?}");
    assert!(end.to_string().ends_with("; the container was stopped"), "{end}");

    let mut build = Played::new(&[("INT", 1, 1, Then::ContainerEnds)]);
    let end = climbs(&mut build, &plan, &[]).await.end.unwrap();
    assert!(!build.container_stopped);
    assert_eq!(end.container, Some(ContainerEnd::ByItself));
}

#[tokio::test(start_paused = true)]
async fn one_that_has_ended_already_is_sent_nothing() {
    let mut build = Played::new(&[]);
    build.standing = Standing::default();
    let climbed = climbs(&mut build, &StopPlan::kill(), &[]).await;
    assert_eq!((climbed.end.unwrap().to_string().as_str(), build.signals.len()), ("it had ended already", 0));
    assert_eq!(
        climbed.sent.aftermath(),
        Aftermath::DidNotHappen("nothing was sent: the build goes on".into())
    );
}

#[tokio::test(start_paused = true)]
async fn looks_and_signals_that_fail_are_repeated_but_no_interrupt_that_may_have_come() {
    let mut build = Played::new(&[("INT", 1, 3, Then::Ends)]);
    build.look_fails = [ErrorKind::BrokenStream, ErrorKind::Unreachable].into();
    build.send_fails = [ErrorKind::Unreachable].into();
    build.misses = 1;
    climbs(&mut build, &StopPlan::gentle(), &[]).await.end.unwrap();
    assert_eq!(build.signals.len(), 1, "{:?}", build.names());

    let mut build = Played::new(&[]);
    build.send_fails = [ErrorKind::BrokenStream].into();
    let plan = StopPlan { finish: Duration::from_secs(20), ..StopPlan::gentle() };
    let _ = climbs(&mut build, &plan, &[]).await;
    assert!(build.names()[0].starts_with("21 INT"), "{:?}", build.names());

    let mut build = Played::new(&[]);
    build.look_fails = [const { ErrorKind::BadAnswer }; 3].into();
    assert!(climbs(&mut build, &StopPlan::gentle(), &[]).await.end.is_err());
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_is_told_what_was_sent() {
    let (skip, sent) = (Notify::new(), Sent::default());
    let each = |_: StopProgress| {};
    for (seconds, words) in [(5, "the interrupt was sent: no new task begins"), (125, "the second interrupt")]
    {
        let mut build = Played::new(&[]);
        let seen = Seen { skip: &skip, sent: &sent, each: &each };
        let plan = StopPlan::gentle();
        let limit = Duration::from_secs(seconds);
        assert!(tokio::time::timeout(limit, climb(&mut build, &plan, &seen)).await.is_err());
        let Aftermath::GoesOn(told) = sent.aftermath() else { panic!() };
        assert!(told.contains(words), "{told}");
    }
    sent.begins(StopStep::EndServer);
    assert!(sent.aftermath().sentence().unwrap().contains("TERM to the server may have been sent"));
}
