//! `shim forget`: removes what was kept of sessions that are over.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use crate::json;
use crate::keep_args::Forget;
use crate::place::{self, Place, State};
use crate::sessions;

/// Something was not removed, and said so.
const LEFT: u8 = 2;
/// Why one is not removed that is not there.
const NO_SESSION: &str = "there is no such session";

/// Removes, a line of JSON for each; the answer is the code to exit with.
pub fn forget(asked: &Forget) -> Result<u8, String> {
    let named = !asked.tokens.is_empty();
    let tokens = if named {
        asked.tokens.clone()
    } else {
        sessions::tokens(&asked.root).map_err(|source| format!("cannot list the sessions: {source}"))?
    };
    let mut code = 0;
    for token in tokens {
        let (removed, why) = match remove(&asked.root, &token, Duration::from_secs(asked.older_than)) {
            Ok(None) => (true, None),
            Ok(Some(_)) if !named => continue,
            Ok(Some(why)) => (false, Some(why.to_owned())),
            Err(source) => (false, Some(source.to_string())),
        };
        let missing = !removed && why.as_deref() == Some(NO_SESSION);
        if !removed {
            code = LEFT;
        }
        let why = why.map_or_else(|| "null".to_owned(), |why| json::string(&why));
        crate::say(&format!(
            r#"{{"token":{},"removed":{removed},"missing":{missing},"why":{why}}}"#,
            json::string(&token)
        ));
    }
    Ok(code)
}

/// Removes one; `Some` says why it is left alone.
fn remove(root: &Path, token: &str, older_than: Duration) -> io::Result<Option<&'static str>> {
    let Place { record, output } = Place::of(root, token);
    let over_since = match place::state(&record) {
        Ok(State::Running) => return Ok(Some("it runs")),
        Ok(State::Ended) => fs::symlink_metadata(record.join("ended"))?.modified()?,
        // Nobody knows when it was lost; it was not before it began.
        Ok(State::Lost) => fs::symlink_metadata(&record)?.modified()?,
        Err(source) if source.kind() == ErrorKind::NotFound && !record.exists() => {
            return Ok(Some(NO_SESSION));
        }
        // Half of it was removed before.
        Err(source) if source.kind() == ErrorKind::NotFound => fs::symlink_metadata(&record)?.modified()?,
        Err(source) => return Err(source),
    };
    if over_since.elapsed().unwrap_or_default() < older_than {
        return Ok(Some("it has not been over for so long"));
    }
    // The record last: a removal that is broken off can be begun again.
    match fs::remove_dir_all(&output) {
        Err(source) if source.kind() != ErrorKind::NotFound => return Err(source),
        _ => {}
    }
    fs::remove_dir_all(&record)?;
    Ok(None)
}
