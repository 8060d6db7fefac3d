//! The console's settings: a file, then the environment, then flags, into one validated [`Settings`], with where
//! each value came from; and Smidr's build file, into one [`BuildFile`]. Knows no other room: which actions, columns
//! and verbs there are, it is told.
//!
//! What is wrong in a file is told with line, column, the line itself and what was expected. `assets/settings.yaml`
//! documents every setting, `assets/smidr.yaml.example` the build file.

mod aliases;
mod chord;
mod entries;
mod environment;
mod error;
mod load;
mod nearest;
mod node;
mod notify;
mod origin;
mod place;
mod read;
mod reader;
mod saved_command;
mod settings;
mod smidr;
mod snippet;
mod text;
mod theme;
mod units;
mod vocabulary;
mod watch;

pub use chord::{Chord, InvalidChord, Key};
pub use entries::Entry;
pub use environment::Environment;
pub use error::{ConfigError, Mistake};
pub use load::{Loaded, Overrides, load, resolve, settings_file};
pub use notify::Notify;
pub use origin::Origin;
pub use place::{Place, Placed};
pub use saved_command::SavedCommand;
pub use settings::{DEFAULT_COLUMNS, DEFAULT_FILE, Managed, Sessions, Settings, Sort, Stop};
pub use smidr::{
    Advanced, Base, Build, BuildFile, BuildMount, Cache, Container, DEFAULT_IMAGE, Directories, EXAMPLE,
    Features, Layer, LoadedBuildFile, Packages, Storage, Variables, load_build_file, read_build_file,
};
pub use theme::{Borders, Colour, Colours, Glyphs, Theme};
pub use vocabulary::Vocabulary;
pub use watch::Watch;

#[cfg(test)]
mod tests;
