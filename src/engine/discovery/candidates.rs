//! Which endpoints are tried, in which order, and why.

use std::fmt;

use super::{Environment, context, sockets, uri};
use crate::engine::{Endpoint, Result};

/// An endpoint to try, or what is wrong with its definition.
#[derive(Debug)]
pub struct Candidate {
    /// Who named it: `--host`, `DOCKER_HOST`, `docker context "build7"`, `usual socket of Docker`.
    pub named_by: String,
    /// The endpoint, or why there is none.
    pub endpoint: Result<Endpoint>,
}

impl Candidate {
    fn new(named_by: impl Into<String>, endpoint: Result<Endpoint>) -> Self {
        Self { named_by: named_by.into(), endpoint }
    }
}

impl fmt::Display for Candidate {
    /// The endpoint, or who named it where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.endpoint {
            Ok(endpoint) => endpoint.fmt(f),
            Err(_) => f.write_str(&self.named_by),
        }
    }
}

/// Every endpoint to try, in order.
///
/// The first of these that says anything says all: the hosts given, `DOCKER_HOST`, the docker context in use unless it
/// is the default one, the usual sockets. All of what it says is opened, as many engines as there are. What is named
/// and cannot be understood is in the list with its error, and nothing takes its place: another engine would be the
/// wrong one.
///
/// Reads docker's config files, which are small and the user's own.
#[must_use]
pub fn candidates(hosts: &[String], environment: &Environment) -> Vec<Candidate> {
    let tls = environment.tls();
    if !hosts.is_empty() {
        let named = |host: &String| Candidate::new("--host", uri::parse(host, "--host", &tls));
        return distinct(hosts.iter().map(named));
    }
    if let Some(host) = &environment.docker_host {
        return vec![Candidate::new("DOCKER_HOST", uri::parse(host, "DOCKER_HOST", &tls))];
    }
    match context::current(environment) {
        Ok(None) => {
            let usual = sockets::usual(environment).into_iter();
            usual.map(|endpoint| Candidate::new(endpoint.named_by.clone(), Ok(endpoint))).collect()
        }
        Ok(Some(name)) => {
            vec![Candidate::new(context::named_by(&name), context::endpoint(&name, environment))]
        }
        Err(error) => vec![Candidate::new("docker config", Err(error))],
    }
}

/// A host given twice is one engine.
fn distinct(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    candidates.fold(Vec::new(), |mut kept, candidate| {
        let same = |other: &Candidate| match (&other.endpoint, &candidate.endpoint) {
            (Ok(one), Ok(another)) => one == another,
            _ => false,
        };
        if !kept.iter().any(same) {
            kept.push(candidate);
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Transport;

    /// Every source says something.
    fn everything(docker: &tempfile::TempDir) -> Environment {
        Environment {
            docker_host: Some("tcp://from-variable:1".into()),
            docker_context: Some("from-context".into()),
            docker_config: Some(docker.path().into()),
            ..Environment::default()
        }
    }

    fn shown(hosts: &[&str], environment: &Environment) -> Vec<String> {
        let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        candidates(&hosts, environment).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_first_that_says_anything_says_all() {
        let docker = tempfile::tempdir().unwrap();
        let mut environment = everything(&docker);
        let hosts = ["tcp://a:1", "/run/b.sock", "tcp://a:1/"];
        assert_eq!(shown(&hosts, &environment), ["tcp://a:1", "unix:///run/b.sock"]);
        assert_eq!(shown(&[], &environment), ["tcp://from-variable:1"]);
        environment.docker_host = None;
        assert_eq!(shown(&[], &environment), [r#"docker context "from-context""#]);
        environment.docker_context = None;
        let usual = shown(&[], &environment);
        assert!(usual.len() > 1 && usual.contains(&"unix:///run/podman/podman.sock".into()), "{usual:?}");
    }

    #[test]
    fn nothing_takes_the_place_of_what_is_not_understood() {
        let docker = tempfile::tempdir().unwrap();
        let mut environment = everything(&docker);
        environment.docker_host = Some("build7".into());
        let only_error = |environment: &Environment| match candidates(&[], environment).as_slice() {
            [Candidate { named_by, endpoint: Err(error) }] => (named_by.clone(), error.to_string()),
            other => panic!("{other:?}"),
        };
        let (named_by, error) = only_error(&environment);
        assert_eq!(named_by, "DOCKER_HOST");
        assert!(error.contains("did you mean"), "{error}");
        environment.docker_host = None;
        assert!(only_error(&environment).1.contains("no such context"));
        environment.docker_context = None;
        std::fs::write(docker.path().join("config.json"), "{").unwrap();
        assert!(only_error(&environment).1.contains("config.json"));
    }

    #[test]
    fn the_environments_tls_holds_for_hosts_too() {
        let environment = Environment {
            docker_tls_verify: true,
            docker_cert_path: Some("/certs".into()),
            ..Environment::default()
        };
        let found = candidates(&["tcp://a".into()], &environment).remove(0).endpoint.unwrap();
        let tls = Transport::Tls { host: "a".into(), port: 2376, certs: Some("/certs".into()), verify: true };
        assert_eq!(found.transport, tls);
    }
}
