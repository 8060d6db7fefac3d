//! `sessions ls`, `sessions follow`, `sessions stop` and `sessions rm`.

use std::time::Duration;

use clap::{Args, Subcommand};
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::json;

use crate::actions::Verb;
use crate::actions::exec::{ExecPlan, SHIM_DIRECTORY};
use crate::engine::{
    Change, Container, ContainerId, ContainerState, ListFilter, RemoveOptions, Signal, StopOptions,
};
use crate::sessions::{Build, Builds, Session, SessionId, SessionState, Sessions, Stream};
use crate::values;
use crate::workspace::GRACE;

use super::connect::Engine;
use super::context::Context;
use super::durable::{Named, follow};
use super::exit::Exit;
use super::failure::Ended;
use super::output::{Cell, Column, Table, Tone, bytes, clean, elapsed, with_engine};

/// How many containers are asked at the same time.
const AT_ONCE: usize = 8;
/// So much longer than its keeper's own grace a build's container is waited for before it is killed.
const BEYOND_GRACE: Duration = Duration::from_secs(15);

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
    /// Name or id; stopped ones too. Without it every running container that ever had an exec of this program is asked,
    /// and every one of a build
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
    /// The session, as `sessions ls` names it; without it the build the container is there for
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
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Name or id
    container: String,
    /// The session; without it the build the container is there for
    #[arg(value_parser = session)]
    session: Option<SessionId>,
    /// How long from TERM to KILL; without it 5s, and for a build the minute it was begun with
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    grace: Option<Duration>,
    /// Only pass this signal on to its command, and end nothing
    #[arg(long, value_name = "SIGNAL")]
    signal: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// Which to remove.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Name or id
    container: String,
    /// The sessions
    #[arg(value_parser = session, required_unless_present = "older_than", value_name = "SESSION")]
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
            let id = named.session(args.session.as_ref())?;
            follow(&named, &id, stream, args.from, args.raw, context).await
        }
        SessionsCommand::Stop(args) => stop(args, context).await,
        SessionsCommand::Rm(args) => remove(args, context).await,
    }
}

async fn list(args: &ListArgs, context: &Context) -> Ended {
    let directory = args.place.sessions_dir.as_deref();
    let (mut exit, mut found) = (Exit::Done, Vec::new());
    if let Some(name) = &args.container {
        let named = Named::find(context, name, directory).await?;
        let all = named.sessions.find(&context.call(Verb::Exec, name)).await.into_result()?;
        found.extend(all.into_iter().map(|session| (named.engine, name.clone(), session)));
    } else {
        let (engines, every) = context.every_engine().await?;
        exit = every;
        for engine in engines {
            let call = context.call(Verb::List, &engine.label);
            let any = ListFilter::default();
            let read = engine.supervised.read(&call, Verb::List, engine.endpoint(), |e| e.list(&any));
            let containers = match read.await.into_result() {
                Ok(containers) => containers,
                Err(report) => {
                    exit = exit.worst(context.report(&report.into()));
                    continue;
                }
            };
            let is_asked = |container: &Container| {
                container.state == ContainerState::Running || Build::of(container).is_some()
            };
            let asked = containers.into_iter().filter(is_asked).map(|container| async move {
                let answer = match Build::of(&container) {
                    Some(build) => of_build(context, engine, &build).await,
                    None => asked_where_it_may_have_any(context, engine, container.id, directory).await,
                };
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

fn of(engine: &Engine, id: ContainerId, directory: Option<&str>) -> Sessions {
    let sessions = Sessions::of(engine.supervised.clone(), id);
    match directory {
        Some(directory) => sessions.kept_in(directory),
        None => sessions,
    }
}

/// The session the container is there for, where it began; those of earlier builds are listed with its name.
async fn of_build(context: &Context, engine: &Engine, build: &Build) -> Ended<Vec<Session>> {
    let call = context.untold_call(Verb::Exec);
    let session = Builds::on(engine.supervised.clone()).session(&call, build).await.into_result()?;
    Ok(session.into_iter().collect())
}

/// Nothing is copied into a container that never had an exec of ours: there is no session in it.
async fn asked_where_it_may_have_any(
    context: &Context,
    engine: &Engine,
    id: ContainerId,
    directory: Option<&str>,
) -> Ended<Vec<Session>> {
    let call = context.untold_call(Verb::Inspect);
    let look = engine.supervised.read(&call, Verb::Inspect, id.as_str(), async |engine| {
        match engine.stat(&id, SHIM_DIRECTORY).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    });
    if !look.await.into_result()? {
        return Ok(Vec::new());
    }
    let call = context.untold_call(Verb::Exec);
    Ok(of(engine, id, directory).find(&call).await.into_result()?)
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
        let state = Cell::new(clean(&session.state.words()));
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
            text(&session.command.join(" ")),
        ]);
    }
    table
}

async fn stop(args: &StopArgs, context: &Context) -> Ended {
    let named = Named::find(context, &args.container, args.place.sessions_dir.as_deref()).await?;
    let call = context.call(Verb::Exec, &args.container);
    let id = &named.session(args.session.as_ref())?;
    if let Some(signal) = &args.signal {
        named.sessions.signal(&call, id, signal).await.into_result()?;
        if context.global.json {
            context.print_json(&json!({ "session": id, "signal": signal }))?;
        } else if context.is_for_people() {
            context.print(&format!("{id}: {} was sent\n", clean(signal)))?;
        }
        return Ok(Exit::Done);
    }
    if let (None, Some(build)) = (args.grace, named.build.as_ref().filter(|build| build.session == *id)) {
        return stop_build(build, &named, context).await;
    }
    let end = named.sessions.end(&call, id, args.grace.unwrap_or(ExecPlan::GRACE)).await.into_result()?;
    if context.global.json {
        context.print_json(&json!({ "session": id, "processes": end }))?;
    } else if context.is_for_people() {
        context.print(&format!("{id}: {}\n", clean(&end.to_string())))?;
    }
    Ok(if end.left.is_empty() { Exit::Done } else { Exit::Failed })
}

/// By its keeper, the first process of its container.
async fn stop_build(build: &Build, named: &Named<'_>, context: &Context) -> Ended {
    let on = &named.engine.supervised;
    let call = context.call(Verb::Stop, &build.name);
    let options = StopOptions { signal: Some(Signal::term()), grace: GRACE + BEYOND_GRACE };
    let change = on.stop(&call, &build.container, &options).await.into_result()?;
    let call = context.untold_call(Verb::Exec);
    let session = Builds::on(on.clone()).session(&call, build).await.into_result()?;
    if context.global.json {
        context.print_json(&json!({ "session": build.session, "now": session }))?;
    } else if context.is_for_people() {
        let before = if change == Change::AlreadySo { "it was over: " } else { "" };
        let words = session.map_or_else(|| "no record of it is left".to_owned(), |it| it.state.words());
        context.print(&format!("{}: {before}{}\n", build.session, clean(&words)))?;
    }
    Ok(Exit::Done)
}

/// A build's record stays in the build directory; its container goes.
async fn remove_build(build: &Build, named: &Named<'_>, context: &Context) -> Ended {
    let call = context.call(Verb::Remove, &build.name);
    let options = RemoveOptions { force: false, volumes: true };
    named.engine.supervised.remove(&call, &build.container, options).await.into_result()?;
    if context.global.json {
        context.print_json(&json!([{ "session": build.session, "removed": true, "why": null }]))?;
    } else if context.is_for_people() {
        context.print(&format!("{}: its container was removed\n", build.session))?;
    }
    Ok(Exit::Done)
}

async fn remove(args: &RemoveArgs, context: &Context) -> Ended {
    let named = Named::find(context, &args.container, args.place.sessions_dir.as_deref()).await?;
    if let Some(build) = &named.build
        && args.sessions.as_slice() == std::slice::from_ref(&build.session)
    {
        return remove_build(build, &named, context).await;
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
