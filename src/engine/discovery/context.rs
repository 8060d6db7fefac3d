//! The docker context in use: a named endpoint that `docker context` keeps in files.
//!
//! The layout is docker's context store (docker/cli, `cli/context/store`): the directory of a context is the SHA-256
//! of its name, its endpoint stands in `contexts/meta/<sha>/meta.json`, its certificates in
//! `contexts/tls/<sha>/docker/{ca,cert,key}.pem`.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Environment;
use super::uri::{self, TlsSettings};
use crate::engine::{BoxError, Endpoint, EngineError, ErrorKind, ObjectKind, Result};

/// The context that stands for `DOCKER_HOST` or the usual sockets. It has no files.
const DEFAULT: &str = "default";

/// The part of docker's `config.json` that is read here.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "currentContext", default)]
    current_context: String,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "Endpoints", default)]
    endpoints: Endpoints,
}

#[derive(Deserialize, Default)]
struct Endpoints {
    docker: Option<DockerEndpoint>,
}

#[derive(Deserialize)]
struct DockerEndpoint {
    #[serde(rename = "Host", default)]
    host: String,
    #[serde(rename = "SkipTLSVerify", default)]
    skip_tls_verify: bool,
}

/// The name of the context in use, unless it is the default one.
///
/// `DOCKER_HOST` goes before any context, `DOCKER_CONTEXT` before the one in `config.json` (docker/cli,
/// `resolveContextName`). The caller looks at `DOCKER_HOST`.
///
/// # Errors
/// [`ErrorKind::Misconfigured`] when `config.json` is there and cannot be read: which engine it means is unknown then,
/// and another one would be the wrong one.
pub fn current(environment: &Environment) -> Result<Option<String>> {
    if let Some(name) = &environment.docker_context {
        return Ok((name != DEFAULT).then(|| name.clone()));
    }
    let Some(file) = environment.docker_config_dir().map(|dir| dir.join("config.json")) else {
        return Ok(None);
    };
    let text = match fs::read(&file) {
        Ok(text) => text,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(unreadable("find the docker context in", &file, error.into())),
    };
    let config: Config = serde_json::from_slice(&text)
        .map_err(|error| unreadable("find the docker context in", &file, error.into()))?;
    let name = config.current_context;
    Ok((!name.is_empty() && name != DEFAULT).then_some(name))
}

/// Where the context of this name is.
///
/// # Errors
/// [`ErrorKind::Misconfigured`], naming the file, when there is no such context, its file cannot be read, it has no
/// docker endpoint, or its host is not understood.
pub fn endpoint(name: &str, environment: &Environment) -> Result<Endpoint> {
    const READ: &str = "read the docker context in";
    let named_by = named_by(name);
    let Some(store) = environment.docker_config_dir().map(|dir| dir.join("contexts")) else {
        return Err(EngineError::new("read", ErrorKind::Misconfigured)
            .on(ObjectKind::Engine, named_by)
            .saying("neither DOCKER_CONFIG nor HOME says where docker's config directory is"));
    };
    let directory = directory_of(name);
    let file = store.join("meta").join(&directory).join("meta.json");
    let text = match fs::read(&file) {
        Ok(text) => text,
        Err(error) if is_absent(&error) => {
            return Err(EngineError::new("find", ErrorKind::Misconfigured)
                .on(ObjectKind::Engine, named_by)
                .saying(format!("there is no such context: {} is missing", file.display()))
                .advising("`docker context ls` lists the contexts; DOCKER_CONTEXT or `docker context use` choose one")
                .because(error));
        }
        Err(error) => return Err(unreadable(READ, &file, error.into())),
    };
    let meta: Meta = serde_json::from_slice(&text).map_err(|error| unreadable(READ, &file, error.into()))?;
    let Some(docker) = meta.endpoints.docker else {
        return Err(unreadable(READ, &file, "it has no endpoint for docker".into()));
    };
    let certs = Some(store.join("tls").join(directory).join("docker")).filter(|dir| dir.is_dir());
    let tls = TlsSettings {
        wanted: certs.is_some() || docker.skip_tls_verify,
        certs,
        verify: !docker.skip_tls_verify,
    };
    uri::parse(&docker.host, &named_by, &tls).map_err(|error| unreadable(READ, &file, error.into()))
}

/// How an endpoint found here says where it comes from.
pub(super) fn named_by(name: &str) -> String {
    format!("docker context \"{}\"", name.escape_debug())
}

fn directory_of(name: &str) -> String {
    Sha256::digest(name).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn unreadable(operation: &'static str, file: &Path, cause: BoxError) -> EngineError {
    EngineError::new(operation, ErrorKind::Misconfigured).on(ObjectKind::Path, file.display()).because(cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Transport, chain};

    /// A docker config directory, as `docker context create` writes it.
    struct Docker(tempfile::TempDir);

    impl Docker {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn write(&self, file: &str, text: &str) -> &Self {
            let path = self.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            self
        }

        fn context(&self, name: &str, endpoints: &str) -> &Self {
            let text = format!(r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{endpoints}}}"#);
            self.write(&format!("contexts/meta/{}/meta.json", directory_of(name)), &text)
        }

        fn environment(&self) -> Environment {
            Environment { docker_config: Some(self.0.path().into()), ..Environment::default() }
        }

        fn refused(&self, name: &str) -> String {
            let error = endpoint(name, &self.environment()).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Misconfigured);
            chain(&error)
        }
    }

    #[test]
    fn the_directory_is_the_hash_of_the_name() {
        // From a directory that docker 19.03 wrote for a context named "local".
        assert_eq!(directory_of("local"), "25bf8e1a2393f1108d37029b3df5593236c755742ec93465bbafa9b290bddcf6");
    }

    #[test]
    fn the_environment_goes_before_the_config_and_default_is_no_context() {
        let docker = Docker::new();
        let mut environment = docker.environment();
        assert_eq!(current(&environment).unwrap(), None, "no config, no context");
        docker.write("config.json", r#"{"auths": {}}"#);
        assert_eq!(current(&environment).unwrap(), None);
        docker.write("config.json", r#"{"currentContext": "build7"}"#);
        assert_eq!(current(&environment).unwrap().as_deref(), Some("build7"));
        environment.docker_context = Some("build8".into());
        assert_eq!(current(&environment).unwrap().as_deref(), Some("build8"));
        environment.docker_context = Some("default".into());
        assert_eq!(current(&environment).unwrap(), None);
        docker.write("config.json", r#"{"currentContext": "default"}"#);
        assert_eq!(current(&docker.environment()).unwrap(), None);
    }

    #[test]
    fn a_config_that_cannot_be_read_is_an_error_that_names_it() {
        let docker = Docker::new();
        docker.write("config.json", r#"{"currentContext": "#);
        let error = current(&docker.environment()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("config.json"), "{error}");
        assert!(chain(&error).contains("line 1"), "{}", chain(&error));
    }

    #[test]
    fn a_context_says_where_its_engine_is() {
        let docker = Docker::new();
        docker.context("build7", r#"{"docker":{"Host":"ssh://ada@build7","SkipTLSVerify":false}}"#);
        let found = endpoint("build7", &docker.environment()).unwrap();
        assert_eq!(found.to_string(), "ssh://ada@build7");
        assert_eq!(found.named_by, r#"docker context "build7""#);
    }

    #[test]
    fn certificates_make_tcp_tls() {
        let docker = Docker::new();
        let hosts = |skip| format!(r#"{{"docker":{{"Host":"tcp://build7:2376","SkipTLSVerify":{skip}}}}}"#);
        let found = |name| endpoint(name, &docker.environment()).unwrap().transport;
        docker.context("plain", &hosts(false)).context("skip", &hosts(true)).context("tls", &hosts(false));
        let certs = format!("contexts/tls/{}/docker", directory_of("tls"));
        docker.write(&format!("{certs}/ca.pem"), "");
        let host = || "build7".to_owned();
        let dir = Some(docker.0.path().join(certs));
        assert_eq!(found("plain"), Transport::Tcp { host: host(), port: 2376 });
        assert_eq!(found("skip"), Transport::Tls { host: host(), port: 2376, certs: None, verify: false });
        assert_eq!(found("tls"), Transport::Tls { host: host(), port: 2376, certs: dir, verify: true });
    }

    #[test]
    fn errors_name_the_file() {
        let docker = Docker::new();
        let missing = docker.refused("build7");
        assert!(missing.contains("there is no such context") && missing.contains("meta.json"), "{missing}");
        docker.context("none", "{}").context("odd", r#"{"docker":{"Host":"build7:2375"}}"#);
        assert!(docker.refused("none").contains("no endpoint for docker"));
        let odd = docker.refused("odd");
        assert!(odd.contains("meta.json") && odd.contains("did you mean tcp://build7:2375?"), "{odd}");
        docker.write(&format!("contexts/meta/{}/meta.json", directory_of("cut")), "{");
        assert!(docker.refused("cut").contains("meta.json"));
    }
}
