//! JSON for machines. The names are those of the port's own types; `assets/json-output.md` lists them.

use serde::Serialize;
use serde_json::Value;

/// A value of ours on one line, newline included.
pub(crate) fn document(value: &impl Serialize) -> String {
    // Maps keyed by strings and plain values always serialise.
    let mut line = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    line.push('\n');
    line
}

/// An object of an engine, with the engine it is of.
pub(crate) fn with_engine(engine: &impl ToString, object: &impl Serialize) -> Value {
    match serde_json::to_value(object) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("engine".into(), Value::String(engine.to_string()));
            Value::Object(fields)
        }
        Ok(other) => other,
        Err(_) => Value::Null,
    }
}

/// Bytes cut anywhere, as text: a character cut in two is put together again, and what is no UTF-8 is replaced.
#[derive(Debug, Default)]
pub(crate) struct TextChunks {
    cut: Vec<u8>,
}

impl TextChunks {
    /// The text up to the last whole character.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> String {
        let mut all = std::mem::take(&mut self.cut);
        all.extend_from_slice(bytes);
        let mut text = String::with_capacity(all.len());
        for chunk in all.utf8_chunks() {
            text.push_str(chunk.valid());
            let invalid = chunk.invalid();
            let is_cut = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
            let is_last = invalid.as_ptr_range().end == all.as_ptr_range().end;
            if is_cut && is_last {
                self.cut = invalid.to_vec();
            } else if !invalid.is_empty() {
                text.push('\u{fffd}');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_the_same_however_its_bytes_are_cut() {
        let whole = "käse 寿司 🍣\n".repeat(3);
        for size in 1..whole.len() {
            let mut chunks = TextChunks::default();
            let text: String = whole.as_bytes().chunks(size).map(|part| chunks.push(part)).collect();
            assert_eq!(text, whole, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_text_is_replaced_and_not_kept() {
        let mut chunks = TextChunks::default();
        assert_eq!(chunks.push(b"a\xffb\xc3"), "a\u{fffd}b");
        assert_eq!(chunks.push(b"(c"), "\u{fffd}(c");
    }
}
