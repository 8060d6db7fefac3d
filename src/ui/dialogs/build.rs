//! Building: what, of which build file, on which engine. Targets that were built before are brought back.

use ratatui::text::Line;

use crate::engine::labels;
use crate::sessions::Build;
use crate::ui::{ExecDraft, Model, build_file};

use super::parts::{Entry, Errors, Filled, Form, OpenEngines, filled, paragraph};
use super::{Answer, Dialog, Wish};

const TARGET: &str = "Target";
const FILE: &str = "Build file";
const ENGINE: &str = "Engine";

#[derive(Debug)]
struct Building {
    engines: OpenEngines,
    file: String,
}

/// Asks what is to be built: at first what was built last of the build file of the selected container, or of the one
/// where the console was begun.
pub fn build(model: &Model) -> Option<Box<dyn Dialog>> {
    let engines = OpenEngines::of(model)?;
    let file = build_file(model);
    let earlier = earlier(model, &file);
    let target = earlier.first().map_or("", String::as_str);
    let mut entries = vec![
        Entry::line(TARGET, target, "the image of the build file; BitBake's arguments may follow"),
        Entry::line(FILE, &file, "smidr.yaml"),
    ];
    entries.extend(engines.entry(model));
    Some(filled(Building { engines, file }, Form::new(entries, "Build")))
}

/// What was built of a build file, the newest first: from here, and what its builds say that are there.
fn earlier(model: &Model, file: &str) -> Vec<String> {
    let mut all: Vec<String> =
        model.histories.of(file).iter().rev().map(|draft| draft.command.clone()).collect();
    let of_file = model
        .containers
        .all()
        .filter(|row| row.container.labels.get(labels::FILE).is_some_and(|of| of == file));
    for build in of_file.filter_map(|row| Build::of(&row.container)) {
        if !all.contains(&build.target) {
            all.push(build.target);
        }
    }
    all
}

impl Filled for Building {
    fn title(&self, _model: &Model) -> String {
        "Build".into()
    }

    fn intro(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let words = "Runs in a container of its own, made from the build file. It goes on when this console ends, and \
                     every line it prints is kept in the build directory.";
        let mut lines = paragraph(words, cells, model.look.plain);
        lines.push(Line::default());
        lines
    }

    fn errors(&self, model: &Model, form: &Form) -> Errors {
        let mut errors = Errors::new();
        match shlex::split(&form.text(TARGET)) {
            None => errors.push((TARGET, "a quote is not closed".into())),
            Some(words) if words.first().is_some_and(|word| word.starts_with('-')) => {
                errors.push((TARGET, "a target comes first, then BitBake's arguments".into()));
            }
            Some(_) => {}
        }
        if form.text(FILE).trim().is_empty() {
            errors.push((FILE, "a build file is needed".into()));
        }
        let at = if errors.is_empty() { TARGET } else { ENGINE };
        errors.extend(OpenEngines::wrong(model, self.engines.chosen(form)).map(|wrong| (at, wrong)));
        errors
    }

    fn other_key(&self, model: &Model, form: &mut Form, chord: &str) -> bool {
        let earlier = earlier(model, &self.file);
        let shown = form.text(TARGET);
        let at = earlier.iter().position(|target| *target == shown);
        let next = match (chord, at) {
            ("ctrl-p", None) => 0,
            ("ctrl-p", Some(at)) => at + 1,
            ("ctrl-n", Some(at)) if at > 0 => at - 1,
            ("ctrl-n", _) => return true,
            _ => return false,
        };
        if let Some(target) = earlier.get(next) {
            form.set_text(TARGET, target);
        }
        true
    }

    fn other_keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let several = earlier(model, &self.file).len() > 1;
        several.then(|| ("ctrl-p".to_owned(), "built before")).into_iter().collect()
    }

    fn submit(&self, _model: &Model, form: &Form) -> Answer {
        let draft = ExecDraft { command: form.text(TARGET).trim().to_owned(), ..ExecDraft::default() };
        let file = form.text(FILE).trim().to_owned();
        Answer::wish(Wish::Build(self.engines.chosen(form), draft, file))
    }
}
