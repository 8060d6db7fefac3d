//! What is listened to, kept the same as what the screen needs to be told of.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use crate::ui::{
    ContainerKey, LookId, Looking, Merging, Message, SessionLogWanted, SessionsWanted, TaskLogWanted, Tone,
    Wanted,
};

use super::history::History;
use super::link::Link;
use super::wires::Wires;
use super::{
    figures, follow_log, look_through, looks, merge_logs, session_log, task_log, watch_builds, watch_sessions,
};

/// Everything that is listened to on the screen's account. Dropping this ends all of it.
#[derive(Default)]
pub(super) struct Subscriptions {
    stats: Streams,
    logs: Streams,
    details: Option<((ContainerKey, u64), AbortOnDropHandle<()>)>,
    processes: Option<(ContainerKey, AbortOnDropHandle<()>)>,
    histories: Streams<String>,
    looking: HashMap<LookId, AbortOnDropHandle<()>>,
    merged: Option<(Merging, AbortOnDropHandle<()>)>,
    builds: Streams,
    task_log: Option<(TaskLogWanted, AbortOnDropHandle<()>)>,
    sessions: Streams<SessionsWanted>,
    session_logs: Streams<SessionLogWanted>,
}

type Streams<K = ContainerKey> = HashMap<K, AbortOnDropHandle<()>>;

/// Listens to what is wanted, for as long as this is not dropped.
pub(super) async fn keep(mut wires: Wires, history: Option<Arc<History>>) {
    let mut subscriptions = Subscriptions::default();
    loop {
        let wanted = wires.wanted.borrow_and_update().clone();
        subscriptions.become_as(&wanted, &wires, history.as_ref());
        if wires.wanted.changed().await.is_err() {
            return;
        }
    }
}

impl Subscriptions {
    fn become_as(&mut self, wanted: &Wanted, wires: &Wires, history: Option<&Arc<History>>) {
        become_as(&mut self.stats, &wanted.stats, |key| {
            Some(tokio::spawn(figures::follow(wires.clone(), link(wires, key)?, key.clone())))
        });
        become_as(&mut self.logs, &wanted.logs, |key| {
            Some(tokio::spawn(follow_log::follow(wires.clone(), link(wires, key)?, key.clone())))
        });
        one(&mut self.details, wanted.details.as_ref(), |(key, _)| {
            Some(tokio::spawn(looks::details(wires.clone(), link(wires, key)?, key.clone())))
        });
        one(&mut self.processes, wanted.processes.as_ref(), |key| {
            Some(tokio::spawn(looks::processes(wires.clone(), link(wires, key)?, key.clone())))
        });
        look_for(&mut self.looking, &wanted.looking, wires);
        one(&mut self.merged, wanted.merged.as_ref(), |merging| {
            Some(tokio::spawn(merge_logs::merge(wires.clone(), merging.clone())))
        });
        become_as(&mut self.builds, &wanted.builds, |key| {
            Some(tokio::spawn(watch_builds::watch_builds(wires.clone(), link(wires, key)?, key.clone())))
        });
        one(&mut self.task_log, wanted.task_log.as_ref(), |task| {
            Some(tokio::spawn(task_log::read(wires.clone(), link(wires, &task.key)?, task.clone())))
        });
        become_as(&mut self.sessions, &wanted.sessions, |of| {
            Some(tokio::spawn(watch_sessions::watch(wires.clone(), link(wires, &of.key)?, of.clone())))
        });
        become_as(&mut self.session_logs, &wanted.session_logs, |of| {
            Some(tokio::spawn(session_log::read(wires.clone(), link(wires, &of.key)?, of.clone())))
        });
        become_as(&mut self.histories, &wanted.histories, |container| {
            Some(tokio::spawn(read_history(wires.clone(), history.cloned(), container.clone())))
        });
    }
}

fn link(wires: &Wires, key: &ContainerKey) -> Option<Arc<Link>> {
    wires.links.get(key.engine)
}

/// Ends what is not wanted any more, and begins what is.
fn become_as<K: Clone + Ord + Hash>(
    streams: &mut Streams<K>,
    wanted: &BTreeSet<K>,
    begin: impl Fn(&K) -> Option<JoinHandle<()>>,
) {
    streams.retain(|key, _| wanted.contains(key));
    for key in wanted {
        if !streams.contains_key(key)
            && let Some(task) = begin(key)
        {
            streams.insert(key.clone(), AbortOnDropHandle::new(task));
        }
    }
}

fn look_for(now: &mut HashMap<LookId, AbortOnDropHandle<()>>, wanted: &[Looking], wires: &Wires) {
    now.retain(|id, _| wanted.iter().any(|looking| looking.id == *id));
    for looking in wanted {
        now.entry(looking.id).or_insert_with(|| {
            AbortOnDropHandle::new(tokio::spawn(look_through::look(wires.clone(), looking.clone())))
        });
    }
}

/// The same where there is only one: another takes its place.
fn one<K: Clone + PartialEq>(
    now: &mut Option<(K, AbortOnDropHandle<()>)>,
    wanted: Option<&K>,
    begin: impl FnOnce(&K) -> Option<JoinHandle<()>>,
) {
    if now.as_ref().map(|(key, _)| key) == wanted {
        return;
    }
    *now = wanted.and_then(|key| Some((key.clone(), AbortOnDropHandle::new(begin(key)?))));
}

async fn read_history(wires: Wires, history: Option<Arc<History>>, container: String) {
    let name = container.clone();
    let read = move || history.map_or_else(|| Ok(Vec::new()), |history| history.read(&name));
    let drafts = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(drafts)) => drafts,
        Ok(Err(error)) => {
            let words = format!("the history of {container} cannot be read: {error}");
            wires.log.note(&words);
            wires.outbox.told(Tone::Warning, words).await;
            Vec::new()
        }
        Err(_) => Vec::new(),
    };
    wires.outbox.tell(Message::History { container, drafts }).await;
}
