//! The keys that are valid now, for what is selected in its present state.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::text::fit;
use crate::ui::Do;
use crate::ui::keymap::Context;
use crate::ui::model::{Model, Tab, Typing};

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
            D::Start,
            D::Stop,
            D::Exec,
            D::Shell,
            D::Mark,
            D::Cleanup,
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
            Some(Tab::Log) => {
                vec![D::Follow, D::Wrap, D::Timestamps, D::LineNumbers, D::Copy, D::Exec, D::Zoom]
            }
            Some(Tab::Exec(_)) => {
                vec![
                    D::CancelExec,
                    D::RunAgain,
                    D::CloseTab,
                    D::Follow,
                    D::Wrap,
                    D::Timestamps,
                    D::Copy,
                    D::Zoom,
                ]
            }
            _ => vec![D::Zoom],
        },
    };
    offers.extend([D::CancelAction, D::NextTab, D::NextFocus, D::Palette, D::Close]);
    offers
}

/// Draws the footer. Help and quit have their place at the right, always.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let look = &model.look;
    let width = usize::from(area.width);
    if model.is_in_shell() {
        let words = format!(
            " {} leaves the shell, which goes on   shift-pageup looks back",
            super::super::LEAVE_SHELL
        );
        return frame
            .render_widget(Paragraph::new(Line::styled(fit::left(&words, width), look.accent)), area);
    }
    if let Some(typing) = &model.typing {
        let what = match typing {
            Typing::Filter { .. } => "filter",
            Typing::Search { .. } => "search",
        };
        let words = format!(" type to {what}   enter keeps it   esc takes it back");
        return frame
            .render_widget(Paragraph::new(Line::styled(fit::left(&words, width), look.accent)), area);
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
    let mut push = |(key, words): (String, &str)| {
        spans.push(Span::styled(key, look.accent));
        spans.push(Span::styled(format!(" {words}  "), look.dim));
    };
    offered.into_iter().for_each(&mut push);
    push((" ".repeat(left.saturating_sub(1)), ""));
    always.into_iter().for_each(&mut push);
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}
