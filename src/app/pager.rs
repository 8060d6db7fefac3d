//! The whole terminal for the user's pager, with lines of a log.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tempfile::NamedTempFile;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::ui::{LogForm, LogLines};

use super::log_lines;
use super::wires::Wires;

/// Whether `^C` is for a pager just now: it goes to everybody on the terminal, and there is only one terminal.
static HAS_TERMINAL: AtomicBool = AtomicBool::new(false);

/// How long after the pager's end an interrupt may still be the one that ended it.
const HEARD: Duration = Duration::from_millis(300);

/// Where the user has chosen none.
const USUAL: &str = "if command -v less >/dev/null; then exec less \"$1\"; else exec more \"$1\"; fi";

/// Whether an interrupt is not meant for the console.
pub(super) fn takes_interrupts() -> bool {
    HAS_TERMINAL.load(Ordering::SeqCst)
}

struct OnTerminal;

impl OnTerminal {
    fn take() -> Self {
        HAS_TERMINAL.store(true, Ordering::SeqCst);
        Self
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        HAS_TERMINAL.store(false, Ordering::SeqCst);
    }
}

/// Shows the lines in the pager, on the terminal, which the loop has left. In words, how it ended.
pub(super) async fn run(wires: Wires, lines: LogLines) -> String {
    let pager = std::env::var("PAGER").ok();
    match on_terminal(&wires, lines, pager.as_deref()).await {
        Ok(words) => words,
        Err(error) => format!("pager: {error}"),
    }
}

async fn on_terminal(wires: &Wires, lines: LogLines, pager: Option<&str>) -> io::Result<String> {
    let directory = wires.log_directory.clone();
    let _on_terminal = OnTerminal::take();
    let mut interrupts = signal(SignalKind::interrupt())?;
    let ends = CancellationToken::new();
    // A log may be large: what is not wanted any more, or not while the console ends, is written no further.
    let _ends = ends.clone().drop_guard();
    let writing = tokio::task::spawn_blocking(move || written(&lines, &directory, || !ends.is_cancelled()));
    // Dropped at the end of this, and the file is gone with it. Only the user may read it.
    let file = tokio::select! {
        file = writing => file??,
        _ = interrupts.recv() => return Ok("pager: cancelled".into()),
    };
    // Waited for to its end, or ended with the console.
    let status = command(pager, &file).kill_on_drop(true).status().await?;
    if status.success() {
        return Ok("back from the pager".into());
    }
    // What ended it may have been an interrupt, which has gone to the console, too, and may be heard there later.
    tokio::time::sleep(HEARD).await;
    Ok(format!("the pager ended with {status}"))
}

fn written(lines: &LogLines, directory: &Path, is_wanted: impl Fn() -> bool) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix("smidr-console-").suffix(".log").tempfile_in(directory)?;
    let mut buffered = BufWriter::new(file);
    log_lines::write(lines, LogForm::Text, &mut buffered, is_wanted)?;
    buffered.flush()?;
    buffered.into_inner().map_err(io::IntoInnerError::into_error)
}

/// As a shell understands what the user has chosen: it may have arguments.
fn command(pager: Option<&str>, file: &NamedTempFile) -> Command {
    let script = match pager.map(str::trim) {
        None | Some("") => USUAL.to_owned(),
        Some(pager) => format!("{pager} \"$1\""),
    };
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg("sh").arg(file.path());
    command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    command
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::logs::{Log, Stream};
    use crate::ui::model::LogView;

    #[tokio::test]
    async fn it_is_given_a_file_that_nobody_else_may_read_and_its_arguments_hold() {
        let (mut writer, reader) = Log::new(1 << 20);
        writer.append(Stream::Stdout, None, b"one\n\x1b[31mtwo\x1b[0m\n");
        let lines = LogLines::all(&LogView { reader: Some(reader), ..LogView::default() }).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let file = written(&lines, directory.path(), || true).unwrap();
        let rights = std::fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
        let mut asked = command(Some("sed -n '2p'"), &file);
        let output = asked.stdout(Stdio::piped()).output().await.unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "two\n");
        drop(file);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn without_a_choice_it_is_less_or_more() {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(b"text\n").unwrap();
        for pager in [None, Some("  ")] {
            let output =
                command(pager, &file).stdin(Stdio::null()).stdout(Stdio::piped()).output().await.unwrap();
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!output.status.success() || shown.contains("text"), "{shown}");
        }
    }
}
