//! Everything that was done, how it ended, and why.

use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::config::Chord;
use crate::text::{age, elapsed, fit, local_time};
use crate::ui::model::Past;
use crate::ui::{ActionId, Command, Model, Tone};

use super::parts::{Field, Rows, Scroll, fact, inside, inside_of, padded, paragraph};
use super::{Answer, Dialog, Wish};

#[derive(Debug)]
struct History {
    selected: Option<ActionId>,
    filter: Field,
    is_typing: bool,
    details: Scroll,
}

/// Shows the actions that are over, the newest first.
pub fn history(_model: &Model) -> Option<Box<dyn Dialog>> {
    let filter = Field::line("", "");
    Some(Box::new(History { selected: None, filter, is_typing: false, details: Scroll::default() }))
}

impl History {
    fn shown<'a>(&self, model: &'a Model) -> Vec<&'a Past> {
        let typed = self.filter.text();
        let matches = |past: &&Past| {
            let why = past.problem.as_ref().map_or("", |problem| problem.words.as_str());
            model.matcher.is_match(&typed, &[past.word, &past.object, past.ending.word(), why])
        };
        model.actions.past().filter(matches).collect()
    }

    /// The rows, with the cursor on the one it was on: new ones come in above it.
    fn rows(&self, shown: &[&Past]) -> Rows {
        let mut rows = Rows::default();
        rows.go(shown.iter().position(|past| Some(past.id) == self.selected).unwrap_or(0));
        rows
    }

    fn selected<'a>(&self, shown: &[&'a Past]) -> Option<&'a Past> {
        shown.get(self.rows(shown).place(shown.len())).copied()
    }

    fn select(&mut self, shown: &[&Past], rows: &Rows) {
        self.selected = shown.get(rows.place(shown.len())).map(|past| past.id);
        self.details.begin_again();
    }

    /// The places of the list, of the line under it, and of the details.
    fn places(area: Rect, count: usize) -> [Rect; 3] {
        let area = padded(area);
        let most = area.height / 2;
        let list = super::parts::rows(count.max(1)).min(most);
        let line = area.height.saturating_sub(list).min(1);
        let y = area.y + list;
        [
            Rect { height: list, ..area },
            Rect { y, height: line, ..area },
            Rect { y: y + line, height: area.height - list - line, ..area },
        ]
    }

    fn details(model: &Model, past: &Past, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let mut lines = fact(look, "Action", &format!("{} {}", past.word, past.object), cells);
        lines.extend(fact(look, "Engine", &model.engines.name(past.engine), cells));
        let ended = format!("{} after {}", past.ending.word(), elapsed(past.elapsed));
        let tries = if past.attempts > 1 { format!(", {} attempts", past.attempts) } else { String::new() };
        lines.extend(fact(look, "Ended", &format!("{ended}{tries}, at {}", local_time(past.at)), cells));
        if let Some(result) = &past.result {
            lines.extend(fact(look, "Result", result, cells));
        }
        if let Some(problem) = &past.problem {
            lines.push(Line::default());
            lines.extend(paragraph(&problem.words, cells, look.bad));
            if let Some(hint) = &problem.hint {
                lines.extend(paragraph(hint, cells, look.warning));
            }
            let again =
                if problem.can_retry { "Trying again can help." } else { "Trying again does not help." };
            lines.extend(paragraph(again, cells, look.dim));
        }
        if let Some(aftermath) = &past.aftermath {
            lines.push(Line::default());
            lines.extend(paragraph(&format!("Afterwards: {aftermath}"), cells, look.plain));
        }
        lines
    }

    /// The same as text, for the clipboard.
    fn text(model: &Model, past: &Past) -> String {
        let lines = Self::details(model, past, 200);
        let text = |line: &Line<'_>| line.spans.iter().map(|span| span.content.as_ref()).collect::<String>();
        lines.iter().map(|line| text(line).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    fn row(model: &Model, past: &Past, cells: usize) -> Line<'static> {
        let look = &model.look;
        let (glyph, style) = look.ending(past);
        let took = elapsed(past.elapsed);
        let right =
            format!("{:>9}  {took:>8}  {:>12}", past.ending.word(), age(Some(past.at), model.now.time));
        let left = cells.saturating_sub(fit::width(&right) + 3);
        let words = fit::left(&format!("{} {}", past.word, past.object), left);
        Line::from(vec![
            Span::styled(format!("{glyph} "), style),
            Span::styled(words, look.plain),
            Span::styled(format!(" {right}"), look.dim),
        ])
    }
}

impl Dialog for History {
    fn title(&self, model: &Model) -> String {
        let (shown, all) = (self.shown(model).len(), model.actions.past().len());
        if shown == all {
            format!("What was done  {all}")
        } else {
            format!("What was done  {shown} of {all}")
        }
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let chord = chord.to_string();
        let shown = self.shown(model);
        let [list, _, below] = Self::places(inside_of(self, model), shown.len());
        let mut rows = self.rows(&shown);
        if rows.key(&chord, shown.len(), usize::from(list.height), !self.is_typing) {
            self.select(&shown, &rows);
            return Answer::stay();
        }
        if self.is_typing {
            match chord.as_str() {
                "enter" => self.is_typing = false,
                "esc" => {
                    self.is_typing = false;
                    self.filter.clear();
                }
                _ => {
                    self.filter.key(key);
                    self.details.begin_again();
                }
            }
            return Answer::stay();
        }
        match chord.as_str() {
            "esc" if !self.filter.is_blank() => self.filter.clear(),
            "esc" | "q" => return Answer::close(),
            "/" => self.is_typing = true,
            "y" => {
                let Some(past) = self.selected(&shown) else { return Answer::stay() };
                let tell = Wish::Tell(Tone::Good, "copied what is said of it".into());
                let copy = Wish::Command(Command::Copy(Self::text(model, past)));
                return Answer { wishes: vec![copy, tell], closes: false };
            }
            _ => {
                let cells = usize::from(below.width);
                let lines = self.selected(&shown).map_or(0, |past| Self::details(model, past, cells).len());
                self.details.key(&chord, lines, usize::from(below.height));
            }
        }
        Answer::stay()
    }

    fn paste(&mut self, _model: &Model, text: &str) -> Answer {
        if self.is_typing {
            self.filter.paste(text);
        }
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let shown = self.shown(model);
        let [list, _, _] = Self::places(inside(area), shown.len());
        let mut rows = self.rows(&shown);
        match mouse.kind {
            MouseEventKind::ScrollDown => rows.by(1, shown.len()),
            MouseEventKind::ScrollUp => rows.by(-1, shown.len()),
            MouseEventKind::Down(MouseButton::Left) => {
                let line = mouse.row.checked_sub(list.y);
                let row = line.and_then(|line| rows.at(line, shown.len(), usize::from(list.height)));
                let Some(row) = row else { return Answer::stay() };
                rows.go(row);
            }
            _ => return Answer::stay(),
        }
        self.select(&shown, &rows);
        Answer::stay()
    }

    fn size(&self, _model: &Model, screen: Rect) -> (u16, u16) {
        (100, screen.height.saturating_sub(4).max(14))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let look = &model.look;
        let shown = self.shown(model);
        let [list, line, below] = Self::places(area, shown.len());
        if shown.is_empty() {
            let words = if model.actions.past().len() == 0 {
                "Nothing was done yet."
            } else {
                "None of them matches."
            };
            frame.render_widget(Paragraph::new(Line::styled(words, look.dim)), list);
        } else {
            let cells = usize::from(list.width);
            let row =
                |at: usize| shown.get(at).map_or_else(Line::default, |past| Self::row(model, past, cells));
            self.rows(&shown).draw(look, frame, list, shown.len(), row);
        }
        if self.is_typing || !self.filter.is_blank() {
            let prompt = Rect { width: line.width.min(1), ..line };
            frame.render_widget(Paragraph::new(Span::styled("/", look.accent)), prompt);
            let rest = Rect { x: line.x + prompt.width, width: line.width - prompt.width, ..line };
            self.filter.draw(look, frame, rest, self.is_typing);
        } else {
            let rule = look.glyph("─", "-").repeat(usize::from(line.width));
            frame.render_widget(Paragraph::new(Line::styled(rule, look.dim)), line);
        }
        if let Some(past) = self.selected(&shown) {
            let lines = Self::details(model, past, usize::from(below.width));
            self.details.draw(look, frame, below, &lines);
        }
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        if self.is_typing {
            return vec![key("enter", "keep"), key("esc", "forget")];
        }
        if model.actions.past().len() == 0 {
            return vec![key("esc", "close")];
        }
        vec![
            key("up/down", "choose"),
            key("/", "filter"),
            key("y", "copy"),
            key("ctrl-d", "scroll"),
            key("esc", "close"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::{Stage, noon};
    use crate::ui::{Command, Problem, Yield};

    fn stage(width: u16, height: u16) -> Stage {
        let mut stage = Stage::new(width, height);
        stage.keys("s y").on("yocto-d").keys("u");
        let acts = stage.acts();
        stage.wait(2);
        stage.done(acts[0].0, Yield::Nothing);
        let problem = Problem {
            words: "start yocto-d: the engine refused: driver failed programming external connectivity: \
                    port 8080 is already allocated"
                .into(),
            hint: Some("stop what holds the port, or give the container another".into()),
            can_retry: true,
        };
        stage.fails(acts[1].0, problem);
        stage.wait(90);
        stage
    }

    /// The screen with the one time of day on it as it would be in UTC.
    fn drawn(stage: &Stage) -> String {
        let at = noon() + jiff::SignedDuration::from_secs(2);
        stage.draw().replace(&crate::text::local_time(at), "2025-03-01 12:00:02")
    }

    #[test]
    fn the_newest_comes_first_with_everything_there_is_to_say() {
        let mut stage = stage(80, 24);
        stage.keys("H");
        insta::assert_snapshot!("history_80x24", drawn(&stage));
        stage.keys("y");
        let copied = stage.commands.iter().find_map(|command| match command {
            Command::Copy(text) => Some(text.clone()),
            _ => None,
        });
        assert!(copied.unwrap().contains("port 8080 is already allocated"));
        stage.keys("down");
        assert!(drawn(&stage).contains("stop yocto-a"));
        stage.keys("esc");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn a_filter_narrows_it_and_escape_goes_back_step_by_step() {
        let mut stage = stage(120, 40);
        stage.keys("H /").types("failed").keys("enter");
        insta::assert_snapshot!("history_filtered_120x40", drawn(&stage));
        stage.keys("esc");
        assert_eq!(stage.dialogs(), 1);
        stage.keys("/").types("zzz");
        assert!(drawn(&stage).contains("None of them matches"));
        stage.keys("esc esc");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn the_cursor_stays_on_its_action_while_others_end() {
        let mut stage = stage(80, 24);
        stage.keys("H down");
        let before = drawn(&stage);
        assert!(before.contains("Action        stop yocto-a"), "{before}");
        stage.keys("esc").on("yocto-old").keys("u");
        let id = stage.acts()[0].0;
        stage.keys("H down");
        stage.done(id, Yield::Nothing);
        assert!(drawn(&stage).contains("Action        stop yocto-a"), "{}", drawn(&stage));
    }

    #[test]
    fn it_draws_at_any_size() {
        Stage::new(80, 24).keys("H").draws_at_any_size();
        stage(80, 24).keys("H").draws_at_any_size();
    }
}
