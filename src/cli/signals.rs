//! SIGINT, SIGTERM and SIGHUP: the first cancels, the second leaves at once.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::actions::Supervisor;

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
            let first = signals.next().await;
            shutdown.came(first, &root);
            tokio::select! {
                biased;
                second = signals.next() => shutdown.came(second, &root),
                () = tokio::time::sleep(NOTICEABLE) => {
                    told();
                    let second = signals.next().await;
                    shutdown.came(second, &root);
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

/// Those that are listened to. One that was ignored when we were started stays so: `nohup` means it.
struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hang_up: Option<Signal>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let ignored = ignored(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
        let listen = |kind: SignalKind| {
            let is_ignored = u32::try_from(kind.as_raw_value() - 1).is_ok_and(|bit| ignored >> bit & 1 == 1);
            (!is_ignored).then(|| signal(kind)).transpose()
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            () = one(&mut self.interrupt) => Exit::Interrupted,
            () = one(&mut self.terminate) => Exit::Terminated,
            () = one(&mut self.hang_up) => Exit::HungUp,
        }
    }
}

async fn one(signal: &mut Option<Signal>) {
    let came = match signal {
        Some(signal) => signal.recv().await.is_some(),
        None => false,
    };
    if !came {
        std::future::pending::<()>().await;
    }
}

/// The mask of ignored signals in a `/proc/PID/status` (`SigIgn`, see `proc_pid_status(5)`); none where it has none.
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
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

    #[test]
    fn what_was_ignored_is_read_from_the_kernel() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\tff\n"), 0x1001);
        assert_eq!(ignored(""), 0);
    }
}
