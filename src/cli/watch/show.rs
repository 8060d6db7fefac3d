//! Where it is shown: bars on standard error where that is a terminal, lines on standard output.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use crate::builds::WatchedBuild;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Ended, Failure};
use crate::text::fit;

use super::changes::percent;
use super::words;

/// The most cells of what a bar is of.
const LABEL: usize = 40;

/// Where all builds are shown.
#[derive(Debug)]
pub(super) struct Show<'a> {
    pub(super) context: &'a Context,
    bars: Option<MultiProgress>,
}

impl<'a> Show<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        let has_bars = context.is_for_people() && context.screen.err_terminal;
        Self {
            context,
            bars: has_bars.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr())),
        }
    }

    /// Whether each step is a line: where no bar shows it, or where the lines go somewhere else.
    pub(super) fn has_steps(&self) -> bool {
        self.bars.is_none() || self.context.screen.width.is_none()
    }

    /// Prints lines, above the bars.
    pub(super) fn print(&self, lines: &str) -> Ended<()> {
        self.above(|| self.context.print(lines))
    }

    /// Prints a line for machines.
    pub(super) fn print_json(&self, line: &Value) -> Ended<()> {
        self.context.print_json(line)
    }

    /// Says something on standard error, to people.
    pub(super) fn note(&self, line: &str) {
        self.above(|| self.context.note(line));
    }

    /// Says what went wrong; the exit code of it.
    pub(super) fn report(&self, failure: &Failure) -> Exit {
        self.above(|| self.context.report(failure))
    }

    fn above<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bars {
            Some(bars) => bars.suspend(print),
            None => print(),
        }
    }

    /// A bar for a build, where there are any.
    pub(super) fn bar(&self) -> Option<Bar> {
        self.bars.as_ref().map(|bars| Bar(bars.add(ProgressBar::no_length())))
    }

    /// The bars go.
    pub(super) fn clear(&self) {
        if let Some(bars) = &self.bars {
            // A terminal that cannot be written any more shows nothing anyway.
            let _ = bars.clear();
        }
    }
}

/// The bar of a build; gone when dropped.
#[derive(Debug)]
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// Draws what is known now.
    pub(super) fn draw(&self, label: &str, build: &WatchedBuild) {
        let bar = &self.0;
        let percent = percent(&build.build);
        bar.set_style(style(percent.is_some()));
        bar.set_prefix(fit::without_middle(label, LABEL));
        bar.set_message(words::so_far(build));
        if let Some(percent) = percent {
            bar.set_length(100);
            bar.set_position(u64::from(percent));
        }
        bar.tick();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(measured: bool) -> ProgressStyle {
    let template = if measured { "{prefix} {bar:20} {wide_msg}" } else { "{prefix} {wide_msg}" };
    // The templates are constants; a wrong one would show the default bar.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("█▉▊▋▌▍▎▏ ")
}
