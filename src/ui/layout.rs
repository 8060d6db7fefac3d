//! Where what is drawn: the same answer for drawing, for the mouse, and for how far a page goes.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use super::model::{Engine, Focus, Link, Model, Tab};

/// Under this width one side is shown at a time.
pub const WIDE: u16 = 100;
/// The least that anything useful fits into.
pub const LEAST: (u16, u16) = (60, 15);
/// The most lines the strip of actions takes.
pub const STRIP: u16 = 3;

/// The parts of the screen; one that is not shown is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// The line on top.
    pub header: Rect,
    /// The line under it, where an engine needs a look.
    pub notice: Rect,
    /// The list of containers, frame included.
    pub containers: Rect,
    /// The list of volumes, frame included.
    pub volumes: Rect,
    /// The pane, frame included.
    pub pane: Rect,
    /// The actions.
    pub strip: Rect,
    /// The keys that are valid.
    pub footer: Rect,
    /// Lines at the top of the inside of the pane that say what is below: of the log of a task, why it failed.
    pub headline: u16,
    /// Whether the terminal is too small for any of it.
    pub is_too_small: bool,
}

/// The engines that need a look: lost, silent, or with lists that could not be had.
pub fn troubled(model: &Model) -> impl Iterator<Item = &Engine> {
    model.engines.known().filter(|engine| !matches!(engine.link, Link::Open) || engine.list_problem.is_some())
}

impl Layout {
    /// The layout of a model at its size.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let (width, height) = model.size;
        let screen = Rect::new(0, 0, width, height);
        if width < LEAST.0 || height < LEAST.1 {
            return Self { is_too_small: true, ..Self::default() };
        }
        let actions = model.actions.running().filter(|one| !one.has_tab()).count()
            + model.actions.lingering(model.now.since_start).count();
        let strip = u16::try_from(actions).unwrap_or(STRIP).min(STRIP);
        let notice = u16::from(troubled(model).next().is_some());
        let [header, notice, body, strip, footer] = Split::vertical([
            Constraint::Length(1),
            Constraint::Length(notice),
            Constraint::Min(1),
            Constraint::Length(strip),
            Constraint::Length(1),
        ])
        .areas(screen);
        let mut layout = Self { header, notice, strip, footer, ..Self::default() };
        layout.headline = u16::from(model.tab() == Some(Tab::TaskLog));
        let pane_only = model.is_zoomed || (width < WIDE && model.focus == Focus::Pane);
        if pane_only {
            layout.pane = body;
            return layout;
        }
        let lists = if width < WIDE {
            body
        } else {
            let [lists, pane] =
                Split::horizontal([Constraint::Percentage(model.split.clamp(20, 80)), Constraint::Min(30)])
                    .areas(body);
            layout.pane = pane;
            lists
        };
        let wanted = u16::try_from(model.volumes.shown().len().max(1)).unwrap_or(u16::MAX).saturating_add(2);
        let most = if model.focus == Focus::Volumes { body.height * 3 / 5 } else { body.height / 3 };
        let [containers, volumes] =
            Split::vertical([Constraint::Min(4), Constraint::Length(wanted.min(most).max(3))]).areas(lists);
        Self { containers, volumes, ..layout }
    }

    /// How many rows the list of containers shows: one line is its heading.
    #[must_use]
    pub fn container_rows(&self) -> usize {
        usize::from(self.containers.height.saturating_sub(3))
    }

    /// How many rows the list of volumes shows.
    #[must_use]
    pub fn volume_rows(&self) -> usize {
        usize::from(self.volumes.height.saturating_sub(2))
    }

    /// The inside of the pane: what a tab is drawn in, below its headline.
    #[must_use]
    pub fn inside_pane(&self) -> Rect {
        let inside = self.framed();
        let above = self.headline().height;
        Rect { y: inside.y.saturating_add(above), height: inside.height - above, ..inside }
    }

    /// The headline of the pane; empty where there is none, or no room for anything else.
    #[must_use]
    pub fn headline(&self) -> Rect {
        let inside = self.framed();
        Rect { height: if inside.height > self.headline { self.headline } else { 0 }, ..inside }
    }

    /// The part of the inside of the pane that tells of a build in few lines, and the one that lists what belongs to it.
    /// Of several builds, a line more says which.
    #[must_use]
    pub fn build_page(&self, builds: usize) -> (Rect, Rect) {
        let inside = self.inside_pane();
        let lines = match inside.height {
            0..4 => inside.height.min(1),
            4..9 => 2,
            _ => 4 + u16::from(builds > 1),
        };
        let list = Rect { y: inside.y.saturating_add(lines), height: inside.height - lines, ..inside };
        (Rect { height: lines, ..inside }, list)
    }

    fn framed(&self) -> Rect {
        let Rect { x, y, width, height } = self.pane;
        Rect::new(
            x.saturating_add(u16::from(width > 0)),
            y.saturating_add(u16::from(height > 0)),
            width.saturating_sub(2),
            height.saturating_sub(2),
        )
    }
}
