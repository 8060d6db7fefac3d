//! SIGINT, SIGTERM and SIGHUP: the first cancels, the second leaves at once.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::actions::Supervisor;
use crate::app::signals::Signals;

use super::exit::Exit;

/// How a second signal's leaving is made certain where even that does not come through.
const AT_ONCE: Duration = Duration::from_millis(300);

/// How long a cancel may take before anything is said about it.
const NOTICEABLE: Duration = Duration::from_millis(300);

/// What came, and what hears of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown {
    /// Ends the looking after of what was cancelled: the second signal.
    pub(crate) abandon: CancellationToken,
    first: Arc<OnceLock<Exit>>,
}

impl Shutdown {
    /// The exit code of the signal that came; of SIGINT where none did, as for any other cancel.
    pub(crate) fn exit(&self) -> Exit {
        self.first.get().copied().unwrap_or(Exit::Interrupted)
    }

    /// Whether a signal came.
    pub(crate) fn has_come(&self) -> bool {
        self.first.get().is_some()
    }

    /// A signal came.
    fn came(&self, exit: Exit, root: &Supervisor) {
        if self.first.set(exit).is_ok() {
            root.cancel_all();
        } else {
            self.abandon.cancel();
        }
    }

    /// Listens from now on. The first signal cancels everything under `root`, and calls `told` if that does not
    /// end the process soon; the second ends even the looking after, and the process with it if that takes longer
    /// than 0.3 s.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub(crate) fn listen(&self, root: Supervisor, told: impl Fn() + Send + 'static) -> io::Result<()> {
        let mut signals = Signals::new()?;
        let shutdown = self.clone();
        tokio::spawn(async move {
            let first = Exit::from(signals.next().await);
            shutdown.came(first, &root);
            tokio::select! {
                biased;
                second = signals.next() => shutdown.came(second.into(), &root),
                () = tokio::time::sleep(NOTICEABLE) => {
                    told();
                    let second = signals.next().await;
                    shutdown.came(second.into(), &root);
                }
            }
            tokio::time::sleep(AT_ONCE).await;
            // A terminal in raw mode outlives us; where it was never raw this changes nothing.
            let _ = crossterm::terminal::disable_raw_mode();
            std::process::exit(i32::from(first.code()));
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_cancels_and_the_second_abandons() {
        let (shutdown, root) = (Shutdown::default(), Supervisor::new());
        let call = root.call();
        shutdown.came(Exit::Terminated, &root);
        assert!(call.cancel.is_cancelled() && !shutdown.abandon.is_cancelled());
        shutdown.came(Exit::Interrupted, &root);
        assert!(shutdown.abandon.is_cancelled());
        assert_eq!(shutdown.exit(), Exit::Terminated, "the first one is told");
    }
}
