//! Builds of somebody else, found and followed.

use std::sync::Arc;
use std::time::Duration;

use smidr_console::actions::Outcome;
use smidr_console::bitbake::{self, Build, BuildReader, Phase, Stream};
use smidr_console::builds::{
    BuildId, BuildNews, FileNews, NoHistories, WatchedBuild, find, follow_file, look_once, process_of,
    read_file, watch,
};
use smidr_console::engine::StopOptions;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::fake::{Builder, LIMIT, console_log, plan, text};
use crate::support::wait_until;

/// What a watch tells.
struct Watched {
    news: mpsc::Receiver<BuildNews>,
    watching: JoinHandle<()>,
    /// What each build has printed, and what is known of it.
    builds: Vec<(BuildId, Vec<u8>, Option<Arc<WatchedBuild>>)>,
    troubles: Vec<String>,
}

impl Watched {
    fn begin(builder: &Builder) -> Self {
        let (told, news) = mpsc::channel(4);
        let watching =
            tokio::spawn(watch(builder.on.clone(), builder.id.clone(), Arc::new(NoHistories), told));
        Self { news, watching, builds: Vec::new(), troubles: Vec::new() }
    }

    fn of(&mut self, id: &BuildId) -> &mut (BuildId, Vec<u8>, Option<Arc<WatchedBuild>>) {
        let at = self.builds.iter().position(|known| known.0 == *id).unwrap_or_else(|| {
            self.builds.push((id.clone(), Vec::new(), None));
            self.builds.len() - 1
        });
        &mut self.builds[at]
    }

    /// Takes news until what is known of a build is as wanted.
    async fn until(&mut self, what: &str, wanted: impl Fn(&WatchedBuild) -> bool) -> Arc<WatchedBuild> {
        let deadline = tokio::time::Instant::now() + LIMIT;
        loop {
            let Ok(news) = tokio::time::timeout_at(deadline, self.news.recv()).await else {
                let known: Vec<_> = self
                    .builds
                    .iter()
                    .map(|(_, printed, known)| (printed.len(), short(known.as_ref())))
                    .collect();
                panic!("in vain: {what}; troubles {:?}; known {known:#?}", self.troubles);
            };
            match news.expect("the watch goes on") {
                BuildNews::Printed(id, _, bytes) => self.of(&id).1.extend_from_slice(&bytes),
                BuildNews::Trouble(_, why) => self.troubles.push(why),
                BuildNews::Read(build) => {
                    self.of(build.id()).2 = Some(build.clone());
                    if wanted(&build) {
                        return build;
                    }
                }
            }
        }
    }

    fn printed(&mut self, id: &BuildId) -> String {
        String::from_utf8(self.of(id).1.clone()).unwrap()
    }

    /// Stops watching.
    async fn drop(self) {
        self.watching.abort();
        let _ = self.watching.await;
    }
}

/// What is known of a build, in so far as a failed test has to tell it.
fn short(build: Option<&Arc<WatchedBuild>>) -> String {
    build.map_or_else(String::new, |build| {
        let told = &build.build;
        format!(
            "{:?} {:?} {:?} {:?} {:?}",
            build.seen,
            told.phase(),
            told.tasks(),
            running(told),
            build.ended
        )
    })
}

/// What a reader makes of these lines.
fn read(lines: &[String]) -> BuildReader {
    let mut reader = BuildReader::new(bitbake::Output::Mixed);
    reader.feed(Stream::Output, None, text(lines).as_bytes());
    reader
}

fn running(build: &Build) -> Vec<(String, String)> {
    build.running().iter().map(|task| (task.pf.clone(), task.task.clone())).collect()
}

/// Numbers of lines at which tasks run, about a third and two thirds of the way.
fn gates(lines: &[String]) -> (usize, usize) {
    let at = |least: usize| {
        let mut last = least;
        while read(&lines[..last]).build().running().len() < 3 {
            last += 1;
        }
        last
    };
    (at(lines.len() / 3), at(lines.len() * 2 / 3))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn builds_of_somebody_else_are_found_followed_and_left_alone() {
    let builder = Builder::start().await;
    let mut watched = Watched::begin(&builder);
    let lines = console_log("b-nontty-failure-k.raw");
    let (early, late) = gates(&lines);
    let gated = plan(&lines, &[(0, "/tmp/parsed"), (early, "/tmp/early"), (late, "/tmp/late")]);
    builder.somebody_builds("/build", "20260101000000", &gated, &["-k", "fail-all"]).await;

    let build = watched.until("it parses", |build| build.build.phase() == Phase::Parsing).await;
    let id = build.id().clone();
    assert_eq!((id.directory.as_str(), build.seen.user.as_str()), ("/build", "1000"));
    assert_eq!(build.seen.words, ["-k", "fail-all"]);
    assert!(
        build.seen.is_parsing && build.seen.client.is_some() && build.seen.server.is_some(),
        "{build:#?}"
    );
    assert_eq!(
        build.seen.console_log.as_deref(),
        Some("/build/tmp/log/cooker/qemux86-64/20260101000000.log")
    );
    assert!(build.seen.disk.is_some_and(|disk| disk.free > 0 && disk.total >= disk.free), "{build:#?}");
    assert!(find::has_bitbake(&builder.on.engine.top(&builder.id).await.unwrap()));

    builder.go("/tmp/parsed").await;
    let expected = read(&lines[..early]);
    let build = watched
        .until("a third is built, and its tasks are seen", |build| {
            build.build.tasks() == expected.build().tasks()
                && running(&build.build) == running(expected.build())
                && build.build.running().iter().all(|task| process_of(&build.seen.tasks, task).is_some())
        })
        .await;
    assert_eq!(build.id(), &id);
    let task = &build.build.running()[0];
    let log = process_of(&build.seen.tasks, task).unwrap().log.clone().unwrap();
    assert!(log.contains(&format!("/temp/log.{}.", task.task)), "{log}");
    assert!(task.since.is_some());
    let mut live = follow_file(&builder.on, &builder.id, Some("1000".into()), &log, 0);
    let FileNews::Bytes(bytes) = timeout(LIMIT, live.next()).await.unwrap().unwrap() else { panic!() };
    assert!(bytes.starts_with(b"at work\n"));
    drop(live);

    // The stream is lost in the midst of it.
    builder.run(&["pkill", "-KILL", "-x", "tail"]).await;
    builder.go("/tmp/early").await;
    let expected = read(&lines[..late]);
    let is_there = |build: &WatchedBuild| {
        build.build.tasks() == expected.build().tasks() && running(&build.build) == running(expected.build())
    };
    watched.until("two thirds are built", is_there).await;
    builder.go("/tmp/late").await;
    let build = watched.until("it is over", |build| build.ended.is_some()).await;
    let mut expected = read(&lines);
    expected.finish();
    let names = |build: &Build| -> Vec<_> {
        build.failures().iter().map(|failure| (failure.pf.clone(), failure.task.clone())).collect()
    };
    assert_eq!(names(&build.build), names(expected.build()));
    assert_eq!(names(&build.build).len(), 6);
    assert_eq!(build.build.outcome(), Some(bitbake::Outcome::Failed));
    assert_eq!(watched.printed(&id), text(&lines), "no line is lost or told twice");
    assert_eq!(build.per_minute.iter().sum::<u32>(), 55, "{:?}", build.per_minute);

    // The link moves to the log of the next.
    let lines = console_log("a2-nontty-setscene.raw");
    let gated = plan(&lines, &[(lines.len() / 2, "/tmp/next")]);
    builder.somebody_builds("/build", "20260101000100", &gated, &["tiny-image"]).await;
    watched.until("the next is found", |build| *build.id() != id).await;
    builder.go("/tmp/next").await;
    let build = watched.until("the next is over", |build| *build.id() != id && build.ended.is_some()).await;
    assert_eq!(build.build.outcome(), Some(bitbake::Outcome::Success));
    let next = build.id().clone();
    assert_eq!(watched.printed(&next), text(&lines));
    assert_eq!(watched.builds.len(), 2, "{:?}", watched.builds);

    // A build that goes on when nobody watches any more.
    let lines = console_log("b-nontty-failure-k.raw");
    let gated = plan(&lines, &[(early, "/tmp/never")]);
    builder.somebody_builds("/build", "20260101000200", &gated, &["x"]).await;
    watched.until("it runs", |build| *build.id() != next && build.build.running().len() >= 3).await;
    watched.drop().await;
    let is_ours = |line: &String| ["tail", "smidr", "every="].iter().any(|word| line.contains(word));
    wait_until("nothing of ours is left", LIMIT, async || !builder.processes().await.iter().any(is_ours))
        .await;
    let call = builder.on.supervisor.call();
    let Outcome::Done(seen) = look_once(&builder.on, &call, &builder.id).await.outcome else { panic!() };
    assert_eq!(seen.len(), 1, "and the build goes on: {seen:?}");
    assert!(seen[0].tasks.len() >= 3, "{seen:?}");
    builder.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the bench: run tests/run"]
async fn builds_in_several_directories_end_with_their_container_and_are_read_to_the_end() {
    let builder = Builder::start().await;
    let lines = console_log("b-nontty-failure-k.raw");
    let (early, _) = gates(&lines);
    let gated = plan(&lines, &[(early, "/tmp/never")]);
    for (directory, stamp) in [("/build/one", "20260101000000"), ("/build/two", "20260101000001")] {
        builder.somebody_builds(directory, stamp, &gated, &["x"]).await;
    }
    let mut watched = Watched::begin(&builder);
    let three = |build: &WatchedBuild| build.build.running().len() >= 3;
    let one = watched.until("one runs", |build| three(build) && build.id().directory == "/build/one").await;
    let all_read =
        |watched: &Watched| watched.builds.iter().filter(|known| known.1.len() > 1000).count() == 2;
    while !all_read(&watched) {
        watched.until("two is read", |build| build.id().directory == "/build/two").await;
    }
    let grace = StopOptions { grace: Duration::from_secs(1), ..StopOptions::default() };
    builder.on.engine.stop(&builder.id, &grace).await.unwrap();
    for directory in ["/build/one", "/build/two"] {
        if watched.builds.iter().any(|known| {
            known.2.as_ref().is_some_and(|build| build.ended.is_some() && build.id().directory == directory)
        }) {
            continue;
        }
        watched.until("it is over", |build| build.ended.is_some() && build.id().directory == directory).await;
    }
    for (id, printed, build) in &watched.builds {
        assert_eq!(String::from_utf8_lossy(printed), text(&lines[..early]), "{id:?}");
        let outcome = build.as_ref().unwrap().build.outcome();
        assert!(
            matches!(
                outcome,
                Some(bitbake::Outcome::Crashed | bitbake::Outcome::Failed | bitbake::Outcome::Interrupted)
            ),
            "{outcome:?}"
        );
    }

    // Its files can still be read.
    let call = builder.on.supervisor.call();
    let link = "/build/one/tmp/log/cooker/qemux86-64/console-latest.log";
    let Outcome::Done(whole) = read_file(&builder.on, &call, &builder.id, link, 1 << 20).await.outcome else {
        panic!()
    };
    assert_eq!(whole.bytes, text(&lines[..early]));
    assert_eq!(Some(&whole.path), one.seen.console_log.as_ref());
    let Outcome::Done(cut) = read_file(&builder.on, &call, &builder.id, link, 100).await.outcome else {
        panic!()
    };
    assert!(cut.is_cut() && cut.bytes == whole.bytes[..100] && cut.size == whole.size);
    for missing in ["/build/nothing", "/build/one"] {
        let report = read_file(&builder.on, &call, &builder.id, missing, 100).await;
        assert!(matches!(report.outcome, Outcome::Failed(_)), "{report:?}");
    }

    // It starts again, and so does somebody's build.
    builder.on.engine.start(&builder.id).await.unwrap();
    let gated = plan(&lines, &[(early, "/tmp/next")]);
    builder.somebody_builds("/build/one", "20260101000100", &gated, &["x"]).await;
    watched.until("it is found again", |build| build.ended.is_none()).await;
    builder.go("/tmp/next").await;
    let ended = |build: &WatchedBuild| {
        build.ended.is_some() && build.seen.console_log.as_ref().is_some_and(|log| log.ends_with("0100.log"))
    };
    let build = watched.until("it is over", ended).await;
    assert_eq!(build.build.failures().len(), 6);
    watched.drop().await;
    builder.is_empty().await;
    builder.remove().await;
}
