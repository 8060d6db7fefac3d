//! The argument vectors of the shim's verbs for sessions, and its exit codes.

use std::time::Duration;

use super::{SessionId, SessionPlan, Stream};

/// The longest word for who started it, in bytes.
const LONGEST_BY: usize = 200;

/// What `follow` prints first.
pub(super) const FOLLOW_HEADER: &str = "smidr-shim follow\n";

/// Exit codes of `follow`.
pub(super) mod follow_code {
    /// It ended, and all was printed.
    pub(crate) const ENDED: i64 = 0;
    /// There is no such session.
    pub(crate) const NOT_FOUND: i64 = 1;
    /// It was lost, and all that is kept was printed.
    pub(crate) const LOST: i64 = 2;
}

/// The shim of a container, and the directory it is told to keep sessions in.
#[derive(Debug, Clone)]
pub(super) struct Shim {
    pub(super) path: String,
    pub(super) root: Option<String>,
}

impl Shim {
    fn words(&self, verb: &str) -> Vec<String> {
        let mut words = vec![self.path.clone(), verb.to_owned()];
        if let Some(root) = &self.root {
            words.extend(["--root".to_owned(), root.clone()]);
        }
        words
    }

    /// Makes the directories.
    pub(super) fn prepare(&self) -> Vec<String> {
        let mut words = self.words("sessions");
        words.push("--prepare".to_owned());
        words
    }

    /// Starts one.
    pub(super) fn keep(&self, id: &SessionId, plan: &SessionPlan) -> Vec<String> {
        let mut words = self.words("keep");
        let by: String = plan.by.chars().filter(|letter| !letter.is_control()).collect();
        let cut = (0..=LONGEST_BY.min(by.len())).rev().find(|at| by.is_char_boundary(*at)).unwrap_or(0);
        let by = by.get(..cut).unwrap_or_default();
        let (grace, limit) = (milliseconds(plan.grace), plan.limit.to_string());
        let options = ["--token", id.as_str(), "--by", by, "--grace", &grace, "--limit", &limit];
        words.extend(options.map(str::to_owned));
        words.extend(plan.apart.then(|| "--apart".to_owned()));
        words.push("--".to_owned());
        words.extend(plan.request.command.iter().cloned());
        words
    }

    /// Lists one, or all.
    pub(super) fn list(&self, id: Option<&SessionId>) -> Vec<String> {
        let mut words = self.words("sessions");
        words.extend(id.into_iter().flat_map(token));
        words
    }

    /// Prints one from an offset on.
    pub(super) fn follow(&self, id: &SessionId, stream: Stream, from: u64) -> Vec<String> {
        let mut words = self.words("follow");
        words.extend(token(id));
        words.extend(["--from".to_owned(), from.to_string()]);
        words.extend((stream == Stream::Errors).then(|| "--errors".to_owned()));
        words
    }

    /// Removes these, or all that have been over for so long.
    pub(super) fn forget(&self, ids: &[SessionId], older_than: Option<Duration>) -> Vec<String> {
        let mut words = self.words("forget");
        words.extend(ids.iter().flat_map(token));
        if let Some(age) = older_than {
            words.extend(["--older-than".to_owned(), age.as_secs().to_string()]);
        }
        words
    }

    /// Passes a signal on to the command's process group and ends nothing.
    pub(super) fn forward(&self, id: &SessionId, signal: &str) -> Vec<String> {
        let [option, token] = token(id);
        let path = self.path.clone();
        let rest = ["--signal", signal, "--forward"].map(str::to_owned);
        [path, "signal".to_owned(), option, token].into_iter().chain(rest).collect()
    }
}

fn token(id: &SessionId) -> [String; 2] {
    ["--token".to_owned(), id.to_string()]
}

fn milliseconds(time: Duration) -> String {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX).to_string()
}
