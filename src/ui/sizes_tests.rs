//! Every dialog and every tab, at the sizes people have.

use super::test_builds::{ended, tell, whole};
use super::test_sessions::{session, session_ended};
use super::test_support::{Stage, key};
use super::{ContainerNews, Message};

/// What is opened where yocto-a has a build with failed tasks.
const BUILD: &[(&str, &str)] = &[("tab_build", "B"), ("tab_build_log", "B enter"), ("tab_task_log", "E")];

/// What is opened, and the keys that open it from the list of containers or of volumes.
const CONTAINER: &[(&str, &str)] = &[
    ("stop", "s"),
    ("restart", "r"),
    ("kill", "K"),
    ("remove", "D"),
    ("rename", "R"),
    ("create", "N"),
    ("pull", "P"),
    ("cleanup", "c"),
    ("exec", "e"),
    ("help", "?"),
    ("palette", ":"),
    ("history", "H"),
    ("engines", "I"),
    ("tab_log", "enter"),
    ("tab_stats", "enter ]"),
    ("tab_inspect", "enter ] ]"),
    ("tab_processes", "enter ] ] ]"),
];
/// What is opened where yocto-a has sessions, one of which runs.
const SESSION: &[(&str, &str)] = &[
    ("tab_session", "enter ] ]"),
    ("end_session", "enter ] ] ctrl-c"),
    ("forget_session", "enter ] D"),
    ("build", "b"),
];
const VOLUME: &[(&str, &str)] = &[("volume_inspect", "i"), ("volume_create", "N"), ("volume_remove", "D")];

fn at(width: u16, height: u16) -> String {
    let mut all = String::new();
    let mut add = |name: &str, stage: &Stage| all.extend(["== ", name, "\n", &stage.draw(), "\n"]);
    for (name, keys) in CONTAINER {
        let mut stage = Stage::new(width, height);
        stage.on("yocto-a").keys(keys);
        add(name, &stage);
    }
    for (name, keys) in BUILD {
        let mut stage = Stage::new(width, height);
        stage.on("yocto-a");
        tell(&mut stage, "yocto-a", ended(whole("b-nontty-failure-k.raw")));
        stage.keys(keys);
        add(name, &stage);
    }
    for (name, keys) in SESSION {
        let mut stage = Stage::new(width, height);
        let found = vec![session_ended("d-1", "make world", 2), session("d-2", "make modules")];
        stage.tell(Message::Container(key("yocto-a"), ContainerNews::Sessions(found)));
        stage.on("yocto-a").keys(keys);
        add(name, &stage);
    }
    for (name, keys) in VOLUME {
        let mut stage = Stage::new(width, height);
        stage.on_volume("build-b").keys(keys);
        add(name, &stage);
    }
    all
}

#[test]
fn every_dialog_and_tab_at_every_usual_size() {
    for (width, height) in [(80, 24), (120, 40), (200, 50), (20, 5)] {
        insta::assert_snapshot!(format!("all_{width}x{height}"), at(width, height));
    }
}
