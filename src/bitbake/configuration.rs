//! What BitBake says it builds for.

use super::scan::capped;

/// How many rows are kept of one block; the usual ones have a dozen and the layers.
const MOST_ROWS: usize = 200;
/// How many blocks are kept: one for each configuration of a multiconfig build.
const MOST_BLOCKS: usize = 32;

/// The block "Build Configuration".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Its name in a multiconfig build, where it is told.
    pub multiconfig: Option<String>,
    /// Variables and layers with their values, in their order; at most 200.
    pub rows: Vec<(String, String)>,
}

impl Configuration {
    /// The value of a variable or layer.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.rows.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

pub(super) fn begin(blocks: &mut Vec<Configuration>, multiconfig: Option<&str>) {
    if blocks.len() < MOST_BLOCKS {
        let multiconfig = multiconfig.map(|name| capped(name, 200).to_owned());
        blocks.push(Configuration { multiconfig, rows: Vec::new() });
    }
}

pub(super) fn row(blocks: &mut [Configuration], key: &str, value: &str) {
    if let Some(block) = blocks.last_mut()
        && block.rows.len() < MOST_ROWS
    {
        block.rows.push((capped(key, 200).to_owned(), capped(value, 1024).to_owned()));
    }
}
