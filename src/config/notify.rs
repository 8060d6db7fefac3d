//! What somebody is told of who does not look, and by what.

use serde::Serialize;

use super::node::{Node, quoted};
use super::reader::Reader;

/// What can be told of.
pub(super) const EVENTS: &[&str] = &["end", "first-failure", "stall", "low-disk"];
/// By what it can be told.
pub(super) const WAYS: &[&str] = &["bell", "osc-9", "osc-777", "title"];

/// What somebody is told of who does not look, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notify {
    /// What builds are told of: `end`, `first-failure`, `stall`, `low-disk`; none twice.
    pub events: Vec<String>,
    /// By what the terminal tells it: `bell`, `osc-9`, `osc-777`, and `title`, which has the percentage all the time;
    /// none twice.
    pub by: Vec<String>,
    /// A command for `/bin/sh` that is run for each, with the facts in its environment.
    pub command: Option<String>,
}

impl Default for Notify {
    fn default() -> Self {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self { events: owned(EVENTS), by: owned(&["bell", "osc-9", "title"]), command: None }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Notify> {
    let mut notify = Notify::default();
    let group = reader.group(node, "notify", &["events", "by", "command"])?;
    reader.set(&group, "events", &mut notify.events, |reader, node| names(reader, node, EVENTS));
    reader.set(&group, "by", &mut notify.by, |reader, node| names(reader, node, WAYS));
    reader.set_optional(&group, "command", &mut notify.command, |reader, node| {
        reader.text(node, "expected what is to be run, such as 'notify-send \"$SMIDR_MESSAGE\"'")
    });
    Some(notify)
}

pub(super) fn names(reader: &mut Reader<'_>, node: &Node, known: &[&str]) -> Option<Vec<String>> {
    let expected = format!("expected a list of some of: {}; [] for none", known.join(", "));
    let mut seen: Vec<String> = Vec::new();
    reader.list(node, &expected, |reader, item| {
        let name = reader.name(item, known, "")?;
        if seen.contains(&name) {
            let what = format!("{} is given twice", quoted(&name));
            return reader.wrong((item.place, item.length), what, "expected once");
        }
        seen.push(name.clone());
        Some(name)
    })
}
