//! Files that are right, in the forms that Smidr's projects have.

use std::path::Path;
use std::time::Duration;

use super::{read, read_with, variables};
use crate::config::smidr::{EXAMPLE, LoadedBuildFile, Storage, read_build_file};

#[track_caller]
fn fixture(name: &str, set: &[(&str, &str)]) -> LoadedBuildFile {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/smidr").join(name);
    let bytes = std::fs::read(&file).unwrap();
    let read = read_build_file(Path::new("/work/smidr.yaml"), &bytes, &variables(set));
    read.unwrap_or_else(|error| panic!("{name}\n{error}"))
}

/// What is mounted, each as `from target mode`, the target without the builder's home directory.
fn mounts(loaded: &LoadedBuildFile) -> Vec<String> {
    let mounts = loaded.build_file.mounts(Path::new("/work")).into_iter();
    mounts
        .map(|mount| {
            let target = mount.target.strip_prefix("/home/builder/").unwrap().to_owned();
            format!("{} {target} {}", mount.from, if mount.read_only { "ro" } else { "rw" })
        })
        .collect()
}

#[test]
fn a_name_is_enough() {
    let loaded = fixture("minimal.yaml", &[]);
    let file = &loaded.build_file;
    assert_eq!(
        (file.name.as_str(), file.container.base_image.as_str()),
        ("tiny", "crops/yocto:ubuntu-22.04-builder")
    );
    assert_eq!(file.container.entrypoint, ["/bin/sh", "-c"]);
    assert_eq!(
        (file.container.memory, file.container.cpu_count, file.advanced.build_timeout),
        (None, None, None)
    );
    assert_eq!(
        mounts(&loaded),
        [
            "/home/ada/.smidr/downloads downloads rw",
            "/home/ada/.smidr/sstate-cache sstate-cache rw",
            "/home/ada/.smidr/builds/tiny build rw",
        ]
    );
    let [warning] = loaded.warnings.as_slice() else { panic!("{:?}", loaded.warnings) };
    assert!(
        warning.what().ends_with("description, base.machine, base.distro, layers, build.image"),
        "{warning}"
    );
}

#[test]
fn a_container_can_be_told_without_a_build() {
    let file = fixture("container-only.yaml", &[]).build_file;
    assert_eq!((file.container.memory, file.machine()), (Some(512 << 20), Some("qemuarm64")));
}

#[test]
fn the_form_of_a_new_project_loads_without_a_word() {
    let loaded = fixture("usual.yaml", &[]);
    assert_eq!((loaded.warnings.len(), loaded.build_file.layers.len()), (0, 2));
    let file = &loaded.build_file;
    assert_eq!((file.container.memory, file.container.cpu_count), (Some(8 << 30), Some(2)));
    assert_eq!((file.machine(), file.base.version.as_deref()), (Some("qemux86-64"), Some("6.0.0")));
    assert_eq!(
        mounts(&loaded),
        [
            "/home/ada/.smidr/downloads downloads rw",
            "/home/ada/.smidr/sstate-cache sstate-cache rw",
            "/home/ada/.smidr/build build rw",
            "/home/ada/.smidr/tmp tmp rw",
            "/home/ada/.smidr/layers/poky layers/poky ro",
            "/home/ada/.smidr/layers/meta-freescale layers/meta-freescale ro",
        ]
    );
}

#[test]
fn the_full_form_loads_without_a_word() {
    let loaded = fixture("full.yaml", &[]);
    let file = &loaded.build_file;
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(file.container.entrypoint, ["/bin/bash", "-l", "-c"]);
    assert_eq!(
        (file.advanced.qemu_sdl, file.advanced.qemu_gtk, file.cache.retention),
        (Some(true), Some(false), Some(30))
    );
    assert_eq!((file.build.parallel_make, file.build.bb_number_threads), (Some(8), Some(6)));
    assert_eq!(file.features.inherit_classes, ["rm_work", "toradex-mirrors"]);
    assert_eq!(
        mounts(&loaded),
        [
            "/home/ada/.smidr/builds/downloads downloads rw",
            "/home/ada/.smidr/builds/sstate-cache sstate-cache rw",
            "/home/ada/.smidr/builds/kiosk build rw",
            "/home/ada/.smidr/builds/kiosk/tmp tmp rw",
            "/home/ada/.smidr/layers/meta-toradex-bsp-common layers/meta-toradex-bsp-common ro",
            "/work/layers/meta-kiosk layers/meta-kiosk ro",
        ]
    );
}

#[test]
fn without_variables_the_defaults_are_taken() {
    let loaded = fixture("environment.yaml", &[]);
    let file = &loaded.build_file;
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!((file.name.as_str(), file.machine()), ("my-product", Some("verdin-imx8mp")));
    assert_eq!(file.build.extra_packages, ["python3", "htop"], "what is left empty is dropped");
    assert_eq!((file.advanced.disk_monitoring, file.advanced.qemu_gtk), (Some(true), Some(false)));
    assert_eq!((file.advanced.build_timeout, file.container.memory), (None, Some(8 << 30)));
    assert_eq!(file.layers[1].name, "meta-mine");
    assert_eq!(file.container.entrypoint, ["/bin/bash", "-l", "-c"]);
}

#[test]
fn variables_say_what_the_file_leaves_to_them() {
    let set = [
        ("PROJECT_NAME", "kiosk"),
        ("MACHINE_TYPE", "qemuarm64"),
        ("WITH_DEBUGGER", "1"),
        ("CACHE_BASE", "~/cache"),
        ("BUILD_TMP", "volume:tmp"),
        ("PARALLEL_MAKE", "-j 3"),
        ("BB_THREADS", ""),
        ("BUILD_TIMEOUT", "90"),
        ("CONTAINER_MEMORY", "1.5g"),
        ("TOPDIR", "/ours"),
    ];
    let loaded = fixture("environment.yaml", &set);
    let file = &loaded.build_file;
    assert_eq!((file.description.as_deref(), file.machine()), (Some("Image of kiosk"), Some("qemuarm64")));
    assert_eq!(file.build.extra_packages, ["python3", "htop", "gdbserver"]);
    assert_eq!((file.build.parallel_make, file.build.bb_number_threads), (Some(3), Some(8)));
    assert_eq!(file.advanced.build_timeout, Some(Duration::from_secs(5400)));
    assert_eq!(file.container.memory, Some(3 << 29));
    assert_eq!(
        file.directories.deploy,
        Some(Storage::Directory("/ours/deploy".into())),
        "what is set is set"
    );
    assert_eq!(
        mounts(&loaded),
        [
            "/home/ada/cache/downloads downloads rw",
            "/home/ada/cache/sstate-cache sstate-cache rw",
            "/home/ada/.smidr/builds/kiosk build rw",
            "volume:tmp tmp rw",
            "/home/ada/.smidr/layers/meta-toradex-bsp-common layers/meta-toradex-bsp-common ro",
            "/work/layers/meta-kiosk layers/meta-kiosk ro",
        ]
    );
}

#[test]
fn the_forms_of_ci_load() {
    let smoke = fixture("ci-smoke.yaml", &[("YOCTO_DL_DIR", "/mnt/dl"), ("YOCTO_BB_NO_NETWORK", "true")]);
    assert!(smoke.warnings.is_empty(), "{:?}", smoke.warnings);
    let advanced = &smoke.build_file.advanced;
    assert_eq!((advanced.bb_no_network, advanced.premirrors.as_deref()), (Some(true), None));
    assert_eq!(mounts(&smoke)[0], "/mnt/dl downloads rw");
    let board = fixture("ci-board.yaml", &[]);
    assert!(board.warnings.is_empty(), "{:?}", board.warnings);
    let file = &board.build_file;
    assert_eq!(file.advanced.build_timeout, Some(Duration::from_secs(4 * 3600)));
    assert_eq!(
        file.advanced.sstate_mirrors.as_deref(),
        Some("file://.* file:///home/builder/sstate-cache/PATH")
    );
    assert_eq!((file.base.version.as_deref(), file.build.parallel_make), (Some("6.0"), Some(8)));
    assert_eq!(file.packages.classes, ["package_rpm", "package_ipk"]);
    assert_eq!(file.layers[1].git.as_deref(), Some("git@github.com:agherzan/meta-raspberrypi.git"));
}

#[test]
fn the_older_form_loads() {
    let loaded = fixture("older.yaml", &[]);
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(
        mounts(&loaded),
        [
            "/srv/cache/downloads downloads rw",
            "volume:sstate-cache sstate-cache rw",
            "/home/ada/.smidr/builds/router build rw",
            "/home/ada/.smidr/layers/poky layers/poky ro",
            "/home/ada/.smidr/layers/poky/meta layers/meta ro",
            "/meta-router layers/meta-router ro",
        ]
    );
}

#[test]
fn caches_can_be_volumes_and_groups_can_be_shared() {
    let loaded = fixture("shared-caches.yaml", &[]);
    let file = &loaded.build_file;
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(file.layers[0].branch.as_deref(), Some("kirkstone"));
    assert_eq!(
        mounts(&loaded)[..4],
        [
            "volume:downloads downloads rw",
            "volume:sstate-cache sstate-cache rw",
            "volume:build-a build rw",
            "volume:tmp-a tmp rw"
        ]
    );
}

#[test]
fn the_documented_file_says_what_is_so() {
    let loaded = read(EXAMPLE).unwrap_or_else(|error| panic!("{error}"));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let bare = read("name: my-image\n").unwrap().build_file;
    assert_eq!(loaded.build_file.container.base_image, bare.container.base_image);
    assert_eq!(loaded.build_file.container.entrypoint, bare.container.entrypoint);
    assert_eq!(loaded.build_file.directories.downloads, bare.directories.downloads);
    assert_eq!(loaded.build_file.directories.layers, bare.directories.layers);
    assert_eq!(loaded.build_file.directories.source, bare.directories.source);
}

#[test]
fn the_example_of_the_readme_says_what_is_so() {
    let readme = include_str!("../../../../README.md");
    let section = readme.split("### smidr.yaml\n").nth(1).unwrap().split("\n### ").next().unwrap();
    let example: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let loaded = read(&example.join("\n")).unwrap_or_else(|error| panic!("{error}"));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert_eq!(
        mounts(&loaded),
        [
            "/home/ada/.smidr/downloads downloads rw",
            "volume:sstate-cache sstate-cache rw",
            "/work/build build rw",
            "/home/ada/.smidr/layers/poky layers/poky ro",
            "/work/meta-mine layers/meta-mine ro",
        ]
    );
}

#[test]
fn the_documented_file_has_every_key() {
    let serde_json::Value::Object(groups) = serde_json::to_value(read(EXAMPLE).unwrap().build_file).unwrap()
    else {
        panic!()
    };
    let is_there = |key: &str| EXAMPLE.lines().any(|line| line.trim_start().starts_with(&format!("{key}:")));
    for (name, value) in groups {
        assert!(is_there(&name), "{name}");
        // Older forms within `build` are known so that they are not told, and are not for new files.
        let keys = value.as_object().into_iter().flatten().map(|(key, _)| key).filter(|_| name != "build");
        for key in keys {
            assert!(is_there(key), "{name}.{key}");
        }
    }
}

#[test]
fn the_entrypoint_can_be_replaced_for_a_run() {
    let text = "name: a\ncontainer: {entrypoint: [/bin/bash, -c]}\n";
    let loaded = read_with(text, &[("SMIDR_TEST_ENTRYPOINT", "sh, -c ,sleep 3600")]).unwrap();
    assert_eq!(loaded.build_file.container.entrypoint, ["sh", "-c", "sleep 3600"]);
    let entries = loaded.entries();
    let entry = entries.iter().find(|entry| entry.name == "container.entrypoint").unwrap();
    assert_eq!(entry.origin.to_string(), "SMIDR_TEST_ENTRYPOINT");
    assert_eq!(
        read_with(text, &[("SMIDR_TEST_ENTRYPOINT", "")]).unwrap().build_file.container.entrypoint[0],
        "/bin/bash"
    );
    let replaced =
        |said| read_with(text, &[("SMIDR_TEST_ENTRYPOINT", said)]).unwrap().build_file.container.entrypoint;
    assert_eq!(
        (replaced("sh,,-c"), replaced(" , ")[0].as_str()),
        (vec!["sh".into(), "-c".into()], "/bin/bash")
    );
}

#[test]
fn what_looks_like_a_number_or_a_yes_stays_the_text_it_is() {
    let file = read("name: yes\ndescription: 007\nbase: {version: 1.10}\nbuild: {parallel_make: '4'}\n")
        .unwrap()
        .build_file;
    assert_eq!((file.name.as_str(), file.description.as_deref()), ("yes", Some("007")));
    assert_eq!((file.base.version.as_deref(), file.build.parallel_make), (Some("1.10"), Some(4)));
}

#[test]
fn without_a_home_directory_what_is_usual_is_beside_the_file() {
    let bytes = b"name: ../a b\n";
    let loaded = read_build_file(Path::new("smidr.yaml"), bytes, &super::Variables::default()).unwrap();
    assert_eq!(mounts(&loaded)[0], "/work/.smidr/downloads downloads rw");
    assert_eq!(mounts(&loaded)[2], "/work/.smidr/builds/..-a-b build rw");
}
