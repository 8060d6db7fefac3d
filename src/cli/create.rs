//! `create`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::actions::Verb;
use crate::engine::{
    Change, ContainerId, ContainerSpec, CpuCount, Mount, TEST_ENTRYPOINT, Tmpfs, entrypoint_from_list,
};

use super::connect::Engine;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::with_engine;
use super::pull::fetch;
use crate::values;

/// What to make.
///
/// The same name with the same specification finds the container that is there; with another specification it
/// is an error that names what differs. Without --entrypoint a single word of command runs through `/bin/sh -c`;
/// a longer one, or none, keeps the image's own entry point.
#[derive(Debug, Default, Args)]
pub(crate) struct CreateArgs {
    /// The image
    image: String,
    /// The command, and its arguments
    #[arg(trailing_var_arg = true)]
    command: Vec<String>,
    /// The container's name
    #[arg(long)]
    name: String,
    /// An environment variable; a name alone takes its value here. May be given several times
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = values::env_entry)]
    env: Vec<String>,
    /// A file of NAME=VALUE lines; # begins a comment. Those of --env come after it
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
    /// A word of the entry point, may be given several times; or all of it as a JSON list
    #[arg(long, value_name = "WORD|JSON", allow_hyphen_values = true)]
    entrypoint: Vec<String>,
    /// The user it runs as: name or uid, with :group where wanted
    #[arg(short, long)]
    user: Option<String>,
    /// The directory it starts in
    #[arg(short, long, value_name = "DIR")]
    workdir: Option<String>,
    /// A label; may be given several times
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = values::label)]
    label: Vec<(String, String)>,
    /// A host directory or a volume to mount; may be given several times
    ///
    /// SOURCE:TARGET[:ro]. A source that begins with /, ./, ../ or ~ is a host directory, which must exist; any
    /// other names a volume.
    #[arg(short = 'v', long, visible_alias = "volume", value_name = "SOURCE:TARGET[:ro]", value_parser = values::mount)]
    mount: Vec<Mount>,
    /// A directory in memory, such as /tmp:size=1g; may be given several times
    #[arg(long, value_name = "TARGET[:OPTIONS]", value_parser = values::tmpfs)]
    tmpfs: Vec<Tmpfs>,
    /// Memory limit, such as 4g
    #[arg(short, long, value_name = "SIZE", value_parser = values::size)]
    memory: Option<u64>,
    /// Processor limit, such as 1.5
    #[arg(long, value_name = "NUMBER", value_parser = CpuCount::parse)]
    cpus: Option<CpuCount>,
    /// bridge, host, none, container:NAME or a network's name
    #[arg(long, value_name = "MODE")]
    network: Option<String>,
    /// Put the engine's init process first: it reaps what the command leaves behind
    #[arg(long)]
    init: bool,
    /// Give it a terminal
    #[arg(short, long)]
    tty: bool,
    /// When to fetch the image
    #[arg(long, value_enum, default_value_t = PullWhen::Missing)]
    pull: PullWhen,
    /// Start it, too
    #[arg(short, long)]
    start: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum PullWhen {
    /// Where it is not there
    #[default]
    Missing,
    /// Not at all
    Never,
    /// First, whether it is there or not
    Always,
}

impl CreateArgs {
    /// The specification; `replacement` is what [`TEST_ENTRYPOINT`] holds.
    fn spec(&self, replacement: Option<&str>) -> Ended<ContainerSpec> {
        let mut env = Vec::new();
        for file in &self.env_file {
            env.extend(env_file(file)?);
        }
        env.extend(self.env.iter().cloned());
        let given = values::entrypoint(&self.entrypoint).map_err(Failure::Usage)?;
        let spec = ContainerSpec {
            name: self.name.clone(),
            image: self.image.clone(),
            command: self.command.clone(),
            entrypoint: replacement.and_then(entrypoint_from_list).or(given),
            env,
            user: self.user.clone(),
            working_dir: self.workdir.clone(),
            labels: self.label.iter().cloned().collect(),
            mounts: self.mount.clone(),
            tmpfs: self.tmpfs.clone(),
            memory: self.memory,
            cpus: self.cpus,
            network: self.network.clone(),
            init: self.init,
            tty: self.tty,
        };
        spec.check().map_err(|wrong| Failure::Usage(wrong.to_string()))?;
        Ok(spec)
    }
}

fn env_file(path: &Path) -> Ended<Vec<String>> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Failure::Here { doing: format!("read {}", path.display()), source })?;
    let entries = text.lines().enumerate().map(|(at, line)| (at, line.trim()));
    let entries = entries.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    entries
        .map(|(at, line)| {
            values::env_entry(line)
                .map_err(|wrong| Failure::Usage(format!("{}:{}: {wrong}", path.display(), at + 1)))
        })
        .collect()
}

pub(crate) async fn run(args: &CreateArgs, context: &Context) -> Ended {
    let spec = args.spec(std::env::var(TEST_ENTRYPOINT).ok().as_deref())?;
    let engine = context.first_engine().await?;
    provide_image(args, context, engine, &spec.image).await?;
    let call = context.call(Verb::Create, &spec.name);
    let created = engine.supervised.create(&call, &spec).await.into_result()?;
    for warning in &created.warnings {
        context.note(&format!("warning: {}", super::output::clean(warning)));
    }
    let started = if args.start {
        let call = context.call(Verb::Start, &spec.name);
        // What was made stays where the start fails: the message says why, and `start` can be asked again.
        Some(engine.supervised.start(&call, &ContainerId::from(spec.name.as_str())).await.into_result())
    } else {
        None
    };
    if context.global.json {
        let mut value = with_engine(engine, &created);
        if let serde_json::Value::Object(fields) = &mut value {
            fields.insert("name".into(), spec.name.as_str().into());
            fields.insert("started".into(), started.as_ref().is_some_and(Result::is_ok).into());
        }
        context.print_json(&value)?;
    } else {
        context.print_ids([created.id.as_str()])?;
        if created.change == Change::AlreadySo {
            context.note("it was there already, made from the same specification");
        }
    }
    match started {
        Some(Err(report)) => Err(report.into()),
        _ => Ok(Exit::Done),
    }
}

async fn provide_image(args: &CreateArgs, context: &Context, engine: &Engine, image: &str) -> Ended<()> {
    match args.pull {
        PullWhen::Never => Ok(()),
        PullWhen::Always => fetch(context, &engine.supervised, image, None, false).await,
        PullWhen::Missing => fetch_missing(context, engine, image).await,
    }
}

/// Fetches an image where it is not there.
pub(super) async fn fetch_missing(context: &Context, engine: &Engine, image: &str) -> Ended<()> {
    let call = context.call(Verb::InspectImage, image);
    if engine.supervised.has_image(&call, image).await.into_result()? {
        return Ok(());
    }
    fetch(context, &engine.supervised, image, None, false).await
}

#[cfg(test)]
mod tests;
