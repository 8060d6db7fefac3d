//! A command that prints ten million lines, one gigabyte: how much memory that takes, and how soon any of it is there.

use std::time::Duration;

use crate::console::{Console, SOON};
use crate::engine::{Engine, Shown};
use crate::flood::RESIDENT;

/// A tenth without optimisation: splitting and indexing them takes that much longer.
const LINES: u64 = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };
/// One of them.
const ANY: u64 = if cfg!(debug_assertions) { 123_456 } else { 1_234_567 };
/// All of them are printed and shown within this.
const LIMIT: Duration = Duration::from_secs(300);
/// A key's own screen is there within this, measured by drawing it, too. Without optimisation, and beside other tests, it
/// says nothing.
const AT_ONCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 100 });
/// All of it is searched through within this.
const SEARCHED: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

/// Writes the command to a file, which it is run from: what is searched for would be in the words of the command. Each
/// line is numbered, and of about a hundred bytes. None has a tab: those are searched as they are drawn, one by one, which
/// takes thirty times as long.
fn container() -> String {
    let text =
        "NOTE: recipe foo-1.0-r0: task do_compile: Started, with all that a line of a build has to say";
    let (before, between) = (LINES / 2, LINES - LINES / 2 - 2);
    format!(
        r#"cat >/lines <<'END'
{{ yes "{text}" | head -n {before}; echo "the rare needle"; yes "{text}" | head -n {between}; echo "the rare needle"; }} |
  cat -n | tr "\t" " "
END
trap 'exit 0' TERM; while :; do sleep 0.1; done"#
    )
}

/// How long it takes until these words are on the screen, where they are not yet, once keys are pressed.
fn time(console: &mut Console, keys: &str, words: &[String], limit: Duration) {
    let are_there = |screen: &str| words.iter().all(|words| screen.contains(words.as_str()));
    let before = console.screen();
    assert!(!are_there(&before), "{words:?} before {keys}:\n{before}");
    console.press(keys);
    let taken = console.wait_until(&format!("{words:?} after {keys}"), limit, are_there);
    println!("{keys} in {taken:?}");
}

/// `1 234 567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|part| str::from_utf8(part).unwrap()).collect();
    parts.join(" ")
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn ten_million_lines_take_little_memory_and_any_of_them_is_there_at_once() {
    let mut shown = Engine::of_bench().shown_with("pty-lines", &container(), "line_numbers: true\n");
    let Shown { console, .. } = &mut shown;
    println!("{} MB resident before", console.resident() / 1_000_000);
    console.press("e");
    console.wait_for("Run in", SOON);
    console.press("sh /lines<enter>");
    let taken = console.wait_for("exit 0 after", LIMIT);
    // What is said of the beginning and of the end is a line, too.
    let all = LINES + 2;
    console.wait_for(&format!("{} lines", grouped(all)), SOON);
    println!("{LINES} lines in {taken:?}; {} MB resident", console.resident() / 1_000_000);

    // Each is behind the remark that it was begun: its own number is one less.
    let line = |number: u64| {
        vec![format!("{} ", grouped(number)), format!(" {} ", number - 1), " below ".to_owned()]
    };
    let place = |number: u64| format!("line {} of {}", grouped(number), grouped(all));
    let end = [format!(" {} lines", grouped(all)), format!(" {LINES} ")];
    time(console, "g", &[place(1)], AT_ONCE);
    for (keys, number) in
        [("50%".to_owned(), all / 2 + 1), (format!("{ANY}g"), ANY), (format!("{}g", all - 100), all - 100)]
    {
        time(console, "G", &end, AT_ONCE);
        time(console, &keys, &line(number), AT_ONCE);
    }
    time(console, "g", &[place(1)], AT_ONCE);
    let found = |number: u64, which: &str| {
        vec![which.to_owned(), format!(" {number} "), " the rare needle".to_owned()]
    };
    time(console, "/rare needle<enter>", &found(LINES / 2 + 1, " 1 of 2 "), SEARCHED);
    time(console, "n", &found(LINES, " 2 of 2 "), AT_ONCE);

    let resident = console.resident();
    println!("{} MB resident at the end", resident / 1_000_000);
    assert!(resident < RESIDENT, "{resident} bytes resident");
    shown.end();
}
