//! The names the settings may use, which other rooms know.

/// The names the settings may use. Each list is in the order in which errors name its members.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vocabulary<'a> {
    /// What keys can be bound to, such as `stop` or `next-match`.
    pub actions: &'a [&'a str],
    /// Columns of the list of containers. Must hold [`DEFAULT_COLUMNS`](super::DEFAULT_COLUMNS).
    pub columns: &'a [&'a str],
    /// What a deadline can be set for.
    pub verbs: &'a [&'a str],
}
