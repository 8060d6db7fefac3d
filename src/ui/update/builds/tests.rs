use crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};

use crate::bitbake::{Cause, CauseKind};
use crate::builds::WatchedBuild;
use crate::engine::ContainerState;
use crate::logs::{LineNumber, Log, LogReader, Stream};
use crate::ui::model::{BUILDS, Focus, Leads, Place, Seek, Tab};
use crate::ui::test_builds::{capture, ended, id, tell, until, watched, whole};
use crate::ui::test_support::{DOCKER, Stage, container, containers, key};
use crate::ui::{
    ContainerNews, EngineNews, LogState, Message, Problem, TaskLogId, TaskLogNews, TaskLogWanted, WATCHED,
    wanted,
};

const FAILED: &str = "b-nontty-failure-k.raw";

fn running() -> WatchedBuild {
    watched(until("a-nontty-success.raw", "sqlite3-3.45.3-r0: task do_compile: Started"))
}

/// A build with six failed tasks in yocto-a, which is selected in the list.
fn stage() -> Stage {
    let mut stage = Stage::new(120, 40);
    stage.on("yocto-a");
    tell(&mut stage, "yocto-a", ended(whole(FAILED)));
    stage
}

fn task_log(stage: &Stage) -> TaskLogWanted {
    wanted(&stage.model).task_log.expect("no task log is wanted")
}

fn task_news(stage: &mut Stage, id: TaskLogId, news: TaskLogNews) {
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::TaskLog(id, news)));
}

fn log_of(lines: usize) -> LogReader {
    let (mut writer, reader) = Log::new(1 << 20);
    for line in 1..=lines {
        writer.append(Stream::Stdout, None, format!("line {line}\n").as_bytes());
    }
    reader
}

/// The task log that is wanted is read, with causes at these lines.
fn reads(stage: &mut Stage, lines: usize, causes: &[u64]) -> TaskLogId {
    let id = task_log(stage).id;
    task_news(stage, id, TaskLogNews::Log(log_of(lines)));
    let cause = |line: &u64| Cause { kind: CauseKind::Compiler, line: *line, text: "error".into() };
    task_news(stage, id, TaskLogNews::Causes(causes.iter().map(cause).collect()));
    task_news(stage, id, TaskLogNews::Ended);
    id
}

fn lit(stage: &Stage) -> u64 {
    let view = stage.model.pane.shown_log(&key("yocto-a")).unwrap();
    let line = view.lit.unwrap().get();
    // What was gone to is on the page.
    let window = crate::ui::view::log_window(&stage.model, &key("yocto-a")).unwrap();
    assert!(
        (window.top.line.get()..window.top.line.get() + window.rows as u64).contains(&line),
        "{window:?}"
    );
    line
}

#[test]
fn one_key_goes_from_anywhere_to_the_first_cause() {
    for keys in ["E", "enter E", "enter ] ] E", "tab E", "B E"] {
        let mut stage = stage();
        stage.keys(keys);
        assert_eq!((stage.model.tab(), stage.model.focus), (Some(Tab::TaskLog), Focus::Pane), "{keys}");
        let log = task_log(&stage);
        assert_eq!(
            (log.key.clone(), log.build.clone(), log.follow),
            (key("yocto-a"), id("/work/build"), false)
        );
        assert_eq!((log.pf.as_deref(), log.task.as_str()), (Some("fail-shell-1.0-r0"), "do_compile"));
        assert!(log.path.as_deref().is_some_and(|path| path.contains("/temp/log.do_compile.")), "{log:?}");
        assert!(stage.draw().contains("looking for the cause · fail-shell-1.0-r0 do_compile · n next"));
        reads(&mut stage, 500, &[120, 300]);
        assert_eq!(lit(&stage), 120);
        let drawn = stage.draw();
        assert!(drawn.contains("compiler error · 1 of 2 · fail-shell-1.0-r0 do_compile · n next"), "{drawn}");
        assert_eq!(wanted(&stage.model).task_log, None, "all of it is read");
    }
}

#[test]
fn causes_may_come_before_the_lines_and_after_them() {
    let mut stage = stage();
    stage.keys("E");
    let id = task_log(&stage).id;
    let (mut writer, reader) = Log::new(1 << 20);
    task_news(&mut stage, id, TaskLogNews::Log(reader));
    let cause = Cause { kind: CauseKind::Linker, line: 90, text: String::new() };
    task_news(&mut stage, id, TaskLogNews::Causes(vec![cause]));
    assert_eq!(stage.model.pane.task_log(&key("yocto-a")).unwrap().seek, Some(Seek::First));
    writer.append(Stream::Stdout, None, "line\n".repeat(100).as_bytes());
    task_news(&mut stage, id, TaskLogNews::Moved);
    assert_eq!(lit(&stage), 90);
    assert!(stage.draw().contains("linker error · 1 of 1"), "{}", stage.draw());
    // What comes late goes nowhere by itself.
    stage.keys("g");
    task_news(&mut stage, id, TaskLogNews::Ended);
    assert_eq!(crate::ui::view::log_window(&stage.model, &key("yocto-a")).unwrap().top.line.get(), 1);
}

#[test]
fn n_goes_through_the_causes_and_on_to_the_next_failed_task() {
    let mut stage = stage();
    stage.keys("E");
    let first = reads(&mut stage, 500, &[120, 300]);
    stage.keys("n");
    assert_eq!(lit(&stage), 300);
    stage.keys("N");
    assert_eq!(lit(&stage), 120);
    stage.keys("N");
    assert!(stage.toasts().last().unwrap().contains("this is the first failed task"), "{:?}", stage.toasts());
    stage.keys("n n");
    let next = task_log(&stage);
    assert_ne!(next.id, first);
    assert_eq!(next.pf.as_deref(), Some("fail-python-3.0-r0"));
    // While it is not read yet, nothing is skipped.
    stage.keys("n");
    assert_eq!(task_log(&stage).id, next.id);
    reads(&mut stage, 50, &[]);
    assert!(
        stage.draw().contains("no known cause in it · fail-python-3.0-r0 do_configure"),
        "{}",
        stage.draw()
    );
    assert_eq!(stage.model.pane.shown_log(&key("yocto-a")).unwrap().place, Place::End);
    stage.keys("n");
    reads(&mut stage, 50, &[7]);
    // Back: the last cause of the one before.
    stage.keys("N N");
    reads(&mut stage, 500, &[120, 300]);
    assert_eq!(lit(&stage), 300);
    for _ in 0..5 {
        stage.keys("n");
        reads(&mut stage, 50, &[7]);
    }
    stage.keys("n");
    assert!(stage.toasts().last().unwrap().contains("this is the last failed task"), "{:?}", stage.toasts());
}

#[test]
fn while_something_is_searched_for_n_is_the_searchs() {
    let mut stage = stage();
    stage.keys("E");
    reads(&mut stage, 500, &[120, 300]);
    stage.types("/line 2$\n").looks_through();
    stage.keys("n").looks_through();
    assert_eq!(lit_line(&stage), 120, "it has not gone to another cause");
    assert!(!stage.draw().contains("do_compile · n"), "{}", stage.draw());
    stage.keys("esc n");
    assert_eq!(lit(&stage), 300);
}

fn lit_line(stage: &Stage) -> u64 {
    stage.model.pane.shown_log(&key("yocto-a")).unwrap().lit.unwrap().get()
}

#[test]
fn the_same_failure_is_not_read_twice_but_where_it_could_not_be() {
    let mut stage = stage();
    stage.keys("E");
    let first = reads(&mut stage, 500, &[120]);
    stage.keys("[ esc E");
    assert_eq!(stage.model.tab(), Some(Tab::TaskLog));
    assert_eq!((wanted(&stage.model).task_log, lit(&stage)), (None, 120));
    task_news(&mut stage, first, TaskLogNews::Failed(Problem::new("it is not there any more")));
    stage.keys("E");
    assert_ne!(task_log(&stage).id, first);
    let id = task_log(&stage).id;
    task_news(&mut stage, first, TaskLogNews::Failed(Problem::new("of before")));
    task_news(&mut stage, id, TaskLogNews::Failed(Problem::new("the disk of the engine is gone")));
    let drawn = stage.draw();
    assert!(drawn.contains("the disk of the engine is gone") && !drawn.contains("of before"), "{drawn}");
}

#[test]
fn it_can_be_done_when_the_container_has_ended() {
    let mut stage = stage();
    let mut listed = containers();
    listed[0] = container("yocto-a", ContainerState::Exited, "Exited (1) 2 seconds ago");
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
    stage.keys("E");
    assert_eq!(task_log(&stage).key, key("yocto-a"));
    // Until it is gone.
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(containers()[1..].to_vec())));
    assert_eq!(wanted(&stage.model).task_log, None);
    assert_eq!(wanted(&stage.model).build_logs.len(), 0);
    assert!(stage.model.pane.builds(&key("yocto-a")).is_none());
}

#[test]
fn without_a_failure_it_says_why_not() {
    let mut stage = Stage::new(120, 40);
    stage.keys("E B");
    assert!(stage.toasts()[0].contains("cause: no build was seen in it"), "{:?}", stage.toasts());
    assert_eq!(stage.model.tab(), Some(Tab::Log));
    tell(&mut stage, "yocto-a", running());
    stage.keys("E");
    assert!(
        stage.toasts().last().unwrap().contains("no task of its build has failed"),
        "{:?}",
        stage.toasts()
    );
}

#[test]
fn on_the_page_it_is_about_the_task_under_the_cursor() {
    let mut stage = stage();
    stage.keys("B j j E");
    assert_eq!(task_log(&stage).pf.as_deref(), Some("fail-signal-1.2-r0"));
}

#[test]
fn enter_on_what_was_told_goes_to_its_line_as_soon_as_that_is_read() {
    let mut stage = stage();
    stage.keys("B");
    assert_eq!(wanted(&stage.model).build_logs.len(), 1, "its log is read as soon as it is looked at");
    let Some(Leads::Failure(0)) = stage.model.pane.builds(&key("yocto-a")).unwrap().cursor.selected() else {
        panic!()
    };
    let line = whole(FAILED).failures()[0].line;
    stage.keys("enter");
    assert_eq!(stage.model.tab(), Some(Tab::BuildLog));
    assert!(stage.draw().contains("Opening the build's log."), "{}", stage.draw());
    let (mut writer, reader) = Log::new(1 << 20);
    let news = |news| Message::Container(key("yocto-a"), news);
    stage.tell(news(ContainerNews::BuildLog(id("/work/build"), reader)));
    writer.append(Stream::Stdout, None, &capture(FAILED));
    stage.tell(news(ContainerNews::BuildLogMoved(id("/work/build"))));
    assert_eq!(lit(&stage), line);
    assert!(stage.draw().contains("ERROR: fail-shell-1.0-r0 do_compile"), "{}", stage.draw());
    let view = stage.model.pane.shown_log(&key("yocto-a")).unwrap();
    let text = view.reader.as_ref().unwrap().window(LineNumber::new(line), 1)[0].text.plain();
    let style = crate::ui::view::style_of(&stage, crate::text::fit::beginning(&text, 60));
    assert!(style.ends_with("bold"), "it stands out: {style} {text}");
    assert_eq!(view.state, LogState::Ended, "there is nothing left to follow");
    // All keys of logs work there.
    stage.types("/fail-signal\n").looks_through();
    stage.keys("L").looks_through();
    assert!(stage.draw().contains("fail-signal"), "{}", stage.draw());
    stage.keys("ctrl-w");
    assert_eq!(stage.model.tab(), Some(Tab::Build));
    // An error of a group.
    stage.keys("G enter");
    let errors = whole(FAILED);
    let last = errors.errors().groups().last().unwrap().lines[0];
    assert_eq!(lit(&stage), last);
    assert!(stage.model.pane.shown_log(&key("yocto-a")).unwrap().filter.is_none());
}

#[test]
fn enter_on_a_task_that_took_long_searches_for_its_end() {
    let mut stage = Stage::new(120, 40);
    tell(&mut stage, "yocto-a", running());
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Stdout, None, &capture("a-nontty-success.raw"));
    stage.keys("B");
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::BuildLog(id("/work/build"), reader)));
    stage.keys("G");
    let cursor = &stage.model.pane.builds(&key("yocto-a")).unwrap().cursor;
    let Some(Leads::Slow(pf, task)) = cursor.selected().cloned() else { panic!("{cursor:?}") };
    stage.keys("enter").looks_through();
    let found = format!("recipe {pf}: task {task}: Succeeded");
    assert!(stage.draw().contains(&found), "{}", stage.draw());
    assert!(stage.draw().contains("2 of 2"), "{}", stage.draw());
}

#[test]
fn enter_on_a_task_that_runs_follows_its_own_log() {
    let mut stage = Stage::new(120, 40);
    tell(&mut stage, "yocto-a", running());
    stage.keys("B enter");
    let log = task_log(&stage);
    assert_eq!(
        (log.pf.as_deref(), log.task.as_str(), log.follow),
        (Some("util-linux-2.39.3-r0"), "do_compile", true)
    );
    assert_eq!((log.process, log.path.unwrap().ends_with("log.do_compile.751")), (Some(751), true));
    task_news(&mut stage, log.id, TaskLogNews::Log(log_of(300)));
    let drawn = stage.draw();
    assert!(
        drawn.contains("running · util-linux-2.39.3-r0 do_compile") && drawn.contains("follow"),
        "{drawn}"
    );
    assert!(task_log(&stage).follow, "as long as it is shown");
    stage.keys("]");
    assert_eq!(wanted(&stage.model).task_log, None);
}

#[test]
fn the_mouse_selects_and_goes() {
    let mut stage = stage();
    stage.keys("B esc").clicks("fail-python-3.0-r0");
    let cursor = |stage: &Stage| stage.model.pane.builds(&key("yocto-a")).unwrap().cursor.clone();
    assert_eq!(cursor(&stage).selected(), Some(&Leads::Failure(1)));
    assert_eq!(stage.model.focus, Focus::Pane);
    stage.resize(120, 20);
    let wheel =
        MouseEvent { kind: MouseEventKind::ScrollDown, column: 90, row: 10, modifiers: KeyModifiers::NONE };
    stage.tell(Message::Mouse(wheel));
    assert_eq!(cursor(&stage).top(), 3);
    stage.wait(2);
    stage.keys("g").clicks("fail-python-3.0-r0").clicks("fail-python-3.0-r0");
    assert_eq!(stage.model.tab(), Some(Tab::BuildLog));
}

#[test]
fn another_build_in_the_same_directory_takes_the_place_of_one_that_ended() {
    let mut stage = stage();
    stage.keys("B");
    let mut next = running();
    next.seen.id.began += jiff::SignedDuration::from_mins(81);
    tell(&mut stage, "yocto-a", next.clone());
    let builds = |stage: &Stage| stage.model.containers.get(&key("yocto-a")).unwrap().builds.all().len();
    assert_eq!(builds(&stage), 1);
    assert_eq!(stage.model.pane.builds(&key("yocto-a")).unwrap().shown, Some(next.seen.id.clone()));
    tell(&mut stage, "yocto-a", ended(whole(FAILED)));
    assert_eq!(builds(&stage), 1, "what is told of it late does not bring it back");
    assert!(wanted(&stage.model).build_logs.iter().all(|(_, id)| *id == next.seen.id));
    for number in 0..20 {
        let mut other = if number % 3 == 0 { running() } else { ended(whole(FAILED)) };
        other.seen.id.directory = format!("/work/{number}");
        tell(&mut stage, "yocto-a", other);
    }
    assert_eq!(builds(&stage), BUILDS);
    let row = stage.model.containers.get(&key("yocto-a")).unwrap();
    assert_eq!(row.builds.running(), 8, "what has ended goes first");
}

#[test]
fn which_build_is_shown_is_kept_once_chosen() {
    let mut stage = stage();
    let mut other = running();
    other.seen.id.directory = "/work/other".into();
    tell(&mut stage, "yocto-a", other);
    let shown =
        |stage: &Stage| stage.model.pane.builds(&key("yocto-a")).unwrap().shown.clone().unwrap().directory;
    stage.keys("B");
    assert_eq!(shown(&stage), "/work/other", "the one that goes on");
    stage.keys(">");
    assert_eq!(shown(&stage), "/work/build");
    stage.wait(2);
    assert_eq!(shown(&stage), "/work/build");
    stage.keys("< <");
    assert_eq!(shown(&stage), "/work/build");
}

#[test]
fn what_runs_is_watched_what_is_seen_first() {
    let mut stage = Stage::new(120, 40);
    assert_eq!(wanted(&stage.model).builds, [key("yocto-a"), key("yocto-b")].into());
    let listed =
        (0..200).map(|number| container(&format!("yocto-{number:03}"), ContainerState::Running, "Up"));
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed.collect())));
    stage.on("yocto-150");
    let watched = wanted(&stage.model).builds;
    assert_eq!(watched.len(), WATCHED);
    assert!(watched.contains(&key("yocto-150")) && watched.contains(&key("yocto-149")));
    assert!(!watched.contains(&key("yocto-199")));
    stage.tell(Message::Engine(DOCKER, EngineNews::Lost(Problem::new("gone"))));
    assert_eq!(wanted(&stage.model).builds.len(), 0);
}

#[test]
fn leaving_says_that_builds_go_on() {
    let mut stage = stage();
    tell(&mut stage, "yocto-b", running());
    let mut second = running();
    second.seen.id.directory = "/work/second".into();
    tell(&mut stage, "yocto-b", second);
    stage.keys("S ctrl-] q");
    let drawn = stage.draw();
    assert!(drawn.contains("2 builds go on by themselves: leaving never stops such a build."), "{drawn}");
    // A build that a shell of ours may have begun is not counted.
    stage.keys("n").on("yocto-b").keys("S ctrl-] q");
    let drawn = stage.draw();
    assert!(drawn.contains("1 build goes on by itself"), "{drawn}");
}

#[test]
fn where_a_container_prints_nothing_itself_its_build_is_shown() {
    let own_log = |stage: &mut Stage, lines| {
        stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(log_of(lines))));
    };
    let mut stage = Stage::new(120, 40);
    stage.on("yocto-a");
    own_log(&mut stage, 0);
    tell(&mut stage, "yocto-a", running());
    assert_eq!(stage.model.tab(), Some(Tab::Build));
    // A tab that was chosen stays.
    stage.keys("[");
    assert_eq!(stage.model.tab(), Some(Tab::Log));
    tell(&mut stage, "yocto-a", running());
    assert_eq!(stage.model.tab(), Some(Tab::Log));

    let mut stage = self::stage();
    own_log(&mut stage, 3);
    tell(&mut stage, "yocto-a", running());
    assert_eq!(stage.model.tab(), Some(Tab::Log));
}
