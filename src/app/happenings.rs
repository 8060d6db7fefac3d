//! What happens at an engine, as it says it: each event makes a list needed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::actions::exec::SHIM_DIRECTORY;
use crate::engine::{EngineEvent, EventFilter, EventObject, Feature, chain};
use crate::ui::EngineNews;

use super::link::{Link, Open};
use super::listing::Needed;
use super::wires::Wires;

/// How long after its stream broke an engine is listened to again, where it still answers.
const AGAIN: Duration = Duration::from_secs(1);

/// Listens for as long as this is not dropped. The engine is looked at when the stream ends, for that is how one that
/// was killed is noticed at once.
pub(super) async fn hear(wires: Wires, link: Arc<Link>, open: Open, needed: Arc<Needed>, doubt: Arc<Notify>) {
    if !open.identity.capabilities.supports(Feature::Events) {
        return;
    }
    let mut since = None;
    loop {
        let mut events = open.on.engine.events(&EventFilter { since });
        // Between the first list and the moment the engine begins to tell, something may have happened.
        let mut is_new = true;
        loop {
            let event = tokio::select! {
                biased;
                event = events.next() => event,
                () = sleep(AGAIN), if is_new => {
                    is_new = false;
                    needed.everything();
                    continue;
                }
            };
            match event {
                Some(Ok(event)) => {
                    since = event.time.or(since);
                    if is_of_session(&event) {
                        // Nobody may be looking.
                        let _ = link.sessions.send(event.id.as_str().into());
                    }
                    if is_of_interest(&event) {
                        needed.of(event.object);
                        wires.outbox.engine(link.id, EngineNews::Event(event)).await;
                    }
                }
                Some(Err(error)) => {
                    wires.note(link.id, &format!("its events cannot be heard: {}", chain(&error)));
                    break;
                }
                None => break,
            }
        }
        doubt.notify_one();
        sleep(AGAIN).await;
    }
}

/// Whether it tells of a command that begins, ends or removes a session: one of the shim's.
fn is_of_session(event: &EngineEvent) -> bool {
    let command = event.attributes.get("about").map_or("", String::as_str);
    let mut words = command.split(' ');
    event.object == EventObject::Container
        && event.action == "exec_start"
        && words.next().is_some_and(|program| program.starts_with(SHIM_DIRECTORY))
        && words.next().is_some_and(|verb| matches!(verb, "keep" | "signal" | "forget"))
}

/// Whether anything on the screen can change by it. Engines tell of every exec and every attach, and a health check is
/// one of those every few seconds.
fn is_of_interest(event: &EngineEvent) -> bool {
    match event.object {
        EventObject::Container => {
            let word = event.action.split(':').next().unwrap_or_default();
            !word.starts_with("exec_")
                && !matches!(
                    word,
                    "attach" | "detach" | "resize" | "top" | "export" | "copy" | "archive-path"
                )
        }
        EventObject::Volume => !matches!(event.action.as_str(), "mount" | "unmount"),
        EventObject::Image | EventObject::Network => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_command_of_the_shims_that_begins_or_ends_a_session_is_noticed() {
        let event = |action: &str, about: &str| EngineEvent {
            time: None,
            object: EventObject::Container,
            action: action.into(),
            id: "a".into(),
            attributes: BTreeMap::from([("about".to_owned(), about.to_owned())]),
        };
        let shim = format!("{SHIM_DIRECTORY}/smidr-shim-1");
        for verb in ["keep --token d-1 -- make", "signal --token d-1", "forget --token d-1"] {
            assert!(is_of_session(&event("exec_start", &format!("{shim} {verb}"))), "{verb}");
            assert!(!is_of_session(&event("exec_create", &format!("{shim} {verb}"))), "{verb}");
        }
        // What the console itself asks again and again would have it ask for ever.
        assert!(!is_of_session(&event("exec_start", &format!("{shim} sessions"))));
        assert!(!is_of_session(&event("exec_start", "sh -c keep")));
        assert!(!is_of_session(&event("exec_start", "")));
    }

    #[test]
    fn what_changes_nothing_on_the_screen_is_left_out() {
        let event = |object, action: &str| EngineEvent {
            time: None,
            object,
            action: action.into(),
            id: "a".into(),
            attributes: BTreeMap::new(),
        };
        for action in ["create", "start", "die", "oom", "rename", "remove", "pause", "health_status: healthy"]
        {
            assert!(is_of_interest(&event(EventObject::Container, action)), "{action}");
        }
        for action in ["exec_create: sh -c true", "exec_start: sh", "exec_die", "top", "attach"] {
            assert!(!is_of_interest(&event(EventObject::Container, action)), "{action}");
        }
        assert!(is_of_interest(&event(EventObject::Volume, "create")));
        assert!(!is_of_interest(&event(EventObject::Volume, "mount")));
        assert!(!is_of_interest(&event(EventObject::Image, "pull")));
    }
}
