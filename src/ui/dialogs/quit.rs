//! Leaving: asks only where that would end something.

use ratatui::text::Line;

use crate::text::{count, elapsed};
use crate::ui::model::Running;
use crate::ui::{Command, Model, Request};

use super::parts::{Ask, Question, asked, container_name, paragraph, wrapped};
use super::{Answer, Dialog, Wish};

#[derive(Debug)]
struct Quit;

/// Asks whether to leave, where a command, a shell, a pull or a create of this console runs.
pub fn quit(model: &Model) -> Option<Box<dyn Dialog>> {
    ended(model).next()?;
    Some(asked(Quit, false))
}

/// What would end with the console.
fn ended(model: &Model) -> impl Iterator<Item = &Running> {
    model.actions.running().filter(|running| becomes(running).is_some())
}

/// How many builds go on that none of those commands may have begun.
fn apart(model: &Model) -> usize {
    let begun_here = ended(model).filter(|running| match &running.request {
        Request::Exec(_, request) => request.command.iter().any(|word| word.contains("bitbake")),
        Request::Shell(..) => true,
        _ => false,
    });
    let of: Vec<_> = begun_here.filter_map(|running| running.request.container()).collect();
    let rows = model.containers.all().filter(|row| row.container.state.is_alive());
    rows.map(|row| {
        let begun_here = of.iter().filter(|key| **key == &row.key).count();
        row.builds.running().saturating_sub(begun_here)
    })
    .sum()
}

/// What would become of an action.
fn becomes(running: &Running) -> Option<&'static str> {
    match running.request {
        Request::Exec(..) => Some("the command is ended, and all it has started"),
        Request::Shell(..) => Some("the shell is ended, and all it has started"),
        Request::Pull(..) => Some("the engine stops fetching; finished layers may be kept"),
        Request::Create { .. } | Request::CreateVolume(..) => Some("what it has made is removed again"),
        Request::StopBuild { .. } => Some("no further step is taken; what was sent to it goes on"),
        Request::Cleanup { .. } => Some("what is not removed yet stays"),
        _ => None,
    }
}

impl Question for Quit {
    fn title(&self, _model: &Model) -> String {
        "Leave".into()
    }

    fn body(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let mut lines = Vec::new();
        for running in ended(model) {
            let since = elapsed(model.now.since_start.saturating_sub(running.begun));
            let of = match &running.request {
                Request::Exec(key, request) => {
                    let command = request.command.last().map_or("", String::as_str);
                    let first = command.trim().lines().next().unwrap_or_default();
                    format!("{first} in {}", container_name(model, key))
                }
                _ => running.object.clone(),
            };
            lines.extend(paragraph(
                &format!("{} {of}, for {since}", running.request.word()),
                cells,
                look.strong,
            ));
            let words = becomes(running).unwrap_or_default();
            let words = wrapped(words, cells.saturating_sub(2));
            lines.extend(words.into_iter().map(|line| Line::styled(format!("  {line}"), look.warning)));
        }
        let others = model.actions.running().count() - ended(model).count();
        lines.push(Line::default());
        if others > 0 {
            let words = format!(
                "{} more under way: the engines go on with what they were asked.",
                count(others, "action")
            );
            lines.extend(paragraph(&words, cells, look.dim));
        }
        let builds = apart(model);
        if builds > 0 {
            let goes = if builds == 1 { "goes on by itself" } else { "go on by themselves" };
            let words = format!("{} {goes}: leaving never stops such a build.", count(builds, "build"));
            lines.extend(paragraph(&words, cells, look.strong));
        }
        lines.extend(paragraph("Containers and what runs in them by itself stay.", cells, look.plain));
        lines
    }

    fn ask(&self, model: &Model) -> Ask {
        let has_any = ended(model).next().is_some();
        let yes = if has_any { "leave and end them" } else { "leave" };
        Ask { yes: Some(yes.into()), no: "stay", typed: None }
    }

    fn yes(&self, _model: &Model) -> Answer {
        Answer::wish(Wish::Command(Command::Quit))
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::Stage;
    use crate::ui::{Command, Yield};

    fn quits(stage: &Stage) -> bool {
        stage.commands.iter().any(|command| matches!(command, Command::Quit)) && stage.model.quits
    }

    #[test]
    fn with_nothing_to_lose_it_leaves_at_once() {
        let mut stage = Stage::new(80, 24);
        stage.keys("q");
        assert!(quits(&stage));
    }

    #[test]
    fn a_shell_that_runs_is_named_and_only_a_yes_ends_it() {
        let mut stage = Stage::new(80, 24);
        stage.keys("S ctrl-] q");
        insta::assert_snapshot!("quit_80x24", stage.draw());
        stage.keys("enter");
        assert!(!quits(&stage));
        stage.keys("q y");
        assert!(quits(&stage));
    }

    #[test]
    fn a_stop_goes_on_without_us() {
        let mut stage = Stage::new(80, 24);
        stage.keys("s y q");
        assert!(quits(&stage));
    }

    #[test]
    fn what_ends_while_it_asks_is_no_longer_listed() {
        let mut stage = Stage::new(120, 40);
        stage.keys("S ctrl-]");
        let shell = stage.acts()[0].0;
        stage.wait(3);
        stage.keys("s y q");
        insta::assert_snapshot!("quit_120x40", stage.draw());
        stage.done(shell, Yield::ExitCode(0));
        assert!(!stage.draw().contains("the shell is ended"), "{}", stage.draw());
        stage.keys("y");
        assert!(quits(&stage));
    }

    #[test]
    fn it_draws_at_any_size() {
        let mut stage = Stage::new(80, 24);
        stage.keys("S ctrl-] q").draws_at_any_size();
    }
}
