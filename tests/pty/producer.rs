//! A container that prints as fast as it can is not held up by who reads along.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::engine::Engine;
use crate::support::{Bench, unique};

/// Prints that many numbered lines of about a hundred bytes, and then how long that took: it is the container's own
/// clock, in hundredths of a second.
const PRINTS: &str = r#"while [ ! -e /go ]; do sleep 0.1; done
read begun rest </proc/uptime
yes "NOTE: recipe foo-1.0-r0: task do_compile: Started, with all that a line of a build has to say" |
  head -n LINES | cat -n
read ended rest </proc/uptime
echo "printed from $begun to $ended.""#;
/// Without optimisation the console is behind for long at the end, which says nothing.
const LINES: &str = if cfg!(debug_assertions) { "300000" } else { "1000000" };
const ROUNDS: usize = 3;
/// The most that the console may slow it down, where `docker logs -f > /dev/null` is 1. What is measured with two
/// processors for the container, its engine and the reader differs by some tenths from round to round; without
/// optimisation the console takes its share of them.
const SLOWER: f64 = if cfg!(debug_assertions) { 2.5 } else { 1.5 };

#[derive(Debug, Clone, Copy)]
enum Reader {
    Nobody,
    Client,
    Console,
}

/// How long the container took, in seconds.
fn time(reader: Reader) -> f64 {
    let engine = Engine::of_bench();
    let script = PRINTS.replace("LINES", LINES);
    let (name, host) = (unique("pty-producer"), Bench::get().docker);
    let (mut shown, mut client) = (None, None);
    let name = match reader {
        Reader::Console => {
            let begun = engine.shown("pty-producer", &script);
            let name = begun.name.clone();
            shown = Some(begun);
            name
        }
        Reader::Nobody | Reader::Client => {
            engine.run(&name, &script);
            name
        }
    };
    if matches!(reader, Reader::Client) {
        let mut command = Command::new("docker");
        command.args(["--host", &host, "logs", "--follow", &name]).stdout(Stdio::null());
        client = Some(command.spawn().unwrap());
    }
    let engine = Engine::of_bench();
    engine.docker(&["exec", &name, "touch", "/go"]);
    // Not asked again and again: that would take of its processors.
    engine.docker(&["wait", &name]);
    let last = engine.docker(&["logs", "--tail", "1", &name]);
    if let Some(mut client) = client {
        assert!(client.wait().unwrap().success());
    }
    match shown {
        Some(shown) => {
            let behind = shown.console.wait_for(&last, Duration::from_secs(60));
            println!("the console shows the end {behind:?} after it");
            shown.end();
        }
        None => drop(engine.docker(&["rm", "--volumes", &name])),
    }
    let clocks = last.strip_prefix("printed from ").and_then(|rest| rest.strip_suffix('.'));
    let (begun, ended) = clocks.and_then(|clocks| clocks.split_once(" to ")).expect(&last);
    ended.parse::<f64>().unwrap() - begun.parse::<f64>().unwrap()
}

#[test]
#[ignore = "needs the bench: run tests/run"]
fn the_console_slows_a_container_no_more_than_the_engines_own_client_does() {
    let readers = [Reader::Nobody, Reader::Client, Reader::Console];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for (reader, times) in readers.iter().zip(&mut times) {
            times.push(time(*reader));
        }
    }
    println!("{LINES} lines with {readers:?}: {times:.2?} s");
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    });
    let ratio = medians[2] / medians[1];
    println!("medians {medians:.2?} s; the console takes {ratio:.2} of what the client takes");
    assert!(ratio < SLOWER, "{ratio:.2}");
}
