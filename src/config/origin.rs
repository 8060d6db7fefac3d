//! Where a value came from.

use std::fmt;

/// Where a value came from. Prints as `default`, `settings.yaml:12`, `smidr.yaml:4 with
/// MACHINE`, `NO_COLOR` or `--read-only`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A file.
    File {
        /// The file's name without its directories.
        name: String,
        /// The line, counted from one.
        line: usize,
    },
    /// A file that names environment variables which are set.
    Expanded {
        /// The file's name without its directories.
        name: String,
        /// The line, counted from one.
        line: usize,
        /// The variables, none twice.
        variables: Vec<String>,
    },
    /// An environment variable.
    Variable(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line } => write!(f, "{name}:{line}"),
            Self::Expanded { name, line, variables } => {
                write!(f, "{name}:{line} with {}", variables.join(", "))
            }
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}
