//! Docker Engine keeps every rule of the port.

use std::sync::Arc;

use smidr_console::engine::conformance::Bench as Rules;
use tokio::process::Command;

use crate::helpers::connect;
use crate::support::{Bench, unique};

async fn docker() -> Rules {
    let bench = Bench::get();
    let (host, image) = (bench.docker.clone(), bench.image.clone());
    let foreign = move |name: String| {
        let (host, image) = (host.clone(), image.clone());
        let making = async move {
            let made = Command::new("docker")
                .args(["--host", &host, "create", "--name", &name, &image, "sleep", "100000"])
                .output()
                .await
                .unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        };
        Box::pin(making) as _
    };
    Rules {
        engine: connect(&bench.docker).await,
        image: bench.image,
        prefix: unique("rule"),
        foreign: Arc::new(foreign),
    }
}

smidr_console::conformance_tests!([#[tokio::test] #[ignore = "needs the bench: run tests/run"]] docker);
