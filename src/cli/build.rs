//! `build`.

use clap::Args;
use serde_json::json;

use crate::actions::exec::shim_path_in_container;
use crate::actions::{Owned, Verb};
use crate::engine::{EngineError, ErrorKind};
use crate::sessions::{Builds, SessionId, Stream, starter};
use crate::values;
use crate::workspace::{BUILDER_ID, BuildRequest};

use super::connect::Engine;
use super::context::Context;
use super::create::fetch_missing;
use super::durable::{Named, follow};
use super::exec::of_launch;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::workspace::{BuildFileArgs, prepare_directories};

/// What to build.
///
/// The build runs in a container of its own and belongs to the engine: it goes on when this program ends, and every line
/// of it is kept in the build directory, in .smidr-sessions. It is followed to its end, and its exit code is the
/// build's; ^C only ends the following. A deadline in the build file (`advanced.build_timeout`) ends the build.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// What to build; without it the image of the build file
    target: Option<String>,
    /// More for BitBake, such as -k or -c cleansstate
    #[arg(last = true, value_name = "BITBAKE ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    build_file: BuildFileArgs,
    /// Print the name of its container and do not follow it
    #[arg(short, long)]
    detach: bool,
    /// How much of its output is kept: its beginning
    #[arg(long, value_name = "SIZE", default_value = "4g", value_parser = values::size)]
    output_limit: u64,
    /// To a terminal, too, byte for byte: what the build prints may then act on it
    #[arg(long)]
    raw: bool,
}

pub(crate) async fn run(args: &BuildArgs, context: &Context) -> Ended {
    let engine = context.first_engine().await?;
    match start(args, engine, context).await {
        Ok(named) if args.detach => {
            let (container, session) = (named.container.as_str(), named.session()?);
            if context.global.json {
                context.print_json(&json!({ "container": container, "session": session }))?;
            } else {
                context.print(&format!("{container}\n"))?;
            }
            Ok(Exit::Done)
        }
        Ok(named) => {
            let id = named.session()?.clone();
            context.note(&format!("{}: session {id}", named.container));
            follow(&named, &id, Stream::Output, 0, args.raw, context).await
        }
        // The codes below 124 belong to the build.
        Err(failure) => Ok(match context.report(&failure) {
            Exit::Failed | Exit::Unreachable => of_launch(&failure),
            exit => exit,
        }),
    }
}

async fn start(args: &BuildArgs, engine: &Engine, context: &Context) -> Ended<Named> {
    let workspace = args.build_file.workspace(context)?;
    let target = args.target.clone().or_else(|| workspace.build_file.build.image.clone());
    let target = target.ok_or_else(|| {
        Failure::Usage("what is to be built? Give a target, or build.image in the build file".into())
    })?;
    let shim = shim_path_in_container().ok_or_else(|| {
        EngineError::new("keep builds", ErrorKind::Unsupported)
            .saying("this program was built without the shim")
    })?;
    prepare_directories(&workspace, engine, context).await?;
    fetch_missing(context, engine, &workspace.build_file.container.base_image).await?;
    let request = BuildRequest {
        target,
        arguments: args.arguments.clone(),
        session: SessionId::new().to_string(),
        owner: starter(),
        limit: args.output_limit,
        shim,
    };
    let spec = workspace.build(&request);
    spec.check().map_err(|wrong| Failure::Usage(wrong.to_string()))?;
    let owned = Owned { directories: workspace.owned_directories(), user: u64::from(BUILDER_ID) };
    let call = context.call(Verb::Create, &spec.name);
    let builds = Builds::on(engine.supervised.clone());
    let build = Box::pin(builds.start(&call, &spec, &owned)).await?;
    Ok(Named::of_build(engine, build))
}
