//! A terminal inside a pane: what a program prints becomes cells, and what is typed becomes bytes.
//!
//! Knows no clock, socket or real terminal, and no other room. Nothing a program prints passes through to the
//! terminal of the person who looks at it: titles, bells and the clipboard stay in here.

mod characters;
mod draw;
mod feed;
mod keys;
mod line_drawing;
mod modes;
mod mouse;
mod paste;
mod sgr;
mod size;
mod stream;
mod terminal;

pub use draw::Colours;
pub use keys::encode_key;
pub use modes::{Modes, MouseEncoding, MouseMode};
pub use mouse::encode_mouse;
pub use paste::encode_paste;
pub use size::Size;
pub use terminal::Terminal;
