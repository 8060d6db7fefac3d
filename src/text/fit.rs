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
