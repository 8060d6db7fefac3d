//! What was told when, so that nobody hears the same every few seconds.

use std::time::Duration;

use jiff::Timestamp;

use super::{Limits, Worry, WorryKind, between};

/// For how long a worry must be away to be new when it comes again: what is about its limit comes and goes.
const GONE: Duration = Duration::from_secs(120);

/// What was told when; as many as there were worries in the last two minutes.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(Vec<Once>);

#[derive(Debug, Clone)]
struct Once {
    kind: WorryKind,
    subject: String,
    told: Timestamp,
    seen: Timestamp,
}

impl Told {
    /// Marks those that are to be told now.
    pub(super) fn mark(&mut self, worries: &mut [Worry], limits: &Limits, now: Timestamp) {
        self.0.retain(|once| between(once.seen, now) < GONE);
        for worry in worries {
            let known =
                self.0.iter_mut().find(|once| once.kind == worry.kind && once.subject == worry.subject);
            if let Some(once) = known {
                once.seen = now;
                worry.is_news = between(once.told, now) >= limits.cool_down(worry.kind);
                if worry.is_news {
                    once.told = now;
                }
            } else {
                worry.is_news = true;
                let subject = worry.subject.clone();
                self.0.push(Once { kind: worry.kind, subject, told: now, seen: now });
            }
        }
    }
}
