//! `stats`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;

use crate::actions::{Outcome, Patience, Report, Verb};
use crate::engine::{ContainerId, ContainerManagerExt, ContainerState, ListFilter, Stats};

use super::connect::Engine;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::{Cell, Column, Table, bytes, with_engine};

/// Whose figures, and for how long.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Names or ids; all running ones when none is given
    #[arg(value_name = "CONTAINER")]
    containers: Vec<String>,
    /// Go on, about once a second
    #[arg(short, long)]
    follow: bool,
}

/// How many readings are asked for at the same time; an engine takes a second or two for each.
const AT_ONCE: usize = 16;
/// How often what is followed is printed.
const TICK: Duration = Duration::from_secs(1);

/// A container whose figures are wanted.
#[derive(Debug)]
struct Wanted<'a> {
    engine: &'a Engine,
    id: ContainerId,
    name: String,
}

/// Figures in the order of the containers; none yet, or none any more, where `None`.
type Readings = Vec<Option<Stats>>;

pub(crate) async fn run(args: &StatsArgs, context: &Context) -> Ended {
    let (wanted, exit) = wanted(args, context).await?;
    if wanted.is_empty() {
        if context.global.json && !args.follow {
            context.print_json(&Vec::<()>::new())?;
        }
        context.note("no running containers");
        return Ok(exit);
    }
    if args.follow { follow(context, &wanted).await } else { once(context, &wanted).await }
        .map(|end| exit.worst(end))
}

/// The containers asked for, or all running ones of every engine.
async fn wanted<'a>(args: &StatsArgs, context: &'a Context) -> Ended<(Vec<Wanted<'a>>, Exit)> {
    let mut all = Vec::new();
    if args.containers.is_empty() {
        let (engines, mut exit) = context.every_engine().await?;
        let filter = &ListFilter { states: vec![ContainerState::Running], ..ListFilter::default() };
        let lists = join_all(engines.iter().map(async |engine| {
            let call = context.call(Verb::List, &engine.label);
            engine.supervised.read(&call, Verb::List, engine.endpoint(), |engine| engine.list(filter)).await
        }));
        for (engine, report) in engines.iter().zip(lists.await) {
            match report.into_result() {
                Ok(list) => {
                    all.extend(list.into_iter().map(|found| Wanted {
                        engine,
                        id: found.id,
                        name: found.name,
                    }));
                }
                Err(report) => exit = exit.worst(context.report(&Failure::from(report))),
            }
        }
        return Ok((all, exit));
    }
    for name in &args.containers {
        let engine = engine_of_container(context, name).await?;
        let id = ContainerId::from(name.as_str());
        let call = context.call(Verb::Inspect, name);
        let read = engine.supervised.read(&call, Verb::Inspect, name, |engine| engine.inspect(&id)).await;
        let found = read.into_result()?;
        all.push(Wanted { engine, id: found.id, name: found.name });
    }
    Ok((all, Exit::Done))
}

async fn once(context: &Context, wanted: &[Wanted<'_>]) -> Ended {
    let reads: Vec<_> = wanted
        .iter()
        .map(async |one| {
            // A first reading takes an engine its two seconds: nobody need be told that it is slow.
            let call = context.untold_call(Verb::Stats);
            one.engine
                .supervised
                .read(&call, Verb::Stats, &one.name, |engine| engine.stats_once(&one.id))
                .await
        })
        .collect();
    let reports: Vec<Report<Stats>> = stream::iter(reads).buffered(AT_ONCE).collect().await;
    let mut exit = Exit::Done;
    let mut readings = Readings::new();
    for report in reports {
        match report.into_result() {
            Ok(reading) => readings.push(Some(reading)),
            Err(report) => {
                exit = exit.worst(context.report(&Failure::from(report)));
                readings.push(None);
            }
        }
    }
    if context.global.json {
        let all: Vec<_> = wanted
            .iter()
            .zip(&readings)
            .filter_map(|(one, reading)| reading.as_ref().map(|reading| as_json(one, reading)))
            .collect();
        context.print_json(&all)?;
    } else {
        context.print(&render(context, wanted, &readings))?;
    }
    Ok(exit)
}

/// Until every stream has ended. On a terminal the table is drawn over the one before.
async fn follow(context: &Context, wanted: &[Wanted<'_>]) -> Ended {
    let latest: Mutex<BTreeMap<usize, Stats>> = Mutex::default();
    let gone = Mutex::new(None);
    let watching = join_all(wanted.iter().enumerate().map(|(at, one)| {
        let (latest, gone) = (&latest, &gone);
        async move {
            let call = context.call(Verb::Events, &one.name);
            let each = async |reading: Stats| {
                if context.global.json
                    && let Err(failure) = context.print_json(&as_json(one, &reading))
                {
                    gone.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
                    return ControlFlow::Break(());
                }
                latest.lock().unwrap_or_else(PoisonError::into_inner).insert(at, reading);
                ControlFlow::Continue(())
            };
            let watched = one.engine.supervised.watch(
                &call,
                Verb::Stats,
                &one.name,
                Patience::Lasting,
                |engine| engine.stats(&one.id, true),
                each,
            );
            let report = watched.await;
            latest.lock().unwrap_or_else(PoisonError::into_inner).remove(&at);
            report
        }
    }));
    let mut watching = Box::pin(watching);
    let mut tick = tokio::time::interval(TICK);
    let mut drawn = 0;
    let reports = loop {
        tokio::select! {
            biased;
            reports = &mut watching => break reports,
            _ = tick.tick(), if !context.global.json => {
                let readings: Readings = {
                    let latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
                    (0..wanted.len()).map(|at| latest.get(&at).cloned()).collect()
                };
                if readings.iter().all(Option::is_none) {
                    continue;
                }
                let table = render(context, wanted, &readings);
                let over = if context.screen.width.is_some() && drawn > 0 {
                    // Up to the first line of the table before, and clear from there.
                    format!("\u{1b}[{drawn}A\u{1b}[J")
                } else {
                    String::new()
                };
                drawn = table.lines().count();
                context.print(&format!("{over}{table}"))?;
            }
        }
    };
    drop(watching);
    if let Some(failure) = gone.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(failure);
    }
    let mut exit = Exit::Done;
    for report in reports {
        exit = exit.worst(stream_end(context, report));
    }
    Ok(exit)
}

/// How a stream that somebody watches ends: `^C` is the usual way, and nothing to talk about.
pub(super) fn stream_end(context: &Context, report: Report<()>) -> Exit {
    if matches!(report.outcome, Outcome::Cancelled) {
        return context.report(&Failure::Cancelled);
    }
    match report.into_result() {
        Ok(()) => Exit::Done,
        Err(report) => context.report(&Failure::from(report)),
    }
}

fn as_json(one: &Wanted<'_>, reading: &Stats) -> serde_json::Value {
    let mut value = with_engine(one.engine, reading);
    if let serde_json::Value::Object(fields) = &mut value {
        fields.insert("id".into(), one.id.as_str().into());
        fields.insert("name".into(), one.name.as_str().into());
    }
    value
}

fn render(context: &Context, wanted: &[Wanted<'_>], readings: &Readings) -> String {
    table(wanted, readings).render(context.screen.width, context.screen.coloured)
}

fn table(wanted: &[Wanted<'_>], readings: &Readings) -> Table {
    let mut table = Table::new([
        Column::left("NAME", 0).shrinking_to(12),
        Column::right("CPU %", 0),
        Column::right("MEMORY", 0),
        Column::right("LIMIT", 2),
        Column::right("MEM %", 1),
        Column::right("NET IN", 4),
        Column::right("NET OUT", 4),
        Column::right("READ", 3),
        Column::right("WRITTEN", 3),
        Column::right("PIDS", 5),
    ]);
    for (one, reading) in wanted.iter().zip(readings) {
        let Some(reading) = reading else {
            let dashes = std::iter::repeat_n(Cell::new("-"), 9);
            table.row(std::iter::once(Cell::new(&one.name)).chain(dashes));
            continue;
        };
        let percent = |value: f64| format!("{value:.1}");
        #[expect(clippy::cast_precision_loss, reason = "a percentage with one decimal")]
        let of_limit = match reading.memory.limit {
            0 => "-".to_owned(),
            limit => percent(reading.memory.used as f64 * 100.0 / limit as f64),
        };
        let limit = if reading.memory.limit == 0 { "-".to_owned() } else { bytes(reading.memory.limit) };
        table.row(
            [
                one.name.clone(),
                reading.cpu.percent.map_or_else(|| "-".to_owned(), percent),
                bytes(reading.memory.used),
                limit,
                of_limit,
                bytes(reading.network.received),
                bytes(reading.network.sent),
                bytes(reading.block.read),
                bytes(reading.block.written),
                reading.pids.map_or_else(|| "-".to_owned(), |pids| pids.to_string()),
            ]
            .map(Cell::new),
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::test_support::engine;
    use crate::engine::{BlockIo, Cpu, Memory, NetworkIo};

    #[tokio::test]
    async fn what_is_not_known_is_a_dash() {
        let engine = engine("unix:///run/a.sock");
        let wanted = |name: &str| Wanted { engine: &engine, id: name.into(), name: name.into() };
        let full = Stats {
            time: None,
            cpu: Cpu { total_ns: 1, percent: Some(253.04), online: 4 },
            memory: Memory { used: 1_610_612_736, limit: 4_294_967_296 },
            network: NetworkIo { received: 2048, sent: 100 },
            block: BlockIo { read: 0, written: 1_048_576 },
            pids: Some(17),
        };
        let mut first = full.clone();
        first.cpu.percent = None;
        first.memory.limit = 0;
        first.pids = None;
        let readings = vec![Some(full), Some(first), None];
        let table = table(&[wanted("yocto-a"), wanted("yocto-b"), wanted("gone")], &readings);
        insta::assert_snapshot!(table.render(None, false));
    }
}
