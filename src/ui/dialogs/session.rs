//! Ending a session, and removing what is kept of one that is over: says which, what of, and who started it.

use std::time::Duration;

use ratatui::text::Line;

use crate::actions::exec::ExecPlan;
use crate::text::{bytes, clean, elapsed};
use crate::ui::model::SessionTab;
use crate::ui::{Model, Request, SessionTabId};

use super::parts::{Ask, Question, asked, container_name, paragraph};
use super::stop::stop;
use super::{Answer, Dialog, Wish};

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    End,
    Forget,
}

#[derive(Debug)]
struct OfSession {
    deed: Deed,
    tab: SessionTabId,
}

/// Asks whether a session is to be ended. One that is what its container is there for ends with its container.
pub fn end_session(model: &Model, id: SessionTabId) -> Option<Box<dyn Dialog>> {
    let tab = model.pane.session(id)?;
    if tab.is_build { stop(model) } else { Some(asked(OfSession { deed: Deed::End, tab: id }, true)) }
}

/// Asks whether what is kept of the session in the pane is to be removed.
pub fn forget_session(model: &Model) -> Option<Box<dyn Dialog>> {
    let Some(crate::ui::model::Tab::Session(tab)) = model.tab() else { return None };
    Some(asked(OfSession { deed: Deed::Forget, tab }, true))
}

impl OfSession {
    /// The session, as long as that can still be done with it.
    fn tab<'a>(&self, model: &'a Model) -> Option<&'a SessionTab> {
        model.pane.session(self.tab).filter(|tab| tab.is_running() == (self.deed == Deed::End))
    }
}

/// From TERM to KILL.
const GRACE: Duration = ExecPlan::GRACE;

impl Question for OfSession {
    fn title(&self, model: &Model) -> String {
        let container = model.pane.session(self.tab).map(|tab| container_name(model, &tab.container));
        let container = container.unwrap_or_default();
        match self.deed {
            Deed::End => format!("End a session in {container}"),
            Deed::Forget => format!("Remove a session of {container}"),
        }
    }

    fn body(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let Some(tab) = model.pane.session(self.tab) else {
            return paragraph("It is gone.", cells, look.dim);
        };
        let session = &tab.session;
        let mut lines = paragraph(&clean(&tab.title), cells, look.strong);
        let since = session.started.map(|started| model.now.time.duration_since(started));
        let since = since.and_then(|since| Duration::try_from(since).ok());
        let since = since.map(|since| format!(", begun {} ago", elapsed(since))).unwrap_or_default();
        let by = if session.by.is_empty() { String::new() } else { format!(" by {}", clean(&session.by)) };
        let words = format!("session {}: {}{since}{by}", session.id, clean(&session.words()));
        lines.extend(paragraph(&words, cells, look.dim));
        lines.push(Line::default());
        let (words, style) = match self.deed {
            Deed::End => {
                let grace = elapsed(GRACE);
                let words = format!(
                    "Sends TERM to it and all it has started, and KILL to what still runs {grace} later. \
                     What it has printed is kept."
                );
                (words, look.plain)
            }
            Deed::Forget => {
                let size = session.output.unwrap_or(0).saturating_add(session.errors.unwrap_or(0));
                let size = if size > 0 { format!(", {}", bytes(size)) } else { String::new() };
                (format!("Removes how it ended and all it has printed{size}."), look.warning)
            }
        };
        lines.extend(paragraph(&words, cells, style));
        lines
    }

    fn ask(&self, model: &Model) -> Ask {
        let can = self.tab(model).is_some();
        let (yes, no) = match self.deed {
            Deed::End => ("end it", "let it run"),
            Deed::Forget => ("remove it", "keep it"),
        };
        Ask { yes: can.then(|| yes.into()), no, typed: None }
    }

    fn yes(&self, model: &Model) -> Answer {
        let Some(tab) = self.tab(model) else { return Answer::close() };
        let (key, session, kept_in) = (tab.container.clone(), tab.session.id.clone(), tab.kept_in.clone());
        let request = match self.deed {
            Deed::End => Request::EndSession { key, session, kept_in, grace: GRACE },
            Deed::Forget => Request::ForgetSession { key, session, kept_in },
        };
        Answer::wish(Wish::Act(request)).and_close()
    }
}
