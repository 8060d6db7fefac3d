//! `cleanup`: shows exactly what would go, asks, and removes that.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io::{self, IsTerminal};
use std::pin::pin;
use std::time::Duration;

use clap::{Args, ValueEnum};
use futures_util::future::join_all;

use crate::actions::cleanup::{CleanupReport, Ending, Plan, PlanOptions, Rules, VolumeChoice, execute};
use crate::actions::{Outcome, Verb};
use crate::app::vocabulary;
use crate::config::{Environment, Overrides, load};

use super::connect::Engine;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};
use crate::values;

mod json;
mod sessions;
mod show;

/// What to clean up.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct CleanupArgs {
    /// Show what would go and remove nothing, --force or not
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    force: bool,
    /// Running containers too: they are stopped, then removed
    #[arg(long)]
    running: bool,
    /// Images no tag points to and nothing uses, too, whoever made them
    #[arg(long)]
    images: bool,
    /// Which volumes of these containers, and managed volumes that nobody uses
    #[arg(long, value_enum, value_name = "WHICH", default_value = "all")]
    volumes: Volumes,
    /// Only what was made and, where it has run, has ended longer ago than this
    ///
    /// Such as 12h, 3d, 2w. Some engines (Docker 20.10 among them) take for a volume's age how long its top
    /// directory has not changed.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    older_than: Option<Duration>,
    /// Sessions (durable execs, earlier builds) that have been over for so long, in containers that run
    ///
    /// Without it what the settings say (`sessions.keep`), which is 7d where they say nothing.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    sessions_older_than: Option<Duration>,
    /// Let this protected volume go, too; its whole name, may be given several times
    ///
    /// Protected are volumes with the label io.smidr.protected=true and those whose names look like caches of
    /// bitbake: *sstate*, *download*, dl-dir and the like.
    #[arg(long, value_name = "NAME")]
    include_protected: Vec<String>,
}

/// Which volumes go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Volumes {
    /// Named and anonymous ones
    #[default]
    All,
    /// Only those the engine named: nobody finds them again once their container is gone
    Anonymous,
    /// None
    None,
}

impl CleanupArgs {
    fn options(&self) -> PlanOptions {
        PlanOptions {
            running: self.running,
            images: self.images,
            volumes: match self.volumes {
                Volumes::All => VolumeChoice::All,
                Volumes::Anonymous => VolumeChoice::Anonymous,
                Volumes::None => VolumeChoice::None,
            },
            older_than: self.older_than,
            include_protected: self.include_protected.iter().cloned().collect(),
            ..PlanOptions::default()
        }
    }
}

/// A plan, and the engine it is for.
type Planned<'a> = (&'a Engine, Plan);

pub(crate) async fn run(args: &CleanupArgs, context: &Context) -> Ended {
    let is_terminal = io::stdin().is_terminal() && context.screen.err_terminal;
    clean_up(args, context, is_terminal.then_some(read_answer)).await
}

/// The verb, with whoever is asked; nobody, where there is no terminal.
async fn clean_up<Answering>(
    args: &CleanupArgs,
    context: &Context,
    ask: Option<impl FnOnce() -> Answering>,
) -> Ended
where
    Answering: Future<Output = Ended<Option<String>>>,
{
    if !args.dry_run && !args.force && ask.is_none() {
        return Err(Failure::Usage(
            "cleanup asks before it removes anything, and there is no terminal to ask on; --dry-run shows what \
             would go, --force removes it without asking"
                .into(),
        ));
    }
    let keep = args.sessions_older_than.map_or_else(|| kept(context), Ok)?;
    let (planned, mut exit) = plans(args, context).await?;
    let engines: Vec<&Engine> = planned.iter().map(|(engine, _)| *engine).collect();
    let (over, unasked) = sessions::survey(context, &engines, keep).await?;
    exit = exit.worst(unasked);
    let things = planned.iter().map(|(_, plan)| plan.removals().len()).sum::<usize>()
        + over.iter().map(|of| of.ended().len()).sum::<usize>();
    if args.dry_run || things == 0 {
        show::plans(context, &planned, &over, show::Where::Answer)?;
        if context.global.json {
            let sessions = sessions::documents(&over);
            context.print_json(&json::document(args.dry_run, &planned, &[], sessions))?;
        } else if args.dry_run && things > 0 {
            context.note("nothing was removed: this was --dry-run");
        }
        return Ok(exit);
    }
    if let (false, Some(ask)) = (args.force, ask) {
        // Whoever is asked sees the whole list, --json and --quiet or not.
        show::plans(context, &planned, &over, show::Where::Question)?;
        let these = if things == 1 { "this thing".to_owned() } else { format!("these {things} things") };
        context.screen.tell(&format!("Remove {these}? Type yes:"));
        let cancelled = context.supervisor.call().cancel;
        let answer = tokio::select! {
            biased;
            () = cancelled.cancelled() => None,
            answer = ask() => answer?,
        };
        if !answer.is_some_and(|answer| answer.trim().eq_ignore_ascii_case("yes")) {
            context.screen.tell("nothing was removed");
            return Err(Failure::Cancelled);
        }
    } else if !context.global.quiet {
        show::plans(context, &planned, &over, show::Where::Answer)?;
    }
    let reports = join_all(planned.iter().map(|one| remove(context, one, planned.len() > 1))).await;
    let (forgotten, of_sessions) = sessions::remove(context, &over).await;
    exit = exit.worst(of_sessions);
    if context.global.json {
        context.print_json(&json::document(false, &planned, &reports, forgotten))?;
    } else if !context.global.quiet {
        context.print(&show::summary(&reports))?;
    }
    for report in &reports {
        exit = exit.worst(exit_of(context, report));
    }
    Ok(exit)
}

/// How long what is kept of sessions stays, by the settings.
fn kept(context: &Context) -> Ended<Duration> {
    let overrides = Overrides { settings: context.global.settings.clone(), ..Overrides::default() };
    Ok(load(&Environment::from_process(), &overrides, &vocabulary())?.settings.sessions.keep)
}

/// A plan for each engine that can be planned for; how to end because of the others.
async fn plans<'a>(args: &CleanupArgs, context: &'a Context) -> Ended<(Vec<Planned<'a>>, Exit)> {
    let (engines, mut exit) = context.every_engine().await?;
    let (rules, options) = (&Rules::default(), &args.options());
    let made = join_all(engines.iter().map(async |engine| {
        let call = context.call(Verb::List, &engine.label);
        Plan::make(&engine.supervised, &call, rules, options).await
    }));
    let mut planned = Vec::new();
    for (engine, plan) in engines.iter().zip(made.await) {
        match plan {
            Ok(plan) => planned.push((engine, plan)),
            Err(report) => exit = exit.worst(context.report(&Failure::from(report))),
        }
    }
    let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
    for name in planned.iter().flat_map(|(_, plan)| plan.unknown_names()) {
        *missing.entry(name).or_default() += 1;
    }
    let nowhere: BTreeSet<&str> =
        missing.into_iter().filter(|(_, times)| *times == planned.len()).map(|(name, _)| name).collect();
    if !nowhere.is_empty() {
        let names = nowhere.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!(
            "--include-protected {names}: there is no volume of that name; nothing was removed"
        )));
    }
    Ok((planned, exit))
}

/// Removes what is planned for one engine, each result told as it comes. What `--timeout` leaves is for all of
/// it together.
async fn remove(context: &Context, (engine, plan): &Planned<'_>, several: bool) -> CleanupReport {
    let call = context.call(Verb::Remove, &engine.label);
    let chosen = plan.all();
    let cancel = call.cancel.clone();
    let each = |item: &_| show::result(context, engine, several, item);
    let mut work = pin!(execute(&engine.supervised, &call, plan, &chosen, each));
    let Some(timeout) = context.global.timeout else { return work.await };
    tokio::select! {
        biased;
        report = &mut work => return report,
        () = tokio::time::sleep(context.left_of(timeout)) => {}
    }
    // What is under way has this very deadline and ends by it; what has not begun never does.
    tokio::task::yield_now().await;
    cancel.cancel();
    work.await
}

fn exit_of(context: &Context, report: &CleanupReport) -> Exit {
    let of_item = |ending: &Ending| match ending {
        Ending::Skipped(_) => Exit::Conflict,
        Ending::Asked(report) => match &report.outcome {
            Outcome::Done(_) => Exit::Done,
            Outcome::Failed(error) => Exit::of(error.kind()),
            Outcome::TimedOut => Exit::TimedOut,
            // Nobody but `--timeout` cancels where no signal came.
            Outcome::Cancelled if !context.shutdown.has_come() => Exit::TimedOut,
            Outcome::Cancelled => context.shutdown.exit(),
        },
    };
    report.items.iter().fold(Exit::Done, |exit, item| exit.worst(of_item(&item.ending)))
}

/// A line from standard input; nothing at its end.
async fn read_answer() -> Ended<Option<String>> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|length| (length > 0).then_some(line))
    });
    let read = read.await.unwrap_or_else(|broken| Err(io::Error::other(broken)));
    read.map_err(|source| Failure::Here { doing: "read the answer".into(), source })
}

#[cfg(test)]
mod tests;
