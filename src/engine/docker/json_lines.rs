//! A stream of JSON documents, one after the other, as pulls and events send them.
//!
//! bollard 0.21.1 ends a pull with the error "bytes remaining on stream" when the last `\r\n` comes apart, and
//! ends an event stream at the first document it does not know. Its fix for the first is released after
//! 0.21.1; this file can go when both are gone.

use bytes::{Buf, Bytes, BytesMut};

/// A document longer than this is no message of an engine.
const LONGEST: usize = 4 * 1024 * 1024;

/// Cuts chunks of bytes into JSON documents, wherever the chunks were cut.
#[derive(Debug, Default)]
pub(super) struct JsonLines {
    waiting: BytesMut,
    /// So much of `waiting` has no newline in it.
    searched: usize,
}

impl JsonLines {
    /// Adds what came.
    pub(super) fn push(&mut self, chunk: &Bytes) {
        self.waiting.extend_from_slice(chunk);
    }

    /// The next whole document's text, without the line end around it.
    ///
    /// # Errors
    /// When what waits is longer than any message.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, String> {
        loop {
            let unsearched = self.waiting.get(self.searched..).unwrap_or_default();
            match unsearched.iter().position(|byte| *byte == b'\n') {
                Some(at) => {
                    let mut line = self.waiting.split_to(self.searched + at + 1);
                    self.searched = 0;
                    line.truncate(line.trim_ascii_end().len());
                    line.advance(line.len() - line.trim_ascii_start().len());
                    if !line.is_empty() {
                        return Ok(Some(line.freeze()));
                    }
                }
                None if self.waiting.len() > LONGEST => {
                    return Err(format!("a message of more than {LONGEST} bytes"));
                }
                None => {
                    self.searched = self.waiting.len();
                    return Ok(None);
                }
            }
        }
    }

    /// What is left when the stream has ended: a last document without a line end.
    pub(super) fn rest(self) -> Option<Bytes> {
        let rest = self.waiting.trim_ascii();
        (!rest.is_empty()).then(|| Bytes::copy_from_slice(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(chunks: &[&[u8]]) -> (Vec<String>, Option<String>) {
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        let mut lines = JsonLines::default();
        let mut found = Vec::new();
        for chunk in chunks {
            lines.push(&Bytes::copy_from_slice(chunk));
            while let Some(line) = lines.next().unwrap() {
                found.push(text(line));
            }
        }
        (found, lines.rest().map(text))
    }

    #[test]
    fn a_line_end_that_comes_apart_is_no_document() {
        assert_eq!(cut(&[b"{\"a\":1}\r", b"\n"]), (vec!["{\"a\":1}".into()], None));
        assert_eq!(cut(&[b"{}\r\n{}\r\n", b"\r\n"]).0.len(), 2);
        assert_eq!(cut(&[b"{}"]).1.as_deref(), Some("{}"));
    }

    #[test]
    fn a_message_without_end_is_refused() {
        let mut lines = JsonLines::default();
        lines.push(&Bytes::from(vec![b'x'; LONGEST + 1]));
        assert!(lines.next().is_err());
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_documents(cuts in prop::collection::vec(0usize..60, 0..8)) {
            let whole: &[u8] = b"{\"status\":\"a\"}\r\n{\"status\":\"b\"}\n\r\n{\"c\":[1,2]}\r\n{\"last\":0}";
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(whole.len())).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &whole[pair[0]..pair[1]]).collect();
            prop_assert_eq!(cut(&chunks), cut(&[whole]));
        }
    }
}
