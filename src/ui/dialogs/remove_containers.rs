//! Removing containers: what goes and what is lost with it, confirmed as the loss deserves.

use ratatui::text::Line;

use crate::actions::cleanup::Rules;
use crate::engine::RemoveOptions;
use crate::text::{age, bytes, clean, count, fit};
use crate::ui::model::{Row, is_anonymous};
use crate::ui::{ContainerKey, Model, Request, VolumeKey};

use super::parts::{Ask, Question, asked, container_line, container_name, paragraph, running_execs};
use super::{Answer, Dialog, Wish};

#[derive(Debug)]
struct RemoveContainers {
    targets: Vec<ContainerKey>,
    /// Whether volumes the engine named go with them.
    takes_volumes: bool,
}

/// Asks whether the marked or selected containers are to be removed.
pub fn remove_containers(model: &Model) -> Option<Box<dyn Dialog>> {
    let targets: Vec<ContainerKey> =
        model.containers.targets().into_iter().map(|row| row.key.clone()).collect();
    let dialog = RemoveContainers { targets, takes_volumes: false };
    (!dialog.targets.is_empty()).then(|| asked(dialog, false))
}

/// Why a container wants more than a yes.
fn why_typed(row: &Row) -> Option<&'static str> {
    if row.container.state.is_alive() {
        Some("still runs: it is killed first")
    } else if Rules::protected_container(&row.container).is_some() {
        Some("protected by its label")
    } else if row.managed.is_none() {
        Some("not managed: made by somebody else")
    } else {
        None
    }
}

impl RemoveContainers {
    fn there<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a Row> {
        self.targets.iter().filter_map(|key| model.containers.get(key))
    }

    /// The volumes the engine named that are mounted into them: nobody finds these again.
    fn unnamed(&self, model: &Model) -> Vec<VolumeKey> {
        let of = |row: &Row| -> Vec<VolumeKey> {
            let names = row.container.mounts.iter().filter_map(|mount| mount.volume.clone());
            let unnamed = names.filter(|name| is_anonymous(name));
            unnamed.map(|name| VolumeKey { engine: row.key.engine, name }).collect()
        };
        let mut found: Vec<VolumeKey> = self.there(model).flat_map(of).collect();
        found.sort();
        found.dedup();
        found
    }

    fn volume_lines(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let unnamed = self.unnamed(model);
        if unnamed.is_empty() {
            return paragraph("Volumes stay.", cells, look.dim);
        }
        let number = count(unnamed.len(), "volume");
        if !self.takes_volumes {
            let words = format!("{number} without a name of its own stays; ctrl-v takes it, too.");
            let words = if unnamed.len() == 1 {
                words
            } else {
                format!("{number} without names of their own stay; ctrl-v takes them, too.")
            };
            return paragraph(&words, cells, look.plain);
        }
        let mut lines = paragraph(&format!("With {number} and all in it:"), cells, look.warning);
        for key in unnamed {
            let size = model.volumes.get(&key).and_then(|row| row.size);
            let size = size.map_or_else(|| "size not known".into(), bytes);
            lines
                .push(Line::styled(format!("  {}  {size}", fit::beginning(&clean(&key.name), 12)), look.bad));
        }
        lines
    }
}

impl Question for RemoveContainers {
    fn title(&self, model: &Model) -> String {
        match self.targets.as_slice() {
            [one] => format!("Remove {}", container_name(model, one)),
            more => format!("Remove {}", count(more.len(), "container")),
        }
    }

    fn body(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let mut lines = Vec::new();
        for key in &self.targets {
            lines.push(container_line(model, key, cells, None));
            let Some(row) = model.containers.get(key) else { continue };
            let made = age(row.container.created, model.now.time);
            let made = if made.is_empty() { String::new() } else { format!(", made {made}") };
            let size = model.engines.container_size(key.engine, &key.id);
            let size = size.map_or_else(String::new, |size| format!(", {} of its own", bytes(size)));
            let image = format!("{}{made}{size}", clean(&row.container.image));
            lines.push(Line::styled(
                format!("  {}", fit::without_end(&image, cells.saturating_sub(2))),
                look.dim,
            ));
            let execs = running_execs(model, key);
            let ends = (execs > 0).then(|| format!("{} of this console in it", count(execs, "command")));
            for why in why_typed(row).map(str::to_owned).into_iter().chain(ends) {
                lines.push(Line::styled(
                    format!("  {}", fit::without_end(&why, cells.saturating_sub(2))),
                    look.warning,
                ));
            }
        }
        lines.push(Line::default());
        let words = if self.targets.len() == 1 {
            "Its log and what was written into it, outside of volumes, is lost."
        } else {
            "Their logs and what was written into them, outside of volumes, are lost."
        };
        lines.extend(paragraph(words, cells, look.plain));
        lines.extend(self.volume_lines(model, cells));
        lines
    }

    fn ask(&self, model: &Model) -> Ask {
        let there: Vec<&Row> = self.there(model).collect();
        let is_typed = there.iter().any(|row| why_typed(row).is_some())
            || (self.takes_volumes && !self.unnamed(model).is_empty());
        let (words, typed) = match there.as_slice() {
            [one] => ("remove it".to_owned(), one.container.name.clone()),
            more => {
                let all = format!("remove {}", count(more.len(), "container"));
                (format!("remove all {}", more.len()), all)
            }
        };
        Ask { yes: (!there.is_empty()).then_some(words), no: "keep", typed: is_typed.then_some(typed) }
    }

    fn yes(&self, model: &Model) -> Answer {
        let request = |row: &Row| {
            let options =
                RemoveOptions { force: row.container.state.is_alive(), volumes: self.takes_volumes };
            Wish::Act(Request::Remove(row.key.clone(), options))
        };
        let mut wishes: Vec<Wish> = self.there(model).map(request).collect();
        wishes.push(Wish::Unmark);
        Answer { wishes, closes: true }
    }

    fn other_key(&mut self, model: &Model, chord: &str) -> bool {
        let is_meant = chord == "ctrl-v" && !self.unnamed(model).is_empty();
        self.takes_volumes ^= is_meant;
        is_meant
    }

    fn other_keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let words = if self.takes_volumes { "keep its volumes" } else { "its volumes, too" };
        if self.unnamed(model).is_empty() { Vec::new() } else { vec![("ctrl-v".into(), words)] }
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::{DOCKER, Stage, containers, mounting};
    use crate::ui::{EngineNews, Message};

    #[test]
    fn what_can_be_made_again_takes_a_yes() {
        let mut stage = Stage::new(80, 24);
        stage.on("yocto-old").keys("D");
        insta::assert_snapshot!("remove_stopped_80x24", stage.draw());
        stage.keys("enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0), "enter alone removes nothing");
        stage.keys("D y");
        let begun = stage.requests();
        assert_eq!(begun.len(), 1);
        assert!(begun[0].contains("id-yocto-old"), "{begun:?}");
        assert!(begun[0].contains("RemoveOptions { force: false, volumes: false }"), "{begun:?}");
    }

    #[test]
    fn what_runs_wants_its_name() {
        let mut stage = Stage::new(80, 24);
        stage.keys("D y enter").types("es");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
        stage.keys("ctrl-u").types("yocto-b").keys("enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1), "that is another one");
        insta::assert_snapshot!("remove_running_80x24", stage.draw());
        stage.keys("backspace").types("a").keys("enter");
        let begun = stage.requests();
        assert!(begun[0].contains("id-yocto-a") && begun[0].contains("force: true"), "{begun:?}");
    }

    #[test]
    fn what_is_not_ours_wants_its_name() {
        let mut stage = Stage::new(80, 24);
        stage.on("zabbix").keys("D y enter");
        assert_eq!(stage.requests().len(), 0);
        stage.keys("ctrl-u").pastes("zabbix\n").keys("enter");
        assert_eq!(stage.requests().len(), 1);
    }

    #[test]
    fn several_at_once_are_counted_and_the_count_is_typed() {
        let mut stage = Stage::new(120, 40);
        stage.keys("A D").types("remove 6 containers");
        insta::assert_snapshot!("remove_all_120x40", stage.draw());
        stage.keys("enter");
        assert_eq!(stage.requests().len(), 6);
        assert_eq!(stage.model.containers.marked(), 0);
    }

    #[test]
    fn what_has_been_started_meanwhile_wants_its_name_after_all() {
        let mut stage = Stage::new(80, 24);
        stage.on("yocto-old").keys("D");
        let mut listed = containers();
        listed[4].state = crate::engine::ContainerState::Running;
        stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
        stage.keys("y enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
    }

    #[test]
    fn volumes_without_a_name_go_only_when_asked_for_and_then_want_the_name() {
        let mut stage = Stage::new(80, 24);
        let mut listed = containers();
        listed[4] = mounting(listed[4].clone(), &"ab12".repeat(16));
        stage.tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
        stage.on("yocto-old").keys("D ctrl-v y enter");
        assert_eq!(stage.requests().len(), 0);
        insta::assert_snapshot!("remove_with_volumes_80x24", stage.draw());
        stage.keys("ctrl-u").types("yocto-old").keys("enter");
        assert!(stage.requests()[0].contains("volumes: true"));
    }

    #[test]
    fn it_draws_at_any_size_and_scrolls() {
        let mut stage = Stage::new(60, 15);
        stage.keys("A D");
        insta::assert_snapshot!("remove_all_60x15", stage.draw());
        let before = stage.draw();
        stage.keys("pagedown");
        assert_ne!(stage.draw(), before);
        stage.draws_at_any_size();
    }
}
