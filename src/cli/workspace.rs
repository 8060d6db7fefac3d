//! What the verbs that have a build file share.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::config::{LoadedBuildFile, Variables, load_build_file};
use crate::engine::Transport;
use crate::workspace::{Prepared, Workspace};

use super::connect::Engine;
use super::context::Context;
use super::failure::{Ended, Failure};
use super::output::clean;

/// Which build file.
#[derive(Debug, Args)]
pub(crate) struct BuildFileArgs {
    /// The build file
    #[arg(short, long, value_name = "FILE", default_value = "smidr.yaml", value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
}

impl BuildFileArgs {
    /// Its absolute path.
    pub(super) fn path(&self) -> Ended<PathBuf> {
        let failed = |source| Failure::Here { doing: format!("find {}", self.file.display()), source };
        std::path::absolute(&self.file).map_err(failed)
    }

    /// What it says on this machine, its warnings told.
    pub(super) fn workspace(&self, context: &Context) -> Ended<Workspace> {
        let path = self.path()?;
        let loaded = load_build_file(&self.file, &Variables::from_process())?;
        tell_warnings(&loaded, context);
        Ok(Workspace::new(loaded.build_file, path))
    }
}

/// Says what is worth a word about a build file.
pub(super) fn tell_warnings(loaded: &LoadedBuildFile, context: &Context) {
    for warning in &loaded.warnings {
        let whole = warning.to_string();
        context.note(&format!("warning: {}", whole.lines().map(clean).collect::<Vec<_>>().join("\n")));
    }
    if loaded.more_warnings > 0 {
        context.note(&format!("and {} more", loaded.more_warnings));
    }
}

/// Makes the directories that are missing, on an engine of this machine; what was done is told.
pub(super) async fn prepare_directories(
    workspace: &Workspace,
    engine: &Engine,
    context: &Context,
) -> Ended<Prepared> {
    if !matches!(engine.identity.endpoint.transport, Transport::Unix(_)) {
        context.note(&format!(
            "{} is another machine: the directories of the build file have to be there, writable by uid 1000",
            clean(&engine.label)
        ));
        return Ok(Prepared::default());
    }
    let of = workspace.clone();
    let failed = |error: tokio::task::JoinError| Failure::Here {
        doing: "make directories".into(),
        source: std::io::Error::other(error),
    };
    let prepared = tokio::task::spawn_blocking(move || of.prepare_directories()).await.map_err(failed)??;
    let say = |what: &str, path: &Path| context.note(&format!("{what} {}", clean(&path.to_string_lossy())));
    prepared.made.iter().for_each(|path| say("made", path));
    prepared.given.iter().for_each(|path| say("gave to the builder (uid 1000):", path));
    Ok(prepared)
}
