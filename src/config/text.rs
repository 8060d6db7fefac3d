//! From a file's bytes to its text, and from what is wrong in it to what is told.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::error::Found;
use super::{ConfigError, Mistake, Place};

/// Longer files are not read.
const LONGEST: u64 = 1 << 20;

/// More mistakes than this are counted and not told.
pub(super) const TOLD: usize = 20;

/// The bytes of a file, `None` where there is none of this name.
pub(super) fn contents(file: &Path) -> Result<Option<Vec<u8>>, ConfigError> {
    let mut bytes = Vec::new();
    match File::open(file).and_then(|opened| opened.take(LONGEST + 1).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() as u64 > LONGEST => {
            Err(ConfigError::TooLong { file: file.to_owned(), limit: LONGEST })
        }
        Ok(_) => Ok(Some(bytes)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConfigError::Unreadable { file: file.to_owned(), source }),
    }
}

/// The text of these bytes, without a byte order mark.
pub(super) fn decoded<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, ConfigError> {
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let valid = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
            let (line, column) = (valid.split('\n').count(), valid.rsplit('\n').next().unwrap_or(""));
            let place = Place { line, column: column.chars().count() + 1 };
            let what = "what stands here is no text in UTF-8".to_owned();
            let all = String::from_utf8_lossy(bytes);
            Err(mistakes(path, &all, vec![Found { at: (place, 1), what, expected: None }]))
        }
    }
}

/// The first of these in the order of the text, with their lines, and how many are left out.
pub(super) fn told(path: &Path, text: &str, mut found: Vec<Found>) -> (Vec<Mistake>, usize) {
    found.sort_by_key(|found| found.at.0);
    let more = found.len().saturating_sub(TOLD);
    (found.into_iter().take(TOLD).map(|found| Mistake::new(path, text, found)).collect(), more)
}

/// The error that tells these.
pub(super) fn mistakes(path: &Path, text: &str, found: Vec<Found>) -> ConfigError {
    let (mistakes, more) = told(path, text, found);
    ConfigError::Mistakes { mistakes, more }
}

/// The file's name without its directories.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into_owned()
}
