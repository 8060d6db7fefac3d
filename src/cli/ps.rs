//! `ps`.

use clap::Args;
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::actions::Verb;
use crate::engine::{Container, ContainerState, ListFilter, labels};

use super::connect::Engine;
use super::context::Context;
use super::failure::{Ended, Failure};
use super::output::{Cell, Column, Table, Tone, age, with_engine};
use crate::values;

/// Which containers to list.
#[derive(Debug, Default, Args)]
pub(crate) struct PsArgs {
    /// Stopped ones too
    #[arg(short, long)]
    all: bool,
    /// Only those with this in their name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only those with this label; may be given several times
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = values::label_filter)]
    label: Vec<(String, Option<String>)>,
    /// Only those in this state, stopped ones too; may be given several times
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Vec<ContainerState>,
    /// Only those that mount this volume
    #[arg(long, value_name = "NAME")]
    volume: Option<String>,
    /// Only those made through this program
    #[arg(short, long)]
    managed: bool,
    /// Print whole ids
    #[arg(long)]
    no_trunc: bool,
}

fn state(text: &str) -> Result<ContainerState, String> {
    match ContainerState::from_engine(text) {
        ContainerState::Unknown => {
            Err("one of created, running, paused, restarting, stopping, removing, exited, dead".into())
        }
        state => Ok(state),
    }
}

impl PsArgs {
    fn filter(&self) -> ListFilter {
        let mut labels = self.label.clone();
        if self.managed {
            labels.push((labels::MANAGED.into(), Some("true".into())));
        }
        let states = if self.all || !self.state.is_empty() {
            self.state.clone()
        } else {
            vec![
                ContainerState::Running,
                ContainerState::Paused,
                ContainerState::Restarting,
                ContainerState::Stopping,
            ]
        };
        ListFilter { labels, name: self.name.clone(), states, volume: self.volume.clone() }
    }
}

pub(crate) async fn run(args: &PsArgs, context: &Context) -> Ended {
    let (engines, mut exit) = context.every_engine().await?;
    let filter = &args.filter();
    let lists = join_all(engines.iter().map(async |engine| {
        let call = context.call(Verb::List, &engine.label);
        engine.supervised.read(&call, Verb::List, engine.endpoint(), |engine| engine.list(filter)).await
    }));
    let mut found = Vec::new();
    for (engine, report) in engines.iter().zip(lists.await) {
        match report.into_result() {
            Ok(containers) => found.extend(containers.into_iter().map(|container| (engine, container))),
            Err(report) => exit = exit.worst(context.report(&Failure::from(report))),
        }
    }
    print(args, context, engines.len() > 1, &found)?;
    Ok(exit)
}

fn print(args: &PsArgs, context: &Context, several: bool, found: &[(&Engine, Container)]) -> Ended<()> {
    if context.global.json {
        let all: Vec<_> = found.iter().map(|(engine, container)| with_engine(engine, container)).collect();
        context.print_json(&all)?;
    } else if context.global.quiet {
        let ids = found.iter().map(|(_, container)| &container.id);
        context.print_ids(ids.map(|id| if args.no_trunc { id.as_str() } else { id.short() }))?;
    } else {
        let table = table(found, several, args.no_trunc, Timestamp::now());
        let empty =
            if args.all { "no containers" } else { "no running containers; --all shows stopped ones" };
        context.print_table(&table, empty)?;
    }
    Ok(())
}

fn table(found: &[(&Engine, Container)], several: bool, whole_ids: bool, now: Timestamp) -> Table {
    let engine_column = several.then(|| Column::left("ENGINE", 2));
    let mut table = Table::new(
        [
            Column::left("NAME", 0).shrinking_to(16),
            Column::left("STATE", 0),
            Column::left("STATUS", 3),
            Column::left("IMAGE", 1).shrinking_to(16),
            Column::left("CREATED", 4),
            Column::left("ID", 5),
            Column::left("COMMAND", 6).shrinking_to(12),
        ]
        .into_iter()
        .chain(engine_column),
    );
    for (engine, container) in found {
        let tone = tone_of(container);
        let id = if whole_ids { container.id.as_str() } else { container.id.short() };
        let engine = several.then(|| Cell::new(&engine.label).toned(Tone::Dim));
        table.row(
            [
                Cell::new(&container.name),
                Cell::new(container.state.to_string()).toned(tone),
                Cell::new(&container.status).toned(tone),
                Cell::new(&container.image),
                Cell::new(age(container.created, now)),
                Cell::new(id).toned(Tone::Dim),
                Cell::new(&container.command).toned(Tone::Dim),
            ]
            .into_iter()
            .chain(engine),
        );
    }
    table
}

/// Red what failed, yellow what needs a look, dim what is over; what runs is as it is.
fn tone_of(container: &Container) -> Tone {
    match container.state {
        ContainerState::Running => Tone::Plain,
        ContainerState::Paused | ContainerState::Restarting | ContainerState::Stopping => Tone::Look,
        ContainerState::Dead => Tone::Bad,
        ContainerState::Exited if failed(&container.status) => Tone::Bad,
        _ => Tone::Dim,
    }
}

/// Whether the engine's words tell of an exit code other than 0: `Exited (1) 3 days ago`.
fn failed(status: &str) -> bool {
    let code = status.strip_prefix("Exited (").and_then(|rest| rest.split_once(')'));
    code.is_some_and(|(code, _)| code != "0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::test_support::{container, engine};

    #[tokio::test]
    async fn a_table_of_one_engine_and_of_two() {
        let (one, other) = (engine("unix:///run/a.sock"), engine("unix:///run/b.sock"));
        let now: Timestamp = "2025-03-01T12:00:00Z".parse().unwrap();
        let found = [
            (&one, container("yocto-a", ContainerState::Running, "Up 3 hours")),
            (&other, container("core-image-minimal", ContainerState::Exited, "Exited (1) 2 days ago")),
        ];
        insta::assert_snapshot!("one_engine", table(&found, false, false, now).render(None, false));
        insta::assert_snapshot!("two_engines_80", table(&found, true, false, now).render(Some(80), false));
    }

    #[test]
    fn colour_repeats_what_the_words_say() {
        let tone = |state, status: &str| tone_of(&container("a", state, status));
        assert_eq!(tone(ContainerState::Running, "Up 3 hours"), Tone::Plain);
        assert_eq!(tone(ContainerState::Exited, "Exited (0) 3 days ago"), Tone::Dim);
        assert_eq!(tone(ContainerState::Exited, "Exited (137) 3 days ago"), Tone::Bad);
        assert_eq!(tone(ContainerState::Paused, "Up 3 hours (Paused)"), Tone::Look);
    }

    #[test]
    fn only_running_ones_unless_asked() {
        assert!(PsArgs::default().filter().states.iter().all(|state| state.is_alive()));
        assert!(PsArgs { all: true, ..PsArgs::default() }.filter().states.is_empty());
        let exited = PsArgs { state: vec![ContainerState::Exited], ..PsArgs::default() };
        assert_eq!(exited.filter().states, [ContainerState::Exited]);
    }
}
