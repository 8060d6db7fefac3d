//! The terminal: taken, and given back whatever happens.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rustix::io::Errno;
use rustix::process::{Signal, getpgrp, kill_process_group};
use rustix::termios::tcgetattr;
use tokio::sync::mpsc;

use crate::ui::model::Ways;

use super::notify::{Between, POP_TITLE, PUSH_TITLE, notice, titled};
use super::run::Stop;

/// The alternate screen, bracketed paste, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l";
/// Presses, releases and drags, in coordinates of any size. Not every move of the mouse, which nobody asked for.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// Back to how a shell expects it; harmless where it was so already.
const LEAVE: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// Whether the terminal is ours just now. There is only one terminal, and a panic or a signal must be able to give it
/// back from anywhere.
static IS_OURS: AtomicBool = AtomicBool::new(false);

/// Whether the window has a title of ours, and its own is put away.
static IS_TITLED: AtomicBool = AtomicBool::new(false);

/// Why there is no screen.
#[derive(Debug, thiserror::Error)]
pub enum NoScreen {
    /// `TERM` says so.
    #[error("TERM={0} says that this terminal cannot draw a screen")]
    Dumb(String),
    /// Standard input or output is none.
    #[error("the console needs a terminal, and {0} is none")]
    NoTerminal(&'static str),
    /// It does not do what it was told.
    #[error("cannot {0} the terminal")]
    Failed(&'static str, #[source] io::Error),
}

/// What the loop asks of the terminal beside drawing.
pub(crate) trait Terminal {
    /// Gives it back to whoever had it before.
    fn lend(&mut self) -> io::Result<()>;
    /// Takes it again.
    fn take_back(&mut self) -> io::Result<()>;
    /// Stops this program until it is continued, as `^Z` does.
    fn stop(&mut self) -> io::Result<()>;
    /// Sends it bytes as they are.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Has it tell something in these ways: whom it is about, and what.
    fn notice(&mut self, ways: Ways, whom: &str, message: &str) -> io::Result<()>;
    /// Gives its window a title; `None` gives back the one it had.
    fn title(&mut self, title: Option<&str>) -> io::Result<()>;
    /// Its columns and rows.
    fn size(&self) -> io::Result<(u16, u16)>;
}

/// The process's own terminal. Given back when this is dropped.
#[derive(Debug)]
pub(crate) struct OwnTerminal {
    mouse: bool,
    between: Between,
    title: Option<String>,
}

impl OwnTerminal {
    /// Takes it. A panic from now on gives it back before it is reported, and stops the loop.
    ///
    /// # Errors
    /// Where there is none that can show a screen; then nothing was changed.
    pub(crate) fn take(mouse: bool, stops: mpsc::Sender<Stop>) -> Result<Self, NoScreen> {
        match std::env::var("TERM") {
            Ok(term) if term != "dumb" && !term.is_empty() => {}
            Ok(term) => return Err(NoScreen::Dumb(term)),
            Err(_) => return Err(NoScreen::Dumb(String::new())),
        }
        for (is_one, name) in
            [(io::stdin().is_terminal(), "standard input"), (io::stdout().is_terminal(), "standard output")]
        {
            if !is_one {
                return Err(NoScreen::NoTerminal(name));
            }
        }
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            // The report would panic in its turn, and abort.
            if !is_gone(io::stderr()) {
                before(panic);
            }
            let _ = stops.try_send(Stop::Panicked);
        }));
        let terminal = Self { mouse, between: Between::of_process(), title: None };
        terminal.enter().map_err(|error| NoScreen::Failed("take", error))?;
        Ok(terminal)
    }

    fn enter(&self) -> io::Result<()> {
        IS_OURS.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        let mut out = io::stdout();
        out.write_all(ENTER)?;
        if self.mouse {
            out.write_all(MOUSE)?;
        }
        if let Some(title) = &self.title {
            show_title(&mut out, self.between, title)?;
        }
        out.flush()
    }
}

impl Drop for OwnTerminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Puts the terminal back as it was, where it is ours. Nobody can be told where that fails.
pub(crate) fn give_back() {
    if IS_OURS.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        if IS_TITLED.swap(false, Ordering::SeqCst) {
            let _ = out.write_all(POP_TITLE);
        }
        let _ = out.write_all(LEAVE);
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

fn show_title(out: &mut impl Write, between: Between, title: &str) -> io::Result<()> {
    let titled = titled(between, title);
    if !titled.is_empty() && !IS_TITLED.swap(true, Ordering::SeqCst) {
        out.write_all(PUSH_TITLE)?;
    }
    out.write_all(&titled)
}

/// What is drawn on: standard output while the terminal is ours. A frame that is drawn while another thread gives the
/// terminal back is dropped, or the shell would find it on its screen.
#[derive(Debug)]
pub(super) struct OwnScreen;

impl Write for OwnScreen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Locked before it is asked: whoever gives the terminal back says so first and writes afterwards.
        let mut out = io::stdout().lock();
        if !IS_OURS.load(Ordering::SeqCst) {
            return Ok(bytes.len());
        }
        out.write_all(bytes)?;
        out.flush()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether this is a terminal that was there and is not any more: its window was closed.
pub(super) fn is_gone(terminal: impl AsFd) -> bool {
    tcgetattr(terminal).is_err_and(|error| error == Errno::IO)
}

impl Terminal for OwnTerminal {
    fn lend(&mut self) -> io::Result<()> {
        give_back();
        Ok(())
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.enter()
    }

    fn stop(&mut self) -> io::Result<()> {
        /// The signal may be taken by another thread of ours a moment later.
        const TAKEN: Duration = Duration::from_millis(20);
        kill_process_group(getpgrp(), Signal::TSTP)?;
        std::thread::sleep(TAKEN);
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(bytes)?;
        out.flush()
    }

    fn notice(&mut self, ways: Ways, whom: &str, message: &str) -> io::Result<()> {
        self.send(&notice(ways, self.between, whom, message))
    }

    fn title(&mut self, title: Option<&str>) -> io::Result<()> {
        if self.title.as_deref() == title {
            return Ok(());
        }
        self.title = title.map(str::to_owned);
        // While it is lent it is somebody else's; taking it back gives it the title.
        if !IS_OURS.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut out = io::stdout();
        match title {
            Some(title) => show_title(&mut out, self.between, title)?,
            None if IS_TITLED.swap(false, Ordering::SeqCst) => out.write_all(POP_TITLE)?,
            None => {}
        }
        out.flush()
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        crossterm::terminal::size()
    }
}
