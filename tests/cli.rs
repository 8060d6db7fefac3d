//! The program itself, where it needs no engine.

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::{Command, Output, Stdio};
    use std::time::{Duration, Instant};

    /// The program, with nothing of the environment that would lead it to an engine.
    fn program(args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smidr-console"));
        for name in ["DOCKER_HOST", "DOCKER_CONTEXT", "NO_COLOR", "CLICOLOR_FORCE", "SMIDR_TEST_ENTRYPOINT"] {
            command.env_remove(name);
        }
        command.args(args).stdin(Stdio::null());
        command
    }

    fn run(args: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = program(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    #[test]
    fn no_engine_is_exit_code_three_and_names_what_was_tried() {
        let (code, out, err) = run(&["--host", "/no/such/engine.sock", "ps"]);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("unix:///no/such/engine.sock") && err.contains("doctor"), "{err}");
        let (code, _, err) = run(&["--host", "/no/such/engine.sock", "--json", "ps"]);
        let error: serde_json::Value = serde_json::from_str(&err).unwrap();
        assert_eq!((code, error["error"]["kind"].as_str()), (3, Some("no-engine")), "{err}");
        let (code, out, _) = run(&["--host", "/no/such/engine.sock", "doctor"]);
        assert_eq!(code, 3);
        assert!(out.contains("no answer") && out.contains("there is no such socket"), "{out}");
        let (code, _, err) = run(&["--host", "/no/such/engine.sock", "exec", "yocto-a", "true"]);
        assert_eq!(code, 125, "the low codes are the command's: {err}");
    }

    #[test]
    fn an_engine_that_takes_connections_and_never_answers_is_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("silent.sock");
        let _listener = UnixListener::bind(&socket).unwrap();
        let begun = Instant::now();
        let (code, _, err) =
            run(&["--host", socket.to_str().unwrap(), "--timeout", "300ms", "logs", "yocto-a"]);
        assert_eq!(code, 3, "{err}");
        assert!(err.contains("did not answer within 0.3s"), "{err}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }

    #[test]
    fn a_wrong_command_line_is_exit_code_two() {
        for args in [&["bogus"][..], &["stop"], &["ps", "--timeout", "never"]] {
            let (code, out, err) = run(args);
            assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        }
    }

    #[test]
    fn without_a_terminal_the_console_says_so_and_changes_nothing() {
        for term in ["xterm", "dumb", ""] {
            let output = program(&["--demo"]).env("TERM", term).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{err}");
            let why = if term == "xterm" { "standard input is none" } else { "TERM=" };
            assert!(err.contains(why) && !err.contains('\u{1b}'), "{err}");
        }
        let (code, _, err) = run(&["--demo", "ps"]);
        assert!(code == 2 && err.contains("without a verb"), "{err}");
    }

    #[test]
    fn a_reader_that_goes_away_ends_it_without_a_word() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(&["man"]).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(141), "{output:?}");
        assert_eq!(output.stderr, b"");
    }

    #[test]
    fn the_help_the_page_and_the_completions_are_there() {
        let (code, help, _) = run(&["--help"]);
        assert!(code == 0 && help.contains("Exit codes:") && help.contains("124"), "{help}");
        let (code, page, _) = run(&["man"]);
        assert!(code == 0 && page.contains("EXIT STATUS"), "{page}");
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let (code, script, _) = run(&["completions", shell]);
            assert!(code == 0 && script.contains("unpause"), "{shell}");
        }
    }
}
