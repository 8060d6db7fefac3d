//! `df`.

use clap::Args;
use futures_util::future::join_all;
use serde_json::json;

use crate::actions::Verb;
use crate::engine::{ContainerManager, DiskUsage, UsageOf};

use super::context::Context;
use super::failure::{Ended, Failure};
use super::output::{Cell, Column, Table, bytes, with_engine};

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct DfArgs {
    /// Each volume on a line of its own, too
    #[arg(long)]
    volumes: bool,
}

pub(crate) async fn run(args: &DfArgs, context: &Context) -> Ended {
    let (engines, mut exit) = context.every_engine().await?;
    let measured = join_all(engines.iter().map(async |engine| {
        let call = context.call(Verb::DiskUsage, &engine.label);
        engine.supervised.read(&call, Verb::DiskUsage, engine.endpoint(), ContainerManager::disk_usage).await
    }));
    let mut documents = Vec::new();
    for (engine, report) in engines.iter().zip(measured.await) {
        match report.into_result() {
            Ok(usage) if context.global.json => documents.push(with_engine(engine, &as_json(&usage))),
            Ok(usage) => {
                if engines.len() > 1 {
                    context.print(&format!("{}\n", engine.label))?;
                }
                context.print_table(&kinds(&usage), "nothing")?;
                if args.volumes {
                    context.print("\n")?;
                    context.print_table(&volumes(&usage), "no volumes")?;
                }
            }
            Err(report) => exit = exit.worst(context.report(&Failure::from(report))),
        }
    }
    if context.global.json {
        context.print_json(&documents)?;
    }
    Ok(exit)
}

/// As the port has it, but for the containers, which become objects like the volumes.
fn as_json(usage: &DiskUsage) -> serde_json::Value {
    let containers: Vec<_> =
        usage.by_container.iter().map(|(id, bytes)| json!({ "id": id, "bytes": bytes })).collect();
    json!({
        "images": usage.images,
        "containers": usage.containers,
        "volumes": usage.volumes,
        "build_cache": usage.build_cache,
        "by_volume": usage.by_volume,
        "by_container": containers,
    })
}

fn kinds(usage: &DiskUsage) -> Table {
    let mut table = Table::new([
        Column::left("WHAT", 0),
        Column::right("COUNT", 0),
        Column::right("SIZE", 0),
        Column::right("UNUSED", 0),
    ]);
    let mut row = |what: &str, of: UsageOf| {
        table.row(
            [what.to_owned(), of.count.to_string(), bytes(of.bytes), bytes(of.reclaimable)].map(Cell::new),
        );
    };
    row("images", usage.images);
    row("containers", usage.containers);
    row("volumes", usage.volumes);
    row("build cache", usage.build_cache);
    table
}

fn volumes(usage: &DiskUsage) -> Table {
    let mut table = Table::new([
        Column::left("VOLUME", 0).shrinking_to(20),
        Column::right("USERS", 1),
        Column::right("SIZE", 0),
    ]);
    let mut sorted: Vec<_> = usage.by_volume.iter().collect();
    sorted.sort_by_key(|volume| std::cmp::Reverse(volume.bytes));
    for volume in sorted {
        let users = volume.users.map_or_else(String::new, |users| users.to_string());
        let size = volume.bytes.map_or_else(|| "unknown".to_owned(), bytes);
        table.row([volume.name.clone(), users, size].map(Cell::new));
    }
    table
}
