//! The rooms of the house name each other only along the arrows drawn for them.
//!
//! Reads every path in `src/` that begins at the crate's root (`crate::`, `super::`, `smidr_console::`; in `use` trees,
//! expressions, types and macros) and fails on one that leads from a room into another it may not name.

#[cfg(test)]
#[path = "support/paths.rs"]
mod paths;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use crate::paths::{Named, named_paths, source_files};

    /// Which room may name which others. A room may always name itself.
    ///
    /// A new arrow is drawn here in the same commit that needs it, with its reason in the commit's message.
    const MAY_NAME: &[(&str, &[&str])] = &[
        ("text", &[]),
        ("values", &["engine"]),
        ("logs", &[]),
        ("term", &[]),
        ("bitbake", &[]),
        ("builds", &["actions", "bitbake", "engine", "text"]),
        ("config", &[]),
        ("engine", &[]),
        ("actions", &["engine"]),
        ("sessions", &["engine", "actions"]),
        ("workspace", &["config", "engine"]),
        ("shim", &[]),
        (
            "ui",
            &[
                "actions", "bitbake", "builds", "config", "engine", "logs", "sessions", "term", "text",
                "values",
            ],
        ),
        (
            "app",
            &[
                "actions",
                "bitbake",
                "builds",
                "config",
                "engine",
                "logs",
                "sessions",
                "term",
                "text",
                "ui",
                "workspace",
            ],
        ),
        (
            "cli",
            &[
                "actions",
                "app",
                "bitbake",
                "builds",
                "config",
                "engine",
                "logs",
                "sessions",
                "term",
                "text",
                "values",
                "workspace",
            ],
        ),
        ("main", &["cli"]),
    ];

    /// Exported macros stand at the crate's root, whichever room makes them: by the beginning of their names.
    const MACROS: &[(&str, &str)] = &[("conformance_", "engine")];

    /// The adapters behind the port: `engine::docker` and so on. They name the port and never each other.
    const ADAPTERS: &[&str] = &["docker", "podman", "containerd", "simulated"];

    /// Who puts an adapter behind the port. Everyone else knows the port only.
    const MAY_NAME_ADAPTERS: &[&str] = &["engine", "app", "cli"];

    /// Why a path may not stand where it stands; `None` when it may.
    fn objection(from: &[String], to: &[String]) -> Option<String> {
        let room = from.first().map_or("lib", String::as_str);
        if room == "lib" {
            return None; // declares the rooms
        }
        let Some(target) = to.first().map(String::as_str) else {
            return Some(format!("`{room}` names the whole crate"));
        };
        let made_in = MACROS.iter().find(|(name, _)| target.starts_with(name));
        let target = made_in.map_or(target, |(_, room)| room);
        let Some((_, may_name)) = MAY_NAME.iter().find(|(name, _)| *name == room) else {
            return Some(format!("`{room}` is not a room: draw its arrows first"));
        };
        if !MAY_NAME.iter().any(|(name, _)| *name == target) {
            return Some(format!("`{room}` names `{target}`, which is not a room"));
        }
        if target != room && !may_name.contains(&target) {
            return Some(format!("`{room}` may not name `{target}`"));
        }
        let adapter = |path: &[String]| {
            path.get(1).filter(|name| path[0] == "engine" && ADAPTERS.contains(&name.as_str())).cloned()
        };
        match (adapter(from), adapter(to)) {
            (_, None) => None,
            (Some(own), Some(other)) if own == other => None,
            (Some(own), Some(other)) => Some(format!("adapter `{own}` may not name adapter `{other}`")),
            (None, Some(_)) if MAY_NAME_ADAPTERS.contains(&room) => None,
            (None, Some(other)) => {
                Some(format!("`{room}` may not name adapter `{other}`: it knows the port only"))
            }
        }
    }

    fn objections(file: &str, source: &str) -> Vec<String> {
        let (from, paths) = named_paths(Path::new(file), source);
        paths
            .iter()
            .filter_map(|Named { from: inner, to, line }| {
                debug_assert!(inner.starts_with(&from));
                objection(inner, to).map(|why| format!("{file}:{line}: {why} ({})", to.join("::")))
            })
            .collect()
    }

    /// Asked at run time: with one target directory for several checkouts, the test may have been built in another.
    fn sources() -> PathBuf {
        Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("src")
    }

    #[test]
    fn no_room_names_another_against_the_table() {
        let src = sources();
        let files = source_files(&src);
        assert!(files.iter().any(|(file, _)| file == "lib.rs"), "no sources under {}", src.display());
        let found: Vec<String> = files.iter().flat_map(|(file, source)| objections(file, source)).collect();
        assert!(found.is_empty(), "arrows that are not in the table:\n{}", found.join("\n"));
    }

    #[test]
    fn everything_beside_lib_is_a_room_of_the_table() {
        let src = sources();
        for (file, _) in source_files(&src) {
            let room = file.split('/').next().unwrap().trim_end_matches(".rs");
            assert!(room == "lib" || MAY_NAME.iter().any(|(name, _)| *name == room), "{file} is in no room");
        }
    }

    #[test]
    fn the_table_has_no_arrow_into_the_shim_or_to_nowhere() {
        for (room, others) in MAY_NAME {
            for other in *others {
                assert!(MAY_NAME.iter().any(|(name, _)| name == other), "{room} -> {other}");
                assert!(!["shim", "main"].contains(other) && room != other, "{room} -> {other}");
            }
        }
    }

    #[track_caller]
    fn refused(file: &str, source: &str, expected: &[&str]) {
        let found = objections(file, source);
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found} does not say {expected}");
        }
    }

    #[test]
    fn an_arrow_of_the_table_is_accepted() {
        refused(
            "sessions/start.rs",
            "use crate::{engine::Container, actions::run}; use crate::sessions::x;",
            &[],
        );
        refused("main.rs", "use smidr_console::cli; fn main() { smidr_console::cli::run() }", &[]);
        refused("engine/discovery.rs", "use crate::engine::docker::Docker; use super::docker;", &[]);
        refused(
            "engine/docker/exec.rs",
            "use super::super::types::X; use super::Docker; use crate::engine::E;",
            &[],
        );
        refused(
            "logs/store.rs",
            "use std::collections::VecDeque; use tokio::sync; use self::x; mod x {}",
            &[],
        );
    }

    #[test]
    fn an_arrow_against_the_table_is_found_wherever_it_stands() {
        let engine = &["`logs` may not name `engine`"];
        for source in [
            "use crate::engine::Container;",
            "use crate::{engine as e};",
            "use super::super::engine;",
            "use self::super::super::engine;",
            "pub use ::smidr_console::engine::*;",
            "fn f() -> crate::engine::Container { todo!() }",
            "fn f() { let x = crate::engine::connect(); }",
            "fn f() { match 1 { crate::engine::ONE => {} _ => {} } }",
            "impl crate::engine::ContainerManager for X {}",
            "fn f<T: crate::engine::ContainerManager>() {}",
            "fn f() { println!(\"{}\", [crate::engine::name()]); }",
            "macro_rules! m { () => { $crate::engine::name() } }",
            "#[derive(Debug)] struct S(#[cfg(test)] Vec<crate::engine::Id>);",
            "pub(in crate::engine) fn f() {}",
            "#[cfg(test)] mod tests { use super::super::super::engine::X; }",
            "fn f() { mod inner { pub fn g() { super::super::super::engine::x() } } }",
        ] {
            refused("logs/store.rs", source, engine);
        }
    }

    #[test]
    fn every_arm_of_a_use_tree_is_followed() {
        refused(
            "ui/view/list.rs",
            "use crate::{\n  app::Loop,\n  logs::{Line, Store},\n  cli::{self, verbs::{Ps, Rm}},\n};",
            &["list.rs:2: `ui` may not name `app`", "`ui` may not name `cli`", "`cli`", "`cli`"],
        );
    }

    #[test]
    fn the_finer_rules_hold_too() {
        refused("engine/docker/mod.rs", "use crate::engine::podman::P;", &["adapter `docker`"]);
        refused(
            "engine/podman.rs",
            "use super::docker::D;",
            &["adapter `podman` may not name adapter `docker`"],
        );
        refused("actions/run.rs", "use crate::engine::docker::D;", &["it knows the port only"]);
        refused("app/run.rs", "use crate::*;", &["names the whole crate"]);
        refused("logs/store.rs", "crate::conformance_tests! {}", &["`logs` may not name `engine`"]);
        refused("actions/run.rs", "use crate::helpers::x;", &["`helpers`, which is not a room"]);
        refused("helpers.rs", "use crate::engine::x;", &["`helpers` is not a room"]);
        refused("main.rs", "use smidr_console::engine::x;", &["`main` may not name `engine`"]);
        refused("cli/exec.rs", "const S: &[u8] = crate::shim::BYTES;", &["`cli` may not name `shim`"]);
    }

    #[test]
    fn the_shim_is_a_crate_of_its_own() {
        refused("shim/main.rs", "mod tree; use crate::tree::Tree; fn main() { crate::tree::end() }", &[]);
        refused("shim/tree/linux.rs", "use super::super::signals::X;", &[]);
        refused("shim/main.rs", "use smidr_console::engine::X;", &["`shim` may not name `engine`"]);
    }
}
