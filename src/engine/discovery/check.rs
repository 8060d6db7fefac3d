//! Why a unix socket cannot be used: missing, stale, somebody else's, or no socket at all.
//!
//! Client libraries ask whether the path exists and tell all of these as "not found".

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use tokio::fs;
use tokio::net::UnixStream;

use crate::engine::{EngineError, ErrorKind, ObjectKind, Result};

/// The longest path of a socket on Linux, in bytes (unix(7): 108 with the final zero).
const LONGEST_SOCKET_PATH: usize = 107;

/// Whether something listens on a unix socket of this machine that we may use: connects, and hangs up at once.
///
/// # Errors
/// [`ErrorKind::Unreachable`] where there is no socket or nobody listens on it, [`ErrorKind::PermissionDenied`] where
/// we may not use it (the hint names the group that may) or not enter a directory on the way, and
/// [`ErrorKind::Misconfigured`] where the path leads to something else.
pub async fn check_socket(path: &Path) -> Result<()> {
    let failed = |kind| EngineError::new("connect to", kind).on(ObjectKind::Engine, path.display());
    if path.as_os_str().len() > LONGEST_SOCKET_PATH {
        let why = format!("a socket's path has at most {LONGEST_SOCKET_PATH} bytes");
        return Err(failed(ErrorKind::Misconfigured).saying(why));
    }
    let found = match fs::metadata(path).await {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(forbidden_on_the_way(path, failed(ErrorKind::PermissionDenied)).await.because(error));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let link = fs::symlink_metadata(path).await.is_ok();
            let why = if link { "it is a link to nothing" } else { "there is no such socket" };
            return Err(failed(ErrorKind::Unreachable).saying(why).because(error));
        }
        Err(error) => return Err(failed(ErrorKind::Misconfigured).because(error)),
    };
    if !found.file_type().is_socket() {
        let what = if found.is_dir() { "a directory" } else { "a file" };
        return Err(failed(ErrorKind::Misconfigured).saying(format!("it is {what}, not a socket")));
    }
    match UnixStream::connect(path).await {
        Ok(_) => Ok(()),
        Err(error) => Err(match error.kind() {
            io::ErrorKind::PermissionDenied => {
                let (why, advice) = who_may_use(&found, groups().await.as_deref());
                failed(ErrorKind::PermissionDenied).saying(why).advising(advice)
            }
            io::ErrorKind::ConnectionRefused => failed(ErrorKind::Unreachable)
                .saying("nobody listens on the socket: its engine has ended without removing it"),
            io::ErrorKind::NotFound => {
                failed(ErrorKind::Unreachable).saying("the socket has just been removed")
            }
            // A unix socket does not make a connect wait: it refuses while too many wait to be accepted.
            io::ErrorKind::WouldBlock => failed(ErrorKind::Unreachable)
                .saying("the engine accepts no connections just now: too many wait already"),
            _ => failed(ErrorKind::Unreachable),
        }
        .because(error)),
    }
}

/// Names the first directory on the way that we may not enter.
async fn forbidden_on_the_way(path: &Path, error: EngineError) -> EngineError {
    let mut ancestors: Vec<&Path> = path.ancestors().skip(1).collect();
    ancestors.reverse();
    let mut entered: Option<(&Path, Metadata)> = None;
    for directory in ancestors {
        match fs::metadata(directory).await {
            Ok(metadata) => entered = Some((directory, metadata)),
            Err(_) => break,
        }
    }
    // The last one we can see is the one that lets us see nothing inside it.
    let Some((directory, metadata)) = entered else { return error };
    let (directory, uid) = (directory.display(), metadata.uid());
    error
        .saying(format!("we may not enter the directory {directory}, which belongs to uid {uid}"))
        .advising("that engine is another user's: log in as that user, or ask for an engine you may use")
}

/// Why we may not use a socket, and what would help.
fn who_may_use(socket: &Metadata, groups: Option<&str>) -> (String, String) {
    let gid = socket.gid();
    let name = groups.and_then(|groups| group_name(groups, gid));
    let group = name.map_or_else(|| format!("gid {gid}"), |name| format!("group {name} (gid {gid})"));
    let why = format!("the socket belongs to {group}");
    // The group helps only where it may write; connecting is writing (unix(7)).
    if socket.mode() & 0o020 == 0 || gid == 0 {
        let uid = socket.uid();
        let advice = format!("only its owner (uid {uid}) may use it: run this program as that user");
        return (why, advice);
    }
    let named = name.map_or_else(|| gid.to_string(), str::to_owned);
    let advice = format!(
        "add yourself to the group (`sudo usermod -aG {named} $USER`) and log in again; its members can become root"
    );
    (why, advice)
}

async fn groups() -> Option<String> {
    // Groups that only a directory service knows show by their number.
    fs::read_to_string("/etc/group").await.ok()
}

/// A group's name in the text of `/etc/group` (group(5)).
fn group_name(groups: &str, gid: u32) -> Option<&str> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(gid)).then_some(name)
    })
}

#[cfg(test)]
mod tests;
