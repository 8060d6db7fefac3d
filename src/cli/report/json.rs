//! What is known of a build as JSON. What the bytes do not tell has no key.

use serde_json::{Map, Value, json};

use crate::bitbake::{Build, BuildReader, Failure, ParseCount, SstateSummary, TaskId, TasksSummary};

/// The object of the last build of a log; where there are others, they stand in it as `earlier`, oldest first.
pub(super) fn of_log(reader: &BuildReader) -> Value {
    let mut object = of_build(reader.build());
    if !reader.earlier().is_empty()
        && let Value::Object(object) = &mut object
    {
        object.insert("earlier".to_owned(), reader.earlier().iter().map(of_build).collect());
    }
    object
}

/// The object of one build.
pub(super) fn of_build(build: &Build) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    if let Some(outcome) = build.outcome() {
        put("outcome", outcome.name().into());
    }
    if let Some(parsed) = build.parsed() {
        put("parse", parse(&parsed));
    }
    if let Some(found) = build.sstate() {
        put("sstate", sstate(&found));
    }
    for (key, total) in [("tasks_total", build.tasks().total), ("setscene_total", build.setscene().total)] {
        // A quiet one may have had tasks that nothing tells of.
        if total.is_some() || !build.is_quiet() {
            put(key, total.into());
        }
    }
    tasks(build, &mut put);
    if let Some(summary) = build.tasks_summary() {
        put("tasks_summary", tasks_summary(&summary));
    }
    put("failed_tasks", build.reported_failures().map(failure).collect());
    put("failed_task_ids", ids(build.failed_ids()));
    put("setscene_failed_ids", ids(build.setscene_failed()));
    put("no_provider", build.no_provider().into());
    put("summary_printed", build.has_summary().into());
    put("warnings_counted", build.warnings_counted().into());
    put("errors_counted", build.errors_counted().into());
    let counts = build.counts();
    put("warning_lines", counts.warning_lines.into());
    put("error_lines", counts.error_lines.into());
    if !build.is_terminal() {
        let lines = build.lines();
        put("lines", json!({ "stdout": lines.output, "stderr": lines.errors }));
        put("running_task_lines", counts.running_task_lines.into());
        put("running_setscene_lines", counts.running_setscene_lines.into());
    }
    if counts.log_data_lines > 0 {
        put("log_data_lines", counts.log_data_lines.into());
    }
    put("interrupted_line", build.signs().interrupted.into());
    if let Some((first, last)) = build.times() {
        put("duration_seconds", seconds(last.duration_since(first).as_secs_f64()));
    }
    Value::Object(object)
}

/// How many tasks did what. A terminal shows some of it too briefly to be counted, and with `-q` none of it.
fn tasks(build: &Build, put: &mut impl FnMut(&str, Value)) {
    let counts = build.counts();
    if build.is_quiet() {
        return;
    }
    if !build.is_terminal() || build.tasks().total.is_none() {
        let skipped = match build.tasks_summary() {
            Some(summary) => summary.not_rerun,
            None => build.tasks().reached.saturating_sub(counts.running_task_lines),
        };
        put("setscene_started", counts.running_setscene_lines.into());
        put("tasks_started", counts.running_task_lines.into());
        put("tasks_noexec", counts.noexec.into());
        put("tasks_skipped", skipped.into());
        put("task_processes_started", counts.processes_started.into());
        put("task_processes_succeeded", counts.processes_succeeded.into());
        put("max_parallel", counts.max_parallel.into());
        put("recipes_seen", counts.recipes.into());
        return;
    }
    if build.setscene().total == Some(0) || build.sstate().is_some_and(|sstate| sstate.found() == 0) {
        put("setscene_started", 0.into());
    }
    if let Some(summary) = build.tasks_summary() {
        put("tasks_started", summary.attempted.saturating_sub(summary.not_rerun).into());
        put("tasks_skipped", summary.not_rerun.into());
    }
    put("max_parallel", counts.max_parallel.into());
    put("recipes_seen", counts.recipes.into());
}

fn parse(parsed: &ParseCount) -> Value {
    let ParseCount { files, cached, parsed, targets, skipped, masked, errors } = parsed;
    json!({
        "files": files, "cached": cached, "parsed": parsed, "targets": targets, "skipped": skipped, "masked": masked,
        "errors": errors,
    })
}

fn sstate(found: &SstateSummary) -> Value {
    let SstateSummary { wanted, local, mirrors, missed, current, match_percent, complete_percent } = found;
    json!({
        "wanted": wanted, "local": local, "mirrors": mirrors, "missed": missed, "current": current,
        "match_percent": match_percent, "complete_percent": complete_percent,
    })
}

fn tasks_summary(summary: &TasksSummary) -> Value {
    let TasksSummary { attempted, not_rerun, failed } = summary;
    json!({ "attempted": attempted, "not_rerun": not_rerun, "failed": failed })
}

fn failure(failure: &Failure) -> Value {
    json!({
        "recipe": failure.recipe(),
        "pf": failure.pf,
        "task": failure.task,
        "log": failure.log,
        "log_data_shown": failure.log_data.is_some(),
    })
}

fn ids(ids: &[TaskId]) -> Value {
    ids.iter().map(TaskId::as_str).collect()
}

/// To the hundredth.
fn seconds(seconds: f64) -> Value {
    json!((seconds * 100.0).round() / 100.0)
}
