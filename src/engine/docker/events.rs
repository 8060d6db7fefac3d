//! What happens at the engine.
//!
//! Read by hand: bollard 0.21.1 ends the stream at the first kind of event it does not know (Podman's pods).

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use jiff::Timestamp;

use crate::engine::{EngineEvent, EventFilter, EventObject, ObjectKind, Result, ResultStream};

use super::client::{Ask, flattened};
use super::convert::fractional_seconds;
use super::errors::Fault;
use super::json_lines::JsonLines;
use super::manager::Docker;
use super::wire::Event;

/// Only these are asked for: on Podman everything else would come too.
const WANTED: &str = r#"{"type":["container","image","volume","network"]}"#;

pub(super) fn events(docker: &Docker, filter: &EventFilter) -> ResultStream<EngineEvent> {
    flattened(open(docker.clone(), filter.clone()))
}

async fn open(docker: Docker, filter: EventFilter) -> Result<impl Stream<Item = Result<EngineEvent>>> {
    let failed = move |fault: Fault| fault.during("listen to", ObjectKind::Engine, &docker.endpoint);
    let since = filter.since.map(fractional_seconds);
    let mut query = vec![("filters", WANTED)];
    query.extend(since.as_deref().map(|since| ("since", since)));
    let chunks = docker.http.ask_stream(Ask::get("/events").query(&query)).await.map_err(&failed)?;
    Ok(stream::try_unfold((Box::pin(chunks), JsonLines::default()), move |(mut chunks, mut lines)| {
        let failed = failed.clone();
        async move {
            loop {
                while let Some(line) =
                    lines.next().map_err(|error| failed(Fault::Unreadable(error.into())))?
                {
                    if let Some(event) = event(&line).map_err(&failed)? {
                        return Ok(Some((event, (chunks, lines))));
                    }
                }
                match chunks.next().await {
                    Some(chunk) => lines.push(&chunk.map_err(&failed)?),
                    None => return Ok(None),
                }
            }
        }
    }))
}

/// `None` for kinds this program does not know.
fn event(line: &Bytes) -> Result<Option<EngineEvent>, Fault> {
    let event: Event = serde_json::from_slice(line).map_err(|error| Fault::Unreadable(error.into()))?;
    let object = match event.kind.as_str() {
        "container" => EventObject::Container,
        "image" => EventObject::Image,
        "volume" => EventObject::Volume,
        "network" => EventObject::Network,
        _ => return Ok(None),
    };
    // `exec_start: sh -c true` is the action and what it was about.
    let (action, about) = event.action.split_once(':').unwrap_or((&event.action, ""));
    let mut attributes: BTreeMap<String, String> =
        event.actor.attributes.unwrap_or_default().into_iter().collect();
    if !about.is_empty() {
        attributes.insert("about".into(), about.trim().into());
    }
    Ok(Some(EngineEvent {
        time: Timestamp::from_nanosecond(event.time_nano.into()).ok().filter(|time| time.as_second() > 0),
        object,
        action: if action == "destroy" { "remove".into() } else { action.into() },
        id: event.actor.id,
        attributes,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &'static str) -> Option<EngineEvent> {
        event(&Bytes::from(line)).unwrap()
    }

    #[test]
    fn engines_words_become_one_engines_words() {
        let destroyed = read(
            r#"{"Type":"container","Action":"destroy","Actor":{"ID":"1"},"timeNano":1700000000000000001}"#,
        )
        .unwrap();
        assert_eq!(destroyed.action, "remove");
        assert_eq!(destroyed.time.unwrap().as_nanosecond(), 1_700_000_000_000_000_001);
        let exec =
            read(r#"{"Type":"container","Action":"exec_start: sh -c true","Actor":{"ID":"1"}}"#).unwrap();
        assert_eq!((exec.action.as_str(), exec.attributes["about"].as_str()), ("exec_start", "sh -c true"));
    }

    #[test]
    fn a_kind_nobody_knows_is_passed_over() {
        assert_eq!(read(r#"{"Type":"pod","Action":"create","Actor":{"ID":"1"}}"#), None);
    }
}
