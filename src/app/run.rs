//! The loop. It awaits nothing but its `select!`: keys first, then frames, then everything else.

use std::io;
use std::time::Duration;

use ratatui::Terminal as Screen;
use ratatui::backend::Backend;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::builds::Happening;
use crate::ui::{Command, Message, Model, Ticks, Tone, Wanted, update, view, wanted};

use super::clipboard;
use super::clock::Clock;
use super::events::{EventSource, translate};
use super::frames::Frames;
use super::mistake;
use super::outbox::Inbox;
use super::signals::EndSignal;
use super::sixteen::Written;
use super::terminal::Terminal;

/// How many messages one turn takes at most before it looks at the keys again, and how long it may take over them. A
/// key may have to wait for one turn or one frame, and for its own frame: 16 ms must be enough for that.
const TURN: usize = 64;
const TURN_TIME: Duration = Duration::from_millis(4);
/// How often time is told while something moves, and while something counts seconds.
const MOTION: Duration = Duration::from_millis(125);
const SECOND: Duration = Duration::from_secs(1);

/// What ends the loop from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A signal came.
    Signal(EndSignal),
    /// A task panicked; that has been reported.
    Panicked,
}

/// Why the loop has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// The user wanted to.
    Quit,
    /// The terminal is gone.
    NoTerminal,
    /// It was stopped.
    Stopped(Stop),
}

/// What the loop is joined to.
pub(crate) struct Ends {
    /// What has happened.
    pub(crate) inbox: Inbox,
    /// What is to be done.
    pub(crate) commands: mpsc::Sender<Command>,
    /// What the screen needs to be told of.
    pub(crate) wanted: watch::Sender<Wanted>,
    /// A shell that had the whole terminal has ended.
    pub(crate) came_back: mpsc::Receiver<String>,
    /// What ends it.
    pub(crate) stops: mpsc::Receiver<Stop>,
}

/// The loop, and all it holds.
pub(crate) struct Loop<'a, B: Backend, E, T> {
    /// What is drawn on.
    pub(crate) screen: &'a mut Screen<B>,
    /// Where keys come from.
    pub(crate) events: &'a mut E,
    /// What is lent and sent to.
    pub(crate) terminal: &'a mut T,
    /// What is shown.
    pub(crate) model: &'a mut Model,
    /// The clock.
    pub(crate) clock: Clock,
    /// Frames a second, at most; those that answer the user are not kept back by it.
    pub(crate) frame_rate: u16,
    /// What was written to the screen; stays 0 where nobody counts it.
    pub(crate) written: Written,
    /// Everything else.
    pub(crate) ends: Ends,
}

/// What changes while it runs.
struct Turn {
    frames: Frames,
    ticks: Interval,
    told: Ticks,
    is_lent: bool,
}

/// What was waited for.
enum Came {
    Event(Option<io::Result<crossterm::event::Event>>),
    Frame,
    Message(Message),
    Back(String),
    Stop(Stop),
}

impl<B: Backend, E: EventSource, T: Terminal> Loop<'_, B, E, T> {
    /// Runs until the user leaves or something ends it.
    ///
    /// # Errors
    /// When the terminal cannot be read or drawn on.
    pub(crate) async fn run(mut self) -> io::Result<Left> {
        let mut turn = Turn {
            frames: Frames::new(self.frame_rate),
            ticks: every(SECOND),
            told: Ticks::Seconds,
            is_lent: false,
        };
        turn.frames.ask_now();
        self.listen(&mut turn);
        loop {
            let came = tokio::select! {
                biased;
                Some(stop) = self.ends.stops.recv() => Came::Stop(stop),
                event = self.events.next(), if !turn.is_lent => Came::Event(event),
                () = turn.frames.due(), if !turn.is_lent => Came::Frame,
                Some(words) = self.ends.came_back.recv() => Came::Back(words),
                Some(message) = self.ends.inbox.messages.recv() => Came::Message(message),
                Some(message) = self.ends.inbox.printed.recv() => Came::Message(message),
                _ = turn.ticks.tick() => Came::Message(Message::Tick),
            };
            match came {
                Came::Stop(stop) => return Ok(Left::Stopped(stop)),
                Came::Event(None) => return Ok(Left::NoTerminal),
                Came::Event(Some(event)) => {
                    let event = event?;
                    mistake::on_purpose(&event);
                    if let Some(message) = translate(event) {
                        turn.frames.ask_now();
                        self.take(message, &mut turn)?;
                    }
                }
                Came::Frame => {}
                Came::Back(words) => self.come_back(words, &mut turn)?,
                Came::Message(message) => self.take_several(message, &mut turn)?,
            }
            if self.model.quits {
                return Ok(Left::Quit);
            }
            self.listen(&mut turn);
            // Not only in the `select!`: keys that come without a pause must not keep the screen from being drawn.
            if !turn.is_lent && turn.frames.is_due() {
                self.draw(&mut turn)?;
            }
        }
    }

    /// Takes a message and what waits behind it, within bounds.
    fn take_several(&mut self, first: Message, turn: &mut Turn) -> io::Result<()> {
        let begun = Instant::now();
        turn.frames.ask();
        self.take(first, turn)?;
        for _ in 1..TURN {
            if self.model.quits || begun.elapsed() >= TURN_TIME {
                break;
            }
            let inbox = &mut self.ends.inbox;
            let Ok(next) = inbox.messages.try_recv().or_else(|_| inbox.printed.try_recv()) else { break };
            self.take(next, turn)?;
        }
        Ok(())
    }

    /// Takes one. Whoever calls this asks for the frame that shows it.
    fn take(&mut self, message: Message, turn: &mut Turn) -> io::Result<()> {
        for command in update(self.model, self.clock.now(), message) {
            self.perform(command, turn)?;
        }
        Ok(())
    }

    /// Does what only the loop can, and hands on the rest.
    fn perform(&mut self, command: Command, turn: &mut Turn) -> io::Result<()> {
        match command {
            Command::Quit => self.model.quits = true,
            Command::Redraw => self.redraw(turn)?,
            Command::Copy(text) => {
                if let Some(bytes) = clipboard::copied(&text) {
                    self.terminal.send(&bytes)?;
                } else {
                    let most = crate::text::bytes(clipboard::MOST as u64);
                    self.tell(Tone::Warning, format!("not copied: it is longer than {most}"), turn)?;
                }
            }
            Command::Notify { container, happening } => self.notify(container, happening, turn)?,
            Command::Title(title) => {
                let title = title.filter(|_| self.model.options.notify.ways.title);
                self.terminal.title(title.as_deref())?;
            }
            Command::Suspend => {
                self.lend(turn)?;
                self.terminal.stop()?;
                self.take_back(turn)?;
            }
            command @ (Command::HandOver(..) | Command::Page(_)) => {
                self.lend(turn)?;
                if !self.hand_on(command) {
                    self.take_back(turn)?;
                }
            }
            command => {
                self.hand_on(command);
            }
        }
        Ok(())
    }

    /// Tells of a build by the terminal, where it is ours, and has it announced by the user's command.
    fn notify(&mut self, container: String, happening: Box<Happening>, turn: &Turn) -> io::Result<()> {
        let options = &self.model.options.notify;
        if !options.of.contains(&happening.kind) {
            return Ok(());
        }
        if !turn.is_lent {
            self.terminal.notice(options.ways, &container, &happening.message)?;
        }
        if options.command.is_some() {
            // There is nobody to be told that it found no room, and the notices have it anyway.
            self.hand_on(Command::Notify { container, happening });
        }
        Ok(())
    }

    /// Whether there was room for it.
    fn hand_on(&mut self, command: Command) -> bool {
        let Err(refused) = self.ends.commands.try_send(command) else { return true };
        let command = match refused {
            mpsc::error::TrySendError::Full(command) | mpsc::error::TrySendError::Closed(command) => command,
        };
        // What a refusal asks for in its turn is not asked for: there is no room for it either.
        drop(update(self.model, self.clock.now(), Message::Refused(Box::new(command))));
        false
    }

    fn tell(&mut self, tone: Tone, words: String, turn: &mut Turn) -> io::Result<()> {
        self.take(Message::Told(tone, words), turn)
    }

    fn lend(&mut self, turn: &mut Turn) -> io::Result<()> {
        turn.is_lent = true;
        self.terminal.lend()
    }

    fn take_back(&mut self, turn: &mut Turn) -> io::Result<()> {
        turn.is_lent = false;
        self.terminal.take_back()?;
        self.redraw(turn)?;
        // It may have another size by now, and it is later.
        let (columns, rows) = self.terminal.size()?;
        self.take(Message::Resized(columns, rows), turn)
    }

    fn come_back(&mut self, words: String, turn: &mut Turn) -> io::Result<()> {
        if turn.is_lent {
            self.take_back(turn)?;
        }
        turn.frames.ask_now();
        self.tell(Tone::Plain, words, turn)
    }

    fn redraw(&mut self, turn: &mut Turn) -> io::Result<()> {
        turn.frames.ask_now();
        // Not `clear`, which asks the terminal for its cursor and would wait for the answer among the keys.
        let size = self.screen.size().map_err(of_backend)?;
        self.screen.resize(size.into()).map_err(of_backend)
    }

    fn draw(&mut self, turn: &mut Turn) -> io::Result<()> {
        let (begun, before) = (Instant::now(), self.written.bytes());
        let model = &*self.model;
        self.screen.draw(|frame| view(model, frame)).map_err(of_backend)?;
        turn.frames.drawn(begun, self.written.bytes().saturating_sub(before));
        Ok(())
    }

    /// Makes what is listened to, and how often time is told, what the screen needs.
    fn listen(&mut self, turn: &mut Turn) {
        let wanted = wanted(self.model);
        if wanted.ticks != turn.told {
            turn.told = wanted.ticks;
            turn.ticks = every(if wanted.ticks == Ticks::Motion { MOTION } else { SECOND });
        }
        self.ends.wanted.send_if_modified(|before| {
            let differs = *before != wanted;
            if differs {
                *before = wanted;
            }
            differs
        });
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn of_backend(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
