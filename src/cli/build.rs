//! `build`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use serde_json::json;

use crate::actions::exec::shim_path_in_container;
use crate::actions::{Owned, Verb};
use crate::config::{Variables, load_build_file};
use crate::engine::{EngineError, ErrorKind, Transport};
use crate::sessions::{Build, Builds, SessionId, Stream};
use crate::values;
use crate::workspace::{BUILDER_ID, BuildRequest, DirectoryProblem, Workspace};

use super::connect::Engine;
use super::context::Context;
use super::durable::{Named, follow, starter};
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{clean, with_engine};

/// The most letters of who builds that are passed on: the shim takes 200 bytes.
const LONGEST_OWNER: usize = 50;

/// What to build.
///
/// The build is the first process of a container of its own and belongs to the engine: ^C, a lost connection or the end of
/// this program end only the following. Ends with BitBake's own exit code; 124 where the build file's build_timeout ended
/// it. One build directory has one build at a time.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// What to build; without it the build file's build.image
    target: Option<String>,
    /// Further words for BitBake
    #[arg(last = true, value_name = "BITBAKE ARGUMENTS")]
    arguments: Vec<String>,
    /// The build file
    #[arg(short, long, value_name = "FILE", default_value = "smidr.yaml", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Only begin it, and print its container and session
    #[arg(short, long)]
    detach: bool,
    /// So much of what it prints is kept in the build directory
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::size)]
    output_limit: u64,
    /// To a terminal, too, byte for byte: what the build prints may then act on it
    #[arg(long)]
    raw: bool,
}

pub(crate) async fn run(args: &BuildArgs, context: &Context) -> Ended {
    let workspace = workspace(&args.file, context)?;
    let target = args.target.as_ref().or(workspace.build_file.build.image.as_ref());
    let target = target.filter(|target| !target.is_empty()).ok_or_else(|| {
        Failure::Usage("what to build? Name a target, or have the build file say build.image".into())
    })?;
    let shim = shim_path_in_container().ok_or_else(|| {
        let error = EngineError::new("keep the build", ErrorKind::Unsupported);
        Failure::Engine(error.saying("this program was built without the shim"))
    })?;
    let request = BuildRequest {
        target: target.clone(),
        arguments: args.arguments.clone(),
        session: SessionId::new().as_str().to_owned(),
        owner: starter().chars().filter(|letter| !letter.is_control()).take(LONGEST_OWNER).collect(),
        limit: args.output_limit,
        shim,
    };
    let spec = workspace.build(&request);
    spec.check().map_err(|wrong| Failure::Usage(wrong.to_string()))?;
    let engine = context.first_engine().await?;
    if matches!(engine.identity.endpoint.transport, Transport::Unix(_)) {
        prepare(&workspace, context)?;
    }
    super::create::fetch_missing(context, engine, &spec.image).await?;
    let owned = Owned { directories: workspace.owned_directories(), user: u64::from(BUILDER_ID) };
    let call = context.call(Verb::Create, &spec.name);
    let build = Builds::on(engine.supervised.clone()).start(&call, &spec, &owned).await?;
    begun(args, engine, &build, context).await
}

/// Makes directories of this machine that are missing, and says so.
fn prepare(workspace: &Workspace, context: &Context) -> Ended<()> {
    let failed = |problem: DirectoryProblem| {
        let error = EngineError::new("use the directories of the build", ErrorKind::Conflict);
        let error = match problem.hint() {
            Some(hint) => error.advising(hint),
            None => error,
        };
        let why = std::error::Error::source(&problem).map(|why| format!(": {why}")).unwrap_or_default();
        Failure::Engine(error.saying(format!("{problem}{why}")))
    };
    let prepared = workspace.prepare_directories().map_err(failed)?;
    for made in prepared.made {
        context.note(&format!("made {}", clean(&made.to_string_lossy())));
    }
    for given in prepared.given {
        context.note(&format!("gave {} to the builder", clean(&given.to_string_lossy())));
    }
    Ok(())
}

fn workspace(file: &Path, context: &Context) -> Ended<Workspace> {
    let absolute = std::path::absolute(file)
        .map_err(|source| Failure::Here { doing: format!("find {}", file.display()), source })?;
    let loaded = load_build_file(file, &Variables::from_process())?;
    for warning in &loaded.warnings {
        let whole = warning.to_string();
        context.note(&format!("warning: {}", whole.lines().map(clean).collect::<Vec<_>>().join("\n")));
    }
    Ok(Workspace::new(loaded.build_file, absolute))
}

async fn begun(args: &BuildArgs, engine: &Engine, build: &Build, context: &Context) -> Ended {
    let named = Named::of_build(engine, build);
    let id = &build.session;
    if args.detach {
        if context.global.json {
            context.print_json(&with_engine(engine, build))?;
        } else {
            context.print(&format!("{} {id}\n", build.name))?;
        }
        return Ok(Exit::Done);
    }
    context.note(&format!("building {} in {}, session {id}", clean(&build.target), build.name));
    if context.global.json {
        context.print_json(&json!({ "session": id, "container": build.name }))?;
    }
    follow(&named, id, Stream::Output, 0, args.raw, context).await
}
