//! The pane: the selected container's tabs in its frame, and what the shown one holds.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::sessions::SessionState;
use crate::term::{Colours, Terminal};
use crate::text::{clean, count, elapsed, fit};
use crate::ui::layout::Layout;
use crate::ui::model::{ExecState, ExecTab, Focus, Model, Output, SessionTab, Tab, Typing};
use crate::ui::{ContainerKey, LogState};

use super::frame::framed;
use super::{build, inspect, log, processes, stats};

/// Draws the pane.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    if area.width < 4 || area.height < 3 {
        return;
    }
    let look = &model.look;
    let has_focus = model.focus == Focus::Pane;
    let Some(of) = model.pane_of() else {
        let inside = framed(frame, area, look, has_focus, Line::default(), Line::default());
        let words = Line::styled(" Select a container to look at it.", look.dim);
        return frame.render_widget(Paragraph::new(words), inside);
    };
    let title = Line::from(
        titles(model, of, usize::from(area.width)).into_iter().map(|(span, _)| span).collect::<Vec<_>>(),
    );
    let inside = framed(frame, area, look, has_focus, title, bottom(model, of));
    match model.pane.tab(of) {
        Tab::Log => {
            if let Some(view) = model.pane.log(of) {
                log::draw(model, frame, inside, of, view);
            }
        }
        Tab::Build => build::draw(model, frame, of),
        Tab::BuildLog => {
            if let Some(one) = model.pane.shown_build_log(of) {
                log::draw(model, frame, inside, of, &one.log);
            }
        }
        Tab::TaskLog => {
            if let Some(task) = model.pane.task_log(of) {
                let layout = Layout::of(model);
                let head = layout.headline().intersection(inside);
                let words = build::cause_line(model, task, usize::from(head.width));
                frame.render_widget(Paragraph::new(words), head);
                log::draw(model, frame, layout.inside_pane().intersection(inside), of, &task.log);
            }
        }
        Tab::Merged => {
            if let Some(merged) = model.pane.merged() {
                log::draw(model, frame, inside, of, &merged.log);
            }
        }
        Tab::Session(id) => {
            if let Some(tab) = model.pane.session(id) {
                log::draw(model, frame, inside, of, &tab.log);
            }
        }
        Tab::Exec(id) => match model.pane.exec(id).map(|exec| &exec.output) {
            Some(Output::Log(view)) => log::draw(model, frame, inside, of, view),
            Some(Output::Shell(terminal)) => shell(model, frame, inside, terminal),
            None => {}
        },
        Tab::Stats => stats::draw(model, frame, inside, of),
        Tab::Inspect => inspect::draw(model, frame, inside, of),
        Tab::Processes => processes::draw(model, frame, inside, of),
    }
}

/// Draws a shell's terminal; the cursor of the real one stands where its cursor is, while it has the keys.
fn shell(model: &Model, frame: &mut Frame<'_>, inside: Rect, terminal: &Terminal) {
    let colours = if model.look.has_colours { Colours::AsChosen } else { Colours::Plain };
    terminal.draw(inside, frame.buffer_mut(), colours);
    if let Some((column, row)) = terminal.cursor().filter(|_| model.is_in_shell()) {
        let at = Position::new(inside.x.saturating_add(column), inside.y.saturating_add(row));
        if inside.contains(at) {
            frame.set_cursor_position(at);
        }
    }
}

/// How far a shell is scrolled back, where it is.
fn scrolled(model: &Model, terminal: &Terminal) -> Option<Span<'static>> {
    let rows = terminal.scrolled();
    (rows > 0).then(|| {
        let words = format!(" looking back, {} below ", count(rows, "row"));
        Span::styled(words, model.look.warning)
    })
}

/// The name and the tabs, each with the tab that a click on it shows.
fn titles(model: &Model, of: &ContainerKey, width: usize) -> Vec<(Span<'static>, Option<Tab>)> {
    let look = &model.look;
    let name =
        model.containers.get(of).map_or_else(|| of.id.short().to_owned(), |row| row.container.name.clone());
    let name = fit::without_middle(&clean(&name), width / 3);
    let mut titles = vec![(Span::styled(format!(" {name} "), look.strong), None)];
    let shown = model.pane.tab(of);
    let tabs = model.pane.tabs(of);
    // Where there is no room, tabs of commands are numbered only.
    let long: usize = tabs.iter().map(|tab| fit::width(&label(model, *tab, true)) + 2).sum();
    let is_long = fit::width(&name) + long + 6 <= width;
    for tab in tabs {
        let words = label(model, tab, is_long);
        let style = if tab == shown { look.strong.patch(look.accent) } else { look.dim };
        let words = if tab == shown { format!("[{words}]") } else { format!(" {words} ") };
        titles.push((Span::styled(words, style), Some(tab)));
    }
    titles
}

fn label(model: &Model, tab: Tab, is_long: bool) -> String {
    match tab {
        Tab::Log => "Log".into(),
        Tab::Build => "Build".into(),
        Tab::BuildLog => "Build log".into(),
        Tab::TaskLog => "Task log".into(),
        Tab::Merged => "Merged".into(),
        Tab::Stats => "Stats".into(),
        Tab::Inspect => "Inspect".into(),
        Tab::Processes => "Top".into(),
        Tab::Exec(id) => {
            let Some(exec) = model.pane.exec(id) else { return String::new() };
            let mark = match &exec.state {
                ExecState::Running => model.look.glyph("▸", ">"),
                ExecState::Ended { is_good: true, .. } => model.look.glyph("✓", "+"),
                ExecState::Ended { is_good: false, .. } => model.look.glyph("✖", "x"),
            };
            let words = clean(exec.draft.title()).into_owned();
            format!("{mark}{}", fit::without_end(&words, if is_long { 16 } else { 5 }))
        }
        Tab::Session(id) => {
            let Some(tab) = model.pane.session(id) else { return String::new() };
            let mark = match tab.is_running() {
                true => model.look.glyph("●", "*"),
                false if tab.is_good() => model.look.glyph("✓", "+"),
                false => model.look.glyph("✖", "x"),
            };
            format!("{mark}{}", fit::without_end(&clean(&tab.title), if is_long { 20 } else { 5 }))
        }
    }
}

/// The tab whose label is at this column of the pane's upper frame.
#[must_use]
pub fn tab_at(model: &Model, layout: &Layout, column: u16) -> Option<Tab> {
    let mut at = layout.pane.x + 1;
    for (span, tab) in titles(model, model.pane_of()?, usize::from(layout.pane.width)) {
        let width = u16::try_from(fit::width(&span.content)).unwrap_or(u16::MAX);
        if (at..at.saturating_add(width)).contains(&column) {
            return tab;
        }
        at = at.saturating_add(width);
    }
    None
}

/// How what is shown stands, in the lower frame.
fn bottom(model: &Model, of: &ContainerKey) -> Line<'static> {
    let look = &model.look;
    let mut spans = Vec::new();
    match model.pane.tab(of) {
        Tab::Log | Tab::BuildLog | Tab::TaskLog | Tab::Merged => {
            if let Some(view) = model.pane.shown_log(of) {
                let names = (!view.names.is_empty()).then(|| format!(" {} ", count(view.names.len(), "log")));
                spans.extend(names.map(|words| Span::styled(words, look.dim)));
                let state = match &view.state {
                    LogState::Open => None,
                    LogState::Ended => Some((" ended ".to_owned(), look.dim)),
                    LogState::Failed(problem) => {
                        Some((format!(" {} ", fit::without_end(&problem.words, 60)), look.bad))
                    }
                };
                spans.extend(state.map(|(words, style)| Span::styled(words, style)));
                let history = view.history.map(|read| format!(" reading history {read} % "));
                spans.extend(history.map(|words| Span::styled(words, look.dim)));
                spans.extend(log::place(model, of, view));
                spans = log::with_standing(model, view, spans);
            }
        }
        Tab::Session(id) => {
            if let Some(tab) = model.pane.session(id) {
                spans.push(session_state(model, tab));
                if let LogState::Failed(problem) = &tab.log.state {
                    let words = format!(" {} ", fit::without_end(&problem.words, 60));
                    spans.push(Span::styled(words, look.bad));
                }
                let read = tab.read.map(|read| format!(" reading {read} % "));
                spans.extend(read.map(|words| Span::styled(words, look.dim)));
                spans.extend(log::place(model, of, &tab.log));
                spans = log::with_standing(model, &tab.log, spans);
            }
        }
        Tab::Exec(id) => {
            if let Some(exec) = model.pane.exec(id) {
                spans.push(exec_state(model, exec));
                match &exec.output {
                    Output::Log(view) => {
                        spans.extend(log::place(model, of, view));
                        spans = log::with_standing(model, view, spans);
                    }
                    Output::Shell(terminal) => spans.extend(scrolled(model, terminal)),
                }
            }
        }
        Tab::Inspect => {
            let search = &model.pane.inspect.search;
            let is_typing = matches!(model.typing, Some(Typing::Search { .. }));
            if is_typing || !search.is_empty() {
                let shown = fit::without_front(search, 40);
                let words = format!(" /{shown}{} ", if is_typing { look.glyph("▏", "_") } else { "" });
                spans.push(Span::styled(words, look.accent));
                spans.push(Span::styled(format!("{} ", model.pane.inspect.found().words()), look.dim));
            }
            let lines = model.pane.inspect.lines().len();
            if lines > 0 {
                let words =
                    format!(" line {} of {} ", model.pane.inspect.top + 1, log::grouped(lines as u64));
                spans.push(Span::styled(words, look.dim));
            }
        }
        Tab::Processes => {
            if let Some((whose, Ok(table))) = &model.pane.processes.table
                && whose == of
            {
                let count = table.processes.len();
                let unit = if count == 1 { "process" } else { "processes" };
                spans.push(Span::styled(format!(" {count} {unit} "), look.dim));
            }
        }
        Tab::Stats | Tab::Build => {}
    }
    Line::from(spans)
}

/// How a session stands, for how long, and who started it.
fn session_state(model: &Model, tab: &SessionTab) -> Span<'static> {
    let (look, session) = (&model.look, &tab.session);
    let until = match &session.state {
        SessionState::Running => Some(model.now.time),
        SessionState::Ended(end) => end.time,
        SessionState::Lost | SessionState::Unreadable { .. } => None,
    };
    let took = session.started.zip(until).and_then(|(from, to)| to.duration_since(from).try_into().ok());
    let took = took.map(|took: std::time::Duration| match tab.is_running() {
        // In whole seconds: tenths would flicker.
        true if took.as_secs() == 0 => " 0s".to_owned(),
        true => format!(" {}", elapsed(std::time::Duration::from_secs(took.as_secs()))),
        false => format!(" after {}", elapsed(took)),
    });
    let style = match tab.is_running() {
        true => look.accent,
        false if tab.is_good() => look.good,
        false => look.bad,
    };
    let by = if session.by.is_empty() { String::new() } else { format!(", by {}", clean(&session.by)) };
    let words = format!(" {}{}{by} ", clean(&session.words()), took.unwrap_or_default());
    Span::styled(fit::without_end(&words, 70), style)
}

fn exec_state(model: &Model, exec: &ExecTab) -> Span<'static> {
    let look = &model.look;
    let (words, style): (String, Style) = match &exec.state {
        ExecState::Running => {
            let is_ending =
                model.actions.get(exec.id).is_some_and(|one| one.cancel != crate::ui::model::Cancel::No);
            let word = if is_ending { "being ended" } else { "running" };
            (format!(" {word} {} ", elapsed(model.now.since_start.saturating_sub(exec.begun))), look.accent)
        }
        ExecState::Ended { words, is_good, elapsed: took } => {
            (format!(" {words} after {} ", elapsed(*took)), if *is_good { look.good } else { look.bad })
        }
    };
    Span::styled(fit::without_end(&words, 60), style)
}
