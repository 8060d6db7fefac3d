//! `pull`, and the fetching of an image that `create` needs.

use clap::Args;
use serde_json::Value;

use crate::actions::{Supervised, Verb};
use crate::engine::credentials::{docker_config_dir, from_docker_config};
use crate::engine::{PullEvent, PullRequest};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{PullProgress, document};

/// What to fetch.
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// References: [registry/]name[:tag|@digest]
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<String>,
    /// For this platform instead of the engine's own, such as linux/arm64
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<String>,
}

pub(crate) async fn run(args: &PullArgs, context: &Context) -> Ended {
    let engine = context.first_engine().await?;
    let mut exit = Exit::Done;
    // One after the other: the engine fetches the layers of each side by side already.
    for image in &args.images {
        match fetch(context, &engine.supervised, image, args.platform.clone(), context.global.json).await {
            Ok(()) if context.is_for_people() => context.print(&format!("{image}\n"))?,
            Ok(()) => {}
            Err(failure) => exit = exit.worst(context.report(&failure)),
        }
        if context.shutdown.has_come() {
            break;
        }
    }
    Ok(exit)
}

/// Fetches an image with the user's credentials; `events` prints each event as a JSON line.
pub(super) async fn fetch(
    context: &Context,
    engine: &Supervised,
    image: &str,
    platform: Option<String>,
    events: bool,
) -> Ended<()> {
    let call = context.call(Verb::Pull, image);
    let credentials = match docker_config_dir() {
        // A credential helper is a program of the user's, so it gets the pull's own deadline and cancel.
        Some(dir) => {
            let read = context.supervisor.read(&call, Verb::Pull, image, || from_docker_config(&dir, image));
            read.await.into_result()?
        }
        None => None,
    };
    let request = PullRequest { reference: image.to_owned(), platform, credentials };
    let progress = context.is_for_people().then(|| PullProgress::new(context.screen.clone()));
    let unwritten = std::sync::Mutex::new(None);
    let each = |event: PullEvent| {
        if let Some(progress) = &progress {
            progress.tell(&event);
        } else if events && let Err(error) = context.screen.print(&document(&as_json(image, &event))) {
            unwritten.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
            // Nobody reads any more: the pull ends as on ^C.
            call.cancel.cancel();
        }
    };
    let report = engine.pull(&call, &request, each).await;
    if let Some(progress) = &progress {
        progress.clear();
    }
    if let Some(error) = unwritten.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(Failure::of_output(error));
    }
    Ok(report.into_result()?)
}

fn as_json(image: &str, event: &PullEvent) -> Value {
    let mut value = serde_json::to_value(event).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.insert("image".into(), image.into());
    }
    value
}
