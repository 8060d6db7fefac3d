//! Durable execs and builds: `sessions ls`, `sessions follow`, `sessions stop` and `sessions rm`.

use std::time::Duration;

use clap::{Args, Subcommand};
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::json;

use crate::actions::Verb;
use crate::actions::exec::ExecPlan;
use crate::engine::{Container, ContainerId, ContainerState, ListFilter, RemoveOptions, Signal, StopOptions};
use crate::sessions::{Build, Builds, Session, SessionId, SessionState, Sessions, Stream};
use crate::values;

use super::connect::Engine;
use super::context::Context;
use super::durable::{Named, follow};
use super::exit::Exit;
use super::failure::Ended;
use super::output::{Cell, Column, Table, Tone, bytes, clean, elapsed, with_engine};

/// How many containers are asked at the same time.
const AT_ONCE: usize = 8;

/// What to do with durable execs and builds.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// List durable execs and builds: running, ended, lost
    #[command(visible_alias = "list")]
    Ls(ListArgs),
    /// Print what one prints, to its end
    Follow(FollowArgs),
    /// End one with everything it started: TERM first, KILL after the grace
    Stop(StopArgs),
    /// Remove what is kept of those that are over
    #[command(visible_alias = "remove")]
    Rm(RemoveArgs),
}

/// Where they are kept.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The directory of the container they are kept in
    ///
    /// Without it the one the container names in `SMIDR_SESSIONS`, else /var/tmp/smidr-sessions. One that is mounted
    /// outlives the container.
    #[arg(long, value_name = "DIR", value_parser = directory)]
    pub(super) sessions_dir: Option<String>,
}

/// Which to list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Name or id; stopped ones too. Without it every running container that ever had an exec of this program is asked
    container: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Which to follow, and from where.
///
/// Ends with the command's own exit code; 125 where it was lost. ^C ends only the following.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Name or id
    container: String,
    /// The session, as `sessions ls` names it; the container's build where it is left out
    #[arg(value_parser = session)]
    session: Option<SessionId>,
    /// Leave out so many bytes at the beginning
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    from: u64,
    /// Its standard error, where that was kept apart
    #[arg(long)]
    errors: bool,
    /// To a terminal, too, byte for byte: what the command prints may then act on it
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    place: Place,
}

/// Which to stop, and how.
///
/// A build is stopped with its container, which stays until it is removed or the next build in its directory begins.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Name or id
    container: String,
    /// The session; the container's build where it is left out
    #[arg(value_parser = session)]
    session: Option<SessionId>,
    /// How long from TERM to KILL; without it 5s, and 60s for a build
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    grace: Option<Duration>,
    /// Only pass this signal on to its command, and end nothing
    #[arg(long, value_name = "SIGNAL")]
    signal: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Which to remove.
///
/// Without a session it is the container's build: its container is removed, its record and output stay in the build
/// directory until ten later builds were there.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Name or id
    container: String,
    /// The sessions
    #[arg(value_parser = session, value_name = "SESSION")]
    sessions: Vec<SessionId>,
    /// Instead, all that have been over for so long; those that were lost, since they began
    #[arg(long, value_name = "DURATION", value_parser = values::duration, conflicts_with = "sessions")]
    older_than: Option<Duration>,
    #[command(flatten)]
    place: Place,
}

fn session(text: &str) -> Result<SessionId, String> {
    SessionId::parse(text).ok_or_else(|| "letters, digits, dots, dashes; `sessions ls` lists them".into())
}

/// An absolute path of a container.
pub(super) fn directory(text: &str) -> Result<String, String> {
    if text.starts_with('/') { Ok(text.to_owned()) } else { Err("an absolute path of the container".into()) }
}

pub(crate) async fn run(command: &SessionsCommand, context: &Context) -> Ended {
    match command {
        SessionsCommand::Ls(args) => list(args, context).await,
        SessionsCommand::Follow(args) => {
            let named = Named::find(context, &args.container, args.place.sessions_dir.as_deref()).await?;
            let stream = if args.errors { Stream::Errors } else { Stream::Output };
            let id = named_or_build(&named, args.session.as_ref())?;
            follow(&named, &id, stream, args.from, args.raw, context).await
        }
        SessionsCommand::Stop(args) => stop(args, context).await,
        SessionsCommand::Rm(args) => remove(args, context).await,
    }
}

fn named_or_build(named: &Named, session: Option<&SessionId>) -> Ended<SessionId> {
    session.map_or_else(|| named.session(), Ok).cloned()
}

async fn list(args: &ListArgs, context: &Context) -> Ended {
    let directory = args.place.sessions_dir.as_deref();
    let (mut exit, mut found) = (Exit::Done, Vec::new());
    if let Some(name) = &args.container {
        let named = Named::find(context, name, directory).await?;
        let engine = super::find::engine_of_container(context, name).await?;
        let all = named.sessions.find(&context.call(Verb::Exec, name)).await.into_result()?;
        found.extend(all.into_iter().map(|session| (engine, name.clone(), session)));
    } else {
        let (engines, every) = context.every_engine().await?;
        exit = every;
        for engine in engines {
            let filter = ListFilter::default();
            let call = context.call(Verb::List, &engine.label);
            let read = engine.supervised.read(&call, Verb::List, engine.endpoint(), |e| e.list(&filter));
            let containers = match read.await.into_result() {
                Ok(containers) => containers,
                Err(report) => {
                    exit = exit.worst(context.report(&report.into()));
                    continue;
                }
            };
            let may_have_any =
                |one: &Container| one.state == ContainerState::Running || Build::of(one).is_some();
            let asked = containers.into_iter().filter(may_have_any).map(|container| async move {
                let answer = asked_where_it_may_have_any(context, engine, &container, directory).await;
                (container.name, answer)
            });
            let mut answers = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE);
            while let Some((name, answer)) = answers.next().await {
                match answer {
                    Ok(all) => found.extend(all.into_iter().map(|session| (engine, name.clone(), session))),
                    Err(failure) => exit = exit.worst(context.report(&failure)),
                }
            }
        }
    }
    print(context, &found)?;
    Ok(exit)
}

async fn asked_where_it_may_have_any(
    context: &Context,
    engine: &Engine,
    container: &Container,
    directory: Option<&str>,
) -> Ended<Vec<Session>> {
    let call = context.untold_call(Verb::Inspect);
    let found = Sessions::where_any(&engine.supervised, &call, container).await.into_result()?;
    let sessions = match (found, directory) {
        (None, _) => return Ok(Vec::new()),
        (Some(sessions), None) => sessions,
        (Some(sessions), Some(directory)) => sessions.kept_in(directory),
    };
    Ok(sessions.find(&context.untold_call(Verb::Exec)).await.into_result()?)
}

fn print(context: &Context, found: &[(&Engine, String, Session)]) -> Ended<()> {
    if context.global.json {
        let all: Vec<_> = found
            .iter()
            .map(|(engine, container, session)| {
                let mut value = with_engine(engine, session);
                if let serde_json::Value::Object(fields) = &mut value {
                    fields.insert("container".into(), container.as_str().into());
                }
                value
            })
            .collect();
        return context.print_json(&all);
    }
    if context.global.quiet {
        return context.print_ids(found.iter().map(|(_, _, session)| session.id.as_str()));
    }
    context.print_table(&table(found), "no sessions")
}

fn table(found: &[(&Engine, String, Session)]) -> Table {
    let mut table = Table::new([
        Column::left("SESSION", 0),
        Column::left("CONTAINER", 0).shrinking_to(8),
        Column::left("STATE", 0),
        Column::right("AGE", 1),
        Column::right("OUTPUT", 2),
        Column::left("BY", 3).shrinking_to(6),
        Column::left("COMMAND", 1).shrinking_to(8),
    ]);
    for (_, container, session) in found {
        let tone = match &session.state {
            SessionState::Running => Some(Tone::Good),
            SessionState::Ended(end) if end.exit_code() == 0 => None,
            _ => Some(Tone::Bad),
        };
        let state = Cell::new(clean(&session.words()));
        let text = |text: &str| Cell::new(clean(text));
        table.row([
            text(session.id.as_str()),
            text(container),
            match tone {
                Some(tone) => state.toned(tone),
                None => state,
            },
            text(&session.age.map_or_else(|| "-".into(), elapsed)),
            text(&session.output.map_or_else(|| "-".into(), bytes)),
            text(&session.by),
            text(&in_a_line(&session.command)),
        ]);
    }
    table
}

/// A command, of a script only its last line: what stands before it is preparation.
fn in_a_line(command: &[String]) -> String {
    let whole = command.join(" ");
    whole.trim_end().rsplit('\n').next().unwrap_or_default().to_owned()
}

async fn stop(args: &StopArgs, context: &Context) -> Ended {
    let named = Named::find(context, &args.container, args.place.sessions_dir.as_deref()).await?;
    let call = context.call(Verb::Exec, &args.container);
    let id = &named_or_build(&named, args.session.as_ref())?;
    if let Some(signal) = &args.signal {
        named.sessions.signal(&call, id, signal).await.into_result()?;
        if context.global.json {
            context.print_json(&json!({ "session": id, "signal": signal }))?;
        } else if context.is_for_people() {
            context.print(&format!("{id}: {} was sent\n", clean(signal)))?;
        }
        return Ok(Exit::Done);
    }
    if let Some(build) = named.build.as_ref().filter(|build| build.session == *id) {
        return stop_build(&named, build, args.grace, context).await;
    }
    let grace = args.grace.unwrap_or(ExecPlan::GRACE);
    let end = named.sessions.end(&call, id, grace).await.into_result()?;
    if context.global.json {
        context.print_json(&json!({ "session": id, "processes": end }))?;
    } else if context.is_for_people() {
        context.print(&format!("{id}: {}\n", clean(&end.to_string())))?;
    }
    Ok(if end.left.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Its keeper is the container's first process: TERM makes it end the tree, and the engine kills what is left.
async fn stop_build(named: &Named, build: &Build, grace: Option<Duration>, context: &Context) -> Ended {
    let on = &named.engine.supervised;
    let told = if let Some(grace) = grace {
        // The engine's grace would kill the keeper before it has written anything down.
        let call = context.call(Verb::Exec, &build.name);
        named.sessions.end(&call, &build.session, grace).await.map(drop).into_result()
    } else {
        let options = StopOptions { signal: Some(Signal::term()), grace: Build::STOP_GRACE };
        let call = context.call(Verb::Stop, &build.name);
        on.stop(&call, &build.container, &options).await.map(drop).into_result()
    };
    let call = context.call(Verb::Exec, &build.name);
    let session = match (told, Builds::on(on.clone()).session(&call, build).await.into_result()) {
        // What told it so may have ended with the container, before it could answer.
        (_, Ok(Some(session))) if matches!(session.state, SessionState::Ended(_)) => Some(session),
        (Err(report), _) => return Err(report.into()),
        (Ok(()), session) => session?,
    };
    if context.global.json {
        context.print_json(
            &json!({ "session": build.session, "state": session.map(|session| session.state) }),
        )?;
    } else if context.is_for_people() {
        let words = session.map_or_else(|| "no record".to_owned(), |session| session.words());
        context.print(&format!("{}: {}\n", build.session, clean(&words)))?;
    }
    Ok(Exit::Done)
}

async fn remove(args: &RemoveArgs, context: &Context) -> Ended {
    let named = Named::find(context, &args.container, args.place.sessions_dir.as_deref()).await?;
    if args.older_than.is_none() && args.sessions.is_empty() {
        let build = named.session()?;
        let options = RemoveOptions { force: false, volumes: true };
        let id = ContainerId::from(args.container.as_str());
        let call = context.call(Verb::Remove, &args.container);
        named.engine.supervised.remove(&call, &id, options).await.into_result()?;
        if context.global.json {
            context.print_json(&[json!({ "session": build, "removed": true, "why": null })])?;
        } else if context.is_for_people() {
            context.print(&format!("{build}: its container is removed, its record stays\n"))?;
        }
        return Ok(Exit::Done);
    }
    let call = context.call(Verb::Exec, &args.container);
    let report = match args.older_than {
        Some(age) => named.sessions.reap(&call, age).await,
        None => named.sessions.forget(&call, &args.sessions).await,
    };
    let told = report.into_result()?;
    if context.global.json {
        let all: Vec<_> = told
            .iter()
            .map(|one| json!({ "session": one.id, "removed": one.removed, "why": one.why }))
            .collect();
        context.print_json(&all)?;
    } else if context.is_for_people() {
        for one in &told {
            let words = one.why.as_deref().unwrap_or("removed");
            context.print(&format!("{}: {}\n", clean(&one.id), clean(words)))?;
        }
    }
    Ok(if told.iter().all(|one| one.removed) { Exit::Done } else { Exit::Conflict })
}
