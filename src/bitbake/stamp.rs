//! The time that engines, CI servers and log tools put before each line.

use jiff::Timestamp;

/// The instant a line begins with, and the rest of the line: RFC 3339, alone or in brackets, and a blank.
pub(super) fn stamped(line: &str) -> (Option<Timestamp>, &str) {
    let Some(first) = line.as_bytes().first() else { return (None, line) };
    let taken = match first {
        b'0'..=b'9' => line.split_once(' '),
        b'[' => line.get(1..).and_then(|inner| inner.split_once("] ")),
        _ => return (None, line),
    };
    match taken {
        // The shortest is `2025-03-01T12:00:00Z`; what is longer than 40 is no instant.
        Some((instant, rest))
            if (20..=40).contains(&instant.len()) && instant.as_bytes().get(10) == Some(&b'T') =>
        {
            match instant.parse() {
                Ok(instant) => (Some(instant), rest),
                Err(_) => (None, line),
            }
        }
        _ => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_taken_off() {
        for line in [
            "2025-03-01T12:00:00.5Z NOTE: x",
            "[2025-03-01T12:00:00.500Z] NOTE: x",
            "2025-03-01T13:00:00.500+01:00 NOTE: x",
        ] {
            let (time, rest) = stamped(line);
            assert_eq!(time, Some("2025-03-01T12:00:00.5Z".parse().unwrap()), "{line}");
            assert_eq!(rest, "NOTE: x", "{line}");
        }
        for line in ["NOTE: x", "[x] y", "2025-03-01 12:00 x", "", "1234567890T1234567890 x"] {
            assert_eq!(stamped(line), (None, line));
        }
    }
}
