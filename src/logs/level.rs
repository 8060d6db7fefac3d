//! How serious a line is, by what it says of itself.

use memchr::{memchr2, memrchr};

mod fields;
mod head;
mod margin;
mod midst;
mod plain;
mod words;

/// How serious a line is. The least serious is the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For those who look for a fault: debug, trace, verbose.
    Debug,
    /// What happens: note, notice, info.
    Note,
    /// Something that may be wrong.
    Warning,
    /// Something that is wrong, however badly: fatal, critical, alert and emergency are errors too.
    Error,
}

/// How much of a line is looked at, in bytes of text without escape sequences.
const LOOKED_AT: usize = 512;

/// The level that one line says it has, from its bytes as they came; `None` when it says nothing of the kind.
///
/// A level counts where tools put theirs: at the beginning (also behind a time stamp, in brackets, as a field
/// `level=` or `"level":`), or as a word with a colon behind a place or a name (`main.c:3:5: error: `). The first one
/// wins: a note that tells of an error is a note. The words within a sentence do not count (`0 errors`, `no error`,
/// `-Werror`, `There were 2 WARNING messages.`), nor do quoted source, shell traces (`+ echo error: `) and summaries.
///
/// Of a line that draws over itself only what was drawn last is read. Colours and other escape sequences change nothing.
#[must_use]
pub fn level(line: &[u8]) -> Option<Level> {
    let mut line = line;
    while let [before @ .., b'\r' | b'\n'] = line {
        line = before;
    }
    if memchr2(0x1b, b'\r', beginning(line)).is_none() {
        return of_text(beginning(line));
    }
    let last = memrchr(b'\r', line).and_then(|at| line.get(at + 1..)).unwrap_or(line);
    let mut room = [0; LOOKED_AT];
    of_text(plain::text(last, &mut room))
}

fn beginning(line: &[u8]) -> &[u8] {
    line.get(..LOOKED_AT).unwrap_or(line)
}

fn of_text(text: &[u8]) -> Option<Level> {
    let text = margin::without(text)?;
    head::level(text).or_else(|| midst::level(text))
}

#[cfg(test)]
mod tests;
