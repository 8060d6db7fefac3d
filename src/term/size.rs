use std::num::NonZeroU16;

/// How many columns and rows a terminal has: at least one of each, and at most [`Size::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    columns: NonZeroU16,
    rows: NonZeroU16,
}

impl Size {
    /// The most columns, and the most rows. A cell takes 32 bytes, so a screen never takes more than 32 MB.
    pub const MOST: u16 = 1000;

    /// A size within the bounds, as near to what is asked for as they allow.
    #[must_use]
    pub fn new(columns: u16, rows: u16) -> Self {
        let bounded = |count: u16| NonZeroU16::new(count.min(Self::MOST)).unwrap_or(NonZeroU16::MIN);
        Self { columns: bounded(columns), rows: bounded(rows) }
    }

    /// How many columns.
    #[must_use]
    pub fn columns(self) -> u16 {
        self.columns.get()
    }

    /// How many rows.
    #[must_use]
    pub fn rows(self) -> u16 {
        self.rows.get()
    }

    /// Rows and columns, as the screen takes them.
    pub(super) fn for_screen(self) -> (NonZeroU16, NonZeroU16) {
        (self.rows, self.columns)
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn a_size_stays_within_its_bounds() {
        for (asked, columns, rows) in [((0, 0), 1, 1), ((80, 24), 80, 24), ((u16::MAX, 7), Size::MOST, 7)] {
            let size = Size::new(asked.0, asked.1);
            assert_eq!((size.columns(), size.rows()), (columns, rows), "{asked:?}");
        }
    }
}
