//! What the user asks for, from the key to the screen.

use std::time::Duration;

use super::harness::{Console, Given, SCENE, engine, key, silent};
use crate::engine::simulated::scene::Operation;
use crate::engine::{ContainerManager, ExecRequest, StopOptions, TermSize};
use crate::term::{Size, Terminal};
use crate::ui::model::{ExecState, ExecTab, Output};
use crate::ui::{ActionId, Command, ContainerKey, ExecDraft, Model, Now, Request};

/// An exec that begins with the console, in a tab of its own.
fn with_tab(key: ContainerKey, request: Request, output: Output) -> Given {
    let prepare = move |model: &mut Model| {
        let now: Now = model.now;
        let id = model.actions.begin(request, "yocto-a".into(), None, now);
        assert_eq!(id, ActionId(1));
        let state = ExecState::Running;
        let draft = ExecDraft { command: "make".into(), ..ExecDraft::default() };
        model.pane.open(ExecTab { id, container: key, draft, begun: Duration::ZERO, output, state });
    };
    Given { prepare: Box::new(prepare), ..Given::default() }
}

fn make(what: &str) -> ExecRequest {
    ExecRequest::new(["/bin/sh", "-c", &format!("make {what}")])
}

#[tokio::test(start_paused = true)]
async fn start_is_a_key_and_its_row_changes_at_once() {
    let console = Console::open(&engine(SCENE));
    console.row("yocto-old", "exited").await;
    console.press("down");
    console.press("u");
    let took = console.row("yocto-old", "up").await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    console.shows("done").await;
}

#[tokio::test(start_paused = true)]
async fn stop_shows_without_waiting_for_the_next_list() {
    let mut console = Console::open(&engine(SCENE));
    console.row("yocto-a", "up").await;
    let key = console.key("yocto-a").await;
    console.act(Request::Stop(key, StopOptions::default()));
    let took = console.row("yocto-a", "exited").await;
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_does_shows_within_a_second() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    let key = console.key("yocto-old").await;
    engine.start(&key.id).await.unwrap();
    assert!(console.row("yocto-old", "up").await < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn an_exec_prints_on_the_screen_and_ends_with_its_code() {
    let engine = engine(SCENE);
    let a = key(&engine, "yocto-a").await;
    let request = Request::Exec(a.clone(), make("world"));
    let console = Console::given(&engine, with_tab(a, request.clone(), Output::Log(Box::default())));
    console.row("yocto-a", "up").await;
    console.commands.try_send(Command::Act(ActionId(1), request)).unwrap();
    console.shows("made 1").await;
    assert!(!console.screen.text().contains("made 3"), "it is shown while it runs");
    console.shows("made 3").await;
    console.shows("exit 3").await;
}

#[tokio::test(start_paused = true)]
async fn an_exec_that_is_cancelled_says_what_was_ended() {
    let engine = engine(SCENE);
    let a = key(&engine, "yocto-a").await;
    let request = Request::Exec(a.clone(), make("forever"));
    let console = Console::given(&engine, with_tab(a, request.clone(), Output::Log(Box::default())));
    console.row("yocto-a", "up").await;
    console.commands.try_send(Command::Act(ActionId(1), request)).unwrap();
    console.shows("working").await;
    console.press("x");
    console.shows("cancelled").await;
    console.shows("TERM was sent to").await;
}

#[tokio::test(start_paused = true)]
async fn a_shell_takes_keys_and_prints() {
    let scene = SCENE.replace("programs:", "programs:\n  - {command: '*run*sh', stdin: copy}");
    let engine = engine(&scene);
    let a = key(&engine, "yocto-a").await;
    let size = TermSize { columns: 80, rows: 24 };
    let request = Request::Shell(a.clone(), vec![vec!["sh".into()]], size);
    let terminal = Output::Shell(Box::new(Terminal::new(Size::new(80, 24), 100)));
    let mut console = Console::given(&engine, with_tab(a, request.clone(), terminal));
    console.row("yocto-a", "up").await;
    console.commands.try_send(Command::Act(ActionId(1), request)).unwrap();
    console.commands.try_send(Command::Type(ActionId(1), b"hello".to_vec())).unwrap();
    console.commands.try_send(Command::ResizeShell(ActionId(1), size)).unwrap();
    // Its end is told like any other's; what it printed is the terminal's to draw.
    console.commands.try_send(Command::Cancel(ActionId(1))).unwrap();
    console.shows("cancelled").await;
    let key = console.key("yocto-a").await;
    console.act(Request::Pause(key));
    console.row("yocto-a", "paused").await;
}

#[tokio::test(start_paused = true)]
async fn an_action_that_hangs_is_cancelled_by_a_key_and_looked_after() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    engine.add_fault(silent(&[Operation::Start]));
    console.press("down");
    console.press("u");
    console.shows("start").await;
    console.press("x");
    assert!(console.shows("cancelled").await < Duration::from_secs(1));
    assert!(!engine.inspect(&key(&engine, "yocto-old").await.id).await.unwrap().state.is_alive());
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_of_an_engine_that_is_not_there_ends_at_once() {
    let engine = engine(SCENE);
    let console = Console::open(&engine);
    console.row("yocto-old", "exited").await;
    let (wires, mut inbox) = super::logs::wires(&engine);
    let actions = crate::app::supervise::Actions::new(wires);
    let request = Request::Start(key(&engine, "yocto-a").await);
    actions.begin(ActionId(5), request);
    let told = inbox.messages.recv().await;
    let ended = format!("{told:?}");
    assert!(ended.contains("ActionId(5)") && ended.contains("there is no such engine"), "{ended}");
}
