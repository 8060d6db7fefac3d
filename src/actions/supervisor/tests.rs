//! All in paused time: no test here waits.

use std::cell::Cell;
use std::sync::{Arc, Mutex};

use crate::engine::ErrorKind;

use super::*;

fn fails(kind: ErrorKind) -> EngineError {
    EngineError::new("test", kind)
}

fn limits(deadline: u64) -> Limits {
    Limits {
        slow: Some(Duration::from_secs(2)),
        deadline: Some(Duration::from_secs(deadline)),
        ..Limits::default()
    }
}

async fn unreached(_: Unsettled) -> Aftermath {
    panic!("the outcome is known: nothing to look at")
}

fn listened() -> (crate::actions::ProgressSink, Arc<Mutex<Vec<Progress>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = told.clone();
    (Arc::new(move |progress| sink.lock().unwrap().push(progress)), told)
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_done() {
    let supervisor = Supervisor::new();
    let report = supervisor.run(&supervisor.call(), Verb::Start, "a", || async { Ok(7) }, unreached).await;
    assert!(matches!(report.outcome, Outcome::Done(7)));
    assert_eq!((report.attempts, supervisor.running()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_again_and_says_how_often() {
    let supervisor = Supervisor::new();
    let (sink, told) = listened();
    let asked = Cell::new(0);
    let work = || {
        asked.set(asked.get() + 1);
        let result = if asked.get() < 3 { Err(fails(ErrorKind::Interrupted)) } else { Ok(asked.get()) };
        async move { result }
    };
    let report = supervisor.run(&supervisor.call().telling(sink), Verb::List, "", work, unreached).await;
    assert!(matches!(report.outcome, Outcome::Done(3)), "{report}");
    assert_eq!(report.attempts, 3);
    assert!(report.elapsed >= Duration::from_millis(150), "{:?}: it waited between them", report.elapsed);
    let told = told.lock().unwrap();
    assert!(matches!(
        &told[..],
        [Progress::Retrying { attempt: 1, .. }, Progress::Retrying { attempt: 2, .. }]
    ));
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded() {
    let supervisor = Supervisor::new();
    let work = || async { Err::<(), _>(fails(ErrorKind::Unreachable)) };
    let report = supervisor.run(&supervisor.call(), Verb::Ping, "", work, unreached).await;
    assert_eq!(report.attempts, 3);
    assert!(report.to_string().contains("tried 3 times"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_is_looked_at_not_repeated() {
    let supervisor = Supervisor::new();
    let work = || async { Err::<(), _>(fails(ErrorKind::Interrupted)) };
    let look = |why| async move {
        assert_eq!(why, Unsettled::Interrupted);
        Aftermath::Happened("it runs".into())
    };
    let report = supervisor.run(&supervisor.call(), Verb::Start, "a", work, look).await;
    assert_eq!(report.attempts, 1);
    assert_eq!(report.aftermath, Aftermath::Happened("it runs".into()));
}

#[tokio::test(start_paused = true)]
async fn silence_is_called_slow_and_ends_at_the_deadline() {
    let supervisor = Supervisor::new();
    let (sink, told) = listened();
    let call = supervisor.call().telling(sink).with_limits(limits(10));
    let look = |_| async { Aftermath::GoesOn("still at it".into()) };
    let report = supervisor.run(&call, Verb::Stop, "a", std::future::pending::<Result<()>>, look).await;
    assert!(matches!(report.outcome, Outcome::TimedOut));
    assert_eq!(report.elapsed, Duration::from_secs(10));
    let deadline = Some(Duration::from_secs(10));
    assert_eq!(*told.lock().unwrap(), [Progress::Slow { elapsed: Duration::from_secs(2), deadline }]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_covers_the_waits_between_attempts() {
    let supervisor = Supervisor::new();
    let call = supervisor.call().with_limits(Limits { attempts: u32::MAX, ..limits(10) });
    let work = || async { Err::<(), _>(fails(ErrorKind::Unreachable)) };
    let report = supervisor.run(&call, Verb::List, "", work, unreached).await;
    assert!(matches!(report.outcome, Outcome::Failed(_)), "the last error says more than the deadline");
    assert!(report.elapsed < Duration::from_secs(10), "{:?}", report.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_ends_it_and_the_request_is_dropped_before_the_look() {
    struct Request<'a>(&'a Cell<bool>);
    impl Drop for Request<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Cell::new(false);
    let supervisor = Supervisor::new();
    let call = supervisor.call();
    let cancel = call.cancel.clone();
    let work = || {
        let request = Request(&dropped);
        cancel.cancel();
        async move {
            let _request = request;
            std::future::pending::<Result<()>>().await
        }
    };
    let look = |_| async { Aftermath::DidNotHappen(format!("hung up: {}", dropped.get())) };
    let report = supervisor.run(&call, Verb::Pull, "a", work, look).await;
    assert!(matches!(report.outcome, Outcome::Cancelled));
    assert_eq!(report.aftermath, Aftermath::DidNotHappen("hung up: true".into()));
}

#[tokio::test(start_paused = true)]
async fn what_is_cancelled_beforehand_is_never_asked() {
    let supervisor = Supervisor::new();
    let call = supervisor.call();
    call.cancel.cancel();
    let work = || -> std::future::Ready<Result<()>> { panic!("asked") };
    let report = supervisor.run(&call, Verb::Create, "a", work, unreached).await;
    assert_eq!((report.attempts, report.aftermath), (0, Aftermath::NotBegun));
}

#[tokio::test(start_paused = true)]
async fn an_answer_wins_over_a_cancel_of_the_same_instant() {
    let supervisor = Supervisor::new();
    let call = supervisor.call();
    let cancel = call.cancel.clone();
    let work = || {
        let cancel = cancel.clone();
        async move {
            cancel.cancel();
            Ok(1)
        }
    };
    let report = supervisor.run(&call, Verb::Start, "a", work, unreached).await;
    assert!(matches!(report.outcome, Outcome::Done(1)));
}

#[tokio::test(start_paused = true)]
async fn the_look_afterwards_is_bounded_and_can_be_abandoned() {
    let supervisor = Supervisor::new();
    let call = supervisor.call().with_limits(limits(1));
    let hang = |_| std::future::pending::<Aftermath>();
    let begun = Instant::now();
    let report = supervisor.run(&call, Verb::Stop, "a", std::future::pending::<Result<()>>, hang).await;
    assert!(matches!(report.aftermath, Aftermath::Unknown(_)));
    assert_eq!(begun.elapsed(), Duration::from_secs(11), "the deadline and the ten seconds to settle");

    call.abandon.cancel();
    let begun = Instant::now();
    let report = supervisor.run(&call, Verb::Stop, "a", std::future::pending::<Result<()>>, hang).await;
    assert!(matches!(report.aftermath, Aftermath::Unknown(_)));
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn shutting_down_cancels_and_waits_for_what_is_under_way() {
    let supervisor = Supervisor::new();
    let running = {
        let supervisor = supervisor.clone();
        tokio::spawn(async move {
            let look = |_| async {
                tokio::time::sleep(Duration::from_secs(3)).await;
                Aftermath::Undone("tidied".into())
            };
            let call = supervisor.call();
            supervisor.run(&call, Verb::Exec, "a", std::future::pending::<Result<()>>, look).await
        })
    };
    tokio::task::yield_now().await;
    assert_eq!(supervisor.running(), 1);
    assert!(supervisor.shut_down(Duration::from_secs(5)).await);
    assert_eq!(running.await.unwrap().aftermath, Aftermath::Undone("tidied".into()));
    let late = supervisor.run(&supervisor.call(), Verb::List, "", || async { Ok(()) }, unreached).await;
    assert!(matches!(late.outcome, Outcome::Cancelled), "nothing begins after a shutdown");
}
