//! How often what was seen.

use super::reader::Output;

/// How often what was printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Warnings, by their first lines.
    pub warning_lines: u64,
    /// Errors, by their first lines.
    pub error_lines: u64,
    /// "Running task" lines, those without a process among them.
    pub running_task_lines: u64,
    /// "Running setscene task" lines.
    pub running_setscene_lines: u64,
    /// Tasks that had nothing to run.
    pub noexec: u64,
    /// Tasks whose process was seen to begin.
    pub processes_started: u64,
    /// Tasks whose process was seen to end well.
    pub processes_succeeded: u64,
    /// Lines of the logs of failed tasks.
    pub log_data_lines: u64,
    /// The most that were seen running at once.
    pub max_parallel: u64,
    /// Different recipes seen at work; counted up to 65536.
    pub recipes: u64,
}

/// How many lines each stream had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamLines {
    /// Standard output.
    pub output: u64,
    /// Standard error. Where both came as one: the lines of errors, which is what BitBake writes there.
    pub errors: u64,
}

/// Counts lines as they end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LineCounter {
    counted: StreamLines,
    /// Whether the last line was empty, and counted to an error.
    last_was_empty_of_error: bool,
    /// Whether both streams come as one here.
    come_as_one: bool,
    /// Whether both streams were one already when they were written.
    were_joined: bool,
}

impl LineCounter {
    /// A line has ended; `is_error` is whether it belongs to an error, none for one that ends without a word.
    pub(super) fn end(&mut self, which: usize, output: Output, is_error: Option<bool>) {
        self.come_as_one = output == Output::Mixed;
        let is_error = match output {
            Output::Apart => which == 1,
            Output::Mixed => is_error.unwrap_or_default(),
        };
        if is_error {
            self.counted.errors += 1;
        } else {
            self.counted.output += 1;
            self.last_was_empty_of_error = false;
        }
    }

    /// The line about to end belongs to an error, and is empty or not.
    pub(super) fn of_error(&mut self, is_empty: bool) {
        self.last_was_empty_of_error = is_empty;
    }

    /// What is printed now begins with an empty line of its own.
    pub(super) fn begins_with_empty(&mut self) {
        if std::mem::take(&mut self.last_was_empty_of_error) && self.come_as_one && self.counted.errors > 0 {
            self.counted.errors -= 1;
            self.counted.output += 1;
        }
    }

    /// Both streams were one, in this order.
    pub(super) fn were_joined(&mut self) {
        self.were_joined = true;
    }

    pub(super) fn counted(&self) -> StreamLines {
        let StreamLines { output, errors } = self.counted;
        if self.come_as_one && self.were_joined {
            StreamLines { output: output + errors, errors: 0 }
        } else {
            self.counted
        }
    }
}
