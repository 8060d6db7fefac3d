//! Which process is which running task.

use crate::bitbake::RunningTask;

use super::TaskProcess;

/// How much of a process's name the kernel keeps.
const NAME: usize = 15;

/// The process of a running task among those that were seen. By the log it writes; where that is not known, by its
/// name, which is cut off: `None` where several fit.
#[must_use]
pub fn process_of<'a>(processes: &'a [TaskProcess], task: &RunningTask) -> Option<&'a TaskProcess> {
    let mut fitting = processes.iter().filter(|process| fits(process, task));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

fn fits(process: &TaskProcess, task: &RunningTask) -> bool {
    let short = task.task.strip_prefix("do_").unwrap_or(&task.task);
    let is_cut = process.name.len() >= NAME;
    // The recipe's name ends where its version begins, and only the process knows where that is.
    let by_name = match process.name.split_once(':') {
        Some((recipe, name)) => {
            let name = name.strip_prefix("do_").unwrap_or(name);
            begins_with_recipe(&task.pf, recipe)
                && (name == short
                    || is_cut && short.starts_with(name)
                    || is_cut && task.task.starts_with(name))
        }
        None => is_cut && task.pf.starts_with(&process.name),
    };
    by_name && process.log.as_deref().is_none_or(|log| is_log_of(log, task))
}

/// Whether `…/RECIPE/VERSION/temp/log.do_x.PID` is a task's.
fn is_log_of(log: &str, task: &RunningTask) -> bool {
    let mut parts = log.rsplit('/');
    let Some(name) = parts.next() else { return false };
    let name = name.strip_prefix("log.").unwrap_or(name);
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    // Above `temp` and the version, which is of another form in older releases.
    let recipe = parts.nth(2).unwrap_or_default();
    name == task.task && begins_with_recipe(&task.pf, recipe)
}

fn begins_with_recipe(pf: &str, recipe: &str) -> bool {
    !recipe.is_empty() && pf.strip_prefix(recipe).is_some_and(|version| version.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn process(pid: u32, name: &str, log: Option<&str>) -> TaskProcess {
        TaskProcess { process: pid, name: name.into(), elapsed: Duration::ZERO, log: log.map(str::to_owned) }
    }

    fn task(pf: &str, task: &str) -> RunningTask {
        let mut running = RunningTask::default();
        (running.pf, running.task) = (pf.to_owned(), task.to_owned());
        running
    }

    #[test]
    fn a_process_is_told_by_its_log_or_by_its_name_where_only_one_fits() {
        let temp = |recipe: &str, task: &str| format!("/tmp/work/a/{recipe}/1.0/temp/log.{task}.7");
        let processes = [
            process(1, "zlib:compile", None),
            process(2, "linux-yocto:com", None),
            process(3, "gcc-cross-x86_6", Some(&temp("gcc-cross-x86_64", "do_compile"))),
            process(4, "gcc-cross-x86_6", Some(&temp("gcc-cross-x86_64", "do_configure"))),
            process(5, "a-very-long-nam", None),
            process(6, "a-very-long-nam", None),
            process(7, "expat:do_fetch", None),
        ];
        for (pf, name, pid) in [
            ("zlib-1.3-r0", "do_compile", Some(1)),
            ("zlib-native-1.3-r0", "do_install", None),
            ("linux-yocto-6.6-r0", "do_compile", Some(2)),
            ("linux-yocto-6.6-r0", "do_compile_kernelmodules", Some(2)),
            ("linux-yocto-6.6-r0", "do_configure", None),
            ("gcc-cross-x86_64-13-r0", "do_configure", Some(4)),
            ("gcc-cross-x86_64-13-r0", "do_install", None),
            ("a-very-long-name-1-r0", "do_install", None),
            ("expat-2.6-r0", "do_fetch", Some(7)),
        ] {
            let found = process_of(&processes, &task(pf, name)).map(|process| process.process);
            assert_eq!(found, pid, "{pf} {name}");
        }
    }
}
