//! A screen for tests: a model filled by messages, keys written as text, what is asked for, and what is drawn.

use std::collections::BTreeMap;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::config::{Chord, Key};
use crate::engine::{
    Capabilities, Container, ContainerState, DiskUsage, Endpoint, EngineKind, Feature, Identity, MountPoint,
    Transport, UsageOf, Volume, VolumeUsage, labels,
};
use crate::logs::Search;
use crate::ui::model::Options;
use crate::ui::{
    ActionId, ActionNews, Command, ContainerKey, Ended, Ending, EngineId, EngineNews, KeyMap, Look, Looking,
    Message, Model, Now, Problem, Request, VolumeKey, Yield, update, view, wanted,
};

/// The engine of [`Stage::new`].
pub(crate) const DOCKER: EngineId = EngineId(1);
/// The one that [`Stage::with_podman`] adds.
pub(crate) const PODMAN: EngineId = EngineId(2);

/// When the tests take place.
pub(crate) fn noon() -> Timestamp {
    "2025-03-01T12:00:00Z".parse().unwrap()
}

/// So many hours before that.
pub(crate) fn hours_ago(hours: i64) -> Timestamp {
    noon() - jiff::SignedDuration::from_hours(hours)
}

/// A container of the docker engine, by its name.
pub(crate) fn key(name: &str) -> ContainerKey {
    ContainerKey { engine: DOCKER, id: format!("id-{name}").into() }
}

/// A volume of the docker engine, by its name.
pub(crate) fn volume_key(name: &str) -> VolumeKey {
    VolumeKey { engine: DOCKER, name: name.into() }
}

/// A container that carries our label, made three days ago.
pub(crate) fn container(name: &str, state: ContainerState, status: &str) -> Container {
    Container {
        id: format!("id-{name}").into(),
        name: name.into(),
        image: "registry.example/yocto:kirkstone".into(),
        image_id: None,
        command: "sleep infinity".into(),
        state,
        status: status.into(),
        created: Some(hours_ago(72)),
        labels: BTreeMap::from([(labels::MANAGED.into(), "true".into())]),
        mounts: Vec::new(),
    }
}

/// The same without our label.
pub(crate) fn foreign(mut container: Container) -> Container {
    container.labels.clear();
    container
}

/// The same with a volume mounted.
pub(crate) fn mounting(mut container: Container, volume: &str) -> Container {
    let source = format!("/var/lib/docker/volumes/{volume}/_data");
    let target = "/work".into();
    container.mounts.push(MountPoint { volume: Some(volume.into()), source, target, read_only: false });
    container
}

/// A volume with or without our label, made ten days ago.
pub(crate) fn volume(name: &str, is_managed: bool) -> Volume {
    let ours = is_managed.then(|| (labels::MANAGED.to_owned(), "true".to_owned()));
    Volume {
        name: name.into(),
        driver: "local".into(),
        mountpoint: format!("/var/lib/docker/volumes/{name}/_data"),
        created: Some(hours_ago(240)),
        labels: ours.into_iter().collect(),
        options: BTreeMap::new(),
    }
}

/// What an engine says of itself.
pub(crate) fn identity(kind: EngineKind, version: &str, socket: &str) -> Identity {
    Identity {
        kind,
        name: "build7".into(),
        version: version.into(),
        api_version: "1.41".into(),
        endpoint: Endpoint { transport: Transport::Unix(socket.into()), named_by: "usual socket".into() },
        rootless: false,
        platform: "linux/amd64".into(),
        cpus: 16,
        memory: 64 << 30,
        capabilities: Capabilities::all(),
    }
}

/// The containers of [`Stage::new`], in the order of the list: two run, one is paused, one has failed, one has ended,
/// one is not ours.
pub(crate) fn containers() -> Vec<Container> {
    use ContainerState as S;
    vec![
        mounting(container("yocto-a", S::Running, "Up 3 hours"), "sstate-cache"),
        mounting(container("yocto-b", S::Running, "Up 12 minutes"), "build-b"),
        container("yocto-c", S::Paused, "Up 2 hours (Paused)"),
        container("yocto-d", S::Exited, "Exited (1) 2 hours ago"),
        mounting(container("yocto-old", S::Exited, "Exited (0) 3 days ago"), "build-old"),
        foreign(container("zabbix", S::Exited, "Exited (0) 5 days ago")),
    ]
}

/// The volumes of [`Stage::new`].
pub(crate) fn volumes() -> Vec<Volume> {
    vec![
        volume("build-b", true),
        volume("build-old", true),
        volume("empty", true),
        volume("foreign-data", false),
        volume("sstate-cache", true),
    ]
}

/// What the volumes of [`Stage::new`] take.
pub(crate) fn usage() -> DiskUsage {
    let of = |name: &str, bytes: Option<u64>| VolumeUsage { name: name.into(), bytes, users: None };
    DiskUsage {
        images: UsageOf { count: 9, bytes: 30 << 30, reclaimable: 4 << 30 },
        containers: UsageOf { count: 6, bytes: 2 << 30, reclaimable: 1 << 30 },
        volumes: UsageOf { count: 5, bytes: 60 << 30, reclaimable: 12 << 30 },
        build_cache: UsageOf::default(),
        by_volume: vec![
            of("build-b", Some(11 << 30)),
            of("build-old", Some(7 << 30)),
            of("empty", Some(0)),
            of("foreign-data", None),
            of("sstate-cache", Some(41 << 30)),
        ],
        by_container: vec![(format!("id-{}", "yocto-old").into(), 3 << 20)],
    }
}

/// A screen, and whoever sits before it.
#[derive(Debug)]
pub(crate) struct Stage {
    /// What is shown.
    pub(crate) model: Model,
    /// What was asked for and not taken yet.
    pub(crate) commands: Vec<Command>,
    now: Now,
}

impl Stage {
    /// Before any engine has been tried.
    pub(crate) fn empty(width: u16, height: u16) -> Self {
        let now = Now { since_start: Duration::from_secs(100), time: noon() };
        let model = Model::new(Options::default(), KeyMap::default(), Look::default(), (width, height), now);
        let mut stage = Self { model, commands: Vec::new(), now };
        stage.tell(Message::Tick);
        stage
    }

    /// One docker engine with [`containers`], [`volumes`] and their sizes; the cursor is on yocto-a.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let mut stage = Self::empty(width, height);
        let docker = identity(EngineKind::Docker, "20.10.24", "/var/run/docker.sock");
        stage.engine(DOCKER, docker, containers(), volumes());
        stage.tell(Message::Engine(DOCKER, EngineNews::Measured(Box::new(usage()))));
        stage
    }

    /// A podman beside it, with one container and one volume.
    pub(crate) fn with_podman(mut self) -> Self {
        let mut podman = identity(EngineKind::Podman, "4.3.1", "/run/podman/podman.sock");
        podman.capabilities = Capabilities::all().without(Feature::Pause, "rootless on cgroup v1");
        podman.rootless = true;
        let one = container("pod-a", ContainerState::Running, "Up 1 hour");
        self.engine(PODMAN, podman, vec![one], vec![volume("pod-data", true)]);
        self
    }

    /// An engine answers, and says what it has.
    pub(crate) fn engine(
        &mut self,
        id: EngineId,
        identity: Identity,
        containers: Vec<Container>,
        volumes: Vec<Volume>,
    ) {
        let endpoint = identity.endpoint.to_string();
        let named_by = identity.endpoint.named_by.clone();
        for news in [
            EngineNews::Trying { named_by, endpoint },
            EngineNews::Answers(Box::new(identity)),
            EngineNews::Containers(containers),
            EngineNews::Volumes(volumes),
        ] {
            self.tell(Message::Engine(id, news));
        }
    }

    /// Something has happened.
    pub(crate) fn tell(&mut self, message: Message) {
        let asked = update(&mut self.model, self.now, message);
        self.commands.extend(asked);
    }

    /// So many seconds pass.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now.since_start += Duration::from_secs(seconds);
        self.now.time += jiff::SignedDuration::from_secs(seconds.cast_signed());
        self.tell(Message::Tick);
    }

    /// Keys are pressed, one after the other: `j s enter`, `ctrl-u`, `shift-tab`.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.tell(Message::Key(pressed(key)));
        }
        self
    }

    /// A text is typed, character by character; a line break is the enter key.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
            self.tell(Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
        self
    }

    /// Logs are looked through, to their ends, for what is looked for in the one that is shown.
    pub(crate) fn looks_through(&mut self) -> &mut Self {
        for Looking { id, reader, query, covered } in wanted(&self.model).looking {
            let mut search = Search::new(reader, query, covered);
            while let Some(found) = search.step() {
                self.tell(Message::Found(id, found));
            }
        }
        self
    }

    /// A text is pasted.
    pub(crate) fn pastes(&mut self, text: &str) -> &mut Self {
        self.tell(Message::Pasted(text.into()));
        self
    }

    /// The left button is pressed on the first place where the screen shows this text.
    pub(crate) fn clicks(&mut self, text: &str) -> &mut Self {
        let drawn = self.draw();
        let found = drawn.lines().enumerate().find_map(|(row, line)| Some((row, line.find(text)?, line)));
        let (row, at, line) = found.unwrap_or_else(|| panic!("{text:?} is not on the screen:\n{drawn}"));
        let column = crate::text::fit::width(&line[..at]);
        self.tell(Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: u16::try_from(column).unwrap(),
            row: u16::try_from(row).unwrap(),
            modifiers: KeyModifiers::NONE,
        }));
        self
    }

    /// The container of this name is put under the cursor.
    pub(crate) fn on(&mut self, name: &str) -> &mut Self {
        self.model.containers.cursor.select(key(name));
        self.tell(Message::Tick);
        self
    }

    /// The volume of this name is put under the cursor, which goes to the volumes.
    pub(crate) fn on_volume(&mut self, name: &str) -> &mut Self {
        self.model.focus = crate::ui::model::Focus::Volumes;
        self.model.volumes.cursor.select(volume_key(name));
        self.tell(Message::Tick);
        self
    }

    /// The actions asked for since this was last called, with their ids.
    pub(crate) fn acts(&mut self) -> Vec<(ActionId, Request)> {
        let (acts, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.commands).into_iter().partition(|one| matches!(one, Command::Act(..)));
        self.commands = others;
        acts.into_iter()
            .filter_map(|one| match one {
                Command::Act(id, request) => Some((id, request)),
                _ => None,
            })
            .collect()
    }

    /// The actions asked for since then, as they debug-print.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        self.acts().into_iter().map(|(_, request)| format!("{request:?}")).collect()
    }

    /// Something is new of an action.
    pub(crate) fn news(&mut self, id: ActionId, news: ActionNews) {
        self.tell(Message::Action(id, news));
    }

    /// An action ends well after two seconds.
    pub(crate) fn done(&mut self, id: ActionId, yielded: Yield) {
        self.ends(id, Ending::Done, None, yielded);
    }

    /// An action fails after two seconds.
    pub(crate) fn fails(&mut self, id: ActionId, problem: Problem) {
        self.ends(id, Ending::Failed, Some(problem), Yield::Nothing);
    }

    fn ends(&mut self, id: ActionId, ending: Ending, problem: Option<Problem>, yielded: Yield) {
        let elapsed = Duration::from_secs(2);
        let ended = Ended { ending, elapsed, attempts: 1, problem, aftermath: None, yielded };
        self.news(id, ActionNews::Ended(Box::new(ended)));
    }

    /// How many dialogs are open.
    pub(crate) fn dialogs(&self) -> usize {
        self.model.dialogs.len()
    }

    /// The short messages that are shown.
    pub(crate) fn toasts(&self) -> Vec<&str> {
        self.model.toasts.shown().map(|toast| toast.words.as_str()).collect()
    }

    /// The terminal has another size.
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.tell(Message::Resized(width, height));
        self
    }

    /// The screen as text, a line a row, without the blanks at the ends of lines.
    pub(crate) fn draw(&self) -> String {
        let (width, height) = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view(&self.model, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let mut lines = Vec::new();
        for row in 0..height {
            let mut line = String::new();
            let mut column = 0;
            while column < width {
                let symbol = buffer[(column, row)].symbol();
                line.push_str(symbol);
                // The cell behind a wide character is not drawn.
                column += u16::try_from(crate::text::fit::width(symbol)).unwrap().max(1);
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    /// Draws at every size up to this one: nothing may panic, however small.
    pub(crate) fn draws_at_any_size(&mut self) {
        let before = self.model.size;
        for (width, height) in [(1, 1), (20, 5), (59, 14), (60, 15), (61, 16), (80, 24), (120, 40), (200, 50)]
        {
            self.resize(width, height);
            self.draw();
        }
        let Some(dialog) = self.model.dialogs.last() else { return };
        for (width, height) in (0..90).flat_map(|width| [(width, 1), (width, width / 3), (width, 40)]) {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| dialog.draw(&self.model, frame, frame.area())).unwrap();
        }
        self.resize(before.0, before.1);
    }
}

/// The event of a key as it is written in the settings.
pub(crate) fn pressed(key: &str) -> KeyEvent {
    let chord: Chord = key.parse().unwrap_or_else(|wrong| panic!("{key}: {wrong}"));
    let code = match chord.key() {
        Key::Char(c) => KeyCode::Char(c),
        Key::Tab if chord.has_shift() => KeyCode::BackTab,
        Key::Enter => KeyCode::Enter,
        Key::Esc => KeyCode::Esc,
        Key::Tab => KeyCode::Tab,
        Key::Backspace => KeyCode::Backspace,
        Key::Delete => KeyCode::Delete,
        Key::Insert => KeyCode::Insert,
        Key::Home => KeyCode::Home,
        Key::End => KeyCode::End,
        Key::PageUp => KeyCode::PageUp,
        Key::PageDown => KeyCode::PageDown,
        Key::Up => KeyCode::Up,
        Key::Down => KeyCode::Down,
        Key::Left => KeyCode::Left,
        Key::Right => KeyCode::Right,
        Key::F(number) => KeyCode::F(number),
    };
    let mut held = KeyModifiers::NONE;
    held.set(KeyModifiers::CONTROL, chord.has_ctrl());
    held.set(KeyModifiers::ALT, chord.has_alt());
    held.set(KeyModifiers::SHIFT, chord.has_shift());
    KeyEvent::new(code, held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_reach_the_model_and_the_screen_shows_it() {
        let mut stage = Stage::new(80, 24);
        stage.keys("j space");
        assert!(stage.model.containers.is_marked(&key("yocto-b")));
        assert!(stage.draw().contains("yocto-a"), "{}", stage.draw());
        stage.on("yocto-d").keys("u");
        assert_eq!(stage.acts().len(), 0, "what is marked runs already");
        assert!(stage.toasts()[0].contains("it runs already"), "{:?}", stage.toasts());
        stage.keys("esc esc u");
        let begun = stage.acts();
        assert_eq!(begun.len(), 1, "{begun:?}");
        assert!(matches!(&begun[0].1, Request::Start(of) if *of == key("yocto-d")), "{begun:?}");
    }

    #[test]
    fn every_key_that_can_be_written_is_pressed_as_it_is_read() {
        for key in ["j", "G", "ctrl-u", "alt-x", "shift-tab", "f5", "enter", "space", "pageup"] {
            assert_eq!(Chord::of(pressed(key)).unwrap().to_string(), key);
        }
    }
}
