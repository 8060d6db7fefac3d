//! Just enough JSON to write a report.

use std::fmt::Write;

/// A string with its quotes. Control characters are escaped, so a report is always one line.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter)); // control characters are all below U+00A0
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// An array of what are already JSON values.
pub fn array(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(","))
}
