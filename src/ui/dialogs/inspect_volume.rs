//! All there is to know of a volume.

use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::config::Chord;
use crate::text::{age, bytes, clean, local_time};
use crate::ui::model::VolumeRow;
use crate::ui::{Command, Model, Tone, VolumeKey};

use super::parts::{
    Scroll, container_line, fact, inside_of, padded, paragraph, rows, section, text_width, users_of, wrapped,
};
use super::{Answer, Dialog, Wish};

/// How wide it would like to be.
const WIDTH: u16 = 84;

#[derive(Debug)]
struct InspectVolume {
    volume: VolumeKey,
    scroll: Scroll,
}

/// Shows the selected volume.
pub fn inspect_volume(model: &Model) -> Option<Box<dyn Dialog>> {
    let volume = model.volumes.selected()?.key.clone();
    Some(Box::new(InspectVolume { volume, scroll: Scroll::default() }))
}

impl InspectVolume {
    fn lines(&self, model: &Model, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let Some(row) = model.volumes.get(&self.volume) else {
            return paragraph("It is gone.", cells, look.plain);
        };
        let VolumeRow { volume, managed, protected, size, .. } = row;
        let mut lines = fact(look, "Name", &volume.name, cells);
        lines.extend(fact(look, "Engine", &model.engines.name(self.volume.engine), cells));
        lines.extend(fact(look, "Driver", &volume.driver, cells));
        lines.extend(fact(look, "Size", &self.size_words(model, *size), cells));
        if let Some(created) = volume.created {
            let made = format!("{} ({})", age(Some(created), model.now.time), local_time(created));
            lines.extend(fact(look, "Made", &made, cells));
        }
        lines.extend(fact(look, "Mountpoint", &volume.mountpoint, cells));
        let owner = managed.as_ref().map_or_else(|| "not managed".into(), ToString::to_string);
        lines.extend(fact(look, "Owner", &owner, cells));
        let kept = protected.as_ref().map_or_else(|| "not protected".into(), ToString::to_string);
        lines.extend(fact(look, "Protection", &kept, cells));
        let users: Vec<_> = users_of(model, &self.volume).collect();
        lines.extend(section(look, "Used by"));
        if users.is_empty() {
            lines.push(Line::styled("no container", look.dim));
        }
        for user in users {
            let mounts = user.container.mounts.iter();
            let at = mounts.filter(|mount| mount.volume.as_deref() == Some(&self.volume.name)).map(|mount| {
                format!("at {}{}", clean(&mount.target), if mount.read_only { ", read only" } else { "" })
            });
            let at = at.collect::<Vec<_>>().join("; ");
            lines.push(container_line(model, &user.key, cells, Some(&at)));
        }
        for (title, pairs) in [("Labels", &volume.labels), ("Options", &volume.options)] {
            if !pairs.is_empty() {
                lines.extend(section(look, title));
            }
            for (name, value) in pairs {
                let words = wrapped(&format!("{name}={value}"), cells);
                lines.extend(words.into_iter().map(|line| Line::from(Span::styled(line, look.plain))));
            }
        }
        lines
    }

    fn size_words(&self, model: &Model, size: Option<u64>) -> String {
        let measured = model.engines.get(self.volume.engine).map(|engine| &engine.measured);
        let when = match measured {
            Some(measured) if measured.is_asking => "being measured".to_owned(),
            Some(measured) => match (&measured.problem, measured.at) {
                (Some(problem), _) => problem.words.clone(),
                (None, Some(at)) => format!("measured {}", age(Some(at), model.now.time)),
                (None, None) => "not measured yet".into(),
            },
            None => String::new(),
        };
        match size {
            Some(size) => format!("{} ({when})", bytes(size)),
            None => format!("not known ({when})"),
        }
    }

    fn scrolled(&mut self, model: &Model, scroll: impl FnOnce(&mut Scroll, usize, usize)) {
        let area = padded(inside_of(self, model));
        let lines = self.lines(model, usize::from(area.width)).len();
        scroll(&mut self.scroll, lines, usize::from(area.height));
    }
}

impl Dialog for InspectVolume {
    fn title(&self, _model: &Model) -> String {
        format!("Volume {}", clean(&self.volume.name))
    }

    fn key(&mut self, model: &Model, _key: KeyEvent, chord: Chord) -> Answer {
        match chord.to_string().as_str() {
            "esc" | "q" | "enter" | "i" => return Answer::close(),
            "y" => {
                let lines = self.lines(model, 400);
                let text = |line: &Line<'_>| line.spans.iter().map(|span| span.content.as_ref()).collect();
                let text: Vec<String> = lines.iter().map(text).collect();
                let tell = Wish::Tell(Tone::Good, format!("copied all of {}", self.volume.name));
                let copy = Wish::Command(Command::Copy(text.join("\n")));
                return Answer { wishes: vec![copy, tell], closes: false };
            }
            chord => self.scrolled(model, |scroll, lines, height| {
                scroll.key(chord, lines, height);
            }),
        }
        Answer::stay()
    }

    fn mouse(&mut self, model: &Model, mouse: MouseEvent, _area: Rect) -> Answer {
        let by = match mouse.kind {
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::ScrollUp => -3,
            _ => return Answer::stay(),
        };
        self.scrolled(model, |scroll, lines, height| scroll.by(by, lines, height));
        Answer::stay()
    }

    fn size(&self, model: &Model, screen: Rect) -> (u16, u16) {
        (WIDTH, rows(self.lines(model, text_width(WIDTH, screen)).len()).saturating_add(2))
    }

    fn draw(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let area = padded(area);
        self.scroll.draw(&model.look, frame, area, &self.lines(model, usize::from(area.width)));
    }

    fn keys(&self, _model: &Model) -> Vec<(String, &'static str)> {
        let key = |key: &str, words| (key.to_owned(), words);
        vec![key("up/down", "scroll"), key("y", "copy"), key("esc", "close")]
    }
}

#[cfg(test)]
mod tests {
    use crate::text::local_time;
    use crate::ui::Command;
    use crate::ui::test_support::{Stage, hours_ago};

    fn drawn(stage: &Stage) -> String {
        stage.draw().replace(&local_time(hours_ago(240)), "2025-02-19 12:00:00")
    }

    #[test]
    fn everything_is_said_of_it() {
        let mut stage = Stage::new(120, 40);
        stage.on_volume("sstate-cache").keys("i");
        insta::assert_snapshot!("inspect_volume_120x40", drawn(&stage));
        stage.keys("y");
        assert!(
            stage.commands.iter().any(|one| matches!(one, Command::Copy(text) if text.contains("yocto-a")))
        );
        stage.keys("esc");
        assert_eq!(stage.dialogs(), 0);
    }

    #[test]
    fn it_scrolls_where_there_is_little_room() {
        let mut stage = Stage::new(60, 15);
        stage.on_volume("sstate-cache").keys("i");
        let top = drawn(&stage);
        stage.keys("end");
        assert_ne!(drawn(&stage), top);
        assert!(drawn(&stage).contains("io.smidr.managed=true"), "{}", drawn(&stage));
        insta::assert_snapshot!("inspect_volume_end_60x15", drawn(&stage));
        stage.draws_at_any_size();
    }

    #[test]
    fn it_fits_on_a_usual_screen() {
        let mut stage = Stage::new(80, 24);
        stage.on_volume("foreign-data").keys("i");
        insta::assert_snapshot!("inspect_volume_80x24", drawn(&stage));
    }
}
