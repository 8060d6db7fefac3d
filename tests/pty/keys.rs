//! Keys as a terminal sends them.

/// The bytes of keys that are written as text: `s`, `<enter>`, `<ctrl-]>`; `<lt>` is `<` itself.
pub(crate) fn bytes(keys: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = keys;
    while let Some((before, after)) = rest.split_once('<') {
        bytes.extend(before.as_bytes());
        let (name, after) = after.split_once('>').unwrap_or_else(|| panic!("no end of a key in {keys}"));
        bytes.extend(named(name));
        rest = after;
    }
    bytes.extend(rest.as_bytes());
    bytes
}

fn named(name: &str) -> Vec<u8> {
    if let Some(held) = name.strip_prefix("ctrl-") {
        let [letter] = held.as_bytes() else { panic!("{name} is no key") };
        return vec![letter.to_ascii_uppercase() & 0x1f];
    }
    let bytes: &[u8] = match name {
        "lt" => b"<",
        "enter" => b"\r",
        "esc" => b"\x1b",
        "space" => b" ",
        "tab" => b"\t",
        "backspace" => b"\x7f",
        "up" => b"\x1b[A",
        "down" => b"\x1b[B",
        "right" => b"\x1b[C",
        "left" => b"\x1b[D",
        _ => panic!("{name} is no key"),
    };
    bytes.to_vec()
}

/// A press and a release of the left button, in columns and rows from 0, as SGR mouse mode sends it.
pub(crate) fn click(column: usize, row: usize) -> Vec<u8> {
    let (column, row) = (column + 1, row + 1);
    format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m").into_bytes()
}

/// Text as a terminal pastes it.
pub(crate) fn pasted(text: &str) -> Vec<u8> {
    format!("\x1b[200~{text}\x1b[201~").into_bytes()
}
