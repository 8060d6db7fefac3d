//! Short messages over the lower right corner; they go by themselves.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use crate::text::fit;
use crate::ui::layout::Layout;
use crate::ui::model::Model;

/// Draws the messages, the newest lowest, above the strip.
pub(super) fn draw(model: &Model, frame: &mut Frame<'_>, screen: Rect) {
    let layout = Layout::of(model);
    // Above the lower frame, which says how what is shown stands.
    let mut bottom = layout.strip.y.saturating_sub(2);
    let widest = usize::from(screen.width.saturating_sub(4)).min(90);
    for toast in model.toasts.shown().rev() {
        if bottom <= screen.y + 2 {
            break;
        }
        let style = model.look.tone(toast.tone);
        let words = fit::without_end(&toast.words, widest.saturating_sub(5));
        let bar = model.look.glyph("▌", "|");
        let width = u16::try_from(fit::width(&words) + 5).unwrap_or(screen.width).min(screen.width);
        let area = Rect::new(screen.right().saturating_sub(width + 1), bottom, width, 1).intersection(screen);
        let line = Line::from(vec![
            Span::styled(format!(" {bar} "), style),
            Span::styled(format!("{words}  "), style),
        ]);
        frame.render_widget(Clear, area);
        frame.render_widget(Paragraph::new(line), area);
        bottom -= 1;
    }
}
