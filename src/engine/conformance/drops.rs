//! Futures that are dropped before their answer.

use std::time::Duration;

use super::bench::{Bench, eventually};
use super::scripts;
use crate::engine::{Change, ContainerState, ErrorKind, ListFilter, Signal, StopOptions, VolumeSpec};

/// Lets a future run for some early moment of its life and drops it.
async fn cut<F: Future>(random: &mut fastrand::Rng, future: F) {
    let moment = Duration::from_micros(random.u64(0..6000));
    let _ended = tokio::time::timeout(moment, future).await;
}

/// The same moments in every run, so that a failure can be seen again.
fn moments() -> fastrand::Rng {
    fastrand::Rng::with_seed(20)
}

pub(super) async fn a_dropped_create_is_found_or_made_again(bench: &Bench) {
    let mut random = moments();
    for round in 0..20 {
        let spec = bench.spec(&format!("c{round}"), scripts::IDLE);
        cut(&mut random, bench.engine.create(&spec)).await;
        // The name may be taken by what is still being made.
        let made = eventually("it is found or made", async || match bench.engine.create(&spec).await {
            Ok(made) => Some(made),
            Err(error) if error.is_retryable() => None,
            Err(error) => panic!("{error}"),
        })
        .await;
        let again = bench.engine.create(&spec).await.unwrap();
        assert_eq!((&again.id, again.change), (&made.id, Change::AlreadySo));
        let filter = ListFilter { name: Some(spec.name.clone()), ..ListFilter::default() };
        let same: Vec<_> = bench.engine.list(&filter).await.unwrap();
        assert_eq!(same.iter().filter(|container| container.name == spec.name).count(), 1, "{same:?}");
    }
    for round in 0..10 {
        let spec = VolumeSpec::new(bench.name(&format!("v{round}")));
        cut(&mut random, bench.engine.create_volume(&spec)).await;
        assert_eq!(bench.engine.create_volume(&spec).await.unwrap().0.name, spec.name);
    }
}

pub(super) async fn a_dropped_stop_goes_on(bench: &Bench) {
    let id = bench.running("a", scripts::STUBBORN).await;
    let options = StopOptions { signal: None, grace: Duration::from_secs(1) };
    let waited = tokio::time::timeout(Duration::from_millis(300), bench.engine.stop(&id, &options)).await;
    assert!(waited.is_err(), "it takes no notice of TERM: {waited:?}");
    eventually("the engine has ended it all the same", async || {
        (bench.details(&id).await.exit_code == Some(137)).then_some(())
    })
    .await;
}

pub(super) async fn dropped_requests_leave_the_state_consistent(bench: &Bench) {
    let mut random = moments();
    let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
    for _ in 0..10 {
        cut(&mut random, bench.engine.start(&id)).await;
        cut(&mut random, bench.engine.inspect(&id)).await;
        cut(&mut random, bench.engine.kill(&id, &Signal::kill())).await;
        let filter = ListFilter { name: Some(bench.name("a")), ..ListFilter::default() };
        assert_eq!(bench.engine.list(&filter).await.unwrap().len(), 1);
    }
    // Whatever was begun has ended at some time: from then on it answers as any other.
    eventually("it starts", async || match bench.engine.start(&id).await {
        Ok(_) => (bench.state(&id).await == ContainerState::Running).then_some(()),
        Err(error) => {
            let passing = matches!(error.kind(), ErrorKind::Busy | ErrorKind::Conflict);
            assert!(passing || error.is_retryable(), "{error}");
            None
        }
    })
    .await;
    eventually("it ends", async || {
        bench.engine.kill(&id, &Signal::kill()).await.unwrap();
        (bench.state(&id).await == ContainerState::Exited).then_some(())
    })
    .await;
    assert_eq!(bench.details(&id).await.exit_code, Some(137));
}
