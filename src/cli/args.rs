//! The command line itself: the global options, and the verbs.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};

use super::exit::Exit;
use super::{
    artifacts, build, check, cleanup, completions, config, copy, create, df, doctor, events, exec, images,
    inspect, kill, logs, man, pause, ps, pull, remove, rename, report, sessions, start, stats, stop,
    stop_build, top, up, volume, wait, watch,
};
use crate::values;

/// Watch, run and clean up build containers, on every engine of this machine or others.
///
/// Without a verb it opens the console: containers and volumes beside their logs, every action by a key.
///
/// It talks to the engines it finds: those given with --host, else the one of `DOCKER_HOST`, else the one
/// of the docker context in use, else all that answer at the usual sockets. Every call has a deadline, and can
/// be cancelled with ^C: once cancels and says what is left, twice leaves at once.
#[derive(Debug, Parser)]
#[command(name = "smidr-console", version, after_long_help = Exit::table(), disable_help_subcommand = true)]
#[command(max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(flatten)]
    pub(crate) console: ConsoleArgs,
    #[command(subcommand)]
    pub(crate) verb: Option<Command>,
}

impl Cli {
    /// Whether the console is opened, which needs several threads.
    #[must_use]
    pub fn opens_console(&self) -> bool {
        self.verb.is_none()
    }
}

/// Options of the console.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Options of the console")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct ConsoleArgs {
    /// Open the built-in simulated engine, and no other
    #[arg(long, conflicts_with = "host")]
    pub(crate) demo: bool,

    /// Take away everything that changes something
    #[arg(long)]
    pub(crate) read_only: bool,

    /// Draw nothing but ASCII
    #[arg(long)]
    pub(crate) ascii: bool,

    /// Leave the mouse to the terminal
    #[arg(long)]
    pub(crate) no_mouse: bool,
}

/// Options of every verb.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every verb")]
pub(crate) struct Global {
    /// An engine to talk to; may be given several times
    ///
    /// `unix:///run/docker.sock`, a plain path, `tcp://HOST:PORT` or `ssh://[USER@]HOST[:PORT]`. Given, only
    /// these engines are asked, and one that does not answer is an error.
    #[arg(long, value_name = "URI", global = true, action = ArgAction::Append)]
    pub(crate) host: Vec<String>,

    /// Print JSON, with stable names
    ///
    /// One document a call, for lists an array; one line an item for what is followed. Errors are printed to
    /// standard error as {"error": {"kind", "message", "chain", "hint", "retryable", ...}}.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// End after this long, whatever the verb's own deadline is
    ///
    /// Such as 90s, 10m, 1h30m. It begins when the engines have been found, for which there is as long again;
    /// the grace of stop and restart comes on top, as do the steps of stop-build. Without
    /// it every verb has a deadline of its own, but those that last as long as what they watch (exec, logs,
    /// events, wait, stats --follow) have none.
    #[arg(long, value_name = "DURATION", global = true, value_parser = values::deadline)]
    pub(crate) timeout: Option<Duration>,

    /// Read the settings from this file
    ///
    /// Instead of the one that `SMIDR_CONSOLE_SETTINGS` names, or ~/.config/smidr-console/settings.yaml.
    #[arg(long, value_name = "FILE", global = true, value_hint = ValueHint::FilePath)]
    pub(crate) settings: Option<PathBuf>,

    /// Lists print ids only; everything else prints nothing but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List containers
    #[command(visible_alias = "list")]
    Ps(ps::PsArgs),
    /// Show all an engine knows of containers
    Inspect(inspect::InspectArgs),
    /// Fetch images
    Pull(pull::PullArgs),
    /// Make a container, once: a second time finds it
    Create(create::CreateArgs),
    /// Start containers
    Start(start::StartArgs),
    /// Stop containers: a signal, then KILL after a grace
    Stop(stop::StopArgs),
    /// Stop the build that runs in a container, step by step; the container stays
    StopBuild(stop_build::StopBuildArgs),
    /// Stop containers and start them again
    Restart(stop::RestartArgs),
    /// Send a signal to the main process of containers
    Kill(kill::KillArgs),
    /// Freeze containers
    Pause(pause::PauseArgs),
    /// Thaw containers
    Unpause(pause::UnpauseArgs),
    /// Wait until containers have ended, and print their exit codes
    Wait(wait::WaitArgs),
    /// Give a container another name
    Rename(rename::RenameArgs),
    /// Remove containers
    Rm(remove::RemoveArgs),
    /// Run a command in a running container
    Exec(exec::ExecArgs),
    /// List, follow, stop and remove durable execs
    #[command(subcommand)]
    Sessions(sessions::SessionsCommand),
    /// Print the log of a container
    Logs(logs::LogsArgs),
    /// Print what happens at the engines
    Events(events::EventsArgs),
    /// List the processes of a container
    Top(top::TopArgs),
    /// Show what containers use: processor, memory, network, disk
    Stats(stats::StatsArgs),
    /// Copy files out of or into a container
    Cp(copy::CopyArgs),
    /// List images
    Images(images::ImagesArgs),
    /// Remove images
    Rmi(images::RemoveImageArgs),
    /// List, make, show and remove volumes
    #[command(subcommand)]
    Volume(volume::VolumeCommand),
    /// Show what images, containers and volumes take on disk
    Df(df::DfArgs),
    /// Remove stopped managed containers and their volumes: shows them first, and asks
    Cleanup(cleanup::CleanupArgs),
    /// Watch the BitBake builds in containers to their end, and end as they ended
    Watch(watch::WatchArgs),
    /// Tell a BitBake build from its saved log: how it ended, what failed and why
    Report(report::ReportArgs),
    /// Make the work container of a build file of Smidr's exist and run, and check it
    Up(up::UpArgs),
    /// Stop and remove the work container; directories, volumes and builds stay
    Down(up::DownArgs),
    /// Build what a build file of Smidr's says, in a container of its own that outlives this program
    Build(build::BuildArgs),
    /// List what was built, by the globs of a build file of Smidr's, and copy it out
    Artifacts(artifacts::ArtifactsArgs),
    /// Check a build file of Smidr's, and print what it comes to
    Check(check::CheckArgs),
    /// Try every known endpoint and say what is wrong where none answers
    Doctor(doctor::DoctorArgs),
    /// Print the settings in force, and where each came from
    Config(config::ConfigArgs),
    /// Print the completion script of a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page
    Man(man::ManArgs),
}

#[cfg(test)]
mod tests;
