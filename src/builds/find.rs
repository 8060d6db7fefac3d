//! Whether a container has a BitBake in it, by the engine's list of its processes alone.

use crate::engine::ProcessTable;

/// Whether any of these processes is BitBake's: its client, its server, a parser. An idle server counts, too.
///
/// By the short names, where the engine's `ps` tells them, else by the command lines. It can be wrong about either:
/// [`look_once`](super::look_once) looks closely. One that is dead and not yet buried, as each build leaves one where no
/// init is, does not count.
#[must_use]
pub fn has_bitbake(table: &ProcessTable) -> bool {
    let name = table.titles.iter().position(|title| title == "COMM");
    table.processes.iter().any(|row| {
        let line = row.last().map_or("", String::as_str);
        let name = name.and_then(|at| row.get(at)).map_or("", String::as_str);
        !line.ends_with("<defunct>") && (is_bitbake_name(name) || runs_bitbake(line))
    })
}

/// Whether BitBake calls a process of its own so.
fn is_bitbake_name(name: &str) -> bool {
    let is_parser = || {
        name.strip_prefix("Parser-")
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(name, "KnottyUI" | "Cooker") || is_parser()
}

/// Whether a command line begins with BitBake's own program, under its interpreter or not.
fn runs_bitbake(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace().map(base_name);
    match words.next() {
        Some("KnottyUI" | "Cooker" | "bitbake" | "bitbake-server" | "bitbake-worker") => true,
        Some(interpreter) if interpreter.starts_with("python") => words
            .find(|word| !word.starts_with('-'))
            .is_some_and(|program| matches!(program, "bitbake" | "bitbake-server" | "bitbake-worker")),
        _ => false,
    }
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(titles: &[&str], row: &[&str]) -> ProcessTable {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        ProcessTable {
            titles: words(titles),
            processes: vec![words(&["1", "init", "/sbin/init"]), words(row)],
        }
    }

    #[test]
    fn a_bitbake_is_told_by_its_names() {
        for (name, is) in [
            ("KnottyUI", true),
            ("Cooker", true),
            ("Parser-12", true),
            ("Parser-", false),
            ("Parser-x", false),
            ("cooker", false),
            ("Worker", false),
            ("zlib:do_compile", false),
        ] {
            assert_eq!(has_bitbake(&table(&["PID", "COMM", "COMMAND"], &["7", name, "x"])), is, "{name}");
        }
    }

    #[test]
    fn without_names_it_is_told_by_its_command_line() {
        for (line, is) in [
            ("python3 /opt/poky/bitbake/bin/bitbake core-image-minimal", true),
            ("/usr/bin/python3 -u /opt/bin/bitbake -k x", true),
            ("bitbake-server /opt/bin/bitbake-server decafbad 5", true),
            ("python3 /opt/bin/bitbake-worker decafbad", true),
            ("KnottyUI", true),
            ("python3 /opt/bin/bitbake-layers show-layers", false),
            ("vi /opt/bin/bitbake", false),
            ("bash -c bitbake x", false),
            ("python3", false),
            ("", false),
        ] {
            assert_eq!(has_bitbake(&table(&["PID", "USER", "CMD"], &["7", "u", line])), is, "{line}");
        }
        let dead = ["7", "Cooker", "<defunct> [Cooker] <defunct>"];
        assert!(!has_bitbake(&table(&["PID", "COMM", "COMMAND"], &dead)), "it is dead");
        let empty = ProcessTable { titles: vec![], processes: vec![vec![]] };
        assert!(!has_bitbake(&empty));
    }
}
