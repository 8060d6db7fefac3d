//! What containers print: bytes in, numbered lines out. Knows no engine, no screen and no clock.
//!
//! A [`LogWriter`] cuts what comes into lines and keeps them as they came; any number of [`LogReader`]s ask for the
//! few lines that are looked at, made safe to draw. Lines lie on a disk, in segments that are written by a thread of their
//! own; an index of the segments and the newest lines are in memory. Over the limit the oldest lines go, counted.
//!
//! A log is lines, not a screen. What a program does within a line (redraws, colours, tabs) comes out as a terminal
//! would show it; what it does to other lines cannot: a footer drawn again by moving the cursor up repeats.

mod carry;
mod cells;
mod clean;
mod drawn;
mod entry;
mod fact;
mod findings;
mod held;
mod landmark;
mod lasting;
mod level;
mod line;
mod part_files;
mod pattern;
mod reader;
mod search;
mod segment;
mod sgr;
mod shared;
mod splitter;
mod spool;
mod style;
mod tail;
mod text;
mod visible;
mod writer;

pub use clean::clean;
pub use findings::Findings;
pub use landmark::Landmark;
pub use lasting::OpenLogError;
pub use level::{Level, level};
pub use line::{Extent, Line, LineKind, LineNumber, RawLine, Stream};
pub use pattern::Pattern;
pub use reader::{LogReader, WINDOW_LINES};
pub use search::{Found, Query, Search};
pub use splitter::{SplitLine, Splitter};
pub use style::{Colour, Style};
pub use text::{Span, Text};
pub use visible::visible;
pub use writer::{LINE_BYTES, Log, LogWriter};

#[cfg(test)]
mod tests;
