//! Cleaning up: first a plan of exactly what would go, to choose from; then that and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::actions::cleanup::{CleanupReport, ItemId, Plan, PlanOptions};
use crate::config::Chord;
use crate::ui::{ActionId, ActionNews, Command, EngineId, Model, Problem, Request, Tone, Yield};

use super::parts::{Field, OpenEngines, Rows, inside, inside_of};
use super::{Answer, Dialog, Wish};

mod draw;
#[cfg(test)]
mod tests;
mod tree;

use draw::places;
use tree::{Lock, Node, Tree, leaf};

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The engine is being asked.
    Measuring,
    /// What goes is being chosen.
    Choosing,
    /// What goes has been chosen; one more yes is wanted.
    Confirming,
    /// It is being removed.
    Removing,
    /// It is over.
    Done,
}

#[derive(Debug)]
struct Cleanup {
    engines: OpenEngines,
    engine: EngineId,
    stage: Stage,
    /// The action that is waited for.
    action: Option<ActionId>,
    begun: Duration,
    /// Protected things whose names have been typed.
    named: BTreeSet<String>,
    /// The name that is wanted, and what is typed of it.
    typing: Option<(String, Field)>,
    plan: Option<Arc<Plan>>,
    problem: Option<Problem>,
    tree: Tree,
    rows: Rows,
    /// What was chosen when it began.
    chosen: BTreeSet<ItemId>,
    report: Option<Arc<CleanupReport>>,
    /// Why the last key did nothing.
    said: Option<String>,
}

/// Asks the engine of what is selected what a cleanup would remove, and then which of it.
pub fn cleanup(model: &Model) -> Option<Box<dyn Dialog>> {
    let engines = OpenEngines::of(model)?;
    let engine = engines.first();
    Some(Box::new(Cleanup {
        engines,
        engine,
        stage: Stage::Measuring,
        action: None,
        begun: Duration::ZERO,
        named: BTreeSet::new(),
        typing: None,
        plan: None,
        problem: None,
        tree: Tree::default(),
        rows: Rows::default(),
        chosen: BTreeSet::new(),
        report: None,
        said: None,
    }))
}

impl Cleanup {
    /// Asks for a plan; what was chosen of an earlier one stays chosen.
    fn measure(&mut self, model: &Model) -> Answer {
        let mut wishes = self.give_up();
        self.stage = Stage::Measuring;
        (self.begun, self.problem, self.report) = (model.now.since_start, None, None);
        let options =
            PlanOptions { images: true, include_protected: self.named.clone(), ..PlanOptions::default() };
        wishes.push(Wish::Act(Request::PlanCleanup(self.engine, options)));
        Answer { wishes, closes: false }
    }

    /// After a cleanup: asks anew, with nothing chosen or named of before.
    fn again(&mut self, model: &Model) -> Answer {
        (self.tree, self.rows) = (Tree::default(), Rows::default());
        self.named.clear();
        self.measure(model)
    }

    /// Nobody waits for the plan any more; a cleanup goes on.
    fn give_up(&mut self) -> Vec<Wish> {
        let action = self.action.take();
        let plan = action.filter(|_| self.stage == Stage::Measuring);
        plan.map(|id| Wish::Command(Command::Cancel(id))).into_iter().collect()
    }

    fn close(&mut self) -> Answer {
        let is_removing = self.stage == Stage::Removing && self.action.is_some();
        let mut wishes = self.give_up();
        if is_removing {
            wishes.push(Wish::Tell(Tone::Plain, "the cleanup goes on".into()));
        }
        Answer { wishes, closes: true }
    }

    fn next_engine(&mut self, model: &Model) -> Answer {
        let next = self.engines.after(self.engine);
        if next == self.engine {
            return Answer::stay();
        }
        let wishes = self.give_up();
        self.engine = next;
        (self.plan, self.tree, self.rows) = (None, Tree::default(), Rows::default());
        self.named.clear();
        let mut answer = self.measure(model);
        answer.wishes.splice(0..0, wishes);
        answer
    }

    fn count(&self) -> usize {
        match (&self.plan, self.stage) {
            (Some(_), Stage::Removing | Stage::Done) => self.chosen.len(),
            (Some(plan), _) => self.tree.nodes(plan).len(),
            (None, _) => 0,
        }
    }

    fn node(&self) -> Option<(Arc<Plan>, Node)> {
        let plan = self.plan.clone()?;
        let nodes = self.tree.nodes(&plan);
        let node = nodes.get(self.rows.place(nodes.len()))?.clone();
        Some((plan, node))
    }

    /// Checks or unchecks what is under the cursor.
    fn toggle(&mut self) {
        let Some((plan, node)) = self.node() else { return };
        let id = match node {
            Node::Group(tree::Group::Stays) => {
                let group = tree::Group::Stays;
                return self.tree.fold(group, !self.tree.is_folded(group));
            }
            Node::Group(group) => return self.tree.toggle_all(&plan, Some(group)),
            Node::Item(id) => id,
        };
        let Some(leaf) = leaf(&plan, &id) else { return };
        match leaf.lock {
            Lock::Stays => self.said = Some(format!("It stays: {}", crate::text::clean(&leaf.why))),
            Lock::Protected => self.typing = Some((leaf.item.name.clone(), Field::line("", ""))),
            Lock::Free => {
                if let Some(user) = self.tree.kept_by(&plan, &id) {
                    self.said =
                        Some(format!("It can only go with {}, which uses it", crate::text::clean(&user)));
                } else {
                    self.tree.toggle(&id);
                }
            }
        }
    }

    fn fold(&mut self, is_folded: bool) {
        let Some((plan, node)) = self.node() else { return };
        let group = match node {
            Node::Group(group) => group,
            // From within a group, to its heading.
            Node::Item(_) if is_folded => {
                let nodes = self.tree.nodes(&plan);
                let at = self.rows.place(nodes.len());
                let heading = nodes.iter().take(at).rposition(|node| matches!(node, Node::Group(_)));
                return self.rows.go(heading.unwrap_or(0));
            }
            Node::Item(_) => return,
        };
        self.tree.fold(group, is_folded);
    }

    /// A key while a protected name is being typed.
    fn typed(&mut self, model: &Model, key: KeyEvent, chord: &str) -> Answer {
        let Some((name, field)) = &mut self.typing else { return Answer::stay() };
        match chord {
            "esc" => self.typing = None,
            "enter" if field.text().trim() == name => {
                self.named.insert(name.clone());
                self.typing = None;
                return self.measure(model);
            }
            // Not its name: once more from the beginning.
            "enter" => field.clear(),
            _ => {
                field.key(key);
            }
        }
        Answer::stay()
    }

    fn choosing(&mut self, model: &Model, chord: &str) -> Answer {
        match chord {
            "space" => self.toggle(),
            "a" => {
                if let Some(plan) = self.plan.clone() {
                    self.tree.toggle_all(&plan, None);
                }
            }
            "left" | "h" => self.fold(true),
            "right" | "l" => self.fold(false),
            "enter" => {
                let has_any = self.plan.as_ref().is_some_and(|plan| !self.tree.chosen(plan).is_empty());
                if has_any {
                    self.stage = Stage::Confirming;
                } else {
                    self.said = Some("Nothing is chosen.".into());
                }
            }
            "e" => return self.next_engine(model),
            "r" => return self.measure(model),
            "esc" | "q" => return self.close(),
            _ => {}
        }
        Answer::stay()
    }

    fn confirming(&mut self, model: &Model, key: KeyEvent, chord: &str) -> Answer {
        match chord {
            "y" if key.kind != KeyEventKind::Repeat => {
                let Some(plan) = self.plan.clone() else { return Answer::stay() };
                self.chosen = self.tree.chosen(&plan);
                self.begun = model.now.since_start;
                let chosen = self.chosen.clone();
                Answer::wish(Wish::Act(Request::Cleanup { engine: self.engine, plan, chosen }))
            }
            "y" => Answer::stay(),
            _ => {
                self.stage = Stage::Choosing;
                Answer::stay()
            }
        }
    }
}

impl Dialog for Cleanup {
    fn title(&self, model: &Model) -> String {
        format!("Clean up {}", model.engines.name(self.engine))
    }

    fn opened(&mut self, model: &Model) -> Answer {
        self.measure(model)
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let chord = chord.to_string();
        self.said = None;
        if self.typing.is_some() {
            return self.typed(model, key, &chord);
        }
        let [_, list, ..] = places(inside_of(self, model));
        let count = self.count();
        if self.stage == Stage::Confirming {
            return self.confirming(model, key, &chord);
        }
        if self.stage != Stage::Measuring && self.rows.key(&chord, count, usize::from(list.height), true) {
            return Answer::stay();
        }
        match (self.stage, chord.as_str()) {
            (Stage::Choosing, chord) => self.choosing(model, chord),
            (Stage::Measuring, "e") => self.next_engine(model),
            (Stage::Measuring, "r") if self.action.is_none() => self.measure(model),
            (Stage::Done, "r") => self.again(model),
            (_, "esc" | "q") | (Stage::Done, "enter") => self.close(),
            _ => Answer::stay(),
        }
    }

    fn paste(&mut self, _model: &Model, text: &str) -> Answer {
        if let Some((_, field)) = &mut self.typing {
            field.paste(text);
        }
        Answer::stay()
    }

    fn mouse(&mut self, _model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let [_, list, ..] = places(inside(area));
        let count = self.count();
        match mouse.kind {
            MouseEventKind::ScrollDown => self.rows.by(1, count),
            MouseEventKind::ScrollUp => self.rows.by(-1, count),
            MouseEventKind::Down(MouseButton::Left) if self.typing.is_none() => {
                let line = mouse.row.checked_sub(list.y);
                let row = line.and_then(|line| self.rows.at(line, count, usize::from(list.height)));
                if let Some(row) = row {
                    // A click where the cursor is already checks or unchecks.
                    let was_there = self.rows.place(count) == row;
                    self.rows.go(row);
                    if was_there && self.stage == Stage::Choosing {
                        self.toggle();
                    }
                }
            }
            _ => {}
        }
        Answer::stay()
    }

    fn began(&mut self, id: ActionId, request: &Request) {
        self.action = Some(id);
        // Where it could not begin the question stays.
        if matches!(request, Request::Cleanup { .. }) {
            (self.stage, self.rows) = (Stage::Removing, Rows::default());
        }
    }

    fn hear(&mut self, _model: &Model, id: ActionId, news: &ActionNews) -> Answer {
        let ActionNews::Ended(ended) = news else { return Answer::stay() };
        if self.action != Some(id) {
            return Answer::stay();
        }
        self.action = None;
        let problem = || {
            let words = format!("{}: it brought nothing", ended.ending.word());
            ended.problem.clone().unwrap_or_else(|| Problem::new(words))
        };
        match (self.stage, &ended.yielded) {
            (Stage::Measuring, Yield::Plan(plan)) => {
                self.stage = Stage::Choosing;
                if !plan.unknown_names().is_empty() {
                    self.said = Some(format!("{} is gone", plan.unknown_names().join(", ")));
                }
                self.plan = Some(plan.clone());
            }
            (Stage::Measuring, _) => self.problem = Some(problem()),
            (_, Yield::Cleanup(report)) => {
                (self.stage, self.report) = (Stage::Done, Some(report.clone()));
            }
            (_, _) => (self.stage, self.problem) = (Stage::Done, Some(problem())),
        }
        Answer::stay()
    }

    fn size(&self, _model: &Model, screen: Rect) -> (u16, u16) {
        (110, screen.height.saturating_sub(2).min(36))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        self.draw_all(model, frame, area);
    }

    fn keys(&self, _model: &Model) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        let several = (self.engines.after(self.engine) != self.engine).then(|| key("e", "engine"));
        let close = key("esc", "close");
        if self.typing.is_some() {
            return vec![key("enter", "let it go"), key("esc", "keep it")];
        }
        let mut keys = match self.stage {
            Stage::Measuring if self.action.is_none() => vec![key("r", "again")],
            Stage::Measuring => Vec::new(),
            Stage::Choosing => {
                vec![
                    key("space", "choose"),
                    key("a", "all or none"),
                    key("enter", "remove"),
                    key("left/right", "fold"),
                ]
            }
            Stage::Confirming => return vec![key("y", "remove"), key("esc", "back")],
            Stage::Removing => return vec![key("esc", "close: it goes on")],
            Stage::Done => vec![key("r", "look again")],
        };
        keys.extend(several.filter(|_| matches!(self.stage, Stage::Measuring | Stage::Choosing)));
        if self.stage == Stage::Choosing {
            keys.push(key("r", "look again"));
        }
        keys.push(close);
        keys
    }
}
