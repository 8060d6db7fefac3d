//! `exec --durable`, and following a session to its end.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use crate::actions::Verb;
use crate::engine::{ContainerId, ExecRequest, Output, StdStream};
use crate::sessions::{
    Build, Builds, FollowEnd, FollowNews, Followed, SessionId, SessionPlan, SessionState, Sessions, Stream,
    starter,
};

use super::connect::Engine;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::{Drain, TextChunks, clean, document, elapsed};
use super::printed::{Manner, Printer};

/// The sessions of a container, and how the user names both.
pub(super) struct Named {
    pub(super) engine: Engine,
    pub(super) sessions: Sessions,
    pub(super) container: String,
    /// The directory that was given.
    directory: Option<String>,
    /// What the container is there for, where that is a build.
    pub(super) build: Option<Build>,
}

impl Named {
    /// On the engine the container is on.
    pub(super) async fn find(context: &Context, container: &str, directory: Option<&str>) -> Ended<Self> {
        let engine = engine_of_container(context, container).await?;
        let id = ContainerId::from(container);
        let call = context.call(Verb::Inspect, container);
        let build = Builds::on(engine.supervised.clone()).look(&call, &id).await.into_result()?;
        let sessions = match (directory, &build) {
            (Some(directory), _) => Sessions::of(engine.supervised.clone(), id).kept_in(directory),
            (None, Some(build)) => build.sessions(&engine.supervised),
            (None, None) => Sessions::of(engine.supervised.clone(), id),
        };
        let (engine, container) = (engine.clone(), container.to_owned());
        Ok(Self { engine, sessions, container, directory: directory.map(str::to_owned), build })
    }

    /// Of a build that is known.
    pub(super) fn of_build(engine: &Engine, build: Build) -> Self {
        let (sessions, container) = (build.sessions(&engine.supervised), build.name.clone());
        Self { engine: engine.clone(), sessions, container, directory: None, build: Some(build) }
    }

    /// The session of its build.
    pub(super) fn session(&self) -> Ended<&SessionId> {
        self.build.as_ref().map(|build| &build.session).ok_or_else(|| {
            let container = &self.container;
            Failure::Usage(format!("which session? `smidr-console sessions ls {container}` lists them"))
        })
    }

    /// The command line that does this to a session.
    fn command_line(&self, verb: &str, id: &SessionId) -> String {
        let place = self.directory.as_ref().map(|directory| format!(" --sessions-dir {directory}"));
        let is_of_build = self.build.as_ref().is_some_and(|build| build.session == *id);
        let id = if is_of_build { String::new() } else { format!(" {id}") };
        format!("smidr-console sessions {verb}{} {}{id}", place.unwrap_or_default(), self.container)
    }
}

/// What a durable exec is asked for beside its command.
pub(super) struct Durable<'a> {
    pub(super) container: &'a str,
    pub(super) request: ExecRequest,
    pub(super) grace: Duration,
    pub(super) detach: bool,
    pub(super) apart: bool,
    pub(super) limit: u64,
    pub(super) directory: Option<&'a str>,
    pub(super) raw: bool,
}

/// Starts one, and follows it where that is wanted.
pub(super) async fn exec(asked: Durable<'_>, context: &Context) -> Ended {
    let named = Named::find(context, asked.container, asked.directory).await?;
    let Durable { request, grace, limit, apart, .. } = asked;
    let plan = SessionPlan { by: starter(), grace, limit, apart, ..SessionPlan::new(request) };
    let call = context.call(Verb::Exec, asked.container);
    let id = named.sessions.start(&call, &plan).await.into_result()?;
    if asked.detach {
        if context.global.json {
            context.print_json(&json!({ "session": id, "container": asked.container }))?;
        } else {
            context.print(&format!("{id}\n"))?;
        }
        return Ok(Exit::Done);
    }
    context.note(&format!("session {id}"));
    follow(&named, &id, Stream::Output, 0, asked.raw, context).await
}

/// Follows one to its end and ends as its command did. A signal only detaches.
pub(super) async fn follow(
    named: &Named,
    id: &SessionId,
    stream: Stream,
    from: u64,
    raw: bool,
    context: &Context,
) -> Ended {
    let drain = Drain::of_process().map_err(Failure::of_output)?;
    let mut followed = named.sessions.follow(id, stream, from);
    let cancel = context.supervisor.call().cancel;
    let printed = tokio::select! {
        biased;
        printed = print(&mut followed, &drain, raw, context) => Some(printed),
        () = cancel.cancelled() => None,
        () = timed_out(context) => None,
    };
    context.drained(drain).await?;
    let offset = followed.offset();
    let end = followed.end();
    drop(followed);
    match printed {
        Some(Err(error)) => return Err(Failure::of_output(error)),
        Some(Ok(())) if end != Some(FollowEnd::Cancelled) => {}
        _ => {
            let why = match context.global.timeout {
                Some(timeout) if !cancel.is_cancelled() => format!("no end within {}; ", elapsed(timeout)),
                _ => String::new(),
            };
            context.note(&format!(
                "{why}detached from session {id}, which is not ended by that\nto come back: {} --from {offset}\n\
                 to stop it:   {}",
                named.command_line("follow", id),
                named.command_line("stop", id),
            ));
            return if cancel.is_cancelled() { Err(Failure::Cancelled) } else { Ok(Exit::TimedOut) };
        }
    }
    let call = context.call(Verb::Exec, &named.container);
    let session = named.sessions.look(&call, id).await.into_result()?;
    if context.global.json {
        context.print_json(&session)?;
    }
    for gap in &session.gaps {
        let words =
            format!("{} bytes after byte {} of {} were not kept: {}", gap.bytes, gap.at, gap.file, gap.why);
        context.note(&clean(&words));
    }
    let SessionState::Ended(end) = &session.state else {
        context.note(&format!("session {id}: {}", clean(&session.words())));
        return Ok(Exit::ExecFailed);
    };
    if end.deadline {
        context.note(&format!("session {id}: it was ended at its deadline"));
        // What a command ends with when it is told to end may be 0.
        return Ok(Exit::TimedOut);
    }
    Ok(Exit::OfCommand(end.exit_code()))
}

/// Until `--timeout` is over; for ever where there is none.
async fn timed_out(context: &Context) {
    match context.global.timeout {
        Some(timeout) => tokio::time::sleep(context.left_of(timeout)).await,
        None => std::future::pending().await,
    }
}

async fn print(followed: &mut Followed, drain: &Drain, raw: bool, context: &Context) -> std::io::Result<()> {
    if context.global.json {
        let mut text = TextChunks::default();
        while let Some(news) = followed.next().await {
            if let FollowNews::Bytes(bytes) = news {
                let line = document(&json!({ "text": text.push(&bytes), "offset": followed.offset() }));
                drain.write(StdStream::Stdout, Bytes::from(line)).await?;
            }
        }
        return Ok(());
    }
    let mut printer = Printer::of_process(drain, context, Manner { raw, ..Manner::default() });
    let as_it_comes = printer.changes_nothing();
    while let Some(news) = followed.next().await {
        match news {
            FollowNews::Bytes(bytes) if as_it_comes => drain.write(StdStream::Stdout, bytes).await?,
            FollowNews::Bytes(bytes) => {
                let Output { stream, bytes } = Output { stream: StdStream::Stdout, bytes };
                printer.push(stream, None, bytes).await?;
            }
            FollowNews::Trouble(why) => context.note(&format!("trying again: {}", clean(&why))),
        }
    }
    if as_it_comes { Ok(()) } else { printer.end().await }
}
