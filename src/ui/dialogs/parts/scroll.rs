//! A text that may be longer than its place.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::ui::Look;

/// The first line that is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scroll {
    top: usize,
}

impl Scroll {
    /// Moves, where this is a key that moves; whether it is.
    pub(crate) fn key(&mut self, chord: &str, lines: usize, height: usize) -> bool {
        let page = height.saturating_sub(1).max(1).cast_signed();
        let by = match chord {
            "down" | "j" => 1,
            "up" | "k" => -1,
            "pagedown" | "ctrl-f" | "space" => page,
            "pageup" | "ctrl-b" => -page,
            "ctrl-d" => page / 2,
            "ctrl-u" => -page / 2,
            "home" | "g" => isize::MIN,
            "end" | "G" => isize::MAX,
            _ => return false,
        };
        self.by(by, lines, height);
        true
    }

    /// Moves by so many lines.
    pub(crate) fn by(&mut self, by: isize, lines: usize, height: usize) {
        self.top = self.top.saturating_add_signed(by).min(lines.saturating_sub(height));
    }

    /// Back to the first line.
    pub(crate) fn begin_again(&mut self) {
        self.top = 0;
    }

    /// Draws what fits; the last line says so where there is more below.
    pub(crate) fn draw(&self, look: &Look, frame: &mut Frame<'_>, area: Rect, lines: &[Line<'static>]) {
        let height = usize::from(area.height);
        let top = self.top.min(lines.len().saturating_sub(height));
        let mut shown: Vec<Line<'_>> = lines.iter().skip(top).take(height).cloned().collect();
        let below = lines.len().saturating_sub(top + height);
        if below > 0
            && height > 1
            && let Some(last) = shown.last_mut()
        {
            let words = crate::text::count(below + 1, "more line");
            *last = Line::styled(format!("{} {words}", look.glyph("↓", "v")), look.dim);
        }
        frame.render_widget(Paragraph::new(shown), area);
    }
}
