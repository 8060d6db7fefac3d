//! The command lines by which the shim and the wrapper are called.

use std::time::Duration;

use crate::engine::Signal;

/// How a shim's file is called, before its version.
const NAME: &str = "smidr-shim-";
/// What a wrapper's script is called by.
const WRAPPER: &str = "smidr-exec";
/// From the signal to KILL, where nothing else is said.
const GRACE: Duration = Duration::from_secs(5);

/// What the shim, or the wrapper, is called for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::simulated) enum Call {
    /// Run a command.
    Run(Run),
    /// End the trees of these tokens, or only signal them.
    End(End),
    /// The same, once the client is gone.
    Guard(End),
    /// Name the running shims.
    List,
    /// Say which shim this is.
    Version,
    /// The wrapper: name the processes of this token, and send them a signal where there is one.
    Tree(String, Option<Signal>),
    /// The wrapper: send the processes of this token a signal.
    Group(String, Signal),
}

/// A command to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::simulated) struct Run {
    pub(in crate::engine::simulated) token: String,
    pub(in crate::engine::simulated) grace: Duration,
    pub(in crate::engine::simulated) stdin: StdinMode,
    pub(in crate::engine::simulated) command: Vec<String>,
    /// Under the shim; else the wrapper became the command.
    pub(in crate::engine::simulated) by_shim: bool,
}

/// What standard input is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::simulated) enum StdinMode {
    /// The command's own.
    Inherit,
    /// Frames, without data for the command.
    Watch,
    /// Frames, with data for the command.
    Pipe,
}

/// Trees to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::simulated) struct End {
    pub(super) tokens: Vec<String>,
    pub(super) signal: Signal,
    pub(super) grace: Duration,
    /// Only pass the signal on.
    pub(super) forward: bool,
    /// A token nobody has is no failure.
    pub(super) is_sweep: bool,
}

impl Call {
    /// The call these words are, where they are one. `is_there` says whether a file is in the container.
    ///
    /// # Errors
    /// In the shim's words, what is wrong with its arguments.
    pub(in crate::engine::simulated) fn of(
        words: &[String],
        is_there: impl FnOnce(&str) -> bool,
    ) -> Option<Result<Self, String>> {
        let (program, args) = words.split_first()?;
        if program.rsplit('/').next()?.starts_with(NAME) && is_there(program) {
            return Some(shim(args));
        }
        match args {
            [option, script, name, token, rest @ ..] if option == "-c" && name == WRAPPER => {
                wrapper(script, token, rest)
            }
            _ => None,
        }
    }
}

fn shim(args: &[String]) -> Result<Call, String> {
    let Some((verb, rest)) = args.split_first() else {
        return Err("give one of run, signal, guard, sweep, list, version".to_owned());
    };
    match (verb.as_str(), rest) {
        ("run", rest) => run(rest).map(Call::Run),
        ("signal", rest) => end(rest, false).map(Call::End),
        ("sweep", rest) => end(rest, true).map(Call::End),
        ("guard", rest) => end(rest, false).map(Call::Guard),
        ("list", []) => Ok(Call::List),
        ("version", []) => Ok(Call::Version),
        (verb, _) => Err(format!("{verb} is not understood here")),
    }
}

fn grace_of(word: Option<&String>) -> Result<Duration, String> {
    let millis: Option<u64> = word.and_then(|word| word.parse().ok());
    millis.map(Duration::from_millis).ok_or_else(|| "--grace takes milliseconds".to_owned())
}

fn token_of(word: Option<&String>) -> Result<String, String> {
    let is_token = |text: &&String| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let wrong = || "--token takes 1 to 64 letters, digits, '.', '_' or '-'".to_owned();
    word.filter(is_token).cloned().ok_or_else(wrong)
}

fn run(args: &[String]) -> Result<Run, String> {
    let (mut token, mut grace, mut stdin) = (None, GRACE, StdinMode::Inherit);
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--token" => token = Some(token_of(words.next())?),
            "--grace" => grace = grace_of(words.next())?,
            "--stdin" => {
                stdin = match words.next().map(String::as_str) {
                    Some("inherit") => StdinMode::Inherit,
                    Some("watch") => StdinMode::Watch,
                    Some("pipe") => StdinMode::Pipe,
                    _ => return Err("--stdin takes inherit, watch or pipe".to_owned()),
                }
            }
            // What a simulated command leaves behind ends with it either way.
            "--daemons" => drop(words.next()),
            "--" => {
                let command: Vec<String> = words.cloned().collect();
                if command.is_empty() {
                    return Err("no command after --".to_owned());
                }
                let token = token.ok_or("run needs a --token")?;
                return Ok(Run { token, grace, stdin, command, by_shim: true });
            }
            word => return Err(format!("run does not know {word}")),
        }
    }
    Err("run needs -- and a command".to_owned())
}

fn end(args: &[String], is_sweep: bool) -> Result<End, String> {
    let mut end = End { tokens: Vec::new(), signal: Signal::term(), grace: GRACE, forward: false, is_sweep };
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--token" => end.tokens.push(token_of(words.next())?),
            "--grace" => end.grace = grace_of(words.next())?,
            "--signal" => {
                let signal = words.next().and_then(|word| word.parse().ok());
                end.signal = signal.ok_or("--signal takes a signal's name or number")?;
            }
            "--forward" => end.forward = true,
            "--orphans" => {}
            word => return Err(format!("{word} is not understood here")),
        }
    }
    if end.tokens.is_empty() || (!is_sweep && end.tokens.len() > 1) {
        return Err("a --token is needed".to_owned());
    }
    end.forward |= !matches!(end.signal.as_str(), "HUP" | "INT" | "QUIT" | "TERM" | "KILL");
    Ok(end)
}

/// The wrapper's scripts differ in what they end with; its own words are not known here.
fn wrapper(script: &str, token: &str, rest: &[String]) -> Option<Result<Call, String>> {
    let token = token.to_owned();
    if script.contains(r#"exec "$@""#) {
        let (grace, stdin, command) = (GRACE, StdinMode::Inherit, rest.to_vec());
        return Some(Ok(Call::Run(Run { token, grace, stdin, command, by_shim: false })));
    }
    let signal = rest.first().filter(|name| !name.is_empty()).and_then(|name| name.parse().ok());
    match signal {
        signal if script.contains("find_tree") => Some(Ok(Call::Tree(token, signal))),
        Some(signal) => Some(Ok(Call::Group(token, signal))),
        None if script.contains("rm -f") => Some(Ok(Call::Tree(token, None))),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &str) -> Option<Result<Call, String>> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Call::of(&words, |path| path == "/.smidr/smidr-shim-0")
    }

    #[test]
    fn the_shim_s_command_lines_are_understood() {
        let run = Run {
            token: "t".to_owned(),
            grace: Duration::from_millis(200),
            stdin: StdinMode::Watch,
            command: ["--token", "x"].map(str::to_owned).to_vec(),
            by_shim: true,
        };
        let line =
            "/.smidr/smidr-shim-0 run --token t --grace 200 --stdin watch --daemons leave -- --token x";
        assert_eq!(call(line), Some(Ok(Call::Run(run))));
        assert_eq!(call("/.smidr/smidr-shim-0 list"), Some(Ok(Call::List)));
        assert_eq!(call("/.smidr/smidr-shim-1 list"), None, "it is not there");
        assert_eq!(call("/bin/smidr-other list"), None);
        for wrong in
            ["", "run --token t", "run -- x", "signal", "run --token a/b -- x", "signal --token a --token b"]
        {
            assert!(matches!(call(&format!("/.smidr/smidr-shim-0 {wrong}")), Some(Err(_))), "{wrong}");
        }
        let Some(Ok(Call::End(end))) = call("/.smidr/smidr-shim-0 signal --token t --signal USR1") else {
            panic!()
        };
        assert!(end.forward);
    }
}
