//! From the parsed command line to the verb, and to the exit code.

use std::time::Duration;

use super::args::{Cli, Command, ConsoleArgs};
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use super::output::Screen;
use super::{
    artifacts, build, check, cleanup, completions, config, console, copy, create, df, doctor, events, exec,
    images, inspect, kill, logs, man, pause, ps, pull, remove, rename, report, sessions, start, stats, stop,
    stop_build, top, up, volume, wait, watch,
};

/// How long what is still under way after the verb has ended may take to be looked after.
const LAST: Duration = Duration::from_secs(10);

/// Does what the command line asks, signals heard. Must be called within a tokio runtime.
pub async fn run(cli: Cli) -> Exit {
    let Cli { global, console: wanted, verb } = cli;
    let context = Context::new(global, Screen::of_process());
    let verb = match verb {
        Some(verb) if wanted == ConsoleArgs::default() => verb,
        Some(_) => {
            let why =
                "--demo, --read-only, --ascii and --no-mouse are for the console, which opens without a verb";
            return context.report(&Failure::Usage(why.into()));
        }
        None => return console::run(wanted, &context).await,
    };
    let screen = context.screen.clone();
    let is_for_people = context.is_for_people();
    let told = move || {
        if is_for_people {
            screen.tell("cancelling; once more leaves at once");
        }
    };
    if let Err(source) = context.shutdown.listen(context.supervisor.clone(), told) {
        return context.report(&Failure::Here { doing: "listen for signals".into(), source });
    }
    let exit = run_verb(&context, verb).await;
    context.supervisor.shut_down(LAST).await;
    exit
}

/// Runs a verb to its exit code, its failure told.
pub(super) async fn run_verb(context: &Context, verb: Command) -> Exit {
    match dispatch(context, verb).await {
        Ok(exit) => exit,
        Err(failure) => context.report(&failure),
    }
}

async fn dispatch(context: &Context, verb: Command) -> Ended {
    match verb {
        Command::Ps(args) => ps::run(&args, context).await,
        Command::Inspect(args) => inspect::run(&args, context).await,
        Command::Pull(args) => pull::run(&args, context).await,
        Command::Create(args) => create::run(&args, context).await,
        Command::Start(args) => start::run(&args, context).await,
        Command::Stop(args) => stop::run(&args, context).await,
        Command::StopBuild(args) => stop_build::run(&args, context).await,
        Command::Restart(args) => stop::restart(&args, context).await,
        Command::Kill(args) => kill::run(&args, context).await,
        Command::Pause(args) => pause::run(&args, context).await,
        Command::Unpause(args) => pause::unpause(&args, context).await,
        Command::Wait(args) => wait::run(&args, context).await,
        Command::Rename(args) => rename::run(&args, context).await,
        Command::Rm(args) => remove::run(&args, context).await,
        Command::Exec(args) => exec::run(&args, context).await,
        Command::Sessions(command) => sessions::run(&command, context).await,
        Command::Logs(args) => logs::run(&args, context).await,
        Command::Events(args) => events::run(&args, context).await,
        Command::Top(args) => top::run(&args, context).await,
        Command::Stats(args) => stats::run(&args, context).await,
        Command::Cp(args) => copy::run(&args, context).await,
        Command::Images(args) => images::run(&args, context).await,
        Command::Rmi(args) => images::remove(&args, context).await,
        Command::Volume(command) => volume::run(&command, context).await,
        Command::Df(args) => df::run(&args, context).await,
        Command::Cleanup(args) => cleanup::run(&args, context).await,
        Command::Watch(args) => watch::run(&args, context).await,
        Command::Report(args) => report::run(&args, context).await,
        Command::Up(args) => up::up(&args, context).await,
        Command::Down(args) => up::down(&args, context).await,
        Command::Build(args) => build::run(&args, context).await,
        Command::Artifacts(args) => artifacts::run(&args, context).await,
        Command::Check(args) => check::run(&args, context),
        Command::Doctor(args) => doctor::run(&args, context).await,
        Command::Config(args) => config::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
    }
}
