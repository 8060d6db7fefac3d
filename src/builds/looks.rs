//! Looking for builds, once or again and again.

use std::time::Duration;

use tokio::time::timeout;

use crate::actions::{Call, Limits, Outcome, Report, Supervised, Verb};
use crate::engine::{
    ContainerId, ContainerManagerExt, EngineError, ErrorKind, ExecRequest, ObjectKind, Result,
};

use super::Sighting;
use super::located::{LONGEST_LOOK, Look, LookReader};
use super::sight::{Sighted, sighted};
use crate::actions::exec::Command;

const SCRIPT: &str = include_str!("locate.sh");

/// From the end of one look to the beginning of the next.
pub(super) const EVERY: Duration = Duration::from_secs(5);
/// How long a look may take; many processes, or a directory on a file server that hangs, make it slow.
const LONGEST: Duration = Duration::from_secs(30);
/// As how many users one tries to see what others may not.
const MOST_USERS: usize = 8;

/// The builds that run in a container just now, whoever began them, at most eight. Two commands in the container at the most:
/// one as its own user and, where a build is another user's, one as that user. One whose directory may not be read
/// at all has a directory called `?`.
///
/// The call's limits bound each of them; where it has none, 30 seconds.
pub async fn look_once(on: &Supervised, call: &Call, container: &ContainerId) -> Report<Vec<Sighting>> {
    let limits = call.limits.unwrap_or(Limits { deadline: Some(LONGEST), ..Limits::default() });
    let call = call.clone().with_limits(limits);
    let look = || async {
        let seen = collected(on, container, None).await?;
        let seen = match seen.hidden_of {
            Some(user) => collected(on, container, Some(user.to_string())).await?,
            None => seen,
        };
        Ok(seen.builds.into_iter().map(|seen| seen.sighting).collect())
    };
    on.supervisor.read(&call, Verb::Exec, container.as_str(), look).await
}

async fn collected(on: &Supervised, container: &ContainerId, user: Option<String>) -> Result<Sighted> {
    let request = ExecRequest { user, ..ExecRequest::new(command(None)) };
    let output = on.engine.exec_collect(container, &request, LONGEST_LOOK).await?;
    let look = LookReader::default().feed(&output.stdout).pop();
    look.map(|look| sighted(&look)).ok_or_else(|| {
        EngineError::new("look for builds in", ErrorKind::BadAnswer)
            .on(ObjectKind::Container, container)
            .saying(output.stderr_text().lines().next().unwrap_or("it said nothing").to_owned())
    })
}

/// The command that looks once, or again and again.
fn command(every: Option<Duration>) -> Vec<String> {
    let every = every.map_or(String::new(), |every| every.as_secs().to_string());
    ["/bin/sh".to_owned(), "-c".to_owned(), format!("{SCRIPT_BEGINS}{every}\n{SCRIPT}")].into()
}

/// What a scene of the simulated engine can know it by, too.
const SCRIPT_BEGINS: &str = "# smidr-console looks for builds\nevery=";

/// Looks by one command that stays in the container: an exec for each look would be told in the engine's events, and
/// cost some engines minutes of memory each.
#[derive(Debug)]
pub(super) struct Looks {
    on: Supervised,
    container: ContainerId,
    every: Duration,
    /// As whom; the container's own user at first.
    user: Option<String>,
    /// As whom it has looked since BitBake was there; at most eight.
    tried: Vec<String>,
    running: Option<(Command, LookReader)>,
}

impl Looks {
    pub(super) fn new(on: &Supervised, container: &ContainerId) -> Self {
        let (on, container) = (on.clone(), container.clone());
        Self { on, container, every: EVERY, user: None, tried: Vec::new(), running: None }
    }

    /// Looking again so many whole seconds after each look.
    pub(super) fn every(self, every: Duration) -> Self {
        Self { every, ..self }
    }

    /// The builds of the next look; the first at once. May be dropped and asked again.
    ///
    /// # Errors
    /// When the command cannot run or has ended, or nothing has come for half a minute. Asked again, it starts again.
    pub(super) async fn next(&mut self) -> Result<Sighted> {
        self.next_look().await.map(|(_, seen)| seen)
    }

    /// The next look itself, with its builds. Like [`next`](Self::next).
    pub(super) async fn next_look(&mut self) -> Result<(Look, Sighted)> {
        loop {
            let (command, reader) = self.running.get_or_insert_with(|| {
                let command = command(Some(self.every));
                let command = Command::start(&self.on, &self.container, self.user.clone(), command);
                (command, LookReader::default())
            });
            let Ok(piece) = timeout(LONGEST + self.every, command.next()).await else {
                self.running = None;
                return Err(self.failed(ErrorKind::BrokenStream, "nothing has come for half a minute"));
            };
            let Some(piece) = piece else {
                let end = command.end().await;
                let said = command.complaint();
                self.running = None;
                return Err(match end.map(|report| report.outcome) {
                    Some(Outcome::Failed(error)) => error,
                    _ => {
                        self.failed(ErrorKind::BrokenStream, &format!("the command that looks ended: {said}"))
                    }
                });
            };
            let Some(look) = reader.feed(&piece).pop() else { continue };
            let seen = sighted(&look);
            match seen.hidden_of.map(|user| user.to_string()) {
                // What is another user's is looked at as that user from now on.
                Some(user) if self.tried.len() < MOST_USERS && !self.tried.contains(&user) => {
                    self.tried.push(user.clone());
                    (self.user, self.running) = (Some(user), None);
                }
                _ => return Ok((look, seen)),
            }
        }
    }

    fn failed(&self, kind: ErrorKind, words: &str) -> EngineError {
        EngineError::new("look for builds in", kind).on(ObjectKind::Container, &self.container).saying(words)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_script_is_one_that_every_shell_takes_and_looks_once() {
        let [_, _, script] = <[String; 3]>::try_from(command(None)).unwrap();
        for shell in [&["sh"][..], &["dash"], &["bash", "--posix"], &["busybox", "sh"]] {
            let [program, options @ ..] = shell else { panic!() };
            let Ok(output) = Command::new(program).args(options).args(["-c", &script]).output() else {
                continue;
            };
            let looks = LookReader::default().feed(&output.stdout);
            let [look] = looks.as_slice() else { panic!("{shell:?}: {output:?}") };
            assert!(look.now > 1_700_000_000 && look.boot > 0, "{shell:?}: {look:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell:?}");
        }
    }
}
