//! Where reading a log stands, so that it can be taken up again: after the last stamp, and after as many entries as
//! have carried it.

use jiff::Timestamp;

/// Where it stands.
#[derive(Debug, Default)]
pub(crate) struct Resume {
    last: Option<Timestamp>,
    /// How many entries carried it.
    carried: u64,
    /// How many of these have come again; `None` once something newer has come.
    again: Option<u64>,
    taken: u64,
}

impl Resume {
    /// The stamp to ask from; `None` where nothing was read yet.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.last
    }

    /// How many entries were new in all.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// A stream begins that was asked for from [`since`](Self::since).
    pub(crate) fn again(&mut self) {
        self.again = self.last.map(|_| 0);
    }

    /// Whether an entry with this stamp is new. Engines that stamp coarsely, or begin at a whole second, bring older
    /// ones again.
    pub(crate) fn is_new(&mut self, time: Option<Timestamp>) -> bool {
        if let (Some(again), Some(time), Some(last)) = (&mut self.again, time, self.last) {
            if time < last {
                return false;
            }
            if time == last && *again < self.carried {
                *again += 1;
                return false;
            }
            self.again = None;
        }
        if time.is_some() && time == self.last {
            self.carried += 1;
        } else if time.is_some() {
            (self.last, self.carried) = (time, 1);
        }
        self.taken += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a stamp is one that may be missing")]
    fn at(second: i64) -> Option<Timestamp> {
        Some(Timestamp::from_second(second).unwrap())
    }

    #[test]
    fn what_came_before_does_not_come_again() {
        let entries = [1, 2, 2, 2, 3, 4, 4, 5].map(at);
        for cut in 0..=entries.len() {
            let mut resume = Resume::default();
            let seen: Vec<_> = entries[..cut].iter().filter(|time| resume.is_new(**time)).collect();
            resume.again();
            let since = resume.since();
            // From the stamp on, and from a whole minute before it, as a coarse engine would.
            for from in [since, since.map(|_| at(0).unwrap())] {
                let mut resume = Resume { last: resume.last, carried: resume.carried, ..Resume::default() };
                resume.again();
                let rest = entries.iter().filter(|time| time.unwrap() >= from.unwrap_or(at(0).unwrap()));
                let more: Vec<_> = rest.filter(|time| resume.is_new(**time)).collect();
                assert_eq!(
                    seen.iter().chain(&more).copied().collect::<Vec<_>>(),
                    entries.iter().collect::<Vec<_>>(),
                    "{cut}"
                );
            }
        }
    }

    #[test]
    fn a_second_with_more_in_it_than_before_brings_only_what_is_more() {
        let mut resume = Resume::default();
        assert!(resume.is_new(at(7)) && resume.is_new(at(7)));
        resume.again();
        let news: Vec<bool> = [7, 7, 7, 8, 7].map(|second| resume.is_new(at(second))).into();
        assert_eq!(
            news,
            [false, false, true, true, true],
            "a clock that is put back loses nothing once it is new"
        );
    }
}
