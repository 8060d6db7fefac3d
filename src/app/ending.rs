//! From the supervisor's report to what the screen shows of it.

use crate::actions::{Outcome, Report};
use crate::engine::Change;
use crate::ui::{Ended, Ending, Problem, Yield};

/// What went wrong, where something did.
pub(crate) fn problem(report: &Report<()>) -> Option<Problem> {
    match &report.outcome {
        Outcome::Done(()) | Outcome::Cancelled => None,
        Outcome::Failed(error) => {
            let mut problem = Problem::from(error);
            if report.attempts > 1 {
                let tried = format!(" (tried {} times)", report.attempts);
                problem.words += &tried;
            }
            Some(problem)
        }
        Outcome::TimedOut => {
            let limit = crate::text::elapsed(report.deadline.unwrap_or(report.elapsed));
            let words = format!("{} {}: no end within {limit}", report.verb, report.object);
            Some(Problem { can_retry: true, ..Problem::new(words.replace("  ", " ").replace(" :", ":")) })
        }
    }
}

/// How an action ended, and what came of it.
pub(crate) fn ended<T>(report: Report<T>, yielded: impl FnOnce(T) -> Yield) -> Ended {
    let aftermath = report.aftermath.sentence().map(str::to_owned);
    let (elapsed, attempts) = (report.elapsed, report.attempts);
    let mut came = Yield::Nothing;
    let report = report.map(|value| came = yielded(value));
    let ending = match &report.outcome {
        Outcome::Done(()) => Ending::Done,
        Outcome::Failed(_) => Ending::Failed,
        Outcome::TimedOut => Ending::TimedOut,
        Outcome::Cancelled => Ending::Cancelled,
    };
    Ended { ending, elapsed, attempts, problem: problem(&report), aftermath, yielded: came }
}

/// What a change brought.
pub(crate) fn of_change(change: Change) -> Yield {
    match change {
        Change::Made => Yield::Nothing,
        Change::AlreadySo => Yield::AlreadySo,
    }
}

/// One that could not even be begun.
pub(crate) fn not_begun(why: impl AsRef<str>) -> Ended {
    Ended {
        ending: Ending::Failed,
        elapsed: std::time::Duration::ZERO,
        attempts: 0,
        problem: Some(Problem::new(why)),
        aftermath: Some("the engine was not asked".into()),
        yielded: Yield::Nothing,
    }
}
