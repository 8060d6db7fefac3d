//! The records of a container that does not run, copied out of it.

use std::collections::BTreeMap;
use std::io::Read;

use bytes::Bytes;
use futures_util::StreamExt;

use crate::engine::{
    ContainerId, ContainerManager, EngineError, ErrorKind, ObjectKind, Result, ResultStream,
};

use super::listed::{self, Found, Listed};

/// The most all records take, in bytes; a record takes about 5 KiB in an archive.
const LONGEST: usize = 16 * 1024 * 1024;
/// The most one of the small files takes.
const LONGEST_FILE: u64 = 64 * 1024;
/// Where sessions are kept where nobody says.
const DEFAULT_ROOT: &str = "/var/tmp/smidr-sessions";
/// The variable of the container that says where.
const ROOT_VARIABLE: &str = "SMIDR_SESSIONS=";

/// Sessions of a container that does not run: what has not ended is lost. Without records there are none.
pub(super) async fn of_stopped(
    engine: &dyn ContainerManager,
    id: &ContainerId,
    root: Option<&str>,
) -> Result<Vec<Found>> {
    let details = engine.inspect(id).await?;
    let named = details.env.iter().rev().find_map(|entry| entry.strip_prefix(ROOT_VARIABLE));
    let root = root.or(named.filter(|root| root.starts_with('/'))).unwrap_or(DEFAULT_ROOT);
    let records = format!("{}/records", root.trim_end_matches('/'));
    let archive = match collected(engine.copy_out(id, &records), id).await {
        Err(error)
            if error.is_not_found() && error.object().is_some_and(|(kind, _)| kind == ObjectKind::Path) =>
        {
            return Ok(Vec::new());
        }
        archive => archive?,
    };
    let unreadable = |error: std::io::Error| {
        EngineError::new("read the sessions of", ErrorKind::BadAnswer)
            .on(ObjectKind::Container, id)
            .because(error)
    };
    read(&archive, &records).map_err(unreadable)
}

async fn collected(mut stream: ResultStream<Bytes>, id: &ContainerId) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        if all.len() + piece.len() > LONGEST {
            let kind = ErrorKind::TooLarge { limit: LONGEST as u64 };
            return Err(EngineError::new("read the sessions of", kind).on(ObjectKind::Container, id));
        }
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

/// Reads an archive whose names are `records/TOKEN/FILE`.
fn read(archive: &[u8], records: &str) -> std::io::Result<Vec<Found>> {
    let mut files: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().trim_end_matches('/').to_owned();
        let mut parts = path.split('/').skip(1);
        let (Some(token), Some(name), None) = (parts.next(), parts.next(), parts.next()) else { continue };
        if token.starts_with('.') || name.starts_with('.') || !entry.header().entry_type().is_file() {
            continue;
        }
        let mut text = Vec::new();
        entry.by_ref().take(LONGEST_FILE).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        files.entry(token.to_owned()).or_default().insert(name.to_owned(), text);
    }
    let sessions = files.into_iter().filter_map(|(token, files)| {
        let state = if files.contains_key("ended") { "ended" } else { "lost" };
        let record = format!("{records}/{token}");
        listed::session(Listed {
            token,
            state: state.to_owned(),
            // Nothing tells the time there any more.
            now_ms: Some(jiff::Timestamp::now().as_millisecond()),
            record,
            command: parsed(&files, "command"),
            process: parsed(&files, "process"),
            started: parsed(&files, "started"),
            ended: parsed(&files, "ended"),
            dropped: parsed(&files, "dropped"),
            ..Listed::default()
        })
    });
    Ok(sessions.collect())
}

fn parsed<T: serde::de::DeserializeOwned>(files: &BTreeMap<String, String>, name: &str) -> Option<T> {
    serde_json::from_str(files.get(name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::SessionState;

    #[test]
    fn without_an_end_a_record_is_of_a_lost_session() {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, text) in [
            ("records/d-1/command", r#"{"argv":["a"],"by":"x"}"#),
            ("records/d-1/ended", r#"{"time_ms":5,"code":3,"output":{"kept":1,"dropped":0}}"#),
            ("records/d-2/command", r#"{"argv":["b"]}"#),
            ("records/d-3/ended", "{"),
            ("records/.new-d-4/command", r#"{"argv":["c"]}"#),
        ] {
            let mut header = tar::Header::new_ustar();
            header.set_size(text.len() as u64);
            header.set_mode(0o600);
            archive.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        let found = read(&archive.into_inner().unwrap(), "/r/records").unwrap();
        let words: Vec<_> =
            found.iter().map(|one| (one.session.id.as_str(), one.session.state.words())).collect();
        assert_eq!(words[0], ("d-1", "ended with 3".to_owned()));
        assert_eq!(words[1], ("d-2", "lost".to_owned()));
        assert!(matches!(found[2].session.state, SessionState::Unreadable { .. }), "{words:?}");
        assert_eq!(found.len(), 3);
    }
}
