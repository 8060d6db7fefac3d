use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;

use rustix::process::{Gid, Uid};

use super::*;

/// Runs a check as somebody who is not root: permissions mean nothing to root. Only this thread changes its user, and
/// it ends with the check.
fn check_as_nobody(path: &Path) -> Result<()> {
    let check = || {
        if rustix::process::geteuid().is_root() {
            let nobody = 65534;
            rustix::thread::set_thread_groups(&[]).unwrap();
            let gid = Gid::from_raw(nobody);
            rustix::thread::set_thread_res_gid(gid, gid, gid).unwrap();
            let uid = Uid::from_raw(nobody);
            rustix::thread::set_thread_res_uid(uid, uid, uid).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(check_socket(path))
    };
    std::thread::scope(|scope| scope.spawn(check).join().unwrap())
}

/// A directory anybody may enter.
fn open_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    dir
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_socket_somebody_listens_on_is_fine() {
    let dir = open_dir();
    let path = dir.path().join("engine.sock");
    let _listener = UnixListener::bind(&path).unwrap();
    check_socket(&path).await.unwrap();
}

#[tokio::test]
async fn what_is_no_socket_to_connect_to_says_what_it_is() {
    let dir = open_dir();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("file"), "").unwrap();
    symlink("nothing", at("link")).unwrap();
    drop(UnixListener::bind(at("stale")).unwrap());
    for (path, kind, why) in [
        (at("missing"), ErrorKind::Unreachable, "there is no such socket"),
        (at("link"), ErrorKind::Unreachable, "it is a link to nothing"),
        (at("stale"), ErrorKind::Unreachable, "nobody listens on the socket"),
        (at("file"), ErrorKind::Misconfigured, "it is a file, not a socket"),
        (at("file/engine.sock"), ErrorKind::Misconfigured, "settings cannot work"),
        (dir.path().into(), ErrorKind::Misconfigured, "it is a directory, not a socket"),
        (at(&"x".repeat(108)), ErrorKind::Misconfigured, "at most 107 bytes"),
    ] {
        let error = check_socket(&path).await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

#[test]
fn a_forbidden_socket_names_who_may_use_it() {
    let dir = open_dir();
    let path = dir.path().join("engine.sock");
    let _listener = UnixListener::bind(&path).unwrap();
    set_mode(&path, 0o000);
    let error = check_as_nobody(&path).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert!(error.to_string().contains("the socket belongs to "), "{error}");
    assert!(error.hint().unwrap().contains("only its owner"), "{:?}", error.hint());
    set_mode(&path, 0o666);
    check_as_nobody(&path).unwrap();
}

#[test]
fn a_forbidden_directory_is_not_a_missing_socket() {
    let dir = open_dir();
    let closed = dir.path().join("user/1007");
    std::fs::create_dir_all(closed.join("podman")).unwrap();
    let path = closed.join("podman/podman.sock");
    let _listener = UnixListener::bind(&path).unwrap();
    set_mode(&closed, 0o000);
    let error = check_as_nobody(&path).unwrap_err();
    set_mode(&closed, 0o755);
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied, "{error}");
    let why = format!("we may not enter the directory {}, which", closed.display());
    assert!(error.to_string().contains(&why), "{error}");
    assert!(error.hint().unwrap().contains("another user's"), "{:?}", error.hint());
}

#[test]
fn the_group_that_may_use_a_socket_is_named() {
    let groups = "root:x:0:\nbroken\ndocker:x:998:ada,bob\n";
    assert_eq!(group_name(groups, 998), Some("docker"));
    assert_eq!(group_name(groups, 999), None);

    let file = tempfile::NamedTempFile::new().unwrap();
    set_mode(file.path(), 0o660);
    // Only root can give a file to a group it is not in; others test with their own.
    let gid = if rustix::process::geteuid().is_root() { 998 } else { rustix::process::getgid().as_raw() };
    chown(file.path(), None, Some(gid)).unwrap();
    let socket = file.as_file().metadata().unwrap();
    let (why, advice) = who_may_use(&socket, Some(&format!("docker:x:{gid}:")));
    assert_eq!(why, format!("the socket belongs to group docker (gid {gid})"));
    assert!(advice.contains("usermod -aG docker $USER"), "{advice}");
    let (why, advice) = who_may_use(&socket, None);
    assert_eq!(why, format!("the socket belongs to gid {gid}"));
    assert!(advice.contains(&format!("usermod -aG {gid} ")), "{advice}");
}
