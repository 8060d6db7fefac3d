//! Saving lines of a log to a file: all of it or none, and never over another.

use std::io::{self, BufWriter};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::text::{bytes, clean, grouped};
use crate::ui::{LogForm, LogLines, Tone};

use super::log_lines;
use super::wires::Wires;

/// How many are saved at a time.
const AT_ONCE: usize = 4;
/// Of so many lines it is said that they are being saved: it takes a while.
const LONG: u64 = 100_000;
/// How much is written at a time.
const BUFFER: usize = 256 * 1024;

/// Saves logs; those that are not done are given up when this is dropped.
pub(super) struct Saving {
    room: Arc<Semaphore>,
    leaving: CancellationToken,
    _leaves: DropGuard,
}

impl Saving {
    /// None yet.
    pub(super) fn new() -> Self {
        let leaving = CancellationToken::new();
        Self { room: Arc::new(Semaphore::new(AT_ONCE)), _leaves: leaving.clone().drop_guard(), leaving }
    }

    /// Begins to save; the user is told how it ends.
    pub(super) fn begin(&self, wires: Wires, lines: LogLines, form: LogForm, path: String) {
        let (room, leaving) = (self.room.clone(), self.leaving.clone());
        tokio::spawn(async move {
            let Ok(_permit) = room.try_acquire_owned() else {
                let words = format!("not saved: {AT_ONCE} logs are being saved already");
                return wires.outbox.told(Tone::Warning, words).await;
            };
            if lines.count() > LONG {
                let words = format!("saving {} lines", grouped(lines.count()));
                wires.outbox.told(Tone::Plain, words).await;
            }
            let saved = tokio::task::spawn_blocking(move || {
                let path = place(&path, std::env::home_dir().as_deref());
                save(&lines, form, &path, || !leaving.is_cancelled())
            });
            let saved = saved.await.unwrap_or_else(|_| Err("not saved: a mistake in this program".into()));
            let (tone, words) = saved.map_or_else(|why| (Tone::Bad, why), |words| (Tone::Good, words));
            wires.log.note(&words);
            wires.outbox.told(tone, words).await;
        });
    }
}

/// Where that is: `~` is the home, and what does not begin at the root is here.
pub(super) fn place(typed: &str, home: Option<&Path>) -> PathBuf {
    let path = match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    };
    std::path::absolute(&path).unwrap_or(path)
}

/// Saves them. What was saved, in words, or why nothing was.
fn save(
    lines: &LogLines,
    form: LogForm,
    path: &Path,
    is_wanted: impl Fn() -> bool,
) -> Result<String, String> {
    let shown = clean(&path.to_string_lossy()).into_owned();
    let failed = |error: io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return format!("not saved, it is there already: {shown}");
        }
        // The reason comes first: of a long path the screen may not show all. It may name the file that is written at
        // first, which nobody asked for.
        let words = error.to_string();
        format!("not saved: {}: {shown}", words.split(" at path \"").next().unwrap_or_default())
    };
    // Known before hours of work; it is asked again at the end, where nothing can come in between.
    if path.symlink_metadata().is_ok() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let written = written(lines, form, path, is_wanted).map_err(failed)?;
    let unit = if written.lines == 1 { "line" } else { "lines" };
    let saved = format!("saved {} {unit}, {} to {shown}", grouped(written.lines), bytes(written.bytes));
    Ok(match written.dropped {
        0 => saved,
        dropped => format!("{saved}; {} were dropped from the log before that", grouped(dropped)),
    })
}

fn written(
    lines: &LogLines,
    form: LogForm,
    path: &Path,
    is_wanted: impl Fn() -> bool,
) -> io::Result<log_lines::Written> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    // As any new file of the user's; the mask is applied.
    let usual = std::fs::Permissions::from_mode(0o666);
    let file = tempfile::Builder::new().prefix(".saving-").permissions(usual).tempfile_in(directory)?;
    let mut buffered = BufWriter::with_capacity(BUFFER, file);
    let written = log_lines::write(lines, form, &mut buffered, is_wanted)?;
    let file = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::logs::{Log, LogWriter, Stream};
    use crate::ui::model::LogView;

    fn lines() -> (LogWriter, LogLines) {
        let (mut writer, reader) = Log::new(1 << 20);
        writer.append(Stream::Stdout, None, "a line\n".repeat(1234).as_bytes());
        let lines = LogLines::all(&LogView { reader: Some(reader), ..LogView::default() }).unwrap();
        (writer, lines)
    }

    fn names(directory: &Path) -> Vec<String> {
        fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn it_is_saved_whole_with_the_usual_rights() {
        let (_writer, lines) = lines();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        let words = save(&lines, LogForm::Text, &path, || true).unwrap();
        assert_eq!(words, format!("saved 1 234 lines, 8.4 KiB to {}", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "a line\n".repeat(1234));
        assert_eq!(names(directory.path()), ["a.log"]);
        let other = directory.path().join("other");
        fs::write(&other, "").unwrap();
        let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(rights(&path), rights(&other));
    }

    #[test]
    fn nothing_is_ever_written_over() {
        let (_writer, lines) = lines();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        fs::write(&path, "mine").unwrap();
        let expected = format!("not saved, it is there already: {}", path.display());
        assert_eq!(save(&lines, LogForm::Text, &path, || true), Err(expected.clone()));
        fs::remove_file(&path).unwrap();
        // One that comes while it is being written.
        let appears = || fs::write(&path, "mine").is_ok();
        assert_eq!(save(&lines, LogForm::Text, &path, appears), Err(expected));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(names(directory.path()), ["a.log"]);
        std::os::unix::fs::symlink("nowhere", directory.path().join("link")).unwrap();
        assert!(save(&lines, LogForm::Text, &directory.path().join("link"), || true).is_err());
    }

    #[test]
    fn what_fails_is_told_with_the_path_and_leaves_nothing() {
        let (_writer, lines) = lines();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("no/such/a.log");
        let why = save(&lines, LogForm::Text, &path, || true).unwrap_err();
        assert_eq!(why, format!("not saved: No such file or directory (os error 2): {}", path.display()));
        let path = directory.path().join("given-up.log");
        assert!(save(&lines, LogForm::Text, &path, || false).is_err());
        assert_eq!(names(directory.path()), [""; 0]);
    }

    #[test]
    fn a_tilde_is_the_home() {
        let home = Path::new("/home/me");
        assert_eq!(place("~/a.log", Some(home)), Path::new("/home/me/a.log"));
        assert_eq!(place("/tmp/~/a.log", Some(home)), Path::new("/tmp/~/a.log"));
        assert_eq!(place("a.log", Some(home)), std::env::current_dir().unwrap().join("a.log"));
    }
}
