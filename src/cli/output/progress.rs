//! What is said on standard error while something takes time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::actions::Progress;
use crate::engine::PullEvent;

use super::{Screen, clean, elapsed};

/// One line about an action under way.
pub(crate) fn note_of(object: &str, progress: &Progress) -> String {
    let object = clean(object);
    match progress {
        Progress::Slow { elapsed: so_far, deadline: Some(deadline) } => {
            format!("{object}: still waiting after {}, at most {}", elapsed(*so_far), elapsed(*deadline))
        }
        Progress::Slow { elapsed: so_far, deadline: None } => {
            format!("{object}: still waiting after {}", elapsed(*so_far))
        }
        Progress::Retrying { attempt, attempts, wait, why } => format!(
            "{object}: attempt {attempt} of {attempts} failed, again in {}: {}",
            elapsed(*wait),
            clean(why)
        ),
        Progress::Settling { doing } => format!("{object}: {}", clean(doing)),
        Progress::Note(words) => format!("{object}: {}", clean(words)),
    }
}

/// The layers of an image being fetched: bars on a terminal, a line for each change of a layer's state
/// elsewhere.
#[derive(Debug)]
pub(crate) struct PullProgress {
    screen: Arc<Screen>,
    bars: Option<MultiProgress>,
    layers: Mutex<HashMap<String, Layer>>,
}

#[derive(Debug)]
struct Layer {
    status: String,
    bar: Option<ProgressBar>,
}

/// More layers than this get no bar of their own: the terminal is not that high.
const MOST_BARS: usize = 24;

impl PullProgress {
    /// Nothing fetched so far.
    pub(crate) fn new(screen: Arc<Screen>) -> Self {
        let bars = screen.err_terminal.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self { screen, bars, layers: Mutex::default() }
    }

    /// Something happened.
    pub(crate) fn tell(&self, event: &PullEvent) {
        let status = clean(&event.status).into_owned();
        let Some(layer) = event.layer.as_deref() else { return self.line(&status) };
        let name = clean(layer).into_owned();
        let mut layers = self.layers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bars = layers.values().filter(|layer| layer.bar.is_some()).count();
        let known = layers.entry(name.clone()).or_insert_with(|| Layer {
            status: String::new(),
            bar: self.bars.as_ref().filter(|_| bars < MOST_BARS).map(|all| all.add(new_bar(&name))),
        });
        let changed = known.status != status;
        known.status.clone_from(&status);
        let Some(bar) = &known.bar else {
            // Where bars are drawn, a layer too many stays silent.
            if changed && self.bars.is_none() {
                drop(layers);
                self.line(&format!("{name}: {status}"));
            }
            return;
        };
        bar.set_message(status);
        match (event.current, event.total) {
            (Some(current), Some(total)) => {
                bar.set_style(bar_style(true));
                bar.set_length(total);
                bar.set_position(current);
            }
            _ if changed => bar.set_style(bar_style(false)),
            _ => {}
        }
        bar.tick();
    }

    /// It is over: the bars go.
    pub(crate) fn clear(&self) {
        if let Some(bars) = &self.bars {
            let _ = bars.clear();
        }
    }

    fn line(&self, line: &str) {
        match &self.bars {
            Some(bars) => {
                let _ = bars.println(line);
            }
            None => self.screen.tell(line),
        }
    }
}

fn new_bar(layer: &str) -> ProgressBar {
    let bar = ProgressBar::no_length().with_prefix(layer.to_owned());
    bar.set_style(bar_style(false));
    bar
}

fn bar_style(measured: bool) -> ProgressStyle {
    let template = if measured {
        "{prefix:12} {msg:20!} {bar:24} {binary_bytes:>10} / {binary_total_bytes}"
    } else {
        "{prefix:12} {msg}"
    };
    // The templates are constants; a wrong one would show the default bar.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("█▉▊▋▌▍▎▏ ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::test_support::Capture;

    fn event(layer: Option<&str>, status: &str, current: Option<u64>) -> PullEvent {
        PullEvent {
            layer: layer.map(Into::into),
            status: status.into(),
            current,
            total: current.map(|_| 100),
        }
    }

    #[test]
    fn without_a_terminal_each_change_of_a_layer_is_one_line() {
        let err = Capture::default();
        let progress = PullProgress::new(Arc::new(Screen::into(Capture::default(), err.clone())));
        progress.tell(&event(None, "Pulling from library/debian", None));
        for done in 0..50 {
            progress.tell(&event(Some("aaa"), "Downloading", Some(done)));
            progress.tell(&event(Some("bbb"), "Waiting", None));
        }
        progress.tell(&event(Some("aaa"), "Pull\u{1b}complete", None));
        progress.clear();
        assert_eq!(
            err.text(),
            "Pulling from library/debian\naaa: Downloading\nbbb: Waiting\naaa: Pull\u{fffd}complete\n"
        );
    }

    #[test]
    fn notes_name_their_object() {
        let slow =
            Progress::Slow { elapsed: Duration::from_secs(15), deadline: Some(Duration::from_secs(300)) };
        assert_eq!(note_of("yocto-a", &slow), "yocto-a: still waiting after 15s, at most 5m 00s");
        let retrying = Progress::Retrying {
            attempt: 1,
            attempts: 3,
            wait: Duration::from_millis(200),
            why: "connection\nrefused".into(),
        };
        assert_eq!(
            note_of("debian", &retrying),
            "debian: attempt 1 of 3 failed, again in 0.2s: connection refused"
        );
    }
}
