//! A screen is drawn as it should be, as SVG and as PNG.

use std::io::Cursor;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::colours::{BACKGROUND, FOREGROUND, Ink};
use crate::png::{is_made_from, png};
use crate::svg::svg;

const MARGIN: usize = 32;
const CELL: (usize, usize) = (16, 32);

fn styled(text: &str, style: impl Into<Style>) -> Buffer {
    let mut buffer = Buffer::with_lines(text.lines());
    buffer.set_style(buffer.area, style);
    buffer
}

/// The elements drawn for a screen, without the window around it.
fn drawn(buffer: &Buffer) -> Vec<String> {
    let svg = svg(buffer, "");
    let inside = svg.split_once("font-size=\"26.575\">\n").unwrap().1.strip_suffix("</g>\n</svg>\n").unwrap();
    inside.replace("</text><", "</text>\n<").lines().map(str::to_owned).collect()
}

#[derive(Debug)]
struct Pixels {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Pixels {
    fn of(svg: &str) -> Self {
        let bytes = png(svg).unwrap();
        let mut reader = ::png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        Self { width: frame.width as usize, height: frame.height as usize, bytes }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 4] {
        self.bytes[4 * (y * self.width + x)..][..4].try_into().unwrap()
    }

    /// The pixels of one cell, row by row.
    fn cell(&self, column: usize, row: usize) -> Vec<[u8; 4]> {
        let place = |index| (index % CELL.0 + column * CELL.0, index / CELL.0 + row * CELL.1);
        let at = |(x, y)| self.at(MARGIN + x, MARGIN + y);
        (0..CELL.0 * CELL.1).map(|index| at(place(index))).collect()
    }
}

fn opaque(ink: Ink) -> [u8; 4] {
    [ink.0, ink.1, ink.2, 255]
}

#[test]
fn a_screen_is_text_that_can_be_foreseen() {
    let expected = r##"<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 96 96" role="img">
<title>two</title>
<rect width="96" height="96" rx="20" fill="#333a47"/>
<rect x="2" y="2" width="92" height="92" rx="18" fill="#161920"/>
<g transform="translate(32 32)" fill="#cdd3de" font-family="DejaVu Sans Mono,Menlo,SF Mono,Cascadia Mono,Consolas,Liberation Mono,monospace" font-size="26.575">
<text x="0" y="24" textLength="32">ok</text>
</g>
</svg>
"##;
    assert_eq!(svg(&styled("ok", Style::new()), "two"), expected);
}

#[test]
fn what_means_something_to_xml_is_escaped() {
    let mut buffer = styled(r#"a<b>&"c""#, Style::new());
    assert_eq!(
        drawn(&buffer),
        [r#"<text x="0" y="24" textLength="128">a&lt;b&gt;&amp;&quot;c&quot;</text>"#]
    );
    buffer[(0, 0)].set_symbol("\u{1b}");
    buffer[(1, 0)].set_symbol("\u{ffff}");
    let svg = svg(&buffer, "<&\u{7}>");
    assert!(svg.contains("<title>&lt;&amp;\u{fffd}&gt;</title>"), "{svg}");
    assert!(!svg.contains(['\u{1b}', '\u{ffff}', '\u{7}']), "{svg}");
    png(&svg).unwrap();
}

#[test]
fn words_of_one_style_are_one_run_and_wide_gaps_part_them() {
    let mut buffer = styled("one two  three\n  four  ", Style::new());
    assert_eq!(
        drawn(&buffer),
        [
            r#"<text x="0" y="24" textLength="112">one two</text>"#,
            r#"<text x="144" y="24" textLength="80">three</text>"#,
            r#"<text x="32" y="56" textLength="64">four</text>"#,
        ]
    );
    buffer.set_style(Rect::new(4, 0, 3, 1), (Color::Red, Modifier::BOLD));
    assert_eq!(
        drawn(&buffer)[..2],
        [
            r#"<text x="0" y="24" textLength="48">one</text>"#,
            r##"<text x="64" y="24" textLength="48" fill="#e36d76" font-weight="700">two</text>"##,
        ]
    );
}

#[test]
fn symbols_and_wide_characters_stand_in_the_middle_of_their_cells() {
    assert_eq!(
        drawn(&styled("a→日b", Style::new())),
        [
            r#"<text x="0" y="24" textLength="16">a</text>"#,
            r#"<text x="24" y="24" text-anchor="middle">→</text>"#,
            r#"<text x="48" y="24" text-anchor="middle">日</text>"#,
            r#"<text x="64" y="24" textLength="16">b</text>"#,
        ]
    );
    let cut = styled("日", Color::Red);
    let mut narrow = Buffer::empty(Rect::new(0, 0, 1, 1));
    narrow[(0, 0)] = cut[(0, 0)].clone();
    assert_eq!(drawn(&narrow), [r##"<text x="8" y="24" text-anchor="middle" fill="#e36d76">日</text>"##]);
}

#[test]
fn a_wide_character_covers_the_cell_beside_it() {
    let mut buffer = styled("日", Style::new().bg(Color::Blue));
    buffer[(1, 0)].set_symbol("x").set_bg(Color::Red);
    assert_eq!(
        drawn(&buffer),
        [
            r##"<path fill="#6ba4ee" d="M0 0h32v32h-32z"/>"##,
            r#"<text x="16" y="24" text-anchor="middle">日</text>"#,
        ]
    );
}

#[test]
fn the_sixteen_colours_differ_and_reset_is_the_default() {
    let inks: std::collections::BTreeSet<Ink> =
        (0..16).map(|index| Ink::of(Color::Indexed(index), FOREGROUND)).collect();
    assert_eq!(inks.len(), 16);
    assert!(!inks.contains(&FOREGROUND) && !inks.contains(&BACKGROUND));
    let of = |color| Ink::of(color, FOREGROUND).to_string();
    assert_eq!(of(Color::Reset), FOREGROUND.to_string());
    assert_eq!(of(Color::Red), of(Color::Indexed(1)));
    assert_eq!(of(Color::Gray), of(Color::Indexed(7)));
    assert_eq!(of(Color::White), of(Color::Indexed(15)));
    assert_eq!(of(Color::Indexed(16)), "#000000");
    assert_eq!(of(Color::Indexed(208)), "#ff8700");
    assert_eq!(of(Color::Indexed(255)), "#eeeeee");
    assert_eq!(of(Color::Rgb(1, 2, 255)), "#0102ff");
}

#[test]
fn every_modifier_is_seen() {
    let with = |modifier| drawn(&styled("a b", (Color::Green, modifier)));
    assert_eq!(
        with(Modifier::REVERSED),
        [
            r##"<path fill="#88c070" d="M0 0h48v32h-48z"/>"##,
            r##"<text x="0" y="24" textLength="48" fill="#161920">a b</text>"##,
        ]
    );
    assert_eq!(with(Modifier::UNDERLINED)[0], r##"<path fill="#88c070" d="M0 28h48v2h-48z"/>"##);
    assert_eq!(with(Modifier::CROSSED_OUT)[0], r##"<path fill="#88c070" d="M0 16h48v2h-48z"/>"##);
    assert_eq!(with(Modifier::DIM), [r##"<text x="0" y="24" textLength="48" fill="#608654">a b</text>"##]);
    assert_eq!(
        with(Modifier::ITALIC),
        [r##"<text transform="translate(0 24)skewX(-11)" textLength="48" fill="#88c070">a b</text>"##]
    );
    assert!(with(Modifier::BOLD)[0].contains(r#" font-weight="700""#));
    assert!(with(Modifier::HIDDEN).is_empty());
}

#[test]
fn frames_are_whole_lines() {
    assert_eq!(
        drawn(&styled("┌──┐\n│  │\n└──┘", Style::new())),
        [r##"<path fill="#cdd3de" d="M8 16h50v2h-50zM8 16h2v66h-2zM56 16h2v66h-2zM8 80h50v2h-50z"/>"##]
    );
}

#[test]
fn lines_reach_the_edges_they_lead_to_and_no_other() {
    for (character, [up, right, down, left]) in [
        ('─', [false, true, false, true]),
        ('├', [true, true, true, false]),
        ('╭', [false, true, true, false]),
        ('╮', [false, false, true, true]),
        ('╯', [true, false, false, true]),
        ('╰', [true, true, false, false]),
        ('╸', [false, false, false, true]),
        ('┿', [true; 4]),
        ('╫', [true; 4]),
        ('╒', [false, true, true, false]),
    ] {
        let cell = Pixels::of(&svg(&styled(&character.to_string(), Style::new()), "")).cell(0, 0);
        let inked = |x: usize, y: usize| cell[y * CELL.0 + x] == opaque(FOREGROUND);
        let (last_x, last_y) = (CELL.0 - 1, CELL.1 - 1);
        let across = |y| (0..CELL.0).any(|x| inked(x, y));
        let down_the = |x| (0..CELL.1).any(|y| inked(x, y));
        let found = [across(0), down_the(last_x), across(last_y), down_the(0)];
        assert_eq!(found, [up, right, down, left], "{character}");
    }
}

#[test]
fn double_lines_turn_into_each_other() {
    let path = |text| drawn(&styled(text, Style::new())).concat();
    let four_corners = "M6 0h2v16h-2zM10 0h2v16h-2zM0 14h8v2h-8zM10 14h6v2h-6zM0 18h8v2h-8zM6 18h2v14h-2zM10 18h6v2h-6zM10 18h2v14h-2z";
    assert_eq!(path("╬"), format!(r##"<path fill="#cdd3de" d="{four_corners}"/>"##));
    let corner = "M6 14h10v2h-10zM6 14h2v18h-2zM10 18h6v2h-6zM10 18h2v14h-2z";
    assert_eq!(path("╔"), format!(r##"<path fill="#cdd3de" d="{corner}"/>"##));
}

#[test]
fn no_line_bar_or_braille_is_left_to_the_font() {
    let drawn_as_shapes = ('\u{2500}'..='\u{259f}').chain('\u{2801}'..='\u{28ff}');
    for character in drawn_as_shapes {
        let elements = drawn(&styled(&character.to_string(), Style::new()));
        assert_eq!(elements.len(), 1, "{character} {elements:?}");
        assert!(elements[0].starts_with("<path "), "{character} {elements:?}");
    }
    assert!(drawn(&styled("\u{2800}", Style::new())).is_empty());
}

#[test]
fn bars_and_shades_fill_their_cells_to_the_pixel() {
    let pixels = Pixels::of(&svg(&styled("██▄\n██░", Color::Green), ""));
    let green = Ink::of(Color::Green, FOREGROUND);
    for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        assert!(pixels.cell(column, row).iter().all(|pixel| *pixel == opaque(green)), "{column} {row}");
    }
    let (above, below) = pixels.cell(2, 0).into_iter().enumerate().partition::<Vec<_>, _>(|(i, _)| *i < 256);
    assert!(above.iter().all(|(_, pixel)| *pixel == opaque(BACKGROUND)));
    assert!(below.iter().all(|(_, pixel)| *pixel == opaque(green)));
    let shade = opaque(BACKGROUND.mixed(green, 25));
    assert!(pixels.cell(2, 1).iter().all(|pixel| *pixel == shade));
}

#[test]
fn a_png_is_twice_the_svg_with_clear_corners_and_text_on_the_grid() {
    let line = format!("{}| ", "m".repeat(77));
    let pixels = Pixels::of(&svg(&styled(&line, Style::new()), ""));
    assert_eq!((pixels.width, pixels.height), (2 * MARGIN + 79 * CELL.0, 2 * MARGIN + CELL.1));
    assert_eq!(pixels.at(0, 0), [0; 4]);
    assert_eq!(pixels.at(pixels.width - 1, pixels.height - 1), [0; 4]);
    assert!(pixels.cell(78, 0).iter().all(|pixel| *pixel == opaque(BACKGROUND)));
    // After 77 letters the line is still in the middle of its cell.
    let cell = pixels.cell(77, 0);
    let row = &cell[16 * CELL.0..17 * CELL.0];
    let inked: Vec<usize> = (0..CELL.0).filter(|x| row[*x] != opaque(BACKGROUND)).collect();
    assert!(!inked.is_empty() && inked.iter().all(|x| (5..11).contains(x)), "{inked:?}");
}

#[test]
fn bold_and_slanted_text_look_different() {
    let cell = |modifier| Pixels::of(&svg(&styled("n", modifier), "")).cell(0, 0);
    assert_ne!(cell(Modifier::BOLD), cell(Modifier::empty()));
    assert_ne!(cell(Modifier::ITALIC), cell(Modifier::empty()));
}

#[test]
fn a_png_knows_what_it_was_made_from() {
    let (one, other) = (svg(&styled("1", Style::new()), ""), svg(&styled("2", Style::new()), ""));
    let made = png(&one).unwrap();
    assert!(is_made_from(&made, &one));
    assert!(!is_made_from(&made, &other));
    assert!(!is_made_from(&made[..made.len() / 2], &one), "a half written file");
    assert!(!is_made_from(b"", &one));
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let error = png(&svg(&styled("日", Style::new()), "")).unwrap_err().to_string();
    assert!(error.contains("no sign for all of \"日\""), "{error}");
    assert!(png("<svg").is_err());
}

#[test]
fn an_empty_screen_is_a_picture_too() {
    png(&svg(&Buffer::empty(Rect::ZERO), "nothing")).unwrap();
}
