//! What is told about files that are right.

use super::{read, read_with};

fn warnings(text: &str, set: &[(&str, &str)]) -> Vec<String> {
    let loaded = read_with(text, set).unwrap_or_else(|error| panic!("{error}"));
    let told = loaded.warnings.iter();
    told.filter(|warning| !warning.what().starts_with("Smidr itself"))
        .map(|warning| {
            format!("{} {} {}", warning.place(), warning.what(), warning.expected().unwrap_or_default())
        })
        .collect()
}

#[test]
fn keys_that_are_not_known_are_kept_and_told() {
    let text = include_str!("../../../../tests/fixtures/smidr/unknown.yaml");
    assert_eq!(
        warnings(text, &[]),
        [
            "4:65 there is no key \"depth\" in layers.0; it is kept and has no effect expected one of: name, git, branch, path, source",
            "5:1 there is no key \"biuld\"; it is kept and has no effect did you mean `build`?",
            "9:3 there is no key \"paralel_make\" in build; it is kept and has no effect did you mean `parallel_make`?",
            "10:1 there is no key \"notifications\"; it is kept and has no effect expected one of: name, description, yocto_series, base, layers, build, directories, container, packages, features, artifacts, advanced, cache",
        ]
    );
    let other = read(text).unwrap().build_file.other;
    assert_eq!(other["biuld"]["image"], "${NOT_READ}", "as it was written");
    assert_eq!(other["notifications"], serde_json::json!({"mail": ["a@example.org", "7"], "quiet": null}));
    assert_eq!((&other["layers.0.depth"], &other["build.paralel_make"]), (&"1".into(), &"4".into()));
}

#[test]
fn what_is_for_the_user_is_kept_and_not_told() {
    let text = "name: a\nx-mine: {b: 1}\nbuild: {x-yours: 2}\n";
    assert_eq!(warnings(text, &[]), [""; 0]);
    assert_eq!(read(text).unwrap().build_file.other["build.x-yours"], "2");
}

#[test]
fn a_variable_that_is_not_set_leaves_an_optional_value_out() {
    let text = "name: a\nadvanced:\n  premirrors: ${MIRROR}\n  sstate_mirrors: ${OTHER:-}\n";
    assert_eq!(
        warnings(text, &[]),
        [
            "3:15 the variable MIRROR is not set, so advanced.premirrors is as if it were left out ${MIRROR:-} says so"
        ]
    );
    assert_eq!(warnings(text, &[("MIRROR", "")]), [""; 0]);
}

#[test]
fn of_many_warnings_the_first_are_told_and_the_others_counted() {
    let many: Vec<String> = (0..5000).map(|number| format!("key{number}: 1\n")).collect();
    let loaded = read(&format!("name: a\n{}", many.concat())).unwrap();
    assert_eq!((loaded.warnings.len(), loaded.more_warnings), (20, 4981));
    assert_eq!(loaded.build_file.other.len(), 5000);
}

#[test]
fn every_value_says_where_it_came_from() {
    let text = "name: ${NAME:-a}\nbase: {machine: \"${MACHINE}-${ARCH}\", distro: poky}\nlayers:\n  - {name: poky, path: '${POKY:-poky}'}\ncache: {sstate: volume:sstate}\ncontainer: {memory: 8g}\nadvanced: {build_timeout: 240, colour: red}\n";
    let loaded = read_with(text, &[("MACHINE", "qemu"), ("ARCH", "arm")]).unwrap();
    let lines: Vec<String> = loaded
        .entries()
        .iter()
        .map(|entry| format!("{} = {} ({})", entry.name, entry.text(), entry.origin))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
