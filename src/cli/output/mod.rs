//! What the command line prints, and how: tables and words for people, JSON for machines, bytes as they are.

mod json;
mod labelled;
mod progress;
mod rows;
mod screen;
mod table;

pub(crate) use crate::app::drain::Drain;
pub(crate) use crate::text::{age, bytes, clean, count, elapsed, local_time};
pub(crate) use json::{TextChunks, document, with_engine};
pub(crate) use labelled::labelled;
pub(crate) use progress::{PullProgress, note_of};
pub(crate) use rows::Rows;
pub(crate) use screen::{Screen, Tone};
pub(crate) use table::{Cell, Column, Table};
