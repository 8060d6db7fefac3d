//! What dialogs are made of, so that the same thing looks and answers the same in each of them.

mod confirm;
mod engines;
mod field;
mod filled;
mod form;
mod question;
mod rows;
mod scroll;
mod targets;
mod words;

pub(crate) use confirm::{Ask, Confirm, Said};
pub(crate) use engines::{ENGINE, OpenEngines};
pub(crate) use field::Field;
pub(crate) use filled::{Errors, Filled, filled};
pub(crate) use form::{Entry, Form, FormAnswer};
pub(crate) use question::{Question, asked};
pub(crate) use rows::Rows;
pub(crate) use scroll::Scroll;
pub(crate) use targets::{container_line, container_name, running_execs, stop_under_way, users_of};
pub(crate) use words::{fact, paragraph, section, wrapped};

use ratatui::layout::Rect;

use crate::ui::Model;

use super::Dialog;

/// The inside of a dialog's frame.
pub(crate) fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

/// Where a dialog is drawn now, its frame left out.
pub(crate) fn inside_of(dialog: &dyn Dialog, model: &Model) -> Rect {
    let screen = Rect::new(0, 0, model.size.0, model.size.1);
    inside(crate::ui::view::dialog_area(dialog, model, screen))
}

/// Without a column of blanks at either side.
pub(crate) fn padded(area: Rect) -> Rect {
    Rect { x: area.x.saturating_add(u16::from(area.width > 2)), width: area.width.saturating_sub(2), ..area }
}

/// How many cells the text of a dialog has that would like to be so wide, frame and blanks left out.
pub(crate) fn text_width(wanted: u16, screen: Rect) -> usize {
    usize::from(wanted.min(screen.width.saturating_sub(2)).saturating_sub(4))
}

/// A number of lines as the height of something on the screen.
pub(crate) fn rows(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
