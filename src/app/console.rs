//! Opening the console: everything is made and joined here, and ended in order.

use std::io::{self, BufWriter};
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use tokio::sync::{mpsc, watch};
use tokio::task::block_in_place;

use crate::actions::Supervisor;
use crate::engine::discovery::{Candidate, Environment, candidates};
use crate::ui::model::Options;
use crate::ui::{KeyMap, Look, Model, Wanted};

use super::backstage::Backstage;
use super::clock::Clock;
use super::connect::{Opening, open_any};
use super::kept::Kept;
use super::link::Links;
use super::outbox::boxes;
use super::own_log::OwnLog;
use super::pager;
use super::run::{Ends, Left, Loop, Stop};
use super::signals::{EndSignal, Signals};
use super::sixteen::Sixteen;
use super::terminal::{NoScreen, OwnScreen, OwnTerminal, give_back, is_gone};
use super::terminal_events::TerminalEvents;
use super::wires::Wires;
use super::{demo, save_log, state_dir, subscriptions};

/// How many commands may wait to be begun. Each key that is typed into a shell is one, and lines come at once.
const COMMANDS: usize = 1024;
/// What of a frame is kept until it is complete, in bytes. One of 200 by 50 seldom has more than a third of it.
const FRAME: usize = 64 * 1024;
/// How long what is under way is waited for when the user leaves.
const LEAVING: Duration = Duration::from_millis(700);
/// How long after a signal the program ends at the latest, should the terminal not take what is written to it.
const AFTER_SIGNAL: Duration = Duration::from_millis(1500);

/// What the console is opened with.
#[derive(Debug)]
pub struct ConsoleOptions {
    /// The engines to use, as `--host` names them; those that are found where there are none.
    pub hosts: Vec<String>,
    /// Only the built-in engine.
    pub demo: bool,
    /// What the settings say.
    pub options: Options,
    /// The keys in force.
    pub keymap: KeyMap,
    /// Colours and glyphs.
    pub look: Look,
    /// Frames a second, at most.
    pub frame_rate: u16,
}

impl Default for ConsoleOptions {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            demo: false,
            options: Options::default(),
            keymap: KeyMap::default(),
            look: Look::default(),
            frame_rate: 30,
        }
    }
}

/// How the console was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The user wanted to.
    Quit,
    /// A signal came.
    Signal(EndSignal),
}

/// Why the console could not be opened, or not be kept open.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// There is no screen to draw on.
    #[error(transparent)]
    NoScreen(#[from] NoScreen),
    /// Signals cannot be listened to.
    #[error("cannot listen for signals")]
    NoSignals(#[source] io::Error),
    /// The terminal failed later.
    #[error("cannot use the terminal any more")]
    Terminal(#[source] io::Error),
    /// There is a mistake in this program; it has been reported.
    #[error("the console ended because of a mistake in it")]
    Panicked,
}

/// Opens the console and runs it until it is left. Must be called within a runtime of several threads; returns within
/// a second of being left, with the terminal as it was before.
///
/// # Errors
/// See [`ConsoleError`].
pub async fn console(options: ConsoleOptions) -> Result<Leaving, ConsoleError> {
    let (stopping, stops) = mpsc::channel(8);
    // Before the terminal is ours: one that comes in between would leave it raw.
    listen(stopping.clone()).map_err(ConsoleError::NoSignals)?;
    let mut terminal = OwnTerminal::take(options.options.mouse, stopping)?;
    let left = on_terminal(&mut terminal, options, stops).await;
    drop(terminal);
    // Its end is noticed by reading or drawing, or by the signal, whichever comes first.
    let left = if left.is_err() && is_gone(io::stdin()) { Ok(Left::NoTerminal) } else { left };
    match left.map_err(ConsoleError::Terminal)? {
        Left::Quit => Ok(Leaving::Quit),
        Left::NoTerminal => Ok(Leaving::Signal(EndSignal::HangUp)),
        Left::Stopped(Stop::Signal(signal)) => Ok(Leaving::Signal(signal)),
        Left::Stopped(Stop::Panicked) => Err(ConsoleError::Panicked),
    }
}

async fn on_terminal(
    terminal: &mut OwnTerminal,
    options: ConsoleOptions,
    stops: mpsc::Receiver<Stop>,
) -> io::Result<Left> {
    let clock = Clock::start();
    let state = state_dir::of_process();
    let kept = state.as_deref().map(Kept::at).unwrap_or_default();
    let candidates = if options.demo {
        vec![demo::candidate()]
    } else {
        candidates(&options.hosts, &Environment::from_process())
    };
    // A frame is written as a whole: standard output by itself would write it in pieces of a kilobyte.
    let out = Sixteen::new(BufWriter::with_capacity(FRAME, OwnScreen));
    let written = out.written();
    let screen = ratatui::Terminal::new(CrosstermBackend::new(out))?;
    // Its drop would show the cursor, which giving the terminal back does, and panic where the terminal is gone.
    let mut screen = ManuallyDrop::new(screen);
    let size = crossterm::terminal::size()?;
    let open: Opening = Arc::new(|endpoint| Box::pin(open_any(endpoint)));
    let frame_rate = options.frame_rate;
    // Of the directory the console was begun in; what was built of it is remembered by its whole path.
    let build_file = save_log::place(&options.options.build_file, None).to_string_lossy().into_owned();
    let options = ConsoleOptions { options: Options { build_file, ..options.options }, ..options };
    let mut model = Model::new(options.options, options.keymap, options.look, size, clock.now());
    let behind = Behind::begin(&mut model, clock, candidates, open, kept, stops);
    let Behind { supervisor, ends, tasks, log, .. } = behind;
    // The loop waits on a runtime of its own: that of the others looks for keys only when their threads come to it.
    let left = block_in_place(|| {
        let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        waiting.block_on(async {
            let mut events = TerminalEvents::new()?;
            let screen = &mut *screen;
            let (events, model) = (&mut events, &mut model);
            Loop { screen, events, terminal, model, clock, frame_rate, written, ends }.run().await
        })
    });
    log.note(&format!("leaving: {left:?}"));
    supervisor.shut_down(LEAVING).await;
    drop(tasks);
    left
}

/// Everything behind the screen.
pub(super) struct Behind {
    /// Over all that the engines are asked.
    pub(super) supervisor: Supervisor,
    /// What the loop is joined to.
    pub(super) ends: Ends,
    /// What runs; ended when dropped.
    pub(super) tasks: Vec<tokio_util::task::AbortOnDropHandle<()>>,
    /// The console's own log.
    pub(super) log: OwnLog,
    /// To the loop.
    #[cfg(test)]
    pub(super) outbox: super::outbox::Outbox,
}

impl Behind {
    /// Begins it: the endpoints are tried from now on.
    pub(super) fn begin(
        model: &mut Model,
        clock: Clock,
        candidates: Vec<Candidate>,
        open: Opening,
        kept: Kept,
        stops: mpsc::Receiver<Stop>,
    ) -> Self {
        model.engines.is_complete = true;
        let Kept { history, builds, log } = kept;
        let (outbox, inbox) = boxes();
        #[cfg(test)]
        let to_the_loop = outbox.clone();
        let (commands, asked) = mpsc::channel(COMMANDS);
        let (coming_back, came_back) = mpsc::channel(1);
        let (wanted, told) = watch::channel(Wanted::default());
        let supervisor = Supervisor::new();
        let wires = Wires {
            outbox,
            clock,
            supervisor: supervisor.clone(),
            limits: Arc::new(model.options.limits.clone()),
            log_limit: model.options.log_limit,
            log_directory: model.options.log_directory.as_path().into(),
            rules: Arc::new(model.options.rules.clone()),
            keep_sessions: model.options.keep_sessions,
            announce: model.options.notify.command.as_deref().map(Into::into),
            links: Links::default(),
            wanted: told,
            open,
            histories: builds,
            log: log.clone(),
        };
        let backstage = Backstage::new(wires.clone(), candidates, history.clone(), coming_back);
        let tasks = [tokio::spawn(backstage.run(asked)), tokio::spawn(subscriptions::keep(wires, history))];
        Self {
            supervisor,
            ends: Ends { inbox, commands, wanted, came_back, stops },
            tasks: tasks.map(tokio_util::task::AbortOnDropHandle::new).into(),
            log,
            #[cfg(test)]
            outbox: to_the_loop,
        }
    }
}

/// Stops the loop when a signal comes; where even that does not end the program, gives the terminal back and ends it.
fn listen(stopping: mpsc::Sender<Stop>) -> io::Result<()> {
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        let mut signal = signals.next().await;
        while signal == EndSignal::Interrupt && pager::takes_interrupts() {
            signal = signals.next().await;
        }
        let _ = stopping.try_send(Stop::Signal(signal));
        tokio::time::sleep(AFTER_SIGNAL).await;
        // A terminal that takes nothing would keep this waiting, too.
        std::thread::spawn(give_back);
        tokio::time::sleep(Duration::from_millis(100)).await;
        std::process::exit(signal.exit_code());
    });
    Ok(())
}
