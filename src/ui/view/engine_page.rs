//! The page that stands while no engine answers: each endpoint that was tried, why it failed, and what to do about it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::{elapsed, fit};
use crate::ui::Do;
use crate::ui::model::{Engine, Link, Model};

/// Cells before what is said of an endpoint.
const INDENT: usize = 5;

/// Draws the page.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let look = &model.look;
    let contexts = super::super::contexts(model);
    let key = |deed| model.keymap.key(deed, &contexts).map_or_else(String::new, |chord| chord.to_string());
    let is_trying = model.engines.all().any(|engine| matches!(engine.link, Link::Connecting(_)))
        || !model.engines.is_complete;
    let mut lines = vec![Line::default()];
    lines.push(Line::from(vec![
        Span::styled(
            if is_trying { format!(" {} ", look.spinner(model.now.since_start)) } else { "   ".into() },
            look.accent,
        ),
        Span::styled(
            if is_trying { "Looking for container engines" } else { "No container engine answers" },
            look.strong,
        ),
    ]));
    lines.push(Line::default());
    for engine in model.engines.all() {
        lines.extend(of_engine(model, engine, usize::from(area.width)));
    }
    if model.engines.all().next().is_none() && model.engines.is_complete {
        lines.push(Line::styled("   There is no endpoint to try.", look.plain));
        lines.push(Line::default());
    }
    lines.push(Line::from(vec![
        Span::styled(format!("   {}", key(Do::Retry)), look.accent),
        Span::styled(" tries again now; it is tried again by itself, too", look.dim),
    ]));
    lines.push(Line::from(vec![
        Span::styled(format!("   {}", key(Do::Demo)), look.accent),
        Span::styled(" opens the built-in simulated engine: builds that replay, nothing real", look.dim),
    ]));
    lines.push(Line::default());
    lines.push(Line::styled("   --host URI or DOCKER_HOST names another endpoint;", look.dim));
    lines.push(Line::styled("   `smidr-console doctor` says the same without a screen.", look.dim));
    frame.render_widget(Paragraph::new(lines), area);
}

fn of_engine(model: &Model, engine: &Engine, width: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let now = model.now.since_start;
    let (glyph, style) = match engine.link {
        Link::Connecting(_) => (look.spinner(now), look.accent),
        Link::Open => (look.glyph("✓", "+"), look.good),
        _ => (look.glyph("✖", "x"), look.bad),
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(format!(" {glyph} "), style),
        Span::styled(engine.endpoint.clone(), look.plain),
        Span::styled(format!("  {}", engine.named_by), look.dim),
    ])];
    let mut say = |words: String, style| {
        let broken = broken(&words, width.saturating_sub(INDENT + 1));
        lines.extend(broken.into_iter().map(|row| Line::styled(" ".repeat(INDENT) + &row, style)));
    };
    match &engine.link {
        Link::Connecting(since) => {
            let taken = now.saturating_sub(*since);
            if taken.as_secs() >= 1 {
                say(format!("no answer for {}", elapsed(taken)), look.warning);
            }
        }
        Link::Failed { why, again } => {
            say(why.words.clone(), look.bad);
            if let Some(hint) = &why.hint {
                say(hint.clone(), look.plain);
            }
            say(format!("tried again in {}", elapsed(again.saturating_sub(now))), look.dim);
        }
        Link::Silent(_) | Link::Lost { .. } | Link::Open => {}
    }
    lines.push(Line::default());
    lines
}

/// Broken between words into rows of so many cells; a word that is longer than a row is broken too.
fn broken(words: &str, cells: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in words.split_whitespace() {
        let mut word = word;
        while !word.is_empty() {
            let Some(row) = rows.last_mut() else { break };
            let gap = usize::from(!row.is_empty());
            if fit::width(row) + gap + fit::width(word) <= cells {
                row.push_str(" ".get(..gap).unwrap_or_default());
                row.push_str(word);
                break;
            }
            if row.is_empty() {
                let piece = fit::beginning(word, cells);
                // A character wider than the row stands in it all the same.
                let piece = if piece.is_empty() { word } else { piece };
                row.push_str(piece);
                word = word.get(piece.len()..).unwrap_or_default();
            }
            if !word.is_empty() {
                rows.push(String::new());
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_broken_between_and_long_ones_within() {
        assert_eq!(broken("one two three", 8), ["one two", "three"]);
        assert_eq!(broken("unix:///run/x.sock gone", 7), ["unix://", "/run/x.", "sock", "gone"]);
        assert_eq!(broken("", 8), [""]);
        assert_eq!(broken("ab", 0), ["ab"]);
    }
}
