//! What BitBake itself wrote down of the build before: its buildstats, a file for each task.

use std::io::Read as _;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;

use crate::actions::Supervised;
use crate::bitbake::{BuildStats, TaskHistory};
use crate::engine::{ContainerId, ContainerManagerExt, ExecRequest};

/// The most bytes of it that are read, as an archive. A build of 5000 tasks has some 15 MB.
const MOST: usize = 64 << 20;
/// The largest file of a task that is looked at.
const LONGEST_FILE: u64 = 64 * 1024;
/// How many builds are listed at most: 16 bytes each.
const LIST: usize = 256 * 1024;
/// How long listing, and copying, may take.
const LONGEST: Duration = Duration::from_secs(60);

/// What the newest build told there that was complete before this log was begun; `None` where there is none, or it
/// cannot be read. `log` is the console log of the build that runs, `…/log/cooker/MACHINE/20260729100000.log`.
pub(super) async fn newest(
    on: &Supervised,
    container: &ContainerId,
    user: Option<String>,
    log: &str,
) -> Option<TaskHistory> {
    let (directory, this) = places(log)?;
    let request = ExecRequest { user, ..ExecRequest::new(vec!["ls".into(), directory.clone()]) };
    let listed = timeout(LONGEST, on.engine.exec_collect(container, &request, LIST)).await.ok()?.ok()?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let before = newest_before(&names, this)?;
    let archive = timeout(LONGEST, copied(on, container, &format!("{directory}/{before}"))).await.ok()??;
    tokio::task::spawn_blocking(move || history(&archive)).await.ok()?
}

/// The directory of all buildstats, and the name of this build's, by its console log.
fn places(log: &str) -> Option<(String, &str)> {
    let (temporary, rest) = log.rsplit_once("/log/cooker/")?;
    let name = rest.rsplit('/').next()?.strip_suffix(".log")?;
    Some((format!("{temporary}/buildstats"), name))
}

/// Names are times (`20260729100000`): the last before this one.
fn newest_before<'a>(names: &'a str, this: &str) -> Option<&'a str> {
    let is_time = |name: &&str| name.len() == 14 && name.bytes().all(|byte| byte.is_ascii_digit());
    names.lines().filter(is_time).filter(|name| *name < this).max()
}

async fn copied(on: &Supervised, container: &ContainerId, path: &str) -> Option<Vec<u8>> {
    let mut pieces = on.engine.copy_out(container, path);
    let mut archive = Vec::new();
    while let Some(piece) = pieces.next().await {
        archive.extend_from_slice(&piece.ok()?);
        if archive.len() > MOST {
            return None;
        }
    }
    Some(archive)
}

/// What an archive of one build's directory tells: `TIME/PF/do_task`.
fn history(archive: &[u8]) -> Option<TaskHistory> {
    let mut stats = BuildStats::default();
    for entry in tar::Archive::new(archive).entries().ok()?.flatten() {
        let path = entry.path_bytes().into_owned();
        let path = String::from_utf8_lossy(&path);
        let mut parts = path.rsplit('/');
        let (Some(task), Some(pf)) = (parts.next(), parts.next()) else { continue };
        if !task.starts_with("do_") || !entry.header().entry_type().is_file() {
            continue;
        }
        let (task, pf) = (task.to_owned(), pf.to_owned());
        let mut text = String::new();
        if entry.take(LONGEST_FILE).read_to_string(&mut text).is_ok() {
            stats.take(&pf, &task, &text);
        }
    }
    stats.history(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDED: &str = "Event: TaskStarted \nStarted: 1785000001.25\nzlib-1.3-r0: do_compile\nElapsed time: 41.75 seconds\n\
        Status: PASSED \nEnded: 1785000043.00\n";

    #[test]
    fn the_build_before_this_one_is_the_one_that_counts() {
        let log = "/build/tmp/log/cooker/qemux86-64/20260729100000.log";
        assert_eq!(places(log), Some(("/build/tmp/buildstats".to_owned(), "20260729100000")));
        assert_eq!(places("/somewhere/else.log"), None);
        let names = "20260728090000\n20260729090000\n20260729100000\n20260730090000\nREADME\n";
        assert_eq!(newest_before(names, "20260729100000"), Some("20260729090000"));
        assert_eq!(newest_before("", "20260729100000"), None);
    }

    #[test]
    fn an_archive_of_it_is_read_whatever_else_is_in_it() {
        let mut archive = tar::Builder::new(Vec::new());
        let files = [
            ("20260729090000/zlib-1.3-r0/do_compile", ENDED.as_bytes()),
            ("20260729090000/build_stats", b"Host Info: x\n"),
            ("20260729090000/zlib-1.3-r0/do_fetch", b"\xff\xfe"),
        ];
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_entry_type(tar::EntryType::Regular);
            archive.append_data(&mut header, path, text).unwrap();
        }
        let history = history(&archive.into_inner().unwrap()).unwrap();
        assert_eq!(history.seconds("zlib-1.4-r2", "do_compile"), Some(41.75));
        assert!(super::history(b"no archive at all").is_none());
    }
}
