//! Going to what is typed: a line, a share of the log, a time.

mod wanted;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::logs::{Extent, LineNumber, LogReader};
use crate::ui::model::{Focus, Place, Typing};
use crate::ui::view::log_rows;
use crate::ui::{Command, ContainerKey, Model, Tone};

use super::{going, selecting};
use wanted::Wanted;

/// The longest text that is kept: nobody types more.
const LONGEST: usize = 40;
/// So many of the last lines are looked at for one with a time.
const TIMED: usize = 256;

/// Waits for where to go, of which this is typed already.
pub(super) fn ask(model: &mut Model, typed: &str) {
    model.focus = Focus::Pane;
    model.typing = Some(Typing::GoTo(typed.into()));
}

/// A key while it is being typed.
pub(super) fn typed(model: &mut Model, key: KeyEvent, commands: &mut Vec<Command>) {
    let Some(Typing::GoTo(text)) = &mut model.typing else { return };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (key.code, key.modifiers) {
        (KeyCode::Esc, _) => model.typing = None,
        (KeyCode::Enter, _) => decide(model, commands),
        (KeyCode::Backspace, _) if text.is_empty() => model.typing = None,
        (KeyCode::Backspace, _) => drop(text.pop()),
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => text.clear(),
        (KeyCode::Char(c), held) if !held.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => match c {
            'g' | 'G' if is_number => decide(model, commands),
            'y' | '%' if !text.is_empty() && !text.starts_with('@') => {
                text.push(c);
                decide(model, commands);
            }
            _ => push(text, c),
        },
        _ => {}
    }
}

/// A line was pasted.
pub(super) fn pasted(model: &mut Model, line: &str) {
    if let Some(Typing::GoTo(text)) = &mut model.typing {
        line.chars().for_each(|c| push(text, c));
    }
}

fn push(text: &mut String, c: char) {
    if text.len() < LONGEST && !c.is_control() {
        text.push(c);
    }
}

/// Goes to what is typed. What means nothing stays, to be put right.
fn decide(model: &mut Model, commands: &mut Vec<Command>) {
    let Some(Typing::GoTo(text)) = &model.typing else { return };
    let found = Wanted::of(text);
    if matches!(found, Ok(None)) {
        model.typing = None;
        return;
    }
    let Some(of) = model.pane_of().cloned() else { return };
    let Some(extent) = log_rows(model, &of).map(|rows| rows.extent()) else { return };
    let gone = found.and_then(|wanted| match wanted {
        None => Ok(()),
        Some(Wanted::Line(line)) => {
            go(model, &of, &extent, Some(line));
            Ok(())
        }
        Some(Wanted::Share(share)) => {
            go(model, &of, &extent, Some(at_share(&extent, share)));
            Ok(())
        }
        Some(Wanted::Time(date, time)) => {
            let reader = model.pane.shown_log(&of).and_then(|view| view.reader.as_ref());
            let time = reader.ok_or("there is no log here").and_then(|reader| instant(reader, date, time))?;
            let line = reader.and_then(|reader| reader.at_time(time));
            go(model, &of, &extent, line);
            Ok(())
        }
        Some(Wanted::CopyLast(lines)) => {
            selecting::copy_last(model, &of, lines, commands);
            Ok(())
        }
    });
    match gone {
        Ok(()) => model.typing = None,
        Err(why) => model.toasts.tell(Tone::Warning, why, model.now.since_start),
    }
}

/// To a line; to the end where it is behind that, or where there is none.
fn go(model: &mut Model, of: &ContainerKey, extent: &Extent, line: Option<LineNumber>) {
    match line.filter(|line| *line < extent.end) {
        Some(line) => going::jump(model, of, line),
        None if selecting::is_on(model) => selecting::extend(model, super::moving::Far::Bottom),
        None => {
            if let Some(view) = model.pane.shown_log_mut(of) {
                view.settle(extent);
                going::leave_for(view, Place::End);
            }
        }
    }
}

/// The line before which so many thousandths of a per cent of the lines are; behind the end where that is all.
fn at_share(extent: &Extent, share: u64) -> LineNumber {
    let lines = u128::from(extent.lines()) * u128::from(share) / u128::from(wanted::WHOLE);
    extent.first.plus(u64::try_from(lines).unwrap_or(u64::MAX))
}

/// The instant that is meant by a local time: where no date is given, on the latest day on which it is not after the
/// last line.
fn instant(
    reader: &LogReader,
    date: Option<jiff::civil::Date>,
    time: jiff::civil::Time,
) -> Result<Timestamp, &'static str> {
    let zone = TimeZone::system();
    let at = |date: jiff::civil::Date| {
        let zoned = date.to_datetime(time).to_zoned_datetime(zone.clone());
        zoned.map(|zoned| zoned.timestamp()).map_err(|_| "there is no such time")
    };
    if let Some(date) = date {
        return at(date);
    }
    let end = reader.extent().end;
    let lines = reader.window(end.minus(TIMED as u64), TIMED);
    let last =
        lines.iter().rev().find_map(|line| line.time).ok_or("the last lines of this log have no time")?;
    let day = last.to_zoned_datetime(zone.clone()).date();
    let latest = at(day)?;
    if latest <= last { Ok(latest) } else { at(day.yesterday().map_err(|_| "there is no such time")?) }
}
