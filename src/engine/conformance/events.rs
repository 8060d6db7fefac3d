//! What happens at the engine.

use futures_util::StreamExt;

use super::bench::Bench;
use super::scripts;
use crate::engine::{EventFilter, EventObject, Feature, RemoveOptions};

pub(super) async fn a_life_is_told_in_order(bench: &Bench) {
    if !bench.can(Feature::Events).await {
        return;
    }
    // The engine's own clock says from when: ours may differ.
    let before = bench.created(&bench.spec("before", scripts::IDLE)).await;
    let since = bench.details(&before).await.created;
    let (id, _) = bench.ended("a", scripts::BOTH_STREAMS).await;
    bench.engine.remove(&id, RemoveOptions::default()).await.unwrap();

    let mut events = bench.engine.events(&EventFilter { since });
    let mut told = Vec::new();
    while told.last().is_none_or(|action| action != "remove") {
        let event = events.next().await.unwrap().unwrap();
        if event.id != id.as_str() {
            continue;
        }
        assert_eq!(event.object, EventObject::Container);
        assert_eq!(event.attributes.get("name"), Some(&bench.name("a")), "{event:?}");
        assert!(event.time.is_some());
        if event.action == "die" {
            assert_eq!(event.attributes.get("exitCode").map(String::as_str), Some("7"), "{event:?}");
        }
        told.push(event.action);
    }
    told.retain(|action| ["create", "start", "die", "remove"].contains(&action.as_str()));
    assert_eq!(told, ["create", "start", "die", "remove"]);
}

pub(super) async fn what_happens_from_now_on_is_heard(bench: &Bench) {
    if !bench.can(Feature::Events).await {
        return;
    }
    let mut events = bench.engine.events(&EventFilter::default());
    let hearing = async {
        loop {
            let event = events.next().await.unwrap().unwrap();
            if event.attributes.get("name").is_some_and(|name| name.starts_with(&bench.prefix)) {
                return event.action;
            }
        }
    };
    // From when on the engine listens is not told, so something happens again and again.
    let happening = async {
        loop {
            let id = bench.created(&bench.spec("a", scripts::IDLE)).await;
            bench.engine.remove(&id, RemoveOptions::default()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let heard = tokio::select! { heard = hearing => heard, () = happening => unreachable!() };
    assert!(["create", "remove"].contains(&heard.as_str()), "{heard}");
}
