//! The variables that say where engines are, as a value: tests need not touch the process's own.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use super::uri::TlsSettings;

/// What the environment says about engines. A variable that is set and empty counts as not set, as for docker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `DOCKER_HOST`: the engine to use.
    pub docker_host: Option<String>,
    /// Whether `DOCKER_TLS` is set: TLS, whoever answers.
    pub docker_tls: bool,
    /// Whether `DOCKER_TLS_VERIFY` is set, to whatever: TLS, and the engine's certificate is checked.
    pub docker_tls_verify: bool,
    /// `DOCKER_CERT_PATH`: directory of `ca.pem`, `cert.pem` and `key.pem`; without it docker's config directory.
    pub docker_cert_path: Option<PathBuf>,
    /// `DOCKER_CONTEXT`: the docker context to use, instead of the one chosen by `docker context use`.
    pub docker_context: Option<String>,
    /// `DOCKER_CONFIG`: docker's config directory; without it `~/.docker`.
    pub docker_config: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`: where rootless engines put their sockets; without it `/run/user/UID`.
    pub xdg_runtime_dir: Option<PathBuf>,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// Who we are.
    pub uid: u32,
}

impl Environment {
    /// What the process was given.
    ///
    /// A host or context that is not UTF-8 is read with replacement characters, so that the error that follows
    /// can show it.
    #[must_use]
    pub fn from_process() -> Self {
        let set = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let text = |name| set(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            docker_host: text("DOCKER_HOST"),
            docker_tls: set("DOCKER_TLS").is_some(),
            docker_tls_verify: set("DOCKER_TLS_VERIFY").is_some(),
            docker_cert_path: set("DOCKER_CERT_PATH").map(PathBuf::from),
            docker_context: text("DOCKER_CONTEXT"),
            docker_config: set("DOCKER_CONFIG").map(PathBuf::from),
            xdg_runtime_dir: set("XDG_RUNTIME_DIR").map(PathBuf::from),
            home: env::home_dir().filter(|home| !home.as_os_str().is_empty()),
            uid: rustix::process::getuid().as_raw(),
        }
    }

    /// Docker's config directory, whether it exists or not.
    #[must_use]
    pub fn docker_config_dir(&self) -> Option<PathBuf> {
        self.docker_config.clone().or_else(|| self.home.as_ref().map(|home| home.join(".docker")))
    }

    /// The directory for sockets of the user's own, whether it exists or not.
    #[must_use]
    pub fn runtime_dir(&self) -> PathBuf {
        self.xdg_runtime_dir.clone().unwrap_or_else(|| format!("/run/user/{}", self.uid).into())
    }

    /// What the environment settles about TLS, by the rules of docker's command line (docker/cli,
    /// `cli/flags/options.go`): `DOCKER_TLS_VERIFY` set to anything, `0` too, is TLS with a check, `DOCKER_TLS` alone
    /// is TLS without one, and `DOCKER_CERT_PATH` alone does not ask for TLS.
    #[must_use]
    pub fn tls(&self) -> TlsSettings {
        let default_certs = || self.docker_config_dir().filter(|dir| dir.is_dir());
        TlsSettings {
            wanted: self.docker_tls || self.docker_tls_verify,
            certs: self.docker_cert_path.clone().or_else(default_certs),
            verify: self.docker_tls_verify || !self.docker_tls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_follows_dockers_rules() {
        let of = |docker_tls, docker_tls_verify| {
            let certs = Some(PathBuf::from("/certs"));
            let tls =
                Environment { docker_tls, docker_tls_verify, docker_cert_path: certs, ..Default::default() }
                    .tls();
            (tls.wanted, tls.verify)
        };
        assert_eq!(of(false, false), (false, true), "a certificate path alone does not ask for TLS");
        assert_eq!(of(true, false), (true, false));
        assert_eq!(of(false, true), (true, true));
        assert_eq!(of(true, true), (true, true));
    }

    #[test]
    fn certificates_are_in_dockers_config_directory_unless_another_is_named() {
        let home = tempfile::tempdir().unwrap();
        let mut environment = Environment { home: Some(home.path().into()), ..Default::default() };
        assert_eq!(environment.tls().certs, None, "there is no such directory");
        std::fs::create_dir(home.path().join(".docker")).unwrap();
        assert_eq!(environment.tls().certs, Some(home.path().join(".docker")));
        environment.docker_cert_path = Some("/certs".into());
        assert_eq!(environment.tls().certs, Some("/certs".into()), "named, so its absence is an error later");
    }

    #[test]
    fn directories_have_their_usual_places() {
        let mut environment =
            Environment { home: Some("/home/ada".into()), uid: 1007, ..Environment::default() };
        assert_eq!(environment.docker_config_dir(), Some("/home/ada/.docker".into()));
        assert_eq!(environment.runtime_dir(), PathBuf::from("/run/user/1007"));
        environment.docker_config = Some("/etc/docker-client".into());
        environment.xdg_runtime_dir = Some("/tmp/runtime".into());
        assert_eq!(environment.docker_config_dir(), Some("/etc/docker-client".into()));
        assert_eq!(environment.runtime_dir(), PathBuf::from("/tmp/runtime"));
    }
}
