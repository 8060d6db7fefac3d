//! Something to worry about.

/// What there is to worry about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorryKind {
    /// The kernel killed something for want of memory.
    OutOfMemory,
    /// The disk is full soon.
    Space,
    /// The file system has soon no room for more files.
    Inodes,
    /// Memory is near its limit.
    Memory,
    /// Nothing goes on.
    Stalled,
    /// A task takes far longer than usual.
    SlowTask,
}

impl WorryKind {
    /// All of them, the gravest first.
    pub const ALL: [Self; 6] =
        [Self::OutOfMemory, Self::Space, Self::Inodes, Self::Memory, Self::Stalled, Self::SlowTask];

    /// Its name in the settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OutOfMemory => "out-of-memory",
            Self::Space => "disk",
            Self::Inodes => "inodes",
            Self::Memory => "memory",
            Self::Stalled => "stall",
            Self::SlowTask => "slow-task",
        }
    }
}

/// Something to worry about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worry {
    /// What.
    pub kind: WorryKind,
    /// In a few words, for the row of the build.
    pub row: String,
    /// In a sentence that says what to do, too.
    pub notice: String,
    /// Whether it is to be told now: it is new, or was told so long ago that it is time again.
    pub is_news: bool,
    /// What it is about, where there may be several of a kind.
    pub(super) subject: String,
}

impl Worry {
    pub(super) fn new(kind: WorryKind, subject: &str, row: String, notice: String) -> Self {
        Self { kind, row, notice, is_news: false, subject: subject.to_owned() }
    }
}
