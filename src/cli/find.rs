//! Which engine something named is on.

use futures_util::future::join_all;

use crate::actions::{Outcome, Report, Verb};
use crate::engine::{ContainerId, EngineError, ErrorKind, ObjectKind};

use super::connect::Engine;
use super::context::Context;
use super::failure::{Ended, Failure};

/// The engine a container is on.
///
/// With a single engine it is that one, without asking: the action itself tells whether the container is there.
/// With several each is asked; found on one it is that, on several it is an error, as it is when none has it.
/// An engine that cannot tell is said so and passed over where another has the container.
pub(crate) async fn engine_of_container<'a>(context: &'a Context, reference: &str) -> Ended<&'a Engine> {
    let id = ContainerId::from(reference);
    find(context, ObjectKind::Container, reference, Verb::Inspect, async |engine, call| {
        engine.supervised.read(call, Verb::Inspect, reference, |engine| engine.inspect(&id)).await.map(drop)
    })
    .await
}

/// The same for a volume.
pub(crate) async fn engine_of_volume<'a>(context: &'a Context, name: &str) -> Ended<&'a Engine> {
    find(context, ObjectKind::Volume, name, Verb::InspectVolume, async |engine, call| {
        let read =
            engine.supervised.read(call, Verb::InspectVolume, name, |engine| engine.inspect_volume(name));
        read.await.map(drop)
    })
    .await
}

/// The same for an image.
pub(crate) async fn engine_of_image<'a>(context: &'a Context, reference: &str) -> Ended<&'a Engine> {
    find(context, ObjectKind::Image, reference, Verb::InspectImage, async |engine, call| {
        let read = engine
            .supervised
            .read(call, Verb::InspectImage, reference, |engine| engine.inspect_image(reference));
        read.await.map(drop)
    })
    .await
}

async fn find<'a>(
    context: &'a Context,
    object: ObjectKind,
    reference: &str,
    verb: Verb,
    look: impl AsyncFn(&'a Engine, &crate::actions::Call) -> Report<()>,
) -> Ended<&'a Engine> {
    let engines = context.engines().await?;
    if let [only] = engines {
        return Ok(only);
    }
    let call = context.call(verb, reference);
    let looked = join_all(engines.iter().map(async |engine| (engine, look(engine, &call).await))).await;
    let mut having = Vec::new();
    let mut unsure = Vec::new();
    for (engine, report) in looked {
        match report.outcome {
            Outcome::Done(()) => having.push(engine),
            Outcome::Failed(ref error) if error.is_not_found() => {}
            _ => unsure.extend(report.into_result().err().map(|report| (engine, report))),
        }
    }
    match (having.as_slice(), unsure.is_empty()) {
        ([found], _) => {
            for (engine, report) in unsure {
                context.note(&format!("{} was not asked for {reference}: {report}", engine.label));
            }
            Ok(found)
        }
        ([], true) => Err(EngineError::new("find", ErrorKind::NotFound).on(object, reference).into()),
        ([], false) => match unsure.into_iter().next() {
            Some((_, report)) => Err(report.into()),
            None => Err(Failure::Cancelled),
        },
        (several, _) => Err(Failure::Ambiguous {
            reference: reference.to_owned(),
            engines: several.iter().map(ToString::to_string).collect(),
        }),
    }
}
