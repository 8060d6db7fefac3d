use crate::engine::{Container, ContainerState, labels};
use crate::sessions::SessionState;
use crate::ui::model::{Focus, Tab};
use crate::ui::test_sessions::{session, session_ended};
use crate::ui::test_support::{DOCKER, Stage, container, containers, key};
use crate::ui::{ContainerNews, EngineNews, Message, Request, SessionLogNews, Yield, wanted};

use super::*;

fn tell(stage: &mut Stage, of: &str, found: Vec<Session>) {
    stage.tell(Message::Container(key(of), ContainerNews::Sessions(found)));
}

/// The titles of a container's tabs of sessions.
fn tabs(stage: &Stage, of: &str) -> Vec<String> {
    let pane = &stage.model.pane;
    let sessions = pane.tabs(&key(of)).into_iter().filter_map(|tab| match tab {
        Tab::Session(id) => pane.session(id).map(|one| one.title.clone()),
        _ => None,
    });
    sessions.collect()
}

fn build_container(name: &str, session: &str, target: &str) -> Container {
    let mut made = container(name, ContainerState::Running, "Up 3 hours");
    let labels = [
        (labels::ROLE, labels::BUILD),
        (labels::SESSION, session),
        (labels::SESSIONS_IN, "/home/builder/build/.smidr-sessions"),
        (labels::TARGET, target),
        (labels::FILE, "/srv/ada/smidr.yaml"),
    ];
    made.labels.extend(labels.map(|(name, value)| (name.to_owned(), value.to_owned())));
    made
}

#[test]
fn what_runs_and_the_last_that_ended_have_tabs_by_themselves() {
    let mut stage = Stage::new(120, 40);
    let ended = (1..=5).map(|at| session_ended(&format!("d-{at}"), &format!("make {at}"), 0));
    tell(&mut stage, "yocto-a", ended.chain([session("d-6", "bitbake world")]).collect());
    assert_eq!(tabs(&stage, "yocto-a"), ["make 3", "make 4", "make 5", "bitbake world"]);
    assert_eq!(stage.model.tab(), Some(Tab::Log), "nobody has asked for it");
    insta::assert_snapshot!("session_tabs_120x40", stage.draw());
    // One that ends while the console looks on keeps its tab.
    let ended = (1..=6).map(|at| session_ended(&format!("d-{at}"), &format!("make {at}"), 0));
    let ended: Vec<_> = ended.chain((7..=9).map(|at| session_ended(&format!("d-{at}"), "x", 1))).collect();
    tell(&mut stage, "yocto-a", ended);
    assert_eq!(tabs(&stage, "yocto-a"), ["bitbake world", "x", "x", "x"]);
}

#[test]
fn a_session_is_read_only_when_it_is_looked_at_and_until_its_end() {
    let mut stage = Stage::new(120, 40);
    tell(&mut stage, "yocto-a", vec![session("d-6", "bitbake world")]);
    assert_eq!(wanted(&stage.model).session_logs.len(), 0);
    stage.keys("]");
    let logs = wanted(&stage.model).session_logs;
    let log = logs.first().unwrap();
    assert_eq!((log.session.as_str(), log.kept_in.as_deref(), log.apart), ("d-6", None, false));
    // Another tab does not break it off.
    let id = log.id;
    stage.keys("[");
    assert_eq!(wanted(&stage.model).session_logs.len(), 1);
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::SessionLog(id, SessionLogNews::Ended)));
    assert_eq!(wanted(&stage.model).session_logs.len(), 0);
}

#[test]
fn a_session_is_ended_by_a_yes_and_its_record_removed_by_another() {
    let mut stage = Stage::new(80, 24);
    tell(&mut stage, "yocto-a", vec![session("d-6", "bitbake world")]);
    stage.keys("enter ] D");
    assert!(stage.toasts()[0].contains("it still runs"), "{:?}", stage.toasts());
    stage.keys("ctrl-w");
    assert_eq!(tabs(&stage, "yocto-a").len(), 1);
    stage.keys("ctrl-c");
    insta::assert_snapshot!("end_session_80x24", stage.draw());
    stage.keys("n ctrl-c y");
    let begun = stage.requests();
    assert_eq!(begun.len(), 1);
    assert!(begun[0].starts_with("EndSession") && begun[0].contains("d-6"), "{begun:?}");

    tell(&mut stage, "yocto-a", vec![session_ended("d-6", "bitbake world", 143)]);
    stage.keys("ctrl-c");
    assert!(stage.toasts().last().unwrap().contains("it is over"), "{:?}", stage.toasts());
    stage.keys("D");
    insta::assert_snapshot!("forget_session_80x24", stage.draw());
    stage.keys("y");
    assert!(stage.requests()[0].starts_with("ForgetSession"));
    tell(&mut stage, "yocto-a", Vec::new());
    assert_eq!((stage.model.tab(), tabs(&stage, "yocto-a").len()), (Some(Tab::Log), 0));
}

#[test]
fn a_closed_tab_stays_closed_and_a_read_only_console_ends_nothing() {
    let mut stage = Stage::new(80, 24);
    let found = || vec![session_ended("d-5", "make", 0), session("d-6", "bitbake world")];
    tell(&mut stage, "yocto-a", found());
    stage.keys("enter ] ctrl-w");
    tell(&mut stage, "yocto-a", found());
    assert_eq!(tabs(&stage, "yocto-a"), ["bitbake world"]);
    stage.model.options.read_only = true;
    stage.keys("] ctrl-c");
    assert_eq!((stage.dialogs(), stage.requests().len()), (0, 0));
}

#[test]
fn a_durable_command_is_started_remembered_and_shown_as_soon_as_it_is_found() {
    let mut stage = Stage::new(80, 24);
    stage.keys("e").types("bitbake world").keys("ctrl-t");
    insta::assert_snapshot!("prompt_durable_80x24", stage.draw());
    stage.keys("enter");
    let begun = stage.acts();
    let [(id, Request::DurableExec(of, request))] = &begun[..] else { panic!("{begun:?}") };
    assert_eq!((of, request.command.last().unwrap().as_str()), (&key("yocto-a"), "bitbake world"));
    assert!(stage.model.histories.of("yocto-a")[0].durable);
    let found = session("d-6", "bitbake world");
    stage.done(*id, Yield::Started(key("yocto-a").id, found.id.clone()));
    assert_eq!(stage.model.tab(), Some(Tab::Log));
    tell(&mut stage, "yocto-a", vec![found]);
    assert!(matches!(stage.model.tab(), Some(Tab::Session(_))), "{:?}", stage.model.tab());
}

#[test]
fn a_build_is_begun_by_its_key_and_its_container_is_gone_to() {
    let mut stage = Stage::new(80, 24);
    stage.keys("b").types("core-image-minimal -k");
    insta::assert_snapshot!("build_80x24", stage.draw());
    stage.keys("enter");
    let begun = stage.acts();
    let [(id, Request::Build { file, target, arguments, .. })] = &begun[..] else { panic!("{begun:?}") };
    assert_eq!((file.as_str(), target.as_deref()), ("smidr.yaml", Some("core-image-minimal")));
    assert_eq!(arguments, &["-k"]);
    let made = build_container("zz-build", "d-9", "core-image-minimal");
    stage.done(*id, Yield::Started(made.id.clone(), SessionId::parse("d-9").unwrap()));
    let mut all = containers();
    all.push(made);
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(all)));
    assert_eq!(stage.model.pane_of(), Some(&key("zz-build")));
    // It is looked for where it is kept, and until it is there.
    let looks = wanted(&stage.model).sessions;
    let look = looks.iter().find(|look| look.key == key("zz-build")).unwrap();
    assert_eq!(look.kept_in.as_deref(), Some("/home/builder/build/.smidr-sessions"));
    assert_eq!(look.expected.as_ref().map(SessionId::as_str), Some("d-9"));
    tell(&mut stage, "zz-build", vec![session("d-9", "exec bitbake core-image-minimal -k")]);
    assert_eq!(tabs(&stage, "zz-build"), ["core-image-minimal"]);
    assert!(matches!(stage.model.tab(), Some(Tab::Session(_))));
    // Ended it is as its container is: asked as for a container.
    stage.model.focus = Focus::Pane;
    stage.keys("ctrl-c");
    assert!(stage.draw().contains("Stop zz-build"), "{}", stage.draw());
    stage.keys("esc esc");
    // Its build file and its target are offered the next time.
    stage.keys("b");
    let drawn = stage.draw();
    assert!(drawn.contains("core-image-minimal") && drawn.contains("/srv/ada/smidr.yaml"), "{drawn}");
}

#[test]
fn a_wrong_target_is_told_and_earlier_ones_come_back() {
    let mut stage = Stage::new(80, 24);
    for target in ["world", "busybox -c compile"] {
        stage.keys("b ctrl-u").types(target).keys("enter");
        assert_eq!(stage.requests().len(), 1);
    }
    stage.keys("b");
    assert!(stage.draw().contains("busybox -c compile"), "{}", stage.draw());
    stage.keys("ctrl-p");
    assert!(stage.draw().contains("world"), "{}", stage.draw());
    stage.keys("ctrl-n");
    assert!(stage.draw().contains("busybox -c compile"), "{}", stage.draw());
    for wrong in ["'", "-k"] {
        stage.keys("ctrl-u").types(wrong).keys("enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1), "{wrong}");
    }
    stage.draws_at_any_size();
}

#[test]
fn where_a_container_prints_nothing_itself_its_session_is_shown() {
    let mut stage = Stage::new(80, 24);
    let (_writer, reader) = crate::logs::Log::new(1024);
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(reader)));
    tell(&mut stage, "yocto-a", vec![session("d-6", "bitbake world")]);
    assert!(matches!(stage.model.tab(), Some(Tab::Session(_))));
    stage.draws_at_any_size();
}

#[test]
fn of_a_container_that_is_there_for_a_build_its_record_is_shown_first() {
    let mut stage = Stage::new(80, 24);
    let mut all = containers();
    all.insert(0, build_container("aa-build", "d-9", "core-image-minimal"));
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(all)));
    stage.on("aa-build");
    let (mut writer, reader) = crate::logs::Log::new(1024);
    writer.append(crate::logs::Stream::Stdout, None, b"building\n");
    stage.tell(Message::Container(key("aa-build"), ContainerNews::Log(reader)));
    let found = || vec![session_ended("d-8", "bitbake world", 0), session("d-9", "bitbake x")];
    tell(&mut stage, "aa-build", found());
    let Some(Tab::Session(id)) = stage.model.tab() else { panic!("{:?}", stage.model.tab()) };
    assert_eq!(stage.model.pane.session(id).unwrap().session.id.as_str(), "d-9");
    // Whoever has chosen another tab keeps it.
    stage.keys("[");
    let chosen = stage.model.tab();
    assert_ne!(chosen, Some(Tab::Session(id)));
    tell(&mut stage, "aa-build", found());
    assert_eq!(stage.model.tab(), chosen);
}

#[test]
fn how_it_was_lost_is_said() {
    let mut stage = Stage::new(120, 40);
    let mut lost = session("d-6", "bitbake world");
    lost.state = SessionState::Lost;
    tell(&mut stage, "yocto-a", vec![lost]);
    stage.keys("enter ]");
    assert!(stage.draw().contains("lost, by ada@build7"), "{}", stage.draw());
}

#[test]
fn a_script_is_called_by_its_first_line_and_a_build_by_its_last() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert_eq!(typed(&words(&["/bin/sh", "-c", "make\nmake install"])), "make");
    assert_eq!(typed(&words(&["/bin/bash", "-l", "-c", "make"])), "make");
    assert_eq!(typed(&words(&["make", "-c", "x"])), "make -c x");
    assert_eq!(typed(&words(&["-c", "x"])), "-c x");
    assert_eq!(built(&words(&["/bin/sh", "-c", "cd /b\nexec bitbake world -k\n"])), "world -k");
    assert_eq!(built(&words(&["bitbake", "world"])), "world");
    assert_eq!((typed(&[]), built(&[])), (String::new(), String::new()));
}
