//! What is being done, and what was done: every action of this console, with its outcome.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use crate::actions::Progress;
use crate::ui::message::{Ended, Ending, Yield};
use crate::ui::{ActionId, ActionNews, EngineId, Now, Request};

/// How many ended actions are kept.
pub const HISTORY: usize = 500;
/// How long an ended action stays on the strip.
const LINGER: Duration = Duration::from_secs(6);
/// The same for one that did not end well.
const LINGER_BAD: Duration = Duration::from_secs(20);

/// How far the user has gone in ending an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// Not at all.
    No,
    /// Cancelled: what it began is being ended or undone.
    Asked,
    /// That is not waited for either.
    Abandoned,
}

/// An action under way.
#[derive(Debug, Clone)]
pub struct Running {
    /// Which.
    pub id: ActionId,
    /// What was asked.
    pub request: Request,
    /// Of what, in words: a container's name, an image.
    pub object: String,
    /// When it began.
    pub begun: Duration,
    /// When it ends at the latest; `None` for what lasts as long as it lasts.
    pub deadline: Option<Duration>,
    /// The last it told.
    pub note: Option<String>,
    /// Whether it has passed its slow mark.
    pub is_slow: bool,
    /// Whether it is being cancelled.
    pub cancel: Cancel,
}

impl Running {
    /// Whether it is a stop of a build: it goes from step to step, and can be hurried until it is cancelled.
    #[must_use]
    pub fn has_steps(&self) -> bool {
        matches!(self.request, Request::StopBuild { .. }) && self.cancel == Cancel::No
    }

    /// Whether it has a tab of its own, which shows it.
    #[must_use]
    pub fn has_tab(&self) -> bool {
        matches!(self.request, Request::Exec(..) | Request::Shell(..))
    }
}

/// An action that is over.
#[derive(Debug, Clone)]
pub struct Past {
    /// Which.
    pub id: ActionId,
    /// The engine.
    pub engine: EngineId,
    /// What was asked, in a word or two.
    pub word: &'static str,
    /// Of what.
    pub object: String,
    /// How it ended.
    pub ending: Ending,
    /// When, by the wall clock.
    pub at: Timestamp,
    /// When, since the console began.
    pub ended: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// How often it was asked.
    pub attempts: u32,
    /// What failed and why, and what can be done.
    pub problem: Option<crate::ui::Problem>,
    /// What was found and put right afterwards.
    pub aftermath: Option<String>,
    /// What came of it, in words.
    pub result: Option<String>,
    /// The exit code, of a command.
    pub exit_code: Option<i64>,
}

impl Past {
    /// One sentence: what became of it.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut words = match (&self.problem, self.ending) {
            (Some(problem), _) => problem.words.clone(),
            (None, Ending::Done) => {
                format!("{} {}: {}", self.word, self.object, self.result.as_deref().unwrap_or("done"))
            }
            (None, ending) => format!("{} {}: {}", self.word, self.object, ending.word()),
        };
        if let Some(aftermath) = &self.aftermath {
            words += "; ";
            words += aftermath;
        }
        words
    }

    /// Whether it was done, and as a command ended with 0.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.ending == Ending::Done && self.exit_code.is_none_or(|code| code == 0)
    }

    /// How long it stays on the strip.
    #[must_use]
    pub fn lingers(&self) -> Duration {
        if self.is_good() { LINGER } else { LINGER_BAD }
    }
}

/// All actions.
#[derive(Debug, Default)]
pub struct Actions {
    next: u64,
    running: BTreeMap<ActionId, Running>,
    past: VecDeque<Past>,
}

impl Actions {
    /// Notes one that begins, and names it.
    pub fn begin(
        &mut self,
        request: Request,
        object: String,
        deadline: Option<Duration>,
        now: Now,
    ) -> ActionId {
        self.next += 1;
        let id = ActionId(self.next);
        let running = Running {
            id,
            request,
            object,
            begun: now.since_start,
            deadline: deadline.map(|limit| now.since_start + limit),
            note: None,
            is_slow: false,
            cancel: Cancel::No,
        };
        self.running.insert(id, running);
        id
    }

    /// Takes what is new of one.
    pub fn hear(&mut self, id: ActionId, news: &ActionNews, now: Now) {
        match news {
            ActionNews::Progress(progress) => {
                let Some(running) = self.running.get_mut(&id) else { return };
                match progress {
                    Progress::Slow { .. } => running.is_slow = true,
                    Progress::Retrying { attempt, attempts, why, .. } => {
                        running.note = Some(clean(&format!("attempt {attempt} of {attempts} failed: {why}")));
                    }
                    Progress::Settling { doing } => running.note = Some(clean(doing)),
                    Progress::Note(words) => running.note = Some(clean(words)),
                }
            }
            ActionNews::Step(words) => {
                if let Some(running) = self.running.get_mut(&id) {
                    running.note = Some(clean(words));
                }
            }
            ActionNews::Ended(ended) => {
                if let Some(running) = self.running.remove(&id) {
                    self.keep(past(running, ended, now));
                }
            }
            ActionNews::Output(_) | ActionNews::Printed(_) | ActionNews::Moved => {}
        }
    }

    fn keep(&mut self, past: Past) {
        if self.past.len() == HISTORY {
            self.past.pop_front();
        }
        self.past.push_back(past);
    }

    /// The user wants one to end; how far that has gone now.
    pub fn cancel(&mut self, id: ActionId) -> Option<Cancel> {
        let running = self.running.get_mut(&id)?;
        running.cancel = match running.cancel {
            Cancel::No => Cancel::Asked,
            Cancel::Asked | Cancel::Abandoned => Cancel::Abandoned,
        };
        Some(running.cancel)
    }

    /// Those under way, the oldest first.
    #[must_use]
    pub fn running(&self) -> impl DoubleEndedIterator<Item = &Running> {
        self.running.values()
    }

    /// One that is under way.
    #[must_use]
    pub fn get(&self, id: ActionId) -> Option<&Running> {
        self.running.get(&id)
    }

    /// Those that are over, the newest first.
    #[must_use]
    pub fn past(&self) -> impl DoubleEndedIterator<Item = &Past> + ExactSizeIterator {
        self.past.iter().rev()
    }

    /// Those that are over and still on the strip, the newest first.
    pub fn lingering(&self, now: Duration) -> impl Iterator<Item = &Past> {
        self.past().take_while(move |past| now.saturating_sub(past.ended) < LINGER_BAD).filter(move |past| {
            now.saturating_sub(past.ended) < past.lingers() && past.word != "plan cleanup"
        })
    }
}

fn clean(words: &str) -> String {
    crate::text::clean(words).into_owned()
}

fn past(running: Running, ended: &Ended, now: Now) -> Past {
    Past {
        id: running.id,
        engine: running.request.engine(),
        word: running.request.word(),
        object: running.object,
        ending: ended.ending,
        at: now.time,
        ended: now.since_start,
        elapsed: ended.elapsed,
        attempts: ended.attempts,
        problem: ended.problem.clone(),
        aftermath: ended.aftermath.as_deref().map(clean),
        result: result(&ended.yielded),
        exit_code: if let Yield::ExitCode(code) = ended.yielded { Some(code) } else { None },
    }
}

/// What came of an action that was done, in words.
fn result(yielded: &Yield) -> Option<String> {
    Some(match yielded {
        Yield::Nothing => return None,
        Yield::AlreadySo => "it was so already".into(),
        Yield::BuildStopped(end) => clean(&end.to_string()),
        Yield::Created(id) => format!("made {}", id.short()),
        Yield::Plan(plan) => crate::text::count(plan.removals().len(), "thing") + " could go",
        Yield::Cleanup(report) => {
            let (bytes, unknown) = report.freed();
            let and_unknown = if unknown == 0 { "" } else { " and what nobody measured" };
            format!("{} removed, {}{and_unknown} freed", report.count("removed"), crate::text::bytes(bytes))
        }
        Yield::Started(_, session) => format!("session {session}"),
        Yield::SessionEnded(words) => clean(words),
        Yield::ExitCode(code) => match crate::engine::Signal::name_of_exit_code(*code) {
            Some(signal) => format!("exit {code} ({signal})"),
            None => format!("exit {code}"),
        },
    })
}
