//! Everything the engine knows of the selected container, as text that can be searched.

/// What is shown of it.
#[derive(Debug, Default)]
pub struct InspectView {
    /// The first line shown.
    pub top: usize,
    /// The first column shown.
    pub column: usize,
    /// What is searched for.
    pub search: String,
    /// Whether the values of variables that look like secrets are shown.
    pub reveals: bool,
}
