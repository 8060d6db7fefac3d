//! `check`.

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};

use crate::config::{BuildMount, Entry, LoadedBuildFile, Origin, Variables, load_build_file};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, MistakeJson};
use super::output::{Cell, Column, Table, Tone};
use super::workspace::{BuildFileArgs, tell_warnings};

/// Which build file.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    build_file: BuildFileArgs,
}

/// # Errors
/// When the build file is not there, cannot be read or makes no sense, or nothing can be printed. With `--quiet` that is
/// all there is to know.
pub(crate) fn run(args: &CheckArgs, context: &Context) -> Ended {
    run_in(&Variables::from_process(), args, context)
}

fn run_in(variables: &Variables, args: &CheckArgs, context: &Context) -> Ended {
    let file = args.build_file.path()?;
    let loaded = load_build_file(&args.build_file.file, variables)?;
    let mounts = loaded.build_file.mounts(file.parent().unwrap_or(Path::new("/")));
    if context.global.json {
        context.print_json(&document(&loaded, &file, &mounts))?;
        return Ok(Exit::Done);
    }
    tell_warnings(&loaded, context);
    if !context.global.quiet {
        context.print_table(&values(&loaded.entries()), "")?;
        context.print("\n")?;
        context.print_table(&mounted(&mounts), "")?;
    }
    Ok(Exit::Done)
}

fn values(entries: &[Entry]) -> Table {
    let mut table = Table::new([
        Column::left("KEY", 0),
        Column::left("VALUE", 0).shrinking_to(20),
        Column::left("FROM", 0),
    ]);
    for entry in entries {
        let tone = if entry.origin == Origin::Default { Tone::Dim } else { Tone::Plain };
        let from = Cell::new(entry.origin.to_string()).toned(tone);
        table.row([Cell::new(&entry.name), Cell::new(entry.text()), from]);
    }
    table
}

fn mounted(mounts: &[BuildMount]) -> Table {
    let mut table =
        Table::new([Column::left("IN THE CONTAINER", 0), Column::left("WHAT", 0), Column::left("ACCESS", 0)]);
    for mount in mounts {
        let access = if mount.read_only { "read-only" } else { "read-write" };
        table.row([Cell::new(&mount.target), Cell::new(mount.from.to_string()), Cell::new(access)]);
    }
    table
}

fn document(loaded: &LoadedBuildFile, file: &Path, mounts: &[BuildMount]) -> Value {
    let entry = |Entry { name, value, origin }: Entry| json!({ "name": name, "value": value, "origin": origin.to_string() });
    let values: Vec<Value> = loaded.entries().into_iter().map(entry).collect();
    let warnings: Vec<MistakeJson> = loaded.warnings.iter().map(MistakeJson::of).collect();
    json!({ "file": file.to_string_lossy(), "values": values, "mounts": mounts, "warnings": warnings })
}

#[cfg(test)]
mod tests;
