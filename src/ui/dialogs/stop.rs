//! Stopping and restarting: says what, with which signal and grace; where a stop is under way, offers to kill.

use ratatui::text::Line;

use crate::engine::{Signal, StopOptions};
use crate::sessions::Build;
use crate::text::{count, elapsed};
use crate::ui::{ContainerKey, Model, Request};

use super::parts::{
    Ask, Question, asked, container_line, container_name, paragraph, running_execs, stop_under_way,
};
use super::stop_build::stop_build;
use super::{Answer, Dialog, Wish};

/// What is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Stop,
    Restart,
    /// A stop is under way already.
    Kill,
}

impl Deed {
    fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Kill => "kill",
        }
    }

    fn capital(self) -> &'static str {
        match self {
            Self::Stop => "Stop",
            Self::Restart => "Restart",
            Self::Kill => "Kill",
        }
    }
}

#[derive(Debug)]
struct Stopping {
    deed: Deed,
    targets: Vec<ContainerKey>,
    options: StopOptions,
}

/// Asks whether the marked or selected containers that run are to be stopped; to be killed, where they are being
/// stopped. Of one in which a build runs, how that is to be stopped.
pub fn stop(model: &Model) -> Option<Box<dyn Dialog>> {
    let targets = model.containers.targets();
    if let [one] = targets.as_slice()
        && one.container.state.is_alive()
        && stop_under_way(model, &one.key).is_none()
        && let Some(asks) = stop_build(model, &one.key)
    {
        return Some(asks);
    }
    open(model, Deed::Stop)
}

/// Asks whether they are to be restarted.
pub fn restart(model: &Model) -> Option<Box<dyn Dialog>> {
    open(model, Deed::Restart)
}

fn open(model: &Model, deed: Deed) -> Option<Box<dyn Dialog>> {
    let targets = model.containers.targets();
    let mut keys: Vec<ContainerKey> =
        targets.iter().filter(|row| row.container.state.is_alive()).map(|row| row.key.clone()).collect();
    if keys.is_empty() {
        return None;
    }
    let mut deed = deed;
    if keys.iter().all(|key| stop_under_way(model, key).is_some()) {
        deed = Deed::Kill;
    } else {
        keys.retain(|key| stop_under_way(model, key).is_none());
    }
    let mut options = model.options.stop.clone();
    if targets.iter().any(|row| keys.contains(&row.key) && Build::of(&row.container).is_some()) {
        // Its keeper needs that to end BitBake's tasks and to write down how it ended.
        options.grace = options.grace.max(Build::STOP_GRACE);
    }
    Some(asked(Stopping { deed, targets: keys, options }, true))
}

impl Stopping {
    /// Those of them that still run.
    fn alive<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a ContainerKey> {
        self.targets
            .iter()
            .filter(|key| model.containers.get(key).is_some_and(|row| row.container.state.is_alive()))
    }

    fn how(&self) -> String {
        let grace = elapsed(self.options.grace);
        let signal = match &self.options.signal {
            Some(signal) => signal.to_string(),
            None => "the signal its image names (TERM unless it names one)".to_owned(),
        };
        match self.deed {
            Deed::Kill => "A stop is under way. KILL ends them at once: nothing is tidied up.".to_owned(),
            Deed::Stop => format!("Sends {signal}, and KILL to what still runs {grace} later."),
            Deed::Restart => {
                format!("Sends {signal}, and KILL to what still runs {grace} later; then starts them again.")
            }
        }
    }
}

impl Question for Stopping {
    fn title(&self, model: &Model) -> String {
        match self.targets.as_slice() {
            [one] => format!("{} {}", self.deed.capital(), container_name(model, one)),
            more => format!("{} {}", self.deed.capital(), count(more.len(), "container")),
        }
    }

    fn body(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let mut lines = Vec::new();
        for key in &self.targets {
            let is_alive = self.alive(model).any(|alive| alive == key);
            let note = match (is_alive, stop_under_way(model, key)) {
                (false, _) => Some("does not run any more: left alone".to_owned()),
                (true, Some(left)) if self.deed == Deed::Kill => Some(if left.is_zero() {
                    "its grace is over".to_owned()
                } else {
                    format!("KILL comes by itself in {}", elapsed(left))
                }),
                (true, _) => None,
            };
            lines.push(container_line(model, key, cells, note.as_deref()));
        }
        let others = model.containers.targets().len().saturating_sub(self.targets.len());
        if others > 0 {
            let words = format!("{others} more marked: not running, or being stopped already.");
            lines.extend(paragraph(&words, cells, look.dim));
        }
        lines.push(Line::default());
        lines.extend(paragraph(&self.how(), cells, look.plain));
        let alive = self.alive(model).filter_map(|key| model.containers.get(key));
        match alive.map(|row| row.builds.running()).sum::<usize>() {
            0 => {}
            1 => lines.extend(paragraph("1 build in them ends without tidying up.", cells, look.warning)),
            builds => {
                let words = format!("{builds} builds in them end without tidying up.");
                lines.extend(paragraph(&words, cells, look.warning));
            }
        }
        let execs: usize = self.targets.iter().map(|key| running_execs(model, key)).sum();
        if execs > 0 {
            let words = format!("{} of this console ends with it.", count(execs, "command"));
            let words = if execs == 1 { words } else { words.replace("ends", "end") };
            lines.extend(paragraph(&words, cells, look.warning));
        }
        lines
    }

    fn ask(&self, model: &Model) -> Ask {
        let alive = self.alive(model).count();
        let them = if alive == 1 { "it".to_owned() } else { format!("all {alive}") };
        Ask {
            yes: (alive > 0).then(|| format!("{} {them}", self.deed.word())),
            no: if self.deed == Deed::Kill { "go on waiting" } else { "let it run" },
            typed: None,
        }
    }

    fn yes(&self, model: &Model) -> Answer {
        let request = |key: &ContainerKey| match self.deed {
            Deed::Stop => Request::Stop(key.clone(), self.options.clone()),
            Deed::Restart => Request::Restart(key.clone(), self.options.clone()),
            Deed::Kill => Request::Kill(key.clone(), Signal::kill()),
        };
        let mut wishes: Vec<Wish> = self.alive(model).map(|key| Wish::Act(request(key))).collect();
        wishes.push(Wish::Unmark);
        Answer { wishes, closes: true }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::labels;
    use crate::ui::test_support::{DOCKER, Stage, containers};
    use crate::ui::{EngineNews, Message};

    #[test]
    fn yes_stops_what_was_shown_and_no_nothing() {
        let mut stage = Stage::new(80, 24);
        stage.keys("s n s esc s q");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0));
        stage.keys("s y");
        let begun = stage.requests();
        assert_eq!(begun.len(), 1);
        assert!(begun[0].starts_with("Stop(") && begun[0].contains("id-yocto-a"), "{begun:?}");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn a_build_has_its_minute_to_end() {
        let mut stage = Stage::new(80, 24);
        let mut all = containers();
        let labels = [(labels::ROLE, labels::BUILD), (labels::SESSION, "d-1"), (labels::SESSIONS_IN, "/b/s")];
        all[0].labels.extend(labels.map(|(name, value)| (name.to_owned(), value.to_owned())));
        stage.tell(Message::Engine(DOCKER, EngineNews::Containers(all)));
        stage.keys("s y");
        let begun = stage.requests();
        assert!(begun[0].contains("grace: 75s"), "{begun:?}");
    }

    #[test]
    fn all_marked_that_run_are_stopped_and_unmarked() {
        let mut stage = Stage::new(80, 24);
        stage.keys("A s");
        insta::assert_snapshot!("stop_marked_80x24", stage.draw());
        stage.keys("enter");
        let begun = stage.requests();
        assert_eq!(begun.len(), 3, "{begun:?}");
        assert_eq!(stage.model.containers.marked(), 0);
    }

    #[test]
    fn while_it_stops_the_same_key_offers_to_kill() {
        let mut stage = Stage::new(120, 40);
        stage.keys("s y");
        stage.acts();
        stage.wait(4);
        stage.keys("s");
        insta::assert_snapshot!("stop_again_120x40", stage.draw());
        stage.keys("y");
        let begun = stage.requests();
        assert!(begun[0].starts_with("Kill(") && begun[0].contains("KILL"), "{begun:?}");
    }

    #[test]
    fn what_has_ended_meanwhile_is_left_alone() {
        let mut stage = Stage::new(80, 24);
        stage.keys("s");
        let mut listed = crate::ui::test_support::containers();
        listed[0].state = crate::engine::ContainerState::Exited;
        let news = crate::ui::EngineNews::Containers(listed);
        stage.tell(crate::ui::Message::Engine(crate::ui::test_support::DOCKER, news));
        assert!(stage.draw().contains("does not run any more"), "{}", stage.draw());
        stage.keys("y enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0));
    }

    #[test]
    fn restart_says_that_it_starts_again() {
        let mut stage = Stage::new(80, 24);
        stage.keys("r");
        insta::assert_snapshot!("restart_80x24", stage.draw());
        stage.clicks("y restart it");
        assert!(stage.requests()[0].starts_with("Restart("));
        stage.on("yocto-b").keys("r").clicks("n let it run");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0));
    }

    #[test]
    fn a_key_that_is_held_down_confirms_nothing() {
        let mut stage = Stage::new(80, 24);
        stage.keys("s");
        let mut held = crate::ui::test_support::pressed("enter");
        held.kind = crossterm::event::KeyEventKind::Repeat;
        stage.tell(crate::ui::Message::Key(held));
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
    }

    #[test]
    fn it_draws_at_any_size() {
        let mut stage = Stage::new(80, 24);
        stage.keys("A s").draws_at_any_size();
    }
}
