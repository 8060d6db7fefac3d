//! The screens pictures are made of: the console's own, on the simulated engine's demo.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use futures_util::StreamExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use smidr_console::actions::cleanup::{Plan, Rules, Survey};
use smidr_console::actions::{Outcome, Supervised, Supervisor};
use smidr_console::bitbake::CauseReader;
use smidr_console::builds::read_file;
use smidr_console::engine::simulated::{Simulated, demo_scene};
use smidr_console::engine::{ContainerManager, ListFilter, LogsRequest, StdStream, VolumeFilter};
use smidr_console::logs::{Log, Stream};
use smidr_console::ui::model::Options;
use smidr_console::ui::{
    ActionNews, Command, ContainerKey, ContainerNews, Ended, Ending, EngineId, EngineNews, KeyMap, Look,
    Message, Model, Now, Problem, Request, TaskLogNews, Yield, update, view, wanted,
};

use crate::builds::builds;
use crate::pictures::Picture;

/// When the scene begins: pictures must not depend on the day they are made.
const EPOCH: &str = "2025-03-03T09:00:00Z";
/// How long the scene has been watched when the pictures are taken; the charts have something to show then.
const WATCHED: usize = 600;
/// The most lines of a log a picture has room for, and some more.
const LINES: u64 = 200;

/// All of them, in the order they are made. Each comes out the same at every call, on every machine.
pub(crate) fn scenes() -> Vec<Picture> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.map(|runtime| runtime.block_on(pictures())).unwrap_or_default()
}

async fn pictures() -> Vec<Picture> {
    vec![
        main_screen().await,
        narrow().await,
        build().await,
        cause().await,
        figures().await,
        exec().await,
        cleanup().await,
        help().await,
        no_engine(),
    ]
}

/// The console on the demo, as it is after some minutes.
struct Stage {
    model: Model,
    engine: Simulated,
    now: Now,
}

impl Stage {
    fn empty(width: u16, height: u16) -> Self {
        let epoch: Timestamp = EPOCH.parse().unwrap_or_default();
        let engine = Simulated::beginning(demo_scene(), "--demo", epoch);
        let now = Now { since_start: Duration::ZERO, time: epoch };
        let model = Model::new(Options::default(), KeyMap::default(), Look::default(), (width, height), now);
        Self { model, engine, now }
    }

    /// With everything the demo has, the cursor on this container.
    async fn on(width: u16, height: u16, name: &str) -> Self {
        let mut stage = Self::empty(width, height);
        stage.tell(EngineNews::Trying { named_by: "--demo".into(), endpoint: "simulated://".into() });
        if let Ok(identity) = stage.engine.identify().await {
            stage.tell(EngineNews::Answers(Box::new(identity)));
        }
        stage.lists().await;
        stage.watch().await;
        stage.lists().await;
        stage.builds().await;
        if let Ok(usage) = stage.engine.disk_usage().await {
            stage.tell(EngineNews::Measured(Box::new(usage)));
        }
        stage.press("g");
        for _ in 0..stage.model.containers.count() {
            if stage.model.containers.selected().is_some_and(|row| row.container.name == name) {
                break;
            }
            stage.press("j");
        }
        stage.log().await;
        stage
    }

    async fn lists(&mut self) {
        if let Ok(containers) = self.engine.list(&ListFilter::default()).await {
            self.tell(EngineNews::Containers(containers));
        }
        if let Ok(volumes) = self.engine.list_volumes(&VolumeFilter::default()).await {
            self.tell(EngineNews::Volumes(volumes));
        }
    }

    /// Some minutes of figures of all that runs.
    async fn watch(&mut self) {
        let keys: Vec<ContainerKey> =
            self.model.containers.all().filter(|row| row.is_running()).map(|row| row.key.clone()).collect();
        let mut streams: Vec<_> =
            keys.into_iter().map(|key| (self.engine.stats(&key.id, true), key)).collect();
        for _ in 0..WATCHED {
            // All at once: one after the other, each would wait for a second of its own.
            let read = join_all(
                streams.iter_mut().map(|(stream, key)| async { (key.clone(), stream.next().await) }),
            );
            for (key, stats) in read.await {
                if let Some(Ok(stats)) = stats {
                    self.now.time = stats.time.unwrap_or(self.now.time);
                    self.hear(Message::Container(key, ContainerNews::Stats(stats)));
                }
            }
        }
        self.now.since_start = Duration::from_secs(WATCHED as u64);
    }

    /// What is known of the builds by now.
    async fn builds(&mut self) {
        for (name, build) in builds(&self.engine, self.now.time).await {
            let key = self.model.containers.named(EngineId(0), name).map(|row| row.key.clone());
            if let Some(key) = key {
                self.hear(Message::Container(key, ContainerNews::Build(Arc::new(build))));
            }
        }
    }

    /// The log of the task that is open.
    async fn task_log(&mut self) {
        let Some(wanted) = wanted(&self.model).task_log else { return };
        let Some(path) = &wanted.path else { return };
        let on = Supervised::new(Arc::new(self.engine.clone()), Supervisor::new());
        let report = read_file(&on, &on.supervisor.call(), &wanted.key.id, path, 1 << 20).await;
        let Outcome::Done(read) = report.outcome else { return };
        let (mut writer, reader) = Log::new(1 << 20);
        writer.append(Stream::Stdout, None, &read.bytes);
        writer.end();
        let mut causes = CauseReader::default();
        causes.feed(&read.bytes);
        causes.finish();
        let causes = causes.causes().cloned().collect();
        for news in [TaskLogNews::Log(reader), TaskLogNews::Causes(causes), TaskLogNews::Ended] {
            self.hear(Message::Container(wanted.key.clone(), ContainerNews::TaskLog(wanted.id, news)));
        }
    }

    /// The log of the selected container.
    async fn log(&mut self) {
        let Some(key) = self.model.pane_of().cloned() else { return };
        let (mut writer, reader) = Log::new(1 << 20);
        let request = LogsRequest { tail: Some(LINES), timestamps: true, ..LogsRequest::default() };
        let mut chunks = self.engine.logs(&key.id, &request);
        while let Some(Ok(chunk)) = chunks.next().await {
            let stream = match chunk.stream {
                StdStream::Stderr => Stream::Stderr,
                StdStream::Tty => Stream::Terminal,
                StdStream::Stdout => Stream::Stdout,
            };
            writer.append(stream, chunk.time, &chunk.bytes);
        }
        self.hear(Message::Container(key, ContainerNews::Log(reader)));
    }

    fn tell(&mut self, news: EngineNews) {
        self.hear(Message::Engine(EngineId(0), news));
    }

    fn hear(&mut self, message: Message) -> Vec<Command> {
        update(&mut self.model, self.now, message)
    }

    /// Keys that write themselves, but for `\n`, which is enter.
    fn press(&mut self, keys: &str) -> Vec<Command> {
        let code = |c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        keys.chars()
            .flat_map(|c| self.hear(Message::Key(KeyEvent::new(code(c), KeyModifiers::NONE))))
            .collect()
    }

    fn picture(self, name: &str, title: &str) -> Picture {
        let (width, height) = self.model.size;
        let Ok(mut terminal) = Terminal::new(TestBackend::new(width, height));
        let Ok(_) = terminal.draw(|frame| view(&self.model, frame));
        Picture { name: name.into(), title: title.into(), buffer: terminal.backend().buffer().clone() }
    }
}

async fn main_screen() -> Picture {
    let stage = Stage::on(160, 42, "yocto-a").await;
    stage.picture("main", "Containers and volumes beside the log of a build")
}

async fn narrow() -> Picture {
    Stage::on(80, 24, "nightly").await.picture("narrow", "The same on a terminal of 80 by 24")
}

async fn build() -> Picture {
    let mut stage = Stage::on(130, 36, "workbench").await;
    stage.press("b");
    stage.picture("build", "How far a build is, what runs, and what took longest")
}

async fn cause() -> Picture {
    let mut stage = Stage::on(130, 30, "nightly").await;
    stage.press("E");
    stage.task_log().await;
    stage.hear(Message::Tick);
    stage.picture("cause", "A failed task's own log, where it says why")
}

async fn figures() -> Picture {
    let mut stage = Stage::on(130, 36, "yocto-a").await;
    stage.press("]]z");
    stage.press("[");
    stage.picture("stats", "What a build uses, over time")
}

async fn exec() -> Picture {
    let mut stage = Stage::on(120, 32, "workbench").await;
    stage.press("edu -sh tmp sstate-cache && df -h /work");
    stage.picture("exec", "A command about to be run in a container")
}

async fn cleanup() -> Picture {
    let mut stage = Stage::on(120, 36, "yocto-old").await;
    let commands = stage.press("c");
    let asked = commands.into_iter().find_map(|command| match command {
        Command::Act(id, Request::PlanCleanup(_, options)) => Some((id, options)),
        _ => None,
    });
    let Some((id, options)) = asked else { return stage.picture("cleanup", "") };
    let on = Supervised::new(std::sync::Arc::new(stage.engine.clone()), Supervisor::new());
    let (call, rules) = (on.supervisor.call(), Rules::default());
    let survey = Survey::take(&on, &call, &rules, options.images, options.sizes_within).await;
    if let Ok(survey) = survey {
        // The day the picture is made on is of no interest.
        let plan = Plan::of(&Survey { taken: stage.now.time, ..survey }, &rules, &options);
        let ended = Ended {
            ending: Ending::Done,
            elapsed: Duration::from_secs(1),
            attempts: 1,
            problem: None,
            aftermath: None,
            yielded: Yield::Plan(std::sync::Arc::new(plan)),
        };
        stage.hear(Message::Action(id, ActionNews::Ended(Box::new(ended))));
    }
    // The toast and the strip of the plan itself are gone by then.
    stage.now.since_start += Duration::from_secs(60);
    stage.hear(Message::Tick);
    stage.picture("cleanup", "What a cleanup would remove, to choose from")
}

async fn help() -> Picture {
    let mut stage = Stage::on(120, 32, "yocto-a").await;
    stage.press("?");
    stage.picture("help", "The help, searched by typing")
}

fn no_engine() -> Picture {
    let mut stage = Stage::empty(100, 24);
    for (id, endpoint, words, hint) in [
        (
            0,
            "unix:///var/run/docker.sock",
            "the socket belongs to group docker (gid 996)",
            Some("add yourself to the group (`sudo usermod -aG docker $USER`) and log in again"),
        ),
        (1, "unix:///run/podman/podman.sock", "there is no such socket", None),
    ] {
        let named_by = "usual socket".to_owned();
        let problem = Problem { hint: hint.map(str::to_owned), can_retry: true, ..Problem::new(words) };
        let engine = EngineId(id);
        stage.hear(Message::Engine(engine, EngineNews::Trying { named_by, endpoint: endpoint.into() }));
        stage.hear(Message::Engine(engine, EngineNews::Failed(problem, Duration::from_secs(8))));
    }
    stage.model.engines.is_complete = true;
    stage.hear(Message::Tick);
    stage.picture("no-engine", "No engine answers: what was tried, why it failed, and what to do")
}
