//! What is written to the terminal, for whichever terminal it is.

use std::time::Duration;

use crate::console::{Console, SOON, Start};
use crate::keys::{click, pasted};

const FOOTER: &str = "q quit";

fn demo(start: impl FnOnce(Start) -> Start) -> Console {
    let console = start(Start::console(&["--demo"])).run();
    console.wait_for(FOOTER, SOON);
    // Drawn after the containers.
    console.wait_for("Volumes", SOON);
    console
}

/// The parameters of each `CSI … m`.
fn attributes(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let sequences = text.split("\x1b[").skip(1);
    sequences
        .filter_map(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || ";:".contains(c)))?;
            (rest[end..].starts_with('m')).then(|| rest[..end].to_owned())
        })
        .collect()
}

/// Goes through the list, the tabs and a dialog, so that most of what is drawn was drawn.
fn look_around(console: &mut Console) {
    for keys in ["j", "<space>", "]", "]", "]", "<tab>"] {
        console.press(keys);
    }
    console.press("?");
    console.wait_for("Everywhere", SOON);
    console.press("<esc>");
    console.wait_gone("Everywhere", SOON);
}

#[test]
fn it_draws_at_every_size_and_comes_back() {
    let console = demo(|start| start);
    for (columns, rows) in [(80, 24), (200, 50), (20, 5), (120, 40)] {
        let from = console.output().len();
        console.resize(columns, rows);
        let words = if columns == 20 { "needs 60x15" } else { FOOTER };
        let size = format!("{columns}x{rows}");
        console.wait_until(&size, SOON, |screen| {
            let widest = screen.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            let is_whole = columns == 20
                || (widest > usize::from(columns) - 12 && screen.lines().count() == rows.into());
            screen.contains(words) && is_whole
        });
        assert!(console.output().len() > from, "{size}: nothing was drawn");
    }
    console.quit();
}

#[test]
fn no_color_means_none() {
    let mut console = demo(|start| start.env("NO_COLOR", "1"));
    look_around(&mut console);
    let told = attributes(&console.output());
    let is_colour = |one: &str| {
        let number: u16 = one.parse().unwrap_or(0);
        (30..=38).contains(&number) || (40..=48).contains(&number) || (90..=107).contains(&number)
    };
    let colours: Vec<_> = told.iter().filter(|all| all.split([';', ':']).any(is_colour)).collect();
    assert!(colours.is_empty(), "{colours:?}");
    assert!(told.iter().any(|all| all.split(';').any(|one| one == "1")), "and yet something stands out");
    console.quit();
}

#[test]
fn sixteen_colours_are_enough() {
    for term in ["linux", "screen", "xterm-256color"] {
        let mut console = demo(|start| start.env("TERM", term));
        look_around(&mut console);
        let told = attributes(&console.output());
        let beyond: Vec<_> = told.iter().filter(|all| all.contains("38;") || all.contains("48;")).collect();
        assert!(beyond.is_empty(), "{term}: {beyond:?}");
        assert!(told.iter().any(|all| all.split(';').any(|one| one == "36")), "{term}: {told:?}");
        console.quit();
    }
}

#[test]
fn a_click_selects_a_row() {
    let mut console = demo(|start| start.size(200, 50));
    console.wait_for("● ", SOON);
    let screen = console.screen();
    let names: Vec<&str> = screen
        .lines()
        .filter_map(|line| line.trim_start_matches(['│', ' ']).strip_prefix("● "))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    let [.., last] = names.as_slice() else { panic!("{screen}") };
    assert!(names.len() > 1 && !screen.contains(&format!(" {last} [Log]")), "{screen}");
    let (row, column) = console.place(&format!("● {last}"));
    console.send(&click(column + 2, row));
    console.wait_for(&format!(" {last} [Log]"), SOON);
    console.quit();
}

#[test]
fn pasted_text_goes_to_the_filter_and_its_keys_do_nothing() {
    let mut console = demo(|start| start);
    // As keys these would quit.
    console.send(&pasted("q"));
    console.press("/");
    console.send(&pasted("qqzz"));
    console.wait_for("/qqzz", SOON);
    console.wait_for("matches", SOON);
    console.press("<esc>");
    console.wait_gone("qqzz", SOON);
    console.quit();
}

#[test]
fn the_screen_keeps_still_where_nothing_happens() {
    let mut console = Start::console(&["--demo"]).run();
    console.wait_for(FOOTER, SOON);
    console.press("?");
    console.wait_for("Everywhere", SOON);
    let written = console.written_in(Duration::from_secs(2));
    println!("{written} bytes in 2 s of the busy demo");
    assert!(written < 40_000, "{written} bytes in 2 s");
}
