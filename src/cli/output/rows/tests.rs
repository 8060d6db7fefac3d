use super::*;
use crate::logs::Splitter;

/// Streams' bytes as they come, on a terminal of 20 by 8.
struct Shown {
    rows: Rows,
    splitters: [Splitter; 3],
    parser: vt100::Parser,
    written: String,
}

impl Shown {
    fn new(coloured: bool) -> Self {
        let size = |cells: u16| std::num::NonZeroU16::new(cells).unwrap();
        Self {
            rows: Rows::new([coloured; 2], || 20),
            splitters: Default::default(),
            parser: vt100::Parser::new(size(8), size(20), 0),
            written: String::new(),
        }
    }

    fn push(&mut self, stream: StdStream, bytes: &[u8]) {
        let splitter = &mut self.splitters[index(stream)];
        let mut rest = bytes;
        let mut out = String::new();
        while let Some(line) = splitter.next(None, &mut rest) {
            out.push_str(&self.rows.finish(stream, String::new(), &line));
        }
        if let Some(line) = splitter.open() {
            out.push_str(&self.rows.grow(stream, String::new(), &line));
        }
        // As a terminal's driver does with newlines.
        self.parser.process(out.replace('\n', "\r\n").as_bytes());
        self.written.push_str(&out);
    }

    #[track_caller]
    fn shows(&mut self, bytes: &str, screen: &str) {
        self.push(StdStream::Stdout, bytes.as_bytes());
        self.stands(screen);
    }

    #[track_caller]
    fn stands(&self, screen: &str) {
        let contents = self.parser.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("\n"), screen, "{:?}", self.written);
    }
}

#[test]
fn an_unfinished_line_is_there_at_once_and_only_what_is_more_is_written() {
    let mut shown = Shown::new(true);
    shown.shows("Pass", "Pass");
    shown.shows("word: ", "Password:");
    assert_eq!(shown.written, "Password: ");
    shown.shows("\x1b[31m!", "Password: !");
    shown.shows("?\x1b[0m\nnext\n", "Password: !?\nnext\n".trim_end());
    assert_eq!(shown.written, "Password: \x1b[31m!\x1b[0m\x1b[31m?\x1b[0m\nnext\n");
}

#[test]
fn a_bar_is_drawn_over_itself_in_one_row() {
    let mut shown = Shown::new(true);
    shown.shows(" 10%\r", " 10%");
    shown.shows(" 20%", " 20%");
    shown.shows("\r 30% of it\r", " 30% of it");
    shown.shows("done \x1b[K", "done");
    shown.shows("\nnext", "done\nnext");
    let narrow = shown.written.clone();
    assert!(!narrow.contains('\x1b'), "{narrow:?}");
    // Wider than the terminal: cut while it grows, whole at last.
    let mut shown = Shown::new(true);
    for percent in 10..60 {
        shown.push(StdStream::Stdout, format!("\r{percent}% {}", "#".repeat(30)).as_bytes());
    }
    let bar = "#".repeat(30);
    // The library joins the rows of what is wider than one.
    shown.stands(&format!("10% {bar}\n59% {}", &bar[..15]));
    shown.shows("\n", &format!("10% {bar}\n59% {bar}"));
}

#[test]
fn a_long_line_grows_by_what_is_more() {
    let mut shown = Shown::new(true);
    for _ in 0..50 {
        shown.push(StdStream::Stdout, b"0123456789");
    }
    assert_eq!(shown.written, "0123456789".repeat(50));
    // Longer than a line may be: in several rows of text, nothing lost.
    for _ in 0..10_000 {
        shown.push(StdStream::Stdout, b"0123456789");
    }
    assert_eq!(shown.written.replace('\n', ""), "0123456789".repeat(10_050));
    assert_eq!(shown.written.matches('\n').count(), 1);
}

#[test]
fn a_bar_of_many_rounds_stays_in_its_row() {
    let mut shown = Shown::new(true);
    for rounds in 0..1000 {
        let drawn: Vec<String> = (0..10).map(|round| format!("\r round {}", rounds * 10 + round)).collect();
        let drawn = drawn.concat();
        shown.push(StdStream::Stdout, drawn.as_bytes());
    }
    shown.stands(" round 9999");
}

#[test]
fn streams_do_not_mix_within_a_row() {
    let mut shown = Shown::new(true);
    shown.shows("one ", "one");
    shown.push(StdStream::Stderr, b"oops\n");
    shown.stands("one\noops");
    shown.shows("two\n", "one\noops\none two");
    shown.shows("three", "one\noops\none two\nthree");
    shown.push(StdStream::Stderr, b"oops\n");
    shown.shows("\nfour", "one\noops\none two\nthree\noops\nfour");
}

#[test]
fn nothing_but_text_and_colours_is_written() {
    let hostile =
        b"a\x1b]52;c;AAAA\x07b\x1b]0;title\x1b\\c\x1b[2J\x1b[Hd\x1b[?1049he\x1b[6nf\x1bPq\x1b\\g\x08\x07\x00\
        \x1b[38;5;196mred\x1b[m \xc2\x9b2J \x1bc \xe2\x80\xae\n";
    for coloured in [true, false] {
        for size in 1..hostile.len() {
            let mut shown = Shown::new(coloured);
            for part in hostile.chunks(size) {
                shown.push(StdStream::Stdout, part);
            }
            let colours = ["\x1b[91m", "\x1b[0m"];
            let left = colours.iter().fold(shown.written.clone(), |text, colour| text.replace(colour, ""));
            assert_eq!(left.len() < shown.written.len(), coloured, "{:?}", shown.written);
            let odd = left.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r'));
            assert_eq!(odd, None, "{:?}", shown.written);
            assert!(left.contains("2J  \u{fffd}"), "{left:?}");
            // The library takes what stands for no character for none.
            shown.stands("abcdefred 2J");
        }
    }
}
