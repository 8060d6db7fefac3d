//! `volume ls`, `volume create`, `volume inspect` and `volume rm`.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::actions::Verb;
use crate::engine::{Change, Container, ContainerManagerExt, Volume, VolumeFilter, VolumeSpec, labels};

use super::connect::Engine;
use super::context::Context;
use super::each::{Did, Objects, on_each};
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_volume;
use super::output::{Cell, Column, Table, Tone, age, labelled, local_time, with_engine};
use crate::values;

/// What to do with volumes.
#[derive(Debug, Subcommand)]
pub(crate) enum VolumeCommand {
    /// List volumes
    #[command(visible_alias = "list")]
    Ls(ListArgs),
    /// Make a volume, once: a second time finds it
    Create(CreateVolumeArgs),
    /// Show all an engine knows of volumes, and who uses them
    Inspect(InspectVolumeArgs),
    /// Remove volumes and all that is in them
    #[command(visible_alias = "remove")]
    Rm(RemoveVolumeArgs),
}

/// Which volumes to list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those with this in their name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only those with this label; may be given several times
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = values::label_filter)]
    label: Vec<(String, Option<String>)>,
    /// Only those made through this program
    #[arg(short, long)]
    managed: bool,
}

/// What to make.
#[derive(Debug, Args)]
pub(crate) struct CreateVolumeArgs {
    /// Its name
    name: String,
    /// The driver that keeps it
    #[arg(short, long, default_value = "local")]
    driver: String,
    /// An option of the driver; may be given several times
    #[arg(short, long = "opt", value_name = "NAME=VALUE", value_parser = values::label)]
    options: Vec<(String, String)>,
    /// A label; may be given several times
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = values::label)]
    label: Vec<(String, String)>,
    /// Never let cleanup remove it without being told its name
    #[arg(long)]
    protected: bool,
}

/// What to show.
#[derive(Debug, Args)]
pub(crate) struct InspectVolumeArgs {
    /// Names
    #[arg(required = true, value_name = "VOLUME")]
    volumes: Vec<String>,
}

/// What to remove.
#[derive(Debug, Args)]
pub(crate) struct RemoveVolumeArgs {
    /// Names
    #[arg(required = true, value_name = "VOLUME")]
    volumes: Vec<String>,
}

pub(crate) async fn run(command: &VolumeCommand, context: &Context) -> Ended {
    match command {
        VolumeCommand::Ls(args) => list(args, context).await,
        VolumeCommand::Create(args) => create(args, context).await,
        VolumeCommand::Inspect(args) => inspect(args, context).await,
        VolumeCommand::Rm(args) => remove(args, context).await,
    }
}

async fn list(args: &ListArgs, context: &Context) -> Ended {
    let (engines, mut exit) = context.every_engine().await?;
    let mut labels = args.label.clone();
    if args.managed {
        labels.push((labels::MANAGED.into(), Some("true".into())));
    }
    let filter = &VolumeFilter { labels, name: args.name.clone() };
    let lists = join_all(engines.iter().map(async |engine| {
        let call = context.call(Verb::ListVolumes, &engine.label);
        let read =
            engine.supervised.read(&call, Verb::ListVolumes, engine.endpoint(), |e| e.list_volumes(filter));
        read.await
    }));
    let mut found = Vec::new();
    for (engine, report) in engines.iter().zip(lists.await) {
        match report.into_result() {
            Ok(volumes) => found.extend(volumes.into_iter().map(|volume| (engine, volume))),
            Err(report) => exit = exit.worst(context.report(&Failure::from(report))),
        }
    }
    if context.global.json {
        let all: Vec<_> = found.iter().map(|(engine, volume)| with_engine(engine, volume)).collect();
        context.print_json(&all)?;
    } else if context.global.quiet {
        context.print_ids(found.iter().map(|(_, volume)| volume.name.as_str()))?;
    } else {
        let table = table(&found, engines.len() > 1, Timestamp::now());
        context.print_table(&table, "no volumes; `smidr-console volume create` makes one")?;
    }
    Ok(exit)
}

fn table(found: &[(&Engine, Volume)], several: bool, now: Timestamp) -> Table {
    let columns = [
        Column::left("NAME", 0).shrinking_to(20),
        Column::left("DRIVER", 3),
        Column::left("CREATED", 2),
        Column::left("OURS", 1),
        Column::left("MOUNTPOINT", 4).shrinking_to(20),
    ];
    let engine_column = several.then(|| Column::left("ENGINE", 2));
    let mut table = Table::new(columns.into_iter().chain(engine_column));
    for (engine, volume) in found {
        let is_protected = volume.labels.get(labels::PROTECTED).is_some_and(|value| value == "true");
        let ours = match (labels::is_managed(&volume.labels), is_protected) {
            (_, true) => "protected",
            (true, false) => "managed",
            (false, false) => "",
        };
        let row = [
            Cell::new(&volume.name),
            Cell::new(&volume.driver),
            Cell::new(age(volume.created, now)),
            Cell::new(ours),
            Cell::new(&volume.mountpoint).toned(Tone::Dim),
        ];
        let engine = several.then(|| Cell::new(&engine.label).toned(Tone::Dim));
        table.row(row.into_iter().chain(engine));
    }
    table
}

async fn create(args: &CreateVolumeArgs, context: &Context) -> Ended {
    let engine = context.first_engine().await?;
    let mut labels: BTreeMap<String, String> = args.label.iter().cloned().collect();
    if args.protected {
        labels.insert(labels::PROTECTED.into(), "true".into());
    }
    let spec = VolumeSpec {
        name: args.name.clone(),
        driver: args.driver.clone(),
        options: args.options.iter().cloned().collect(),
        labels,
    };
    let call = context.call(Verb::CreateVolume, &args.name);
    let (volume, change) = engine.supervised.create_volume(&call, &spec).await.into_result()?;
    if context.global.json {
        let mut value = with_engine(engine, &volume);
        if let (serde_json::Value::Object(fields), Ok(change)) = (&mut value, serde_json::to_value(change)) {
            fields.insert("change".into(), change);
        }
        context.print_json(&value)?;
    } else {
        context.print_ids([volume.name.as_str()])?;
        if change == Change::AlreadySo {
            context.note("it was there already");
        }
    }
    Ok(Exit::Done)
}

async fn inspect(args: &InspectVolumeArgs, context: &Context) -> Ended {
    let (mut exit, mut documents) = (Exit::Done, Vec::new());
    for name in &args.volumes {
        match inspect_one(context, name).await {
            Ok((engine, volume, users)) if context.global.json => {
                let mut value = with_engine(engine, &volume);
                if let serde_json::Value::Object(fields) = &mut value {
                    let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
                    fields.insert("users".into(), names.into());
                }
                documents.push(value);
            }
            Ok((_, volume, _)) if context.global.quiet => context.print_ids([volume.name.as_str()])?,
            Ok((engine, volume, users)) => context.print(&for_people(engine, &volume, &users))?,
            Err(failure) => exit = exit.worst(context.report(&failure)),
        }
    }
    if context.global.json {
        context.print_json(&documents)?;
    }
    Ok(exit)
}

async fn inspect_one<'a>(context: &'a Context, name: &str) -> Ended<(&'a Engine, Volume, Vec<Container>)> {
    let engine = engine_of_volume(context, name).await?;
    let call = context.call(Verb::InspectVolume, name);
    let read = engine.supervised.read(&call, Verb::InspectVolume, name, async |engine| {
        Ok((engine.inspect_volume(name).await?, engine.volume_users(name).await?))
    });
    let (volume, users) = read.await.into_result()?;
    Ok((engine, volume, users))
}

fn for_people(engine: &Engine, volume: &Volume, users: &[Container]) -> String {
    let pairs = |map: &BTreeMap<String, String>| -> Vec<String> {
        map.iter().map(|(name, value)| format!("{name}={value}")).collect()
    };
    let rows: [(&str, Vec<String>); 8] = [
        ("name", vec![volume.name.clone()]),
        ("engine", vec![engine.endpoint()]),
        ("driver", vec![volume.driver.clone()]),
        ("mountpoint", vec![volume.mountpoint.clone()]),
        ("created", volume.created.map(local_time).into_iter().collect()),
        ("users", users.iter().map(|user| format!("{} ({})", user.name, user.state)).collect()),
        ("options", pairs(&volume.options)),
        ("labels", pairs(&volume.labels)),
    ];
    labelled(&rows)
}

async fn remove(args: &RemoveVolumeArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Volumes,
        &args.volumes,
        |engine, name| {
            Box::pin(async move {
                let call = context.call(Verb::RemoveVolume, name);
                engine.supervised.remove_volume(&call, name).await
            })
        },
        |change| Did::change(change, "removed", "was not there"),
    )
    .await
}
