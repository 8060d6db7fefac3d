//! What is done about the commands of `update`: none of it waits, so there is always room for the next.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::engine::discovery::Candidate;
use crate::ui::{Command, ExecDraft, Message, Tone};

use super::announce::Announcer;
use super::engines::Engines;
use super::hand_over;
use super::history::History;
use super::pager;
use super::save_log::Saving;
use super::supervise::Actions;
use super::wires::Wires;

/// What is done behind the screen.
pub(super) struct Backstage {
    wires: Wires,
    engines: Engines,
    actions: Actions,
    history: Option<Arc<History>>,
    saving: Saving,
    announcer: Announcer,
    came_back: mpsc::Sender<String>,
}

impl Backstage {
    /// With these endpoints, which are tried at once. `came_back` hears of the end of each shell that was given the
    /// whole terminal.
    pub(super) fn new(
        wires: Wires,
        candidates: Vec<Candidate>,
        history: Option<Arc<History>>,
        came_back: mpsc::Sender<String>,
    ) -> Self {
        let mut engines = Engines::new(wires.clone());
        for candidate in candidates {
            engines.add(candidate);
        }
        Self {
            engines,
            actions: Actions::new(wires.clone()),
            announcer: Announcer::new(wires.clone()),
            wires,
            history,
            saving: Saving::new(),
            came_back,
        }
    }

    /// Does what it is told until nobody can tell it any more.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(command) = commands.recv().await {
            self.perform(command).await;
        }
    }

    async fn perform(&mut self, command: Command) {
        match command {
            Command::Act(id, request) => self.actions.begin(id, request),
            Command::Cancel(id) => self.actions.cancel(id),
            Command::Abandon(id) => self.actions.abandon(id),
            Command::Skip(id) => self.actions.skip(id),
            Command::Type(id, bytes) => {
                if let Err(bytes) = self.actions.type_into(id, bytes) {
                    self.wires.outbox.tell(Message::Refused(Box::new(Command::Type(id, bytes)))).await;
                }
            }
            Command::ResizeShell(id, size) => self.actions.resize(id, size),
            Command::HandOver(key, shell) => {
                let (wires, came_back) = (self.wires.clone(), self.came_back.clone());
                tokio::spawn(async move {
                    let words = hand_over::run(wires, key, shell).await;
                    let _ = came_back.send(words).await;
                });
            }
            Command::Page(lines) => {
                let (wires, came_back) = (self.wires.clone(), self.came_back.clone());
                tokio::spawn(async move {
                    let words = pager::run(wires, lines).await;
                    let _ = came_back.send(words).await;
                });
            }
            Command::SaveLog { lines, form, path } => {
                self.saving.begin(self.wires.clone(), lines, form, path);
            }
            Command::Notify { container, happening } => self.announcer.begin(&container, &happening),
            Command::Refresh(id) => self.engines.refresh(id),
            Command::Retry(id) => self.engines.retry(id),
            Command::OpenDemo => self.engines.add_demo(),
            Command::Remember { container, draft } => self.remember(container, draft),
            // These are the loop's own.
            Command::Copy(_) | Command::Title(_) | Command::Suspend | Command::Redraw | Command::Quit => {}
        }
    }

    fn remember(&self, container: String, draft: ExecDraft) {
        let Some(history) = self.history.clone() else { return };
        let wires = self.wires.clone();
        tokio::spawn(async move {
            let name = container.clone();
            let written = tokio::task::spawn_blocking(move || history.remember(&name, &draft)).await;
            if let Ok(Err(error)) = written {
                let words = format!("the history of {container} cannot be kept: {error}");
                wires.log.note(&words);
                wires.outbox.told(Tone::Warning, words).await;
            }
        });
    }
}
