//! The sessions of containers: what was found, and what was started from here.

use crate::engine::ContainerId;
use crate::sessions::{Build, Session, SessionId};
use crate::ui::model::Focus;
use crate::ui::{ContainerKey, EngineId, Model};

/// Takes all sessions of a container.
pub(super) fn take(model: &mut Model, key: &ContainerKey, found: Vec<Session>) {
    let Some(row) = model.containers.get(key) else { return };
    let build = Build::of(&row.container);
    let kept_in = build.as_ref().map(|build| build.kept_in.clone());
    let about = |session: &Session| match &build {
        Some(build) if build.session == session.id => (build.target.clone(), true),
        Some(_) => (built(&session.command), false),
        None => (typed(&session.command), false),
    };
    model.pane.take_sessions(key, found, kept_in.as_deref(), about);
}

/// A session was started from here: it is looked at as soon as it is there.
pub(super) fn started(model: &mut Model, engine: EngineId, container: &ContainerId, session: &SessionId) {
    let key = ContainerKey { engine, id: container.clone() };
    model.pane.await_session(&key, session);
    model.awaited = Some(key);
    if model.dialogs.is_empty() {
        model.focus = Focus::Pane;
    }
}

/// Looks at the container that was waited for, once it is listed.
pub(super) fn settle(model: &mut Model) {
    if let Some(key) = model.awaited.take_if(|key| model.containers.get(key).is_some()) {
        model.containers.cursor.select(key);
    }
    if let Some(key) = model.pane_of().cloned() {
        model.pane.settle_sessions(&key);
    }
}

/// A command as it was typed: of a script that was given to a shell, its first line.
fn typed(command: &[String]) -> String {
    match script(command) {
        Some(script) => script.trim().lines().next().unwrap_or_default().to_owned(),
        None => command.join(" "),
    }
}

/// What an earlier build was asked for: the end of what its shell was given.
fn built(command: &[String]) -> String {
    let line = script(command).and_then(|script| script.trim().lines().last());
    let words = line.map_or_else(|| command.join(" "), str::to_owned);
    let words = words.strip_prefix("exec ").unwrap_or(&words);
    words.strip_prefix("bitbake ").unwrap_or(words).to_owned()
}

/// What a shell was given to run, where the command is that.
fn script(command: &[String]) -> Option<&str> {
    let (script, before) = command.split_last()?;
    let is_option = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
    let is_shell = before.first().is_some_and(|word| word.ends_with("sh"));
    (is_shell && before.last().is_some_and(|word| is_option(word))).then_some(script)
}

#[cfg(test)]
mod tests;
