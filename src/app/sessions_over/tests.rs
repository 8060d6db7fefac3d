use std::time::Duration;

use super::*;
use crate::actions::Aftermath;

fn told(forgotten: &[(&str, bool, Option<&str>)]) -> Report<Vec<Forgotten>> {
    let told = forgotten.iter().map(|(id, removed, why)| Forgotten {
        id: (*id).to_owned(),
        removed: *removed,
        missing: *why == Some("there is no such session"),
        why: why.map(str::to_owned),
    });
    Report {
        verb: Verb::Exec,
        object: "c".into(),
        outcome: Outcome::Done(told.collect()),
        aftermath: Aftermath::Clear,
        attempts: 1,
        elapsed: Duration::ZERO,
        deadline: None,
    }
}

fn became(told: &Report<Vec<Forgotten>>, id: &str) -> ItemReport {
    let item = Item {
        id: ItemId { kind: ItemKind::Session, id: format!("c /var/tmp/s/records/{id}") },
        name: id.into(),
        state: None,
        size: Some(1),
        created: None,
        ended: None,
        protected: None,
    };
    ItemReport { item, ending: Ending::Asked(of_one(told, "c", &SessionId::parse(id).unwrap())) }
}

#[test]
fn what_is_removed_is_removed_and_what_runs_stays_and_says_so() {
    let told = told(&[("d-1", true, None), ("d-2", false, Some("it runs"))]);
    assert_eq!(became(&told, "d-1").word(), "removed");
    let stays = became(&told, "d-2");
    assert!(!stays.is_gone() && stays.sentence().unwrap().contains("it runs"), "{stays:?}");
}

#[test]
fn one_that_somebody_else_has_removed_is_gone() {
    let told = told(&[("d-1", false, Some("there is no such session"))]);
    assert_eq!(became(&told, "d-1").word(), "gone");
}

#[test]
fn one_that_nothing_was_said_of_is_not_called_gone() {
    let told = told(&[("d-1", true, None)]);
    let unknown = became(&told, "d-2");
    assert!(!unknown.is_gone() && unknown.sentence().unwrap().contains("not known"), "{unknown:?}");
}

#[test]
fn a_plan_says_where_a_session_is_kept() {
    let item = became(&told(&[]), "d-1").item;
    let (place, id) = place(&item).unwrap();
    assert_eq!((place, id.as_str()), (("c", "/var/tmp/s"), "d-1"));
}
