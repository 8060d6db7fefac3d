//! What sessions that are over have left, as a part of a cleanup.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use crate::actions::cleanup::{CleanupReport, Ending, Item, ItemId, ItemKind, ItemReport, Plan, Removal};
use crate::actions::{Outcome, Report, Supervised, Verb};
use crate::engine::{Change, Container, ContainerId, EngineError, ErrorKind};
use crate::sessions::{Forgotten, Over, Session, SessionId, SessionState, Sessions};
use crate::ui::Tone;

use super::ending::problem;
use super::session_errands::NOT_TOLD;
use super::supervise::Errand;

/// What a cleanup would remove of them. What cannot be asked is told, and left out.
pub(super) async fn removals(errand: &Errand, on: &Supervised) -> Vec<Removal> {
    let survey = Over::survey(on, &errand.call(Verb::Exec), errand.wires.keep_sessions).await;
    // Where not even the containers are listed the plan says so itself.
    let Ok((over, unasked)) = survey else { return Vec::new() };
    for report in &unasked {
        if let Some(problem) = problem(report) {
            errand.wires.outbox.told(Tone::Warning, format!("sessions: {}", problem.words)).await;
        }
    }
    let each = over.iter().flat_map(|of| of.ended.iter().map(|session| removal(&of.container, session)));
    each.collect()
}

fn removal(container: &Container, session: &Session) -> Removal {
    let ended = match &session.state {
        SessionState::Ended(end) => end.time,
        _ => None,
    };
    let item = Item {
        id: ItemId { kind: ItemKind::Session, id: format!("{} {}", container.id, session.record) },
        name: format!("{} in {}", session.id, container.name),
        state: None,
        size: Some(session.size()),
        created: session.started,
        ended,
        protected: None,
    };
    let by = if session.by.is_empty() { String::new() } else { format!(", by {}", session.by) };
    let command = session.command.last().map_or("", String::as_str);
    let first = command.trim().lines().next().unwrap_or_default();
    Removal::of_session(item, format!("{}{by}: {first}", session.words()))
}

/// Removes those that were chosen, and reports of each.
pub(super) async fn remove(
    errand: &Errand,
    on: &Supervised,
    plan: &Plan,
    chosen: &BTreeSet<ItemId>,
    to: &mut CleanupReport,
    each: impl Fn(&ItemReport),
) {
    let begun = Instant::now();
    let goes = |item: &&Item| item.id.kind == ItemKind::Session && chosen.contains(&item.id);
    let mut by_place: BTreeMap<(&str, &str), Vec<(&Item, SessionId)>> = BTreeMap::new();
    for item in plan.removals().iter().map(|removal| &removal.item).filter(goes) {
        if let Some((place, session)) = place(item) {
            by_place.entry(place).or_default().push((item, session));
        }
    }
    for ((container, directory), of_place) in by_place {
        let ids: Vec<SessionId> = of_place.iter().map(|(_, id)| id.clone()).collect();
        let sessions = Sessions::at(on, &ContainerId::from(container), Some(directory));
        let report = sessions.forget(&errand.call(Verb::Exec), &ids).await;
        for (item, id) in of_place {
            let ending = Ending::Asked(of_one(&report, container, &id));
            let report = ItemReport { item: item.clone(), ending };
            each(&report);
            to.items.push(report);
        }
    }
    to.elapsed += begun.elapsed();
}

/// The container, the directory and the name of a session of a plan.
fn place(item: &Item) -> Option<((&str, &str), SessionId)> {
    let (container, record) = item.id.id.split_once(' ')?;
    let (directory, session) = record.rsplit_once("/records/")?;
    Some(((container, directory), SessionId::parse(session)?))
}

/// What became of one of several.
fn of_one(report: &Report<Vec<Forgotten>>, container: &str, id: &SessionId) -> Report<Change> {
    let failed = |kind, why: String| {
        let error = EngineError::new("remove a session of", kind);
        Outcome::Failed(error.on(crate::engine::ObjectKind::Container, container).saying(why))
    };
    let outcome = match &report.outcome {
        Outcome::Done(told) => match told.iter().find(|one| one.id == id.as_str()).map(Forgotten::gone) {
            Some(Ok(change)) => Outcome::Done(change),
            Some(Err(why)) => failed(ErrorKind::Refused, why.to_owned()),
            None => failed(ErrorKind::BadAnswer, NOT_TOLD.to_owned()),
        },
        Outcome::Failed(error) => failed(error.kind().clone(), crate::engine::chain(error)),
        Outcome::TimedOut => Outcome::TimedOut,
        Outcome::Cancelled => Outcome::Cancelled,
    };
    Report {
        verb: report.verb,
        object: id.to_string(),
        outcome,
        aftermath: report.aftermath.clone(),
        attempts: report.attempts,
        elapsed: report.elapsed,
        deadline: report.deadline,
    }
}

#[cfg(test)]
mod tests;
