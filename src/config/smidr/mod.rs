//! Smidr's build file: its text and the environment into one checked [`BuildFile`], with where each value came from.
//!
//! `assets/smidr.yaml.example` documents every key. Keys that are not known are kept and told; values that make no sense
//! are errors with line, column, the line itself and what was expected.

mod build_file;
mod entries;
mod expand;
mod layers;
mod load;
mod merge;
mod mounts;
mod parse;
mod read;
mod storage;
mod values;
mod variables;

pub use build_file::{
    Advanced, Base, Build, BuildFile, Cache, Container, DEFAULT_IMAGE, Directories, EXAMPLE, Features, Layer,
    Packages,
};
pub use load::{LoadedBuildFile, load_build_file, read_build_file};
pub use mounts::BuildMount;
pub use storage::Storage;
pub use variables::Variables;

#[cfg(test)]
mod tests;
