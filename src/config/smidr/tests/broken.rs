//! Broken files: each mistake has its place, what is wrong, and what was expected.

use std::fmt::Write as _;

use std::path::Path;

use proptest::prelude::*;

use super::{mistakes, read, variables};
use crate::config::ConfigError;
use crate::config::smidr::{EXAMPLE, read_build_file};

/// A file, where its mistake is, and words of what is said about it.
const BROKEN: &[(&str, (usize, usize), &str)] = &[
    // The file itself.
    ("", (1, 1), "the file is empty"),
    ("# nothing\n", (1, 1), "the file is empty"),
    ("---\n", (1, 4), "the build has no name"),
    ("- name: a\n", (1, 1), "a list cannot stand here expected names with values"),
    ("just text\n", (1, 1), "names with values"),
    ("name: a\n---\nname: b\n", (2, 1), "second document"),
    ("name: a\nbase: {}\nname: b\n", (3, 1), "\"name\" is given twice, first in line 1"),
    ("name: a\nbuild:\n  image: x\n  image: y\n", (4, 3), "\"image\" is given twice, first in line 3"),
    ("name: a\nbuild:\n\timage: x\n", (3, 2), "tabs disallowed"),
    ("name: [unclosed\n", (1, 7), ""),
    ("name: a\n description: b\n", (2, 13), ""),
    ("name: a\ndescription: b: c\n", (2, 15), ""),
    ("name: !!str a\n", (1, 13), "tags"),
    ("name: *a\n", (1, 7), "unknown anchor"),
    ("name: a\nlayers: &l [*l]\n", (2, 13), "within what it names"),
    ("name: a\nbase:\n  <<: poky\n", (3, 7), "<< takes groups"),
    // What is needed.
    ("description: b\n", (1, 1), "the build has no name expected a name, such as `name: my-image`"),
    ("description: b\nname:\n", (2, 1), "the build has no name"),
    ("name: ''\n", (1, 1), "the build has no name"),
    ("name: ${PROJECT:-}\n", (1, 1), "the build has no name"),
    ("name: \"a\\nb\"\n", (1, 7), "expected text in one line"),
    ("name: [a]\n", (1, 7), "a list cannot stand here expected text in one line"),
    // Variables.
    (
        "name: a-${PROJECT}\n",
        (1, 9),
        "the variable PROJECT is not set expected a variable that is set, or a default such as ${PROJECT:-value}",
    ),
    ("name: \"a ${B}\"\n", (1, 10), "the variable B is not set"),
    ("name: a\ndirectories:\n  downloads: ${CACHE}/downloads\n", (3, 14), "the variable CACHE is not set"),
    (
        "name: a\nbuild:\n  extra_packages:\n    - vim\n    - ${EXTRA}\n",
        (5, 7),
        "the variable EXTRA is not set",
    ),
    ("name: a\ndirectories: {build: '${TOPDIR}/b'}\n", (2, 23), "the variable TOPDIR is not set"),
    (
        "name: a\nbase:\n  machine: ${MACHINE:-qemu\n",
        (3, 12),
        "${MACHINE has no end expected ${NAME}, ${NAME:-default}",
    ),
    ("name: a\nbase:\n  machine: qemu${}\n", (3, 16), "a variable has no name"),
    ("name: a\nbase:\n  machine: ${MACHINE/x/y}\n", (3, 12), "cannot be understood"),
    ("name: ${PROJECT:?say which project}\n", (1, 7), "PROJECT: say which project"),
    (
        "name: ${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-x}}}}}}}}}}}}}}}}}\n",
        (1, 87),
        "16 deep",
    ),
    (
        "name: a\ncontainer:\n  cpu_count: ${CPUS:-many}\n",
        (3, 14),
        "\"many\" cannot be used here expected a whole number",
    ),
    // Values.
    ("name: a\nbase: poky\n", (2, 7), "\"poky\" cannot be used here expected names with values"),
    ("name: a\nbase:\n  machine: invalid@machine\n", (3, 12), "expected a name of letters"),
    ("name: a\nbase: {distro: [poky]}\n", (2, 16), "a list cannot stand here"),
    ("name: a\nlayers: poky\n", (2, 9), "a list of layers"),
    ("name: a\nlayers:\n  - poky\n", (3, 5), "a name with an address or a path"),
    ("name: a\nlayers:\n  - git: https://x.org/y\n", (3, 5), "a layer has no name"),
    ("name: a\nlayers:\n  - name: poky\n", (3, 5), "\"poky\" has neither an address nor a path"),
    (
        "name: a\nlayers:\n  - name: poky\n    git: https://x.org/y\n    path: ./poky\n",
        (5, 5),
        "both an address and a path",
    ),
    ("name: a\nlayers:\n  - name: ../poky\n    path: poky\n", (3, 11), "expected a name of letters"),
    ("name: a\nlayers:\n  - name: poky\n    git: poky\n", (4, 10), "the address of a repository"),
    (
        "name: a\nlayers:\n  - name: poky\n    git: https://x.org/y\n    branch: a b\n",
        (5, 13),
        "expected a branch",
    ),
    (
        "name: a\nlayers:\n  - {name: b, path: c}\n  - {name: b, path: d}\n",
        (4, 5),
        "two layers are called \"b\", the first in line 3",
    ),
    ("name: a\nlayers:\n  - {name: b, path: 'volume:layers'}\n", (3, 21), "a volume cannot stand here"),
    ("name: a\nbuild:\n  image: core image\n", (3, 10), "expected a name of letters"),
    ("name: a\nbuild:\n  parallel_make: -1\n", (3, 18), "from 1 to 1024"),
    ("name: a\nbuild:\n  parallel_make: 8.0\n", (3, 18), "from 1 to 1024"),
    ("name: a\nbuild:\n  bb_number_threads: 0x10\n", (3, 22), "from 1 to 1024"),
    ("name: a\nbuild:\n  extra_packages: vim\n", (3, 19), "a list of packages"),
    ("name: a\nbuild:\n  extra_packages: [vim, 'a b']\n", (3, 25), "expected a name of letters"),
    ("name: a\nbuild:\n  extra_packages:\n    - vim\n    -\n", (5, 6), "there is no value"),
    ("name: a\ndirectories:\n  downloads: [a, b]\n", (3, 14), "such as volume:downloads"),
    ("name: a\ndirectories:\n  sstate: volume:a/b\n", (3, 11), "volume: and a name"),
    ("name: a\ndirectories:\n  build: /\n", (3, 10), "a directory below /"),
    ("name: a\ndirectories:\n  tmp: ~bob/tmp\n", (3, 8), "your own home directory"),
    ("name: a\ndirectories:\n  tmp: $HOME/tmp\n", (3, 8), "in braces, such as ${HOME}"),
    ("name: a\ndirectories:\n  layers: volume:layers\n", (3, 11), "a volume cannot stand here"),
    ("name: a\ncontainer:\n  base_image: crops yocto\n", (3, 15), "expected an image"),
    ("name: a\ncontainer:\n  memory: 8\n", (3, 11), "such as 8g or 512m"),
    ("name: a\ncontainer:\n  memory: lots\n", (3, 11), "\"lots\" cannot be used here expected 6m to 64t"),
    ("name: a\ncontainer:\n  cpu_count: 1.5\n", (3, 14), "from 1 to 4096"),
    (
        "name: a\ncontainer:\n  entrypoint: /bin/sh -c\n",
        (3, 15),
        "a list of words, such as [/bin/bash, -l, -c]",
    ),
    ("name: a\ncontainer:\n  entrypoint: [sh, '']\n", (3, 20), "expected a word"),
    ("name: a\ncontainer:\n  entrypoint: [sh, [-c]]\n", (3, 20), "a list cannot stand here expected a word"),
    ("name: a\npackages: {classes: package_tar}\n", (2, 21), "package_rpm, package_deb, package_ipk"),
    ("name: a\nfeatures: {user_classes: buildstats}\n", (2, 26), "a list of classes"),
    ("name: a\nartifacts: '*.wic'\n", (2, 12), "a list of patterns"),
    ("name: a\nartifacts: ['[']\n", (2, 13), "a pattern for files"),
    ("name: a\nartifacts:\n  - ../../etc/*\n", (3, 5), "a pattern for files of the deploy directory"),
    ("name: a\nadvanced:\n  build_timeout: 4h\n", (3, 18), "expected minutes"),
    ("name: a\nadvanced:\n  qemu_sdl: maybe\n", (3, 13), "true or false"),
    ("name: a\nadvanced:\n  bb_hashserve: invalid\n", (3, 17), "auto, none or HOST:PORT"),
    ("name: a\nadvanced:\n  bb_signature_handler: OEBasic\n", (3, 25), "OEEquivHash, OEBasicHash"),
    ("name: a\nadvanced:\n  conf_version: two\n", (3, 17), "expected digits"),
    ("name: a\ncache:\n  retention: a month\n", (3, 14), "expected days"),
    ("# 寿司\nname: 寿司\nbase: {distro: poky, machine: 寿司}\n", (3, 31), "expected a name of letters"),
];

#[test]
fn every_mistake_has_its_place_and_says_what_was_expected() {
    let mut wrong = Vec::new();
    for (text, place, words) in BROKEN {
        let mistakes = mistakes(text);
        let [mistake] = mistakes.as_slice() else {
            wrong.push(format!("{text}one mistake expected: {mistakes:?}\n"));
            continue;
        };
        let said = format!("{} {}", mistake.what(), mistake.expected().unwrap_or_default());
        let drawn = mistake.to_string();
        let head = format!("/work/smidr.yaml:{}:{}: ", place.0, place.1);
        if !said.contains(words) || !drawn.starts_with(&head) || !drawn.contains('^') {
            wrong.push(format!("{text}at {place:?}, {words:?} expected:\n{drawn}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let text = "description: b\nbase:\n  machine: a b\nlayers:\n  - {name: c, git: d}\n  - name: e\ncontainer:\n  memory: ${MEMORY:-lots}\n  entrypoint: sh\n";
    insta::assert_snapshot!(read(text).unwrap_err());
}

#[test]
fn what_is_no_text_is_told_with_its_place() {
    let read = |bytes: &[u8]| read_build_file(Path::new("smidr.yaml"), bytes, &variables(&[]));
    let error = read(b"name: a\nbase: {machine: \xff}\n").unwrap_err().to_string();
    assert!(error.starts_with("smidr.yaml:2:17: what stands here is no text in UTF-8\n"), "{error}");
    assert!(
        read(b"\xef\xbb\xbfname: a\r\nbase:\r\n  distro: poky\r\n").is_ok(),
        "a byte order mark, other line ends"
    );
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let error =
        crate::config::load_build_file(Path::new("/no/such/smidr.yaml"), &variables(&[])).unwrap_err();
    assert_eq!(error.to_string(), "there is no build file /no/such/smidr.yaml");
}

#[test]
fn aliases_and_depth_are_bounded() {
    let mut laughs = "name: a\nx-0: &x0 [a, a, a, a, a, a, a, a, a]\n".to_owned();
    for level in 1..12 {
        let before = format!("*x{}", level - 1);
        writeln!(laughs, "x-{level}: &x{level} [{}]", [before.as_str(); 9].join(", ")).unwrap();
    }
    assert!(read(&laughs).unwrap_err().to_string().contains("more than 20000 values"));
    assert!(read(&format!("name: {}", "[".repeat(50_000))).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_bytes_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = read_build_file(Path::new("smidr.yaml"), &bytes, &variables(&[])) {
            let acts = error.to_string().contains('\u{1b}');
            prop_assert!(!acts);
        }
    }

    /// A file that is nearly right: a part of it taken out, and something else put there.
    #[test]
    fn no_change_of_a_file_is_too_much(at in 0_usize..5000, take in 0_usize..40, put in "[\\[\\]{}$:,'\"#&*!|>\n\t a-z0-9-]{0,8}") {
        let changed: String = EXAMPLE.chars().take(at).chain(put.chars()).chain(EXAMPLE.chars().skip(at + take)).collect();
        let lines = changed.split('\n').count();
        if let Err(ConfigError::Mistakes { mistakes, .. }) = read(&changed) {
            for mistake in mistakes {
                prop_assert!((1..=lines).contains(&mistake.place().line), "{mistake}");
            }
        }
    }

    /// No file makes a mount that leads anywhere but below its own target.
    #[test]
    fn mounts_have_absolute_ends(name in "[a-z./~$-]{1,12}", path in "[a-z./~-]{1,12}") {
        let text = format!("name: '{name}'\nlayers: [{{name: '{name}', path: '{path}'}}]\ndirectories: {{tmp: '{path}'}}\n");
        if let Ok(loaded) = read(&text) {
            for mount in loaded.build_file.mounts(Path::new("/work")) {
                let leads_up = mount.target.split('/').any(|part| part == "..");
                let is_below = mount.target.starts_with("/home/builder/") && !leads_up;
                prop_assert!(is_below, "{}", mount.target);
                let from = mount.from.directory().unwrap().to_owned();
                prop_assert!(from.is_absolute() && from.components().all(|part| part.as_os_str() != ".."), "{from:?}");
            }
        }
    }
}
