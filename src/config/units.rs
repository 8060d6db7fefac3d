//! Lengths of time and sizes as people write them, and back.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

const UNITS: [(&str, u32); 5] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

/// A length of time with its unit: `90s`, `10m`, `1h 30m`, `2d`. A day is 24 hours.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let span: Span = text.trim().parse().ok()?;
    Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
}

/// The same as text that [`duration`] reads back; what is below a millisecond is left out.
pub(super) fn duration_text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
        (u64::from(duration.subsec_millis()), "ms"),
    ];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if said.is_empty() { "0s".into() } else { said.join(" ") }
}

/// A number of bytes: `1048576`, `64 MiB`, `1.5GiB`. A fraction of a byte is dropped.
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) =
        text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
    let unit = unit.trim_start();
    let (_, shift) = UNITS.iter().find(|(name, _)| unit.is_empty() && *name == "B" || *name == unit)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 9 {
        return None;
    }
    let billionths = u128::from(whole.parse::<u64>().ok()?) * 1_000_000_000
        + u128::from(format!("{part:0<9}").parse::<u32>().ok()?);
    u64::try_from((billionths << shift) / 1_000_000_000).ok()
}

/// The same as text that [`size`] reads back: in the greatest unit that leaves a whole number.
pub(super) fn size_text(bytes: u64) -> String {
    let whole = |(_, shift): &&(&str, u32)| bytes >= 1 << *shift && bytes.is_multiple_of(1 << *shift);
    match UNITS.iter().find(whole) {
        Some((unit, shift)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_written() {
        for (text, millis, again) in [
            ("90s", 90_000, "1m 30s"),
            ("10m", 600_000, "10m"),
            ("1h 30m", 5_400_000, "1h 30m"),
            ("1h30m", 5_400_000, "1h 30m"),
            ("7d", 604_800_000, "7d"),
            ("1.5s", 1500, "1s 500ms"),
            ("250ms", 250, "250ms"),
            ("0s", 0, "0s"),
        ] {
            let read = duration(text).unwrap();
            assert_eq!((read, duration_text(read)), (Duration::from_millis(millis), again.into()), "{text}");
            assert_eq!(duration(again), Some(read));
        }
        for wrong in ["", "90", "-1s", "soon", "s", "1x", "99999999999999999999d"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes, again) in [
            ("0", 0, "0 B"),
            ("4096", 4096, "4 KiB"),
            ("64 MiB", 67_108_864, "64 MiB"),
            ("1.5GiB", 1_610_612_736, "1536 MiB"),
            ("1000 B", 1000, "1000 B"),
            ("0.3 KiB", 307, "307 B"),
        ] {
            assert_eq!(size(text), Some(bytes), "{text}");
            assert_eq!((size_text(bytes).as_str(), size(again)), (again, Some(bytes)));
        }
        for wrong in ["", "MiB", "-1", "64 MB", "64 mib", "1..5", "1.", ".5", "99999999 TiB", "1e3", "٣"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }
}
