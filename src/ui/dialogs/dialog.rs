//! What every dialog is: something on top of the screen that has the keys until it is closed.

use std::fmt::Debug;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::config::Chord;
use crate::ui::keymap::Do;
use crate::ui::message::{ActionNews, Tone};
use crate::ui::model::PromptDraft;
use crate::ui::{ActionId, Command, ContainerKey, EngineId, ExecDraft, Model, Request};

/// A dialog. It keeps what is typed into it and knows nothing else: all the rest it reads from the model it is shown.
pub trait Dialog: Debug + Send {
    /// Its title, in its frame.
    fn title(&self, model: &Model) -> String;

    /// It has just been put on top: what it needs to begin with.
    fn opened(&mut self, _model: &Model) -> Answer {
        Answer::stay()
    }

    /// A key was pressed. Escape reaches it, too; a dialog closes on it unless there is something to lose.
    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer;

    /// Text was pasted.
    fn paste(&mut self, _model: &Model, _text: &str) -> Answer {
        Answer::stay()
    }

    /// The mouse did something; in cells of the screen. `area` is where the dialog was drawn.
    fn mouse(&mut self, _model: &Model, _mouse: MouseEvent, _area: Rect) -> Answer {
        Answer::stay()
    }

    /// A request it asked for has become this action.
    fn began(&mut self, _id: ActionId, _request: &Request) {}

    /// Something is new of an action; any action.
    fn hear(&mut self, _model: &Model, _id: ActionId, _news: &ActionNews) -> Answer {
        Answer::stay()
    }

    /// How large it would like to be, frame included, on a screen of this size. It may be given less.
    fn size(&self, model: &Model, screen: Rect) -> (u16, u16);

    /// Draws its inside, which may be of any size from nothing up. Its frame and title are drawn already.
    fn draw(&self, model: &Model, frame: &mut Frame<'_>, inside: Rect);

    /// The keys that are valid now, each with a word or two, for the bottom line of its frame.
    fn keys(&self, model: &Model) -> Vec<(String, &'static str)>;
}

/// What a dialog wants after an event.
#[derive(Debug, Default)]
pub struct Answer {
    /// To be done, in this order.
    pub wishes: Vec<Wish>,
    /// Whether it is done with.
    pub closes: bool,
}

/// Something a dialog wants done.
#[derive(Debug)]
pub enum Wish {
    /// An action.
    Act(Request),
    /// A command, in a tab of its own; its container remembers it. Should it not begin, it is kept as typed.
    Exec(ContainerKey, ExecDraft),
    /// A build of this build file: its targets are remembered.
    Build(EngineId, ExecDraft, String),
    /// Keep what was typed for containers of this name, in place of what was kept.
    Keep(String, PromptDraft),
    /// What a key of the table does.
    Deed(Do),
    /// A command for the loop.
    Command(Command),
    /// Another dialog: on top of this one, or in its place where this one closes.
    Open(Box<dyn Dialog>),
    /// Unmark the marked containers: what was to be done to them is begun.
    Unmark,
    /// Tell the user.
    Tell(Tone, String),
}

impl Answer {
    /// Nothing, and the dialog stays.
    #[must_use]
    pub fn stay() -> Self {
        Self::default()
    }

    /// Nothing, and the dialog closes.
    #[must_use]
    pub fn close() -> Self {
        Self { wishes: Vec::new(), closes: true }
    }

    /// This, and the dialog stays.
    #[must_use]
    pub fn wish(wish: Wish) -> Self {
        Self { wishes: vec![wish], closes: false }
    }

    /// The same, and the dialog closes.
    #[must_use]
    pub fn and_close(self) -> Self {
        Self { closes: true, ..self }
    }
}
