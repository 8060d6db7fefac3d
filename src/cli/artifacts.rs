//! `artifacts`.

mod copy_out;
mod in_volume;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::{Args, ValueHint};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use tokio::task::JoinError;

use crate::workspace::{Artifact, ArtifactProblem, Workspace};

use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::{Cell, Column, Table, bytes, clean, elapsed};
use super::workspace::BuildFileArgs;
use copy_out::{Copied, copy_out, is_link_kept, write_sums};
use in_volume::Source;

/// Which artifacts, and what to do with them.
///
/// They are looked for in images/MACHINE of the deploy directory: on this machine, or, where that is a volume, through
/// the work container or that of the last build, running or not.
#[derive(Debug, Args)]
pub(crate) struct ArtifactsArgs {
    /// Globs, such as '*.wic'; without any, those of the build file. One without a slash is for the last part of a name
    #[arg(value_name = "GLOB")]
    globs: Vec<String>,
    #[command(flatten)]
    build_file: BuildFileArgs,
    /// Copy them to this directory, with a checksum for each, and all of them in SHA256SUMS
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    to: Option<PathBuf>,
    /// Replace what is there already
    #[arg(long, requires = "to")]
    force: bool,
}

pub(crate) async fn run(args: &ArtifactsArgs, context: &Context) -> Ended {
    let workspace = args.build_file.workspace(context)?;
    let (found, source) = find(workspace, &args.globs, context).await?;
    match &args.to {
        None => list(&found, context),
        Some(_) if found.is_empty() => {
            context.note("nothing matches");
            Ok(Exit::NotFound)
        }
        Some(to) => copy(found, source.as_ref(), to, args.force, context).await,
    }
}

/// What is wanted, and the container it is read through where it lies in a volume.
async fn find(
    workspace: Workspace,
    globs: &[String],
    context: &Context,
) -> Ended<(Vec<Artifact>, Option<Source>)> {
    let (here, of) = (workspace.clone(), globs.to_owned());
    let found = tokio::task::spawn_blocking(move || here.artifacts(&of)).await.map_err(died)?;
    let problem = match found {
        Ok(found) => return Ok((found, None)),
        Err(problem) => problem,
    };
    let ArtifactProblem::InVolume { directories, .. } = &problem else { return Err(problem.into()) };
    let Some(source) = Source::of(&workspace, context).await? else { return Err(problem.into()) };
    if let Some(found) = source.find(directories, workspace.wanted_artifacts(globs)?, context).await? {
        return Ok((found, Some(source)));
    }
    let directories = directories.iter().map(PathBuf::from).collect();
    Err(ArtifactProblem::NothingBuilt { directories }.into())
}

fn died(error: JoinError) -> Failure {
    Failure::Here { doing: "look for artifacts".into(), source: std::io::Error::other(error) }
}

fn list(found: &[Artifact], context: &Context) -> Ended {
    if context.global.json {
        let all: Vec<_> = found.iter().map(document).collect();
        context.print_json(&all)?;
    } else if context.global.quiet {
        for one in found {
            context.print(&format!("{}\n", clean(&one.name)))?;
        }
    } else {
        context.print_table(&table(found), "nothing matches")?;
    }
    Ok(if found.is_empty() { Exit::NotFound } else { Exit::Done })
}

fn document(one: &Artifact) -> serde_json::Value {
    let seconds =
        |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs());
    json!({
        "name": one.name,
        "path": one.path.to_string_lossy(),
        "size": one.size,
        "modified": one.modified.and_then(seconds),
        "link": one.link.as_ref().map(|link| link.to_string_lossy()),
    })
}

fn age(one: &Artifact) -> Option<Duration> {
    one.modified.and_then(|modified| modified.elapsed().ok())
}

fn table(found: &[Artifact]) -> Table {
    let mut table = Table::new([
        Column::left("ARTIFACT", 0).shrinking_to(16),
        Column::right("SIZE", 0),
        Column::right("AGE", 1),
        Column::left("LINK TO", 2).shrinking_to(8),
    ]);
    for one in found {
        let link = one.link.as_ref().map_or_else(String::new, |link| link.to_string_lossy().into_owned());
        table.row([
            Cell::new(clean(&one.name)),
            Cell::new(bytes(one.size)),
            Cell::new(age(one).map_or_else(|| "-".to_owned(), elapsed)),
            Cell::new(clean(&link)),
        ]);
    }
    table
}

/// Copies them one after the other. One that cannot be copied is told, and the others are copied all the same.
async fn copy(
    found: Vec<Artifact>,
    source: Option<&Source>,
    to: &Path,
    replace: bool,
    context: &Context,
) -> Ended {
    let cancel = context.supervisor.call().cancel;
    let is_shown = context.is_for_people() && context.screen.err_terminal;
    let target = || if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let links: Vec<bool> = found.iter().map(|one| is_link_kept(one, &found)).collect();
    let (mut exit, mut sums, mut told) = (Exit::Done, Vec::new(), Vec::new());
    for (one, is_link) in found.into_iter().zip(links) {
        let bar = ProgressBar::with_draw_target(Some(one.size), target());
        bar.set_style(style());
        bar.set_message(clean(&one.name).into_owned());
        let (here, to, cancel) = (one.clone(), to.to_owned(), cancel.clone());
        let moving = bar.clone();
        let path = one.path.clone();
        let from = source.map(|source| source.open(&one, &cancel));
        let open = move || match from {
            Some(from) => Ok(from as Box<dyn Read>),
            None => Ok(Box::new(File::open(path)?) as Box<dyn Read>),
        };
        let copying = move || {
            copy_out(&here, &to, is_link, replace, &cancel, open, |copied| moving.set_position(copied))
        };
        let copied = tokio::task::spawn_blocking(copying).await.map_err(died)?;
        bar.finish_and_clear();
        match copied {
            Ok(Copied::Whole(sum)) => {
                if context.is_for_people() {
                    context.print(&format!("{sum}  {}\n", clean(&one.name)))?;
                }
                told.push(json!({ "name": one.name, "size": one.size, "sha256": sum }));
                sums.push((one.name, sum));
            }
            Ok(Copied::Link(link)) => told.push(json!({ "name": one.name, "link": link.to_string_lossy() })),
            Err(_) if context.supervisor.call().cancel.is_cancelled() => return Err(Failure::Cancelled),
            Err(source) => {
                let doing = format!("copy {} ({})", one.name, one.path.display());
                exit = exit.worst(context.report(&Failure::Here { doing, source }));
            }
        }
    }
    if !sums.is_empty() {
        let failed =
            |source| Failure::Here { doing: format!("write {} in {}", copy_out::SUMS, to.display()), source };
        write_sums(to, &sums).map_err(failed)?;
    }
    if context.global.json {
        context.print_json(&told)?;
    }
    Ok(exit)
}

fn style() -> ProgressStyle {
    let words = "{msg} {bar:20} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    ProgressStyle::with_template(words).unwrap_or_else(|_| ProgressStyle::default_bar())
}
