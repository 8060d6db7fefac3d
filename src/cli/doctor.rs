//! `doctor`.

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use crate::engine::discovery::Attempt;
use crate::engine::{EngineError, Identity, chain};

use super::connect::attempts;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{Tone, bytes, clean};

/// Nothing but the options of every verb.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {}

/// # Errors
/// Only where nothing can be printed. Ends as unreachable when no engine answers, or one that was named does not.
pub(crate) async fn run(_: &DoctorArgs, context: &Context) -> Ended {
    let attempts = attempts(context).await;
    if context.global.json {
        context.print_json(&attempts.iter().map(as_json).collect::<Vec<_>>())?;
    } else if !context.global.quiet {
        for attempt in &attempts {
            context.print(&for_people(attempt, context.screen.coloured))?;
        }
    }
    let answering = attempts.iter().filter(|attempt| attempt.result.is_ok()).count();
    let all_named_answer = context.global.host.is_empty() || answering == attempts.len();
    if answering > 0 && all_named_answer {
        return Ok(Exit::Done);
    }
    if answering == 0 {
        context.note(
            "\nno engine answers. Is one installed and running? Any of these endpoints, or one given with \
             --host, will do",
        );
    }
    Ok(Failure::NoEngine(Vec::new()).exit(context.shutdown.exit()))
}

fn for_people(attempt: &Attempt, coloured: bool) -> String {
    let endpoint = attempt.endpoint.as_ref().map(ToString::to_string);
    let head = match &endpoint {
        Some(endpoint) => format!("{} ({})", clean(endpoint), clean(&attempt.named_by)),
        None => clean(&attempt.named_by).into_owned(),
    };
    match &attempt.result {
        Ok(found) => engine_found(&head, &found.identity, coloured),
        Err(error) => not_found(&head, error, coloured),
    }
}

fn engine_found(head: &str, found: &Identity, coloured: bool) -> String {
    let mut text = format!("{} {head}\n", Tone::Good.paint("answers  ", coloured));
    let root = if found.rootless { "rootless" } else { "as root" };
    let mut line = |words: String| {
        let _ = writeln!(text, "           {}", clean(&words));
    };
    line(format!("{} {}, API {}, {root}, on {}", found.kind, found.version, found.api_version, found.name));
    if found.cpus > 0 || found.memory > 0 {
        line(format!("{}, {} processors, {} of memory", found.platform, found.cpus, bytes(found.memory)));
    }
    for (feature, reason) in found.capabilities.missing() {
        line(format!("without {}: {reason}", feature_words(feature)));
    }
    text
}

fn not_found(head: &str, error: &EngineError, coloured: bool) -> String {
    let why = chain(error);
    // What was tried stands in the line above.
    let tried = error.object().map(|(kind, name)| format!("cannot {} {kind} {name}: ", error.operation()));
    let why = tried.and_then(|tried| why.strip_prefix(&tried).map(str::to_owned)).unwrap_or(why);
    let mut text = format!("{} {head}\n           {}\n", Tone::Bad.paint("no answer", coloured), clean(&why));
    // The general hint for an engine that does not answer is to ask the doctor.
    if let Some(hint) = error.hint().filter(|hint| !hint.contains("doctor")) {
        let _ = writeln!(text, "           {} {}", Tone::Dim.paint("hint:", coloured), clean(&hint));
    }
    text
}

/// The stable name of a feature with its dashes as spaces: `disk usage`.
fn feature_words(feature: crate::engine::Feature) -> String {
    let name = serde_json::to_value(feature).ok();
    name.as_ref().and_then(Value::as_str).unwrap_or_default().replace('-', " ")
}

fn as_json(attempt: &Attempt) -> Value {
    let (identity, error) = match &attempt.result {
        Ok(found) => (Some(&found.identity), None),
        Err(error) => (None, Some(error)),
    };
    json!({
        "named_by": attempt.named_by,
        "endpoint": attempt.endpoint,
        "identity": identity,
        "error": error.map(|error| json!({
            "kind": super::failure::kind_name(error.kind()),
            "message": chain(error),
            "hint": error.hint(),
            "retryable": error.is_retryable(),
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::test_support::engine;
    use crate::engine::discovery::Found;
    use crate::engine::{Capabilities, ErrorKind, Feature, ObjectKind};

    #[tokio::test]
    async fn each_endpoint_says_what_answers_or_what_to_do() {
        let engine = engine("unix:///run/a.sock");
        let mut identity = engine.identity.clone();
        identity.capabilities = Capabilities::all().without(Feature::DiskUsage, "too old");
        let manager = engine.supervised.engine.clone();
        let endpoint = Some(identity.endpoint.clone());
        let answers = Attempt {
            named_by: "--host".into(),
            endpoint: endpoint.clone(),
            result: Ok(Found { manager, identity }),
        };
        let denied = EngineError::new("connect to", ErrorKind::PermissionDenied)
            .on(ObjectKind::Engine, "unix:///run/a.sock");
        let refused = Attempt { named_by: "usual socket of Docker".into(), endpoint, result: Err(denied) };
        insta::assert_snapshot!(format!("{}{}", for_people(&answers, false), for_people(&refused, false)));
        assert_eq!(as_json(&refused)["error"]["kind"], "permission-denied");
        assert_eq!(as_json(&answers)["error"], Value::Null);
    }
}
