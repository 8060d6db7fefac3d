//! The prompt of `e`: a command, its options, and the commands that were run before.

mod draw;
mod editor;
mod search;
#[cfg(test)]
mod tests;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::config::Chord;
use crate::ui::model::{Model, PromptDraft, PromptLine, Row};
use crate::ui::{ContainerKey, ExecDraft, Tone};

use self::editor::{Editor, Field, checked};
use self::search::{Search, saved};

use super::{Answer, Dialog, Wish};

/// The prompt.
#[derive(Debug)]
pub(super) struct ExecPrompt {
    /// Where the command is run; the one that is looked at afterwards is the last.
    targets: Vec<ContainerKey>,
    /// How many were marked; none where it is about the container under the cursor.
    marked: usize,
    /// Whose history it walks through, and for whom what is typed is kept.
    name: String,
    editor: Editor,
    /// What is shown, and each line as it was when it was left.
    kept: PromptDraft,
    search: Option<Search>,
    /// Why it was not run.
    complaint: Option<String>,
    hint: Style,
}

impl ExecPrompt {
    /// For all marked containers that run, else for the one under the cursor. `None` where none runs.
    pub(super) fn new(model: &Model) -> Option<Self> {
        let running: Vec<&Row> =
            model.containers.targets().into_iter().filter(|row| row.is_running()).collect();
        let selected = model.containers.cursor.selected();
        let is_selected = |row: &&&Row| Some(&row.key) == selected;
        let main = running.iter().find(is_selected).or_else(|| running.first())?;
        let others = running.iter().filter(|row| row.key != main.key);
        let targets = others.chain([main]).map(|row| row.key.clone()).collect();
        let name = main.container.name.clone();
        let kept = model.drafts.of(&name).cloned().unwrap_or_default();
        let hint = model.look.dim;
        let mut prompt = Self {
            targets,
            marked: model.containers.marked(),
            name,
            editor: Editor::new(&ExecDraft::default(), hint),
            kept,
            search: None,
            complaint: None,
            hint,
        };
        // A line of the settings or the history may be gone since.
        let line = Some(prompt.kept.line).filter(|line| prompt.text_of(model, *line).is_some());
        prompt.bring(model, line.unwrap_or_default());
        Some(prompt)
    }

    /// The text of a line as it was run or saved; nothing of one that is typed anew.
    fn original(&self, model: &Model, line: PromptLine) -> Option<ExecDraft> {
        match line {
            PromptLine::Typed => Some(ExecDraft::default()),
            PromptLine::Past(place) => model.histories.of(&self.name).iter().rev().nth(place).cloned(),
            PromptLine::Saved(place) => saved(model, &self.name).nth(place).map(|one| one.draft.clone()),
        }
    }

    /// The text of a line as it is now.
    fn text_of(&self, model: &Model, line: PromptLine) -> Option<ExecDraft> {
        self.kept.changed.get(&line).cloned().or_else(|| self.original(model, line))
    }

    /// Keeps what is written, where it differs from what the line was.
    fn stash(&mut self, model: &Model) {
        let (line, written) = (self.kept.line, self.editor.draft());
        if self.original(model, line).as_ref() == Some(&written) {
            self.kept.changed.remove(&line);
        } else {
            self.kept.changed.insert(line, written);
        }
    }

    fn bring(&mut self, model: &Model, line: PromptLine) {
        if let Some(draft) = self.text_of(model, line) {
            self.editor = Editor::new(&draft, self.hint);
            self.kept.line = line;
        }
    }

    /// Shows another line; the one before stays as it was left.
    fn go_to(&mut self, model: &Model, line: PromptLine) {
        self.stash(model);
        self.bring(model, line);
    }

    fn vertical(&mut self, model: &Model, down: bool) {
        if self.editor.move_by_line(down) {
            return;
        }
        match (self.editor.at(), down) {
            (Field::Command, false) => self.go_to(
                model,
                match self.kept.line {
                    PromptLine::Past(place) => PromptLine::Past(place + 1),
                    PromptLine::Typed | PromptLine::Saved(_) => PromptLine::Past(0),
                },
            ),
            (Field::Command, true) => match self.kept.line {
                PromptLine::Typed => {}
                PromptLine::Past(0) | PromptLine::Saved(_) => self.go_to(model, PromptLine::Typed),
                PromptLine::Past(place) => self.go_to(model, PromptLine::Past(place - 1)),
            },
            (_, false) => self.editor.step(-1),
            (Field::Env, true) => {}
            (_, true) => self.editor.step(1),
        }
    }

    /// Closes; what is written comes back when it is opened again.
    fn leave(&mut self, model: &Model) -> Answer {
        self.stash(model);
        Answer::wish(Wish::Keep(self.name.clone(), self.kept.clone())).and_close()
    }

    fn run(&mut self, model: &Model) -> Answer {
        let written = self.editor.draft();
        if written.command.trim().is_empty() {
            return Answer::stay();
        }
        let draft = match checked(&written) {
            Ok(draft) => draft,
            Err((field, words)) => {
                self.editor.go_to(field);
                self.complaint = Some(words);
                return Answer::stay();
            }
        };
        let (run, rest): (Vec<_>, Vec<_>) = self
            .targets
            .iter()
            .cloned()
            .partition(|key| model.containers.get(key).is_some_and(Row::is_running));
        if run.is_empty() {
            self.complaint = Some(match rest.len() {
                1 => format!("{} does not run just now", self.name),
                _ => "none of them runs just now".into(),
            });
            return Answer::stay();
        }
        self.stash(model);
        // What was being typed when an earlier one was brought back is not lost by running that one.
        let mut kept = std::mem::take(&mut self.kept);
        let ran = kept.line;
        kept.changed.retain(|line, _| *line == PromptLine::Typed && ran != PromptLine::Typed);
        let kept = PromptDraft { line: PromptLine::Typed, ..kept };
        let mut wishes = vec![Wish::Keep(self.name.clone(), kept)];
        if !rest.is_empty() {
            let words =
                format!("not run in {}: they do not run", crate::text::count(rest.len(), "container"));
            wishes.push(Wish::Tell(Tone::Warning, words));
        }
        wishes.extend(run.into_iter().map(|key| Wish::Exec(key, draft.clone())));
        Answer { wishes, closes: true }
    }

    fn search_key(&mut self, model: &Model, key: KeyEvent, chord: &str) {
        let Some(mut search) = self.search.take() else { return };
        let found = search.found(model, &self.name);
        let count = found.len();
        match chord {
            // Without a search nothing has changed.
            "esc" | "ctrl-c" => return,
            "enter" | "tab" => {
                let line = found.get(search.at).map(|one| one.line);
                if let Some(line) = line {
                    self.go_to(model, line);
                }
                return;
            }
            "down" | "ctrl-n" | "ctrl-r" => search.step(1, count),
            "up" | "ctrl-p" => search.step(-1, count),
            "pagedown" => search.step(10, count),
            "pageup" => search.step(-10, count),
            "ctrl-s" => search = Search { saved_only: !search.saved_only, at: 0, ..search },
            "ctrl-u" => search = Search { query: String::new(), at: 0, ..search },
            "backspace" => {
                search.query.pop();
                search.at = 0;
            }
            _ => {
                let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
                if let (KeyCode::Char(c), false) = (key.code, held) {
                    search.push(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        self.search = Some(search);
    }
}

impl Dialog for ExecPrompt {
    fn title(&self, _model: &Model) -> String {
        match (self.targets.len(), self.marked) {
            (1, 0 | 1) => format!("Run in {}", crate::text::clean(&self.name)),
            (runs, marked) if runs < marked => format!("Run in the {runs} of {marked} marked that run"),
            (runs, _) => format!("Run in all {runs} marked"),
        }
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        self.complaint = None;
        let name = chord.to_string();
        if self.search.is_some() {
            self.search_key(model, key, &name);
            return Answer::stay();
        }
        match name.as_str() {
            "esc" | "ctrl-c" => return self.leave(model),
            "enter" => return self.run(model),
            "alt-enter" | "shift-enter" | "ctrl-j" => self.editor.break_line(),
            "tab" => self.editor.step(1),
            "shift-tab" => self.editor.step(-1),
            "up" | "ctrl-p" => self.vertical(model, false),
            "down" | "ctrl-n" => self.vertical(model, true),
            "ctrl-r" => self.search = Some(Search::default()),
            "ctrl-s" => self.search = Some(Search { saved_only: true, ..Search::default() }),
            // As shells have it; the text area's own key for it undoes.
            "ctrl-u" => _ = self.editor.here().delete_line_by_head(),
            "ctrl-t" => self.editor.durable ^= true,
            "ctrl-z" => _ = self.editor.here().undo(),
            _ => self.editor.input(key),
        }
        Answer::stay()
    }

    fn paste(&mut self, _model: &Model, text: &str) -> Answer {
        self.complaint = None;
        match &mut self.search {
            Some(search) => search.push(text.lines().next().unwrap_or_default()),
            None => self.complaint = self.editor.paste(text).err(),
        }
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, _area: Rect) -> Answer {
        if let Some(search) = &mut self.search {
            let count = search.found(model, &self.name).len();
            match mouse.kind {
                MouseEventKind::ScrollDown => search.step(1, count),
                MouseEventKind::ScrollUp => search.step(-1, count),
                _ => {}
            }
        }
        Answer::stay()
    }

    fn size(&self, _model: &Model, screen: Rect) -> (u16, u16) {
        let least = if self.search.is_some() { 20 } else { 0 };
        (screen.width.saturating_sub(4).min(110), draw::height(&self.editor).saturating_add(2).max(least))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, inside: Rect) {
        draw::draw(self, model, frame, inside);
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let keys: &[(&str, &str)] = match &self.search {
            Some(_) => {
                &[("enter", "take it"), ("esc", "back"), ("up/down", "choose"), ("ctrl-s", "saved only")]
            }
            None => &[
                ("enter", "run"),
                ("alt-enter", "new line"),
                ("ctrl-r", "history"),
                ("tab", "options"),
                ("esc", "close, keeps it"),
                ("ctrl-t", "durable"),
                ("ctrl-s", "saved"),
            ],
        };
        let has_saved = saved(model, &self.name).next().is_some();
        keys.iter()
            .filter(|(key, _)| *key != "ctrl-s" || has_saved)
            .map(|(key, words)| ((*key).to_owned(), *words))
            .collect()
    }
}
