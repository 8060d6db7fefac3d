//! The keys that are valid now, for what is selected in its present state.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::fit;
use crate::ui::Do;
use crate::ui::keymap::Context;
use crate::ui::model::{LookFor, Model, Tab, Typing};

/// What the footer offers, the most wanted first: what does not fit is left out.
fn offers(model: &Model) -> Vec<Do> {
    use Do as D;
    if model.shows_engine_page() {
        return vec![D::Demo, D::Retry, D::Engines, D::Palette];
    }
    let contexts = super::super::contexts(model);
    let mut offers = match contexts.first() {
        Some(Context::Containers) => vec![
            D::Open,
            D::Cause,
            D::ShowBuild,
            D::Start,
            D::Stop,
            D::Exec,
            D::Shell,
            D::MergeLogs,
            D::Mark,
            D::Cleanup,
            D::Build,
            D::Filter,
            D::Restart,
            D::Kill,
            D::Pause,
            D::RemoveContainer,
            D::SortNext,
            D::ShowStopped,
        ],
        Some(Context::Volumes) => {
            vec![D::VolumeUsers, D::Inspect, D::CreateVolume, D::RemoveVolume, D::Cleanup, D::Filter]
        }
        _ => match model.tab() {
            Some(Tab::Inspect) => vec![D::Search, D::NextMatch, D::Reveal, D::Copy],
            Some(Tab::Build) => {
                vec![D::GoThere, D::Cause, D::NextBuild, D::PreviousBuild, D::Copy, D::Exec, D::Zoom]
            }
            Some(Tab::Log | Tab::BuildLog | Tab::TaskLog | Tab::Merged) => vec![
                D::CloseTab,
                D::NextMatch,
                D::Cause,
                D::MoreContext,
                D::Follow,
                D::Search,
                D::FilterLines,
                D::FilterLevel,
                D::NextError,
                D::Wrap,
                D::Timestamps,
                D::LineNumbers,
                D::SearchBack,
                D::GoTo,
                D::Select,
                D::Copy,
                D::Exec,
                D::Zoom,
            ],
            Some(Tab::Exec(_) | Tab::Session(_)) => {
                vec![
                    D::CancelExec,
                    D::RunAgain,
                    D::CloseTab,
                    D::ForgetSession,
                    D::NextMatch,
                    D::MoreContext,
                    D::Follow,
                    D::Search,
                    D::FilterLines,
                    D::FilterLevel,
                    D::Wrap,
                    D::Timestamps,
                    D::Copy,
                    D::Zoom,
                ]
            }
            _ => vec![D::Zoom],
        },
    };
    offers.insert(0, D::NextStep);
    offers.extend([D::CancelAction, D::NextTab, D::NextFocus, D::Palette, D::Close]);
    offers
}

/// Keys with what they do, where they are always the same.
fn pairs(model: &Model, keys: &[(&'static str, &'static str)]) -> Line<'static> {
    let look = &model.look;
    let spans = keys.iter().flat_map(|(key, words)| {
        [Span::styled(format!(" {key}"), look.accent), Span::styled(format!(" {words} "), look.dim)]
    });
    spans.collect()
}

/// Draws the footer. Help and quit have their place at the right, always.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let look = &model.look;
    let width = usize::from(area.width);
    if model.is_in_shell() {
        let keys =
            [(super::super::LEAVE_SHELL, "leave the shell, which goes on"), ("shift-pageup", "look back")];
        return frame.render_widget(pairs(model, &keys), area);
    }
    if let Some(typing) = &model.typing {
        let log = model.pane_of().and_then(|of| model.pane.shown_log(of)?.typing.as_ref());
        let is_log_filter = log.is_some_and(|typing| typing.looks_for == LookFor::Filter);
        let keys: &[(&str, &str)] = match typing {
            Typing::Log if is_log_filter => {
                &[("type", "to filter, ! for those without"), ("enter", "keep it"), ("esc", "take it back")]
            }
            Typing::Filter { .. } => &[("type", "to filter"), ("enter", "keep it"), ("esc", "take it back")],
            Typing::Search { .. } | Typing::Log => {
                &[("type", "to search"), ("enter", "keep it"), ("esc", "take it back")]
            }
            Typing::GoTo(_) => &[
                ("1234 enter", "line"),
                ("50%", "share"),
                ("@14:05 enter", "time"),
                ("200y", "copy the last"),
                ("esc", "stay"),
            ],
            Typing::Mark { sets: true } => &[("a-z", "mark the line"), ("esc", "no mark")],
            Typing::Mark { sets: false } => {
                &[("a-z", "go to its line"), ("'", "back from the last jump"), ("esc", "stay")]
            }
        };
        return frame.render_widget(pairs(model, keys), area);
    }
    let contexts = super::super::contexts(model);
    let shown = |deed: Do| {
        let key = model.keymap.key(deed, &contexts)?;
        super::super::validity(model, deed).ok()?;
        Some((key.to_string(), deed.info().short))
    };
    let always: Vec<(String, &str)> = [Do::Help, Do::Quit].into_iter().filter_map(shown).collect();
    let cells = |(key, words): &(String, &str)| fit::width(key) + 1 + fit::width(words) + 2;
    let mut left = width.saturating_sub(1 + always.iter().map(cells).sum::<usize>());
    let mut offered = Vec::new();
    for offer in offers(model).into_iter().filter_map(shown) {
        let needed = cells(&offer);
        if needed <= left {
            left -= needed;
            offered.push(offer);
        }
    }
    let mut spans = vec![Span::raw(" ")];
    let drawn = |(key, words): (String, &str)| {
        [Span::styled(key, look.accent), Span::styled(format!(" {words}  "), look.dim)]
    };
    spans.extend(offered.into_iter().flat_map(drawn));
    spans.push(Span::raw(" ".repeat(left)));
    spans.extend(always.into_iter().flat_map(drawn));
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}
