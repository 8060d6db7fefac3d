//! Warnings and errors: kept, grouped and counted.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::names::{MOST_OF_A_NAME, Subject};
use super::scan::capped;

/// How many messages are kept; the first ones.
const MOST_KEPT: usize = 500;
/// How much is kept of a message's first line, and of all its further ones.
const MOST_TEXT: usize = 2048;
const MOST_FURTHER: usize = 4096;
/// How many groups there are at most; messages beyond are counted as one more.
const MOST_GROUPS: usize = 300;
/// How many lines are kept of a group.
const MOST_LINES: usize = 16;

/// A warning or an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The line its first line stands on.
    pub line: u64,
    /// The recipe's full name and the task, where a task tells it.
    pub subject: Option<(String, String)>,
    /// Its first line, without the subject; up to 2 KiB.
    pub text: String,
    /// Its further lines; up to 4 KiB together.
    pub further: Vec<String>,
}

/// What messages of one group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// The check of the package quality assurance.
    Qa(String),
    /// The first line, without the subject.
    Text(String),
}

/// Messages that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningGroup {
    /// What they have in common.
    pub grouping: Grouping,
    /// How many.
    pub count: u64,
    /// Where the first 16 stand.
    pub lines: Vec<u64>,
}

/// The messages of one level.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    kept: Vec<Message>,
    groups: Vec<WarningGroup>,
    places: HashMap<u64, usize>,
    beyond: u64,
    /// The message under way on each stream.
    open: [Option<Open>; 2],
}

#[derive(Debug, Clone)]
struct Open {
    line: u64,
    kept: Option<usize>,
    group: Option<usize>,
    /// Whether it is of a check whose name may stand at the end of a further line.
    seeks_check: bool,
    room: usize,
}

impl Messages {
    /// The first 500, in the order in which they came.
    #[must_use]
    pub fn kept(&self) -> &[Message] {
        &self.kept
    }

    /// The groups, in the order in which the first of each came.
    pub fn groups(&self) -> impl Iterator<Item = &WarningGroup> {
        self.groups.iter().filter(|group| group.count > 0)
    }

    /// How many are in no group, as there were too many groups.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    pub(super) fn begin(&mut self, stream: usize, line: u64, message: &str) {
        let (subject, text) = Subject::of_message(message);
        let check = check_of(text);
        let is_qa = text.contains("QA Issue: ");
        let group = self.count(line, check.filter(|_| is_qa).map_or(Key::Text(text), Key::Qa));
        let owned = |text: &str| capped(text, MOST_OF_A_NAME).to_owned();
        let kept = (self.kept.len() < MOST_KEPT).then(|| {
            self.kept.push(Message {
                line,
                subject: subject.map(|subject| (owned(subject.pf), owned(subject.task))),
                text: capped(text, MOST_TEXT).to_owned(),
                further: Vec::new(),
            });
            self.kept.len() - 1
        });
        let seeks_check = is_qa && check.is_none();
        if let Some(open) = self.open.get_mut(stream) {
            *open = Some(Open { line, kept, group, seeks_check, room: MOST_FURTHER });
        }
    }

    /// A further line of the message under way.
    pub(super) fn go_on(&mut self, stream: usize, text: &str) {
        let Some(open) = self.open.get_mut(stream).and_then(Option::as_mut) else { return };
        if let Some(message) = open.kept.and_then(|kept| self.kept.get_mut(kept))
            && open.room > text.len()
        {
            // An empty line takes room, too, so that their number is bounded.
            open.room -= text.len() + 1;
            message.further.push(text.to_owned());
        }
        if open.seeks_check
            && let Some(check) = check_of(text)
        {
            open.seeks_check = false;
            let (line, group) = (open.line, open.group.take());
            if let Some(group) = group.and_then(|at| self.groups.get_mut(at)) {
                group.count -= 1;
                group.lines.retain(|other| *other != line);
                self.count(line, Key::Qa(check));
            }
        }
    }

    /// What comes next on this stream belongs to no message.
    pub(super) fn close(&mut self, stream: usize) {
        if let Some(open) = self.open.get_mut(stream) {
            *open = None;
        }
    }

    /// What it says of the message under way on this stream: whose it is.
    pub(super) fn subject(&self, stream: usize) -> Option<(String, String)> {
        let kept = self.open.get(stream)?.as_ref()?.kept?;
        self.kept.get(kept)?.subject.clone()
    }

    fn count(&mut self, line: u64, key: Key<'_>) -> Option<usize> {
        let key = match key {
            Key::Text(text) => Key::Text(capped(text, 200)),
            Key::Qa(check) => Key::Qa(check),
        };
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        let at = match self.places.get(&hash) {
            Some(at) => *at,
            None if self.groups.len() < MOST_GROUPS => {
                let grouping = match key {
                    Key::Qa(check) => Grouping::Qa(check.to_owned()),
                    Key::Text(text) => Grouping::Text(text.to_owned()),
                };
                self.groups.push(WarningGroup { grouping, count: 0, lines: Vec::new() });
                self.places.insert(hash, self.groups.len() - 1);
                self.groups.len() - 1
            }
            None => {
                self.beyond += 1;
                return None;
            }
        };
        let group = self.groups.get_mut(at)?;
        group.count += 1;
        if group.lines.len() < MOST_LINES {
            group.lines.push(line);
        }
        Some(at)
    }
}

#[derive(Debug, Clone, Copy, Hash)]
enum Key<'a> {
    Qa(&'a str),
    Text(&'a str),
}

/// The name of a check at the end of a line: `… [installed-vs-shipped]`.
fn check_of(text: &str) -> Option<&str> {
    let (_, check) = text.trim_end().strip_suffix(']')?.rsplit_once('[')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (!check.is_empty() && check.len() <= 80 && check.bytes().all(is_name)).then_some(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_grouped_by_name_wherever_it_stands() {
        let mut messages = Messages::default();
        messages.begin(0, 1, "a-1-r0 do_package_qa: QA Issue: a: rpaths [rpaths]");
        messages.begin(0, 2, "b-1-r0 do_package_qa: QA Issue: b: not shipped:");
        messages.go_on(0, "  /usr/share/x");
        messages.go_on(0, "b: 1 installed and not shipped files. [installed-vs-shipped]");
        messages.begin(0, 5, "c-1-r0 do_package_qa: QA Issue: c: rpaths [rpaths]");
        messages.begin(0, 6, "plain");
        messages.begin(0, 7, "plain");
        let groups: Vec<_> = messages.groups().map(|group| (&group.grouping, group.count)).collect();
        let qa = |check: &str| Grouping::Qa(check.into());
        assert_eq!(
            groups,
            [(&qa("rpaths"), 2), (&qa("installed-vs-shipped"), 1), (&Grouping::Text("plain".into()), 2)]
        );
        assert_eq!(messages.kept()[1].further.len(), 2);
        assert_eq!(messages.kept()[1].subject, Some(("b-1-r0".into(), "do_package_qa".into())));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut messages = Messages::default();
        for line in 0..10_000_u64 {
            messages.begin(0, line, &format!("number {line}"));
            for _ in 0..3 {
                messages.go_on(0, &"x".repeat(3000));
            }
        }
        assert_eq!(messages.kept().len(), MOST_KEPT);
        assert_eq!(messages.groups().count(), MOST_GROUPS);
        assert_eq!(messages.beyond(), 10_000 - MOST_GROUPS as u64);
        assert!(messages.kept().iter().all(|message| message.further.len() == 1));
    }
}
