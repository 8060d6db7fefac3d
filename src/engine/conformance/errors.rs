//! What is not there.

use futures_util::StreamExt;

use super::bench::Bench;
use super::streams::archive;
use crate::engine::{
    ContainerId, EngineError, ExecId, ExecRequest, LogsRequest, ObjectKind, Signal, StopOptions, TermSize,
    WaitFor,
};

pub(super) async fn an_unknown_container_is_not_found(bench: &Bench) {
    let engine = &bench.engine;
    let unknown = ContainerId::from(bench.name("never"));
    let options = StopOptions::default();
    let answers: Vec<(&str, Option<EngineError>)> = vec![
        ("inspect", engine.inspect(&unknown).await.err()),
        ("start", engine.start(&unknown).await.err()),
        ("stop", engine.stop(&unknown, &options).await.err()),
        ("kill", engine.kill(&unknown, &Signal::kill()).await.err()),
        ("restart", engine.restart(&unknown, &options).await.err()),
        ("pause", engine.pause(&unknown).await.err()),
        ("unpause", engine.unpause(&unknown).await.err()),
        ("wait", engine.wait(&unknown, WaitFor::NotRunning).await.err()),
        ("wait for the next exit", engine.wait(&unknown, WaitFor::NextExit).await.err()),
        ("wait for its removal", engine.wait(&unknown, WaitFor::Removed).await.err()),
        ("rename", engine.rename(&unknown, &bench.name("other")).await.err()),
        ("top", engine.top(&unknown).await.err()),
        ("exec", engine.exec(&unknown, &ExecRequest::new(["true"])).await.err()),
        ("logs", engine.logs(&unknown, &LogsRequest::default()).next().await.unwrap().err()),
        ("stats", engine.stats(&unknown, false).next().await.unwrap().err()),
        ("follow stats", engine.stats(&unknown, true).next().await.unwrap().err()),
        ("stat", engine.stat(&unknown, "/tmp").await.err()),
        ("copy out", engine.copy_out(&unknown, "/tmp").next().await.unwrap().err()),
        ("copy in", engine.copy_in(&unknown, "/tmp", archive(&[("x", b"x")])).await.err()),
    ];
    for (method, error) in answers {
        let error = error.unwrap_or_else(|| panic!("{method} of what is not there went well"));
        assert!(error.is_not_found(), "{method}: {error}");
        assert!(!error.is_retryable(), "{method}: {error}");
        assert!(error.to_string().contains(unknown.as_str()), "{method} does not say of what: {error}");
    }
}

pub(super) async fn an_unknown_exec_is_not_found(bench: &Bench) {
    let unknown = ExecId::new("0123456789abcdef".repeat(4));
    let state = bench.engine.exec_state(&unknown).await.unwrap_err();
    assert!(state.is_not_found(), "{state}");
    let size = TermSize { columns: 80, rows: 24 };
    let resize = bench.engine.exec_resize(&unknown, size).await.unwrap_err();
    assert!(resize.is_not_found(), "{resize}");
}

pub(super) async fn errors_name_what_they_are_about(bench: &Bench) {
    let volume = bench.engine.inspect_volume(&bench.name("never")).await.unwrap_err();
    assert_eq!(volume.object(), Some((ObjectKind::Volume, bench.name("never").as_str())), "{volume}");
    let image = bench.engine.inspect_image("smidr.invalid/never:1").await.unwrap_err();
    assert_eq!(image.object(), Some((ObjectKind::Image, "smidr.invalid/never:1")), "{image}");
    let container = bench.engine.start(&bench.name("never").into()).await.unwrap_err();
    assert_eq!(
        container.object(),
        Some((ObjectKind::Container, bench.name("never").as_str())),
        "{container}"
    );
}
