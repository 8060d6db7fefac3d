//! `top`.

use std::fmt::Write;

use clap::Args;

use crate::actions::Verb;
use crate::engine::{ContainerId, ProcessTable};

use super::context::Context;
use super::exit::Exit;
use super::failure::Ended;
use super::find::engine_of_container;
use super::output::{clean, with_engine};

/// Whose processes to list.
#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    /// Name or id
    container: String,
}

pub(crate) async fn run(args: &TopArgs, context: &Context) -> Ended {
    let name = args.container.as_str();
    let engine = engine_of_container(context, name).await?;
    let id = ContainerId::from(name);
    let call = context.call(Verb::Top, name);
    let read = engine.supervised.read(&call, Verb::Top, name, |engine| engine.top(&id));
    let table = read.await.into_result()?;
    if context.global.json {
        let mut value = with_engine(engine, &table);
        if let serde_json::Value::Object(fields) = &mut value {
            fields.insert("container".into(), name.into());
        }
        context.print_json(&value)?;
    } else if context.global.quiet {
        context.print_ids(table.column("pid"))?;
    } else {
        context.print(&for_people(&table))?;
    }
    Ok(Exit::Done)
}

/// The columns are the engine's own, so their titles are not known beforehand; the last one, the command, is as
/// long as it is.
fn for_people(table: &ProcessTable) -> String {
    let rows: Vec<&Vec<String>> = std::iter::once(&table.titles).chain(&table.processes).collect();
    let last = table.titles.len().saturating_sub(1);
    let width = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(|cell| clean(cell).chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.titles.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell = clean(cell);
            if at == last {
                text.push_str(&cell);
            } else {
                let _ = write!(text, "{cell:width$}  ");
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_columns_stand_straight_and_the_command_is_whole() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let table = ProcessTable {
            titles: row(["PID", "USER", "CMD"]),
            processes: vec![row(["1", "root", "sh -c sleep 100"]), row(["31337", "ada", "cc1\u{1b}[2J"])],
        };
        assert_eq!(
            for_people(&table),
            "PID    USER  CMD\n1      root  sh -c sleep 100\n31337  ada   cc1\u{fffd}[2J\n"
        );
    }
}
