//! Any bytes, as one line of a log: what is drawn of it holds nothing that could act on a terminal.
#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub, unfulfilled_lint_expectations, reason = "a room, compiled apart")]

#[path = "../../../src/logs/mod.rs"]
mod logs;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = logs::clean(bytes);
    for span in text.spans() {
        assert!(!span.text().is_empty());
        assert!(span.text().chars().all(is_harmless), "{:?}", span.text());
    }
    let plain = text.plain();
    // What is safe stays as it is.
    assert_eq!(logs::clean(plain.as_bytes()).plain(), plain);
    let whole = text.width();
    for columns in [1, 2, 7, 80] {
        let rows = text.wrap(columns);
        assert!(rows.iter().all(|row| row.width() <= columns));
        assert!(text.cut(whole / 2, columns).width() <= columns);
    }
    let _ = logs::level(bytes);
});

/// Neither a control character nor one that turns the direction of writing around.
fn is_harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
