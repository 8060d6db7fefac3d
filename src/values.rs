//! Values as people type them: durations, instants, sizes, mounts. The command line and the screen take the same.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use crate::engine::{Mount, MountSource, Tmpfs};

/// A duration: `10m`, `1h 30m`, `2.5s`, or a plain number of seconds.
///
/// # Errors
/// Words for the user, when it is no duration or a negative one.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let wrong = || format!("{text:?} is no duration such as 90s, 10m or 1h30m");
    if let Some((seconds, nanos)) = decimal_seconds(text) {
        return Ok(Duration::new(seconds, nanos));
    }
    // A day is 24 hours here: nobody who writes `3d` for a deadline means the day clocks change.
    let span: Span = text.parse().map_err(|_| wrong())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(signed).map_err(|_| format!("{text:?} is negative"))
}

/// A duration that is more than nothing.
///
/// # Errors
/// Words for the user.
pub(crate) fn deadline(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("a deadline of nothing would end everything before it begins".into()),
        limit => Ok(limit),
    }
}

/// `12`, `12.5`: digits, at most nine of them after the point, which are nanoseconds exactly.
fn decimal_seconds(text: &str) -> Option<(u64, u32)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 9 {
        return None;
    }
    Some((whole.parse().ok()?, format!("{part:0<9}").parse().ok()?))
}

/// An instant: RFC 3339 to the nanosecond, a local date with or without a time, seconds since 1970 with a
/// fraction, or how long ago (`10m`).
///
/// # Errors
/// Words for the user.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    instant_before(text, Timestamp::now(), &TimeZone::system())
}

fn instant_before(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let wrong = || {
        format!(
            "{text:?} is neither an instant (2025-01-31T12:00:00Z, or seconds since 1970) nor an age (10m)"
        )
    };
    if let Some((seconds, nanos)) = decimal_seconds(text) {
        let seconds = i64::try_from(seconds).map_err(|_| wrong())?;
        let nanos = i32::try_from(nanos).map_err(|_| wrong())?;
        return Timestamp::new(seconds, nanos).map_err(|_| wrong());
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(local) = text.parse::<DateTime>() {
        return zone.to_ambiguous_timestamp(local).compatible().map_err(|_| wrong());
    }
    let ago = duration(text).map_err(|_| wrong())?;
    let ago = SignedDuration::try_from(ago).map_err(|_| wrong())?;
    now.checked_sub(ago).map_err(|_| wrong())
}

/// A size in bytes: `512m`, `4g`, `1.5GiB`, `1048576`. All units are binary, as engines take them.
///
/// # Errors
/// Words for the user.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no size such as 512m, 4g or 1.5GiB");
    let trimmed = text.trim();
    let cut = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(cut);
    let shift = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(wrong()),
    };
    let (whole, nanos) = decimal_seconds(number).ok_or_else(wrong)?;
    let billionths = u128::from(whole) * 1_000_000_000 + u128::from(nanos);
    u64::try_from((billionths << shift) / 1_000_000_000).map_err(|_| wrong())
}

/// `source:target[:ro|rw]`. A source that begins with `/`, `./`, `../` or `~` is a host directory, made
/// absolute here; anything else names a volume.
///
/// # Errors
/// Words for the user.
pub(crate) fn mount(text: &str) -> Result<Mount, String> {
    let here = std::env::current_dir().map_err(|error| format!("where are we? {error}"))?;
    mount_from(text, &here, std::env::home_dir().as_deref())
}

fn mount_from(text: &str, here: &Path, home: Option<&Path>) -> Result<Mount, String> {
    let wrong = |why: &str| Err(format!("{text:?} is no mount: {why} (source:target[:ro])"));
    let mut parts = text.split(':');
    let (Some(source), Some(target)) = (parts.next(), parts.next()) else {
        return wrong("it has no target");
    };
    let read_only = match (parts.next(), parts.next()) {
        (None | Some("rw"), None) => false,
        (Some("ro"), None) => true,
        (Some(other), None) => return wrong(&format!("{other:?} is neither ro nor rw")),
        (_, Some(_)) => return wrong("it has too many colons"),
    };
    if source.is_empty() {
        return wrong("it has no source");
    }
    if !target.starts_with('/') {
        return wrong("the path in the container must be absolute");
    }
    let source = match host_path(source, here, home) {
        Some(path) => MountSource::Bind(path?),
        None => MountSource::Volume(source.to_owned()),
    };
    Ok(Mount { source, target: target.to_owned(), read_only })
}

/// The absolute path, where the text means one at all.
fn host_path(source: &str, here: &Path, home: Option<&Path>) -> Option<Result<PathBuf, String>> {
    let from_home = source.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some(rest) = from_home {
        let home = home.ok_or_else(|| format!("{source:?}: there is no home directory"));
        return Some(home.map(|home| tidied(&home.join(rest.trim_start_matches('/')))));
    }
    let is_path = source.starts_with('/')
        || source.starts_with("./")
        || source.starts_with("../")
        || matches!(source, "." | "..");
    is_path.then(|| Ok(tidied(&here.join(source))))
}

/// Without `.` and `..`, by the text alone, as `docker` does it: a name that is a link stays that name.
fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

/// `target[:options]`, such as `/tmp:size=64m,mode=1777`.
///
/// # Errors
/// Words for the user.
pub(crate) fn tmpfs(text: &str) -> Result<Tmpfs, String> {
    let (target, options) = text.split_once(':').unwrap_or((text, ""));
    if !target.starts_with('/') {
        return Err(format!("{text:?}: the path in the container must be absolute"));
    }
    Ok(Tmpfs { target: target.to_owned(), options: options.to_owned() })
}

/// `NAME=value`, or `NAME` alone for its value here.
///
/// # Errors
/// Words for the user.
pub(crate) fn env_entry(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some(("", _)) => Err(format!("{text:?} has no name before the =")),
        Some(_) => Ok(text.to_owned()),
        None if text.is_empty() => Err("an empty name".into()),
        None => match std::env::var(text) {
            Ok(value) => Ok(format!("{text}={value}")),
            Err(_) => Err(format!("{text} is not set here; give {text}=value")),
        },
    }
}

/// `NAME[=value]` of a label to set; without a value it is empty.
///
/// # Errors
/// Words for the user.
pub(crate) fn label(text: &str) -> Result<(String, String), String> {
    pair(text).map(|(name, value)| (name, value.unwrap_or_default()))
}

/// `NAME[=value]` of a label to look for; without a value any will do.
///
/// # Errors
/// Words for the user.
pub(crate) fn label_filter(text: &str) -> Result<(String, Option<String>), String> {
    pair(text)
}

fn pair(text: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    if name.is_empty() { Err(format!("{text:?} has no name")) } else { Ok((name.to_owned(), value)) }
}

/// An entry point: one word, or a JSON list of words.
///
/// # Errors
/// Words for the user.
pub(crate) fn entrypoint(words: &[String]) -> Result<Option<Vec<String>>, String> {
    match words {
        [] => Ok(None),
        [one] if one.trim_start().starts_with('[') => serde_json::from_str::<Vec<String>>(one)
            .map(Some)
            .map_err(|error| format!("{one:?} is no JSON list of strings: {error}")),
        // Clears the image's own, as `docker` takes it.
        [one] if one.is_empty() => Ok(Some(Vec::new())),
        words => Ok(Some(words.to_vec())),
    }
}

#[cfg(test)]
mod tests;
