//! One action on several objects: side by side, a result for each, the worst of them as the exit code.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream;
use serde::Serialize;

use crate::actions::exec::TreeEnd;
use crate::actions::{Aftermath, Call, Report, Supervised, Verb};
use crate::engine::{Change, ContainerId};

use super::connect::Engine;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, ErrorJson, Failure};
use super::find::{engine_of_container, engine_of_image, engine_of_volume};
use super::output::clean;

/// How many are under way at the same time.
const AT_ONCE: usize = 8;

/// What an action did to one object, in a word for people and a value for machines.
#[derive(Debug, Clone)]
pub(crate) struct Did {
    /// Such as `stopped`, or `was not running`.
    pub(crate) words: String,
    /// Whether it changed anything, where that is known.
    pub(crate) change: Option<Change>,
    /// More about it, under `result`.
    pub(crate) value: Option<serde_json::Value>,
}

impl Did {
    /// It was done.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), change: None, value: None }
    }

    /// By whether it changed anything.
    pub(crate) fn change(change: Change, made: &str, already: &str) -> Self {
        let words = if change == Change::Made { made } else { already };
        Self { words: words.into(), change: Some(change), value: None }
    }

    /// With more about it for machines.
    pub(crate) fn with(self, value: &impl Serialize) -> Self {
        Self { value: serde_json::to_value(value).ok(), ..self }
    }
}

/// The result for one object under `--json`.
#[derive(Debug, Serialize)]
struct ResultJson {
    object: String,
    engine: Option<String>,
    outcome: &'static str,
    change: Option<Change>,
    result: Option<serde_json::Value>,
    aftermath: Option<AftermathJson>,
    attempts: u32,
    elapsed_ms: u64,
    error: Option<ErrorJson>,
}

/// What was found after an action without a clear answer.
#[derive(Debug, Serialize)]
pub(super) struct AftermathJson {
    kind: &'static str,
    message: String,
    processes: Option<TreeEnd>,
}

/// Nothing where the engine's answer says it all.
pub(super) fn aftermath(aftermath: &Aftermath) -> Option<AftermathJson> {
    let kind = match aftermath {
        Aftermath::Clear => return None,
        Aftermath::NotBegun => "not-begun",
        Aftermath::DidNotHappen(_) => "did-not-happen",
        Aftermath::Happened(_) => "happened",
        Aftermath::Undone(_) => "undone",
        Aftermath::GoesOn(_) => "goes-on",
        Aftermath::Ended(..) => "ended",
        Aftermath::Unknown(_) => "unknown",
    };
    let processes = match aftermath {
        Aftermath::Ended(_, tree) => Some(tree.clone()),
        _ => None,
    };
    Some(AftermathJson { kind, message: aftermath.sentence().unwrap_or_default().to_owned(), processes })
}

/// What the objects are, which says how the engine of each is found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Objects {
    Containers,
    Images,
    Volumes,
}

/// The same action on several containers, each under a call of this verb.
pub(crate) async fn on_containers<T, Acting>(
    context: &Context,
    verb: Verb,
    containers: &[String],
    act: impl Fn(Supervised, Call, ContainerId) -> Acting,
    did: impl Fn(T) -> Did,
) -> Ended
where
    Acting: Future<Output = Report<T>> + Send,
{
    on_each(
        context,
        Objects::Containers,
        containers,
        |engine, name| {
            let call = context.call(verb, name);
            Box::pin(act(engine.supervised.clone(), call, ContainerId::from(name)))
        },
        did,
    )
    .await
}

/// Runs `act` for each object, at most eight at a time, each object once. Results are printed as they come; as
/// JSON all of them at the end, in the order asked. A reader of ours that goes away stops nothing.
///
/// # Errors
/// Only where nothing could be begun or printed; the failures of objects are printed, and are in the exit code.
pub(crate) async fn on_each<'a, T>(
    context: &'a Context,
    kind: Objects,
    objects: &'a [String],
    act: impl Fn(&'a Engine, &'a str) -> BoxFuture<'a, Report<T>>,
    did: impl Fn(T) -> Did,
) -> Ended {
    context.engines().await?;
    let mut seen = BTreeSet::new();
    let distinct = objects.iter().map(String::as_str).filter(|object| seen.insert(*object));
    let act = &act;
    let asked = distinct.enumerate().map(|(at, object)| async move {
        let engine = match kind {
            Objects::Containers => engine_of_container(context, object).await,
            Objects::Images => engine_of_image(context, object).await,
            Objects::Volumes => engine_of_volume(context, object).await,
        };
        match engine {
            Ok(engine) => (at, object, Some(engine), Ok(act(engine, object).await)),
            Err(failure) => (at, object, None, Err(failure)),
        }
    });
    // The futures are made beforehand: the stream then only holds them, and no closure over lifetimes.
    let mut ends = stream::iter(asked.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
    let (mut exit, mut results, mut printed) = (Exit::Done, Vec::new(), Ok(()));
    while let Some((at, object, engine, end)) = ends.next().await {
        let result = one_result(object, engine, end, &did);
        match &result.failure {
            Some(failure) => exit = exit.worst(context.report(failure)),
            None if context.is_for_people() && printed.is_ok() => {
                printed = context.print(&format!("{}: {}\n", clean(object), clean(&result.words)));
            }
            None => {}
        }
        results.push((at, result.json));
    }
    if context.global.json {
        results.sort_by_key(|(at, _)| *at);
        context.print_json(&results.into_iter().map(|(_, json)| json).collect::<Vec<_>>())?;
    }
    printed.map(|()| exit)
}

struct OneResult {
    words: String,
    failure: Option<Failure>,
    json: ResultJson,
}

fn one_result<T>(
    object: &str,
    engine: Option<&Engine>,
    end: Ended<Report<T>>,
    did: impl Fn(T) -> Did,
) -> OneResult {
    let mut json = ResultJson {
        object: object.to_owned(),
        engine: engine.map(ToString::to_string),
        outcome: "failed",
        change: None,
        result: None,
        aftermath: None,
        attempts: 0,
        elapsed_ms: 0,
        error: None,
    };
    let failure = match end {
        Ok(report) => {
            json.outcome = report.outcome.word();
            json.aftermath = aftermath(&report.aftermath);
            json.attempts = report.attempts;
            json.elapsed_ms = u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX);
            match report.into_result() {
                Ok(value) => {
                    let did = did(value);
                    (json.change, json.result) = (did.change, did.value);
                    return OneResult { words: did.words, failure: None, json };
                }
                Err(report) => Failure::from(report),
            }
        }
        Err(failure) => failure,
    };
    json.error = Some(failure.to_json());
    OneResult { words: String::new(), failure: Some(failure), json }
}
