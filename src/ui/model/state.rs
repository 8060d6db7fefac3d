//! The whole of it.

use std::time::Duration;

use crate::ui::dialogs::Dialog;
use crate::ui::{ContainerKey, KeyMap, Look, Now};

use super::{Actions, Containers, Drafts, Engines, Histories, Matcher, Options, Pane, Tab, Toasts, Volumes};

/// The part of the screen that has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The list of containers.
    #[default]
    Containers,
    /// The list of volumes.
    Volumes,
    /// The pane.
    Pane,
}

/// A line of text that is being typed outside of any dialog, and where it stood before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// The filter of the list that has the focus.
    Filter {
        /// The filter before, for escape.
        before: String,
    },
    /// The search of the text in the pane.
    Search {
        /// The search before, for escape.
        before: String,
    },
    /// What the log in the pane is looked through for: see [`LogView::typing`](super::LogView::typing).
    Log,
    /// Where to go in the log in the pane, as far as it is typed.
    GoTo(String),
    /// The letter of a mark to set, or to go to.
    Mark {
        /// Whether it is to be set.
        sets: bool,
    },
}

/// Everything the screen shows.
#[derive(Debug)]
pub struct Model {
    /// The instant of the last message.
    pub now: Now,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What the settings say.
    pub options: Options,
    /// The keys in force.
    pub keymap: KeyMap,
    /// Colours and glyphs.
    pub look: Look,
    /// The engines.
    pub engines: Engines,
    /// The containers of all of them.
    pub containers: Containers,
    /// Their volumes.
    pub volumes: Volumes,
    /// The tabs of the selected container.
    pub pane: Pane,
    /// What is and was being done.
    pub actions: Actions,
    /// Short messages.
    pub toasts: Toasts,
    /// The part that has the keys.
    pub focus: Focus,
    /// Whether the pane has the whole screen.
    pub is_zoomed: bool,
    /// How much of the width the lists take, in per cent.
    pub split: u16,
    /// What is typed outside of dialogs.
    pub typing: Option<Typing>,
    /// What lies on top of the screen, the topmost last.
    pub dialogs: Vec<Box<dyn Dialog>>,
    /// Commands that were run, by container name.
    pub histories: Histories,
    /// Commands that were typed and not run, by container name.
    pub drafts: Drafts,
    /// A container that was made for a build from here: the cursor goes to it as soon as it is listed.
    pub awaited: Option<ContainerKey>,
    /// When builds were last looked after.
    pub watched_at: Option<Duration>,
    /// The title that was asked for the terminal's window.
    pub title: Option<String>,
    /// What the mouse did before.
    pub mouse: crate::ui::Mouse,
    /// Fuzzy matching.
    pub matcher: Matcher,
    /// Whether the console is to end.
    pub quits: bool,
}

impl Model {
    /// An empty screen of this size.
    #[must_use]
    pub fn new(options: Options, keymap: KeyMap, look: Look, size: (u16, u16), now: Now) -> Self {
        let mut containers = Containers::default();
        (containers.show_stopped, containers.sort) = (options.show_stopped, options.sort);
        let mut pane = Pane::default();
        pane.display = options.display;
        Self {
            now,
            size,
            options,
            keymap,
            look,
            engines: Engines::default(),
            containers,
            volumes: Volumes::default(),
            pane,
            actions: Actions::default(),
            toasts: Toasts::default(),
            focus: Focus::default(),
            is_zoomed: false,
            split: 40,
            typing: None,
            dialogs: Vec::new(),
            histories: Histories::default(),
            drafts: Drafts::default(),
            awaited: None,
            title: None,
            watched_at: None,
            mouse: crate::ui::Mouse::default(),
            matcher: Matcher::default(),
            quits: false,
        }
    }

    /// The container the pane is about.
    #[must_use]
    pub fn pane_of(&self) -> Option<&ContainerKey> {
        self.containers.cursor.selected()
    }

    /// The tab that is shown.
    #[must_use]
    pub fn tab(&self) -> Option<Tab> {
        Some(self.pane.tab(self.pane_of()?))
    }

    /// Whether the page of the engines stands in place of everything: none has ever answered.
    #[must_use]
    pub fn shows_engine_page(&self) -> bool {
        !self.engines.has_any()
    }

    /// Whether keys go to a shell.
    #[must_use]
    pub fn is_in_shell(&self) -> bool {
        self.dialogs.is_empty()
            && self.typing.is_none()
            && self.focus == Focus::Pane
            && self
                .pane_of()
                .and_then(|key| self.pane.shown_shell(key))
                .is_some_and(super::ExecTab::is_running)
    }
}
