//! The prompt on the screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{clean, count, fit};
use crate::ui::ExecDraft;
use crate::ui::model::{Model, PromptLine};

use super::ExecPrompt;
use super::editor::{Editor, Field};
use super::search::{Found, Search, saved};

/// Cells of the labels before the fields.
const LABEL: u16 = 10;

/// The lines it would like to have inside its frame.
pub(super) fn height(editor: &Editor) -> u16 {
    // Where it goes, a blank line, user and workdir, whether it is durable, and the note.
    lines(editor, Field::Command).max(4) + lines(editor, Field::Env) + 6
}

/// Draws it.
pub(super) fn draw(prompt: &ExecPrompt, model: &Model, frame: &mut Frame<'_>, inside: Rect) {
    let look = &model.look;
    if let Some(search) = &prompt.search {
        return found(prompt, search, model, frame, inside);
    }
    let gap = u16::from(inside.height > 9);
    let [to, command, _, user, workdir, variables, durable, note] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(gap),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(lines(&prompt.editor, Field::Env)),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(inside);
    let width = usize::from(to.width);
    frame.render_widget(Line::styled(fit::without_end(&goes_to(prompt, model), width), look.dim), to);
    field(prompt, model, frame, command, Field::Command, look.glyph(" ❯ ", " > "), 3);
    field(prompt, model, frame, user, Field::User, " user", LABEL);
    field(prompt, model, frame, workdir, Field::Workdir, " workdir", LABEL);
    field(prompt, model, frame, variables, Field::Env, " env", LABEL);
    let (word, style, means) = if prompt.editor.durable {
        ("yes", look.accent, "it goes on when this console ends")
    } else {
        ("no", look.plain, "it ends with this console")
    };
    let label = Span::styled(fit::left(" durable", usize::from(LABEL)), look.dim);
    let means = Span::styled(format!("  {means} (ctrl-t)"), look.dim);
    frame.render_widget(Line::from(vec![label, Span::styled(word, style), means]), durable);
    let words = match (&prompt.complaint, place(prompt, model)) {
        (Some(complaint), _) => Line::styled(format!(" {}", clean(complaint)), look.bad),
        (None, words) => Line::styled(format!(" {words}"), look.dim),
    };
    frame.render_widget(words, note);
}

/// The lines of a field that are shown at once.
fn lines(editor: &Editor, field: Field) -> u16 {
    let most = if field == Field::Command { 12 } else { 4 };
    u16::try_from(editor.text(field).lines().len()).unwrap_or(most).min(most)
}

/// Which program gets it, and where.
fn goes_to(prompt: &ExecPrompt, model: &Model) -> String {
    let shell = model.options.exec_shell.join(" ");
    let names: Vec<String> = prompt
        .targets
        .iter()
        .rev()
        .filter_map(|key| model.containers.get(key))
        .map(|row| clean(&row.container.name).into_owned())
        .collect();
    format!(" to {} in {}", clean(&shell), names.join(", "))
}

fn field(
    prompt: &ExecPrompt,
    model: &Model,
    frame: &mut Frame<'_>,
    area: Rect,
    field: Field,
    label: &'static str,
    cells: u16,
) {
    let [before, text] = Layout::horizontal([Constraint::Length(cells), Constraint::Min(0)]).areas(area);
    let style = if prompt.editor.at() == field { model.look.accent } else { model.look.dim };
    frame.render_widget(Line::styled(label, style), before);
    if text.width > 0 && text.height > 0 {
        frame.render_widget(prompt.editor.text(field), text);
    }
}

/// Which of the earlier commands is shown.
fn place(prompt: &ExecPrompt, model: &Model) -> String {
    let past = model.histories.of(&prompt.name).len();
    let changed = |line| {
        let is_so = prompt.original(model, line).as_ref() != Some(&prompt.editor.draft());
        if is_so { ", changed: makes a new one" } else { "" }
    };
    match prompt.kept.line {
        PromptLine::Typed if past > 0 => {
            format!("{}: {} and {} go through them", count(past, "earlier command"), "up", "down")
        }
        PromptLine::Typed => String::new(),
        line @ PromptLine::Past(at) => {
            format!("earlier command {} of {past}{}", past - at.min(past), changed(line))
        }
        line @ PromptLine::Saved(at) => {
            let name = saved(model, &prompt.name).nth(at).map_or("", |one| &one.name);
            format!("saved as {}{}", clean(name), changed(line))
        }
    }
}

/// The list of a search.
fn found(prompt: &ExecPrompt, search: &Search, model: &Model, frame: &mut Frame<'_>, inside: Rect) {
    let look = &model.look;
    let [head, list] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    let all = search.found(model, &prompt.name);
    let what = if search.saved_only { "saved commands" } else { "earlier and saved commands" };
    let query = fit::ending(&search.query, usize::from(head.width).saturating_sub(40)).to_owned();
    let words = Line::from(vec![
        Span::styled(format!(" {what} "), look.dim),
        Span::styled(format!("/{query}{}", look.glyph("▏", "_")), look.accent),
        Span::styled(format!("  {}", all.len()), look.dim),
    ]);
    frame.render_widget(words, head);
    if all.is_empty() {
        let words = match (search.saved_only, search.query.is_empty()) {
            (true, true) => " No command is saved for it: the settings file has a place for them.",
            (false, true) => " Nothing was run in it yet.",
            (_, false) => " None matches.",
        };
        return frame.render_widget(Line::styled(words, look.dim), list);
    }
    let rows = usize::from(list.height);
    let top = (search.at + 1).saturating_sub(rows);
    let lines = all.iter().enumerate().skip(top).take(rows);
    let lines: Vec<Line<'_>> =
        lines.map(|(place, one)| row(model, *one, place == search.at, usize::from(list.width))).collect();
    frame.render_widget(Paragraph::new(lines), list);
}

fn row(model: &Model, found: Found<'_>, is_chosen: bool, width: usize) -> Line<'static> {
    let look = &model.look;
    let mut right = options(found.draft);
    if let Some(name) = found.saved_as {
        right.insert(0, format!("saved: {}", clean(name)));
    }
    let right = fit::without_end(&right.join(", "), width / 2);
    let cells = width.saturating_sub(fit::width(&right) + 4);
    let title = fit::left(&clean(found.draft.title()), cells);
    let (plain, dim) = if is_chosen { (look.cursor, look.cursor) } else { (look.plain, look.dim) };
    Line::from(vec![Span::styled(format!(" {title}  "), plain), Span::styled(format!("{right} "), dim)])
}

/// What it has beside its first line.
fn options(draft: &ExecDraft) -> Vec<String> {
    let mut words = Vec::new();
    if draft.durable {
        words.push("durable".to_owned());
    }
    let lines = draft.command.trim().lines().count();
    if lines > 1 {
        words.push(count(lines, "line"));
    }
    if !draft.user.is_empty() {
        words.push(format!("as {}", clean(&draft.user)));
    }
    if !draft.workdir.is_empty() {
        words.push(format!("in {}", clean(&draft.workdir)));
    }
    if !draft.env.is_empty() {
        words.push(count(draft.env.len(), "variable"));
    }
    words
}
