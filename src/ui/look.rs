//! How things look: the sixteen ANSI colours by what they mean, and two sets of glyphs.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use super::model::Past;
use super::{Ending, Tone};
use crate::engine::ContainerState;

/// The colours and glyphs in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What has the focus, and what can be pressed.
    pub accent: Style,
    /// What just ended well.
    pub good: Style,
    /// What needs a look.
    pub warning: Style,
    /// What failed.
    pub bad: Style,
    /// Frames, labels, idle rows.
    pub dim: Style,
    /// Marked rows.
    pub marked: Style,
    /// What is read.
    pub plain: Style,
    /// What is read first.
    pub strong: Style,
    /// The row under the cursor of the part that has the focus.
    pub cursor: Style,
    /// The row under the cursor of another part.
    pub quiet_cursor: Style,
    /// What matched a search.
    pub found: Style,
    /// Names before lines of several logs, one after the other.
    pub names: [Style; 6],
    /// Whether containers' own colours are shown.
    pub has_colours: bool,
    /// Whether corners are round.
    pub is_rounded: bool,
    /// Whether only ASCII is drawn.
    pub is_ascii: bool,
}

impl Default for Look {
    fn default() -> Self {
        let plain = Style::new();
        Self {
            accent: plain.fg(Color::Cyan),
            good: plain.fg(Color::Green),
            warning: plain.fg(Color::Yellow),
            bad: plain.fg(Color::Red),
            dim: plain.fg(Color::DarkGray),
            marked: plain.fg(Color::Magenta),
            plain,
            strong: plain.add_modifier(Modifier::BOLD),
            cursor: plain.add_modifier(Modifier::REVERSED),
            quiet_cursor: plain.add_modifier(Modifier::BOLD),
            found: plain.fg(Color::Black).bg(Color::Yellow),
            // Without those that mean something.
            names: [
                Color::Cyan,
                Color::Magenta,
                Color::Blue,
                Color::LightCyan,
                Color::LightMagenta,
                Color::LightBlue,
            ]
            .map(|colour| plain.fg(colour)),
            has_colours: true,
            is_rounded: true,
            is_ascii: false,
        }
    }
}

impl Look {
    /// Without any colour: what colour said is said by bold, dim and reversed.
    #[must_use]
    pub fn without_colours(self) -> Self {
        let plain = Style::new();
        let strong = plain.add_modifier(Modifier::BOLD);
        Self {
            accent: strong,
            marked: strong,
            good: plain,
            warning: strong,
            bad: strong,
            dim: plain.add_modifier(Modifier::DIM),
            found: plain.add_modifier(Modifier::REVERSED),
            names: [plain; 6],
            has_colours: false,
            ..self
        }
    }

    /// The style of a tone.
    #[must_use]
    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Good => self.good,
            Tone::Plain => self.plain,
            Tone::Warning => self.warning,
            Tone::Bad => self.bad,
        }
    }

    /// The frame of a part of the screen.
    #[must_use]
    pub fn border(&self) -> border::Set<'static> {
        const ASCII: border::Set<'static> = border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        };
        match (self.is_ascii, self.is_rounded) {
            (true, _) => ASCII,
            (false, true) => border::ROUNDED,
            (false, false) => border::PLAIN,
        }
    }

    /// One of two texts: the second where only ASCII is drawn.
    #[must_use]
    pub fn glyph<'a>(&self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.is_ascii { ascii } else { unicode }
    }

    /// The glyph of a container's state, one cell wide, and its style. A failed end is told from a good one.
    #[must_use]
    pub fn state(&self, state: ContainerState, has_failed: bool) -> (&'static str, Style) {
        use ContainerState as S;
        match state {
            S::Running => (self.glyph("●", "*"), self.good),
            S::Paused => (self.glyph("‖", "="), self.warning),
            S::Restarting => (self.glyph("↻", "@"), self.warning),
            S::Stopping | S::Removing => (self.glyph("◌", "~"), self.warning),
            S::Exited if has_failed => (self.glyph("✖", "x"), self.bad),
            S::Exited | S::Created => (self.glyph("○", "o"), self.dim),
            S::Dead => (self.glyph("✖", "x"), self.bad),
            _ => (self.glyph("?", "?"), self.warning),
        }
    }

    /// The glyph of how an action ended, one cell wide, and its style. A command that ended with another code than 0 is
    /// told from one that ended well.
    #[must_use]
    pub fn ending(&self, past: &Past) -> (&'static str, Style) {
        match past.ending {
            Ending::Done if past.is_good() => (self.glyph("✓", "+"), self.good),
            Ending::Done | Ending::Failed | Ending::TimedOut => (self.glyph("✖", "x"), self.bad),
            Ending::Cancelled => (self.glyph("−", "-"), self.warning),
        }
    }

    /// One cell that turns while something runs.
    #[must_use]
    pub fn spinner(&self, since: std::time::Duration) -> &'static str {
        const TURNS: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠧", "⠇", "⠏"];
        const ASCII: [&str; 4] = ["|", "/", "-", "\\"];
        let turn = usize::try_from(since.as_millis() / 125).unwrap_or(0);
        let turns: &[&str] = if self.is_ascii { &ASCII } else { &TURNS };
        turns.get(turn % turns.len()).copied().unwrap_or("*")
    }

    /// A bar of this many cells, filled by eighths of a cell; in ASCII by whole ones.
    #[must_use]
    pub fn bar(&self, part: f64, cells: usize) -> String {
        const EIGHTHS: [&str; 8] = ["░", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "between 0 and eight times the cells of a screen"
        )]
        let filled = (part * (cells * 8) as f64).round() as usize;
        let (whole, rest) = (filled / 8, filled % 8);
        if self.is_ascii {
            return "#".repeat(whole) + &".".repeat(cells.saturating_sub(whole));
        }
        let mut bar = "█".repeat(whole);
        if whole < cells {
            bar += if rest == 0 { "░" } else { EIGHTHS.get(rest).copied().unwrap_or("░") };
            bar += &"░".repeat(cells - whole - 1);
        }
        bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_by_eighths_and_keeps_its_width() {
        let look = Look::default();
        for (part, bar) in
            [(0.0, "░░░░"), (0.25, "█░░░"), (0.28, "█▏░░"), (0.97, "███▉"), (1.0, "████"), (7.0, "████")]
        {
            assert_eq!(look.bar(part, 4), bar, "{part}");
        }
        assert_eq!(look.bar(f64::NAN, 4), "░░░░");
        let ascii = Look { is_ascii: true, ..look };
        assert_eq!(ascii.bar(0.5, 4), "##..");
    }
}
