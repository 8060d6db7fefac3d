//! Making containers: once, as specified, and never over something else.

use super::bench::{Bench, bind_at, volume_at};
use super::scripts;
use crate::engine::{
    Change, ContainerId, ContainerManagerExt, ContainerSpec, CpuCount, ErrorKind, ExecRequest, Feature,
    LogStreams, ObjectKind, RemoveOptions, Tmpfs, labels,
};

pub(super) async fn create_is_idempotent(bench: &Bench) {
    let spec = bench.spec("a", scripts::IDLE);
    let first = bench.engine.create(&spec).await.unwrap();
    assert_eq!(first.change, Change::Made);
    let second = bench.engine.create(&spec).await.unwrap();
    assert_eq!((&second.id, second.change), (&first.id, Change::AlreadySo));
    bench.engine.start(&first.id).await.unwrap();
    let third = bench.engine.create(&spec).await.unwrap();
    assert_eq!((&third.id, third.change), (&first.id, Change::AlreadySo), "whatever its state");
    let details = bench.details(&first.id).await;
    assert_eq!((details.name, details.image), (bench.name("a"), bench.image.clone()));
    assert!(labels::is_managed(&details.labels), "{:?}", details.labels);
}

pub(super) async fn create_names_the_fields_that_differ(bench: &Bench) {
    let mut spec = bench.spec("a", scripts::IDLE);
    let id = bench.created(&spec).await;
    spec.env = vec!["MACHINE=qemux86-64".to_owned()];
    spec.working_dir = Some("/tmp".to_owned());
    let error = bench.engine.create(&spec).await.unwrap_err();
    let ErrorKind::SpecMismatch { existing, mut fields } = error.kind().clone() else { panic!("{error}") };
    fields.sort();
    assert_eq!(fields, ["env", "working_dir"]);
    assert_eq!(existing, id.as_str());
}

pub(super) async fn create_leaves_a_foreign_name_alone(bench: &Bench) {
    let spec = bench.spec("foreign", scripts::IDLE);
    (bench.foreign)(spec.name.clone()).await;
    let theirs = bench.details(&ContainerId::from(spec.name.as_str())).await;
    assert!(!labels::is_managed(&theirs.labels));
    let error = bench.engine.create(&spec).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NameTaken { by: Some(theirs.id.clone()) }, "{error}");
    assert_eq!(bench.details(&theirs.id).await.name, spec.name);
}

pub(super) async fn create_refuses_an_invalid_specification(bench: &Bench) {
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.env = vec!["=nameless".to_owned()];
    let error = bench.engine.create(&spec).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    let missing = bench.engine.inspect(&spec.name.into()).await.unwrap_err();
    assert!(missing.is_not_found(), "nothing was made: {missing}");
}

/// Only an engine of this machine can be asked: of another we do not know the directories.
pub(super) async fn create_refuses_a_missing_bind_source(bench: &Bench) {
    if !bench.is_local() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let absent = directory.path().join("absent");
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.mounts = vec![bind_at(directory.path(), "/there", false), bind_at(&absent, "/absent", false)];
    let error = bench.engine.create(&spec).await.unwrap_err();
    let paths = vec![absent.display().to_string()];
    assert_eq!(*error.kind(), ErrorKind::MissingMountSource { paths }, "{error}");
    assert!(bench.engine.inspect(&spec.name.into()).await.unwrap_err().is_not_found());
    assert!(!absent.exists(), "the engine must not make it either");
}

pub(super) async fn create_needs_the_image(bench: &Bench) {
    let spec = ContainerSpec::new(bench.name("a"), "smidr.invalid/no/such-image:1");
    let error = bench.engine.create(&spec).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.object().map(|(kind, _)| kind), Some(ObjectKind::Image), "{error}");
}

pub(super) async fn a_single_string_runs_through_the_shell(bench: &Bench) {
    let (id, status) = bench.ended("a", scripts::BOTH_STREAMS).await;
    assert_eq!(status.code, 7);
    let details = bench.details(&id).await;
    assert_eq!(details.entrypoint, ["/bin/sh", "-c"]);
    assert_eq!(details.command, [scripts::BOTH_STREAMS]);
}

pub(super) async fn a_longer_command_keeps_the_images_entry_point(bench: &Bench) {
    let mut spec = bench.spec("a", "");
    spec.command = vec!["echo".to_owned(), "two words; $HOME".to_owned()];
    let (id, status) = bench.ended_from(&spec).await;
    assert_eq!(status.code, 0);
    assert_eq!(bench.log(&id, LogStreams::Both).await, "two words; $HOME\n", "no shell has read it");
    let details = bench.details(&id).await;
    assert_eq!(details.entrypoint, [""; 0]);
    assert_eq!(details.command, spec.command);
}

pub(super) async fn an_explicit_entry_point_is_used_as_given(bench: &Bench) {
    let mut spec = bench.spec("a", "one string");
    spec.entrypoint = Some(vec!["echo".to_owned(), "given".to_owned()]);
    let (id, _) = bench.ended_from(&spec).await;
    assert_eq!(bench.log(&id, LogStreams::Both).await, "given one string\n");
    let details = bench.details(&id).await;
    assert_eq!(details.entrypoint, ["echo", "given"]);
    assert_eq!(details.command, ["one string"]);
}

pub(super) async fn settings_reach_the_process(bench: &Bench) {
    let mut spec = bench.spec("a", scripts::SHOW_SETTINGS);
    spec.env = vec!["GREETING=hello there".to_owned()];
    spec.working_dir = Some("/tmp".to_owned());
    spec.user = Some("1234".to_owned());
    let id = bench.running_from(&spec).await;
    assert_eq!(bench.log(&id, LogStreams::Stdout).await, "hello there\n/tmp\n1234\nready\n");
}

pub(super) async fn settings_are_seen_again(bench: &Bench) {
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.env = vec!["GREETING=hello=there".to_owned()];
    spec.working_dir = Some("/tmp".to_owned());
    spec.user = Some("1234:99".to_owned());
    spec.labels.insert("org.example.machine".to_owned(), "qemux86-64".to_owned());
    let limited = bench.can(Feature::MemoryLimit).await && bench.can(Feature::CpuLimit).await;
    if limited {
        spec.memory = Some(64 * 1024 * 1024);
        spec.cpus = Some(CpuCount::from_millis(500));
    }
    spec.tty = true;
    let id = bench.created(&spec).await;
    let details = bench.details(&id).await;
    assert!(details.env.contains(&"GREETING=hello=there".to_owned()), "{:?}", details.env);
    assert_eq!(details.working_dir, "/tmp");
    assert_eq!(details.user, "1234:99");
    assert_eq!(details.labels.get("org.example.machine").map(String::as_str), Some("qemux86-64"));
    assert_eq!((details.memory_limit, details.cpu_limit), (spec.memory, spec.cpus));
    assert_eq!(details.network_mode, "none");
    assert!(details.tty);
    assert!(details.image_id.is_some());

    bench.engine.remove(&id, RemoveOptions::default()).await.unwrap();
    let plain = bench.details(&bench.created(&bench.spec("b", scripts::IDLE)).await).await;
    assert_eq!((plain.memory_limit, plain.cpu_limit, plain.tty), (None, None, false), "no limit is None");
}

pub(super) async fn mounts_are_seen_again_and_in_force(bench: &Bench) {
    let directory = tempfile::tempdir().unwrap();
    let source = if bench.is_local() { directory.path() } else { std::path::Path::new("/tmp") };
    let volume = bench.volume("cache").await;
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.mounts = vec![bind_at(source, "/layers", true), volume_at(&volume, "/cache", false)];
    spec.tmpfs = vec![Tmpfs { target: "/scratch".to_owned(), options: "size=1m".to_owned() }];
    let id = bench.running_from(&spec).await;

    let mounts = bench.details(&id).await.mounts;
    let at = |target: &str| mounts.iter().find(|mount| mount.target == target).unwrap();
    assert_eq!((at("/layers").source.as_str(), at("/layers").read_only), (source.to_str().unwrap(), true));
    assert_eq!(at("/layers").volume, None);
    assert_eq!((at("/cache").volume.as_deref(), at("/cache").read_only), (Some(volume.as_str()), false));

    let request = ExecRequest::new(["cat", "/proc/mounts"]);
    let inside = bench.engine.exec_collect(&id, &request, 1 << 20).await.unwrap().stdout_text();
    let option = |target: &str, option: &str| {
        let mut lines = inside.lines().map(|line| line.split(' ').collect::<Vec<_>>());
        let line = lines.find(|words| words.get(1) == Some(&target));
        let line = line.unwrap_or_else(|| panic!("{target} is not mounted in:\n{inside}"));
        line[2] == option || line[3].split(',').any(|has| has == option)
    };
    assert!(option("/layers", "ro") && option("/cache", "rw") && option("/scratch", "tmpfs"), "{inside}");
}

pub(super) async fn init_is_put_in_front(bench: &Bench) {
    if !bench.can(Feature::Init).await {
        return;
    }
    let mut spec = bench.spec("a", scripts::IDLE);
    spec.init = true;
    let id = bench.running_from(&spec).await;
    let request = ExecRequest::new(["cat", "/proc/1/cmdline"]);
    let first = bench.engine.exec_collect(&id, &request, 1 << 16).await.unwrap().stdout_text();
    assert!(first.split('\0').next().unwrap().contains("init"), "process 1 is {first:?}");
}
