//! Where a build is.

/// Where a build is on its way. They come in this order; several may be passed without a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Nothing is known yet: the client looks for its server.
    #[default]
    Starting,
    /// The cache of parsed recipes is read.
    LoadingCache,
    /// Recipes are parsed.
    Parsing,
    /// Providers and dependencies are looked for.
    Resolving,
    /// The list of tasks is computed.
    Initialising,
    /// What a shared-state cache has is taken from there.
    Setscene,
    /// Tasks run.
    Tasks,
    /// All tasks are done; the summary is printed.
    Finishing,
    /// It is over.
    Finished,
}

impl Phase {
    /// Its name in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::LoadingCache => "loading cache",
            Self::Parsing => "parsing",
            Self::Resolving => "resolving",
            Self::Initialising => "initialising",
            Self::Setscene => "setscene",
            Self::Tasks => "tasks",
            Self::Finishing => "finishing",
            Self::Finished => "finished",
        }
    }
}
