//! Starting a build from a build file.

use std::path::{Path, PathBuf};

use crate::actions::exec::shim_path_in_container;
use crate::actions::{Outcome, Owned, Supervised, Verb};
use crate::config::{ConfigError, Mistake, Variables, load_build_file};
use crate::engine::{ContainerSpec, Transport, chain};
use crate::sessions::{Build, Builds, SessionId, SessionPlan, starter};
use crate::ui::{Ended, Ending, Tone, Yield};
use crate::workspace::{BUILDER_ID, BuildRequest, Workspace};

use super::ending::{ended, not_begun};
use super::errands::pull;
use super::supervise::Errand;

/// Starts it: what is missing of its directories and its image is made and fetched first.
pub(super) async fn start(
    errand: &Errand,
    on: &Supervised,
    file: &str,
    target: Option<String>,
    arguments: Vec<String>,
) -> Ended {
    let begun = tokio::time::Instant::now();
    let path = super::save_log::place(file, std::env::home_dir().as_deref());
    let (workspace, warnings) = match load(path).await {
        Ok(loaded) => loaded,
        Err(words) => return not_begun(format!("build: {words}")),
    };
    for warning in warnings {
        errand.wires.outbox.told(Tone::Warning, warning).await;
    }
    let Some(target) = target.or_else(|| workspace.build_file.build.image.clone()) else {
        return not_begun("build: what is to be built? Give a target, or build.image in the build file");
    };
    let Some(shim) = shim_path_in_container() else {
        return not_begun("build: this program was built without the shim, which keeps builds");
    };
    if let Err(words) = prepare(errand, on, &workspace).await {
        return not_begun(format!("build: {words}"));
    }
    let request = BuildRequest {
        target,
        arguments,
        session: SessionId::new().to_string(),
        owner: starter(),
        limit: SessionPlan::LIMIT,
        shim,
    };
    let spec = workspace.build(&request);
    if let Err(wrong) = spec.check() {
        return not_begun(format!("build: {wrong}"));
    }
    if let Err(ended) = fetch_missing(errand, on, &spec.image).await {
        return *ended;
    }
    let mut ended = begin(errand, on, &spec, &workspace).await;
    ended.elapsed = begun.elapsed();
    ended
}

async fn begin(errand: &Errand, on: &Supervised, spec: &ContainerSpec, workspace: &Workspace) -> Ended {
    errand.step(format!("starting {}", spec.name));
    let owned = Owned { directories: workspace.owned_directories(), user: u64::from(BUILDER_ID) };
    let builds = Builds::on(on.clone());
    match Box::pin(builds.start(&errand.call(Verb::Create), spec, &owned)).await {
        Ok(Build { container, session, .. }) => {
            Ended { yielded: Yield::Started(container, session), ..super::errands::just_done() }
        }
        Err(report) => ended(*report, |()| Yield::Nothing),
    }
}

/// Reads the build file, and what is worth a warning about it.
async fn load(path: PathBuf) -> Result<(Workspace, Vec<String>), String> {
    let loaded = tokio::task::spawn_blocking(move || {
        let path = std::path::absolute(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let loaded = load_build_file(&path, &Variables::from_process()).map_err(|error| in_words(&error))?;
        let warnings = loaded.warnings.iter().map(Mistake::in_one_line).collect();
        Ok((Workspace::new(loaded.build_file, path), warnings))
    });
    loaded.await.map_err(|error| error.to_string())?
}

/// What is wrong with a build file, in the one line the screen has for it.
fn in_words(error: &ConfigError) -> String {
    match error.first_mistake() {
        Some(mistake) => format!("{mistake}; `smidr-console check` shows the lines"),
        None => chain(error),
    }
}

/// Makes the directories that are missing, on an engine of this machine.
async fn prepare(errand: &Errand, on: &Supervised, workspace: &Workspace) -> Result<(), String> {
    if !matches!(on.engine.endpoint().transport, Transport::Unix(_)) {
        let words = "the engine is another machine: the directories of the build file have to be there, writable by \
                     uid 1000";
        errand.wires.outbox.told(Tone::Warning, words).await;
        return Ok(());
    }
    errand.step("making directories".into());
    let of = workspace.clone();
    let prepared =
        tokio::task::spawn_blocking(move || of.prepare_directories().map_err(|error| chain(&error)));
    let prepared = prepared.await.map_err(|error| error.to_string())??;
    let said = |what: &str, path: &Path| format!("{what} {}", crate::text::clean(&path.to_string_lossy()));
    for path in &prepared.made {
        errand.wires.outbox.told(Tone::Plain, said("made", path)).await;
    }
    for path in &prepared.given {
        errand.wires.outbox.told(Tone::Plain, said("gave to the builder (uid 1000):", path)).await;
    }
    Ok(())
}

/// Fetches an image that is not there.
async fn fetch_missing(errand: &Errand, on: &Supervised, image: &str) -> Result<(), Box<Ended>> {
    let looked = on.has_image(&errand.call(Verb::InspectImage), image).await;
    if !matches!(looked.outcome, Outcome::Done(false)) {
        let looked = ended(looked, |_| Yield::Nothing);
        return if looked.ending == Ending::Done { Ok(()) } else { Err(Box::new(looked)) };
    }
    let pulled = pull(errand, on, image.to_owned()).await;
    if pulled.ending == Ending::Done { Ok(()) } else { Err(Box::new(pulled)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn loaded(text: &str) -> Result<(Workspace, Vec<String>), String> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("smidr.yaml");
        std::fs::write(&file, text).unwrap();
        load(file).await
    }

    #[tokio::test]
    async fn a_mistake_is_told_in_one_line_with_its_place_and_what_was_expected() {
        let words = loaded("name: a\ncontainer: {cpu_count: lots, memory: much}\n").await.unwrap_err();
        assert!(words.starts_with("smidr.yaml:2:24: "), "{words}");
        for part in ["lots", "; expected", "(and 1 more)", "`smidr-console check`"] {
            assert!(words.contains(part), "{part}: {words}");
        }
        assert!(!words.contains('\n') && !words.contains(" | "), "{words}");
    }

    #[tokio::test]
    async fn a_warning_is_one_line_and_a_file_that_is_not_there_is_named() {
        let (workspace, warnings) = loaded("name: a\nbild: {image: x}\n").await.unwrap();
        assert!(warnings.iter().any(|one| one.contains("bild")), "{warnings:?}");
        assert!(warnings.iter().all(|one| !one.contains('\n')), "{warnings:?}");
        let gone = load(workspace.file).await.unwrap_err();
        assert!(gone.contains("there is no build file"), "{gone}");
    }
}
