use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::bench::unique;
use crate::support::http::{Answer, get};
use crate::support::{Bench, Fault, FlakyRegistry, OwnDocker, wait_until};

/// A path in an image that both registries hold.
const MANIFEST: &str = "/v2/smidr-test/pull-a/manifests/1";

async fn docker(bench: &Bench, path: &str) -> Answer {
    get(UnixStream::connect(bench.docker_socket()).await.unwrap(), path, &[]).await.unwrap()
}

async fn tcp(endpoint: &str) -> TcpStream {
    TcpStream::connect(endpoint.trim_start_matches("tcp://")).await.unwrap()
}

async fn ping(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let answer = get(stream, "/_ping", &[]).await.unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (200, "OK"));
    assert!(answer.head.header("api-version").is_some(), "{:?}", answer.head);
}

async fn tls(bench: &Bench, certs: &std::path::Path) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certs.join("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(
            vec![CertificateDer::from_pem_file(certs.join("cert.pem")).unwrap()],
            PrivateKeyDer::from_pem_file(certs.join("key.pem")).unwrap(),
        )
        .unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, tcp(&bench.docker_tls).await).await
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn docker_answers_on_its_socket() {
    ping(UnixStream::connect(Bench::get().docker_socket()).await.unwrap()).await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn docker_answers_by_tcp() {
    ping(tcp(&Bench::get().docker_tcp).await).await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn docker_answers_a_client_with_a_certificate() {
    let bench = Bench::get();
    ping(tls(&bench, &bench.docker_certs).await.unwrap()).await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn docker_refuses_a_stranger_and_plain_http_where_it_has_tls() {
    let bench = Bench::get();
    // With TLS 1.3 the client learns only at its first read that its certificate was refused.
    let refused = match tls(&bench, &bench.docker_stranger_certs).await {
        Ok(stream) => get(stream, "/_ping", &[]).await.map(|answer| answer.status),
        Err(e) => Err(e),
    };
    assert!(refused.is_err(), "{refused:?}");
    let plain = get(tcp(&bench.docker_tls).await, "/_ping", &[]).await.unwrap();
    assert_eq!(plain.status, 400, "{}", plain.text());
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn docker_answers_by_ssh() {
    let bench = Bench::get();
    let host = bench.docker_ssh.trim_start_matches("ssh://");
    let directory = tempfile::tempdir().unwrap();
    let local = directory.path().join("docker.sock");
    let mut ssh = tokio::process::Command::new("ssh")
        .args(["-nNT", "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes", "-L"])
        .arg(format!("{}:/var/run/docker.sock", local.display()))
        .arg(host)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    wait_until("ssh forwards the socket", Duration::from_secs(10), async || local.exists()).await;
    ping(UnixStream::connect(&local).await.unwrap()).await;
    ssh.kill().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_images_are_there_and_those_to_pull_are_not() {
    let bench = Bench::get();
    for image in [&bench.image, &bench.image_noshell] {
        assert_eq!(docker(&bench, &format!("/images/{image}/json")).await.status, 200, "{image}");
    }
    assert!(bench.pull_images.len() >= 6);
    for image in &bench.pull_images {
        assert_eq!(docker(&bench, &format!("/images/{image}/json")).await.status, 404, "{image}");
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn one_image_has_a_shell_and_a_user_and_the_other_has_neither_shell() {
    let bench = Bench::get();
    let run = async |image: &str, command: &[&str]| {
        let name = unique("bench-image");
        let output = tokio::process::Command::new("docker")
            .args([
                "--host",
                &bench.docker,
                "run",
                "--rm",
                "--network=none",
                "--user=builder",
                "--name",
                &name,
                image,
            ])
            .args(command)
            .output()
            .await
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(
        run(&bench.image, &["/bin/sh", "-c", "id -un; touch $HOME/a /build/a /tmp/a && exit 7"]).await,
        (Some(7), "builder\n".to_owned())
    );
    assert_eq!(run(&bench.image_noshell, &["/bin/sh", "-c", "true"]).await.0, Some(127));
    assert_eq!(run(&bench.image_noshell, &["echo", "a b"]).await, (Some(0), "a b\n".to_owned()));
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_open_registry_serves_what_the_locked_one_keeps_for_its_user() {
    let bench = Bench::get();
    let ask = async |registry: &str, headers: &[(&str, &str)]| {
        get(tcp(registry).await, MANIFEST, headers).await.unwrap().status
    };
    assert_eq!(ask(&bench.registry, &[]).await, 200);
    assert_eq!(ask(&bench.registry_auth, &[]).await, 401);
    let credentials = format!("{}:{}", bench.registry_user, bench.registry_password);
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(credentials));
    assert_eq!(ask(&bench.registry_auth, &[("Authorization", &basic)]).await, 200);
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_credentials_have_both_letters_that_get_lost() {
    let bench = Bench::get();
    // What Docker's API takes: JSON in base64.
    let json =
        format!(r#"{{"username":"{}","password":"{}"}}"#, bench.registry_user, bench.registry_password);
    for padding in ["", " ", "  "] {
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{padding}{json}"));
        assert!(encoded.contains('+') && encoded.contains('/'), "{encoded}");
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn docker_pulls_through_a_registry_front_that_has_stopped_failing() {
    let bench = Bench::get();
    let front = FlakyRegistry::before(&bench.registry, Fault::Unavailable(2)).await;
    for _ in 0..2 {
        assert_eq!(get(tcp(front.address()).await, MANIFEST, &[]).await.unwrap().status, 503);
    }
    assert_eq!(get(tcp(front.address()).await, MANIFEST, &[]).await.unwrap().status, 200);
    assert_eq!((front.failed(), front.passed()), (2, 1));

    let image = format!("{}/smidr-test/pull-f:1", front.address());
    let run = async |arguments: &[&str]| {
        let mut docker = tokio::process::Command::new("docker");
        let status = docker.args(["--host", &bench.docker]).args(arguments).status().await.unwrap();
        assert!(status.success(), "docker {arguments:?}");
    };
    run(&["pull", "--quiet", &image]).await;
    run(&["image", "rm", &image]).await;
    assert!(front.bytes() > 1024 * 1024, "{}", front.bytes());
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_registry_front_stalls_in_the_middle() {
    let bench = Bench::get();
    let front = FlakyRegistry::before(&bench.registry, Fault::StallAfter(0)).await;
    let asked = get(tcp(front.address()).await, MANIFEST, &[]);
    tokio::pin!(asked);
    let stalled = async {
        wait_until("the registry's answer arrived", Duration::from_secs(5), async || front.bytes() > 0).await;
    };
    tokio::select! {
        biased;
        answer = &mut asked => panic!("{answer:?}"),
        () = stalled => {}
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_engine_of_ones_own_can_be_killed_frozen_and_started_again() {
    let mut engine = OwnDocker::start(&[]).await;
    let image = Bench::get().image;
    let id = engine
        .docker(&["run", "--detach", "--network=none", "--stop-signal=KILL", &image, "sleep", "600"])
        .await;
    engine.kill().await;
    assert!(UnixStream::connect(engine.socket()).await.is_err(), "a killed engine is answering");
    engine.start_again().await;
    assert!(engine.docker(&["ps", "--all", "--quiet", "--no-trunc"]).await.contains(id.trim()));

    engine.freeze().await;
    let stream = UnixStream::connect(engine.socket()).await.unwrap();
    let mut asked = Box::pin(get(stream, "/_ping", &[]));
    let limit = Duration::from_millis(300);
    assert!(tokio::time::timeout(limit, &mut asked).await.is_err(), "a frozen engine has answered");
    engine.thaw();
    assert_eq!(asked.await.unwrap().status, 200);
    engine.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn nothing_of_the_users_is_in_sight() {
    let bench = Bench::get();
    let home = std::env::var("HOME").unwrap();
    assert!(home.starts_with(bench.dir.to_str().unwrap()), "{home}");
    for name in ["DOCKER_HOST", "DOCKER_CONTEXT", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK"] {
        assert!(std::env::var_os(name).is_none(), "{name}");
    }
    // Every socket under /run is ours: the engine at the usual place is the bench's.
    let usual = UnixStream::connect("/var/run/docker.sock").await.unwrap();
    let ours = docker(&bench, "/info").await;
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&get(usual, "/info", &[]).await.unwrap().body).unwrap()["ID"],
        serde_json::from_slice::<serde_json::Value>(&ours.body).unwrap()["ID"],
    );
    // Only loopback and the engine's own bridge.
    let routes = std::fs::read_to_string("/proc/net/route").unwrap();
    assert!(
        routes.lines().skip(1).all(|line| line.split_whitespace().nth(1) != Some("00000000")),
        "{routes}"
    );
}
