//! The four texts of the prompt, and which of them has the keys.

use crossterm::event::KeyEvent;
use ratatui::style::{Modifier, Style};
use tui_textarea::{CursorMove, TextArea, WrapMode};

use crate::ui::ExecDraft;

/// The longest text that is taken, all fields together: the kernel takes no longer argument than twice this.
const LONGEST: usize = 64 * 1024;

/// One of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Command,
    User,
    Workdir,
    Env,
}

impl Field {
    const ALL: [Self; 4] = [Self::Command, Self::User, Self::Workdir, Self::Env];

    fn may_have_lines(self) -> bool {
        matches!(self, Self::Command | Self::Env)
    }
}

/// The texts as they are being written.
#[derive(Debug)]
pub(super) struct Editor {
    texts: [TextArea<'static>; 4],
    at: Field,
    /// Whether the command is to go on when the console ends.
    pub(super) durable: bool,
}

impl Editor {
    /// With this in it, the cursor behind the command.
    pub(super) fn new(draft: &ExecDraft, hint: Style) -> Self {
        let hints = [
            "such as: bitbake core-image-minimal",
            "the container's own",
            "the container's own",
            "NAME=value, each on a line of its own",
        ];
        let texts = [&draft.command, &draft.user, &draft.workdir, &draft.env.join("\n")];
        let mut areas = texts.map(|text| TextArea::new(text.split('\n').map(str::to_owned).collect()));
        for (area, words) in areas.iter_mut().zip(hints) {
            area.set_cursor_line_style(Style::new());
            area.set_placeholder_text(words);
            area.set_placeholder_style(hint);
            area.set_wrap_mode(WrapMode::None);
            area.move_cursor(CursorMove::Bottom);
            area.move_cursor(CursorMove::End);
        }
        let [command, ..] = &mut areas;
        command.set_wrap_mode(WrapMode::WordOrGlyph);
        let mut editor = Self { texts: areas, at: Field::Command, durable: draft.durable };
        editor.go_to(Field::Command);
        editor
    }

    /// What is written.
    pub(super) fn draft(&self) -> ExecDraft {
        let text = |field| self.text(field).lines().join("\n");
        let env = self.text(Field::Env).lines().iter().filter(|line| !line.trim().is_empty());
        ExecDraft {
            command: text(Field::Command),
            user: text(Field::User),
            workdir: text(Field::Workdir),
            env: env.cloned().collect(),
            durable: self.durable,
        }
    }

    /// The field that has the keys.
    pub(super) fn at(&self) -> Field {
        self.at
    }

    /// The text of a field.
    pub(super) fn text(&self, field: Field) -> &TextArea<'static> {
        let [command, user, workdir, env] = &self.texts;
        match field {
            Field::Command => command,
            Field::User => user,
            Field::Workdir => workdir,
            Field::Env => env,
        }
    }

    /// The text that has the keys.
    pub(super) fn here(&mut self) -> &mut TextArea<'static> {
        let [command, user, workdir, env] = &mut self.texts;
        match self.at {
            Field::Command => command,
            Field::User => user,
            Field::Workdir => workdir,
            Field::Env => env,
        }
    }

    /// Gives the keys to a field.
    pub(super) fn go_to(&mut self, field: Field) {
        for text in &mut self.texts {
            text.set_cursor_style(Style::new());
        }
        self.at = field;
        self.here().set_cursor_style(Style::new().add_modifier(Modifier::REVERSED));
    }

    /// To the field so many further on, round and round.
    pub(super) fn step(&mut self, by: isize) {
        let next = (self.at as usize).cast_signed() + by;
        let next = next.rem_euclid(Field::ALL.len().cast_signed()).cast_unsigned();
        self.go_to(Field::ALL.get(next).copied().unwrap_or(Field::Command));
    }

    /// A line up or down in the field; whether there was one to go to.
    pub(super) fn move_by_line(&mut self, down: bool) -> bool {
        let text = self.here();
        let before = (text.cursor(), text.screen_cursor().row);
        text.move_cursor(if down { CursorMove::Down } else { CursorMove::Up });
        before != (text.cursor(), text.screen_cursor().row)
    }

    /// A new line, where the field may have several.
    pub(super) fn break_line(&mut self) {
        if self.at.may_have_lines() {
            self.here().insert_newline();
        }
    }

    /// Any other key.
    pub(super) fn input(&mut self, key: KeyEvent) {
        self.here().input(key);
    }

    /// Takes a text whole, its lines as lines where the field may have several; without what acts on a terminal.
    ///
    /// # Errors
    /// It would be too much: nothing of it is taken.
    pub(super) fn paste(&mut self, text: &str) -> Result<(), String> {
        let written: usize = self.texts.iter().flat_map(TextArea::lines).map(|line| line.len() + 1).sum();
        if written + text.len() > LONGEST {
            let (has, most) = (text.len().div_ceil(1024), LONGEST / 1024);
            return Err(format!("{has} KiB are too much: a command has at most {most}"));
        }
        let breaks = if self.at.may_have_lines() { "\n" } else { " " };
        let text = text.replace("\r\n", "\n").replace(['\r', '\n'], breaks);
        let kept: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
        self.here().insert_str(kept);
        Ok(())
    }
}

/// The draft as it is run: without blanks around the options.
///
/// # Errors
/// What is wrong with which field.
pub(super) fn checked(draft: &ExecDraft) -> Result<ExecDraft, (Field, String)> {
    let workdir = draft.workdir.trim();
    if !workdir.is_empty() && !workdir.starts_with('/') {
        return Err((Field::Workdir, "the workdir is a whole path, from / on".into()));
    }
    let mut env = Vec::new();
    for line in &draft.env {
        let line = line.trim_start();
        let is_name = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
        if !line.split_once('=').is_some_and(|(name, _)| is_name(name)) {
            let line = crate::text::fit::without_end(&crate::text::clean(line), 30);
            return Err((Field::Env, format!("env: NAME=value is needed, not {line:?}")));
        }
        env.push(line.to_owned());
    }
    if draft.command.len() > LONGEST {
        return Err((Field::Command, format!("the command is longer than {} KiB", LONGEST / 1024)));
    }
    Ok(ExecDraft {
        command: draft.command.trim_end().to_owned(),
        user: draft.user.trim().to_owned(),
        workdir: workdir.to_owned(),
        env,
        durable: draft.durable,
    })
}
