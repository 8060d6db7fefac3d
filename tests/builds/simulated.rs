//! Builds on the simulated engine: streams that are lost, listeners that are slow, containers that go, in paused time.

use std::sync::Arc;
use std::time::Duration;

use smidr_console::actions::{Outcome, Supervised, Supervisor};
use smidr_console::bitbake::{self, Phase};
use smidr_console::builds::{BuildNews, NoHistories, WatchedBuild, look_once, process_of, read_file, watch};
use smidr_console::engine::RemoveOptions;
use smidr_console::engine::simulated::{Scene, Simulated, demo_scene};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

const LOG: &str = "/build/tmp/log/cooker/qemu/1.log";
const PIECES: [&str; 3] = [
    "NOTE: Executing Tasks\nNOTE: Running task 1 of 1 (/m/zlib/zlib_1.3.bb:do_compile)\nNOTE: rec",
    "ipe zlib-1.3-r0: task do_compile: Started\n",
    "NOTE: recipe zlib-1.3-r0: task do_compile: Succeeded\n\
     NOTE: Tasks Summary: Attempted 1 tasks of which 0 didn't need to be rerun and all succeeded.\n",
];

fn whole() -> String {
    PIECES.concat()
}

/// What the command that looks prints of a build whose log is so long.
fn look(size: usize) -> String {
    format!(
        "look\nuser 1000\nnow 1700000100\nboot 1700000000\nprocess client 7 1 7 100 1000 KnottyUI\nword bitbake\n\
         word -k\nword image\ncwd /build\ndirectory /build\nopen\nprints 1700000050 {size} {LOG}\n\
         process server 8 1 8 110 1000 Cooker\ncwd /build\ndirectory /build\n\
         process parser 9 8 8 120 1000 Parser-1\nin /build\nend\n"
    )
}

const NOTHING: &str = "look\nuser 1000\nnow 1700000100\nboot 1700000000\nend\n";

fn program(command: &str, prints: &[(u64, &str)], exit: &str) -> String {
    // A `tail` that begins says of what first.
    let path = command.strip_prefix("tail ").and_then(|words| words.rsplit(' ').next());
    let header = path.map(|path| format!("==> {path} <==\n"));
    let header = header.iter().map(|header| (0, header.as_str()));
    let output: Vec<String> = header
        .chain(prints.iter().copied())
        .map(|(after, text)| format!("{{after: {after}s, stdout: {}}}", serde_json::to_string(text).unwrap()))
        .collect();
    let command = serde_json::to_string(command).unwrap();
    format!("  - {{command: {command}, output: [{}], exit: {exit}}}\n", output.join(", "))
}

const NEVER: &str = "{never: true}";

/// A container with a bitbake in it, these looks one every five seconds, and these programs.
fn engine(looks: &[String], programs: &str) -> Supervised {
    let looks: Vec<(u64, &str)> =
        looks.iter().enumerate().map(|(at, look)| (5 * u64::from(at > 0), look.as_str())).collect();
    let mut scene = String::from(
        "images: [{reference: \"yocto:1\", user: \"1000\"}]\n\
         containers: [{name: yocto-a, image: \"yocto:1\", state: running, command: [idle]}]\nprograms:\n",
    );
    scene.push_str("  - {command: idle, exit: {never: true}, children: [KnottyUI, Cooker]}\n");
    scene.push_str(&program("# smidr-console looks for builds\nevery=5\n*", &looks, NEVER));
    scene.push_str(&program("# smidr-console looks for builds\nevery=\n*", &looks[..1], "{code: 0}"));
    scene.push_str(programs);
    let scene = Scene::parse(&scene, &|name| Err(std::io::Error::other(name.to_owned()))).unwrap();
    Supervised::new(Arc::new(Simulated::new(scene, "test")), Supervisor::new())
}

/// A log that is read without trouble, and nothing more of it after its end.
fn readable() -> String {
    let text = whole();
    program(&format!("tail -v -c +1 -f {LOG}"), &[(1, &text)], NEVER)
        + &program(&format!("tail -v -c +{} {LOG}", text.len() + 1), &[], "{code: 0}")
}

#[derive(Default)]
struct Told {
    printed: String,
    troubles: Vec<String>,
    reads: Vec<Arc<WatchedBuild>>,
}

impl Told {
    fn take(&mut self, news: BuildNews) {
        match news {
            BuildNews::Printed(_, _, bytes) => self.printed.push_str(std::str::from_utf8(&bytes).unwrap()),
            BuildNews::Trouble(_, why) => self.troubles.push(why),
            BuildNews::Read(build) => self.reads.push(build),
        }
    }

    fn last(&self) -> &WatchedBuild {
        self.reads.last().unwrap()
    }
}

/// Takes all that is told within this time.
async fn heard(news: &mut mpsc::Receiver<BuildNews>, within: Duration) -> Told {
    let until = Instant::now() + within;
    let mut told = Told::default();
    while let Ok(Some(piece)) = tokio::time::timeout_at(until, news.recv()).await {
        told.take(piece);
    }
    told
}

/// How many processes of ours are in the container.
fn ours(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.contains("tail") || line.contains("every=")).count()
}

async fn running(on: &Supervised) -> Vec<String> {
    let table = on.engine.top(&"yocto-a".into()).await.unwrap();
    table.column("COMMAND").map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_lost_stream_and_one_that_falls_silent_go_on_at_the_exact_byte() {
    let text = whole();
    let (first, second) = (PIECES[0].len(), PIECES[0].len() + PIECES[1].len());
    let programs = program(&format!("tail -v -c +1 -f {LOG}"), &[(1, PIECES[0])], "{code: 137, after: 1s}")
        + &program(&format!("tail -v -c +{} -f {LOG}", first + 1), &[(1, PIECES[1])], NEVER)
        + &program(&format!("tail -v -c +{} -f {LOG}", second + 1), &[(1, PIECES[2])], NEVER)
        + &program(&format!("tail -v -c +{} {LOG}", text.len() + 1), &[], "{code: 0}");
    let mut looks = vec![look(0), look(second)];
    looks.extend(std::iter::repeat_n(look(text.len()), 6));
    looks.push(NOTHING.into());
    let on = engine(&looks, &programs);
    let (told, mut news) = mpsc::channel(4);
    let watching = tokio::spawn(watch(on.clone(), "yocto-a".into(), Arc::new(NoHistories), told));
    let told = heard(&mut news, Duration::from_secs(60)).await;
    assert_eq!(told.printed, text);
    assert_eq!(told.troubles, ["the command that reads it has ended"]);
    assert_eq!(told.reads[0].build.phase(), Phase::Parsing, "as its processes show");
    assert_eq!(told.reads[0].seen.words, ["-k", "image"]);
    let last = told.last();
    assert_eq!((last.build.outcome(), last.ended.is_some()), (Some(bitbake::Outcome::Success), true));
    assert_eq!(told.reads.iter().filter(|build| build.ended.is_some()).count(), 1);
    assert_eq!(
        ours(&running(&on).await),
        2,
        "the engine shows a bitbake still, so the command that looks has stayed"
    );
    watching.abort();
}

#[tokio::test(start_paused = true)]
async fn dropped_it_leaves_nothing_in_the_container() {
    let on = engine(&vec![look(9); 100], &readable());
    let (told, mut news) = mpsc::channel(4);
    let watching = tokio::spawn(watch(on.clone(), "yocto-a".into(), Arc::new(NoHistories), told));
    heard(&mut news, Duration::from_secs(20)).await;
    assert_eq!(ours(&running(&on).await), 4, "{:#?}", running(&on).await);
    watching.abort();
    let gone = async {
        while ours(&running(&on).await) > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("all of it ends");
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_takes_nothing_for_an_hour_loses_nothing() {
    let on = engine(&vec![look(9); 10_000], &readable());
    let (told, mut news) = mpsc::channel(1);
    let watching = tokio::spawn(watch(on, "yocto-a".into(), Arc::new(NoHistories), told));
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let told = heard(&mut news, Duration::from_secs(10)).await;
    assert_eq!(told.printed, whole());
    assert!(told.reads.len() <= 20, "{} in 10 s", told.reads.len());
    // Who listens no more ends it.
    drop(news);
    timeout(Duration::from_secs(10), watching).await.expect("it ends").unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_told_once_and_tried_again() {
    let complaint = "tail: can't open it: Permission denied\n";
    let tries = format!(
        "  - {{command: {:?}, output: [{{stderr: {}}}], exit: {{code: 1}}}}\n",
        format!("tail -v -c +1 -f {LOG}"),
        serde_json::to_string(complaint).unwrap()
    );
    let on = engine(&vec![look(9); 1000], &tries);
    let (told, mut news) = mpsc::channel(4);
    let watching = tokio::spawn(watch(on, "yocto-a".into(), Arc::new(NoHistories), told));
    let told = heard(&mut news, Duration::from_secs(600)).await;
    assert_eq!(told.troubles, [complaint.trim()]);
    assert!(told.reads.len() > 100, "the looks go on");
    watching.abort();
}

#[tokio::test(start_paused = true)]
async fn with_its_container_removed_a_watch_ends() {
    let on = engine(&vec![look(9); 1000], &readable());
    let (told, mut news) = mpsc::channel(4);
    let watching = tokio::spawn(watch(on.clone(), "yocto-a".into(), Arc::new(NoHistories), told));
    heard(&mut news, Duration::from_secs(20)).await;
    let force = RemoveOptions { force: true, volumes: true };
    on.engine.remove(&"yocto-a".into(), force).await.unwrap();
    let told = heard(&mut news, Duration::from_secs(120)).await;
    assert!(told.last().ended.is_some());
    timeout(Duration::from_secs(60), watching).await.expect("it ends").unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_look_tells_what_runs() {
    let on = engine(&[look(9)], "");
    let report = look_once(&on, &on.supervisor.call(), &"yocto-a".into()).await;
    let Outcome::Done(seen) = report.outcome else { panic!("{report:?}") };
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].id.directory.as_str(), seen[0].client, seen[0].server), ("/build", Some(7), Some(8)));
    assert_eq!(seen[0].console_log.as_deref(), Some(LOG));
}

/// What is known of the build of one of the demo's containers, so long after the demo was opened.
async fn shown(name: &str, after: Duration) -> Told {
    let on = Supervised::new(Arc::new(Simulated::new(demo_scene(), "--demo")), Supervisor::new());
    let (told, mut news) = mpsc::channel(4);
    let watching = tokio::spawn(watch(on, name.into(), Arc::new(NoHistories), told));
    let told = heard(&mut news, after).await;
    assert_eq!(told.troubles, Vec::<String>::new(), "{name}");
    watching.abort();
    told
}

#[tokio::test(start_paused = true)]
async fn the_demo_has_builds_of_all_kinds() {
    let soon = Duration::from_secs(20);
    let told = shown("workbench", Duration::from_secs(150)).await;
    let build = told.last();
    assert_eq!(
        (build.build.phase(), build.seen.words.clone()),
        (Phase::Tasks, vec!["tiny-image".to_owned()])
    );
    let first = &told.reads.iter().find(|build| !build.build.running().is_empty()).unwrap().build;
    assert!(
        first.running().iter().any(|task| task.pf == "curl-8.7.1-r0" && task.since.is_some()),
        "{first:?}"
    );

    let told = shown("yocto-a", Duration::from_secs(60)).await;
    assert!(told.last().build.tasks().reached > 3000);

    let told = shown("yocto-b", soon).await;
    let percent = told.last().build.parse_percent();
    assert_eq!((told.last().build.phase(), percent), (Phase::Parsing, Some(53)));

    let told = shown("tiny-setscene", soon).await;
    assert_eq!(told.last().build.phase(), Phase::Setscene);

    let told = shown("nightly", soon).await;
    let failures = told.last().build.failures();
    assert_eq!(failures.len(), 3);
    let log = failures[0].log.clone().unwrap();
    let on = Supervised::new(Arc::new(Simulated::new(demo_scene(), "--demo")), Supervisor::new());
    let report = read_file(&on, &on.supervisor.call(), &"nightly".into(), &log, 1 << 20).await;
    let Outcome::Done(read) = report.outcome else { panic!("{report:?}") };
    assert!(String::from_utf8_lossy(&read.bytes).contains("error: 'frobnicate' undeclared"));

    let told = shown("kernel-rebuild", soon).await;
    let task = &told.last().build.running()[0];
    assert!(task.pf.starts_with("linux-yocto") && process_of(&told.last().seen.tasks, task).is_some());
}

#[tokio::test(start_paused = true)]
async fn the_demos_builds_end() {
    for (name, minutes, outcome) in [
        ("workbench", 22, bitbake::Outcome::Success),
        ("nightly", 20, bitbake::Outcome::Failed),
        ("yocto-a", 32, bitbake::Outcome::SuccessWithErrors),
    ] {
        let told = shown(name, Duration::from_secs(60 * minutes)).await;
        assert!(told.last().ended.is_some(), "{name} {:?}", told.last().build.tasks());
        assert_eq!(told.last().build.outcome(), Some(outcome), "{name}");
    }
}
