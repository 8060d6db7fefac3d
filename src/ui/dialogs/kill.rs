//! Sending a signal of one's choice.

use crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::config::Chord;
use crate::engine::Signal;
use crate::text::{count, fit};
use crate::ui::{ContainerKey, Model, Request};

use super::parts::{
    Field, Rows, container_line, container_name, inside, inside_of, padded, rows, text_width,
};
use super::{Answer, Dialog, Wish};

/// How wide it would like to be.
const WIDTH: u16 = 66;
/// The most containers that are listed; the title says how many there are.
const LISTED: usize = 3;
/// The signals people send, the most usual first, and what they mean to most programs.
const USUAL: &[(&str, &str)] = &[
    ("TERM", "end, after tidying up"),
    ("INT", "end, as ^C does; bitbake finishes what runs first"),
    ("HUP", "the terminal is gone, or: read the settings again"),
    ("KILL", "end at once: nothing is tidied up"),
    ("QUIT", "end, with a dump of memory"),
    ("USR1", "whatever the program takes it for"),
    ("USR2", "whatever the program takes it for"),
    ("STOP", "stand still, until CONT"),
    ("CONT", "go on after STOP"),
];

#[derive(Debug)]
struct Kill {
    targets: Vec<ContainerKey>,
    typed: Field,
    rows: Rows,
}

/// Asks which signal the marked or selected containers that run are to be sent.
pub fn kill(model: &Model) -> Option<Box<dyn Dialog>> {
    let alive = model.containers.targets().into_iter().filter(|row| row.container.state.is_alive());
    let targets: Vec<ContainerKey> = alive.map(|row| row.key.clone()).collect();
    let dialog = Kill { typed: Field::line("", "type to narrow"), rows: Rows::default(), targets };
    (!dialog.targets.is_empty()).then(|| Box::new(dialog) as Box<dyn Dialog>)
}

impl Kill {
    fn alive(&self, model: &Model) -> Vec<&ContainerKey> {
        let is_alive =
            |key: &ContainerKey| model.containers.get(key).is_some_and(|row| row.container.state.is_alive());
        self.targets.iter().filter(|key| is_alive(key)).collect()
    }

    /// The signals that what is typed leaves; a number names its signal, too.
    fn shown(&self) -> Vec<(Signal, &'static str)> {
        let typed = self.typed.text().trim().to_ascii_uppercase();
        let typed = typed.strip_prefix("SIG").unwrap_or(&typed).to_owned();
        let usual = USUAL.iter().map(|(name, words)| (*name, *words));
        let others = Signal::names().filter(|name| USUAL.iter().all(|(usual, _)| usual != name));
        let all = usual.chain(others.map(|name| (name, "")));
        let mut shown: Vec<(Signal, &'static str)> = all
            .filter(|(name, _)| name.starts_with(&typed))
            .filter_map(|(name, words)| Some((name.parse().ok()?, words)))
            .collect();
        if shown.is_empty()
            && let Ok(signal) = typed.parse::<Signal>()
        {
            let words =
                USUAL.iter().find(|(name, _)| *name == signal.as_str()).map_or("", |(_, words)| words);
            shown.push((signal, words));
        }
        shown
    }

    fn send(&self, model: &Model) -> Answer {
        let shown = self.shown();
        let Some((signal, _)) = shown.get(self.rows.place(shown.len())) else { return Answer::stay() };
        let request = |key: &ContainerKey| Wish::Act(Request::Kill(key.clone(), signal.clone()));
        let mut wishes: Vec<Wish> = self.alive(model).into_iter().map(request).collect();
        wishes.push(Wish::Unmark);
        Answer { wishes, closes: true }
    }

    /// How many lines the containers take.
    fn listed(&self) -> u16 {
        rows(self.targets.len().min(LISTED))
    }

    /// The places of the containers, of what is typed, and of the signals.
    fn places(&self, area: Rect) -> [Rect; 3] {
        let area = padded(area);
        let above = self.listed().min(area.height);
        let typed = area.height.saturating_sub(above).min(2);
        let y = area.y + above;
        [
            Rect { height: above, ..area },
            Rect { y, height: typed, ..area },
            Rect { y: y + typed, height: area.height - above - typed, ..area },
        ]
    }
}

impl Dialog for Kill {
    fn title(&self, model: &Model) -> String {
        match self.targets.as_slice() {
            [one] => format!("Send a signal to {}", container_name(model, one)),
            more => format!("Send a signal to {}", count(more.len(), "container")),
        }
    }

    fn key(&mut self, model: &Model, key: KeyEvent, chord: Chord) -> Answer {
        let chord = chord.to_string();
        let height = usize::from(self.places(inside_of(self, model))[2].height);
        match chord.as_str() {
            "esc" => return Answer::close(),
            "enter" if key.kind == KeyEventKind::Repeat => {}
            "enter" if self.alive(model).is_empty() => return Answer::close(),
            "enter" => return self.send(model),
            chord if self.rows.key(chord, self.shown().len(), height, false) => {}
            _ => {
                if self.typed.key(key) {
                    self.rows.go(0);
                }
            }
        }
        Answer::stay()
    }

    fn paste(&mut self, _model: &Model, text: &str) -> Answer {
        self.typed.paste(text);
        self.rows.go(0);
        Answer::stay()
    }

    fn mouse(&mut self, _model: &Model, mouse: MouseEvent, area: Rect) -> Answer {
        let place = self.places(inside(area))[2];
        let shown = self.shown().len();
        match mouse.kind {
            MouseEventKind::ScrollDown => self.rows.by(1, shown),
            MouseEventKind::ScrollUp => self.rows.by(-1, shown),
            MouseEventKind::Down(MouseButton::Left) => {
                let line = mouse.row.checked_sub(place.y);
                if let Some(row) = line.and_then(|line| self.rows.at(line, shown, usize::from(place.height)))
                {
                    self.rows.go(row);
                }
            }
            _ => {}
        }
        Answer::stay()
    }

    fn size(&self, _model: &Model, _screen: Rect) -> (u16, u16) {
        (WIDTH, self.listed() + 2 + rows(Signal::names().count()).min(14) + 2)
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let look = &model.look;
        let [above, typed, list] = self.places(area);
        let cells = text_width(WIDTH, area).min(usize::from(above.width));
        let lines: Vec<Line<'_>> =
            self.targets.iter().take(LISTED).map(|key| container_line(model, key, cells, None)).collect();
        frame.render_widget(Paragraph::new(lines), above);
        if typed.height == 2 {
            let line = Rect { y: typed.y + 1, height: 1, ..typed };
            let prompt = Rect { width: line.width.min(2), ..line };
            frame.render_widget(Paragraph::new(Span::styled("> ", look.accent)), prompt);
            let rest = Rect { x: line.x + prompt.width, width: line.width - prompt.width, ..line };
            self.typed.draw(look, frame, rest, true);
        }
        let shown = self.shown();
        if shown.is_empty() {
            let words = Line::styled("No signal of that name.", look.dim);
            return frame.render_widget(Paragraph::new(words), list);
        }
        self.rows.draw(look, frame, list, shown.len(), |at| {
            let Some((signal, words)) = shown.get(at) else { return Line::default() };
            let style = if *signal == Signal::kill() { look.bad } else { look.strong };
            Line::from(vec![
                Span::styled(fit::left(signal.as_str(), 6), style),
                Span::styled(format!("{:>3}  ", signal.number()), look.dim),
                Span::styled((*words).to_owned(), look.plain),
            ])
        });
    }

    fn keys(&self, model: &Model) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        if self.alive(model).is_empty() {
            return vec![key("esc", "close: it has ended")];
        }
        vec![key("enter", "send it"), key("up/down", "choose"), key("esc", "send nothing")]
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::test_support::Stage;

    #[test]
    fn the_chosen_signal_is_sent() {
        let mut stage = Stage::new(80, 24);
        stage.keys("K");
        insta::assert_snapshot!("kill_80x24", stage.draw());
        stage.keys("down enter");
        assert_eq!(
            stage.requests(),
            [r#"Kill(ContainerKey { engine: EngineId(1), id: ContainerId("id-yocto-a") }, Signal("INT"))"#]
        );
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn typing_narrows_and_takes_numbers() {
        let mut stage = Stage::new(120, 40);
        stage.keys("A K").types("us");
        insta::assert_snapshot!("kill_narrowed_120x40", stage.draw());
        stage.keys("ctrl-u").types("sigk").keys("enter");
        let sent = stage.requests();
        assert_eq!(sent.len(), 3, "one for each that runs");
        assert!(sent.iter().all(|one| one.contains(r#"Signal("KILL")"#)), "{sent:?}");
        stage.keys("K").pastes("35").keys("enter");
        assert!(stage.requests()[0].contains(r#"Signal("35")"#));
        stage.keys("K").types("nonsense").keys("enter");
        assert_eq!((stage.requests().len(), stage.dialogs()), (0, 1), "there is none of that name");
        stage.keys("esc");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn a_click_chooses_and_it_draws_at_any_size() {
        let mut stage = Stage::new(80, 24);
        stage.keys("K").clicks("HUP ").keys("enter");
        assert!(stage.requests()[0].contains(r#"Signal("HUP")"#));
        stage.keys("A K").draws_at_any_size();
    }
}
