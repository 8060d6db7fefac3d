//! Short messages that go away by themselves.

use std::collections::VecDeque;
use std::time::Duration;

use crate::ui::Tone;

/// How many are kept at once; the oldest go first.
const AT_ONCE: usize = 4;
/// How long one is shown.
const SHOWN: Duration = Duration::from_secs(5);
/// How long a bad one is shown.
const SHOWN_BAD: Duration = Duration::from_secs(12);

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// How it is meant.
    pub tone: Tone,
    /// Its words, safe to draw.
    pub words: String,
    /// When it came.
    pub since: Duration,
}

/// The messages that are shown.
#[derive(Debug, Default)]
pub struct Toasts(VecDeque<Toast>);

impl Toasts {
    /// Shows one. The same words again only show it longer.
    pub fn tell(&mut self, tone: Tone, words: impl AsRef<str>, now: Duration) {
        let words = crate::text::clean(words.as_ref()).into_owned();
        self.0.retain(|toast| toast.words != words);
        if self.0.len() == AT_ONCE {
            self.0.pop_front();
        }
        self.0.push_back(Toast { tone, words, since: now });
    }

    /// Forgets those that were shown long enough.
    pub fn settle(&mut self, now: Duration) {
        self.0.retain(|toast| {
            now.saturating_sub(toast.since) < if toast.tone >= Tone::Warning { SHOWN_BAD } else { SHOWN }
        });
    }

    /// Forgets all; whether there were any.
    pub fn clear(&mut self) -> bool {
        let had_any = !self.0.is_empty();
        self.0.clear();
        had_any
    }

    /// Those that are shown, the oldest first.
    #[must_use]
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Toast> + ExactSizeIterator {
        self.0.iter()
    }
}
