use clap::CommandFactory;
use clap::error::ErrorKind;

use super::*;

/// Every verb, and every verb below a verb, by its whole name.
fn all_verbs(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
    let below = command.get_subcommands().flat_map(|verb| {
        let name = format!("{path} {}", verb.get_name());
        let mut verbs = all_verbs(verb, &name);
        verbs.push((name, verb.clone()));
        verbs
    });
    below.collect()
}

#[test]
fn the_command_line_makes_sense_to_clap() {
    Cli::command().debug_assert();
}

#[test]
fn every_verb_and_every_option_says_what_it_is() {
    let verbs = all_verbs(&Cli::command(), "");
    assert!(verbs.len() > 25, "{}", verbs.len());
    for (name, verb) in verbs {
        assert!(verb.get_about().is_some(), "{name} has no help");
        for argument in verb.get_arguments() {
            assert!(argument.get_help().is_some(), "{name} {} has no help", argument.get_id());
        }
    }
}

#[test]
fn the_global_options_stand_anywhere() {
    for line in
        ["--json --host /run/a.sock ps", "ps --json --host /run/a.sock", "ps --host=/run/a.sock --json"]
    {
        let cli = Cli::try_parse_from(["smidr-console"].into_iter().chain(line.split(' '))).unwrap();
        assert!(cli.global.json, "{line}");
        assert_eq!(cli.global.host, ["/run/a.sock"], "{line}");
    }
    let cli = Cli::try_parse_from(["smidr-console", "--host", "a", "--host", "b", "ps", "--timeout", "1m"])
        .unwrap();
    assert_eq!(cli.global.host, ["a", "b"]);
    assert_eq!(cli.global.timeout, Some(Duration::from_secs(60)));
}

#[test]
fn what_is_wrong_ends_with_two() {
    for line in ["bogus", "stop", "ps --timeout 0", "kill a -s NOSUCH", "create debian", "exec yocto-a"] {
        let error = Cli::try_parse_from(["smidr-console"].into_iter().chain(line.split(' '))).unwrap_err();
        assert_eq!(error.exit_code(), i32::from(Exit::Usage.code()), "{line}");
    }
}

#[test]
fn without_a_verb_the_console_opens() {
    assert!(Cli::try_parse_from(["smidr-console"]).unwrap().opens_console());
    let cli =
        Cli::try_parse_from(["smidr-console", "--demo", "--read-only", "--ascii", "--no-mouse"]).unwrap();
    assert_eq!(cli.console, ConsoleArgs { demo: true, read_only: true, ascii: true, no_mouse: true });
    assert!(!Cli::try_parse_from(["smidr-console", "ps"]).unwrap().opens_console());
    let error = Cli::try_parse_from(["smidr-console", "--demo", "--host", "/run/a.sock"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ArgumentConflict);
}

#[test]
fn the_help_as_it_is() {
    insta::assert_snapshot!(Cli::command().render_long_help());
}
