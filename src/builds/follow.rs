//! A file of a container, followed as it grows.

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use crate::actions::exec::ExecEnd;
use crate::actions::{Backoff, Outcome, Report, Supervised};
use crate::engine::{ContainerId, ErrorKind, chain};

use crate::actions::exec::Command;

/// What is new of a followed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileNews {
    /// It goes on with these bytes: no byte is told twice, and none is left out.
    Bytes(Bytes),
    /// It cannot be read just now, for this reason; it is tried again, after at most five seconds each time. The same
    /// reason is told once until bytes have come.
    Trouble(String),
}

/// A file that is followed. Dropping it ends the command that reads it in the container.
#[derive(Debug)]
pub struct FollowedFile {
    on: Supervised,
    container: ContainerId,
    user: Option<String>,
    path: String,
    /// How many of its bytes have been told.
    offset: u64,
    is_live: bool,
    command: Option<Command>,
    backoff: Backoff,
    not_before: Option<Instant>,
    trouble: String,
    is_over: bool,
    /// Its end was reached, where it is not followed live.
    is_whole: bool,
}

/// Follows a file from an offset in bytes on, as this user of the container (a number or name; its own where `None`).
///
/// By a `tail` in the container, so the container has to have one, with a shell around it where the shim cannot be.
/// Whenever that is lost it goes on at the exact byte. A slow reader holds the `tail` back, and nothing else.
#[must_use]
pub fn follow_file(
    on: &Supervised,
    container: &ContainerId,
    user: Option<String>,
    path: &str,
    from: u64,
) -> FollowedFile {
    FollowedFile::new(on, container, user, path, from, true)
}

impl FollowedFile {
    /// Up to its present end only, where it is not `is_live`.
    pub(super) fn new(
        on: &Supervised,
        container: &ContainerId,
        user: Option<String>,
        path: &str,
        from: u64,
        is_live: bool,
    ) -> Self {
        Self {
            on: on.clone(),
            container: container.clone(),
            user,
            path: path.to_owned(),
            offset: from,
            is_live,
            command: None,
            backoff: Backoff::new(),
            not_before: None,
            trouble: String::new(),
            is_over: false,
            is_whole: false,
        }
    }

    /// How many bytes of the file have been told, those before the beginning included.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether all there was has been told, where it is not live.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Begins anew where it is, as after a lost stream.
    pub(super) fn restart(&mut self) {
        self.command = None;
    }

    /// What is new. `None` once its container does not run any more or is gone: read what is left by
    /// [`read_file`](super::read_file). May be dropped and asked again.
    pub async fn next(&mut self) -> Option<FileNews> {
        while !self.is_over {
            if let Some(moment) = self.not_before {
                sleep_until(moment).await;
                self.not_before = None;
            }
            let command = self.command.get_or_insert_with(|| {
                let words = tail(&self.path, self.offset, self.is_live);
                Command::start(&self.on, &self.container, self.user.clone(), words)
                    .with_header(format!("==> {} <==\n", self.path))
            });
            if let Some(bytes) = command.next().await {
                self.offset = self.offset.saturating_add(bytes.len() as u64);
                self.backoff = Backoff::new();
                self.trouble.clear();
                return Some(FileNews::Bytes(bytes));
            }
            let end = command.end().await;
            let complaint = command.complaint();
            self.command = None;
            let Some(why) = self.why(end, &complaint) else {
                self.is_over = true;
                break;
            };
            self.not_before = Some(Instant::now() + self.backoff.next_wait());
            if why != self.trouble {
                self.trouble.clone_from(&why);
                return Some(FileNews::Trouble(why));
            }
        }
        None
    }

    /// Why it has to be tried again; `None` where that makes no sense.
    fn why(&mut self, end: Option<Report<ExecEnd>>, complaint: &str) -> Option<String> {
        match end.map(|report| report.outcome) {
            Some(Outcome::Failed(error))
                if matches!(error.kind(), ErrorKind::NotRunning | ErrorKind::NotFound) =>
            {
                None
            }
            Some(Outcome::Failed(error)) => Some(chain(&error)),
            // The supervisor shuts down.
            Some(Outcome::Cancelled) => None,
            Some(Outcome::Done(ExecEnd { exit_code: 0, .. })) if !self.is_live => {
                self.is_whole = true;
                None
            }
            _ if complaint.is_empty() => Some("the command that reads it has ended".to_owned()),
            _ => Some(complaint.to_owned()),
        }
    }
}

/// The command that prints a file from an offset on.
fn tail(path: &str, offset: u64, is_live: bool) -> Vec<String> {
    let from = format!("+{}", offset.saturating_add(1));
    // With the name before it: an engine that cannot begin it says why in its place.
    let mut words = vec!["tail".to_owned(), "-v".to_owned(), "-c".to_owned(), from];
    words.extend(is_live.then(|| "-f".to_owned()));
    // A path may begin with a dash only if it is no path from the root.
    words.push(path.to_owned());
    words
}
