//! `up` and `down`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::actions::exec::shim_path_in_container;
use crate::actions::{Owned, Verb};
use crate::config::{BuildMount, Storage};
use crate::engine::{
    Change, ContainerId, ContainerManagerExt, ContainerSpec, EngineError, ErrorKind, ExecRequest,
    RemoveOptions, StopOptions, Transport,
};
use crate::sessions::Builds;
use crate::sessions::starter;
use crate::values;
use crate::workspace::{BUILDER_ID, Workspace};

use super::connect::Engine;
use super::context::Context;
use super::create::fetch_missing;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{Cell, Column, Table, Tone, bytes, clean};
use super::workspace::{BuildFileArgs, prepare_directories};

/// Less than this is told: a build of a small image takes some 50 GB.
const LITTLE: u64 = 50_000_000_000;
/// The most the look at directories may answer, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Which work container.
///
/// It is there for commands: `exec` runs them, and builds have containers of their own. A second time changes nothing.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    build_file: BuildFileArgs,
    /// Where the build file says something else than when it was made: stop it, remove it and make it anew
    #[arg(long)]
    recreate: bool,
    /// How long it has to stop then
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = values::duration)]
    grace: Duration,
}

/// Which work container.
///
/// It is stopped gently and removed. Directories, volumes and builds stay.
#[derive(Debug, Args)]
pub(crate) struct DownArgs {
    #[command(flatten)]
    build_file: BuildFileArgs,
    /// How long it has to stop
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = values::duration)]
    grace: Duration,
}

/// What became of a mount.
struct Looked {
    mount: BuildMount,
    free: Option<u64>,
    /// Why the builder cannot write there.
    why: Option<String>,
}

pub(crate) async fn up(args: &UpArgs, context: &Context) -> Ended {
    let engine = context.first_engine().await?;
    let workspace = args.build_file.workspace(context)?;
    let shim = shim_path_in_container().ok_or_else(|| {
        EngineError::new("hold containers", ErrorKind::Unsupported)
            .saying("this program was built without the shim")
    })?;
    let made = prepare_directories(&workspace, engine, context).await?;
    let spec = workspace.work(&starter(), shim.clone());
    spec.check().map_err(|wrong| Failure::Usage(wrong.to_string()))?;
    fetch_missing(context, engine, &spec.image).await?;
    let created = create(args, &workspace, &spec, engine, context).await?;
    let id = ContainerId::from(spec.name.as_str());
    let call = context.call(Verb::Start, &spec.name);
    let started = engine.supervised.start(&call, &id).await.into_result()?;
    let looked = look(&workspace, &id, shim, engine, context).await?;
    let is_new = created == Change::Made || started == Change::Made || !made.made.is_empty();
    told(&workspace, &spec, is_new, &looked, engine, context)?;
    let is_well = looked.iter().all(|one| one.why.is_none());
    Ok(if is_well { Exit::Done } else { Exit::Failed })
}

async fn create(
    args: &UpArgs,
    workspace: &Workspace,
    spec: &ContainerSpec,
    engine: &Engine,
    context: &Context,
) -> Ended<Change> {
    let on = &engine.supervised;
    let owned = Owned { directories: workspace.owned_directories(), user: u64::from(BUILDER_ID) };
    let call = context.call(Verb::Create, &spec.name);
    let created = on.create_under_shim(&call, spec, &owned).await.into_result();
    let differs = match created {
        Ok(created) => return Ok(created.change),
        Err(report) => Failure::from(report),
    };
    let kind = differs.engine_error().map(EngineError::kind);
    if !matches!(kind, Some(ErrorKind::SpecMismatch { .. })) {
        return Err(differs);
    }
    if !args.recreate {
        context.note("the build file says something else than when it was made; up --recreate makes it anew");
        return Err(differs);
    }
    remove(&spec.name, args.grace, engine, context).await?;
    let call = context.call(Verb::Create, &spec.name);
    Ok(on.create_under_shim(&call, spec, &owned).await.into_result()?.change)
}

/// Stops it gently and removes it; whether it was there.
async fn remove(name: &str, grace: Duration, engine: &Engine, context: &Context) -> Ended<bool> {
    let (on, id) = (&engine.supervised, ContainerId::from(name));
    let options = StopOptions { grace, ..StopOptions::default() };
    let stopped = on.stop(&context.call(Verb::Stop, name), &id, &options).await.into_result();
    match stopped.map_err(Failure::from) {
        Err(failure) if failure.engine_error().is_some_and(EngineError::is_not_found) => return Ok(false),
        stopped => drop(stopped?),
    }
    let options = RemoveOptions { force: false, volumes: true };
    on.remove(&context.call(Verb::Remove, name), &id, options).await.into_result()?;
    Ok(true)
}

/// Asks from within whether the builder can write, and looks here at how much is free.
async fn look(
    workspace: &Workspace,
    id: &ContainerId,
    shim: String,
    engine: &Engine,
    context: &Context,
) -> Ended<Vec<Looked>> {
    #[derive(Deserialize)]
    struct Line {
        path: String,
        why: Option<String>,
    }
    let mounts = workspace.mounts();
    let writable = mounts.iter().filter(|mount| !mount.read_only).map(|mount| mount.target.clone());
    let words: Vec<String> = [shim, "writable".to_owned()].into_iter().chain(writable).collect();
    let request = ExecRequest::new(words);
    let call = context.call(Verb::Exec, id.as_str());
    let call = call.with_limits(crate::actions::Limits::default());
    let on = &engine.supervised;
    let ask = || on.engine.exec_collect(id, &request, LONGEST_ANSWER);
    let answer = on.supervisor.read(&call, Verb::Exec, id.as_str(), ask).await.into_result()?;
    let text = answer.stdout_text();
    let lines: Vec<Line> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut why: BTreeMap<String, Option<String>> =
        lines.into_iter().map(|line| (line.path, line.why)).collect();
    let is_here = matches!(engine.identity.endpoint.transport, Transport::Unix(_));
    let mut looked = Vec::new();
    for mount in mounts {
        let unknown = || Some(format!("it could not be tried: {}", text.trim()));
        let why = if mount.read_only { None } else { why.remove(&mount.target).unwrap_or_else(unknown) };
        let directory = match &mount.from {
            Storage::Directory(directory) => Some(directory.clone()),
            Storage::Volume(name) => {
                let call = context.call(Verb::InspectVolume, name);
                let read =
                    on.read(&call, Verb::InspectVolume, name.as_str(), |e| e.inspect_volume(name)).await;
                Some(PathBuf::from(read.into_result()?.mountpoint))
            }
        };
        let free = directory.filter(|_| is_here).and_then(|directory| free(&directory));
        looked.push(Looked { mount, free, why });
    }
    Ok(looked)
}

/// Bytes that are free there for others than root; `None` where that cannot be told.
fn free(directory: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(directory).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

fn told(
    workspace: &Workspace,
    spec: &ContainerSpec,
    is_new: bool,
    looked: &[Looked],
    engine: &Engine,
    context: &Context,
) -> Ended<()> {
    let doubts = workspace.doubts(engine.identity.memory, engine.identity.cpus);
    if context.global.json {
        let mounts: Vec<_> = looked
            .iter()
            .map(|one| json!({ "mount": one.mount, "free": one.free, "not_writable": one.why }))
            .collect();
        return context.print_json(
            &json!({ "container": spec.name, "changed": is_new, "mounts": mounts, "warnings": doubts }),
        );
    }
    for doubt in &doubts {
        context.note(&format!("warning: {doubt}"));
    }
    for one in looked {
        let what = one.mount.from.to_string();
        let what = clean(&what);
        if let Some(why) = &one.why {
            context.note(&format!(
                "error: the builder (uid {BUILDER_ID}) cannot write to {what} at {}: {}",
                one.mount.target,
                clean(why)
            ));
        }
    }
    let mut little: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for one in looked.iter().filter(|one| !one.mount.read_only) {
        if let Some(free) = one.free.filter(|free| *free < LITTLE) {
            little.entry(free).or_default().push(clean(&one.mount.from.to_string()).into_owned());
        }
    }
    for (free, places) in little {
        context.note(&format!("warning: only {} are free at {}", bytes(free), places.join(", ")));
    }
    if context.is_for_people() {
        context.print_table(&table(looked), "")?;
        let words = if is_new { "is up" } else { "was up already, and nothing was changed" };
        context.note(&format!("{} {words}", spec.name));
        return Ok(());
    }
    context.print(&format!("{}\n", spec.name))
}

fn table(looked: &[Looked]) -> Table {
    let mut table = Table::new([
        Column::left("IN THE CONTAINER", 0),
        Column::left("WHAT", 0).shrinking_to(12),
        Column::left("ACCESS", 0),
        Column::right("FREE", 1),
    ]);
    for one in looked {
        let access = match (&one.why, one.mount.read_only) {
            (_, true) => Cell::new("read-only"),
            (None, false) => Cell::new("read-write"),
            (Some(_), false) => Cell::new("not writable").toned(Tone::Bad),
        };
        let free = one.free.map_or_else(|| "-".to_owned(), bytes);
        table.row([
            Cell::new(&one.mount.target),
            Cell::new(clean(&one.mount.from.to_string())),
            access,
            Cell::new(free),
        ]);
    }
    table
}

pub(crate) async fn down(args: &DownArgs, context: &Context) -> Ended {
    let engine = context.first_engine().await?;
    let workspace = args.build_file.workspace(context)?;
    let name = workspace.work_name();
    let was_there = remove(&name, args.grace, engine, context).await?;
    let builds = Builds::on(engine.supervised.clone());
    let found = builds.find(&context.call(Verb::List, &engine.label)).await.into_result()?;
    let build = found.iter().find(|build| build.name == workspace.build_name() && build.state.is_alive());
    if let Some(build) = build {
        context.note(&format!(
            "{} is still built there: smidr-console sessions stop {} stops it",
            clean(&build.target),
            clean(&build.name)
        ));
    }
    if context.global.json {
        let running = build.map(|build| &build.name);
        context.print_json(&json!({ "container": name, "removed": was_there, "build": running }))?;
    } else if context.is_for_people() {
        context.print(&format!("{name}: {}\n", if was_there { "removed" } else { "was not there" }))?;
    }
    Ok(Exit::Done)
}
