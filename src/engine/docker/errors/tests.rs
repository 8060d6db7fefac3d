//! Answers of real engines, word for word, and what they must come out as.

use super::*;
use crate::engine::Retry;

const ID: &str = "4f66ad9a0b2e8c1d4f66ad9a0b2e8c1d4f66ad9a0b2e8c1d4f66ad9a0b2e8c1d";

fn kind(status: u16, message: &str, object: ObjectKind) -> ErrorKind {
    let body = serde_json::json!({ "message": message }).to_string();
    Fault::answer(status, body.as_bytes()).during("test", object, "x").kind().clone()
}

fn of_container(status: u16, message: &str) -> ErrorKind {
    kind(status, message, ObjectKind::Container)
}

#[test]
fn containers() {
    assert_eq!(of_container(404, "No such container: yocto-a"), ErrorKind::NotFound);
    assert_eq!(
        of_container(
            409,
            &format!(
                "Conflict. The container name \"/a\" is already in use by container \"{ID}\". You have to remove (or rename) that container to be able to reuse that name."
            )
        ),
        ErrorKind::NameTaken { by: Some(ID.into()) }
    );
    for message in [
        format!("Cannot kill container: a: Container {ID} is not running"),
        format!("Container {ID} is not running"),
        "can only create exec sessions on running containers: container state improper".to_owned(),
    ] {
        assert_eq!(of_container(409, &message), ErrorKind::NotRunning, "{message}");
        assert_eq!(of_container(500, &message), ErrorKind::NotRunning, "{message}");
    }
    assert_eq!(
        of_container(409, &format!("removal of container {ID} is already in progress")),
        ErrorKind::Busy
    );
    assert_eq!(
        of_container(
            409,
            "You cannot remove a running container. Stop the container before attempting removal or force remove"
        ),
        ErrorKind::Conflict
    );
    assert_eq!(of_container(400, "no command specified"), ErrorKind::Invalid);
    assert_eq!(of_container(500, "something broke inside"), ErrorKind::EngineFault);
    assert_eq!(
        of_container(501, "configured logging driver does not support reading"),
        ErrorKind::Unsupported
    );
}

#[test]
fn commands_that_cannot_be_run() {
    for message in [
        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"nope\": executable file not found in $PATH: unknown",
        "failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"/nope\": stat /nope: no such file or directory: unknown",
    ] {
        assert_eq!(of_container(400, message), ErrorKind::CommandNotFound, "{message}");
        assert_eq!(of_container(500, message), ErrorKind::CommandNotFound, "{message}");
    }
    let message = "OCI runtime create failed: runc create failed: unable to start container process: exec: \"/etc/passwd\": permission denied: unknown";
    assert_eq!(of_container(400, message), ErrorKind::CommandNotExecutable);
}

#[test]
fn mounts_and_disks() {
    assert_eq!(
        of_container(400, "invalid mount config for type \"bind\": bind source path does not exist: /srv/dl"),
        ErrorKind::MissingMountSource { paths: vec!["/srv/dl".into()] }
    );
    assert_eq!(of_container(500, "write /var/lib/docker/x: no space left on device"), ErrorKind::NoSpace);
}

#[test]
fn volumes() {
    let message = format!("remove sstate: volume is in use - [{ID}]");
    assert_eq!(kind(409, &message, ObjectKind::Volume), ErrorKind::InUse { by: vec![ID.into()] });
    assert_eq!(kind(404, "get sstate: no such volume", ObjectKind::Volume), ErrorKind::NotFound);
}

#[test]
fn images_and_registries() {
    let image = |status, message| kind(status, message, ObjectKind::Image);
    assert_eq!(image(404, "No such image: nope:latest"), ErrorKind::NotFound);
    assert_eq!(
        image(404, "manifest for 127.0.0.1:5000/x:latest not found: manifest unknown: manifest unknown"),
        ErrorKind::NotFound
    );
    for message in [
        "Get \"http://127.0.0.1:5000/v2/x/manifests/1\": no basic auth credentials",
        "unauthorized: authentication required",
        "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ] {
        assert_eq!(image(500, message), ErrorKind::Unauthorized, "{message}");
    }
    for message in [
        "Get \"http://127.0.0.1:5000/v2/\": dial tcp 127.0.0.1:5000: connect: connection refused",
        "Get \"https://registry.example.org/v2/\": net/http: TLS handshake timeout",
        "received unexpected HTTP status: 503 Service Unavailable",
        "toomanyrequests: You have reached your pull rate limit",
    ] {
        assert_eq!(image(500, message), ErrorKind::Unavailable, "{message}");
    }
    assert_eq!(
        image(
            409,
            "conflict: unable to remove repository reference \"a:1\" (must force) - container 4f66ad9a0b2e is using its referenced image 4f66ad9a0b2f"
        ),
        ErrorKind::InUse { by: vec!["4f66ad9a0b2e".into(), "4f66ad9a0b2f".into()] }
    );
}

#[test]
fn a_plain_text_answer_is_kept() {
    let error = Fault::answer(502, b"<html>bad gateway</html>").during("list", ObjectKind::Engine, "tcp://x");
    assert_eq!(*error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("<html>bad gateway</html>"), "{error}");
}

#[test]
fn tls_against_plain_http_is_a_matter_of_settings() {
    assert_eq!(
        of_container(400, "Client sent an HTTP request to an HTTPS server."),
        ErrorKind::Misconfigured
    );
    let tls = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::General("bad certificate".into()));
    assert_eq!(from_transport(true, &tls), ErrorKind::Misconfigured);
}

#[test]
fn connections() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    assert_eq!(from_transport(true, &refused()), ErrorKind::Unreachable);
    assert_eq!(
        from_transport(true, &io::Error::from(io::ErrorKind::PermissionDenied)),
        ErrorKind::PermissionDenied
    );
    assert_eq!(
        from_transport(false, &io::Error::from(io::ErrorKind::ConnectionReset)),
        ErrorKind::Interrupted
    );
    let cut = Fault::Body("cut".into()).during("read", ObjectKind::Container, "a");
    assert_eq!((cut.kind(), cut.retry()), (&ErrorKind::BrokenStream, Retry::ReconcileFirst));
    let timeout =
        Fault::from(bollard::errors::Error::RequestTimeoutError).during("stop", ObjectKind::Container, "a");
    assert_eq!(*timeout.kind(), ErrorKind::Interrupted, "nothing is known after a timeout");
    let text =
        Fault::from(bollard::errors::Error::DockerStreamError { error: "unauthorized: go away".into() });
    assert_eq!(*text.during("pull", ObjectKind::Image, "a").kind(), ErrorKind::Unauthorized);
    let unreadable = serde_json::from_str::<u8>("x").unwrap_err();
    let unreadable = Fault::from(bollard::errors::Error::JsonSerdeError { err: unreadable });
    assert_eq!(*unreadable.during("list", ObjectKind::Engine, "a").kind(), ErrorKind::BadAnswer);
}
