//! The engines: what each is, how its connection stands, what it cannot do, and what it has on disk.

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::config::Chord;
use crate::engine::{DiskUsage, Feature, Identity, UsageOf};
use crate::text::{age, bytes, clean, elapsed, fit};
use crate::ui::model::{Engine, Link};
use crate::ui::{Command, Model, Tone};

use super::parts::{Rows, Scroll, fact, inside, inside_of, padded, section};
use super::{Answer, Dialog, Wish};

#[derive(Debug, Default)]
struct Engines {
    rows: Rows,
    details: Scroll,
}

/// Shows the engines and the endpoints that were tried.
pub fn engines(_model: &Model) -> Option<Box<dyn Dialog>> {
    Some(Box::<Engines>::default())
}

/// How the connection stands, in words.
fn link(model: &Model, engine: &Engine) -> (String, Style) {
    let look = &model.look;
    let since = |then| elapsed(model.now.since_start.saturating_sub(then));
    match &engine.link {
        Link::Open => ("answers".into(), look.good),
        Link::Connecting(then) => (format!("being tried, for {}", since(*then)), look.warning),
        Link::Silent(then) => (format!("has not answered for {}", since(*then)), look.warning),
        Link::Lost { since: then, why } => {
            (format!("lost for {}, being tried again: {}", since(*then), why.words), look.bad)
        }
        Link::Failed { why, again } => {
            let left = elapsed(again.saturating_sub(model.now.since_start));
            (format!("{}; tried again in {left}", why.words), look.bad)
        }
    }
}

fn identity_lines(model: &Model, identity: &Identity, cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let what = format!("{} {} (API {})", identity.kind, identity.version, identity.api_version);
    let mut lines = fact(look, "Engine", &what, cells);
    let rights = if identity.rootless { ", without root" } else { "" };
    lines.extend(fact(look, "Machine", &format!("{}, {}{rights}", identity.name, identity.platform), cells));
    if identity.cpus > 0 || identity.memory > 0 {
        let has = format!("{} processors, {} of memory", identity.cpus, bytes(identity.memory));
        lines.extend(fact(look, "Has", &has, cells));
    }
    lines
}

/// A feature in words.
fn feature(feature: Feature) -> String {
    let name = serde_json::to_value(feature).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or("?");
    name.replace('-', " ")
}

fn missing_lines(model: &Model, identity: &Identity, cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let mut lines: Vec<Line<'static>> = section(look, "Cannot").into();
    let before = lines.len();
    for (missing, why) in identity.capabilities.missing() {
        lines.extend(fact(look, &feature(missing), why, cells));
    }
    if lines.len() == before {
        lines.clear();
    }
    lines
}

fn usage_lines(model: &Model, engine: &Engine, cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let mut lines: Vec<Line<'static>> = section(look, "On disk").into();
    let measured = &engine.measured;
    let told = if measured.is_asking {
        "being measured".to_owned()
    } else {
        match (&measured.at, &measured.problem) {
            (_, Some(problem)) => problem.words.clone(),
            (Some(at), None) => age(Some(*at), model.now.time),
            (None, None) => "not measured yet".to_owned(),
        }
    };
    lines.extend(fact(look, "Measured", &told, cells));
    let Some(usage) = &measured.usage else { return lines };
    let DiskUsage { images, containers, volumes, build_cache, .. } = &**usage;
    for (label, of) in
        [("images", images), ("containers", containers), ("volumes", volumes), ("build cache", build_cache)]
    {
        let UsageOf { count, bytes: size, reclaimable } = of;
        let unused =
            if *reclaimable > 0 { format!(", {} unused", bytes(*reclaimable)) } else { String::new() };
        let words = format!("{:>10}  in {count}{unused}", bytes(*size));
        lines.push(Line::from(vec![
            Span::styled(fit::left(label, 14), look.dim),
            Span::styled(fit::without_end(&words, cells.saturating_sub(14)), look.plain),
        ]));
    }
    lines
}

fn details(model: &Model, engine: &Engine, cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let mut lines = fact(look, "Endpoint", &engine.endpoint, cells);
    lines.extend(fact(look, "Named by", &engine.named_by, cells));
    let (words, style) = link(model, engine);
    let mut state = fact(look, "Connection", &words, cells);
    for line in &mut state {
        if let Some(words) = line.spans.last_mut() {
            words.style = style;
        }
    }
    lines.extend(state);
    if let Link::Lost { why, .. } | Link::Failed { why, .. } = &engine.link
        && let Some(hint) = &why.hint
    {
        lines.extend(fact(look, "Try", hint, cells));
    }
    if let Some(problem) = &engine.list_problem {
        lines.extend(fact(look, "Its list", &problem.words, cells));
    }
    let Some(identity) = &engine.identity else { return lines };
    lines.extend(identity_lines(model, identity, cells));
    lines.extend(missing_lines(model, identity, cells));
    lines.extend(usage_lines(model, engine, cells));
    lines
}

impl Engines {
    fn selected<'a>(&self, model: &'a Model) -> Option<&'a Engine> {
        model.engines.all().nth(self.rows.place(model.engines.all().count()))
    }

    /// The places of the list, of the line under it, and of the details.
    fn places(area: Rect, count: usize) -> [Rect; 3] {
        let area = padded(area);
        let list = super::parts::rows(count.max(1)).min((area.height / 3).max(1)).min(area.height);
        let line = area.height.saturating_sub(list).min(1);
        let y = area.y + list;
        [
            Rect { height: list, ..area },
            Rect { y, height: line, ..area },
            Rect { y: y + line, height: area.height - list - line, ..area },
        ]
    }

    fn again(&self, model: &Model) -> Answer {
        let Some(engine) = self.selected(model) else { return Answer::stay() };
        let name = model.engines.name(engine.id);
        let (command, words) = if engine.is_open() {
            (Command::Refresh(engine.id), format!("asking {name} for everything again"))
        } else {
            (Command::Retry(engine.id), format!("trying {name} again"))
        };
        Answer { wishes: vec![Wish::Command(command), Wish::Tell(Tone::Plain, words)], closes: false }
    }
}

impl Dialog for Engines {
    fn title(&self, _model: &Model) -> String {
        "Engines".into()
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let chord = chord.to_string();
        let count = model.engines.all().count();
        let [list, _, below] = Self::places(inside_of(self, model), count);
        match chord.as_str() {
            "esc" | "q" => return Answer::close(),
            "r" | "ctrl-r" | "f5" if key.kind != crossterm::event::KeyEventKind::Repeat => {
                return self.again(model);
            }
            chord if self.rows.key(chord, count, usize::from(list.height), true) => {
                self.details.begin_again();
            }
            chord => {
                let cells = usize::from(below.width);
                let lines = self.selected(model).map_or(0, |engine| details(model, engine, cells).len());
                self.details.key(chord, lines, usize::from(below.height));
            }
        }
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let count = model.engines.all().count();
        let [list, _, below] = Self::places(inside(area), count);
        let by = match mouse.kind {
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::ScrollUp => -3,
            MouseEventKind::Down(MouseButton::Left) => {
                let line = mouse.row.checked_sub(list.y);
                if let Some(row) = line.and_then(|line| self.rows.at(line, count, usize::from(list.height))) {
                    self.rows.go(row);
                    self.details.begin_again();
                }
                return Answer::stay();
            }
            _ => return Answer::stay(),
        };
        let cells = usize::from(below.width);
        let lines = self.selected(model).map_or(0, |engine| details(model, engine, cells).len());
        self.details.by(by, lines, usize::from(below.height));
        Answer::stay()
    }

    fn size(&self, _model: &Model, screen: Rect) -> (u16, u16) {
        (84, screen.height.saturating_sub(4).clamp(14, 30))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let look = &model.look;
        let count = model.engines.all().count();
        let [list, line, below] = Self::places(area, count);
        if count == 0 {
            let words = Line::styled("No endpoint has been tried yet.", look.dim);
            return frame.render_widget(Paragraph::new(words), list);
        }
        let engines: Vec<&Engine> = model.engines.all().collect();
        self.rows.draw(look, frame, list, count, |at| {
            let Some(engine) = engines.get(at) else { return Line::default() };
            let (words, style) = link(model, engine);
            let label = clean(&engine.label()).into_owned();
            Line::from(vec![
                Span::styled(fit::left(&fit::without_front(&label, 28), 30), look.strong),
                Span::styled(fit::without_end(&words, usize::from(list.width).saturating_sub(30)), style),
            ])
        });
        let rule = look.glyph("─", "-").repeat(usize::from(line.width));
        frame.render_widget(Paragraph::new(Line::styled(rule, look.dim)), line);
        if let Some(engine) = self.selected(model) {
            let lines = details(model, engine, usize::from(below.width));
            self.details.draw(look, frame, below, &lines);
        }
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        let again = if self.selected(model).is_some_and(Engine::is_open) { "ask again" } else { "try now" };
        vec![key("up/down", "choose"), key("r", again), key("ctrl-d", "scroll"), key("esc", "close")]
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::ui::test_support::{PODMAN, Stage};
    use crate::ui::{Command, EngineId, EngineNews, Message, Problem};

    #[test]
    fn each_says_what_it_is_and_what_it_cannot() {
        let mut stage = Stage::new(80, 24).with_podman();
        stage.keys("I");
        insta::assert_snapshot!("engines_80x24", stage.draw());
        stage.keys("down");
        insta::assert_snapshot!("engines_second_80x24", stage.draw());
        stage.keys("r");
        assert!(matches!(stage.commands.last(), Some(Command::Refresh(PODMAN))));
    }

    #[test]
    fn one_that_is_lost_or_never_answered_says_why_and_is_tried_again() {
        let mut stage = Stage::new(120, 40).with_podman();
        let third = EngineId(3);
        let trying = EngineNews::Trying {
            named_by: "DOCKER_HOST".into(),
            endpoint: "ssh://build9/run/docker.sock".into(),
        };
        stage.tell(Message::Engine(third, trying));
        let mut problem = Problem::new("connect to ssh://build9: permission denied");
        problem.hint = Some("join the group docker there".into());
        stage.tell(Message::Engine(third, EngineNews::Failed(problem, Duration::from_secs(107))));
        stage.tell(Message::Engine(PODMAN, EngineNews::Lost(Problem::new("the socket is gone"))));
        stage.wait(3);
        stage.keys("I end");
        insta::assert_snapshot!("engines_failed_120x40", stage.draw());
        stage.keys("r up r");
        let retried: Vec<_> = stage
            .commands
            .iter()
            .filter_map(|command| match command {
                Command::Retry(id) => Some(*id),
                _ => None,
            })
            .collect();
        assert_eq!(retried, [third, PODMAN]);
        stage.keys("esc");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn it_draws_at_any_size() {
        Stage::empty(80, 24).keys("I").draws_at_any_size();
        Stage::new(80, 24).with_podman().keys("I").draws_at_any_size();
    }
}
