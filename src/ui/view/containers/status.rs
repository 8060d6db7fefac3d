//! What a container is doing, in few words.

use crate::engine::ContainerState;
use crate::text::clean;
use crate::ui::model::Row;

/// The engine's own words, shorter, without what the glyph says already.
pub(super) fn doing(row: &Row) -> String {
    let status = shorter(&clean(&row.container.status));
    match row.container.state {
        ContainerState::Running | ContainerState::Exited if !status.is_empty() => status,
        ContainerState::Paused => format!("paused, {}", status.replace(" (paused)", "")),
        state => state.to_string(),
    }
}

/// `Up About an hour (healthy)` as `up 1h (healthy)`, `Exited (137) 3 minutes ago` as `exited 137, 3m ago`.
fn shorter(status: &str) -> String {
    let status = status.to_lowercase().replace("about an ", "1 ").replace("about a ", "1 ");
    let status = status.replace("less than a ", "1 ");
    let mut words: Vec<String> = Vec::new();
    for word in status.split_whitespace() {
        let unit = match word.trim_end_matches('s') {
            "second" => "s",
            "minute" => "m",
            "hour" => "h",
            "day" => "d",
            "week" => "w",
            "month" => "mo",
            "year" => "y",
            _ => "",
        };
        let is_code = words.len() == 1 && words.first().is_some_and(|first| first == "exited");
        match words.last_mut() {
            Some(number) if !unit.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                number.push_str(unit);
            }
            _ if is_code => words.push(word.replace('(', "").replace(')', ",")),
            _ => words.push(word.to_owned()),
        }
    }
    words.join(" ").trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_words_are_made_shorter() {
        for (status, words) in [
            ("Up 3 hours", "up 3h"),
            ("Up About an hour (healthy)", "up 1h (healthy)"),
            ("Up Less than a second", "up 1s"),
            ("Up 2 weeks (Paused)", "up 2w (paused)"),
            ("Exited (137) About a minute ago", "exited 137, 1m ago"),
            ("Exited (0) 5 months ago", "exited 0, 5mo ago"),
            ("Exited (0)", "exited 0"),
            ("", ""),
            ("(x", "(x"),
        ] {
            assert_eq!(shorter(status), words);
        }
    }
}
