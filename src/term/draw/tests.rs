use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::super::{Colours, Size, Terminal};

fn terminal(columns: u16, rows: u16, output: &str) -> Terminal {
    let mut terminal = Terminal::new(Size::new(columns, rows), 10);
    let _ = terminal.process(output.as_bytes());
    terminal
}

fn drawn(terminal: &Terminal, area: Rect, around: Rect) -> Vec<String> {
    let mut buffer = Buffer::filled(around, Cell::new("#"));
    terminal.draw(area, &mut buffer, Colours::AsChosen);
    around.rows().map(|row| row.positions().map(|position| buffer[position].symbol()).collect()).collect()
}

fn first_style(output: &str, colours: Colours) -> Style {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
    terminal(1, 1, output).draw(buffer.area, &mut buffer, colours);
    buffer[(0, 0)].style()
}

#[test]
fn the_area_is_filled_and_nothing_else() {
    let terminal = terminal(3, 2, "abc\r\nde");
    let around = Rect::new(0, 0, 6, 4);
    assert_eq!(drawn(&terminal, Rect::new(1, 1, 3, 2), around), ["######", "#abc##", "#de ##", "######"]);
    assert_eq!(drawn(&terminal, Rect::new(1, 1, 2, 1), around), ["######", "#ab###", "######", "######"]);
    assert_eq!(drawn(&terminal, Rect::new(0, 1, 5, 3), around), ["######", "abc  #", "de   #", "     #"]);
    assert_eq!(drawn(&terminal, Rect::new(5, 3, 9, 9), around)[3], "#####a");
    assert_eq!(drawn(&terminal, Rect::new(9, 9, 3, 2), around), ["######"; 4]);
    assert_eq!(
        drawn(&terminal, Rect::new(0, 0, 3, 2), Rect::new(1, 1, 3, 2)),
        ["e ##", "####"].map(|row| &row[..3])
    );
}

#[test]
fn a_wide_character_is_drawn_where_all_of_it_has_room() {
    let terminal = terminal(5, 1, "a漢e\u{301}");
    let around = Rect::new(0, 0, 6, 1);
    assert_eq!(drawn(&terminal, Rect::new(0, 0, 5, 1), around), ["a漢 e\u{301} #"]);
    assert_eq!(drawn(&terminal, Rect::new(0, 0, 2, 1), around), ["a ####"]);
    assert_eq!(drawn(&terminal, Rect::new(4, 0, 5, 1), around), ["####a "]);
}

#[test]
fn a_row_of_the_scrollback_is_cut_at_the_width_of_the_screen() {
    let mut terminal = terminal(6, 1, "a漢bcd\r\n");
    terminal.resize(Size::new(2, 1));
    terminal.scroll_up(1);
    assert_eq!(drawn(&terminal, Rect::new(0, 0, 4, 1), Rect::new(0, 0, 6, 1)), ["a   ##"]);
}

#[test]
fn attributes_and_colours_are_those_of_the_program() {
    let plain = || Style::new().fg(Color::Reset).bg(Color::Reset);
    for (sgr, expected, without_colours) in [
        ("0", plain(), plain()),
        ("1", plain().add_modifier(Modifier::BOLD), plain().add_modifier(Modifier::BOLD)),
        ("2;3", plain().dim().italic(), plain().dim().italic()),
        ("4;7", plain().underlined().reversed(), plain().underlined().reversed()),
        ("4:3", plain().underlined(), plain().underlined()),
        ("4:3;4:0", plain(), plain()),
        ("31;44", plain().fg(Color::Red).bg(Color::Blue), plain()),
        ("97;100;1", plain().fg(Color::White).bg(Color::DarkGray).bold(), plain().bold()),
        ("38;5;9;48;5;232", plain().fg(Color::LightRed).bg(Color::Indexed(232)), plain()),
        ("38;2;1;2;3", plain().fg(Color::Rgb(1, 2, 3)), plain()),
        ("38:2:1:2:3", plain().fg(Color::Rgb(1, 2, 3)), plain()),
        ("48:2::1:2:3", plain().bg(Color::Rgb(1, 2, 3)), plain()),
        ("48:5:20;1", plain().bg(Color::Indexed(20)).bold(), plain().bold()),
        ("58;5;31;58;2;31;32;33;58:5:31;1", plain().bold(), plain().bold()),
        ("38;5", plain(), plain()),
        ("1;38;9;31", plain().bold(), plain().bold()),
    ] {
        let output = format!("\x1b[{sgr}mx");
        let styled = |style: Style| Style { sub_modifier: Modifier::empty(), underline_color: None, ..style };
        assert_eq!(styled(first_style(&output, Colours::AsChosen)), expected, "{sgr}");
        assert_eq!(styled(first_style(&output, Colours::Plain)), without_colours, "{sgr}");
    }
}

#[test]
fn an_erased_cell_keeps_its_background() {
    assert_eq!(first_style("\x1b[42m\x1b[2J", Colours::AsChosen).bg, Some(Color::Green));
}

#[test]
fn marks_that_would_change_the_width_are_left_out() {
    for (output, expected) in [("ｶ\u{ff9e}", "ｶ#"), ("e\u{301}", "e\u{301}#"), ("漢\u{301}", "漢\u{301} ")]
    {
        let rows = drawn(&terminal(8, 1, output), Rect::new(0, 0, 2, 1), Rect::new(0, 0, 2, 1));
        assert_eq!(rows[0].trim_end_matches(' '), expected.trim_end_matches(['#', ' ']), "{output}");
    }
}
