//! Whole outputs read: recorded ones against what is in them, and any bytes in any pieces.

use super::*;

fn read(output: Output, chunks: &[(Stream, &[u8])]) -> BuildReader {
    let mut reader = BuildReader::new(output);
    for (stream, bytes) in chunks {
        reader.feed(*stream, None, bytes);
    }
    reader.finish();
    reader
}

fn read_text(text: &str) -> BuildReader {
    read(Output::Mixed, &[(Stream::Output, text.as_bytes())])
}

#[test]
fn nothing_is_no_build() {
    assert!(!read_text("").build().has_begun());
    assert!(!read_text("some other program\nprints lines\n").build().has_begun());
}
