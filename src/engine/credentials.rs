//! Who we are to a registry: the credentials `docker login` wrote.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use docker_credential::{CredentialRetrievalError, DockerCredential};

use super::{EngineError, ErrorKind, ObjectKind};

/// Credentials for one registry. They print without the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The registry they are for, as the Docker config names it.
    pub registry: String,
    /// What proves who we are.
    pub secret: Secret,
}

/// The two kinds of proof.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// User name and password.
    Password {
        /// User name.
        username: String,
        /// Password.
        password: String,
    },
    /// A token from an identity provider.
    IdentityToken(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("registry", &self.registry).finish_non_exhaustive()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The key Docker keeps its own hub's credentials under.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The registry a reference belongs to: its first part, when that can only be a host
/// (distribution/reference, `splitDockerDomain`).
#[must_use]
pub fn registry_of(reference: &str) -> &str {
    match reference.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => {
            if matches!(host, "docker.io" | "index.docker.io") { DOCKER_HUB } else { host }
        }
        _ => DOCKER_HUB,
    }
}

/// Where the user's Docker config is: `$DOCKER_CONFIG`, else `~/.docker`.
#[must_use]
pub fn docker_config_dir() -> Option<PathBuf> {
    let named = std::env::var_os("DOCKER_CONFIG").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    named.or_else(|| std::env::home_dir().map(|home| home.join(".docker")))
}

/// What the user's Docker config has for the registry of a reference: `auths`, `credHelpers` or `credsStore`,
/// in Docker's own order. `None` where it has nothing.
///
/// A credential helper is a program of the user's and may take its time. Dropping this future does not end the
/// helper; it goes on alone and its answer is thrown away.
///
/// # Errors
/// [`ErrorKind::Misconfigured`] when the config or a helper's answer cannot be read.
pub async fn from_docker_config(dir: &Path, reference: &str) -> Result<Option<Credentials>, EngineError> {
    let file = dir.join("config.json");
    let registry = registry_of(reference).to_owned();
    let failed = |cause: super::BoxError| {
        EngineError::new("read the registry credentials", ErrorKind::Misconfigured)
            .on(ObjectKind::Path, file.display())
            .because(cause)
    };
    let opened = match File::open(&file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    };
    let wanted = registry.clone();
    let asked = tokio::task::spawn_blocking(move || {
        docker_credential::get_credential_from_reader(BufReader::new(opened), &wanted)
    });
    let secret = match asked.await.map_err(|panicked| failed(panicked.into()))? {
        Ok(DockerCredential::UsernamePassword(username, password)) => Secret::Password { username, password },
        Ok(DockerCredential::IdentityToken(token)) => Secret::IdentityToken(token),
        Err(CredentialRetrievalError::NoCredentialConfigured) => return Ok(None),
        // The helpers' way to say that they have nothing (docker-credential-helpers, `errCredentialsNotFound`).
        Err(CredentialRetrievalError::HelperFailure { stdout, .. }) if stdout.contains("not found") => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error.into())),
    };
    Ok(Some(Credentials { registry, secret }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_the_first_part_that_can_be_a_host() {
        for (reference, registry) in [
            ("debian:12", DOCKER_HUB),
            ("library/debian", DOCKER_HUB),
            ("docker.io/library/debian", DOCKER_HUB),
            ("localhost/yocto", "localhost"),
            ("127.0.0.1:5000/yocto:1", "127.0.0.1:5000"),
            ("registry.example.org/a/b@sha256:00", "registry.example.org"),
        ] {
            assert_eq!(registry_of(reference), registry, "{reference}");
        }
    }

    async fn read(config: &str, reference: &str) -> Result<Option<Credentials>, EngineError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.json"), config).unwrap();
        from_docker_config(dir.path(), reference).await
    }

    #[tokio::test]
    async fn credentials_are_those_of_the_registry() {
        // ada:?>~ in base64.
        let config = r#"{"auths": {"127.0.0.1:5000": {"auth": "YWRhOj8+fg=="}}}"#;
        let found = read(config, "127.0.0.1:5000/yocto").await.unwrap().unwrap();
        assert_eq!(found.secret, Secret::Password { username: "ada".into(), password: "?>~".into() });
        assert_eq!(read(config, "debian:12").await.unwrap(), None);
        assert!(!format!("{found:?}").contains("?>~"));
    }

    #[tokio::test]
    async fn a_config_that_cannot_be_read_is_named() {
        let error = read("{", "debian").await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("config.json"), "{error}");
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(from_docker_config(dir.path(), "debian").await.unwrap(), None, "no config is no error");
    }
}
