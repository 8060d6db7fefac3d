//! Pulls from real registries on loopback. Each test has an image of its own.

use std::time::Duration;

use smidr_console::actions::{Aftermath, Outcome};
use smidr_console::engine::credentials::{self, Credentials, Secret};
use smidr_console::engine::{ContainerManagerExt, ErrorKind, PullRequest};

use crate::helpers::supervised;
use crate::support::{Bench, Fault, FlakyRegistry, wait_until};

/// The part of a bench image's name behind its registry.
fn name(bench: &Bench, which: usize) -> String {
    bench.pull_images[which].clone()
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_image_is_fetched_with_its_progress_and_removed() {
    let bench = Bench::get();
    let on = supervised().await;
    let reference = format!("{}/{}", bench.registry, name(&bench, 0));
    assert!(!on.engine.image_exists(&reference).await.unwrap());
    let told = std::sync::Mutex::new(Vec::new());
    let each = |event: smidr_console::engine::PullEvent| told.lock().unwrap().push(event);
    let report = on.pull(&on.supervisor.call(), &PullRequest::new(&reference), each).await;
    assert!(matches!(report.outcome, Outcome::Done(())), "{report}");
    let told = told.into_inner().unwrap();
    assert!(told.iter().any(|event| event.layer.is_some() && event.status == "Pull complete"), "{told:?}");
    assert!(on.engine.image_exists(&reference).await.unwrap());
    assert!(!on.engine.remove_image(&reference, false).await.unwrap().is_empty());
    assert!(!on.engine.image_exists(&reference).await.unwrap());
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn credentials_come_from_the_docker_config() {
    let bench = Bench::get();
    let on = supervised().await;
    let reference = format!("{}/{}", bench.registry_auth, name(&bench, 1));
    let mut request = PullRequest::new(&reference);
    let refused = on.pull(&on.supervisor.call(), &request, |_| ()).await;
    let Outcome::Failed(error) = &refused.outcome else { panic!("{refused}") };
    assert_eq!((error.kind(), refused.attempts), (&ErrorKind::Unauthorized, 1), "{error}");

    let wrong = Secret::Password { username: bench.registry_user.clone(), password: "wrong".into() };
    request.credentials = Some(Credentials { registry: bench.registry_auth.clone(), secret: wrong });
    let refused = on.pull(&on.supervisor.call(), &request, |_| ()).await;
    let Outcome::Failed(error) = &refused.outcome else { panic!("{refused}") };
    assert_eq!(*error.kind(), ErrorKind::Unauthorized, "{error}");

    request.credentials = credentials::from_docker_config(&bench.docker_config, &reference).await.unwrap();
    assert!(request.credentials.is_some());
    let report = on.pull(&on.supervisor.call(), &request, |_| ()).await;
    assert!(matches!(report.outcome, Outcome::Done(())), "{report}");
    on.engine.remove_image(&reference, false).await.unwrap();
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_absent_image_is_not_asked_for_twice() {
    let bench = Bench::get();
    let on = supervised().await;
    for absent in ["smidr-test/absent:1", "smidr-test/pull-a:no-such-tag"] {
        let reference = format!("{}/{absent}", bench.registry);
        let report = on.pull(&on.supervisor.call(), &PullRequest::new(&reference), |_| ()).await;
        let Outcome::Failed(error) = &report.outcome else { panic!("{report}") };
        assert_eq!((error.kind(), report.attempts), (&ErrorKind::NotFound, 1), "{error}");
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_registry_that_fails_twice_is_asked_again() {
    let bench = Bench::get();
    let on = supervised().await;
    // The engine makes up for two failures by itself, and ends the pull at the third.
    for failures in [2, 4] {
        let flaky = FlakyRegistry::before(&bench.registry, Fault::Unavailable(failures)).await;
        let reference = format!("{}/{}", flaky.address(), name(&bench, 2));
        let report = on.pull(&on.supervisor.call(), &PullRequest::new(&reference), |_| ()).await;
        assert!(matches!(report.outcome, Outcome::Done(())), "{report}");
        assert_eq!((flaky.failed(), report.attempts > 1), (failures, failures > 2), "{report}");
        on.engine.remove_image(&reference, false).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_cancelled_pull_leaves_no_image_and_ends_in_the_engine() {
    let bench = Bench::get();
    let on = supervised().await;
    let silent = FlakyRegistry::before(&bench.registry, Fault::StallAfter(2_000)).await;
    let reference = format!("{}/{}", silent.address(), name(&bench, 3));
    let call = on.supervisor.call();
    let cancel = async {
        wait_until("the registry is asked", Duration::from_secs(10), async || silent.passed() > 0).await;
        call.cancel.cancel();
    };
    let request = PullRequest::new(&reference);
    let (report, ()) = tokio::join!(on.pull(&call, &request, |_| ()), cancel);
    assert!(matches!(report.outcome, Outcome::Cancelled), "{report}");
    assert!(matches!(report.aftermath, Aftermath::DidNotHappen(_)), "{report}");
    assert!(!on.engine.image_exists(&reference).await.unwrap());
}
