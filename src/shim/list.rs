//! `shim list`: one line of JSON for each running shim.

use std::fs;

use crate::find;
use crate::json;
use crate::tree;

/// `/proc` counts in hundredths of a second on every architecture (`USER_HZ`).
const TICKS: u64 = 100;

/// Prints the list; the answer is the code to exit with.
pub fn list() -> u8 {
    let all = tree::scan();
    let booted = boot_time();
    for shim in find::shims(&all) {
        let command = json::array(shim.run.command.iter().map(|word| json::string(&word.to_string_lossy())));
        crate::say(&format!(
            r#"{{"token":{},"pid":{},"started":{},"descendants":{},"command":{command}}}"#,
            json::string(&shim.run.token),
            shim.process.id.pid,
            booted + shim.process.id.started / TICKS,
            tree::descendants(&all, &[shim.process.id.pid]).len(),
        ));
    }
    0
}

/// Seconds since 1970 at which the machine started, 0 if it does not say.
fn boot_time() -> u64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    stat.lines()
        .find_map(|line| line.strip_prefix("btime "))
        .and_then(|seconds| seconds.trim().parse().ok())
        .unwrap_or(0)
}
