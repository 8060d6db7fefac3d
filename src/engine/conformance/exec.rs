//! Commands in a running container.

use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use super::bench::{Bench, eventually};
use super::scripts;
use super::streams::{all, bytes_of, numbers};
use crate::engine::{ContainerManagerExt, ErrorKind, ExecRequest, Signal, StdStream, TermSize};

fn shell(script: &str) -> ExecRequest {
    ExecRequest::new(["sh", "-c", script])
}

const SIZE: TermSize = TermSize { columns: 80, rows: 24 };

pub(super) async fn streams_come_apart_with_the_exit_code(bench: &Bench) {
    let id = bench.idle("a").await;
    let output = bench.engine.exec_collect(&id, &shell(scripts::BOTH_STREAMS), 100).await.unwrap();
    assert_eq!((output.stdout_text().as_str(), output.stderr_text().as_str()), ("out\n", "err\n"));
    assert_eq!(output.exit_code, 7);
    let quiet = bench.engine.exec_collect(&id, &ExecRequest::new(["true"]), 100).await.unwrap();
    assert_eq!((quiet.stdout.len(), quiet.stderr.len(), quiet.exit_code), (0, 0, 0));
}

pub(super) async fn environment_user_and_directory_are_as_asked(bench: &Bench) {
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.env = vec!["GREETING=from the container".to_owned()];
    spec.working_dir = Some("/tmp".to_owned());
    let id = bench.running_from(&spec).await;
    let mut request = shell(scripts::WHO);
    let output = bench.engine.exec_collect(&id, &request, 100).await.unwrap();
    assert_eq!(output.stdout_text(), "from the container\n0\n/tmp\n", "else as the container has it");
    request.env = vec!["GREETING=hi there".to_owned()];
    request.user = Some("1234".to_owned());
    request.working_dir = Some("/bin".to_owned());
    let output = bench.engine.exec_collect(&id, &request, 100).await.unwrap();
    assert_eq!(output.stdout_text(), "hi there\n1234\n/bin\n");
}

pub(super) async fn standard_input_reaches_the_command_and_ends(bench: &Bench) {
    let id = bench.idle("a").await;
    let mut request = ExecRequest::new(["cat"]);
    request.stdin = true;
    let mut session = bench.engine.exec(&id, &request).await.unwrap();
    let mut input = session.input.take().unwrap();
    input.write_all(b"first\n").await.unwrap();
    input.flush().await.unwrap();
    let first = session.output.next().await.unwrap().unwrap();
    assert_eq!((first.stream, &first.bytes[..]), (StdStream::Stdout, &b"first\n"[..]));
    let state = bench.engine.exec_state(&session.id).await.unwrap();
    assert_eq!((state.running, state.exit_code), (true, None));
    let long = vec![b'x'; 300_000];
    let writing = async {
        input.write_all(&long).await.unwrap();
        input.shutdown().await.unwrap();
    };
    let ((), rest) = tokio::join!(writing, all(session.output));
    assert_eq!(bytes_of(&rest, StdStream::Stdout).len(), long.len(), "the end of input ends it, after all");
    let state = bench.engine.exec_state(&session.id).await.unwrap();
    assert_eq!((state.running, state.exit_code), (false, Some(0)));
}

pub(super) async fn without_standard_input_it_reads_an_end(bench: &Bench) {
    let id = bench.idle("a").await;
    let session = bench.engine.exec(&id, &ExecRequest::new(["cat"])).await.unwrap();
    assert!(session.input.is_none());
    assert_eq!(all(session.output).await, []);
    assert_eq!(bench.engine.exec_state(&session.id).await.unwrap().exit_code, Some(0));
}

pub(super) async fn a_terminal_is_one_stream(bench: &Bench) {
    let id = bench.idle("a").await;
    let mut request = shell(scripts::BOTH_STREAMS);
    request.tty = Some(SIZE);
    let session = bench.engine.exec(&id, &request).await.unwrap();
    let output = all(session.output).await;
    assert!(output.iter().all(|piece| piece.stream == StdStream::Tty), "{output:?}");
    assert_eq!(bytes_of(&output, StdStream::Tty), b"out\r\nerr\r\n");
    assert_eq!(bench.engine.exec_state(&session.id).await.unwrap().exit_code, Some(7));
}

pub(super) async fn a_terminal_has_the_size_asked_for_and_is_resized(bench: &Bench) {
    let id = bench.idle("a").await;
    let mut request = shell(scripts::SIZE_WHEN_ASKED);
    request.stdin = true;
    request.tty = Some(TermSize { columns: 93, rows: 31 });
    for (resized, expected) in [(None, "31 93"), (Some(TermSize { columns: 201, rows: 57 }), "57 201")] {
        let mut session = bench.engine.exec(&id, &request).await.unwrap();
        if let Some(size) = resized {
            bench.engine.exec_resize(&session.id, size).await.unwrap();
        }
        session.input.as_mut().unwrap().write_all(b"go\n").await.unwrap();
        let output = all(session.output).await;
        let text = String::from_utf8(bytes_of(&output, StdStream::Tty)).unwrap();
        assert!(text.lines().any(|line| line.trim_end() == expected), "{expected:?} is not in {text:?}");
    }
}

pub(super) async fn terminal_output_may_begin_with_any_byte(bench: &Bench) {
    let id = bench.idle("a").await;
    for (script, expected) in scripts::FRAME_LIKE.iter().zip(["\0zero\r\n", "\u{1}one\r\n", "\u{2}two\r\n"]) {
        let mut request = shell(script);
        request.tty = Some(SIZE);
        let session = bench.engine.exec(&id, &request).await.unwrap();
        let output = bytes_of(&all(session.output).await, StdStream::Tty);
        assert_eq!(String::from_utf8(output).unwrap(), expected, "{script}");
    }
}

pub(super) async fn big_output_is_complete_and_in_order(bench: &Bench) {
    let id = bench.idle("a").await;
    let output = bench.engine.exec_collect(&id, &shell(scripts::BIG), 16 << 20).await.unwrap();
    // Not assert_eq!: nobody wants to read 8 MB of difference.
    assert_eq!(output.stdout.len(), numbers(1_200_000).len());
    assert!(output.stdout == numbers(1_200_000).as_bytes(), "the bytes are not those printed");
    assert_eq!(output.exit_code, 0);
}

pub(super) async fn collecting_stops_at_the_limit(bench: &Bench) {
    let id = bench.idle("a").await;
    let error = bench.engine.exec_collect(&id, &shell(scripts::LINES), 100).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TooLarge { limit: 100 }, "{error}");
}

pub(super) async fn a_stopped_container_runs_nothing(bench: &Bench) {
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    let error = bench.engine.exec(&id, &ExecRequest::new(["true"])).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotRunning, "{error}");
    let created = bench.created(&bench.spec("b", scripts::IDLE)).await;
    let error = bench.engine.exec(&created, &ExecRequest::new(["true"])).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotRunning, "{error}");
}

pub(super) async fn a_missing_command_is_told(bench: &Bench) {
    let id = bench.idle("a").await;
    match bench.engine.exec_collect(&id, &ExecRequest::new(["no-such-command"]), 1 << 16).await {
        Ok(output) => {
            assert!(matches!(output.exit_code, 126 | 127), "{output:?}");
            assert!(output.stdout_text().contains("no-such-command"), "{output:?}");
        }
        Err(error) => assert_eq!(*error.kind(), ErrorKind::CommandNotFound, "{error}"),
    }
    let mut spec = bench.spec("b", "");
    spec.command = vec!["no-such-command".to_owned(), "at all".to_owned()];
    let created = bench.created(&spec).await;
    let error = bench.engine.start(&created).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::CommandNotFound, "{error}");
    assert!(!bench.state(&created).await.is_alive());
}

pub(super) async fn an_empty_command_is_invalid(bench: &Bench) {
    let id = bench.idle("a").await;
    let error = bench.engine.exec(&id, &ExecRequest::default()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
}

pub(super) async fn a_dropped_session_leaves_the_command_running(bench: &Bench) {
    let id = bench.idle("a").await;
    let mut session = bench.engine.exec(&id, &shell(scripts::IDLE)).await.unwrap();
    let first = session.output.next().await.unwrap().unwrap();
    assert_eq!(&first.bytes[..], b"ready\n");
    let exec = session.id.clone();
    drop(session);
    bench.engine.top(&id).await.unwrap();
    assert!(bench.engine.exec_state(&exec).await.unwrap().running);
}

pub(super) async fn commands_end_with_their_container(bench: &Bench) {
    let id = bench.idle("a").await;
    let session = bench.engine.exec(&id, &shell(scripts::IDLE)).await.unwrap();
    bench.engine.kill(&id, &Signal::kill()).await.unwrap();
    // Some engines cut such a stream with an error, some end it: it must be over either way.
    let _ended: Vec<_> = session.output.collect().await;
    eventually("the command has ended or is forgotten", async || {
        match bench.engine.exec_state(&session.id).await {
            Ok(state) => (!state.running).then_some(()),
            Err(error) => error.is_not_found().then_some(()),
        }
    })
    .await;
}
