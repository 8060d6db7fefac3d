use clap::Parser;

use super::*;
use crate::cli::args::{Cli, Command};
use crate::engine::MountSource;

fn parsed(args: &[&str]) -> CreateArgs {
    let all = ["smidr-console", "create"].iter().chain(args);
    match Cli::try_parse_from(all).unwrap().verb {
        Some(Command::Create(args)) => args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_field_of_the_specification_can_be_said() {
    let args = parsed(&[
        "--name=yocto-a",
        "-e",
        "A=1",
        "--entrypoint",
        "/bin/bash",
        "--entrypoint",
        "-c",
        "--user",
        "1000:1000",
        "--workdir=/work",
        "--label",
        "team=bsp",
        "--mount",
        "/srv/sstate:/sstate:ro",
        "-v",
        "dl:/dl",
        "--tmpfs",
        "/tmp:size=1g",
        "--memory=4g",
        "--cpus=1.5",
        "--network",
        "none",
        "--init",
        "--tty",
        "debian:12",
        "bitbake",
        "-k",
        "world",
    ]);
    let spec = args.spec(None).unwrap();
    assert_eq!((spec.name.as_str(), spec.image.as_str()), ("yocto-a", "debian:12"));
    assert_eq!(spec.command, ["bitbake", "-k", "world"]);
    assert_eq!(spec.entrypoint.unwrap(), ["/bin/bash", "-c"]);
    assert_eq!(spec.env, ["A=1"]);
    assert_eq!(spec.user.as_deref(), Some("1000:1000"));
    assert_eq!(spec.working_dir.as_deref(), Some("/work"));
    assert_eq!(spec.labels["team"], "bsp");
    assert_eq!(spec.mounts[0].source, MountSource::Bind("/srv/sstate".into()));
    assert!(spec.mounts[0].read_only && !spec.mounts[1].read_only);
    assert_eq!(spec.mounts[1].source, MountSource::Volume("dl".into()));
    assert_eq!(spec.tmpfs[0].options, "size=1g");
    assert_eq!(spec.memory, Some(4 << 30));
    assert_eq!(spec.cpus.unwrap().millis(), 1500);
    assert_eq!(spec.network.as_deref(), Some("none"));
    assert!(spec.init && spec.tty);
}

#[test]
fn the_entry_point_of_a_test_run_replaces_any_other() {
    let args = parsed(&["--name=yocto-a", "--entrypoint=/bin/true", "debian:12"]);
    assert_eq!(args.spec(None).unwrap().entrypoint.unwrap(), ["/bin/true"]);
    assert_eq!(args.spec(Some("/bin/sh,-c")).unwrap().entrypoint.unwrap(), ["/bin/sh", "-c"]);
    assert_eq!(
        args.spec(Some("")).unwrap().entrypoint.unwrap(),
        ["/bin/true"],
        "an empty one replaces nothing"
    );
}

#[test]
fn a_file_of_environment_comes_before_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("env");
    std::fs::write(&file, "# parallelism\nBB_NUMBER_THREADS=8\n\n  PARALLEL_MAKE=-j 8  \n").unwrap();
    let file = file.to_str().unwrap();
    let args = parsed(&["--name=yocto-a", "--env-file", file, "-e", "BB_NUMBER_THREADS=4", "debian:12"]);
    let env = args.spec(None).unwrap().env;
    assert_eq!(env, ["BB_NUMBER_THREADS=8", "PARALLEL_MAKE=-j 8", "BB_NUMBER_THREADS=4"]);
    std::fs::write(file, "A=1\n=2\n").unwrap();
    let failure = args.spec(None).unwrap_err();
    assert!(failure.to_string().contains("env:2: "), "{failure}");
}

#[test]
fn what_no_engine_would_take_is_refused_before_any_is_asked() {
    let failure = parsed(&["--name=yocto/a", "debian:12"]).spec(None).unwrap_err();
    assert_eq!(failure.exit(Exit::Interrupted), Exit::Usage);
    assert!(failure.to_string().starts_with("name: "), "{failure}");
}
