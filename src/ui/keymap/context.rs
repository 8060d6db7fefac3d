//! Where a key means what.

/// A part of the screen with keys of its own. A key is looked up from the narrowest to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The page that stands while no engine answers.
    EnginePage,
    /// The list of containers.
    Containers,
    /// The list of volumes.
    Volumes,
    /// Either list.
    Lists,
    /// A log in the pane: a container's own, or what an exec prints.
    Log,
    /// The page of a build in the pane.
    Build,
    /// A text in the pane that can be searched.
    Inspect,
    /// The pane, whatever is in it.
    Pane,
    /// Anywhere but in a dialog or a shell.
    Everywhere,
}

impl Context {
    /// As a heading of the help.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::EnginePage => "While no engine answers",
            Self::Containers => "Containers",
            Self::Volumes => "Volumes",
            Self::Lists => "Both lists",
            Self::Log => "Log and exec tabs",
            Self::Build => "Build tab",
            Self::Inspect => "Inspect and processes",
            Self::Pane => "The pane",
            Self::Everywhere => "Everywhere",
        }
    }
}
