//! What a test sees of a screen: a part of it as text, and how a place looks, in words.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::logs::LogReader;
use crate::text::fit;
use crate::ui::layout::Layout;
use crate::ui::model::{Focus, Tab};
use crate::ui::test_support::{Stage, key};
use crate::ui::{ContainerNews, Message, view};

/// The cells of the whole screen.
pub(super) fn cells(stage: &Stage) -> Buffer {
    let (width, height) = stage.model.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view(&stage.model, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// The rows of a part of the screen, without the blanks at their ends.
pub(super) fn rows(stage: &Stage, part: Rect) -> Vec<String> {
    let cells = cells(stage);
    let row = |y| {
        let mut line = String::new();
        let mut x = part.left();
        while x < part.right() {
            let symbol = cells[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(fit::width(symbol)).unwrap().max(1);
        }
        line.trim_end().to_owned()
    };
    (part.top()..part.bottom()).map(row).collect()
}

/// What the pane shows in its frame.
pub(super) fn pane(stage: &Stage) -> Vec<String> {
    rows(stage, Layout::of(&stage.model).inside_pane())
}

/// The lower frame of the pane.
pub(super) fn pane_bottom(stage: &Stage) -> String {
    let pane = Layout::of(&stage.model).pane;
    rows(stage, Rect { y: pane.bottom() - 1, height: 1, ..pane }).concat()
}

/// How the first place that shows this text looks, in words: `cyan bold`, `plain`.
pub(in crate::ui) fn style_of(stage: &Stage, text: &str) -> String {
    let (x, y) = place_of(stage, text);
    let cell = &cells(stage)[(x, y)];
    let mut words = Vec::new();
    if cell.fg != Color::Reset {
        words.push(cell.fg.to_string().to_lowercase());
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", cell.bg.to_string().to_lowercase()));
    }
    for (modifier, word) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::REVERSED, "reversed"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::ITALIC, "italic"),
    ] {
        if cell.modifier.contains(modifier) {
            words.push(word.to_owned());
        }
    }
    if words.is_empty() { "plain".into() } else { words.join(" ") }
}

/// Column and row of the first place that shows this text.
pub(super) fn place_of(stage: &Stage, text: &str) -> (u16, u16) {
    let drawn = stage.draw();
    let found = drawn.lines().enumerate().find_map(|(row, line)| Some((row, line.find(text)?, line)));
    let (row, at, line) = found.unwrap_or_else(|| panic!("{text:?} is not on the screen:\n{drawn}"));
    (u16::try_from(fit::width(&line[..at])).unwrap(), u16::try_from(row).unwrap())
}

/// The pane has the keys and shows this tab of yocto-a.
pub(super) fn with_tab(width: u16, height: u16, tab: Tab) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.on("yocto-a");
    stage.model.pane.show(&key("yocto-a"), tab);
    stage.model.focus = Focus::Pane;
    stage.tell(Message::Tick);
    stage
}

/// The same with this log of it.
pub(super) fn with_log(width: u16, height: u16, reader: &LogReader) -> Stage {
    let mut stage = with_tab(width, height, Tab::Log);
    stage.tell(Message::Container(key("yocto-a"), ContainerNews::Log(reader.clone())));
    stage
}
