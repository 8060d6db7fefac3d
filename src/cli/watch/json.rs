//! What is known of a build as a line for machines. `assets/json-output.md` lists the names.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bitbake::{Failure, Outcome, Progress, RunningTask};
use crate::builds::{WatchedBuild, failures, target};

use super::changes::percent;

/// What a line tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// It is there.
    Found,
    /// Something has changed.
    Progress,
    /// It is over.
    End,
    /// It goes on, and is watched no more.
    Left,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Progress => "progress",
            Self::End => "end",
            Self::Left => "left",
        }
    }
}

/// The container a line is about.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) engine: String,
    pub(super) container: String,
    pub(super) id: String,
}

impl Place {
    /// A line about a build.
    pub(super) fn line(&self, event: Event, build: &WatchedBuild, now: Timestamp) -> Value {
        let (told, seen) = (&build.build, &build.seen);
        let counts = told.counts();
        let mut line = json!({
            "event": event.name(),
            "time": now,
            "engine": self.engine,
            "container": self.container,
            "id": self.id,
            "directory": seen.id.directory,
            "began": seen.id.began,
            "target": target(&seen.words),
            "log": seen.console_log,
            "phase": told.phase().name().replace(' ', "-"),
            "percent": percent(told),
            "setscene": progress(told.setscene()),
            "tasks": progress(told.tasks()),
            "eta": build.remaining.map(|left| json!({
                "least": left.least.as_secs(),
                "likely": left.likely.as_secs(),
                "most": left.most.as_secs(),
            })),
            "elapsed": build.elapsed(now).as_secs(),
            "running": told.running().iter().map(|task| running(task, now)).collect::<Vec<_>>(),
            "failed": failures(build),
            "warnings": counts.warning_lines,
            "errors": counts.error_lines,
            "outcome": build.ended.and(told.outcome()).map(Outcome::name),
        });
        if event == Event::End
            && let Value::Object(line) = &mut line
        {
            line.insert("failures".into(), told.failures().iter().map(failure).collect());
            line.insert("no_provider".into(), told.no_provider().into());
        }
        line
    }

    /// A line about a task that has failed.
    pub(super) fn failure(&self, build: &WatchedBuild, failed: &Failure, now: Timestamp) -> Value {
        let mut line = failure(failed);
        if let Value::Object(line) = &mut line {
            line.insert("event".into(), "failure".into());
            line.insert("time".into(), json!(now));
            self.name(build, line);
        }
        line
    }

    /// A line about a build that cannot be read just now.
    pub(super) fn trouble(&self, build: &WatchedBuild, why: &str, now: Timestamp) -> Value {
        let mut line = json!({ "event": "trouble", "time": now, "message": why });
        if let Value::Object(line) = &mut line {
            self.name(build, line);
        }
        line
    }

    fn name(&self, build: &WatchedBuild, line: &mut serde_json::Map<String, Value>) {
        line.insert("engine".into(), self.engine.as_str().into());
        line.insert("container".into(), self.container.as_str().into());
        line.insert("id".into(), self.id.as_str().into());
        line.insert("directory".into(), build.id().directory.as_str().into());
        line.insert("began".into(), json!(build.id().began));
        line.insert("target".into(), target(&build.seen.words).into());
    }
}

fn progress(progress: Progress) -> Value {
    json!({ "reached": progress.reached, "total": progress.total })
}

fn running(task: &RunningTask, now: Timestamp) -> Value {
    let since = task.since.and_then(|since| u64::try_from(now.duration_since(since).as_secs()).ok());
    let seconds = since.or(task.shown_elapsed.map(|elapsed| elapsed.as_secs()));
    json!({ "pf": task.pf, "task": task.task, "elapsed": seconds, "percent": task.percent })
}

fn failure(failure: &Failure) -> Value {
    json!({
        "recipe": failure.recipe(),
        "pf": failure.pf,
        "task": failure.task,
        "cause": failure.cause,
        "exit_code": failure.exit_code,
        "log": failure.log,
    })
}

/// What of a line says that something has changed: all but the time that goes by, and the time left to the minute.
pub(super) fn essence(line: &Value) -> Value {
    let mut essence = line.clone();
    let Value::Object(fields) = &mut essence else { return essence };
    for passes in ["event", "time", "elapsed"] {
        fields.remove(passes);
    }
    if let Some(Value::Array(running)) = fields.get_mut("running") {
        for task in running.iter_mut().filter_map(Value::as_object_mut) {
            task.remove("elapsed");
        }
    }
    if let Some(Value::Object(eta)) = fields.get_mut("eta") {
        for seconds in eta.values_mut() {
            *seconds = seconds.as_u64().map(|seconds| seconds / 60).into();
        }
    }
    essence
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::cli::watch::test_builds::{left, noon, until, watched, whole};

    fn place() -> Place {
        Place { engine: "unix:///run/a.sock".into(), container: "yocto-a".into(), id: "0123".into() }
    }

    #[test]
    fn the_keys_are_the_documented_ones() {
        let build = left(watched(until("b-nontty-failure-k.raw", "NOTE: Running task 50 of "), false));
        let line = place().line(Event::Progress, &build, noon());
        let page = include_str!("../../../assets/json-output.md");
        let section = page.split("### Builds that are watched").nth(1).expect("it has a section");
        let end = place().line(Event::End, &watched(whole("b-nontty-failure-k.raw"), true), noon());
        let failed = place().failure(&build, &whole("b-nontty-failure-k.raw").failures()[0], noon());
        let trouble = place().trouble(&build, "no", noon());
        for line in [&line, &end, &failed, &trouble] {
            for key in line.as_object().unwrap().keys() {
                assert!(section.contains(&format!("`{key}`")), "{key} is not documented");
            }
        }
        assert_eq!(line["event"], "progress");
        assert_eq!((&line["container"], &line["target"]), (&json!("yocto-a"), &json!("tiny-image")));
        assert_eq!((&line["phase"], &line["outcome"]), (&json!("tasks"), &json!(null)));
        assert_eq!(line["eta"], json!({ "least": 720, "likely": 900, "most": 1080 }));
        assert_eq!(line["tasks"]["reached"], 50);
        assert_eq!(line["percent"], 50 * 100 / line["tasks"]["total"].as_u64().unwrap());
        assert_eq!(line["elapsed"], 31 * 60);
        assert!(line["running"][0]["pf"].is_string(), "{line}");
        assert!(line.get("failures").is_none(), "{line}");
        assert_eq!((&end["outcome"], &end["failed"]), (&json!("failed"), &json!(6)));
        assert_eq!(end["failures"].as_array().unwrap().len(), 6);
    }

    #[test]
    fn that_time_goes_by_is_no_change() {
        let build = left(watched(until("b-nontty-failure-k.raw", "NOTE: Running task 50 of "), false));
        let line = place().line(Event::Found, &build, noon());
        let mut later = build.clone();
        later.remaining = later.remaining.map(|mut left| {
            left.most += std::time::Duration::from_secs(7);
            left
        });
        let later_line = place().line(Event::Progress, &later, noon() + SignedDuration::from_secs(7));
        assert_ne!(line, later_line);
        assert_eq!(essence(&line), essence(&later_line));
        let next = left(watched(until("b-nontty-failure-k.raw", "NOTE: Running task 51 of "), false));
        assert_ne!(essence(&line), essence(&place().line(Event::Progress, &next, noon())));
    }
}
