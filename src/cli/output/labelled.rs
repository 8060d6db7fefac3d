//! Names and values, a line each.

use std::fmt::Write;

use crate::text::clean;

/// A line for each value, the name before the first of its values; a name without a value that says something is
/// left out. Everything is made safe to print.
pub(crate) fn labelled(rows: &[(&str, Vec<String>)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, values) in rows {
        for (at, value) in values.iter().filter(|value| !value.is_empty()).enumerate() {
            let _ = writeln!(text, "{:width$}  {}", if at == 0 { name } else { "" }, clean(value));
        }
    }
    text
}
