use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::support::http::{Reader, get};
use crate::support::{Reply, Script, SilentEngine};

async fn connect(engine: &SilentEngine) -> TcpStream {
    TcpStream::connect(engine.endpoint().trim_start_matches("tcp://")).await.unwrap()
}

/// Long enough for an answer on loopback to arrive if there is one.
const A_WHILE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_silent_engine_takes_the_request_and_never_answers() {
    let engine = SilentEngine::on_unix(Script::silent());
    let stream = UnixStream::connect(engine.endpoint().trim_start_matches("unix://")).await.unwrap();
    assert!(
        tokio::time::timeout(A_WHILE, get(stream, "/v1.41/info?a=b", &[("X-Name", "b c")])).await.is_err()
    );
    let request = engine.requested("GET", "/info").await;
    assert_eq!((request.target.as_str(), request.path()), ("/v1.41/info?a=b", "/info"));
    assert_eq!(request.head.header("X-Name"), Some("b c"));
    assert_eq!(engine.connections(), 1);
}

#[tokio::test]
async fn a_stalled_body_has_its_head_and_beginning_only() {
    let engine = SilentEngine::on_tcp(Script::stalled_body()).await;
    let mut stream = connect(&engine).await;
    stream.write_all(b"GET /containers/json HTTP/1.1\r\n\r\n").await.unwrap();
    let mut reader = Reader::new(stream);
    assert_eq!(reader.head().await.unwrap().unwrap().status(), 200);
    let head = crate::support::http::Head {
        headers: vec![("transfer-encoding".into(), "chunked".into())],
        ..Default::default()
    };
    assert!(tokio::time::timeout(A_WHILE, reader.body(&head)).await.is_err());
}

#[tokio::test]
async fn a_closing_engine_closes_and_a_garbled_one_talks_nonsense() {
    let engine = SilentEngine::on_tcp(Script::closing()).await;
    let error = get(connect(&engine).await, "/info", &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);

    let engine = SilentEngine::on_tcp(Script::garbage()).await;
    assert_eq!(get(connect(&engine).await, "/info", &[]).await.unwrap().status, 0);
}

#[tokio::test]
async fn a_script_answers_in_order_and_stays_with_the_last() {
    let script = Script::new().docker("1.41").on("GET", "/info", Reply::json(500, "{}")).on(
        "GET",
        "/info",
        Reply::status(200).chunk("ab").pause(Duration::from_millis(5)).chunk("c"),
    );
    let engine = SilentEngine::on_tcp(script).await;
    let mut seen = Vec::new();
    for path in ["/info", "/v1.41/info", "/info", "/nothing", "/_ping"] {
        let answer = get(connect(&engine).await, path, &[]).await.unwrap();
        seen.push((answer.status, answer.text()));
    }
    let missing = r#"{"message":"not in the script"}"#;
    let expected = [(500, "{}"), (200, "abc"), (200, "abc"), (404, missing), (200, "OK")];
    assert_eq!(seen, expected.map(|(status, text)| (status, text.to_owned())));
    assert_eq!(engine.requests().len(), 5);
}

#[tokio::test]
async fn one_connection_carries_several_requests_and_their_bodies() {
    let script =
        Script::new().on("POST", "/a", Reply::json(201, "1")).on("HEAD", "/_ping", Reply::status(200));
    let engine = SilentEngine::on_tcp(script).await;
    let mut stream = connect(&engine).await;
    stream.write_all(b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyz").await.unwrap();
    stream.write_all(b"HEAD /_ping HTTP/1.1\r\n\r\n").await.unwrap();
    stream
        .write_all(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nuv\r\n1\r\nw\r\n0\r\n\r\n")
        .await
        .unwrap();
    let mut reader = Reader::new(stream);
    let mut bodies = Vec::new();
    for body_expected in [true, false, true] {
        let head = reader.head().await.unwrap().unwrap();
        bodies.push(if body_expected { reader.body(&head).await.unwrap() } else { None });
    }
    assert_eq!(bodies, [Some(b"1".to_vec()), None, Some(b"1".to_vec())]);
    let sent: Vec<Vec<u8>> = engine.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(sent, [b"xyz".to_vec(), Vec::new(), b"uvw".to_vec()]);
}

#[tokio::test]
async fn a_cut_ends_the_connection_in_the_middle_of_a_body() {
    let reply = Reply::status(200).header("Content-Length", "10").chunk("12345").cut();
    let engine = SilentEngine::on_tcp(Script::always(reply)).await;
    assert_eq!(get(connect(&engine).await, "/", &[]).await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn dropping_the_server_closes_its_connections() {
    let engine = SilentEngine::on_tcp(Script::silent()).await;
    let mut stream = connect(&engine).await;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    engine.requested("GET", "/").await;
    drop(engine);
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the connection is still open");
    assert!(rest.is_empty());
}
