use crossterm::event::KeyModifiers;

use super::*;
use crate::engine::{ContainerState, ProcessTable};
use crate::logs::{Log, Stream};
use crate::ui::model::{Cancel, Place, Tab};
use crate::ui::test_support::{DOCKER, Stage, container, key, volume_key};
use crate::ui::{ContainerNews, EngineNews, Message, Request};

fn mouse(stage: &mut Stage, kind: MouseEventKind, at: (u16, u16)) {
    let (column, row) = at;
    stage.tell(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

/// The middle of a part of the screen.
fn middle(part: Rect) -> (u16, u16) {
    (part.x + part.width / 2, part.y + part.height / 2)
}

fn many(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    let listed =
        (0..100).map(|number| container(&format!("yocto-{number:02}"), ContainerState::Running, "Up"));
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed.collect())));
    stage.on("yocto-00");
    stage
}

#[test]
fn a_click_selects_and_two_open() {
    let mut stage = Stage::new(80, 24);
    stage.clicks("yocto-b");
    assert_eq!(stage.model.containers.cursor.selected(), Some(&key("yocto-b")));
    assert_eq!(stage.model.focus, Focus::Containers);
    stage.clicks("yocto-d");
    assert_eq!(stage.model.focus, Focus::Containers, "another row is no double click");
    stage.wait(2);
    stage.clicks("yocto-d");
    assert_eq!(stage.model.focus, Focus::Containers, "too late for a double click");
    stage.clicks("yocto-d");
    assert_eq!(stage.model.focus, Focus::Pane);
    assert_eq!(stage.model.pane_of(), Some(&key("yocto-d")));
    assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0), "a click asks nothing of an engine");
}

#[test]
fn a_double_click_on_a_volume_shows_who_uses_it() {
    let mut stage = Stage::new(120, 40);
    stage.clicks("sstate-cache");
    assert_eq!(stage.model.focus, Focus::Volumes);
    assert_eq!(stage.model.volumes.cursor.selected(), Some(&volume_key("sstate-cache")));
    stage.clicks("sstate-cache");
    assert_eq!(stage.model.focus, Focus::Containers);
    assert_eq!(stage.model.containers.shown(), [key("yocto-a")]);
}

#[test]
fn a_click_beside_the_rows_selects_nothing() {
    let mut stage = Stage::new(120, 40);
    stage.on("yocto-b");
    let list = Layout::of(&stage.model).containers;
    for row in [list.y, list.y + 1, list.bottom() - 2, list.bottom() - 1] {
        mouse(&mut stage, MouseEventKind::Down(MouseButton::Left), (list.x + 5, row));
        assert_eq!(stage.model.containers.cursor.selected(), Some(&key("yocto-b")), "row {row}");
    }
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut stage = many(120, 40);
    let (mut writer, reader) = Log::new(1 << 20);
    writer.append(Stream::Stdout, None, "line\n".repeat(500).as_bytes());
    stage.tell(Message::Container(key("yocto-00"), ContainerNews::Log(reader)));
    let layout = Layout::of(&stage.model);
    mouse(&mut stage, MouseEventKind::ScrollUp, middle(layout.pane));
    let Place::At(top) = stage.model.pane.log(&key("yocto-00")).unwrap().place else {
        panic!("still at the end")
    };
    assert_eq!(top.line.get(), 500 - 36 + 1 - 3);
    assert_eq!(stage.model.focus, Focus::Containers, "the keys stay where they are");
    assert_eq!(stage.model.containers.cursor.offset(), 0);
    mouse(&mut stage, MouseEventKind::ScrollDown, middle(layout.pane));
    assert_eq!(stage.model.pane.log(&key("yocto-00")).unwrap().place, Place::End);
    mouse(&mut stage, MouseEventKind::ScrollDown, middle(layout.containers));
    mouse(&mut stage, MouseEventKind::ScrollDown, middle(layout.containers));
    assert_eq!(stage.model.containers.cursor.offset(), 6);
    assert_eq!(stage.model.containers.cursor.selected(), Some(&key("yocto-06")), "the cursor stays in sight");
    mouse(&mut stage, MouseEventKind::ScrollUp, middle(layout.containers));
    assert_eq!(stage.model.containers.cursor.offset(), 3);
}

#[test]
fn the_wheel_scrolls_other_tabs_too() {
    let mut stage = Stage::new(120, 20);
    stage.on("yocto-a");
    stage.model.pane.show(&key("yocto-a"), Tab::Processes);
    let processes = (0..60).map(|number| vec![number.to_string()]).collect();
    let table = ProcessTable { titles: vec!["PID".into()], processes };
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::Top(table)));
    let pane = Layout::of(&stage.model).pane;
    mouse(&mut stage, MouseEventKind::ScrollDown, middle(pane));
    assert_eq!(stage.model.pane.processes.top, 3);
}

#[test]
fn a_drag_moves_the_split_and_stops_at_its_ends() {
    let mut stage = Stage::new(120, 40);
    let pane = Layout::of(&stage.model).pane;
    mouse(&mut stage, MouseEventKind::Drag(MouseButton::Left), (70, 10));
    assert_eq!(Layout::of(&stage.model).pane, pane, "nothing was taken hold of");
    for (to, x) in [(72, 72), (3, 24), (119, 90), (60, 60)] {
        let at = Layout::of(&stage.model).pane.x;
        mouse(&mut stage, MouseEventKind::Down(MouseButton::Left), (at, 10));
        mouse(&mut stage, MouseEventKind::Drag(MouseButton::Left), (to, 10));
        mouse(&mut stage, MouseEventKind::Up(MouseButton::Left), (to, 10));
        assert_eq!(Layout::of(&stage.model).pane.x, x, "dragged to {to}");
    }
    mouse(&mut stage, MouseEventKind::Drag(MouseButton::Left), (30, 10));
    assert_eq!(Layout::of(&stage.model).pane.x, 60, "it was let go");
}

#[test]
fn a_click_on_a_label_shows_its_tab() {
    let mut stage = Stage::new(120, 40);
    stage.on("yocto-a");
    for (label, tab) in
        [("Stats", Tab::Stats), ("Inspect", Tab::Inspect), ("Top", Tab::Processes), ("Log", Tab::Log)]
    {
        stage.clicks(label);
        assert_eq!(stage.model.tab(), Some(tab), "{label}");
        assert_eq!(stage.model.focus, Focus::Pane);
    }
    stage.clicks("yocto-a [Log]");
    assert_eq!(stage.model.tab(), Some(Tab::Log), "its name is no tab");
}

#[test]
fn a_click_on_an_action_cancels_that_one() {
    let mut stage = Stage::new(120, 40);
    let now = stage.model.now;
    let first = stage.model.actions.begin(Request::Start(key("yocto-d")), "yocto-d".into(), None, now);
    let second = stage.model.actions.begin(Request::Start(key("yocto-old")), "yocto-old".into(), None, now);
    stage.clicks("start yocto-d");
    assert_eq!(stage.model.actions.get(first).unwrap().cancel, Cancel::Asked);
    assert_eq!(stage.model.actions.get(second).unwrap().cancel, Cancel::No);
    assert!(
        matches!(stage.commands.last(), Some(Command::Cancel(id)) if *id == first),
        "{:?}",
        stage.commands
    );
    stage.clicks("start yocto-d");
    assert!(
        matches!(stage.commands.last(), Some(Command::Abandon(id)) if *id == first),
        "{:?}",
        stage.commands
    );
}
