//! Words for people: sizes, durations, ages, and text from engines made safe to print. Knows no other room.

pub mod fit;
pub mod secrets;

use std::borrow::Cow;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Text from outside with everything that could act on a terminal replaced: control characters (of both sets),
/// line separators, and what turns the direction of writing around.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let replaced = text.chars().map(|c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        c if acts(c) => '\u{fffd}',
        c => c,
    });
    Cow::Owned(replaced.collect())
}

/// A size in binary units with one decimal: `512 B`, `1.5 GiB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    // In tenths, so that 1023.96 KiB is not printed as 1024.0 KiB.
    let mut tenths = (u128::from(count) * 10 + 512) / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths = (tenths + 512) / 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS.get(unit).unwrap_or(&"EiB"))
}

/// A duration as people say it: `0.4s`, `41s`, `12m 31s`, `3h 07m`, `2d 04h`.
#[must_use]
pub fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 if duration.subsec_millis() < 100 => format!("{}ms", duration.subsec_millis()),
        0..10 if duration.subsec_millis() >= 100 => {
            format!("{seconds}.{}s", duration.subsec_millis() / 100)
        }
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// How long ago, in one unit: `41s ago`, `3 days ago`. Empty where it is not known. An instant in the future
/// (the clocks of two machines never agree) is `just now` for a minute, and then the date.
#[must_use]
pub fn age(then: Option<Timestamp>, now: Timestamp) -> String {
    let Some(then) = then else { return String::new() };
    let ago = now.duration_since(then);
    if ago < SignedDuration::from_mins(-1) {
        return local_time(then);
    }
    let seconds = ago.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let plural = |count, unit| format!("{} ago", self::count(count, unit));
    match seconds {
        ..=0 => "just now".into(),
        1..60 => format!("{seconds}s ago"),
        60..3600 => format!("{minutes}m ago"),
        3600..172_800 => format!("{hours}h ago"),
        _ if days < 14 => plural(days, "day"),
        _ if days < 63 => plural(days / 7, "week"),
        _ if days < 730 => plural(days / 30, "month"),
        _ => plural(days / 365, "year"),
    }
}

/// A local date and time, to the second.
#[must_use]
pub fn local_time(then: Timestamp) -> String {
    then.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `1 volume`, `3 volumes`.
#[must_use]
pub fn count(number: impl TryInto<u64>, unit: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// Digits in groups of three, as people read them: `120 381`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_can_act_on_the_terminal() {
        assert_eq!(clean("yocto-a\u{1b}[2J\u{7}\u{9b}1m"), "yocto-a\u{fffd}[2J\u{fffd}\u{fffd}1m");
        assert_eq!(clean("two\nlines\tand\r"), "two lines and ");
        assert_eq!(clean("gpj.\u{202e}exe"), "gpj.\u{fffd}exe");
        assert!(matches!(clean("käse 寿司"), Cow::Borrowed("käse 寿司")));
    }

    #[test]
    fn sizes_have_one_decimal_and_never_1024() {
        for (count, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_048_575, "1.0 MiB"),
            (1_610_612_736, "1.5 GiB"),
            (44_023_414_784, "41.0 GiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn durations_are_as_people_say_them() {
        let text = |seconds| elapsed(Duration::from_secs_f64(seconds));
        assert_eq!(text(0.05), "50ms");
        assert_eq!(text(0.4), "0.4s");
        assert_eq!(text(41.9), "41s");
        assert_eq!(text(751.0), "12m 31s");
        assert_eq!(text(11_220.0), "3h 07m");
        assert_eq!(text(187_200.0), "2d 04h");
    }

    #[test]
    fn ages_have_one_unit() {
        let now: Timestamp = "2025-03-01T12:00:00Z".parse().unwrap();
        let text = |seconds: i64| age(Some(now - SignedDuration::from_secs(seconds)), now);
        for (seconds, words) in [
            (-30, "just now"),
            (0, "just now"),
            (41, "41s ago"),
            (720, "12m ago"),
            (100_000, "27h ago"),
            (259_200, "3 days ago"),
            (1_900_000, "3 weeks ago"),
            (9_000_000, "3 months ago"),
            (99_000_000, "3 years ago"),
        ] {
            assert_eq!(text(seconds), words);
        }
        assert!(text(-3600).starts_with("2025-03-0"), "{}", text(-3600));
        assert_eq!(age(None, now), "");
    }

    #[test]
    fn digits_stand_in_groups() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1 000"), (120_381, "120 381"), (10_000_000, "10 000 000")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
