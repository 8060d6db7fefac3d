//! What the verbs answer, on one engine and on several.

use serde_json::json;

use super::{call, call_words};
use crate::actions::Supervisor;
use crate::cli::connect::Engine;
use crate::cli::test_support::{silent, simulated};

const HERE: &str = "
images: [{reference: 'debian:12', size: 100 MiB}]
registry: [{image: {reference: 'yocto:1'}, layers: [{id: aaa, size: 10 MiB, takes: 1s}]}]
volumes: [{name: sstate, size: 41 GiB}, {name: shared}]
programs: [{command: sleep 1000, exit: {never: true}}]
containers:
  - {name: yocto-a, image: 'debian:12', state: running, started_ago: 3h,
     mounts: [{source: sstate, target: /sstate}]}
  - {name: yocto-b, image: 'debian:12', state: exited}
  - {name: both, image: 'debian:12', state: running}
";

const THERE: &str = "
images: [{reference: 'debian:12'}]
volumes: [{name: shared}]
containers:
  - {name: far, image: 'debian:12', state: running}
  - {name: both, image: 'debian:12', state: running}
";

fn one(supervisor: &Supervisor) -> Vec<Engine> {
    vec![simulated(supervisor, "unix:///run/here.sock", HERE)]
}

fn two(supervisor: &Supervisor) -> Vec<Engine> {
    let there = simulated(supervisor, "unix:///run/there.sock", THERE);
    one(supervisor).into_iter().chain([there]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_list_shows_what_runs_and_all_when_asked() {
    let running = call("ps", one).await;
    assert!(running.out.contains("yocto-a") && !running.out.contains("yocto-b"), "{}", running.out);
    assert!(!running.out.contains("ENGINE"), "{}", running.out);
    let all = call("ps --all --json", one).await.json();
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(all[0]["engine"], "unix:///run/here.sock");
    let none = call("ps --name nothing", one).await;
    assert_eq!((none.exit, none.out.as_str()), (0, ""));
    assert!(none.err.contains("--all"), "{}", none.err);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_several_engines_names_them() {
    let list = call("ps", two).await;
    assert!(
        list.out.contains("ENGINE") && list.out.contains("docker unix:///run/there.sock"),
        "{}",
        list.out
    );
    assert!(list.out.contains("far"), "{}", list.out);
    let ids = call("ps -q", two).await;
    assert_eq!(ids.out.lines().count(), 4, "{}", ids.out);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_looked_up_on_every_engine() {
    let far = call("stop far", two).await;
    assert_eq!((far.exit, far.out.as_str()), (0, "far: stopped\n"), "{}", far.err);
    let both = call("stop both", two).await;
    assert_eq!(both.exit, 2);
    assert!(both.err.contains("several engines have both") && both.err.contains("--host"), "{}", both.err);
    let missing = call("stop nowhere", two).await;
    assert_eq!(missing.exit, 4, "{}", missing.err);
    assert!(missing.err.contains("no such container"), "{}", missing.err);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_hangs_keeps_nobody_from_the_others() {
    let with_hung = |supervisor: &Supervisor| {
        one(supervisor).into_iter().chain([silent(supervisor, "unix:///run/hung.sock")]).collect()
    };
    let list = call("ps", with_hung).await;
    assert!(list.out.contains("yocto-a"), "{}", list.out);
    assert_eq!(list.exit, 124, "what is missing is told: {}", list.err);
    assert!(list.err.contains("hung.sock"), "{}", list.err);
    let stopped = call("stop yocto-a", with_hung).await;
    assert_eq!((stopped.exit, stopped.out.as_str()), (0, "yocto-a: stopped\n"), "{}", stopped.err);
}

#[tokio::test(start_paused = true)]
async fn several_objects_have_a_result_each_and_the_worst_is_the_exit_code() {
    let stopped = call("stop yocto-b nowhere yocto-a yocto-a", one).await;
    assert_eq!(stopped.exit, 4);
    let mut lines: Vec<&str> = stopped.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["yocto-a: stopped", "yocto-b: was not running"]);
    let json = call("stop yocto-b nowhere yocto-a --json", one).await;
    let results = json.json();
    let part = |field: &str| -> Vec<_> {
        results.as_array().unwrap().iter().map(|one| one[field].clone()).collect()
    };
    assert_eq!(part("object"), ["yocto-b", "nowhere", "yocto-a"]);
    assert_eq!(part("outcome"), ["done", "failed", "done"]);
    assert_eq!(part("change"), [json!("already-so"), json!(null), json!("made")]);
    assert_eq!(results[1]["error"]["kind"], "not-found");
    assert!(json.err.starts_with(r#"{"error":"#), "{}", json.err);
    let quiet = call("-q stop yocto-a", one).await;
    assert_eq!((quiet.exit, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
}

#[tokio::test(start_paused = true)]
async fn create_fetches_makes_and_starts_and_finds_it_again() {
    let words =
        ["create", "--name=yocto-new", "--start", "--json", "--memory=1g", "yocto:1", "sleep", "1000"];
    let made = call_words(&words, one).await;
    assert_eq!(made.exit, 0, "{}", made.err);
    let json = made.json();
    assert_eq!((&json["change"], &json["started"]), (&json!("made"), &json!(true)));
    assert_eq!((&json["name"], &json["engine"]), (&json!("yocto-new"), &json!("unix:///run/here.sock")));
    let never = call("create --name=yocto-new --pull=never yocto:1", one).await;
    assert_eq!(never.exit, 4, "{}", never.err);
    let taken = call("create --name=yocto-a debian:12", one).await;
    assert_eq!(taken.exit, 5, "{}", taken.err);
}

#[tokio::test(start_paused = true)]
async fn with_several_engines_the_first_gets_what_is_made_and_is_named() {
    let made = call("volume create dl", two).await;
    assert_eq!((made.exit, made.out.as_str()), (0, "dl\n"));
    assert!(made.err.contains("/run/here.sock") && made.err.contains("--host"), "{}", made.err);
}

#[tokio::test(start_paused = true)]
async fn a_pull_tells_each_layer() {
    let pulled = call("pull yocto:1", one).await;
    assert_eq!((pulled.exit, pulled.out.as_str()), (0, "yocto:1\n"), "{}", pulled.err);
    assert!(pulled.err.contains("aaa: "), "{}", pulled.err);
    let json = call("pull yocto:1 --json", one).await;
    let events: Vec<serde_json::Value> =
        json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(
        events.iter().any(|event| event["layer"] == "aaa" && event["image"] == "yocto:1"),
        "{}",
        json.out
    );
    assert_eq!(call("pull nosuch:1", one).await.exit, 4);
    assert_eq!(call("-q pull yocto:1", one).await.err, "");
}

#[tokio::test(start_paused = true)]
async fn a_volume_in_use_names_its_users() {
    let list = call("volume ls -q", one).await;
    assert_eq!(list.out, "shared\nsstate\n");
    let shown = call("volume inspect sstate --json", one).await.json();
    assert_eq!(shown[0]["users"], json!(["yocto-a"]));
    let removed = call("volume rm sstate", one).await;
    assert_eq!(removed.exit, 5);
    assert!(removed.err.contains("yocto-a"), "{}", removed.err);
    assert_eq!(call("volume rm shared", one).await.out, "shared: removed\n");
}

#[tokio::test(start_paused = true)]
async fn what_is_listed_can_be_read_by_machines() {
    for line in ["images", "stats", "df", "volume ls", "ps -a", "inspect yocto-a yocto-b"] {
        let called = call(&format!("{line} --json"), one).await;
        assert_eq!(called.exit, 0, "{line}: {}", called.err);
        let json = called.json();
        let items = json.as_array().unwrap();
        assert!(!items.is_empty(), "{line}");
        assert!(items.iter().all(|item| item["engine"] == "unix:///run/here.sock"), "{line}: {json}");
    }
    let top = call("top yocto-a --json", one).await.json();
    assert_eq!(top["container"], "yocto-a");
}

#[tokio::test(start_paused = true)]
async fn text_from_an_engine_cannot_act_on_the_terminal() {
    let hostile = |supervisor: &Supervisor| {
        let scene = r#"
images: [{reference: 'debian:12'}]
containers: [{name: "yocto", image: 'debian:12', command: ["a\e[2Jb"], state: running, labels: {x: "\e]0;t\a"}}]
"#;
        vec![simulated(supervisor, "unix:///run/here.sock", scene)]
    };
    for line in ["ps", "inspect yocto", "stop no\u{1b}[2Jsuch", "top yocto"] {
        let called = call(line, hostile).await;
        assert!(!called.out.contains(['\u{1b}', '\u{7}']), "{line}: {:?}", called.out);
        assert!(!called.err.contains(['\u{1b}', '\u{7}']), "{line}: {:?}", called.err);
    }
}
