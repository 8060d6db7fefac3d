use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use super::super::{Colours, Size};
use super::Terminal;

/// Pieces of output that meet in places where a screen may lose its footing.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![0..12_u16, Just(u16::MAX)];
    let csi = (
        prop_oneof![4 => Just(""), 1 => Just("?"), 1 => Just(">"), 1 => Just("!"), 1 => Just(" ")],
        prop::collection::vec(number, 0..4),
        prop::sample::select("@ABCDEFGHIJKLMPSTXZ`abcdefhlmnpqrstu".chars().collect::<Vec<_>>()),
    );
    let csi = csi.prop_map(|(private, numbers, end)| {
        let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
        format!("\x1b[{private}{}{end}", numbers.join(";")).into_bytes()
    });
    let words = [
        "a",
        "hello",
        "漢",
        "漢字漢字",
        "e\u{301}",
        "\u{301}",
        "❤\u{fe0f}",
        "❤",
        "\u{fe0f}",
        "👩\u{200d}👩",
        "🇩🇪",
        "ｶﾞ",
        "\u{17d8}",
        "\u{202e}",
        "\u{ad}",
        "\t",
        "\r",
        "\n",
        "\x08",
        "\x0e",
        "\x0f",
        "\x1b7",
        "\x1b8",
        "\x1bM",
        "\x1bD",
        "\x1bE",
        "\x1bc",
        "\x1b(0",
        "\x1b(B",
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b[?47h",
        "\x1b[?47l",
        "\x1b[?6h",
        "\x1b[2;4r",
        "\x1b[999;999H",
        "\x1b[38:2::1:2:3m",
        "\x1b[58;5;31;4:3m",
        "\x1b]0;title\x07",
        "\x1b]52;c;aGk=\x07",
        "\x1b]",
        "\x1bP",
        "\x1b_",
        "\x1b\\",
    ];
    prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        3 => csi,
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ]
}

fn size() -> impl Strategy<Value = Size> {
    (prop_oneof![1..4_u16, 1..30_u16], prop_oneof![1..4_u16, 1..12_u16]).prop_map(|(c, r)| Size::new(c, r))
}

fn area() -> impl Strategy<Value = Rect> {
    let place = || prop_oneof![4 => 0..20_u16, 1 => Just(u16::MAX)];
    (place(), place(), place(), place()).prop_map(|(x, y, width, height)| Rect::new(x, y, width, height))
}

/// No program of these tests prints it.
const UNTOUCHED: &str = "\u{10fffd}";

/// Draws on a marked buffer and checks what may be there afterwards.
fn check_drawing(terminal: &Terminal, area: Rect, around: Rect) -> Result<(), TestCaseError> {
    let mut buffer = Buffer::filled(around, Cell::new(UNTOUCHED));
    terminal.draw(area, &mut buffer, Colours::AsChosen);
    for position in around.positions() {
        let symbol = buffer[position].symbol();
        prop_assert!(!symbol.contains(char::is_control) && !symbol.is_empty(), "{symbol:?}");
        prop_assert!(
            area.contains(position) != (buffer[position] == Cell::new(UNTOUCHED)),
            "{position} holds {symbol:?}"
        );
    }
    // Nothing wide sticks out of the area.
    for y in around.top()..around.bottom() {
        let row: String = (around.left()..around.right()).map(|x| buffer[(x, y)].symbol()).collect();
        let mut x = around.left();
        while x < around.right() {
            let width = ratatui::buffer::CellWidth::cell_width(buffer[(x, y)].symbol());
            prop_assert!(x + width <= around.right(), "{row:?}");
            for covered in x + 1..x + width {
                prop_assert_eq!(buffer[(covered, y)].symbol(), " ", "{}", row);
            }
            x += width.max(1);
        }
    }
    Ok(())
}

/// What a program could tell apart: everything but the answers, whose number depends on the calls.
fn state(terminal: &Terminal) -> impl PartialEq + std::fmt::Debug {
    (
        terminal.screen().contents_formatted_basic(),
        terminal.cursor(),
        terminal.modes(),
        terminal.title().map(str::to_owned),
        terminal.bells(),
        terminal.scrolled(),
        terminal.screen().scrollback_len(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_in_any_chunks_give_the_same_screen(
        size in size(),
        pieces in prop::collection::vec(piece(), 0..40),
        cuts in prop::collection::vec(1..9_usize, 1..20),
    ) {
        let bytes = pieces.concat();
        let mut whole = Terminal::new(size, 5);
        let _ = whole.process(&bytes);
        let mut cut = Terminal::new(size, 5);
        let mut rest = &bytes[..];
        for length in cuts.iter().cycle() {
            let (chunk, left) = rest.split_at((*length).min(rest.len()));
            let _ = cut.process(chunk);
            rest = left;
            if rest.is_empty() { break; }
        }
        prop_assert_eq!(state(&whole), state(&cut));
    }

    #[test]
    fn nothing_printed_resized_scrolled_or_drawn_panics_or_leaves_the_area(
        first in size(),
        scrollback in 0..6_usize,
        steps in prop::collection::vec((prop::collection::vec(piece(), 0..8), size(), 0..4_usize, area()), 1..12),
        around in (0..10_u16, 0..10_u16, 1..30_u16, 1..12_u16),
    ) {
        let around = Rect::new(around.0, around.1, around.2, around.3);
        let mut terminal = Terminal::new(first, scrollback);
        for (pieces, size, rows, area) in steps {
            let answers = terminal.process(&pieces.concat());
            prop_assert!(answers.len() < 1024);
            terminal.scroll_up(rows);
            check_drawing(&terminal, area, around)?;
            if rows % 2 == 0 { terminal.resize(size); }
            check_drawing(&terminal, area, around)?;
            terminal.scroll_down(rows / 2);
            let shown = terminal.text();
            prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
            prop_assert_eq!(shown.lines().count(), usize::from(terminal.size().rows()));
            if let Some((column, row)) = terminal.cursor() {
                prop_assert!(column < terminal.size().columns() && row < terminal.size().rows());
            }
        }
    }
}

/// The streams that bring the screen itself down: a character made wide behind the last column.
#[test]
fn a_character_widened_later_does_no_harm() {
    for (columns, output) in
        [(1, "❤\u{fe0f}"), (4, "\x1b[2;4H❤\u{fe0f}\x1b[1;4Hx"), (4, "abc❤\u{fe0f}\x1b[1;4Hx")]
    {
        let mut terminal = Terminal::new(Size::new(columns, 2), 0);
        let _ = terminal.process(output.as_bytes());
    }
}

#[test]
fn questions_by_the_thousand_get_a_few_answers_each_time() {
    let mut terminal = Terminal::new(Size::new(80, 24), 100);
    for _ in 0..3 {
        let answers = terminal.process("\x1b[6n\x1b[c".repeat(10_000).as_bytes());
        assert_eq!(answers, "\x1b[1;1R\x1b[?1;2c".repeat(16).as_bytes());
    }
}

#[test]
fn the_clipboard_goes_nowhere() {
    let mut terminal = Terminal::new(Size::new(80, 24), 100);
    let empty = terminal.text();
    for output in ["\x1b]52;c;aGVsbG8=\x07", "\x1b]52;c;?\x07", "\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\"]
    {
        assert_eq!(terminal.process(output.as_bytes()), b"");
    }
    assert_eq!((terminal.text(), terminal.title(), terminal.bells()), (empty, None, 0));
}

#[test]
fn a_command_or_string_without_an_end_swallows_its_bytes_and_no_memory() {
    for begin in ["\x1b]2;", "\x1bP", "\x1b_", "\x1b^", "\x1bX"] {
        let mut terminal = Terminal::new(Size::new(80, 24), 100);
        let _ = terminal.process(begin.as_bytes());
        for _ in 0..64 {
            let _ = terminal.process(&[b'x'; 16 * 1024]);
        }
        let _ = terminal.process(b"\x1b\\after");
        assert_eq!(terminal.text().trim(), "after", "{begin:?}");
    }
}

#[test]
fn giant_counts_are_no_more_work_than_the_screen_is_large() {
    let mut terminal = Terminal::new(Size::new(40, 5), 100);
    for end in "@ABCDEFGILMPSTXZ`abderst".chars() {
        let _ = terminal
            .process(format!("x\x1b[65535;65535{end}\x1b[99999999999999999999{end}").repeat(50).as_bytes());
    }
    let _ = terminal.process(b"\x1b[r\x1b[H\x1b[2Jx\x1b[65535b");
    assert_eq!(terminal.text().matches('x').count(), 41);
    let many = format!("\x1b[{}m\x1b[{}H", "1;".repeat(10_000), ";".repeat(10_000));
    let _ = terminal.process(many.as_bytes());
}
