//! Small translations shared by the adapter's files.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::engine::{ContainerId, EngineError, ErrorKind, ObjectKind, Result};

/// A time as engines write it; their zero time (`0001-01-01T00:00:00Z`) is none.
pub(super) fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse::<Timestamp>().ok().filter(|time| time.as_second() > 0)
}

/// Seconds since 1970; zero and less are none.
pub(super) fn seconds(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok().filter(|time| time.as_second() > 0)
}

/// A time as queries take it: seconds and nine digits of nanoseconds.
pub(super) fn fractional_seconds(time: Timestamp) -> String {
    let nanoseconds = time.as_nanosecond();
    let billion = 1_000_000_000;
    format!("{}.{:09}", nanoseconds.div_euclid(billion), nanoseconds.rem_euclid(billion))
}

/// A count that engines write as signed, -1 for "not known".
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn sorted<V>(map: Option<HashMap<String, V>>) -> BTreeMap<String, V> {
    map.unwrap_or_default().into_iter().collect()
}

/// Filters as queries take them: `{"label": ["a=b", "c"]}`.
pub(super) fn label_filter(labels: &[(String, Option<String>)]) -> Vec<String> {
    let text = |(name, value): &(String, Option<String>)| match value {
        Some(value) => format!("{name}={value}"),
        None => name.clone(),
    };
    labels.iter().map(text).collect()
}

/// A container's reference, fit for a request's path. Whatever could lead out of the path cannot name a
/// container either.
pub(super) fn container_path<'a>(operation: &'static str, id: &'a ContainerId) -> Result<&'a str> {
    path_part(operation, ObjectKind::Container, id.as_str(), b"_.-")
}

/// A volume's name, fit for a request's path.
pub(super) fn volume_path<'a>(operation: &'static str, name: &'a str) -> Result<&'a str> {
    path_part(operation, ObjectKind::Volume, name, b"_.-")
}

/// An image's reference, fit for a request's path.
pub(super) fn image_path<'a>(operation: &'static str, reference: &'a str) -> Result<&'a str> {
    path_part(operation, ObjectKind::Image, reference, b"_.-/:@")
}

fn path_part<'a>(
    operation: &'static str,
    kind: ObjectKind,
    name: &'a str,
    besides: &[u8],
) -> Result<&'a str> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || besides.contains(&byte));
    let first_is_fine = name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_');
    if plain && first_is_fine && !name.contains("..") && !name.contains("//") {
        return Ok(name);
    }
    let shown: String = name.chars().take(200).collect();
    Err(EngineError::new(operation, ErrorKind::NotFound).on(kind, format!("{shown:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_out_of_the_path() {
        for wrong in ["", "..", "../images/json", "a/../b", "a?force=1", "a#", "a b", "ä", "-v", "%2e%2e"] {
            let error = container_path("inspect", &ContainerId::from(wrong)).unwrap_err();
            assert!(error.is_not_found(), "{wrong}: {error}");
        }
        assert!(container_path("inspect", &ContainerId::from("yocto-a_1.2")).is_ok());
        assert!(image_path("inspect", "127.0.0.1:5000/a/b:1@sha256:00").is_ok());
        assert!(image_path("inspect", "a/../../containers/x").is_err());
    }

    #[test]
    fn times_keep_their_nanoseconds() {
        let stamp = time(Some("2026-11-24T01:02:03.000000004Z")).unwrap();
        assert_eq!(fractional_seconds(stamp), format!("{}.000000004", stamp.as_second()));
        assert_eq!(time(Some("0001-01-01T00:00:00Z")), None);
        assert_eq!(time(Some("soon")), None);
        let before = Timestamp::from_nanosecond(-1).unwrap();
        assert_eq!(fractional_seconds(before), "-1.999999999");
    }
}
