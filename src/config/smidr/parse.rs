//! What single values of a build file may be. Each takes the text with its variables in place.

use globset::Glob;

use super::super::units;

pub(super) const LINE: &str = "expected text in one line";
pub(super) const TEXT: &str = "expected text";
pub(super) const NAME: &str = "expected a name of letters, digits, _, ., + and -, such as core-image-minimal";
pub(super) const YES_OR_NO: &str = "expected true or false";
pub(super) const JOBS: &str = "expected a whole number from 1 to 1024, such as 8 or -j8";
pub(super) const THREADS: &str = "expected a whole number from 1 to 1024, such as 8";
pub(super) const PROCESSORS: &str = "expected a whole number from 1 to 4096, such as 8";
pub(super) const MEMORY: &str = "expected 6m to 64t, such as 8g or 512m";
pub(super) const MINUTES: &str = "expected minutes, from 1 to 43200 (30 days), such as 240";
pub(super) const DAYS: &str = "expected days, from 0 to 3650, such as 30";
pub(super) const IMAGE: &str = "expected an image, such as crops/yocto:ubuntu-22.04-builder";
pub(super) const ADDRESS: &str =
    "expected the address of a repository, such as https://git.yoctoproject.org/poky";
pub(super) const BRANCH: &str = "expected a branch, such as kirkstone";
pub(super) const CLASSES: &str = "expected one or more of: package_rpm, package_deb, package_ipk";
pub(super) const HASH_SERVER: &str = "expected auto, none or HOST:PORT";
pub(super) const SIGNATURES: &str = "expected one of: OEEquivHash, OEBasicHash";
pub(super) const DIGITS: &str = "expected digits, such as 2";
pub(super) const ARTIFACT: &str = "expected a pattern for files of the deploy directory, such as *.wic";
pub(super) const WORD: &str = "expected a word in one line, such as /bin/bash";

/// Names may be so long.
const LONGEST_NAME: usize = 128;

/// Text in one line that says something.
pub(super) fn line(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Text that may have several lines.
pub(super) fn text(text: &str) -> Option<String> {
    text.chars().all(|c| !c.is_control() || "\n\t".contains(c)).then(|| text.to_owned())
}

/// What can be a part of a path: the name of a layer, a recipe, a machine.
pub(super) fn name(text: &str) -> Option<String> {
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.+-".contains(c);
    (begins && text.len() <= LONGEST_NAME && text.chars().all(is_part)).then(|| text.to_owned())
}

/// A yes or no in the words of YAML.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// A whole number up to this one.
pub(super) fn up_to(most: u32) -> impl Fn(&str) -> Option<u32> {
    move |text| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| is_number && *number <= most)
    }
}

/// How many jobs, with or without the option of make.
pub(super) fn jobs(text: &str) -> Option<u32> {
    up_to(1024)(text.strip_prefix("-j").map_or(text, str::trim_start))
}

/// Bytes, with the units of container engines: b, k, m, g and t, each 1024 of the one before.
pub(super) fn memory(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => "B",
        "k" | "kb" | "kib" => "KiB",
        "m" | "mb" | "mib" => "MiB",
        "g" | "gb" | "gib" => "GiB",
        "t" | "tb" | "tib" => "TiB",
        _ => return None,
    };
    units::size(&format!("{number} {unit}")).filter(|bytes| (6 << 20..=64 << 40).contains(bytes))
}

/// A word that a command line can begin with: no blanks, no option.
fn bare(text: &str) -> Option<&str> {
    let is_bare = !text.is_empty()
        && !text.starts_with('-')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    is_bare.then_some(text)
}

/// An image or a branch, which engines and git judge further.
pub(super) fn reference(text: &str) -> Option<String> {
    bare(text).map(ToOwned::to_owned)
}

/// The address of a repository: a URL, or a host and a path as ssh takes them.
pub(super) fn address(text: &str) -> Option<String> {
    let is_address = match bare(text)?.split_once("://") {
        Some((scheme, rest)) => {
            matches!(scheme, "http" | "https" | "ssh" | "git" | "file") && !rest.is_empty()
        }
        None => text.split_once(':').is_some_and(|(host, path)| {
            !host.is_empty() && !host.contains('/') && !path.is_empty() && !path.starts_with(':')
        }),
    };
    is_address.then(|| text.to_owned())
}

/// Ways to pack, at least one.
pub(super) fn classes(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
    let is_class = |word: &String| matches!(word.as_str(), "package_rpm" | "package_deb" | "package_ipk");
    (!words.is_empty() && words.iter().all(is_class)).then_some(words)
}

/// Where the hash server is.
pub(super) fn hash_server(text: &str) -> Option<String> {
    let is_server =
        |text: &str| text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && !port.is_empty());
    let text = bare(text)?;
    (matches!(text, "auto" | "none") || is_server(text)).then(|| text.to_owned())
}

/// How signatures are made.
pub(super) fn signatures(text: &str) -> Option<String> {
    matches!(text, "OEEquivHash" | "OEBasicHash").then(|| text.to_owned())
}

/// Nothing but digits.
pub(super) fn digits(text: &str) -> Option<String> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.to_owned())
}

/// A pattern for files, which stays within its directory.
pub(super) fn artifact(text: &str) -> Option<String> {
    let text = line(text)?;
    let is_within = !text.starts_with('/') && text.split('/').all(|part| part != "..");
    (is_within && Glob::new(&text).is_ok()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_engines_read_it() {
        for (text, bytes) in [
            ("8g", 8 << 30),
            ("8G", 8 << 30),
            ("1024m", 1 << 30),
            ("16 GiB", 16 << 30),
            ("1.5gb", 3 << 29),
            ("8388608", 8 << 20),
            ("64t", 64 << 40),
            ("6144k", 6 << 20),
        ] {
            assert_eq!(memory(text), Some(bytes), "{text}");
        }
        for wrong in ["", "8", "g", "8x", "-8g", "8 g g", "65t", "5m", "1e9", "٨g", "99999999999999999999g"]
        {
            assert_eq!(memory(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses_are_those_git_knows() {
        for address_of in [
            "https://git.yoctoproject.org/poky",
            "ssh://git@host:22/a.git",
            "git@github.com:agherzan/meta-raspberrypi.git",
            "file:///srv/git/poky",
        ] {
            assert!(address(address_of).is_some(), "{address_of}");
        }
        for wrong in
            ["poky", "../poky", "https://", "ftp://x/y", "--upload-pack=x:y", "a b:c", "ext::sh", "./a:b"]
        {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_and_words_are_what_they_look_like() {
        assert_eq!(
            (jobs("8"), jobs("-j8"), jobs("-j 16"), jobs("-j"), jobs("8.0")),
            (Some(8), Some(8), Some(16), None, None)
        );
        assert_eq!((up_to(9)("10"), up_to(9)("+1"), up_to(9)("0")), (None, None, Some(0)));
        assert_eq!((yes_or_no("Yes"), yes_or_no("OFF"), yes_or_no("1")), (Some(true), Some(false), None));
        assert_eq!(
            (name("meta-x_1.0"), name(".."), name("a/b"), name("-x")),
            (Some("meta-x_1.0".into()), None, None, None)
        );
        assert_eq!(
            (artifact("*-sdk-*.sh").is_some(), artifact("../x"), artifact("/etc"), artifact("[")),
            (true, None, None, None)
        );
        assert!(hash_server("host:8686").is_some() && hash_server("invalid").is_none());
    }
}
