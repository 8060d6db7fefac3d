//! Giving a container another name.

use ratatui::text::Line;

use crate::ui::{ContainerKey, Model, Request};

use super::names::wrong_container_name;
use super::parts::{Entry, Errors, Filled, Form, container_line, container_name, filled};
use super::{Answer, Dialog, Wish};

const NAME: &str = "Name";

#[derive(Debug)]
struct Rename {
    container: ContainerKey,
}

/// Asks for another name for the selected container.
pub fn rename(model: &Model) -> Option<Box<dyn Dialog>> {
    let row = model.containers.selected()?;
    let form = Form::new(vec![Entry::line(NAME, &row.container.name, "")], "Rename");
    Some(filled(Rename { container: row.key.clone() }, form))
}

impl Filled for Rename {
    fn title(&self, model: &Model) -> String {
        format!("Rename {}", container_name(model, &self.container))
    }

    fn intro(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        vec![container_line(model, &self.container, cells, None), Line::default()]
    }

    fn errors(&self, model: &Model, form: &Form) -> Errors {
        let name = form.text(NAME);
        let name = name.trim();
        let wrong = match model.containers.get(&self.container) {
            None => Some("the container is gone".to_owned()),
            Some(row) if row.container.name == name => None,
            Some(_) => wrong_container_name(model, self.container.engine, name),
        };
        wrong.map(|wrong| (NAME, wrong)).into_iter().collect()
    }

    fn submit(&self, model: &Model, form: &Form) -> Answer {
        let name = form.text(NAME).trim().to_owned();
        if model.containers.get(&self.container).is_some_and(|row| row.container.name == name) {
            return Answer::stay();
        }
        Answer::wish(Wish::Act(Request::Rename(self.container.clone(), name)))
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::Stage;

    #[test]
    fn another_name_is_asked_for_and_its_own_is_there_already() {
        let mut stage = Stage::new(80, 24);
        stage.keys("R").types("2");
        insta::assert_snapshot!("rename_80x24", stage.draw());
        stage.keys("enter");
        assert_eq!(
            stage.requests(),
            [r#"Rename(ContainerKey { engine: EngineId(1), id: ContainerId("id-yocto-a") }, "yocto-a2")"#]
        );
        stage.keys("R enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 0), "the name it has is no change");
    }

    #[test]
    fn a_name_that_is_wrong_or_taken_is_told_as_it_is_typed() {
        let mut stage = Stage::new(120, 40);
        stage.keys("R ctrl-u").types("yocto-b");
        insta::assert_snapshot!("rename_taken_120x40", stage.draw());
        for (name, says) in [
            ("-x", "must begin with a letter"),
            ("x", "two characters"),
            ("a b", "letters, digits"),
            ("", "a name is needed"),
        ] {
            stage.keys("ctrl-u").types(name).keys("enter");
            assert!(stage.draw().contains(says), "{name}: {}", stage.draw());
            assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1), "{name}");
        }
        stage.keys("esc");
        assert!(stage.draw().contains("esc again"), "what is typed is not lost by one key");
        stage.keys("esc");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn it_draws_at_any_size() {
        let mut stage = Stage::new(80, 24);
        stage.keys("R").draws_at_any_size();
    }
}
