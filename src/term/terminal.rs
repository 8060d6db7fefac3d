use std::fmt;

use super::feed::{Feed, cursor};
use super::modes::Modes;
use super::size::Size;
use super::stream::Stream;

/// A terminal with a screen and a scrollback, that nobody but its owner sees.
pub struct Terminal {
    stream: Stream,
    parser: vte::Parser,
    feed: Feed,
}

impl Terminal {
    /// The most rows of scrollback. A full row takes 32 bytes a column, an empty one almost nothing.
    pub const MOST_SCROLLBACK: usize = 20_000;

    /// An empty terminal that keeps at most so many rows that have left the screen.
    #[must_use]
    pub fn new(size: Size, scrollback: usize) -> Self {
        let (rows, columns) = size.for_screen();
        let screen = vt100::Parser::new(rows, columns, scrollback.min(Self::MOST_SCROLLBACK));
        Self { stream: Stream::default(), parser: vte::Parser::new(), feed: Feed::new(screen) }
    }

    /// Takes output of the program; what comes back is to be sent to it as input.
    ///
    /// That is what a terminal answers when it is asked for its kind, its state or the cursor's position, and a
    /// program may wait for it. At most 32 answers a call; usually none. Output may be cut anywhere.
    ///
    /// Takes as long as the output asks for: a caller that must stay quick hands over some kilobytes at a time.
    #[must_use]
    pub fn process(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.parser.advance(&mut self.feed, &self.stream.pass(bytes));
        self.feed.finish()
    }

    /// Gives the screen another size. Rows that no longer fit go to the scrollback and come back from it; columns
    /// that no longer fit are lost. A view that is scrolled back stays so.
    pub fn resize(&mut self, size: Size) {
        let (rows, columns) = size.for_screen();
        let scrolled = self.scrolled();
        let screen = self.feed.screen_mut();
        screen.set_size(rows, columns);
        screen.set_scrollback(scrolled);
    }

    /// The size of the screen.
    #[must_use]
    pub fn size(&self) -> Size {
        let (rows, columns) = self.screen().size();
        Size::new(columns.get(), rows.get())
    }

    /// The title the program has given itself: at most 256 characters, none of them a control character.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.feed.title.as_deref()
    }

    /// How often the program has rung the bell so far.
    #[must_use]
    pub fn bells(&self) -> u64 {
        self.feed.bells
    }

    /// Scrolls back by so many rows, or as far as there are any. A full-screen program has none.
    pub fn scroll_up(&mut self, rows: usize) {
        let to = self.scrolled().saturating_add(rows);
        self.feed.screen_mut().set_scrollback(to);
    }

    /// Scrolls forward by so many rows, or to the end.
    pub fn scroll_down(&mut self, rows: usize) {
        let to = self.scrolled().saturating_sub(rows);
        self.feed.screen_mut().set_scrollback(to);
    }

    /// Shows the end of the output again.
    pub fn scroll_to_end(&mut self) {
        self.feed.screen_mut().set_scrollback(0);
    }

    /// How many rows the view is scrolled back. New output adds to it, so that the view shows the same rows, for as
    /// long as the scrollback holds them.
    #[must_use]
    pub fn scrolled(&self) -> usize {
        self.screen().scrollback()
    }

    /// The cursor's column and row, unless it is hidden or the view is scrolled back.
    #[must_use]
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let screen = self.screen();
        let (row, column) = cursor(screen);
        (!screen.hide_cursor() && screen.scrollback() == 0).then_some((column, row))
    }

    /// What the program has asked for.
    #[must_use]
    pub fn modes(&self) -> Modes {
        Modes::from(self.screen())
    }

    /// The rows in view as plain text, without the blanks at their ends.
    #[must_use]
    pub fn text(&self) -> String {
        let rows = self.screen().rows(0, self.size().columns());
        let mut text = String::new();
        for row in rows {
            text.push_str(row.trim_end());
            text.push('\n');
        }
        text
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
        self.feed.screen()
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal")
            .field("size", &self.size())
            .field("modes", &self.modes())
            .field("title", &self.title())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
