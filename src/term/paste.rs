use super::modes::Modes;

const BEGIN: &str = "\x1b[200~";
const END: &str = "\x1b[201~";

/// The bytes for pasted text: newlines as the enter key sends them, other control characters but the tab removed, and
/// marks around it when the program asked for them. Nothing in the text can end the marked part early.
#[must_use]
pub fn encode_paste(text: &str, modes: &Modes) -> Vec<u8> {
    let text = text.replace(END, "").replace(BEGIN, "").replace("\r\n", "\r").replace('\n', "\r");
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\r' | '\t')).collect();
    if modes.bracketed_paste { [BEGIN, &text, END].concat().into_bytes() } else { text.into_bytes() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Modes, encode_paste};

    #[track_caller]
    fn pasted(text: &str, plain: &str) {
        assert_eq!(String::from_utf8(encode_paste(text, &Modes::default())).unwrap(), plain);
        let modes = Modes { bracketed_paste: true, ..Modes::default() };
        let marked = String::from_utf8(encode_paste(text, &modes)).unwrap();
        assert_eq!(marked, format!("\x1b[200~{plain}\x1b[201~"));
    }

    #[test]
    fn newlines_become_enter_whichever_way_they_are_written() {
        pasted("one\ntwo\r\nthree\rfour\n\nfive", "one\rtwo\rthree\rfour\r\rfive");
    }

    #[test]
    fn only_text_and_tabs_are_left() {
        pasted("a\tb\0c\x03d\x07e\x7ff\u{9b}g é漢😀", "a\tbcdefg é漢😀");
        pasted("", "");
    }

    #[test]
    fn the_text_cannot_end_the_marked_part() {
        pasted("ls\x1b[201~\nrm", "ls\rrm");
        pasted("\x1b[200~ls", "ls");
        pasted("a\x1b[2\x1b[201~01~b", "a[201~b"); // no longer begins with an escape
        pasted("a\x1b\x03[201~b\u{9b}201~", "a[201~b201~");
    }

    proptest! {
        #[test]
        fn nothing_pasted_is_a_control_character(text in ".{0,40}", controls in "[\\x00-\\x1f\\x7f-\\x9f]{0,20}") {
            let bytes = encode_paste(&(text.clone() + &controls + &text), &Modes::default());
            let pasted = String::from_utf8(bytes).unwrap();
            prop_assert!(pasted.chars().all(|c| !c.is_control() || "\r\t".contains(c)), "{pasted:?}");
        }
    }
}
