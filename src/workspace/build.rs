//! The container of a build: what runs in it, and what it is told.

use std::time::Duration;

use crate::config::Storage;
use crate::engine::{ContainerSpec, labels};

use super::Workspace;
use super::container::{BUILD_DIRECTORY, HOME};

/// How long BitBake has from TERM to KILL: its tasks are ended one by one.
pub const GRACE: Duration = Duration::from_secs(60);
/// How many earlier builds stay on record in the build directory.
const RECORDS: usize = 10;

/// A build to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildRequest {
    /// What to build, such as an image or a recipe.
    pub target: String,
    /// Further words for BitBake.
    pub arguments: Vec<String>,
    /// The name of its session.
    pub session: String,
    /// Who has it built, in a word for people.
    pub owner: String,
    /// How many bytes of its output are kept in the build directory.
    pub limit: u64,
    /// Where the shim is in the container.
    pub shim: String,
}

impl Workspace {
    /// The directory in the container that sessions of builds are kept in: in the build directory, so that they outlive
    /// their containers.
    #[must_use]
    pub fn sessions_in() -> String {
        format!("{BUILD_DIRECTORY}/.smidr-sessions")
    }

    /// The container of a build.
    #[must_use]
    pub fn build(&self, request: &BuildRequest) -> ContainerSpec {
        let mut spec = self.container(self.build_name(), labels::BUILD, &request.owner);
        let kept_in = Self::sessions_in();
        for (name, value) in [
            (labels::TARGET, &request.target),
            (labels::SESSION, &request.session),
            (labels::SESSIONS_IN, &kept_in),
        ] {
            spec.labels.insert(name.to_owned(), value.clone());
        }
        spec.env.extend(self.environment());
        spec.entrypoint = Some(self.entrypoint(request, &kept_in));
        spec.command = self.command(request);
        spec
    }

    /// The keeper, and what the file says stands before a command.
    fn entrypoint(&self, request: &BuildRequest, kept_in: &str) -> Vec<String> {
        let lock = format!("{kept_in}.lock");
        let (grace, limit) = (GRACE.as_millis().to_string(), request.limit.to_string());
        let records = RECORDS.to_string();
        let options = [
            [&request.shim, "keep"],
            ["--main", "--root"],
            [kept_in, "--token"],
            [&request.session, "--by"],
            [&request.owner, "--grace"],
            [&grace, "--limit"],
            [&limit, "--lock"],
            [&lock, "--records"],
        ];
        let mut words: Vec<String> = options.concat().into_iter().map(str::to_owned).collect();
        words.push(records);
        if let Some(limit) = self.build_file.advanced.build_timeout {
            words.extend(["--deadline".to_owned(), limit.as_millis().to_string()]);
        }
        words.push("--".to_owned());
        words.extend(self.build_file.container.entrypoint.iter().cloned());
        words
    }

    /// BitBake's command line: one string for a shell, words for anything else.
    fn command(&self, request: &BuildRequest) -> Vec<String> {
        let words = || [&request.target].into_iter().chain(&request.arguments);
        let last = self.build_file.container.entrypoint.last().map(String::as_str).unwrap_or_default();
        if !(last.starts_with('-') && !last.starts_with("--") && last.ends_with('c')) {
            return ["bitbake".to_owned()].into_iter().chain(words().cloned()).collect();
        }
        let quoted: String = words().flat_map(|word| [" ".to_owned(), quoted(word)]).collect();
        vec![format!("{SETUP}exec bitbake{quoted}\n")]
    }

    /// What BitBake takes from its environment, as long as its configuration does not say otherwise.
    fn environment(&self) -> Vec<String> {
        let build = &self.build_file.build;
        let own = |name: &str, value: Option<String>| value.map(|value| (name.to_owned(), value));
        let tmp = self.build_file.directories.tmp.as_ref().map(|_: &Storage| format!("{HOME}/tmp"));
        let told: Vec<(String, String)> = [
            own("MACHINE", self.build_file.machine().map(str::to_owned)),
            own("DL_DIR", Some(format!("{HOME}/downloads"))),
            own("SSTATE_DIR", Some(format!("{HOME}/sstate-cache"))),
            own("TMPDIR", tmp),
            own("BB_NUMBER_THREADS", build.bb_number_threads.map(|count| count.to_string())),
            own("PARALLEL_MAKE", build.parallel_make.map(|count| format!("-j {count}"))),
        ]
        .into_iter()
        .flatten()
        .collect();
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(" ");
        let mut env: Vec<String> = told.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // The second is what BitBake before 2.0 calls the first.
        for variable in ["BB_ENV_PASSTHROUGH_ADDITIONS", "BB_ENV_EXTRAWHITE"] {
            env.push(format!("{variable}={names}"));
        }
        env
    }
}

/// Goes to the build directory, by the script of the first layer that has one: that also finds BitBake.
const SETUP: &str = "\
cd /home/builder/build || exit
for init in /home/builder/layers/*/oe-init-build-env; do
  if [ -f \"$init\" ]; then
    OEROOT=${init%/*}
    export OEROOT
    set -- /home/builder/build
    . \"$init\" || exit
    break
  fi
done
";

/// One word for a POSIX shell, whatever it holds.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,+@".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests;
