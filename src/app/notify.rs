//! What the user's own terminal is sent to tell something to somebody who does not look at it.

use std::ffi::OsStr;

use crate::text::clean;
use crate::ui::model::Ways;

/// How long a notice is at most, and who it is about, in bytes; what lies between passes on no more than 768 in a piece.
const MOST: usize = 300;
const MOST_OF_A_NAME: usize = 100;
/// How long a title is at most, in bytes.
const MOST_OF_A_TITLE: usize = 200;

/// Puts the window's title away, and takes it back.
pub(super) const PUSH_TITLE: &[u8] = b"\x1b[22;0t";
pub(super) const POP_TITLE: &[u8] = b"\x1b[23;0t";

/// What lies between the console and the terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Between {
    /// Nothing that matters; ssh passes on all.
    #[default]
    Nothing,
    /// tmux passes on what is wrapped for it, where `allow-passthrough` is on.
    Tmux,
    /// screen passes on what is wrapped.
    Screen,
    /// The terminal is one that would print what it is sent.
    Plain,
}

impl Between {
    pub(super) fn of_process() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self::of(std::env::var_os("TERM").as_deref(), is_set("TMUX"), is_set("STY"))
    }

    fn of(term: Option<&OsStr>, is_in_tmux: bool, is_in_screen: bool) -> Self {
        match term.and_then(OsStr::to_str).unwrap_or_default() {
            // The console of the kernel itself.
            "linux" => Self::Plain,
            _ if is_in_tmux => Self::Tmux,
            _ if is_in_screen => Self::Screen,
            _ => Self::Nothing,
        }
    }

    /// A sequence as it gets through.
    fn wrap(self, sequence: &str) -> String {
        match self {
            Self::Nothing => sequence.to_owned(),
            Self::Tmux => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
            Self::Screen => format!("\x1bP{sequence}\x1b\\"),
            Self::Plain => String::new(),
        }
    }
}

/// What tells of something, in these ways. Nothing in the texts ends a sequence or begins another.
pub(super) fn notice(ways: Ways, between: Between, title: &str, message: &str) -> Vec<u8> {
    let (title, message) = (clean(title).replace(';', ","), clean(message));
    let (title, message) = (beginning(&title, MOST_OF_A_NAME), beginning(&message, MOST));
    let mut sent = String::new();
    if ways.osc_9 {
        // A number and a semicolon at the beginning would be another command: the title has no semicolon.
        sent += &between.wrap(&format!("\x1b]9;{title}: {message}\x07"));
    }
    if ways.osc_777 {
        sent += &between.wrap(&format!("\x1b]777;notify;{title};{message}\x07"));
    }
    if ways.bell {
        sent.push('\x07');
    }
    sent.into_bytes()
}

/// What gives the window a title. Not wrapped: tmux and screen have a title of their own for it, and pass it on if they
/// are told to.
pub(super) fn titled(between: Between, title: &str) -> Vec<u8> {
    if between == Between::Plain {
        return Vec::new();
    }
    format!("\x1b]2;{}\x07", beginning(&clean(title), MOST_OF_A_TITLE)).into_bytes()
}

/// The beginning of a text, at most so many bytes of it, whole characters only.
fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Ways = Ways { bell: true, osc_9: true, osc_777: true, title: true };

    fn sent(ways: Ways, between: Between, title: &str, message: &str) -> String {
        String::from_utf8(notice(ways, between, title, message)).unwrap()
    }

    #[test]
    fn each_way_is_for_itself() {
        let none = Ways::default();
        assert_eq!(sent(none, Between::Nothing, "yocto", "done"), "");
        assert_eq!(sent(Ways { bell: true, ..none }, Between::Nothing, "yocto", "done"), "\x07");
        let osc_9 = Ways { osc_9: true, ..none };
        assert_eq!(sent(osc_9, Between::Nothing, "yocto", "done; 1"), "\x1b]9;yocto: done; 1\x07");
        let osc_777 = Ways { osc_777: true, ..none };
        assert_eq!(sent(osc_777, Between::Nothing, "a;b", "done; 1"), "\x1b]777;notify;a,b;done; 1\x07");
    }

    #[test]
    fn what_lies_between_is_told_to_pass_it_on() {
        let osc_9 = Ways { osc_9: true, bell: true, ..Ways::default() };
        assert_eq!(sent(osc_9, Between::Tmux, "a", "b"), "\x1bPtmux;\x1b\x1b]9;a: b\x07\x1b\\\x07");
        assert_eq!(sent(osc_9, Between::Screen, "a", "b"), "\x1bP\x1b]9;a: b\x07\x1b\\\x07");
        assert_eq!(sent(ALL, Between::Plain, "a", "b"), "\x07");
        let term = |term: &'static str| Some(OsStr::new(term));
        assert_eq!(Between::of(term("linux"), false, false), Between::Plain);
        assert_eq!(Between::of(term("tmux-256color"), true, false), Between::Tmux);
        assert_eq!(Between::of(term("screen"), false, true), Between::Screen);
        assert_eq!(Between::of(term("xterm"), false, false), Between::Nothing);
        assert_eq!(Between::of(None, false, false), Between::Nothing);
    }

    #[test]
    fn nothing_in_a_text_ends_the_sequence() {
        let text = "a\x07\x1b\\\u{9c}b\n";
        for between in [Between::Nothing, Between::Tmux, Between::Screen] {
            let sent = sent(ALL, between, text, text);
            // Two notices and the bell.
            assert_eq!(sent.matches('\x07').count(), 3, "{sent:?}");
            assert!(!sent.contains('\u{9c}'), "{sent:?}");
        }
        let title = String::from_utf8(titled(Between::Nothing, text)).unwrap();
        assert!(title.ends_with("b \x07") && title.matches('\x07').count() == 1, "{title:?}");
        assert_eq!(titled(Between::Plain, "a"), b"");
    }

    #[test]
    fn a_long_text_is_cut_off() {
        let long = "ü".repeat(5000);
        assert!(notice(Ways { osc_9: true, ..Ways::default() }, Between::Screen, &long, &long).len() < 768);
        assert!(titled(Between::Nothing, &long).len() < 220);
    }
}
