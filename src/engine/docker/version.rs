//! The API version in every request's path.
//!
//! bollard 0.21.1 builds `/v1.53/containers/json` and then loses the version when it joins the path, so that
//! the engine takes its own newest version for every request. Releases after it send the version they were
//! given. Both come out right here; once such a release is the oldest one allowed, only [`ApiVersion::lower`]
//! is still needed.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::PathAndQuery;

/// A version of the Docker API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ApiVersion {
    major: u32,
    minor: u32,
}

impl ApiVersion {
    /// The newest one this adapter was written for.
    pub(super) const NEWEST: Self = Self::new(1, 53);
    /// The oldest one it works with: engine 20.10.
    pub(super) const OLDEST: Self = Self::new(1, 41);

    pub(super) const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// What both sides know.
    pub(super) fn lower(self, engine: Self) -> Self {
        self.min(engine)
    }

    /// The same URI with exactly this version at the front of its path.
    pub(super) fn in_uri(self, uri: Uri) -> Uri {
        let mut parts = uri.into_parts();
        let asked = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
        let path = format!("/v{self}{}", without_version(asked));
        match path.parse() {
            Ok(path) => parts.path_and_query = Some(path),
            // A path that parsed before parses with digits in front; keep what was asked if not.
            Err(_) => return Uri::from_parts(parts).unwrap_or_default(),
        }
        Uri::from_parts(parts).unwrap_or_default()
    }
}

/// The path without a leading `/v1.41`.
fn without_version(path: &str) -> &str {
    let Some(rest) = path.strip_prefix("/v") else { return path };
    let end = rest.find('/').unwrap_or(rest.len());
    let (version, tail) = rest.split_at(end);
    if version.parse::<ApiVersion>().is_ok() { tail } else { path }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for ApiVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        let (major, minor) = parts.ok_or_else(|| format!("{text:?} is no API version such as 1.41"))?;
        Ok(Self { major, minor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(uri: &str) -> String {
        ApiVersion::OLDEST.in_uri(uri.parse().unwrap()).to_string()
    }

    #[test]
    fn the_version_is_sent_whether_or_not_the_library_did() {
        assert_eq!(
            rewritten("http://engine/containers/json?all=true"),
            "http://engine/v1.41/containers/json?all=true"
        );
        assert_eq!(rewritten("http://engine/v1.53/_ping"), "http://engine/v1.41/_ping");
        assert_eq!(rewritten("http://engine/volumes/v1.53"), "http://engine/v1.41/volumes/v1.53");
        assert_eq!(rewritten("http://engine/version"), "http://engine/v1.41/version");
    }

    #[test]
    fn versions_compare_as_numbers() {
        let parse = |text: &str| text.parse::<ApiVersion>().unwrap();
        assert!(parse("1.9") < parse("1.41"));
        assert_eq!(ApiVersion::NEWEST.lower(parse("1.41")), ApiVersion::OLDEST);
        assert!("1".parse::<ApiVersion>().is_err());
        assert!("1.x".parse::<ApiVersion>().is_err());
    }
}
