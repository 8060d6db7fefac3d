//! `config`.

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::{ConsoleOptions, vocabulary};
use crate::config::{DEFAULT_FILE, Entry, Environment, Loaded, Origin, Overrides, load, settings_file};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{Cell, Column, Table, Tone};

/// What of the settings.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print the documented file of all settings and their defaults, to begin one's own with
    #[arg(long, conflicts_with = "path")]
    default: bool,

    /// Print where the settings file is, whether it is there or not
    #[arg(long)]
    path: bool,
}

/// # Errors
/// When the settings make no sense, or nothing can be printed. With `--quiet` that is all there is to know.
pub(crate) fn run(args: &ConfigArgs, context: &Context) -> Ended {
    run_in(&Environment::from_process(), args, context)
}

fn run_in(environment: &Environment, args: &ConfigArgs, context: &Context) -> Ended {
    if args.default {
        context.print(DEFAULT_FILE)?;
        return Ok(Exit::Done);
    }
    let overrides = Overrides { settings: context.global.settings.clone(), ..Overrides::default() };
    let file = settings_file(environment, &overrides).map(|(file, _)| file.to_string_lossy().into_owned());
    if args.path {
        let file = file.ok_or_else(|| Failure::Usage(NOWHERE.into()))?;
        if context.global.json {
            context.print_json(&json!({ "file": file }))?;
        } else {
            context.print(&format!("{file}\n"))?;
        }
        return Ok(Exit::Done);
    }
    let loaded = load(environment, &overrides, &vocabulary())?;
    // What only the console's own tables can tell is told here, too.
    ConsoleOptions::of(&loaded)?;
    if context.global.json {
        context.print_json(&document(&loaded))?;
    } else if !context.global.quiet {
        context.print_table(&table(&loaded.entries()), "")?;
    }
    if loaded.file.is_none() {
        context.note(&match file {
            Some(file) => {
                format!("there is no {file}; `smidr-console config --default` prints one to begin with")
            }
            None => NOWHERE.to_owned(),
        });
    }
    Ok(Exit::Done)
}

const NOWHERE: &str = "there is no home directory to have settings in; --settings names a file";

fn table(entries: &[Entry]) -> Table {
    let mut table = Table::new([
        Column::left("SETTING", 0),
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

#[derive(Debug, Serialize)]
struct EntryJson {
    name: String,
    value: Value,
    origin: String,
}

fn document(loaded: &Loaded) -> Value {
    let settings: Vec<EntryJson> = loaded
        .entries()
        .into_iter()
        .map(|Entry { name, value, origin }| EntryJson { name, value, origin: origin.to_string() })
        .collect();
    let file = loaded.file.as_ref().map(|file| file.to_string_lossy());
    json!({ "file": file, "settings": settings })
}

#[cfg(test)]
mod tests;
