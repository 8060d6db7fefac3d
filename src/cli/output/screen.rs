//! Where words go: standard output for what was asked, standard error for everything about it.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// What a word means; its colour only repeats what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it is.
    Plain,
    /// Not what is looked for: titles, what has ended, ids.
    Dim,
    /// It just ended well.
    Good,
    /// It needs a look.
    Look,
    /// It failed.
    Bad,
}

impl Tone {
    /// The text in this tone, where there is colour.
    pub(crate) fn paint(self, text: &str, coloured: bool) -> String {
        let style = match self {
            Self::Plain => Style::new(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Look => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
        };
        if coloured && style != Style::new() && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The two streams a person or a script reads.
pub(crate) struct Screen {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    /// Cells in a line of standard output, where it is a terminal.
    pub(crate) width: Option<usize>,
    /// Whether standard output takes colour.
    pub(crate) coloured: bool,
    /// Whether standard error takes colour.
    pub(crate) err_coloured: bool,
    /// Whether standard error is a terminal: progress may be drawn over itself there.
    pub(crate) err_terminal: bool,
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("width", &self.width)
            .field("coloured", &self.coloured)
            .finish_non_exhaustive()
    }
}

impl Screen {
    /// The process's own streams. Colour by anstream's rules: a terminal, `NO_COLOR`, `CLICOLOR_FORCE`.
    pub(crate) fn of_process() -> Self {
        let coloured = |choice| choice != ColorChoice::Never;
        let terminal = io::stdout().is_terminal();
        let width = terminal.then(|| crossterm::terminal::size().ok()).flatten();
        Self {
            coloured: coloured(AutoStream::choice(&io::stdout())),
            err_coloured: coloured(AutoStream::choice(&io::stderr())),
            err_terminal: io::stderr().is_terminal(),
            width: width.map(|(columns, _)| usize::from(columns)).filter(|columns| *columns > 0),
            out: Mutex::new(Box::new(io::stdout())),
            err: Mutex::new(Box::new(io::stderr())),
        }
    }

    /// Two streams of the caller's, no terminals.
    #[cfg(test)]
    pub(crate) fn into(out: impl Write + Send + 'static, err: impl Write + Send + 'static) -> Self {
        Self {
            out: Mutex::new(Box::new(out)),
            err: Mutex::new(Box::new(err)),
            width: None,
            coloured: false,
            err_coloured: false,
            err_terminal: false,
        }
    }

    /// Writes to standard output at once.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        // A panic elsewhere while the lock was held leaves nothing half-done that matters here.
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Writes a line to standard error. Nobody can be told where that fails.
    pub(crate) fn tell(&self, line: &str) {
        let mut err = self.err.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = writeln!(err, "{line}");
    }
}
