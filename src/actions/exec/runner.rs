//! What a command runs under: putting the shim into a container, and finding out when it cannot be there.

use std::fmt;

use bytes::Bytes;
use futures_util::stream;

use crate::actions::shim_image::{ShimImage, carried};
use crate::actions::{Call, Report, Supervised, Verb};
use crate::engine::{
    ContainerId, ContainerManager, ContainerManagerExt, EngineError, ErrorKind, ExecRequest, ObjectKind,
    PathKind, Result, ResultStream, chain,
};

use super::ShimUse;

/// Where the shim is put: `/.smidr/smidr-shim-VERSION`, one file a version, 1.2 MB, mode 0755, owned by root. It stays
/// for the container's life, is used by every later exec, and does nothing by itself.
pub const SHIM_DIRECTORY: &str = "/.smidr";

/// What a command runs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// The shim, at this path in the container.
    Shim(String),
    /// The shell wrapper, for this reason.
    Wrapper(String),
}

impl fmt::Display for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shim(path) => write!(f, "shim {path}"),
            Self::Wrapper(why) => write!(f, "shell wrapper ({why})"),
        }
    }
}

impl Supervised {
    /// What commands of a container run under; puts the shim there where it is not yet.
    pub async fn runner(&self, call: &Call, id: &ContainerId, use_of: ShimUse) -> Report<Runner> {
        let call = call.clone().with_limits(call.limits.unwrap_or_default());
        self.supervisor.read(&call, Verb::Exec, id.as_str(), || runner(&*self.engine, id, use_of)).await
    }
}

/// Puts the shim into a container that was made and not started yet, for it to be its first process; its path there.
/// [`ErrorKind::Unsupported`] where this program carries none, or one for another processor. Dropped half-way it leaves
/// the file there whole or not at all.
pub(in crate::actions) async fn put_shim(engine: &dyn ContainerManager, id: &ContainerId) -> Result<String> {
    let refused = |why: String| {
        let error = EngineError::new("put the shim into", ErrorKind::Unsupported);
        error.on(ObjectKind::Container, id).saying(why)
    };
    let image = carried().ok_or_else(|| refused("this program was built without the shim".into()))?;
    let path = shim_path(image);
    if is_there(engine, id, &path, image).await? {
        return Ok(path);
    }
    if let Some(other) = other_processor(engine, id, image).await? {
        let ours = image.arch();
        return Err(refused(format!("the container is for {other} and the shim for {ours}")));
    }
    engine.copy_in(id, "/", archive(image)?).await?;
    Ok(path)
}

/// Where the shim is put in every container; known before it is there. `None` where this program carries none.
#[must_use]
pub fn shim_path_in_container() -> Option<String> {
    carried().map(shim_path)
}

fn shim_path(image: ShimImage) -> String {
    format!("{SHIM_DIRECTORY}/{}", image.file_name())
}

/// Makes sure of a runner in a container. Dropped half-way it leaves the shim's file there whole or not at all: engines
/// unpack what they have been sent to its end.
pub(super) async fn runner(
    engine: &dyn ContainerManager,
    id: &ContainerId,
    use_of: ShimUse,
) -> Result<Runner> {
    let without = |why: &str| Ok(Runner::Wrapper(why.to_owned()));
    let Some(image) = carried() else { return without("this program was built without the shim") };
    if use_of == ShimUse::Off {
        return without("the shim is switched off");
    }
    let path = shim_path(image);
    if is_there(engine, id, &path, image).await? {
        return Ok(Runner::Shim(path));
    }
    if let Some(other) = other_processor(engine, id, image).await? {
        return without(&format!("the container is for {other} and the shim for {}", image.arch()));
    }
    if let Err(error) = engine.copy_in(id, "/", archive(image)?).await {
        return if error.is_retryable() || error.is_not_found() {
            Err(error)
        } else {
            without(&format!("the shim cannot be copied in: {}", chain(&error)))
        };
    }
    // A root that is mounted noexec takes the file and does not run it.
    let tried = engine.exec_collect(id, &ExecRequest::new([path.as_str(), "version"]), 4096).await;
    match tried {
        Ok(output) if output.exit_code == 0 => Ok(Runner::Shim(path)),
        Ok(output) => {
            without(&format!("the shim does not run there: {}", said(&output.stdout, &output.stderr)))
        }
        Err(error)
            if matches!(error.kind(), ErrorKind::CommandNotFound | ErrorKind::CommandNotExecutable) =>
        {
            without(&format!("the shim does not run there: {error}"))
        }
        Err(error) => Err(error),
    }
}

fn said(stdout: &[u8], stderr: &[u8]) -> String {
    let text = [stdout, stderr].concat();
    String::from_utf8_lossy(&text).trim().chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Whether the file is there whole; its name tells its content.
async fn is_there(
    engine: &dyn ContainerManager,
    id: &ContainerId,
    path: &str,
    image: ShimImage,
) -> Result<bool> {
    match engine.stat(id, path).await {
        Ok(found) => Ok(found.kind == PathKind::File && found.size == image.bytes().len() as u64),
        Err(error)
            if error.is_not_found() && error.object().is_some_and(|(kind, _)| kind == ObjectKind::Path) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The container's processor, when it is known and not the shim's.
async fn other_processor(
    engine: &dyn ContainerManager,
    id: &ContainerId,
    image: ShimImage,
) -> Result<Option<String>> {
    let container = engine.inspect(id).await?;
    let from = container.image_id.as_ref().map_or(container.image.as_str(), |id| id.as_str());
    let platform = match engine.inspect_image(from).await {
        Ok(found) => found.platform,
        // Its image may have been removed under it.
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error),
    };
    let arch = platform.as_deref().and_then(|platform| platform.split('/').nth(1));
    Ok(arch.filter(|arch| !image.runs_on(arch)).map(str::to_owned))
}

fn archive(image: ShimImage) -> Result<ResultStream<Bytes>> {
    let failed = |error: std::io::Error| EngineError::new("pack the shim", ErrorKind::Invalid).because(error);
    let mut archive = tar::Builder::new(Vec::new());
    let directory = SHIM_DIRECTORY.trim_start_matches('/');
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_mode(0o755);
    header.set_size(0);
    archive.append_data(&mut header, format!("{directory}/"), std::io::empty()).map_err(failed)?;
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o755);
    header.set_size(image.bytes().len() as u64);
    let name = format!("{directory}/{}", image.file_name());
    archive.append_data(&mut header, name, image.bytes()).map_err(failed)?;
    let bytes = archive.into_inner().map_err(failed)?;
    Ok(Box::pin(stream::iter([Ok(Bytes::from(bytes))])))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn the_archive_holds_one_directory_and_one_program() {
        let image = carried().expect("built without a shim: install the static C library (libc6-dev)");
        let bytes = archive(image).unwrap().next().await.unwrap().unwrap();
        let mut archive = tar::Archive::new(&bytes[..]);
        let entries: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap(), entry.size())
            })
            .collect();
        let name = format!(".smidr/{}", image.file_name());
        assert_eq!(entries, [(".smidr/".to_owned(), 0o755, 0), (name, 0o755, image.bytes().len() as u64)]);
    }
}
