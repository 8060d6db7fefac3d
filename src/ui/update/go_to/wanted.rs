//! What is typed to go to, read.

use jiff::civil::{Date, DateTime, Time};

use crate::logs::LineNumber;

/// What is expected.
const EXPECTED: &str =
    "expected a line (1234), a share (50%), a time (@14:05, @2026-03-01 14:05) or 200y to copy";

/// All of a log, in thousandths of a per cent.
pub(super) const WHOLE: u64 = 100_000;

/// Where to go, or what to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To this line.
    Line(LineNumber),
    /// To this share of the log, of [`WHOLE`]; never more than that.
    Share(u64),
    /// To this local time.
    Time(Option<Date>, Time),
    /// Nowhere: the last so many lines are copied.
    CopyLast(u64),
}

impl Wanted {
    /// What a text means; `None` where nothing is written.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn of(text: &str) -> Result<Option<Self>, &'static str> {
        let text = text.trim();
        let wanted = if let Some(time) = text.strip_prefix('@') {
            let time = time.trim();
            if time.is_empty() {
                return Ok(None);
            }
            time_of(time)
        } else if let Some(share) = text.strip_suffix('%') {
            share_of(share)
        } else if let Some(lines) = text.strip_suffix('y') {
            number(lines).map(Self::CopyLast)
        } else if text.is_empty() {
            return Ok(None);
        } else {
            number(text).map(|number| Self::Line(LineNumber::new(number)))
        };
        wanted.map(Some).ok_or(EXPECTED)
    }
}

/// A number; one that is too large is the largest there is. Blanks may stand in it, as in those on the screen.
fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|c| *c != ' ').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

fn share_of(text: &str) -> Option<Wanted> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if !(1..=3).contains(&part.len()) {
        return None;
    }
    let thousandths = number(&format!("{part:0<3}"))?;
    let share = number(whole)?.saturating_mul(1000).saturating_add(thousandths);
    Some(Wanted::Share(share.min(WHOLE)))
}

fn time_of(text: &str) -> Option<Wanted> {
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| Time::strptime(form, text).ok());
    if let Some(time) = time {
        return Some(Wanted::Time(None, time));
    }
    if let Ok(date) = Date::strptime("%Y-%m-%d", text) {
        return Some(Wanted::Time(Some(date), Time::midnight()));
    }
    let text = text.replacen('T', " ", 1);
    let both = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|form| DateTime::strptime(form, &text).ok())?;
    Some(Wanted::Time(Some(both.date()), both.time()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_shares_and_times_are_read() {
        let line = |number| Wanted::Line(LineNumber::new(number));
        for (text, wanted) in [
            ("1234", line(1234)),
            (" 1 234 ", line(1234)),
            ("99999999999999999999999", line(u64::MAX)),
            ("50%", Wanted::Share(50_000)),
            ("0%", Wanted::Share(0)),
            ("12.5%", Wanted::Share(12_500)),
            ("300%", Wanted::Share(WHOLE)),
            ("200y", Wanted::CopyLast(200)),
            ("@14:05", Wanted::Time(None, time(14, 5, 0, 0))),
            ("@9:05", Wanted::Time(None, time(9, 5, 0, 0))),
            ("@14:05:10", Wanted::Time(None, time(14, 5, 10, 0))),
            ("@2026-03-01 14:05", Wanted::Time(Some(date(2026, 3, 1)), time(14, 5, 0, 0))),
            ("@2026-03-01T14:05:10", Wanted::Time(Some(date(2026, 3, 1)), time(14, 5, 10, 0))),
            ("@2026-03-01", Wanted::Time(Some(date(2026, 3, 1)), Time::midnight())),
        ] {
            assert_eq!(Wanted::of(text), Ok(Some(wanted)), "{text}");
        }
        for text in ["", "  ", "@", "@ "] {
            assert_eq!(Wanted::of(text), Ok(None), "{text:?}");
        }
        for text in
            ["x", "12x", "%", "1.%", "1.2345%", "y", "-5", "@25:00", "@14", "@14:05 x", "@2026-02-30 14:05"]
        {
            assert_eq!(Wanted::of(text), Err(EXPECTED), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn anything_may_be_typed(text in "[@0-9:%y .T-]{0,40}|.{0,40}") {
            let _ = Wanted::of(&text);
        }
    }
}
