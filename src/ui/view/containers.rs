//! The list of containers.

mod status;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{age, clean, fit};
use crate::ui::model::{Column, Focus, Model, Row, Typing};

use super::build;
use super::frame::{framed, title};
use crate::ui::model::builds::failed;
use status::doing;

/// Between two columns.
const GAP: usize = 2;
/// The mark and the glyph of the state, before the first column.
const GUTTER: usize = 4;
/// The least a name is given before a column goes, where there are long ones.
const NAME: usize = 14;
/// The least it is given anyhow: its heading stands above it.
const SHORT_NAME: usize = 8;
/// What a name is given before a column goes that says little.
const READABLE: usize = 24;
/// The most a name is given.
const LONG_NAME: usize = 32;
/// The least that what it is doing is given.
const DOING: usize = 16;
/// What it is given before other columns go, where there are builds: their bars have room then.
const DOING_BUILDS: usize = 29;

/// Draws the list.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    if area.width < 4 || area.height < 3 {
        return;
    }
    let look = &model.look;
    let has_focus = model.focus == Focus::Containers;
    let list = &model.containers;
    let shown = list.shown().len();
    let count =
        if shown == list.count() { shown.to_string() } else { format!("{shown} of {}", list.count()) };
    let marked = if list.marked() > 0 { format!("{count}  {} marked", list.marked()) } else { count };
    let heading = title(look, has_focus, "Containers", Some(marked));
    let inside = framed(frame, area, look, has_focus, heading, narrowed(model));
    let width = usize::from(inside.width);
    if shown == 0 {
        return empty(model, frame, inside);
    }
    let columns = fitting(model, width);
    let mut lines = vec![headings(model, &columns)];
    let rows = usize::from(inside.height.saturating_sub(1));
    for key in list.shown().iter().skip(list.cursor.offset()).take(rows) {
        if let Some(row) = list.get(key) {
            lines.push(line(model, row, &columns, width, has_focus));
        }
    }
    frame.render_widget(Paragraph::new(lines), inside);
}

/// What narrows the list, in its frame: what is typed, or what was.
fn narrowed(model: &Model) -> Line<'static> {
    let list = &model.containers;
    let mut words = String::new();
    if let Some(volume) = &list.using {
        words = format!(" using {} ", fit::without_middle(&clean(&volume.name), 24));
    }
    let is_typing = matches!(model.typing, Some(Typing::Filter { .. })) && model.focus == Focus::Containers;
    if is_typing || !list.filter.is_empty() {
        let cursor = if is_typing { model.look.glyph("▏", "_") } else { "" };
        words = format!("{words} /{}{cursor} ", fit::without_front(&list.filter, 24));
    }
    Line::styled(words, model.look.accent)
}

fn empty(model: &Model, frame: &mut Frame<'_>, inside: Rect) {
    let list = &model.containers;
    let key = |deed| model.keymap.key(deed, &super::super::contexts(model)).map(|chord| chord.to_string());
    let press = |deed, words: &str| key(deed).map_or_else(String::new, |key| format!("{key} {words}"));
    let words = if list.count() == 0 {
        vec![
            "No containers.".to_owned(),
            press(crate::ui::Do::Create, "makes one"),
            press(crate::ui::Do::Pull, "fetches an image"),
        ]
    } else {
        vec![
            "None of them matches.".to_owned(),
            press(crate::ui::Do::Close, "shows all again"),
            if list.show_stopped {
                String::new()
            } else {
                press(crate::ui::Do::ShowStopped, "shows what does not run, too")
            },
        ]
    };
    let lines: Vec<Line<'_>> = words
        .into_iter()
        .filter(|line| !line.is_empty())
        .map(|line| Line::styled(format!(" {line}"), model.look.dim))
        .collect();
    frame.render_widget(Paragraph::new(lines), inside);
}

/// The columns there is room for, each with its width; what is left over goes to what it is doing.
fn fitting(model: &Model, width: usize) -> Vec<(Column, usize)> {
    let is_useful = |column: Column| match column {
        Column::Engine => model.engines.known().count() > 1,
        Column::Eta | Column::Failures => model.containers.has_builds(),
        _ => true,
    };
    let mut columns: Vec<Column> =
        model.options.columns.iter().copied().filter(|column| is_useful(*column)).collect();
    if !columns.contains(&Column::Name) {
        columns.insert(0, Column::Name);
    }
    let widest = model.containers.widest_name();
    let least = |column: Column| match column {
        Column::Name => widest.clamp(SHORT_NAME, NAME),
        Column::Doing => DOING,
        Column::Failures | Column::Cpu | Column::Age => 5,
        Column::Memory => fit::SIZE,
        Column::Image => 18,
        Column::Eta | Column::Engine => 9,
        Column::Id => 12,
    };
    let taken = |columns: &[Column]| {
        GUTTER
            + columns.iter().map(|column| least(*column)).sum::<usize>()
            + GAP * columns.len().saturating_sub(1)
    };
    for leaves in Column::LEAVE {
        // What says little is not worth a name that cannot be read.
        let says_little = matches!(leaves, Column::Id | Column::Engine | Column::Image);
        let more_name =
            if says_little { widest.min(READABLE).saturating_sub(least(Column::Name)) } else { 0 };
        let more_doing =
            if model.containers.has_builds() && *leaves != Column::Doing { DOING_BUILDS - DOING } else { 0 };
        if taken(&columns) + more_name + more_doing <= width {
            break;
        }
        columns.retain(|column| column != leaves);
    }
    let mut left = width.saturating_sub(taken(&columns));
    let has_doing = columns.contains(&Column::Doing);
    let bar = if has_doing && model.containers.has_builds() { left.min(DOING_BUILDS - DOING) } else { 0 };
    left -= bar;
    let name = widest.min(LONG_NAME).saturating_sub(least(Column::Name)).min(left);
    left -= name;
    let doing = if has_doing { left.min(28 - bar) } else { 0 };
    left -= doing;
    let doing = doing + bar;
    let image = if columns.contains(&Column::Image) { left } else { 0 };
    let extra = |column: Column| match column {
        Column::Name => name + if doing + image == 0 { left } else { 0 },
        Column::Doing => doing,
        Column::Image => image,
        _ => 0,
    };
    columns.into_iter().map(|column| (column, (least(column) + extra(column)).min(width))).collect()
}

/// Whether a column is written from its right edge.
fn is_right(column: Column) -> bool {
    matches!(column, Column::Eta | Column::Failures | Column::Cpu | Column::Memory | Column::Age)
}

fn headings(model: &Model, columns: &[(Column, usize)]) -> Line<'static> {
    let look = &model.look;
    let sort = model.containers.sort;
    let mut spans = vec![Span::raw(" ".repeat(GUTTER))];
    for (place, (column, width)) in columns.iter().enumerate() {
        let arrow = match (sort.column == *column, sort.descending) {
            (false, _) => "",
            (true, true) => look.glyph("↓", "v"),
            (true, false) => look.glyph("↑", "^"),
        };
        let words = match column {
            // Over the numbers, not over their units.
            Column::Memory => format!("mem{arrow}    "),
            Column::Cpu => "cpu%".to_owned(),
            Column::Failures => "fail".to_owned(),
            other => other.name().to_owned(),
        };
        let words = if *column == Column::Memory { words } else { words + arrow };
        let words = if is_right(*column) { fit::right(&words, *width) } else { fit::left(&words, *width) };
        let gap = if place == 0 { 0 } else { GAP };
        let style = if arrow.is_empty() { look.dim } else { look.accent };
        spans.push(Span::styled(" ".repeat(gap) + &words, style));
    }
    Line::from(spans)
}

fn line(
    model: &Model,
    row: &Row,
    columns: &[(Column, usize)],
    width: usize,
    has_focus: bool,
) -> Line<'static> {
    let look = &model.look;
    let list = &model.containers;
    let is_under_cursor = list.cursor.selected() == Some(&row.key);
    let is_alive = row.container.state.is_alive();
    let (glyph, state_style) = look.state(row.container.state, row.has_failed());
    let busy = model
        .actions
        .running()
        .find(|action| !action.has_tab() && action.request.container() == Some(&row.key));
    let base = if is_alive { look.plain } else { look.dim };
    let base = if is_under_cursor {
        base.patch(if has_focus { look.cursor } else { look.quiet_cursor })
    } else {
        base
    };
    let mark = if list.is_marked(&row.key) { look.glyph("▌", ">") } else { " " };
    let mut spans = vec![
        Span::styled(mark.to_owned(), look.marked),
        Span::styled(" ", base),
        match busy {
            Some(_) => Span::styled(look.spinner(model.now.since_start).to_owned(), look.accent),
            None => {
                Span::styled(glyph.to_owned(), if is_under_cursor && has_focus { base } else { state_style })
            }
        },
        Span::styled(" ", base),
    ];
    let mut written = GUTTER;
    for (place, (column, cells)) in columns.iter().enumerate() {
        let gap = if place == 0 { 0 } else { GAP };
        let (words, style) = cell(model, row, *column, *cells, busy.map(|action| action.request.word()));
        let words = if is_right(*column) { fit::right(&words, *cells) } else { fit::left(&words, *cells) };
        let style = if is_under_cursor && has_focus { base } else { base.patch(style) };
        spans.push(Span::styled(" ".repeat(gap), base));
        spans.push(Span::styled(words, style));
        written += gap + cells;
    }
    spans.push(Span::styled(" ".repeat(width.saturating_sub(written)), base));
    Line::from(spans)
}

fn cell(model: &Model, row: &Row, column: Column, cells: usize, busy: Option<&str>) -> (String, Style) {
    let look = &model.look;
    let plain = Style::new();
    match column {
        Column::Name => (fit::without_middle(&clean(&row.container.name), cells), plain),
        Column::Doing => match busy {
            Some(word) => (format!("{word}…"), look.accent),
            None => match row.build() {
                Some(one) => build::in_list(look, one, row.builds.worries(one.id()), cells),
                None => (doing(row), if row.has_failed() { look.bad } else { plain }),
            },
        },
        Column::Eta => match row.build().filter(|build| build.ended.is_none()) {
            Some(one) => (one.remaining.map_or_else(String::new, |left| build::eta(look, left)), plain),
            None => (String::new(), plain),
        },
        Column::Failures => match row.build().map(|build| failed(&build.build)) {
            Some(0) => ("0".into(), look.dim),
            Some(count) => (count.min(99_999).to_string(), look.bad),
            None => (String::new(), plain),
        },
        Column::Cpu => match row.stats.newest() {
            Some(reading) => (format!("{:.0}", reading.cpu), plain),
            None => (String::new(), plain),
        },
        Column::Memory => match row.stats.newest() {
            Some(reading) => (fit::size(reading.memory), near_limit(model, row)),
            None => (String::new(), plain),
        },
        Column::Age => (short_age(row, model), look.dim),
        Column::Image => (fit::without_front(&clean(&row.container.image), cells), look.dim),
        Column::Engine => (fit::without_middle(&model.engines.name(row.key.engine), cells), look.dim),
        Column::Id => (row.key.id.short().to_owned(), look.dim),
    }
}

/// Memory that is nearly used up needs a look.
fn near_limit(model: &Model, row: &Row) -> Style {
    let Some(stats) = row.stats.last() else { return Style::new() };
    let memory = stats.memory;
    if memory.limit > 0 && memory.used >= memory.limit / 100 * 95 {
        model.look.bad
    } else if memory.limit > 0 && memory.used >= memory.limit / 100 * 85 {
        model.look.warning
    } else {
        Style::new()
    }
}

/// `3d`, `41m`: how long ago it was made, in at most four cells.
fn short_age(row: &Row, model: &Model) -> String {
    let words = age(row.container.created, model.now.time);
    let words = words.strip_suffix(" ago").unwrap_or(&words);
    match words.split_once(' ') {
        Some((number, unit)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            let unit = if unit.starts_with("month") { "mo" } else { fit::beginning(unit, 1) };
            format!("{number}{unit}")
        }
        _ if words == "just now" => "now".into(),
        _ => words.to_owned(),
    }
}
