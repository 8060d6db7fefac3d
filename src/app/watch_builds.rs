//! Watching a container for builds, and keeping what each prints in a log.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::builds::{BuildId, BuildNews, watch};
use crate::logs::{LogReader, LogWriter, Stream};
use crate::ui::{ContainerKey, ContainerNews, Message, Problem};

use super::link::Link;
use super::running::{TOLD, until};
use super::wires::Wires;

/// How many pieces of news may wait; while they do, nothing more is read of that container's builds.
const NEWS: usize = 64;
/// How many builds' logs of one container are kept, the newest; as many builds are shown.
const LOGS: usize = 8;

/// Watches it for as long as this is not dropped, through losses of its engine.
pub(super) async fn watch_builds(wires: Wires, link: Arc<Link>, key: ContainerKey) {
    let mut logs = Logs { wires: wires.clone(), key: key.clone(), kept: Vec::new() };
    loop {
        let open = link.opened().await;
        // Everything is told again from its beginning.
        logs.kept.clear();
        let (told, mut news) = mpsc::channel(NEWS);
        let watching = watch(open.on.clone(), key.id.clone(), wires.histories.clone(), told);
        // Of its own: what is told is to be taken while it looks.
        let _watching = AbortOnDropHandle::new(tokio::spawn(watching));
        let mut wanted = wires.wanted.clone();
        loop {
            tokio::select! {
                biased;
                () = link.closed(open.number) => break,
                changed = wanted.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let build_logs = wanted.borrow_and_update().build_logs.clone();
                    logs.give(&build_logs).await;
                }
                () = until(logs.due()) => logs.moved(),
                told = news.recv() => match told {
                    Some(BuildNews::Printed(id, time, bytes)) => {
                        let log = logs.of(&id);
                        log.writer.ready().await;
                        log.writer.append(Stream::Stdout, time, &bytes);
                        log.due = log.due.or_else(|| Some(Instant::now() + TOLD));
                    }
                    Some(BuildNews::Read(build)) => {
                        if build.ended.is_some() {
                            logs.of(build.id()).writer.end();
                        }
                        let is_new = logs.begin(build.id());
                        wires.outbox.container(&key, ContainerNews::Build(build)).await;
                        if is_new {
                            let build_logs = wanted.borrow().build_logs.clone();
                            logs.give(&build_logs).await;
                        }
                    }
                    Some(BuildNews::Trouble(id, why)) => {
                        wires.note(key.engine, &format!("build {} in {}: {why}", id.directory, key.id));
                        let news = ContainerNews::BuildTrouble(id, Problem::new(why));
                        wires.outbox.container(&key, news).await;
                    }
                    // The container is gone: a new one of this id there will not be.
                    None => return link.closed(open.number).await,
                },
            }
        }
    }
}

/// What the builds of a container print.
struct Logs {
    wires: Wires,
    key: ContainerKey,
    kept: Vec<OfBuild>,
}

struct OfBuild {
    id: BuildId,
    writer: LogWriter,
    reader: LogReader,
    /// The screen has it.
    is_given: bool,
    /// When it is to be told that there is more.
    due: Option<Instant>,
}

impl Logs {
    /// Begins a log for this build where it has none; whether it had not.
    fn begin(&mut self, id: &BuildId) -> bool {
        let is_new = self.kept.iter().all(|log| log.id != *id);
        self.of(id);
        is_new
    }

    /// The log of this build, which is begun where there is none.
    fn of(&mut self, id: &BuildId) -> &mut OfBuild {
        let at = self.kept.iter().position(|log| log.id == *id).unwrap_or_else(|| {
            if self.kept.len() >= LOGS {
                self.kept.remove(0);
            }
            let (writer, reader) = self.wires.new_log();
            let id = id.clone();
            self.kept.push(OfBuild { id, writer, reader, is_given: false, due: None });
            self.kept.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or made there")]
        &mut self.kept[at]
    }

    /// Gives the screen those it wants and has not.
    async fn give(&mut self, wanted: &std::collections::BTreeSet<(ContainerKey, BuildId)>) {
        let key = &self.key;
        for log in &mut self.kept {
            let is_wanted = wanted.contains(&(key.clone(), log.id.clone()));
            if is_wanted && !log.is_given {
                let news = ContainerNews::BuildLog(log.id.clone(), log.reader.clone());
                self.wires.outbox.container(key, news).await;
            }
            log.is_given = is_wanted;
        }
    }

    /// When the screen is next to be told that a log it has goes on.
    fn due(&self) -> Option<Instant> {
        self.kept.iter().filter(|log| log.is_given).filter_map(|log| log.due).min()
    }

    fn moved(&mut self) {
        let now = Instant::now();
        for log in self.kept.iter_mut().filter(|log| log.is_given && log.due.is_some_and(|due| due <= now)) {
            let news = ContainerNews::BuildLogMoved(log.id.clone());
            // Where the loop has no time for it, a moment later will do.
            let is_heard = self.wires.outbox.hint(Message::Container(self.key.clone(), news));
            log.due = (!is_heard).then(|| now + TOLD);
        }
    }
}
