//! A container's details as lines of text.

use serde_json::Value;

use crate::engine::{ContainerDetails, Signal};
use crate::text::secrets::{MASK, is_secret_name, masked, without_password};
use crate::text::{bytes, clean, local_time};

/// Cells of the name of a field, the blanks behind it counted in.
pub const LABEL: usize = 14;

/// The lines: sections for people, then everything the engine said. Secrets are masked unless revealed.
pub(super) fn lines(details: &ContainerDetails, reveals: bool) -> Vec<String> {
    let entry = |entry: &String| if reveals { entry.clone() } else { masked(entry) };
    let words = |words: &[String]| {
        let words = words.join(" ");
        if reveals { words } else { without_password(&words) }
    };
    let time = |time: Option<jiff::Timestamp>| time.map(local_time).unwrap_or_default();
    let mut lines = Vec::new();
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("{name:<LABEL$}{}", clean(&value)));
        }
    };
    field("name", details.name.clone());
    field("id", details.id.to_string());
    field("image", details.image.clone());
    field("platform", details.platform.clone().unwrap_or_default());
    field("state", state(details));
    field("error", details.error.clone().unwrap_or_default());
    field("process", details.pid.filter(|pid| *pid > 0).map(|pid| pid.to_string()).unwrap_or_default());
    field("created", time(details.created));
    field("started", time(details.started));
    field("finished", time(details.finished));
    field("restarts", if details.restarts > 0 { details.restarts.to_string() } else { String::new() });
    field("entrypoint", words(&details.entrypoint));
    field("command", words(&details.command));
    field("user", details.user.clone());
    field("directory", details.working_dir.clone());
    field("terminal", if details.tty { "yes".into() } else { "no".into() });
    field("memory limit", details.memory_limit.map_or_else(|| "none".into(), bytes));
    field("cpu limit", details.cpu_limit.map_or_else(|| "none".into(), |cpus| cpus.to_string()));
    field("network", details.network_mode.clone());
    field("log driver", details.log_driver.clone());
    let mut section = |title: &str, mut entries: Vec<String>, sorts: bool| {
        if entries.is_empty() {
            return;
        }
        if sorts {
            entries.sort();
        }
        lines.push(String::new());
        lines.push(format!("{title} ({})", entries.len()));
        lines.extend(entries.iter().map(|entry| format!("  {}", clean(entry))));
    };
    let mounts = details.mounts.iter().map(|mount| {
        let source = mount.volume.as_deref().unwrap_or(&mount.source);
        format!("{source} on {}{}", mount.target, if mount.read_only { ", read-only" } else { "" })
    });
    section("mounts", mounts.collect(), false);
    section("environment", details.env.iter().map(entry).collect(), true);
    let labels = details.labels.iter().map(|(name, value)| entry(&format!("{name}={value}")));
    section("labels", labels.collect(), true);
    lines.push(String::new());
    lines.push("everything the engine says".into());
    let mut raw = details.raw.clone();
    if !reveals {
        mask(&mut raw);
    }
    let raw = serde_json::to_string_pretty(&raw).unwrap_or_default();
    lines.extend(raw.lines().map(|line| format!("  {}", clean(line))));
    lines
}

fn state(details: &ContainerDetails) -> String {
    let mut words = vec![details.state.to_string()];
    if let Some(code) = details.exit_code.filter(|_| !details.state.is_alive()) {
        words.push(match Signal::name_of_exit_code(code) {
            Some(signal) => format!("exit {code} ({signal})"),
            None => format!("exit {code}"),
        });
    }
    if details.oom_killed {
        words.push("killed by the kernel: out of memory".into());
    }
    words.join(", ")
}

/// Masks what looks like a secret anywhere in it: by the name of a field, or as `NAME=value` in any text.
fn mask(value: &mut Value) {
    match value {
        Value::String(text) => *text = masked(text),
        Value::Array(values) => values.iter_mut().for_each(mask),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if is_secret_name(name) && !text.is_empty() => MASK.clone_into(text),
                    value => mask(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_stands_anywhere_until_it_is_revealed() {
        let mut value = serde_json::json!({
            "Config": {"Env": ["A=1", "API_TOKEN=hunter2"], "Labels": {"registry.password": "hunter2"}},
            "Args": ["--url", "https://ada:hunter2@host/"],
        });
        let whole = value.clone();
        mask(&mut value);
        assert!(!value.to_string().contains("hunter2"), "{value}");
        assert!(value.to_string().contains("\"A=1\""));
        assert!(whole.to_string().contains("hunter2"));
    }
}
