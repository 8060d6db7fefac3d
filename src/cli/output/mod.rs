//! What the command line prints, and how: tables and words for people, JSON for machines, bytes as they are.

mod drain;
mod json;
mod progress;
mod screen;
mod table;
mod text;

pub(crate) use drain::Drain;
pub(crate) use json::{TextChunks, document, with_engine};
pub(crate) use progress::{PullProgress, note_of};
pub(crate) use screen::{Screen, Tone};
pub(crate) use table::{Cell, Column, Table};
pub(crate) use text::{age, bytes, clean, count, elapsed, labelled, local_time};
