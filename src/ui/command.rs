//! What `update` asks of the world outside the model.

use crate::builds::Happening;
use crate::engine::TermSize;

use super::{ActionId, ContainerKey, EngineId, ExecDraft, LogForm, LogLines, Request};

/// The most bytes of a text that are copied. Terminals take 100 000 of base64, some less.
pub const COPIED: usize = 74_000;

/// Something for the loop to do. Requests in the imperative; what comes of them returns as a
/// [`Message`](super::Message).
#[derive(Debug)]
pub enum Command {
    /// Run an action under the supervisor.
    Act(ActionId, Request),
    /// Cancel it: what it began is ended or undone, and what is left is told.
    Cancel(ActionId),
    /// Do not wait for the end of that either.
    Abandon(ActionId),
    /// Go on to the next step of stopping a build at once.
    Skip(ActionId),
    /// Keys for a shell.
    Type(ActionId, Vec<u8>),
    /// A shell's terminal has another size.
    ResizeShell(ActionId, TermSize),
    /// Leave the screen to a shell, the first of these that is there, and come back when it ends.
    HandOver(ContainerKey, Vec<Vec<String>>),
    /// Leave the screen to the user's pager, with these lines as text, and come back when it ends.
    Page(LogLines),
    /// Save lines of a log to a file that is not there yet. The path as it was typed: `~` is the home.
    SaveLog {
        /// The lines.
        lines: LogLines,
        /// How they are written.
        form: LogForm,
        /// Where.
        path: String,
    },
    /// Put text into the clipboard of the user's own terminal (OSC 52).
    Copy(String),
    /// Tell somebody who does not look what has happened to a build in a container of this name, in the ways the
    /// settings say; nothing where they do not want to be told of it.
    Notify {
        /// The container's name.
        container: String,
        /// What has happened.
        happening: Box<Happening>,
    },
    /// Give the terminal's window this title, where the settings want one; `None` gives it back its own.
    Title(Option<String>),
    /// Ask an engine again for everything, its sizes too.
    Refresh(EngineId),
    /// Try an endpoint again now.
    Retry(EngineId),
    /// Open the built-in simulated engine.
    OpenDemo,
    /// Keep a command in the history of a container of this name.
    Remember {
        /// The container's name.
        container: String,
        /// What was run.
        draft: ExecDraft,
    },
    /// Stop the program, as `^Z` does, until it is continued.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Leave. Sessions and containers stay.
    Quit,
}
