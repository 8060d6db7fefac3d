//! What the help says: the table of keys, by where they hold, and what is in no table.

use crate::config::Chord;
use crate::ui::keymap::{Context, DEEDS, Do};
use crate::ui::model::Model;
use crate::ui::{LEAVE_SHELL, contexts, validity};

/// A part of the help.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) title: &'static str,
    /// Whether its keys hold now.
    pub(super) holds: bool,
    pub(super) rows: Vec<Row>,
}

/// One key of it, or several that do the same.
#[derive(Debug)]
pub(super) struct Row {
    /// The keys, the best first; none where the settings took them.
    pub(super) keys: Vec<String>,
    /// What they do.
    pub(super) words: &'static str,
    /// The deed's name, for the search.
    name: &'static str,
    /// Why it cannot be done now, where its keys hold.
    pub(super) why_not: Option<String>,
}

/// The order of the parts that do not hold now.
const ORDER: [Context; 9] = [
    Context::Containers,
    Context::Volumes,
    Context::Lists,
    Context::Pane,
    Context::Log,
    Context::Build,
    Context::Inspect,
    Context::Everywhere,
    Context::EnginePage,
];

/// All of it, what holds now first; of that only what matches what was typed.
pub(super) fn groups(model: &Model, typed: &str) -> Vec<Group> {
    let now = contexts(model);
    let later = ORDER.into_iter().filter(|context| !now.contains(context));
    let mut groups: Vec<Group> = now.iter().map(|context| of(model, *context, &now)).collect();
    groups.push(of_shell());
    groups.extend(later.map(|context| of(model, context, &now)));
    groups.push(of_mouse(model));
    for group in &mut groups {
        group.rows.retain(|row| row.matches(model, typed));
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

fn of(model: &Model, context: Context, now: &[Context]) -> Group {
    let holds = now.contains(&context);
    let rows = DEEDS.iter().filter(|info| info.keys.iter().any(|(at, _)| *at == context)).map(|info| {
        // Where it holds, a key that a narrower part takes for something else is none.
        let is_free = |chord: &Chord| !holds || model.keymap.lookup(now, *chord) == Some(info.deed);
        let keys = model.keymap.keys(info.deed, context).into_iter().filter(is_free);
        Row {
            keys: keys.map(|chord| chord.to_string()).collect(),
            words: info.help,
            name: info.name,
            why_not: if holds { why_not(model, info.deed) } else { None },
        }
    });
    Group { title: context.title(), holds, rows: rows.collect() }
}

fn why_not(model: &Model, deed: Do) -> Option<String> {
    validity(model, deed).err().map(|why| crate::text::clean(&why).into_owned())
}

fn row(keys: &[&str], words: &'static str) -> Row {
    Row { keys: keys.iter().map(|key| (*key).to_owned()).collect(), words, name: "", why_not: None }
}

fn of_shell() -> Group {
    let rows = vec![
        row(&[LEAVE_SHELL], "Leave the shell, which goes on; every other key is the shell's"),
        row(&["shift-pageup"], "Look back in what the shell printed"),
        row(&["shift-pagedown"], "Forward again; any key of the shell goes to the end"),
    ];
    Group { title: "A shell in a tab", holds: true, rows }
}

fn of_mouse(model: &Model) -> Group {
    let rows = if model.options.mouse {
        vec![
            row(&["click"], "Select; on a tab, show it; on a running action, cancel it"),
            row(&["double click"], "Open a container, or go to the users of a volume"),
            row(&["wheel"], "Scroll what is under the mouse"),
            row(&["drag"], "Move the line between the lists and the pane; in a log, select lines"),
            row(&["shift-drag"], "Select text, as your terminal does it"),
        ]
    } else {
        vec![row(&["mouse"], "Switched off in the settings: your terminal has it")]
    };
    Group { title: "Mouse", holds: true, rows }
}

impl Row {
    /// Whether each word typed is one of its keys, is in its sentence, or matches its name.
    fn matches(&self, model: &Model, typed: &str) -> bool {
        let sentence = self.words.to_lowercase();
        typed.split_whitespace().all(|word| {
            self.keys.iter().any(|key| key == word)
                || sentence.contains(&word.to_lowercase())
                || model.matcher.is_match(word, &[self.name])
        })
    }
}
