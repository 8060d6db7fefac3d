use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::config::{Variables, read_build_file};

fn workspace(text: &str) -> Workspace {
    let file = Path::new("/srv/kiosk/smidr.yaml");
    let loaded = read_build_file(file, text.as_bytes(), &Variables::default()).unwrap();
    Workspace::new(loaded.build_file, file.to_owned())
}

fn request(arguments: &[&str]) -> BuildRequest {
    BuildRequest {
        target: "core-image-minimal".into(),
        arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
        session: "d-1".into(),
        owner: "ada@here".into(),
        limit: 7,
        shim: "/.smidr/smidr-shim-1".into(),
    }
}

const FILE: &str = "\
name: kiosk
build: { machine: qemux86-64, bb_number_threads: 4, parallel_make: 8 }
directories: { downloads: dl, sstate: volume:sstate, build: build }
advanced: { build_timeout: 90 }
";

#[test]
fn a_build_runs_under_its_keeper_as_the_builder_with_what_the_file_says() {
    let workspace = workspace(FILE);
    let spec = workspace.build(&request(&["-k"]));
    assert_eq!(spec.check(), Ok(()));
    assert_eq!(spec.name, workspace.build_name());
    assert_eq!(spec.user.as_deref(), Some("1000:1000"));
    assert_eq!(
        spec.entrypoint.unwrap().join(" "),
        "/.smidr/smidr-shim-1 keep --main --root /home/builder/build/.smidr-sessions --token d-1 --by ada@here \
         --grace 60000 --limit 7 --lock /home/builder/build/.smidr-sessions.lock --records 10 --deadline 5400000 \
         -- /bin/sh -c"
    );
    assert!(spec.command[0].ends_with("exec bitbake core-image-minimal -k\n"), "{:?}", spec.command);
    for entry in [
        "HOME=/home/builder",
        "MACHINE=qemux86-64",
        "SSTATE_DIR=/home/builder/sstate-cache",
        "PARALLEL_MAKE=-j 8",
        "BB_ENV_PASSTHROUGH_ADDITIONS=MACHINE DL_DIR SSTATE_DIR BB_NUMBER_THREADS PARALLEL_MAKE",
    ] {
        assert!(spec.env.iter().any(|given| given == entry), "{entry} is not in {:?}", spec.env);
    }
    assert_eq!(spec.labels[labels::ROLE], labels::BUILD);
    assert_eq!(spec.labels[labels::TARGET], "core-image-minimal");
    assert_eq!(spec.labels[labels::FILE], "/srv/kiosk/smidr.yaml");
}

#[test]
fn an_entry_point_that_is_no_shell_gets_words() {
    let file = format!("{FILE}container: {{ entrypoint: [/tools/in-env, --colour=c] }}\n");
    let spec = workspace(&file).build(&request(&["-c", "a b"]));
    assert_eq!(spec.command, ["bitbake", "core-image-minimal", "-c", "a b"]);
    let file = format!("{FILE}container: {{ entrypoint: [/bin/bash, -l, -c] }}\n");
    assert_eq!(workspace(&file).build(&request(&[])).command.len(), 1);
}

#[test]
fn one_build_directory_has_one_name_and_two_have_two() {
    let name = |directory: &str| workspace(&FILE.replace("build: build", directory)).build_name();
    assert_eq!(name("build: build"), name("build: ./build"));
    assert_ne!(name("build: build"), name("build: other"));
    assert!(name("build: build").starts_with("smidr-kiosk-build-"), "{}", name("build: build"));
}

/// The string, run by a real shell in a place of its own.
#[test]
fn a_shell_sources_the_layers_script_and_passes_every_word_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let home = directory.path();
    let layer = home.join("layers/poky");
    for made in [home.join("build"), layer.clone(), home.join("layers/meta-x"), home.join("bin")] {
        fs::create_dir_all(made).unwrap();
    }
    let script = "PATH=\"$OEROOT/../../bin:$PATH\"; export PATH SEEN=\"$1\"\n";
    fs::write(layer.join("oe-init-build-env"), script).unwrap();
    let bitbake = home.join("bin/bitbake");
    fs::write(&bitbake, "#!/bin/sh\npwd; echo \"$SEEN\"; for word; do echo \"<$word>\"; done; exit 3\n")
        .unwrap();
    fs::set_permissions(&bitbake, fs::Permissions::from_mode(0o755)).unwrap();
    let words = ["-c", "it's $HOME `x` \"y\"", "", "a\nb", "*"];
    let string = workspace(FILE).build(&request(&words)).command.remove(0);
    let string = string.replace(HOME, home.to_str().unwrap());
    let output = Command::new("/bin/sh").args(["-c", &string]).output().unwrap();
    let build = home.join("build");
    let expected = format!(
        "{0}\n{0}\n<core-image-minimal>\n<-c>\n<it's $HOME `x` \"y\">\n<>\n<a\nb>\n<*>\n",
        build.display()
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{:?}", output.stderr);
    assert_eq!(output.status.code(), Some(3));
}
