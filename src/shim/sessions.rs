//! `shim sessions`: one line of JSON for each session that is kept.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::json;
use crate::keep_args::Sessions;
use crate::place::{self, Place};

/// A record's file is one line of JSON of at most this size, in bytes; a longer one is not repeated here.
const LONGEST_LINE: u64 = 64 * 1024;

/// Prints the list, or makes the directories; the answer is the code to exit with.
pub fn list(asked: &Sessions) -> Result<u8, String> {
    let failed = |source: io::Error| {
        format!(
            "sessions cannot be kept in {}: {source}; SMIDR_SESSIONS names another directory",
            asked.root.display()
        )
    };
    if asked.prepare {
        place::prepare(&asked.root, place::SHARED).map_err(failed)?;
        return Ok(0);
    }
    let tokens = match &asked.token {
        Some(token) => vec![token.clone()],
        None => tokens(&asked.root).map_err(failed)?,
    };
    for token in tokens {
        match line(&asked.root, &token) {
            Ok(line) => crate::say(&line),
            Err(source) if source.kind() == ErrorKind::NotFound => {} // forgotten just now, or never there
            Err(source) => crate::say(&format!(
                r#"{{"token":{},"unreadable":{}}}"#,
                json::string(&token),
                json::string(&source.to_string())
            )),
        }
    }
    Ok(0)
}

/// The names of all records, the oldest names first.
pub fn tokens(root: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(place::records(root)) {
        Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut tokens: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    tokens.sort();
    Ok(tokens)
}

fn line(root: &Path, token: &str) -> io::Result<String> {
    let Place { record, output } = Place::of(root, token);
    let state = place::state(&record)?;
    let size = |name: &str| {
        fs::symlink_metadata(output.join(name))
            .map_or_else(|_| "null".to_owned(), |found| found.len().to_string())
    };
    let file = |name: &str| whole(&record.join(name)).unwrap_or_else(|| "null".to_owned());
    Ok(format!(
        concat!(
            r#"{{"token":{},"state":"{}","now_ms":{},"boot":{},"record":{},"output":{},"errors":{},"#,
            r#""command":{},"process":{},"started":{},"ended":{},"dropped":{}}}"#
        ),
        json::string(token),
        state.word(),
        place::now_ms(),
        json::string(&place::boot()),
        json::string(&record.to_string_lossy()),
        size("output"),
        size("errors"),
        file("command"),
        file("process"),
        file("started"),
        file("ended"),
        file("dropped"),
    ))
}

/// A file's one line, where it looks like what was written.
fn whole(path: &Path) -> Option<String> {
    let mut text = String::new();
    fs::File::open(path).ok()?.take(LONGEST_LINE).read_to_string(&mut text).ok()?;
    let line = text.strip_suffix('\n')?;
    (line.starts_with('{') && line.ends_with('}') && !line.contains('\n')).then(|| line.to_owned())
}
