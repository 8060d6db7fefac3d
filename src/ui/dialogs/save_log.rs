//! Saving lines of a log to a file.

use crate::text::grouped;
use crate::ui::model::Tab;
use crate::ui::{Command, ContainerKey, LogForm, LogLines, Model};

use super::parts::{Entry, Errors, Filled, Form, container_name, filled};
use super::{Answer, Dialog, Wish};

const FILE: &str = "File";
const LINES: &str = "Lines";
const FORM: &str = "As";

/// The forms, as they are offered.
const FORMS: [(LogForm, &str); 3] = [
    (LogForm::Text, "text, as it is drawn"),
    (LogForm::Timed, "text, each line with its time"),
    (LogForm::Raw, "the bytes as they came"),
];
/// The longest name that is made of a command.
const NAME: usize = 60;

#[derive(Debug)]
struct SaveLog {
    container: ContainerKey,
    /// What can be saved, as it is offered.
    offered: Vec<LogLines>,
}

/// Asks where the log in the pane is to be saved. `None` where it shows none.
pub fn save_log(model: &Model) -> Option<Box<dyn Dialog>> {
    let container = model.pane_of()?.clone();
    let view = model.pane.shown_log(&container)?;
    let selected = LogLines::selected(view);
    let shown = LogLines::shown(view);
    let all = LogLines::all(view)?;
    let name = match model.pane.tab(&container) {
        Tab::Merged => Some(view.names.join("+")),
        Tab::Exec(id) => model.pane.exec(id).map(|exec| exec.draft.title().to_owned()),
        Tab::TaskLog => model.pane.task_log(&container).map(|task| {
            let wanted = &task.wanted;
            format!("{}-{}", wanted.pf.as_deref().unwrap_or("task"), wanted.task)
        }),
        _ => model.containers.get(&container).map(|row| row.container.name.clone()),
    };
    let file = format!("{}.log", file_name(&name.unwrap_or_default()));
    let mut words = vec![format!("all {}", lines(all.count()))];
    if let Some(shown) = &shown {
        words.insert(0, format!("the {} shown", lines(shown.count())));
    }
    if let Some(selected) = &selected {
        words.insert(0, format!("the {} selected", lines(selected.count())));
    }
    let forms = FORMS.iter().map(|(_, words)| (*words).to_owned()).collect();
    let entries = vec![
        Entry::line(FILE, &file, "a path; ~ is your home"),
        Entry::choice(LINES, words, 0),
        Entry::choice(FORM, forms, 0),
    ];
    let offered = selected.into_iter().chain(shown).chain([all]).collect();
    Some(filled(SaveLog { container, offered }, Form::new(entries, "Save")))
}

fn lines(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "line" } else { "lines" })
}

/// A name that every file system takes.
fn file_name(of: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let name: String = of.chars().map(safe).take(NAME).collect();
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() { "log".into() } else { name.into() }
}

impl Filled for SaveLog {
    fn title(&self, model: &Model) -> String {
        format!("Save the log of {}", container_name(model, &self.container))
    }

    fn errors(&self, _model: &Model, form: &Form) -> Errors {
        let file = form.text(FILE);
        let wrong = match file.trim() {
            "" => "a file is needed",
            file if file.ends_with('/') || file == "~" => "this is a directory: a file is needed",
            file if file.contains('\0') => "no file has such a name",
            _ => return Vec::new(),
        };
        vec![(FILE, wrong.to_owned())]
    }

    fn submit(&self, _model: &Model, form: &Form) -> Answer {
        let Some(lines) = self.offered.get(form.chosen(LINES)).cloned() else { return Answer::stay() };
        let form_of = FORMS.get(form.chosen(FORM)).map_or(LogForm::Text, |(form, _)| *form);
        let path = form.text(FILE).trim().to_owned();
        Answer::wish(Wish::Command(Command::SaveLog { lines, form: form_of, path }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Log, Stream};
    use crate::ui::test_support::{Stage, key};
    use crate::ui::{ContainerNews, Message};

    fn stage() -> Stage {
        let (mut writer, reader) = Log::new(1 << 20);
        writer.append(Stream::Stdout, None, "a line\n".repeat(1234).as_bytes());
        let mut stage = Stage::new(80, 24);
        stage.on("yocto-a").keys("enter");
        stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(reader)));
        stage
    }

    /// What was asked for: the first line, how many, the form and the path.
    fn asked(stage: &mut Stage) -> Option<(u64, u64, LogForm, String)> {
        match stage.commands.pop()? {
            Command::SaveLog { lines, form, path } => Some((lines.from.get(), lines.count(), form, path)),
            _ => None,
        }
    }

    #[test]
    fn all_of_it_is_saved_as_it_is_drawn_unless_something_else_is_said() {
        let mut stage = stage();
        stage.keys("ctrl-s");
        insta::assert_snapshot!("save_log_80x24", stage.draw());
        stage.keys("enter");
        assert_eq!(asked(&mut stage), Some((1, 1234, LogForm::Text, "yocto-a.log".into())));
        stage.keys("ctrl-s ctrl-u").types("~/x y.log").keys("tab tab left enter");
        assert_eq!(asked(&mut stage), Some((1, 1234, LogForm::Raw, "~/x y.log".into())));
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn what_is_selected_comes_first() {
        let mut stage = stage();
        stage.keys("V k k ctrl-s");
        assert!(stage.draw().contains("the 3 lines selected"), "{}", stage.draw());
        stage.keys("enter");
        assert_eq!(asked(&mut stage), Some((1232, 3, LogForm::Text, "yocto-a.log".into())));
        stage.keys("ctrl-s tab right tab right enter");
        assert_eq!(asked(&mut stage), Some((1, 1234, LogForm::Timed, "yocto-a.log".into())));
    }

    #[test]
    fn what_is_no_file_is_told() {
        let mut stage = stage();
        stage.keys("ctrl-s");
        for (path, says) in [("", "a file is needed"), ("x/", "a directory"), ("~", "a directory")] {
            stage.keys("ctrl-u").types(path).keys("enter");
            assert!(stage.draw().contains(says), "{path}: {}", stage.draw());
            assert_eq!((asked(&mut stage), stage.dialogs()), (None, 1), "{path}");
        }
        stage.draws_at_any_size();
    }

    #[test]
    fn a_name_is_made_that_every_file_system_takes() {
        for (of, name) in
            [("make world", "make-world"), ("../etc/passwd", "etc-passwd"), ("", "log"), ("寿\n司", "寿-司")]
        {
            assert_eq!(file_name(of), name);
        }
    }
}
