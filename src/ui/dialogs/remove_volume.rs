//! Removing a volume and all that is in it.

use ratatui::text::Line;

use crate::text::{age, bytes, clean, fit};
use crate::ui::model::VolumeRow;
use crate::ui::{Model, Request, VolumeKey};

use super::parts::{Ask, Question, asked, fact, paragraph, users_of};
use super::{Answer, Dialog, Wish};

#[derive(Debug)]
struct RemoveVolume {
    volume: VolumeKey,
}

/// Asks whether the selected volume is to be removed; says who uses it where that cannot be.
pub fn remove_volume(model: &Model) -> Option<Box<dyn Dialog>> {
    let volume = model.volumes.selected()?.key.clone();
    Some(asked(RemoveVolume { volume }, false))
}

/// Why a volume wants its name typed.
fn why_typed(row: &VolumeRow) -> Option<String> {
    match (&row.protected, &row.managed, row.size) {
        (Some(why), _, _) => Some(why.to_string()),
        (None, None, _) => Some("not managed: made by somebody else".into()),
        (None, Some(_), None) => Some("nobody knows whether anything is in it".into()),
        (None, Some(_), Some(0)) => None,
        (None, Some(_), Some(_)) => Some("there is something in it".into()),
    }
}

impl Question for RemoveVolume {
    fn title(&self, _model: &Model) -> String {
        format!("Remove volume {}", clean(&self.volume.name))
    }

    fn body(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let Some(row) = model.volumes.get(&self.volume) else {
            return paragraph("It is gone already.", cells, look.plain);
        };
        let mut lines = fact(look, "Volume", &row.volume.name, cells);
        lines.extend(fact(look, "Size", &row.size.map_or_else(|| "not known".into(), bytes), cells));
        let made = age(row.volume.created, model.now.time);
        if !made.is_empty() {
            lines.extend(fact(look, "Made", &made, cells));
        }
        let managed = row.managed.as_ref().map_or_else(|| "not managed".into(), ToString::to_string);
        lines.extend(fact(look, "Owner", &managed, cells));
        let users: Vec<String> = users_of(model, &self.volume)
            .map(|user| format!("{} ({})", clean(&user.container.name), user.container.state))
            .collect();
        if !users.is_empty() {
            lines.extend(fact(look, "Used by", &users.join(", "), cells));
            lines.push(Line::default());
            let words = "It cannot be removed while a container uses it, running or not. Remove those first.";
            lines.extend(paragraph(words, cells, look.warning));
            return lines;
        }
        lines.push(Line::default());
        if let Some(why) = why_typed(row) {
            let why = fit::without_end(&clean(&why), cells);
            lines.push(Line::styled(why, look.warning));
        }
        lines.extend(paragraph("All that is in it is lost for good.", cells, look.plain));
        lines
    }

    fn ask(&self, model: &Model) -> Ask {
        let row = model.volumes.get(&self.volume);
        let is_free = row.is_some() && users_of(model, &self.volume).next().is_none();
        let typed = row.and_then(why_typed).map(|_| self.volume.name.clone());
        Ask { yes: is_free.then(|| "remove it".into()), no: "keep", typed }
    }

    fn yes(&self, _model: &Model) -> Answer {
        Answer::wish(Wish::Act(Request::RemoveVolume(self.volume.clone())))
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::Stage;

    #[test]
    fn an_empty_one_of_ours_takes_a_yes() {
        let mut stage = Stage::new(80, 24);
        stage.on_volume("empty").keys("D");
        insta::assert_snapshot!("remove_volume_empty_80x24", stage.draw());
        stage.keys("y");
        assert_eq!(stage.requests(), [r#"RemoveVolume(VolumeKey { engine: EngineId(1), name: "empty" })"#]);
    }

    #[test]
    fn one_that_is_not_ours_or_of_unknown_size_wants_its_name() {
        let mut stage = Stage::new(120, 40);
        stage.on_volume("foreign-data").keys("D y enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1));
        insta::assert_snapshot!("remove_volume_foreign_120x40", stage.draw());
        stage.keys("ctrl-u").types("foreign-data").keys("enter");
        assert_eq!(stage.requests().len(), 1);
    }

    #[test]
    fn one_in_use_says_by_whom_and_cannot_be_removed() {
        let mut stage = Stage::new(80, 24);
        stage.on_volume("sstate-cache").keys("D");
        insta::assert_snapshot!("remove_volume_used_80x24", stage.draw());
        stage.types("sstate-cache").keys("enter");
        assert_eq!(stage.requests().len(), 0);
    }

    #[test]
    fn it_draws_at_any_size() {
        let mut stage = Stage::new(80, 24);
        stage.on_volume("foreign-data").keys("D").draws_at_any_size();
    }
}
