//! Durations and sizes as people write them.

use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// A length of time: `1.5s`, `250ms`, `2h 30m`, `3d`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// A number of bytes: `4096`, `64 KiB`, `1.5 GiB`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u64);

impl Span {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no length of time such as 1.5s, 250ms, 2h 30m or 3d");
        if let Some(days) = text.trim().strip_suffix('d') {
            let days: u64 = days.trim().parse().map_err(|_| wrong())?;
            return days
                .checked_mul(86_400)
                .map(|seconds| Self(Duration::from_secs(seconds)))
                .ok_or_else(wrong);
        }
        let span = jiff::SignedDuration::from_str(text.trim()).map_err(|_| wrong())?;
        Duration::try_from(span).map(Self).map_err(|_| wrong())
    }
}

impl Amount {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a size with decimals is rounded; the bounds are checked before"
    )]
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no number of bytes such as 4096, 64 KiB or 1.5 GiB");
        let text = text.trim();
        let (number, unit) =
            text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
        let factor: u64 = match unit {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "TiB" => 1 << 40,
            _ => return Err(wrong()),
        };
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        let bytes = (number * factor as f64).round();
        if (0.0..1e18).contains(&bytes) { Ok(Self(bytes as u64)) } else { Err(wrong()) }
    }
}

/// Reads a value that YAML may take for a number or for text. What is wrong with it is said while the reader still
/// knows where it stands, so that the error has its line and column.
pub(super) fn scalar<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Visitor<T>(fn(&str) -> Result<T, String>);
    impl<T> serde::de::Visitor<'_> for Visitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a word, or a number with its unit")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.0)(text).map_err(E::custom)
        }
        fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
            self.visit_str(&number.to_string())
        }
    }
    deserializer.deserialize_any(Visitor(parse))
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, Self::parse)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_written() {
        for (text, millis) in
            [("1.5s", 1500), ("250ms", 250), ("2h 30m", 9_000_000), ("3d", 259_200_000), ("0s", 0)]
        {
            assert_eq!(Span::parse(text), Ok(Span(Duration::from_millis(millis))), "{text}");
        }
        for wrong in ["", "5", "-1s", "soon", "99999999999999999999d", "d"] {
            assert!(Span::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_as_written() {
        for (text, bytes) in [("0", 0), ("4096", 4096), ("64 KiB", 65536), ("1.5GiB", 1_610_612_736)] {
            assert_eq!(Amount::parse(text), Ok(Amount(bytes)), "{text}");
        }
        for wrong in ["", "KiB", "-1", "1 KB", "inf", "1e300"] {
            assert!(Amount::parse(wrong).is_err(), "{wrong}");
        }
    }
}
