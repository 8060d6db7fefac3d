//! Where the bench's engines are: its environment, read in one place.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// The bench this test runs in. Each field is one variable of the environment; `tests/README.md` lists them.
#[derive(Debug)]
pub(crate) struct Bench {
    /// Docker's socket, `unix:///…`.
    pub(crate) docker: String,
    /// The same engine by plain TCP, `tcp://127.0.0.1:…`.
    pub(crate) docker_tcp: String,
    /// The same engine by TLS, for clients with a certificate.
    pub(crate) docker_tls: String,
    /// The same engine by ssh, under a name from the bench's ssh configuration.
    pub(crate) docker_ssh: String,
    /// `ca.pem`, `cert.pem`, `key.pem` of a client that the engine trusts.
    pub(crate) docker_certs: PathBuf,
    /// The same three of a client that it does not trust.
    pub(crate) docker_stranger_certs: PathBuf,
    /// A Docker configuration directory with the credentials of the locked registry.
    pub(crate) docker_config: PathBuf,
    /// The engine's process. To kill or freeze an engine, start an `OwnDocker` instead: others use this one.
    pub(crate) dockerd_pid: i32,
    /// An image with busybox, `/bin/sh` and a user `builder` (uid 1000).
    pub(crate) image: String,
    /// An image with `sleep cat echo true false id ps setsid` and no shell.
    pub(crate) image_noshell: String,
    /// A small Debian: bash, GNU's tools and a user `builder` (uid 1000).
    pub(crate) image_debian: String,
    /// Images in both registries and not in the engine. A test that pulls takes one for itself, and removes it.
    pub(crate) pull_images: Vec<String>,
    /// A registry without credentials, `host:port`.
    pub(crate) registry: String,
    /// A registry with credentials, `host:port`.
    pub(crate) registry_auth: String,
    pub(crate) registry_user: String,
    /// Has `+` and `/` in the base64 of every shape in which clients send it.
    pub(crate) registry_password: String,
    /// The ssh server as `user@host:port`, for URIs without a configured name.
    pub(crate) ssh_address: String,
    /// The directory of this run, removed with everything in it at the end.
    pub(crate) dir: PathBuf,
}

impl Bench {
    /// The bench around this test.
    ///
    /// # Panics
    /// Outside the bench, and says how to get into it.
    pub(crate) fn get() -> Self {
        Self {
            docker: variable("SMIDR_BENCH_DOCKER"),
            docker_tcp: variable("SMIDR_BENCH_DOCKER_TCP"),
            docker_tls: variable("SMIDR_BENCH_DOCKER_TLS"),
            docker_ssh: variable("SMIDR_BENCH_DOCKER_SSH"),
            docker_certs: variable("SMIDR_BENCH_DOCKER_CERTS").into(),
            docker_stranger_certs: variable("SMIDR_BENCH_DOCKER_STRANGER_CERTS").into(),
            docker_config: variable("SMIDR_BENCH_DOCKER_CONFIG").into(),
            dockerd_pid: variable("SMIDR_BENCH_DOCKERD_PID").parse().unwrap(),
            image: variable("SMIDR_BENCH_IMAGE"),
            image_noshell: variable("SMIDR_BENCH_IMAGE_NOSHELL"),
            image_debian: variable("SMIDR_BENCH_IMAGE_DEBIAN"),
            pull_images: variable("SMIDR_BENCH_PULL_IMAGES").split(' ').map(str::to_owned).collect(),
            registry: variable("SMIDR_BENCH_REGISTRY"),
            registry_auth: variable("SMIDR_BENCH_REGISTRY_AUTH"),
            registry_user: variable("SMIDR_BENCH_REGISTRY_USER"),
            registry_password: variable("SMIDR_BENCH_REGISTRY_PASSWORD"),
            ssh_address: variable("SMIDR_BENCH_SSH_ADDRESS"),
            dir: variable("SMIDR_BENCH_DIR").into(),
        }
    }

    /// The path in `docker`.
    pub(crate) fn docker_socket(&self) -> PathBuf {
        self.docker.strip_prefix("unix://").unwrap().into()
    }
}

/// One variable of the bench.
///
/// # Panics
/// Outside the bench, and says how to get into it.
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: this test needs the bench, run it with `tests/run NAME`")
    })
}

/// A name that no other test of this run uses: for containers, volumes and the like.
pub(crate) fn unique(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
