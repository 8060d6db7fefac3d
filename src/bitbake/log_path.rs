//! Where a task's log lies, and what that tells.

/// What the path of a task's log tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogPath<'a> {
    pub(super) recipe: &'a str,
    pub(super) task: &'a str,
    pub(super) pid: Option<u64>,
}

impl<'a> LogPath<'a> {
    /// Reads `…/PN/PV/temp/log.do_x.PID`.
    pub(super) fn read(path: &'a str) -> Option<Self> {
        let mut parts = path.rsplit('/');
        let file = parts.next()?.strip_prefix("log.")?;
        let (task, pid) = match file.rsplit_once('.') {
            Some((task, pid)) => (task, pid.parse().ok()),
            None => (file, None),
        };
        let recipe = parts.nth(2)?;
        Some(Self { recipe, task, pid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "/t/work/core2/fail-shell/1.0/temp/log.do_compile.21294";

    #[test]
    fn a_path_tells_recipe_task_and_process() {
        let expected = LogPath { recipe: "fail-shell", task: "do_compile", pid: Some(21294) };
        assert_eq!(LogPath::read(LOG), Some(expected));
        assert_eq!(LogPath::read("/t/log"), None);
    }
}
