//! Following the logs of a real engine.

use std::sync::Arc;

use super::logs::{Followed, follow_by, numbered, whole};
use crate::app::connect::open_any;
use crate::engine::discovery::{Environment, candidates};
use crate::engine::{ContainerManager, ContainerSpec, RemoveOptions};
use crate::logs::LineKind;
use crate::ui::{ContainerKey, EngineId};

/// A container of the bench's Docker.
struct Printing {
    engine: Arc<dyn ContainerManager>,
    key: ContainerKey,
}

impl Printing {
    async fn start(name: &str, script: &str) -> Self {
        let variable =
            |name: &str| std::env::var(name).expect("this needs the bench: run it with `tests/run NAME`");
        let endpoint = candidate().endpoint.unwrap();
        let engine = open_any(endpoint).await.unwrap().manager;
        let name = format!("follow-{name}-{}", std::process::id());
        let mut spec = ContainerSpec::new(name, variable("SMIDR_BENCH_IMAGE"));
        spec.entrypoint = Some(vec!["/bin/sh".into(), "-c".into()]);
        spec.command = vec![script.into()];
        spec.network = Some("none".into());
        let id = engine.create(&spec).await.unwrap().id;
        engine.start(&id).await.unwrap();
        Self { engine, key: ContainerKey { engine: EngineId(0), id } }
    }

    async fn followed(&self) -> Followed {
        follow_by(Arc::new(|endpoint| Box::pin(open_any(endpoint))), candidate(), self.key.clone()).await
    }

    async fn end(self) {
        self.engine
            .remove(&self.key.id, RemoveOptions { force: true, ..RemoveOptions::default() })
            .await
            .unwrap();
    }
}

fn candidate() -> crate::engine::discovery::Candidate {
    let host =
        std::env::var("SMIDR_BENCH_DOCKER").expect("this needs the bench: run it with `tests/run NAME`");
    candidates(&[host], &Environment::from_process()).remove(0)
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_whole_of_a_log_of_docker_is_read_while_more_is_printed() {
    let script = "seq 200000 | sed 's/^/early /'; echo begun; sleep 2; \
                  i=1; while [ $i -le 300 ]; do echo live $i; i=$((i + 1)); sleep 0.01; done; sleep 600";
    let printing = Printing::start("whole", script).await;
    let begun = printing.followed().await;
    begun.until_line("begun").await;
    drop(begun);
    let log = printing.followed().await;
    let started = std::time::Instant::now();
    numbered(&whole(&log).await, "early", 200_000);
    println!("200 000 lines after {:?}", started.elapsed());
    let lines = log.until_line("live 300\"").await;
    numbered(&lines, "live", 300);
    assert_eq!(lines.len(), 200_301);
    assert_eq!(log.lines(LineKind::Remark), [""; 0]);
    printing.end().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn both_streams_of_a_container_are_whole_wherever_the_end_of_its_log_begins() {
    let script = "seq 30000 | sed 's/^/out /' & seq 30000 | sed 's/^/err /' >&2; wait; echo done; sleep 600";
    let printing = Printing::start("both", script).await;
    let log = printing.followed().await;
    log.until_line("done").await;
    for log in [log, printing.followed().await] {
        let lines = whole(&log).await;
        numbered(&lines, "out", 30_000);
        numbered(&lines, "err", 30_000);
        assert_eq!(lines.len(), 60_001);
    }
    printing.end().await;
}
