//! Every key as terminals send it, in whole reads and in pieces.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;

use super::*;

/// The events of reads.
fn events(reads: &[&[u8]]) -> Vec<Event> {
    let mut sequences = Sequences::default();
    read(&mut sequences, reads)
}

fn read(sequences: &mut Sequences, reads: &[&[u8]]) -> Vec<Event> {
    let mut events = Vec::new();
    for read in reads {
        for (index, byte) in read.iter().enumerate() {
            let behind = read.get(index + 1).map_or(Behind::Nothing, |next| Behind::Byte(*next));
            events.extend(sequences.take(*byte, behind));
        }
    }
    events
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn plain(code: KeyCode) -> Event {
    key(code, KeyModifiers::NONE)
}

fn typed(text: &str) -> Vec<Event> {
    text.chars().map(|one| plain(KeyCode::Char(one))).collect()
}

#[test]
fn keys_are_what_they_are_called() {
    let keys: [(&[u8], Event); 21] = [
        (b"j", plain(KeyCode::Char('j'))),
        (b"G", key(KeyCode::Char('G'), KeyModifiers::SHIFT)),
        ("ä".as_bytes(), plain(KeyCode::Char('ä'))),
        ("漢".as_bytes(), plain(KeyCode::Char('漢'))),
        (b"\r", plain(KeyCode::Enter)),
        (b"\t", plain(KeyCode::Tab)),
        (b"\x1b[Z", key(KeyCode::BackTab, KeyModifiers::SHIFT)),
        (b"\x7f", plain(KeyCode::Backspace)),
        (b"\x03", key(KeyCode::Char('c'), KeyModifiers::CONTROL)),
        (b"\n", key(KeyCode::Char('j'), KeyModifiers::CONTROL)),
        (b"\x1b[A", plain(KeyCode::Up)),
        (b"\x1bOA", plain(KeyCode::Up)),
        (b"\x1b[1;5D", key(KeyCode::Left, KeyModifiers::CONTROL)),
        (b"\x1b[5~", plain(KeyCode::PageUp)),
        (b"\x1b[H", plain(KeyCode::Home)),
        (b"\x1b[4~", plain(KeyCode::End)),
        (b"\x1bOP", plain(KeyCode::F(1))),
        (b"\x1b[24~", plain(KeyCode::F(12))),
        (b"\x1b", plain(KeyCode::Esc)),
        (b"\x1bx", key(KeyCode::Char('x'), KeyModifiers::ALT)),
        (b"\x1b\r", key(KeyCode::Enter, KeyModifiers::ALT)),
    ];
    for (bytes, event) in keys {
        assert_eq!(events(&[bytes]), [event], "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn the_mouse_is_told_of() {
    let at = |kind| Event::Mouse(MouseEvent { kind, column: 11, row: 4, modifiers: KeyModifiers::NONE });
    let sent: &[u8] = b"\x1b[<0;12;5M\x1b[<32;12;5M\x1b[<0;12;5m\x1b[<64;12;5M\x1b[<65;12;5M";
    assert_eq!(
        events(&[sent]),
        [
            at(MouseEventKind::Down(MouseButton::Left)),
            at(MouseEventKind::Drag(MouseButton::Left)),
            at(MouseEventKind::Up(MouseButton::Left)),
            at(MouseEventKind::ScrollUp),
            at(MouseEventKind::ScrollDown),
        ]
    );
}

#[test]
fn escape_is_a_key_where_nothing_follows_it_or_another_does() {
    let escape = || plain(KeyCode::Esc);
    assert_eq!(events(&[b"\x1b", b"j"]), [escape(), plain(KeyCode::Char('j'))]);
    assert_eq!(events(&[b"\x1b\x1b"]), [escape(), escape()]);
    assert_eq!(events(&[b"\x1b\x1b[A"]), [escape(), plain(KeyCode::Up)]);
}

#[test]
fn an_escape_behind_which_more_may_be_waits_for_it() {
    let escape = || plain(KeyCode::Esc);
    let mut sequences = Sequences::default();
    assert_eq!(sequences.take(ESCAPE, Behind::Unread), None);
    assert_eq!(sequences.patience(), Some(REST_OF_KEY));
    assert_eq!(read(&mut sequences, &[b"[A"]), [plain(KeyCode::Up)]);
    assert_eq!(sequences.take(ESCAPE, Behind::Unread), None);
    assert_eq!(read(&mut sequences, &[b"\x1b[A"]), [escape(), plain(KeyCode::Up)]);
    assert_eq!(sequences.take(ESCAPE, Behind::Unread), None);
    assert_eq!(sequences.give_up(), Some(escape()));
    assert_eq!(sequences.patience(), None);
}

#[test]
fn a_key_that_comes_in_pieces_is_one() {
    assert_eq!(events(&[b"\x1b[", b"1;", b"5", b"D"]), [key(KeyCode::Left, KeyModifiers::CONTROL)]);
    assert_eq!(events(&[b"\xe6", b"\xbc", b"\xa2"]), typed("漢"));
}

#[test]
fn what_is_no_key_takes_no_other_with_it() {
    assert_eq!(events(&[b"\x1b[9999;1Xj"]), typed("j"), "unknown");
    assert_eq!(events(&[b"\x1b[?62;4cj"]), typed("j"), "the answer to a question");
    assert_eq!(events(&[b"\x1b[1;\x1b[Aj"]), [plain(KeyCode::Up), plain(KeyCode::Char('j'))], "cut off");
    assert_eq!(events(&[b"\xffj"]), typed("j"), "not text");
    assert_eq!(events(&[b"\xe6\xbcj"]), typed("j"), "half a character");
}

#[test]
fn the_rest_of_a_key_is_not_waited_for_for_ever() {
    let mut sequences = Sequences::default();
    assert_eq!(sequences.patience(), None);
    assert_eq!(read(&mut sequences, &[b"\x1b["]), []);
    assert_eq!(sequences.patience(), Some(REST_OF_KEY));
    assert_eq!(sequences.give_up(), None);
    assert_eq!(sequences.patience(), None);
    assert_eq!(
        read(&mut sequences, &[b"Aj"]),
        [key(KeyCode::Char('A'), KeyModifiers::SHIFT), typed("j").remove(0)]
    );
}

#[test]
fn a_paste_is_one_event_with_whatever_it_holds() {
    let pasted = "first\nsecond \x1b[A \x1b\x1b and 漢字";
    let sent = format!("\x1b[200~{pasted}\x1b[201~j");
    let expected = [Event::Paste(pasted.to_owned()), plain(KeyCode::Char('j'))];
    assert_eq!(events(&[sent.as_bytes()]), expected);
    // In single bytes, but for its first two: an escape by itself is a key.
    let (first, rest) = sent.as_bytes().split_at(2);
    let reads: Vec<&[u8]> = std::iter::once(first).chain(rest.chunks(1)).collect();
    assert_eq!(events(&reads), expected);
}

#[test]
fn a_paste_without_an_end_is_handed_on_as_far_as_it_came() {
    let mut sequences = Sequences::default();
    assert_eq!(read(&mut sequences, &[b"\x1b[200~half of it"]), []);
    assert_eq!(sequences.patience(), Some(REST_OF_PASTE));
    assert_eq!(sequences.give_up(), Some(Event::Paste("half of it".to_owned())));
    assert_eq!(read(&mut sequences, &[b"j"]), typed("j"));
}

#[test]
fn a_long_paste_comes_in_pieces_and_whole() {
    // Every place within a character and within the end comes to lie on the bound.
    for shift in 0..12 {
        let pasted = "x".repeat(shift) + &"漢".repeat((PASTE + PASTE / 2) / 3);
        let whole = format!("\x1b[200~{pasted}\x1b[201~j");
        let events = events(&[whole.as_bytes()]);
        let pieces: Vec<&str> = events.iter().filter_map(Event::as_paste_event).collect();
        assert_eq!((pieces.len(), events.len()), (2, 3));
        assert!(pieces.iter().all(|piece| piece.len() <= PASTE));
        assert!(pieces.concat() == pasted, "shifted by {shift}");
    }
}

#[test]
fn the_end_of_a_paste_may_lie_on_the_bound() {
    for length in PASTE - 16..PASTE + 4 {
        let pasted = "x".repeat(length);
        let whole = format!("\x1b[200~{pasted}\x1b[201~j");
        let events = events(&[whole.as_bytes()]);
        let pieces: String = events.iter().filter_map(Event::as_paste_event).collect();
        assert!(pieces == pasted, "{length} bytes");
        assert_eq!(events.last(), Some(&plain(KeyCode::Char('j'))), "{length} bytes");
    }
}

proptest! {
    /// Cut anywhere but behind an escape, which is a key by itself there, keys stay the same.
    #[test]
    fn any_cut_gives_the_same_events(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "j", "ä", "漢", "\r", "\x1b[A", "\x1b[1;5D", "\x1b[5~", "\x1b[<0;12;5M", "\x1b[200~a b\x1b[201~", "\x1bx",
            ]),
            0..20,
        ),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let sent = parts.concat();
        let bytes = sent.as_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.retain(|cut| *cut == 0 || bytes[cut - 1] != ESCAPE);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let mut begin = 0;
        let reads: Vec<&[u8]> = cuts.iter().map(|cut| {
            let read = &bytes[begin..*cut];
            begin = *cut;
            read
        }).collect();
        prop_assert_eq!(events(&reads), events(&[bytes]));
    }

    /// Whatever comes, a key that follows it after the pause is read.
    #[test]
    fn no_bytes_make_it_deaf(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut sequences = Sequences::default();
        read(&mut sequences, &[&bytes]);
        sequences.give_up();
        prop_assert_eq!(read(&mut sequences, &[b"j"]), typed("j"));
    }
}
