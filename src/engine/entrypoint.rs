//! What runs first in a container: the design's rule for entry points.

use super::ContainerSpec;

/// The environment variable that replaces the entry point of every container made during a run:
/// comma-separated, such as `/bin/bash,-l,-c`.
pub const TEST_ENTRYPOINT: &str = "SMIDR_TEST_ENTRYPOINT";

/// What is passed to the engine: an entry point, where the image's own is not to be used, and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// Replaces the image's entry point where `Some`.
    pub entrypoint: Option<Vec<String>>,
    /// Arguments to the entry point; the image's own command where empty.
    pub command: Vec<String>,
}

impl Launch {
    /// The rule: an explicit entry point is used as given; without one, a command of a single string runs
    /// through `/bin/sh -c`, so that `echo ready; sleep 5` works in any image with a shell; a longer command,
    /// or none, keeps the image's own entry point.
    #[must_use]
    pub fn of(spec: &ContainerSpec) -> Self {
        let shell = || vec!["/bin/sh".to_owned(), "-c".to_owned()];
        let entrypoint = match (&spec.entrypoint, spec.command.len()) {
            (Some(given), _) => Some(given.clone()),
            (None, 1) => Some(shell()),
            (None, _) => None,
        };
        Self { entrypoint, command: spec.command.clone() }
    }
}

/// Reads a comma-separated entry point, as [`TEST_ENTRYPOINT`] holds it. `None` when nothing is named.
#[must_use]
pub fn entrypoint_from_list(list: &str) -> Option<Vec<String>> {
    let words: Vec<String> =
        list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launched(entrypoint: Option<&[&str]>, command: &[&str]) -> (Option<Vec<String>>, Vec<String>) {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut spec = ContainerSpec::new("yocto-a", "debian:12");
        spec.entrypoint = entrypoint.map(words);
        spec.command = words(command);
        let launch = Launch::of(&spec);
        (launch.entrypoint, launch.command)
    }

    #[test]
    fn a_single_string_runs_through_the_shell() {
        let (entrypoint, command) = launched(None, &["echo 'ready'; sleep 5"]);
        assert_eq!(entrypoint.unwrap(), ["/bin/sh", "-c"]);
        assert_eq!(command, ["echo 'ready'; sleep 5"]);
    }

    #[test]
    fn a_longer_command_or_none_keeps_the_images_own() {
        assert_eq!(launched(None, &["sleep", "5"]).0, None);
        assert_eq!(launched(None, &[]).0, None);
    }

    #[test]
    fn an_explicit_entry_point_is_used_as_given() {
        let (entrypoint, command) = launched(Some(&["/bin/bash", "-l", "-c"]), &["bitbake world"]);
        assert_eq!(entrypoint.unwrap(), ["/bin/bash", "-l", "-c"]);
        assert_eq!(command, ["bitbake world"]);
        assert_eq!(launched(Some(&[]), &["true"]).0.unwrap(), [""; 0], "an empty one clears the image's own");
    }

    #[test]
    fn the_list_form_is_cut_at_commas() {
        assert_eq!(entrypoint_from_list("/bin/bash, -l,-c").unwrap(), ["/bin/bash", "-l", "-c"]);
        assert_eq!(entrypoint_from_list(" , "), None);
    }
}
