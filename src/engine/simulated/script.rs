//! A program's output, one piece after the other.

use std::sync::Arc;
use std::time::Duration;

use super::reply::fill;
use super::scene::{OutputItem, Program};

/// Repeated text without a pause between is printed in pieces of about this size, as a pipe would carry it.
const BATCH: usize = 32 * 1024;

/// At least this long between two rounds of a program that begins anew: a round may print nothing in no time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// When the next step comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue {
    /// So long after the step before.
    pub(super) after: Duration,
    /// Only once a line was typed.
    pub(super) after_line: bool,
}

/// Something to print.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) stderr: bool,
    pub(super) bytes: Vec<u8>,
    /// The bytes are a terminal's already.
    pub(super) raw: bool,
}

#[derive(Debug)]
pub(super) struct Script {
    program: Arc<Program>,
    item: usize,
    /// How often the item was printed, or how many of its chunks.
    done: u64,
    /// The output is about to begin anew.
    anew: bool,
}

impl Script {
    pub(super) fn new(program: Arc<Program>) -> Self {
        Self { program, item: 0, done: 0, anew: false }
    }

    /// From the beginning, where the program says so and prints anything at all.
    fn begin_anew(&mut self) {
        let prints = |item: &OutputItem| item.times() > 0;
        if self.program.again.is_some()
            && self.item >= self.program.output.len()
            && self.program.output.iter().any(prints)
        {
            (self.item, self.done, self.anew) = (0, 0, true);
        }
    }

    /// The item that has something left.
    fn item(&mut self) -> Option<&OutputItem> {
        loop {
            let item = self.program.output.get(self.item)?;
            if self.done < item.times() {
                break;
            }
            self.item += 1;
            self.done = 0;
            self.begin_anew();
        }
        self.program.output.get(self.item)
    }

    /// When the next step comes; `None` after the last.
    pub(super) fn cue(&mut self) -> Option<Cue> {
        let done = self.done_of_item();
        let pause = match self.program.again {
            Some(pause) if self.anew => pause.0.max(SHORTEST_PAUSE),
            _ => Duration::ZERO,
        };
        let item = self.item()?;
        let first = done == 0;
        let own = match &item.replay {
            Some(replay) => {
                let at = |index: usize| replay.chunks.get(index).map_or(Duration::ZERO, |(at, ..)| *at);
                let index = usize::try_from(done).unwrap_or(usize::MAX);
                at(index).saturating_sub(index.checked_sub(1).map_or(Duration::ZERO, at))
            }
            None if first => Duration::ZERO,
            None => item.every.0,
        };
        let after = if first { pause.saturating_add(item.after.0).saturating_add(own) } else { own };
        Some(Cue { after, after_line: first && item.after_line })
    }

    fn done_of_item(&mut self) -> u64 {
        self.item();
        self.done
    }

    /// The next step; `value` knows what the names in its text mean just now.
    pub(super) fn step(&mut self, mut value: impl FnMut(&str) -> Option<Vec<u8>>) -> Option<Step> {
        let mut done = self.done_of_item();
        self.anew = false;
        let item = self.item()?;
        if let Some(replay) = &item.replay {
            let (_, stderr, bytes) = replay.chunks.get(usize::try_from(done).ok()?)?;
            let step = Step { stderr: *stderr, bytes: bytes.to_vec(), raw: replay.terminal };
            self.done += 1;
            return Some(step);
        }
        let (text, stderr) = match (&item.stdout, &item.stderr) {
            (Some(text), _) => (text.as_str(), false),
            (None, Some(text)) => (text.as_str(), true),
            (None, None) => ("", false),
        };
        let mut bytes = Vec::new();
        while done < item.repeat.unwrap_or(1) {
            done += 1;
            if item.literal {
                bytes.extend_from_slice(text.as_bytes());
            } else {
                bytes.extend(fill(text, |name| {
                    if name == "n" { Some(done.to_string().into_bytes()) } else { value(name) }
                }));
            }
            if !item.every.0.is_zero() || bytes.len() >= BATCH || bytes.is_empty() {
                break;
            }
        }
        self.done = done;
        Some(Step { stderr, bytes, raw: false })
    }
}

impl OutputItem {
    /// How often it is printed, or how many chunks it has.
    fn times(&self) -> u64 {
        match &self.replay {
            Some(replay) => replay.chunks.len() as u64,
            None => self.repeat.unwrap_or(1),
        }
    }
}
