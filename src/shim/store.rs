//! What a command prints, in a file that ends at a limit and never holds the command back.

use std::fs::File;
use std::io::{ErrorKind, Write};

use crate::json;

/// So many gaps are told apart; from the last one on nothing is kept.
const MOST_GAPS: usize = 64;

/// One file of output.
pub struct Store {
    name: &'static str,
    file: File,
    kept: u64,
    limit: u64,
    gaps: Vec<Gap>,
}

/// Bytes that were printed and are not in the file.
struct Gap {
    /// How many bytes of the file are before it.
    at: u64,
    bytes: u64,
    why: String,
}

impl Store {
    /// Kept in this file up to a limit in bytes.
    pub fn new(name: &'static str, file: File, limit: u64) -> Self {
        Self { name, file, kept: 0, limit, gaps: Vec::new() }
    }

    /// Keeps these bytes; how many of them, the last ones, were dropped. What does not fit is: a command that is held back
    /// because nobody makes room would be worse.
    pub fn keep(&mut self, bytes: &[u8]) -> usize {
        let room = usize::try_from(self.limit - self.kept).unwrap_or(usize::MAX);
        let (mut wanted, beyond) = bytes.split_at(bytes.len().min(room));
        let mut why = None;
        if self.gaps.len() == MOST_GAPS {
            why = Some("there are too many gaps already".to_owned());
        }
        while why.is_none() && !wanted.is_empty() {
            match self.file.write(wanted) {
                Ok(0) => why = Some("the file takes no more".to_owned()),
                Ok(count) => {
                    self.kept += count as u64;
                    wanted = wanted.get(count..).unwrap_or_default();
                }
                Err(source) if source.kind() == ErrorKind::Interrupted => {}
                Err(source) => why = Some(source.to_string()),
            }
        }
        let dropped = wanted.len() + beyond.len();
        if dropped > 0 {
            let why = why.unwrap_or_else(|| format!("the limit of {} bytes", self.limit));
            self.drop_bytes(dropped as u64, why);
        }
        dropped
    }

    /// How many bytes are in the file.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    fn drop_bytes(&mut self, bytes: u64, why: String) {
        let (at, count) = (self.kept, self.gaps.len());
        match self.gaps.last_mut() {
            Some(last) if last.at == at || count == MOST_GAPS => last.bytes += bytes,
            _ => self.gaps.push(Gap { at, bytes, why }),
        }
    }

    /// What was dropped, as members of a JSON array.
    pub fn gaps(&self) -> impl Iterator<Item = String> {
        self.gaps.iter().map(|gap| {
            format!(
                r#"{{"file":{},"at":{},"bytes":{},"why":{}}}"#,
                json::string(self.name),
                gap.at,
                gap.bytes,
                json::string(&gap.why)
            )
        })
    }

    /// How much was kept and how much dropped, as a member of a JSON object.
    pub fn sums(&self) -> String {
        let dropped: u64 = self.gaps.iter().map(|gap| gap.bytes).sum();
        format!(r#"{}:{{"kept":{},"dropped":{dropped}}}"#, json::string(self.name), self.kept)
    }

    /// Makes sure that what was kept survives the machine.
    pub fn sync(&self) {
        let _ = self.file.sync_data(); // what cannot be made sure of is there for all who look now
    }
}
