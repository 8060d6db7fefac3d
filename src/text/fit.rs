//! Text made to fit into so many cells of a terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The cells a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The beginning of a text that takes at most so many cells.
#[must_use]
pub fn beginning(text: &str, cells: usize) -> &str {
    let mut taken = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        taken += cluster.width();
        if taken > cells {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// The end of a text that takes at most so many cells.
#[must_use]
pub fn ending(text: &str, cells: usize) -> &str {
    let mut taken = 0;
    for (at, cluster) in text.grapheme_indices(true).rev() {
        taken += cluster.width();
        if taken > cells {
            return text.get(at + cluster.len()..).unwrap_or_default();
        }
    }
    text
}

/// At most so many cells, without the middle where it is longer: of names, both ends tell.
#[must_use]
pub fn without_middle(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let Some(kept) = cells.checked_sub(1) else { return String::new() };
    let front = beginning(text, kept.div_ceil(2));
    format!("{front}…{}", ending(text, kept - width(front)))
}

/// At most so many cells, without the end where it is longer.
#[must_use]
pub fn without_end(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    match cells.checked_sub(1) {
        Some(kept) => format!("{}…", beginning(text, kept)),
        None => String::new(),
    }
}

/// At most so many cells, without the front where it is longer: of paths, the end tells.
#[must_use]
pub fn without_front(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    match cells.checked_sub(1) {
        Some(kept) => format!("…{}", ending(text, kept)),
        None => String::new(),
    }
}

/// What comes after the first so many cells of a text; a blank for each cell of a character that was cut in two.
#[must_use]
pub fn beyond(text: &str, cells: usize) -> String {
    let hidden = beginning(text, cells);
    let rest = text.get(hidden.len()..).unwrap_or_default();
    let cut = cells.saturating_sub(width(hidden));
    match rest.graphemes(true).next() {
        Some(cluster) if cut > 0 => {
            " ".repeat(cluster.width().saturating_sub(cut)) + rest.get(cluster.len()..).unwrap_or_default()
        }
        _ => rest.to_owned(),
    }
}

/// Cells of a [`size`].
pub const SIZE: usize = 10;

/// A size as [`bytes`](super::bytes) says it, in a column: numbers line up at their right, units are below each other.
#[must_use]
pub fn size(count: u64) -> String {
    let words = super::bytes(count);
    let (number, unit) = words.split_once(' ').unwrap_or((&words, ""));
    format!("{number:>6} {unit:<3}")
}

/// So many cells exactly: blanks after it, or without its end.
#[must_use]
pub fn left(text: &str, cells: usize) -> String {
    let text = without_end(text, cells);
    let blanks = cells.saturating_sub(width(&text));
    text + &" ".repeat(blanks)
}

/// So many cells exactly: blanks before it, or without its end.
#[must_use]
pub fn right(text: &str, cells: usize) -> String {
    let text = without_end(text, cells);
    " ".repeat(cells.saturating_sub(width(&text))) + &text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_middle_and_paths_their_front() {
        assert_eq!(without_middle("core-image-minimal-qemux86", 14), "core-im…emux86");
        assert_eq!(without_front("/home/builder/build/tmp", 10), "…build/tmp");
        assert_eq!(without_end("kirkstone", 5), "kirk…");
        assert_eq!(without_end("kirkstone", 9), "kirkstone");
    }

    #[test]
    fn sizes_line_up_with_units_in_a_column_of_their_own() {
        for (count, text) in [
            (0, "     0 B  "),
            (512 << 20, " 512.0 MiB"),
            (1023 << 10, "1023.0 KiB"),
            (u64::MAX, "  16.0 EiB"),
        ] {
            assert_eq!(size(count), text);
            assert_eq!(size(count).len(), SIZE);
        }
    }

    #[test]
    fn what_lies_beyond_keeps_its_columns() {
        assert_eq!(beyond("kirkstone", 4), "stone");
        assert_eq!(beyond("寿司と", 1), " 司と");
        assert_eq!(beyond("寿司と", 2), "司と");
        assert_eq!(beyond("ab", 5), "");
    }

    #[test]
    fn nothing_is_ever_wider_than_asked() {
        for text in ["", "a", "寿司と寿司", "e\u{301}e\u{301}e\u{301}", "👨‍👩‍👧 family", "plain text"]
        {
            for cells in 0..12 {
                for fitted in
                    [without_middle(text, cells), without_end(text, cells), without_front(text, cells)]
                {
                    assert!(width(&fitted) <= cells, "{fitted:?} in {cells}");
                }
                assert_eq!(width(&left(text, cells)), cells, "{text:?} in {cells}");
                assert_eq!(width(&right(text, cells)), cells, "{text:?} in {cells}");
            }
        }
    }
}
