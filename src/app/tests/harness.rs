//! A console with a test's keys and screen.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::actions::Supervisor;
use crate::app::clock::Clock;
use crate::app::connect::Opening;
use crate::app::console::Behind;
use crate::app::demo;
use crate::app::events::EventSource;
use crate::app::history::History;
use crate::app::kept::Kept;
use crate::app::notify::{Between, notice};
use crate::app::outbox::Outbox;
use crate::app::run::{Left, Loop, Stop};
use crate::app::sixteen::Written;
use crate::app::terminal::Terminal;
use crate::engine::discovery::Found;
use crate::engine::simulated::scene::Operation;
use crate::engine::simulated::{Fault, Scene, Simulated};
use crate::engine::{ContainerId, ContainerManager, ListFilter};
use crate::ui::model::{Options, Ways};
use crate::ui::{ActionId, Command, ContainerKey, EngineId, KeyMap, Look, Model, Request};

/// Two containers, one running and one ended, and what commands do.
pub(super) const SCENE: &str = r#"
images: [{reference: "yocto:kirkstone"}]
volumes: [{name: sstate, size: 4 GiB}]
containers:
  - name: yocto-a
    image: yocto:kirkstone
    state: running
    mounts: [{source: sstate, target: /sstate}]
    process:
      output: [{stdout: "line {n}\n", repeat: 100000, every: 1s}]
      exit: {never: true}
  - name: yocto-old
    image: yocto:kirkstone
    state: exited
    process: {output: [{stdout: "once\n"}], exit: {never: true}}
programs:
  - {command: "*make world*", output: [{stdout: "made {n}\n", repeat: 3, every: 1s}], exit: {code: 3}}
  - {command: "*make forever*", output: [{stdout: "working\n"}], exit: {never: true}}
  - {command: "* signal *", output: [{stdout: '{"signalled":[{"pid":7,"comm":"make"}],"killed":[],"left":[]}'}]}
  - {command: "*"}
"#;

/// The scene's engine.
pub(in crate::app) fn engine(scene: &str) -> Simulated {
    let scene = Scene::parse(scene, &|name| Err(io::Error::other(name.to_owned()))).unwrap();
    Simulated::new(scene, "--host")
}

/// A fault of these requests.
pub(super) fn silent(on: &[Operation]) -> Fault {
    Fault { on: on.to_vec(), silent: true, ..Fault::default() }
}

/// How an endpoint is opened that is always this engine.
pub(super) fn opening(engine: &Simulated) -> Opening {
    let engine = engine.clone();
    Arc::new(move |_| {
        let engine = engine.clone();
        Box::pin(async move {
            let identity = engine.identify().await?;
            Ok(Found { manager: Arc::new(engine), identity })
        })
    })
}

/// A console that runs.
pub(super) struct Console {
    pub(super) engine: Simulated,
    pub(super) screen: SharedScreen,
    pub(super) terminal: Arc<Mutex<Told>>,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) outbox: Outbox,
    pub(super) supervisor: Supervisor,
    pub(super) stopping: mpsc::Sender<Stop>,
    pub(super) came_back: mpsc::Sender<String>,
    keys: mpsc::UnboundedSender<Event>,
    left: JoinHandle<io::Result<Left>>,
    _behind: Vec<tokio_util::task::AbortOnDropHandle<()>>,
    _state: tempfile::TempDir,
    next: u64,
}

/// What can be different.
pub(super) struct Given {
    pub(super) options: Options,
    pub(super) prepare: Box<dyn FnOnce(&mut Model)>,
    /// Whether commands are taken by anybody.
    pub(super) deaf: bool,
}

impl Default for Given {
    fn default() -> Self {
        Self { options: Options::default(), prepare: Box::new(|_| {}), deaf: false }
    }
}

impl Console {
    pub(super) fn open(engine: &Simulated) -> Self {
        Self::given(engine, Given::default())
    }

    pub(super) fn given(engine: &Simulated, given: Given) -> Self {
        let clock = Clock::start();
        let size = (140, 40);
        let mut model = Model::new(given.options, KeyMap::default(), Look::default(), size, clock.now());
        (given.prepare)(&mut model);
        let state = tempfile::tempdir().unwrap();
        let history = Some(Arc::new(History::at(state.path().join("history"))));
        let kept = Kept { history, ..Kept::default() };
        let (stopping, stops) = mpsc::channel(1);
        let candidates = vec![demo::candidate()];
        let behind = Behind::begin(&mut model, clock, candidates, opening(engine), kept, stops);
        let Behind { supervisor, mut ends, tasks, outbox, .. } = behind;
        let (coming_back, came_back) = mpsc::channel(1);
        ends.came_back = came_back;
        if given.deaf {
            let (commands, unheard) = mpsc::channel(1);
            commands.try_send(Command::Redraw).unwrap();
            std::mem::forget(unheard);
            ends.commands = commands;
        }
        let commands = ends.commands.clone();
        let screen = SharedScreen::new(size);
        let told = Arc::new(Mutex::new(Told::default()));
        let (keys, events) = mpsc::unbounded_channel();
        let (shown, terminal) = (screen.clone(), told.clone());
        let left = tokio::spawn(async move {
            let mut screen = ratatui::Terminal::new(shown).unwrap();
            let mut events = FakeEvents(events);
            let mut terminal = FakeTerminal(terminal);
            let the_loop = Loop {
                screen: &mut screen,
                events: &mut events,
                terminal: &mut terminal,
                model: &mut model,
                clock,
                frame_rate: 30,
                written: Written::default(),
                ends,
            };
            the_loop.run().await
        });
        Self {
            engine: engine.clone(),
            screen,
            terminal: told,
            commands,
            outbox,
            supervisor,
            stopping,
            came_back: coming_back,
            keys,
            left,
            _behind: tasks,
            _state: state,
            next: 1000,
        }
    }

    /// Presses keys: letters, or one named key.
    pub(super) fn press(&self, keys: &str) {
        let named = match keys {
            "down" => Some(KeyCode::Down),
            "enter" => Some(KeyCode::Enter),
            "ctrl-z" => {
                return self.event(Event::Key(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)));
            }
            _ => None,
        };
        if let Some(code) = named {
            return self.event(Event::Key(code.into()));
        }
        for letter in keys.chars() {
            self.event(Event::Key(KeyCode::Char(letter).into()));
        }
    }

    pub(super) fn event(&self, event: Event) {
        self.keys.send(event).unwrap();
    }

    /// Asks for something that no key asks for.
    pub(super) fn act(&mut self, request: Request) -> ActionId {
        self.next += 1;
        let id = ActionId(self.next);
        self.commands.try_send(Command::Act(id, request)).unwrap();
        id
    }

    /// A container by its name.
    pub(super) async fn key(&self, name: &str) -> ContainerKey {
        key(&self.engine, name).await
    }

    /// Waits until the screen is so; how long that took.
    pub(super) async fn until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> Duration {
        let begun = Instant::now();
        loop {
            let text = self.screen.text();
            if is_so(&text) {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < Duration::from_secs(300), "never {what}:\n{text}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the screen shows these words.
    pub(super) async fn shows(&self, words: &str) -> Duration {
        self.until(words, |text| text.contains(words)).await
    }

    /// Waits until the row of a container has these words.
    pub(super) async fn row(&self, name: &str, words: &str) -> Duration {
        let has = |text: &str| {
            let left = |line: &str| line.chars().take(56).collect::<String>();
            text.lines().map(left).any(|line| line.contains(name) && line.contains(words))
        };
        self.until(&format!("{name}: {words}"), has).await
    }

    /// Waits for its end.
    pub(super) async fn left(self) -> Left {
        tokio::time::timeout(Duration::from_secs(10), self.left).await.unwrap().unwrap().unwrap()
    }
}

/// A container by its name.
pub(in crate::app) async fn key(engine: &Simulated, name: &str) -> ContainerKey {
    let containers = engine.handle_list().await;
    let id = containers.into_iter().find_map(|(id, found)| (found == name).then_some(id)).unwrap();
    ContainerKey { engine: EngineId(0), id }
}

trait HandleList {
    async fn handle_list(&self) -> Vec<(ContainerId, String)>;
}

impl HandleList for Simulated {
    async fn handle_list(&self) -> Vec<(ContainerId, String)> {
        let containers = self.list(&ListFilter::default()).await.unwrap();
        containers.into_iter().map(|one| (one.id, one.name)).collect()
    }
}

struct FakeEvents(mpsc::UnboundedReceiver<Event>);

impl EventSource for FakeEvents {
    async fn next(&mut self) -> Option<io::Result<Event>> {
        self.0.recv().await.map(Ok)
    }
}

/// What the terminal was told, in order.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) words: Vec<&'static str>,
    pub(super) sent: Vec<u8>,
    pub(super) titles: Vec<Option<String>>,
}

struct FakeTerminal(Arc<Mutex<Told>>);

impl FakeTerminal {
    fn told(&self, word: &'static str) {
        self.0.lock().unwrap().words.push(word);
    }
}

impl Terminal for FakeTerminal {
    fn lend(&mut self) -> io::Result<()> {
        self.told("lend");
        Ok(())
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.told("take back");
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        self.told("stop");
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().sent.extend_from_slice(bytes);
        Ok(())
    }

    fn notice(&mut self, ways: Ways, whom: &str, message: &str) -> io::Result<()> {
        self.send(&notice(ways, Between::Nothing, whom, message))
    }

    fn title(&mut self, title: Option<&str>) -> io::Result<()> {
        self.0.lock().unwrap().titles.push(title.map(str::to_owned));
        Ok(())
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((140, 40))
    }
}

/// A screen that can be looked at while it is drawn on.
#[derive(Debug, Clone)]
pub(super) struct SharedScreen {
    backend: Arc<Mutex<TestBackend>>,
    /// When each frame was drawn.
    pub(super) frames: Arc<Mutex<Vec<Instant>>>,
}

impl SharedScreen {
    fn new((width, height): (u16, u16)) -> Self {
        let backend = Arc::new(Mutex::new(TestBackend::new(width, height)));
        Self { backend, frames: Arc::default() }
    }

    pub(super) fn text(&self) -> String {
        let backend = self.backend.lock().unwrap();
        let buffer = backend.buffer();
        let lines = buffer.content.chunks(usize::from(buffer.area.width));
        lines.map(|line| line.iter().map(Cell::symbol).collect::<String>() + "\n").collect()
    }

    pub(super) fn count(&self) -> usize {
        self.frames.lock().unwrap().len()
    }
}

impl Backend for SharedScreen {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), Infallible> {
        self.frames.lock().unwrap().push(Instant::now());
        self.backend.lock().unwrap().draw(content)
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.backend.lock().unwrap().hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.backend.lock().unwrap().show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        panic!("the real terminal would be asked, and its answer would come among the keys")
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.backend.lock().unwrap().set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.backend.lock().unwrap().clear()
    }

    fn clear_region(&mut self, region: ClearType) -> Result<(), Infallible> {
        self.backend.lock().unwrap().clear_region(region)
    }

    fn size(&self) -> Result<Size, Infallible> {
        self.backend.lock().unwrap().size()
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.backend.lock().unwrap().window_size()
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.backend.lock().unwrap().flush()
    }
}
