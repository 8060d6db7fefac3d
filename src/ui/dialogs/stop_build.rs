//! Stopping the build in a container: how far its tasks may come, or the whole container instead.

use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::builds::{BuildId, StopPlan, StopStep, WatchedBuild};
use crate::config::Chord;
use crate::text::{clean, count, elapsed, fit};
use crate::ui::keymap::Do;
use crate::ui::{ActionId, Command, ContainerKey, Model, Request};

use super::parts::{
    Rows, container_line, container_name, inside, inside_of, padded, paragraph, rows, wrapped,
};
use super::{Answer, Dialog, Wish};

/// How wide it would like to be.
const WIDTH: u16 = 76;
/// How many lines what a choice does takes at most, at that width.
const EXPLAINED: u16 = 4;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// It is being stopped already: the next step.
    Skip(ActionId),
    /// Stop the build, beginning with this step.
    Build(StopStep),
    /// Stop the container.
    Container,
}

#[derive(Debug)]
struct StopBuild {
    key: ContainerKey,
    /// Those that went on when it was asked, the newest first.
    builds: Vec<BuildId>,
    /// Which of them is meant.
    at: usize,
    and_container: bool,
    rows: Rows,
}

/// Asks how the build in the container is to be stopped, or whether the container is. `None` where no build goes on.
pub(super) fn stop_build(model: &Model, key: &ContainerKey) -> Option<Box<dyn Dialog>> {
    let row = model.containers.get(key)?;
    let running = row.builds.all().iter().filter(|build| build.ended.is_none());
    let builds: Vec<BuildId> = running.map(|build| build.id().clone()).collect();
    if builds.is_empty() {
        return None;
    }
    let shown = model.pane.builds(key).and_then(|page| page.shown.as_ref());
    let at = builds.iter().position(|id| Some(id) == shown).unwrap_or(0);
    let (key, rows) = (key.clone(), Rows::default());
    Some(Box::new(StopBuild { key, builds, at, and_container: false, rows }))
}

impl StopBuild {
    /// The build that is meant, while it goes on.
    fn build<'a>(&self, model: &'a Model) -> Option<&'a WatchedBuild> {
        let build = model.containers.get(&self.key)?.builds.get(self.builds.get(self.at)?)?;
        build.ended.is_none().then_some(&**build)
    }

    /// The stop of it that is under way.
    fn under_way(&self, model: &Model) -> Option<ActionId> {
        let id = self.builds.get(self.at)?;
        let is_it = |request: &Request| matches!(request, Request::StopBuild { key, build, .. } if *key == self.key && build == id);
        model.actions.running().find(|running| is_it(&running.request)).map(|running| running.id)
    }

    fn interrupts(&self, model: &Model) -> u8 {
        let row = model.containers.get(&self.key);
        row.zip(self.builds.get(self.at)).map_or(0, |(row, id)| row.builds.interrupts(id))
    }

    /// What can be done as things are now.
    fn choices(&self, model: &Model) -> Vec<Choice> {
        let is_alive = model.containers.get(&self.key).is_some_and(|row| row.container.state.is_alive());
        let of_build = match (self.build(model), self.under_way(model)) {
            (None, _) => Vec::new(),
            (Some(_), Some(id)) => vec![Choice::Skip(id)],
            (Some(_), None) => {
                [StopStep::FinishTasks, StopStep::StopTasks, StopStep::KillTasks].map(Choice::Build).into()
            }
        };
        of_build.into_iter().chain(is_alive.then_some(Choice::Container)).collect()
    }

    fn chosen(&self, model: &Model) -> Option<Choice> {
        let choices = self.choices(model);
        choices.get(self.rows.place(choices.len())).copied()
    }

    fn words(&self, model: &Model, choice: Choice) -> &'static str {
        match choice {
            Choice::Skip(_) => "go on to the next step at once",
            Choice::Build(StopStep::FinishTasks) if self.interrupts(model) > 0 => {
                "wait until running tasks have finished, then stop"
            }
            Choice::Build(StopStep::FinishTasks) => "finish running tasks, then stop",
            Choice::Build(StopStep::KillTasks) => "kill",
            Choice::Build(_) => "stop tasks now",
            Choice::Container => "stop the container",
        }
    }

    fn explained(model: &Model, choice: Choice) -> String {
        let skip = model.keymap.key(Do::NextStep, &crate::ui::contexts(model));
        let skip = skip.map_or_else(String::new, |key| format!(" {key} goes on to the next step at once."));
        match choice {
            Choice::Skip(id) => {
                let note = model.actions.get(id).and_then(|running| running.note.clone());
                note.map_or_else(|| "It is being stopped.".into(), |note| format!("It is being stopped: {note}."))
            }
            Choice::Build(StopStep::FinishTasks) => format!(
                "Interrupts BitBake: no new task begins, and those that run may finish for {}. Then they are \
                 stopped, and what is still there after 20 s more is killed.{skip}",
                elapsed(model.options.finish)
            ),
            Choice::Build(StopStep::KillTasks) => {
                "KILL to every process of the build: nothing is tidied up, and the next build does again what was \
                 half done. The lock file that stays does not keep it from building."
                    .into()
            }
            Choice::Build(_) => format!(
                "Interrupts BitBake twice: running tasks are stopped, and done again by the next build. What is \
                 still there after 20 s is killed.{skip}"
            ),
            Choice::Container => {
                let grace = elapsed(model.options.stop.grace);
                let signal = match &model.options.stop.signal {
                    Some(signal) => signal.to_string(),
                    None => "the signal its image names (TERM unless it names one)".to_owned(),
                };
                format!("Sends {signal}, and KILL {grace} later. Builds in it end without tidying up.")
            }
        }
    }

    fn act(&self, model: &Model) -> Answer {
        let Some(choice) = self.chosen(model) else { return Answer::close() };
        let stop = model.options.stop.clone();
        let wish = match choice {
            Choice::Skip(id) => Wish::Command(Command::Skip(id)),
            Choice::Container => Wish::Act(Request::Stop(self.key.clone(), stop)),
            Choice::Build(from) => {
                let Some(build) = self.builds.get(self.at).cloned() else { return Answer::close() };
                let plan = StopPlan {
                    finish: model.options.finish,
                    container: self.and_container.then_some(stop),
                    interrupts: self.interrupts(model),
                    ..StopPlan::beginning(from)
                };
                Wish::Act(Request::StopBuild { key: self.key.clone(), build, plan })
            }
        };
        Answer { wishes: vec![wish, Wish::Unmark], closes: true }
    }

    /// What stands above the choices.
    fn above(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let mut lines = vec![container_line(model, &self.key, cells, None)];
        let Some(build) = self.build(model) else {
            lines.push(Line::styled("  its build has ended", look.dim));
            lines.push(Line::default());
            return lines;
        };
        let asked = build.seen.words.iter().filter(|word| !word.starts_with('-'));
        let asked = asked.map(String::as_str).collect::<Vec<_>>().join(" ");
        let tasks = match build.seen.tasks.len().max(build.build.running().len()) {
            0 => String::new(),
            tasks => format!(", {} running", count(tasks, "task")),
        };
        let of = match self.builds.len() {
            1 => String::new(),
            many => format!("  ({} of {many})", self.at + 1),
        };
        let since = elapsed(build.elapsed(model.now.time));
        let words = format!("  {asked} in {}, for {since}{tasks}{of}", build.id().directory);
        lines.push(Line::styled(fit::without_middle(&clean(&words), cells), look.plain));
        lines.push(Line::default());
        lines
    }

    /// What stands below them.
    fn below(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let Some(choice) = self.chosen(model) else { return Vec::new() };
        let mut lines = vec![Line::default()];
        let style = match choice {
            Choice::Build(StopStep::KillTasks) | Choice::Container => look.warning,
            _ => look.plain,
        };
        lines.extend(paragraph(&Self::explained(model, choice), cells, style));
        let explained = usize::from(EXPLAINED) + 1;
        lines.resize_with(lines.len().max(explained), Line::default);
        if matches!(choice, Choice::Build(_)) {
            let tick = if self.and_container { "[x]" } else { "[ ]" };
            let words =
                if self.and_container { "then stop the container, too" } else { "the container stays" };
            lines.push(Line::from(vec![
                Span::styled(format!("{tick} c "), look.accent),
                Span::styled(words.to_owned(), look.plain),
            ]));
        } else {
            lines.push(Line::default());
        }
        let words = "Closing this, or leaving the console, never stops a build.";
        lines.extend(wrapped(words, cells).into_iter().map(|line| Line::styled(line, look.dim)));
        lines
    }

    /// The places of what is above, of the choices, and of what is below.
    fn places(&self, model: &Model, area: Rect) -> [Rect; 3] {
        let area = padded(area);
        let cells = usize::from(area.width);
        let list = rows(self.choices(model).len()).min(area.height);
        let above = rows(self.above(model, cells).len()).min(area.height - list);
        let y = area.y + above;
        [
            Rect { height: above, ..area },
            Rect { y, height: list, ..area },
            Rect { y: y + list, height: area.height - above - list, ..area },
        ]
    }
}

impl Dialog for StopBuild {
    fn title(&self, model: &Model) -> String {
        format!("Stop the build in {}", container_name(model, &self.key))
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let chord = chord.to_string();
        let height = usize::from(self.places(model, inside_of(self, model))[1].height);
        match chord.as_str() {
            "esc" | "q" | "n" => return Answer::close(),
            "enter" if key.kind == KeyEventKind::Repeat => {}
            "enter" => return self.act(model),
            "c" => self.and_container ^= true,
            "tab" | "shift-tab" => {
                let by = if chord == "tab" { 1 } else { self.builds.len() - 1 };
                self.at = (self.at + by) % self.builds.len().max(1);
            }
            chord => {
                self.rows.key(chord, self.choices(model).len(), height, true);
            }
        }
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let place = self.places(model, inside(area))[1];
        let choices = self.choices(model).len();
        match mouse.kind {
            MouseEventKind::ScrollDown => self.rows.by(1, choices),
            MouseEventKind::ScrollUp => self.rows.by(-1, choices),
            MouseEventKind::Down(MouseButton::Left) => {
                let line = mouse.row.checked_sub(place.y);
                let row = line.and_then(|line| self.rows.at(line, choices, usize::from(place.height)));
                if let Some(row) = row {
                    self.rows.go(row);
                }
            }
            _ => {}
        }
        Answer::stay()
    }

    fn size(&self, model: &Model, screen: Rect) -> (u16, u16) {
        let cells = super::parts::text_width(WIDTH, screen);
        let lines =
            self.above(model, cells).len() + self.choices(model).len() + self.below(model, cells).len();
        (WIDTH, rows(lines).saturating_add(2))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let look = &model.look;
        let [above, list, below] = self.places(model, area);
        let cells = usize::from(above.width);
        frame.render_widget(Paragraph::new(self.above(model, cells)), above);
        let choices = self.choices(model);
        self.rows.draw(look, frame, list, choices.len(), |at| {
            let Some(choice) = choices.get(at) else { return Line::default() };
            Line::styled(format!(" {}", self.words(model, *choice)), look.strong)
        });
        frame.render_widget(Paragraph::new(self.below(model, cells)), below);
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        let Some(choice) = self.chosen(model) else { return vec![key("esc", "close")] };
        let mut keys = vec![key("enter", "do it"), key("up/down", "choose")];
        if matches!(choice, Choice::Build(_)) {
            keys.push(key("c", "container, too"));
        }
        if self.builds.len() > 1 {
            keys.push(key("tab", "other build"));
        }
        keys.push(key("esc", "let it run"));
        keys
    }
}

#[cfg(test)]
mod tests;
