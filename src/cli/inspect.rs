//! `inspect`.

use clap::Args;
use serde_json::Value;

use crate::actions::Verb;
use crate::engine::{ContainerDetails, ContainerId};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::find::engine_of_container;
use super::output::{bytes, labelled, local_time, with_engine};

/// What to show.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Names or ids
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<String>,
    /// Everything the engine said, in its own words (always JSON)
    #[arg(long)]
    raw: bool,
    /// Show the values of the environment, which may be secrets
    #[arg(long)]
    show_env: bool,
}

pub(crate) async fn run(args: &InspectArgs, context: &Context) -> Ended {
    let (mut exit, mut documents) = (Exit::Done, Vec::new());
    for (at, name) in args.containers.iter().enumerate() {
        let (engine, details) = match inspect(context, name).await {
            Ok(found) => found,
            Err(failure) => {
                exit = exit.worst(context.report(&failure));
                continue;
            }
        };
        if args.raw {
            documents.push(details.raw);
        } else if context.global.json {
            documents.push(as_json(&engine, &details));
        } else if context.global.quiet {
            context.print_ids([details.id.as_str()])?;
        } else {
            let gap = if at > 0 { "\n" } else { "" };
            context.print(&format!("{gap}{}", for_people(&engine, &details, args.show_env)))?;
        }
    }
    if args.raw || context.global.json {
        context.print_json(&documents)?;
    }
    Ok(exit)
}

async fn inspect(context: &Context, name: &str) -> Ended<(String, ContainerDetails)> {
    let engine = engine_of_container(context, name).await?;
    let id = ContainerId::from(name);
    let call = context.call(Verb::Inspect, name);
    let report = engine.supervised.read(&call, Verb::Inspect, name, |engine| engine.inspect(&id)).await;
    Ok((engine.endpoint(), report.into_result().map_err(Failure::from)?))
}

/// Without what the engine said in its own words, which has no stable names.
fn as_json(engine: &String, details: &ContainerDetails) -> Value {
    let mut value = with_engine(engine, details);
    if let Value::Object(fields) = &mut value {
        fields.remove("raw");
    }
    value
}

fn for_people(engine: &str, details: &ContainerDetails, show_env: bool) -> String {
    let words = |words: &[String]| words.join(" ");
    let time = |time: Option<jiff::Timestamp>| time.map(local_time).unwrap_or_default();
    let env: Vec<String> = details
        .env
        .iter()
        .map(|entry| match entry.split_once('=') {
            Some((name, _)) if !show_env => format!("{name}=…"),
            _ => entry.clone(),
        })
        .collect();
    let mounts = details.mounts.iter().map(|mount| {
        let source = mount.volume.as_deref().unwrap_or(&mount.source);
        format!("{source} on {}{}", mount.target, if mount.read_only { ", read-only" } else { "" })
    });
    let labels = details.labels.iter().map(|(name, value)| format!("{name}={value}"));
    let rows: Vec<(&str, Vec<String>)> = vec![
        ("name", vec![details.name.clone()]),
        ("id", vec![details.id.to_string()]),
        ("engine", vec![engine.to_owned()]),
        ("image", vec![details.image.clone()]),
        ("platform", details.platform.clone().into_iter().collect()),
        ("state", vec![details.state.to_string()]),
        ("process", details.pid.filter(|pid| *pid > 0).map(|pid| pid.to_string()).into_iter().collect()),
        ("exit code", details.exit_code.map(|code| code.to_string()).into_iter().collect()),
        (
            "out of memory",
            details.oom_killed.then(|| "yes, killed by the kernel".into()).into_iter().collect(),
        ),
        ("error", details.error.clone().into_iter().collect()),
        ("created", vec![time(details.created)]),
        ("started", vec![time(details.started)]),
        ("finished", vec![time(details.finished)]),
        ("restarts", vec![details.restarts.to_string()]),
        ("entrypoint", vec![words(&details.entrypoint)]),
        ("command", vec![words(&details.command)]),
        ("user", vec![details.user.clone()]),
        ("directory", vec![details.working_dir.clone()]),
        ("terminal", vec![if details.tty { "yes" } else { "no" }.into()]),
        ("memory limit", details.memory_limit.map(bytes).into_iter().collect()),
        ("cpu limit", details.cpu_limit.map(|cpus| cpus.to_string()).into_iter().collect()),
        ("network", vec![details.network_mode.clone()]),
        ("log driver", vec![details.log_driver.clone()]),
        ("mounts", mounts.collect()),
        ("environment", env),
        ("labels", labels.collect()),
    ];
    labelled(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::test_support::details;

    #[test]
    fn people_see_every_field_that_says_something_and_no_secret() {
        let text = for_people("unix:///run/a.sock", &details("yocto-a"), false);
        assert!(!text.contains("hunter2"), "{text}");
        insta::assert_snapshot!(text);
        assert!(for_people("", &details("yocto-a"), true).contains("TOKEN=hunter2"));
    }

    #[test]
    fn the_engines_own_words_have_no_place_among_stable_names() {
        let value = as_json(&"unix:///run/a.sock".to_owned(), &details("yocto-a"));
        assert_eq!(value["engine"], "unix:///run/a.sock");
        assert_eq!(value["name"], "yocto-a");
        assert_eq!(value.get("raw"), None);
    }
}
