//! Each key of a build file, and what it may be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::error::Found;
use super::super::node::Node;
use super::layers::layers;
use super::parse::{self, LINE, NAME, TEXT, YES_OR_NO};
use super::storage::{DIRECTORY, STORAGE, directory};
use super::values::{Section, Values};
use super::{Advanced, Base, Build, BuildFile, Cache, Container, Directories, Features, Packages, Storage};

const TOP: &[&str] = &[
    "name",
    "description",
    "yocto_series",
    "base",
    "layers",
    "build",
    "directories",
    "container",
    "packages",
    "features",
    "artifacts",
    "advanced",
    "cache",
];

/// What the file says; of use where no mistake was noted.
pub(super) fn read(values: &mut Values<'_>, root: &Node) -> BuildFile {
    let top = values.section(root, "", TOP);
    let name = required_name(values, root, &top);
    let cache = cache(values, &top);
    let directories = directories(values, &top, &cache, &name);
    let file = BuildFile {
        description: values.value(&top, "description", TEXT, parse::text),
        yocto_series: values.value(&top, "yocto_series", LINE, parse::line),
        base: base(values, &top),
        layers: layers(values, &top, &directories),
        build: build(values, &top),
        container: container(values, &top),
        packages: packages(values, &top),
        features: features(values, &top),
        artifacts: values.list(
            &top,
            "artifacts",
            "expected a list of patterns for files, such as [\"*.wic\"]",
            parse::ARTIFACT,
            parse::artifact,
        ),
        advanced: advanced(values, &top),
        other: std::mem::take(&mut values.other),
        name,
        directories,
        cache,
    };
    if values.reader.mistakes.is_empty() {
        tell_what_smidr_needs(values, root, &file);
    }
    file
}

fn required_name(values: &mut Values<'_>, root: &Node, top: &Section<'_>) -> String {
    let name = values.value(top, "name", LINE, parse::line);
    if name.is_none() && values.reader.mistakes.is_empty() {
        let at = top.field("name").map_or((root.place, 1), |field| (field.place, field.length));
        // A warning that its variable is not set would say the same again.
        values.warnings.retain(|found| found.at.0.line != at.0.line);
        values.reader.wrong::<()>(at, "the build has no name", "expected a name, such as `name: my-image`");
    }
    name.unwrap_or_default()
}

/// We can do without these, Smidr cannot.
fn tell_what_smidr_needs(values: &mut Values<'_>, root: &Node, file: &BuildFile) {
    let missing: Vec<&str> = [
        ("description", file.description.is_none()),
        ("base.machine", file.base.machine.is_none()),
        ("base.distro", file.base.distro.is_none()),
        ("layers", file.layers.is_empty()),
        ("build.image", file.build.image.is_none()),
    ]
    .into_iter()
    .filter_map(|(name, is_missing)| is_missing.then_some(name))
    .collect();
    if !missing.is_empty() {
        let what = format!("Smidr itself asks for what is left out here: {}", missing.join(", "));
        values.warnings.push(Found { at: (root.place, 1), what, expected: None });
    }
}

fn base(values: &mut Values<'_>, top: &Section<'_>) -> Base {
    let base = values.within(top, "base", &["provider", "machine", "distro", "version"]);
    Base {
        provider: values.value(&base, "provider", LINE, parse::line),
        machine: values.value(&base, "machine", NAME, parse::name),
        distro: values.value(&base, "distro", NAME, parse::name),
        version: values.value(&base, "version", LINE, parse::line),
    }
}

fn build(values: &mut Values<'_>, top: &Section<'_>) -> Build {
    const KNOWN: &[&str] = &[
        "image",
        "machine",
        "extra_packages",
        "parallel_make",
        "bb_number_threads",
        "sstate",
        "tmp",
        "deploy",
        "package_classes",
        "extra_image_features",
        "inherit_classes",
    ];
    let build = values.within(top, "build", KNOWN);
    let packages = "expected a list of packages, such as [python3, vim]";
    let threads = parse::up_to(1024);
    Build {
        image: values.value(&build, "image", NAME, parse::name),
        machine: values.value(&build, "machine", NAME, parse::name),
        extra_packages: values.list(&build, "extra_packages", packages, NAME, parse::name),
        parallel_make: values
            .value(&build, "parallel_make", parse::JOBS, parse::jobs)
            .filter(|jobs| *jobs > 0),
        bb_number_threads: values
            .value(&build, "bb_number_threads", parse::THREADS, threads)
            .filter(|threads| *threads > 0),
        sstate: values.value(&build, "sstate", LINE, parse::line),
        tmp: values.value(&build, "tmp", LINE, parse::line),
        deploy: values.value(&build, "deploy", LINE, parse::line),
        package_classes: values.value(&build, "package_classes", LINE, parse::line),
        extra_image_features: values.value(&build, "extra_image_features", LINE, parse::line),
        inherit_classes: values.list(
            &build,
            "inherit_classes",
            "expected a list of classes",
            NAME,
            parse::name,
        ),
    }
}

fn storage(values: &mut Values<'_>, section: &Section<'_>, key: &str) -> Option<Storage> {
    let home = values.variables.home.as_deref();
    values.one(section, key, STORAGE, |text| Storage::parse(text, home))
}

fn cache(values: &mut Values<'_>, top: &Section<'_>) -> Cache {
    let cache = values.within(top, "cache", &["downloads", "sstate", "retention"]);
    Cache {
        downloads: storage(values, &cache, "downloads"),
        sstate: storage(values, &cache, "sstate"),
        retention: values.value(&cache, "retention", parse::DAYS, parse::up_to(3650)),
    }
}

fn directories(values: &mut Values<'_>, top: &Section<'_>, cache: &Cache, name: &str) -> Directories {
    const KNOWN: &[&str] = &["downloads", "sstate", "tmp", "deploy", "source", "build", "layers"];
    let section = values.within(top, "directories", KNOWN);
    let home = values.variables.home.as_deref();
    let usual = |directory: &str| home.unwrap_or(Path::new("")).join(".smidr").join(directory);
    let build = storage(values, &section, "build")
        .unwrap_or_else(|| Storage::Directory(usual("builds").join(one_part(name))));
    values.topdir = build.directory().map(|directory| directory.to_string_lossy().into_owned());
    let cached = |values: &mut Values<'_>, key: &str, cached: &Option<Storage>, default: &str| {
        if let Some(own) = storage(values, &section, key) {
            return own;
        }
        let Some(cached) = cached else { return Storage::Directory(usual(default)) };
        let (from, to) = (format!("cache.{key}"), format!("directories.{key}"));
        if let Some(line) = values.reader.lines.get(&from).copied() {
            values.reader.lines.insert(to.clone(), line);
        }
        if let Some(used) = values.used.get(&from).cloned() {
            values.used.insert(to, used);
        }
        cached.clone()
    };
    let downloads = cached(values, "downloads", &cache.downloads, "downloads");
    let sstate = cached(values, "sstate", &cache.sstate, "sstate-cache");
    let of_host = |values: &mut Values<'_>, key: &str, default: &str| -> PathBuf {
        values.one(&section, key, DIRECTORY, |text| directory(text, home)).unwrap_or_else(|| usual(default))
    };
    let source = of_host(values, "source", "sources");
    let layers = of_host(values, "layers", "layers");
    let (tmp, deploy) = (storage(values, &section, "tmp"), storage(values, &section, "deploy"));
    values.topdir = None;
    Directories { downloads, sstate, tmp, deploy, source, build, layers }
}

/// The name as one part of a path.
fn one_part(name: &str) -> String {
    let part: String = name
        .chars()
        .take(64)
        .map(|c| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '-' })
        .collect();
    if part.trim_matches('.').is_empty() { "build".into() } else { part }
}

fn container(values: &mut Values<'_>, top: &Section<'_>) -> Container {
    let section = values.within(top, "container", &["base_image", "memory", "cpu_count", "entrypoint"]);
    let mut container = Container::default();
    if let Some(image) = values.value(&section, "base_image", parse::IMAGE, parse::reference) {
        container.base_image = image;
    }
    container.memory = values.value(&section, "memory", parse::MEMORY, parse::memory);
    let processors = values.value(&section, "cpu_count", parse::PROCESSORS, parse::up_to(4096));
    container.cpu_count = processors.filter(|count| *count > 0);
    let expected = "expected a list of words, such as [/bin/bash, -l, -c]";
    let entrypoint = values.list(&section, "entrypoint", expected, parse::WORD, |word| {
        (!word.chars().any(char::is_control)).then(|| word.to_owned())
    });
    if entrypoint.is_empty() {
        values.reader.lines.remove("container.entrypoint");
    } else {
        container.entrypoint = entrypoint;
    }
    container
}

fn packages(values: &mut Values<'_>, top: &Section<'_>) -> Packages {
    let packages = values.within(top, "packages", &["classes"]);
    Packages {
        classes: values.value(&packages, "classes", parse::CLASSES, parse::classes).unwrap_or_default(),
    }
}

fn features(values: &mut Values<'_>, top: &Section<'_>) -> Features {
    const KNOWN: &[&str] = &["extra_image_features", "user_classes", "inherit_classes"];
    let features = values.within(top, "features", KNOWN);
    let mut names = |key, expected| values.list(&features, key, expected, NAME, parse::name);
    Features {
        extra_image_features: names(
            "extra_image_features",
            "expected a list of features, such as [debug-tweaks]",
        ),
        user_classes: names("user_classes", "expected a list of classes, such as [buildstats]"),
        inherit_classes: names("inherit_classes", "expected a list of classes, such as [rm_work]"),
    }
}

fn advanced(values: &mut Values<'_>, top: &Section<'_>) -> Advanced {
    const KNOWN: &[&str] = &[
        "bb_hashserve",
        "bb_signature_handler",
        "license_flags",
        "conf_version",
        "disk_monitoring",
        "qemu_sdl",
        "qemu_gtk",
        "accept_fsl_eula",
        "build_timeout",
        "sstate_mirrors",
        "premirrors",
        "bb_no_network",
        "bb_fetch_premirroronly",
    ];
    let section = values.within(top, "advanced", KNOWN);
    let mut yes_or_no = |key| values.value(&section, key, YES_OR_NO, parse::yes_or_no);
    let (disk_monitoring, qemu_sdl) = (yes_or_no("disk_monitoring"), yes_or_no("qemu_sdl"));
    let (qemu_gtk, accept_fsl_eula) = (yes_or_no("qemu_gtk"), yes_or_no("accept_fsl_eula"));
    let bb_no_network = yes_or_no("bb_no_network");
    let bb_fetch_premirroronly = yes_or_no("bb_fetch_premirroronly");
    let minutes = values.value(&section, "build_timeout", parse::MINUTES, parse::up_to(43_200));
    Advanced {
        bb_hashserve: values.value(&section, "bb_hashserve", parse::HASH_SERVER, parse::hash_server),
        bb_signature_handler: values.value(
            &section,
            "bb_signature_handler",
            parse::SIGNATURES,
            parse::signatures,
        ),
        license_flags: values.value(&section, "license_flags", LINE, parse::line),
        conf_version: values.value(&section, "conf_version", parse::DIGITS, parse::digits),
        disk_monitoring,
        qemu_sdl,
        qemu_gtk,
        accept_fsl_eula,
        build_timeout: minutes
            .filter(|minutes| *minutes > 0)
            .map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        sstate_mirrors: values.value(&section, "sstate_mirrors", TEXT, parse::text),
        premirrors: values.value(&section, "premirrors", TEXT, parse::text),
        bb_no_network,
        bb_fetch_premirroronly,
    }
}
