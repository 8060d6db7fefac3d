//! `events`.

use std::fmt::Write;
use std::ops::ControlFlow;

use clap::Args;
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::actions::{Patience, Verb};
use crate::engine::{EngineEvent, EventFilter, EventObject};

use super::context::Context;
use super::failure::{Ended, Failure};
use super::output::{clean, local_time, with_engine};
use super::stats::stream_end;
use crate::values;

/// From when on.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Also what happened since then, as far back as the engine remembers
    #[arg(long, value_name = "TIME|DURATION", value_parser = values::instant)]
    since: Option<Timestamp>,
}

pub(crate) async fn run(args: &EventsArgs, context: &Context) -> Ended {
    let (engines, mut exit) = context.every_engine().await?;
    let several = engines.len() > 1;
    let filter = &EventFilter { since: args.since };
    let watched = join_all(engines.iter().map(async |engine| {
        let mut failure = None;
        let call = context.call(Verb::Events, &engine.label);
        let each = async |event: EngineEvent| {
            let printed = if context.global.json {
                context.print_json(&with_engine(engine, &event))
            } else {
                context.print(&line(&event, several.then_some(engine.label.as_str())))
            };
            match printed {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failure = Some(error);
                    // The other engines' streams would only find out at their next event.
                    context.supervisor.cancel_all();
                    ControlFlow::Break(())
                }
            }
        };
        let open = |engine: &dyn crate::engine::ContainerManager| engine.events(filter);
        let watch =
            engine.supervised.watch(&call, Verb::Events, engine.endpoint(), Patience::Lasting, open, each);
        let report = watch.await;
        (report, failure)
    }));
    let (reports, failures): (Vec<_>, Vec<Option<Failure>>) = watched.await.into_iter().unzip();
    if let Some(failure) = failures.into_iter().flatten().next() {
        return Err(failure);
    }
    for report in reports {
        exit = exit.worst(stream_end(context, report));
    }
    Ok(exit)
}

/// Attributes that say more than they take room for; labels, which are most of them, do not.
const SHOWN: [&str; 5] = ["image", "exitCode", "signal", "oldName", "execID"];

fn line(event: &EngineEvent, engine: Option<&str>) -> String {
    let object = match event.object {
        EventObject::Container => "container",
        EventObject::Image => "image",
        EventObject::Volume => "volume",
        EventObject::Network => "network",
    };
    let name = event.attributes.get("name").unwrap_or(&event.id);
    let time = event.time.map(local_time).unwrap_or_default();
    let mut line = format!("{time:19}  {object:9}  {:12}  {}", clean(&event.action), clean(name));
    for attribute in SHOWN {
        if let Some(value) = event.attributes.get(attribute) {
            let _ = write!(line, "  {attribute}={}", clean(value));
        }
    }
    if let Some(engine) = engine {
        let _ = write!(line, "  on {engine}");
    }
    line.push('\n');
    line
}
