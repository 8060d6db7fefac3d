//! Where engines usually listen on this machine.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Environment;
use crate::engine::{Endpoint, Transport};

/// How the origin of such an endpoint begins. Nobody named it, so that most are not there is as it should be.
const USUAL: &str = "usual socket";

/// Whether an endpoint is in the list only because engines usually listen there.
#[must_use]
pub fn is_usual(endpoint: &Endpoint) -> bool {
    endpoint.named_by.starts_with(USUAL)
}

/// The sockets engines usually listen on, the user's own before the machine's, each once however many names it has.
///
/// Those that are not there are in the list too: people are shown where nothing was found.
#[must_use]
pub fn usual(environment: &Environment) -> Vec<Endpoint> {
    distinct(known(environment))
}

/// Whose socket, and where it would be.
fn known(environment: &Environment) -> [(&'static str, Option<PathBuf>); 6] {
    let runtime = environment.runtime_dir();
    let home = environment.home.as_deref();
    let desktop = |path: &str| home.map(|home| home.join(".docker").join(path));
    [
        ("rootless Docker", Some(runtime.join("docker.sock"))),
        ("Docker Desktop", desktop("run/docker.sock")),
        ("Docker Desktop", desktop("desktop/docker.sock")),
        ("rootless Podman", Some(runtime.join("podman/podman.sock"))),
        ("Podman", Some("/run/podman/podman.sock".into())),
        ("Docker", Some("/var/run/docker.sock".into())),
    ]
}

fn distinct(sockets: impl IntoIterator<Item = (&'static str, Option<PathBuf>)>) -> Vec<Endpoint> {
    let mut seen = HashSet::new();
    let paths = sockets.into_iter().filter_map(|(whose, path)| Some((whose, path?)));
    let fresh = paths.filter(|(_, path)| seen.insert(canonical(path)));
    fresh
        .map(|(whose, path)| Endpoint {
            transport: Transport::Unix(path),
            named_by: format!("{USUAL} of {whose}"),
        })
        .collect()
}

/// The path without links, as far as it exists: `/var/run` is mostly a link to `/run`, and Docker Desktop and Podman
/// put links in the place of Docker's socket.
fn canonical(path: &Path) -> PathBuf {
    if let Ok(whole) = fs::canonicalize(path) {
        return whole;
    }
    match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_users_own_sockets_go_before_the_machines() {
        let environment = Environment {
            home: Some("/nowhere/ada".into()),
            xdg_runtime_dir: Some("/nowhere/1007".into()),
            ..Environment::default()
        };
        let shown = known(&environment).map(|(_, path)| path.unwrap().display().to_string());
        assert_eq!(
            shown,
            [
                "/nowhere/1007/docker.sock",
                "/nowhere/ada/.docker/run/docker.sock",
                "/nowhere/ada/.docker/desktop/docker.sock",
                "/nowhere/1007/podman/podman.sock",
                "/run/podman/podman.sock",
                "/var/run/docker.sock",
            ]
        );
    }

    #[test]
    fn a_socket_with_two_names_is_tried_once() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| Some(dir.path().join(name));
        fs::create_dir(dir.path().join("run")).unwrap();
        symlink("run", dir.path().join("var")).unwrap();
        fs::write(dir.path().join("run/a.sock"), "").unwrap();
        symlink("run/a.sock", dir.path().join("link.sock")).unwrap();
        let found = distinct([
            ("a", at("run/a.sock")),
            ("the link", at("link.sock")),
            ("the directory's link", at("var/a.sock")),
            ("missing", at("run/b.sock")),
            ("missing through the link", at("var/b.sock")),
        ]);
        let named: Vec<_> = found.iter().map(|endpoint| endpoint.named_by.as_str()).collect();
        assert_eq!(named, ["usual socket of a", "usual socket of missing"]);
    }
}
