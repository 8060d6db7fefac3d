use clap::Parser;

use super::*;
use crate::cli::args::{Cli, Command};
use crate::cli::output::Screen;
use crate::cli::test_support::Capture;

struct Called {
    exit: Exit,
    out: String,
    err: String,
}

/// Calls `check` on a file of this text, for one whose home is /home/ada; the file's directory is written as `HERE`.
fn call(text: &str, words: &[&str]) -> Called {
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("smidr.yaml");
    std::fs::write(&file, text).unwrap();
    let file = file.to_string_lossy().into_owned();
    let line = ["smidr-console", "check", "--file", file.as_str()];
    let cli = Cli::try_parse_from(line.into_iter().chain(words.iter().copied())).unwrap();
    let Some(Command::Check(args)) = cli.verb else { panic!("{:?}", cli.verb) };
    let (out, err) = (Capture::default(), Capture::default());
    let context = Context::new(cli.global, Screen::into(out.clone(), err.clone()));
    let values = [("MACHINE".to_owned(), "qemuarm64".to_owned())].into();
    let variables = Variables { values, home: Some("/home/ada".into()) };
    let exit = match run_in(&variables, &args, &context) {
        Ok(exit) => exit,
        Err(failure) => context.report(&failure),
    };
    let here = here.path().to_string_lossy().into_owned();
    Called { exit, out: out.text().replace(&here, "HERE"), err: err.text().replace(&here, "HERE") }
}

const RIGHT: &str = "name: kiosk\ndescription: A kiosk\nbase: {machine: \"${MACHINE:-qemux86-64}\", distro: poky}\n\
                     layers:\n  - {name: poky, git: https://git.yoctoproject.org/poky}\nbuild: {image: core-image-minimal}\n\
                     directories: {downloads: volume:downloads, build: ./build}\ncontainer: {memory: 8g}\n";

#[test]
fn what_the_file_comes_to_is_printed() {
    let called = call(RIGHT, &[]);
    assert_eq!((called.exit, called.err.as_str()), (Exit::Done, ""));
    // The file's directory is longer than its name here, so columns of paths are not compared.
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = called.out.lines().map(squeezed).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(call(RIGHT, &["--quiet"]).out, "");
}

#[test]
fn machines_get_the_same() {
    let json: Value = serde_json::from_str(&call(&format!("{RIGHT}colour: red\n"), &["--json"]).out).unwrap();
    assert_eq!(json["file"], "HERE/smidr.yaml");
    let machine =
        json["values"].as_array().unwrap().iter().find(|one| one["name"] == "base.machine").unwrap();
    assert_eq!(
        *machine,
        json!({"name": "base.machine", "value": "qemuarm64", "origin": "smidr.yaml:3 with MACHINE"})
    );
    let mounts = &json["mounts"];
    assert_eq!(
        mounts[0],
        json!({"from": "volume:downloads", "target": "/home/builder/downloads", "read_only": false})
    );
    assert_eq!(mounts[2]["from"], "HERE/build");
    assert_eq!((&json["warnings"][0]["line"], &json["warnings"][1]), (&json!(9), &Value::Null));
}

#[test]
fn what_is_not_meant_is_a_warning_and_what_is_wrong_an_error() {
    let called = call(&format!("{RIGHT}artefacts: [\"*.wic\", \"\\e[2J\"]\n"), &[]);
    assert_eq!(called.exit, Exit::Done);
    assert!(called.out.contains("artefacts") && !called.err.contains('\u{1b}'), "{}", called.out);
    assert_eq!(
        called.err,
        "warning: HERE/smidr.yaml:9:1: there is no key \"artefacts\"; it is kept and has no effect\n  \
         9 | artefacts: [\"*.wic\", \"\\e[2J\"]\n    | ^^^^^^^^^ did you mean `artifacts`?\n"
    );
    let called = call("name: a\ncontainer:\n  memory: lots\n", &[]);
    assert_eq!((called.exit, called.out.as_str()), (Exit::Usage, ""));
    assert!(
        called.err.starts_with("error: HERE/smidr.yaml:3:11: \"lots\" cannot be used here\n"),
        "{}",
        called.err
    );
}

#[test]
fn a_file_that_is_not_there_is_told_with_what_to_do() {
    let called = call("name: a\n", &["--json"]);
    assert_eq!(called.exit, Exit::Done);
    let cli = Cli::try_parse_from(["smidr-console", "check", "-f", "/no/such/smidr.yaml"]).unwrap();
    let Some(Command::Check(args)) = cli.verb else { panic!() };
    let (out, err) = (Capture::default(), Capture::default());
    let context = Context::new(cli.global, Screen::into(out, err.clone()));
    let failure = run_in(&Variables::default(), &args, &context).unwrap_err();
    assert_eq!(context.report(&failure), Exit::NotFound);
    assert_eq!(err.text(), "error: there is no build file /no/such/smidr.yaml\nhint: -f names one\n");
}
