//! The keeper of one session: runs the command in a session of its own, drains what it prints into files, and writes
//! down how it ended. Nobody has to listen, and nobody who does not can hold the command back.

use std::env;
use std::fs::{self, File};
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::ending::{Ending, Next};
use crate::first_process;
use crate::json;
use crate::keep_args::Keep;
use crate::pass::Pass;
use crate::place::{self, Place};
use crate::reap::{Children, End, Left};
use crate::run::{self, MARKER};
use crate::signals::{self, Request};
use crate::store::Store;
use crate::sys;
use crate::tree::{self, Id};

/// Room in the pipe between the command and its keeper, in bytes: the most the kernel gives without a privilege.
const PIPE: i32 = 1 << 20;
/// So much is read at once.
const CHUNK: usize = 128 * 1024;
/// How often what was dropped is written down anew while it grows.
const TELL_DROPPED_EVERY: Duration = Duration::from_secs(1);
/// How often, and how long apart, the end is tried to be written where that fails.
const END_TRIES: u32 = 30;
const END_PAUSE: Duration = Duration::from_secs(1);

/// Runs the command, and stays until nothing of it is left; the answer is the code to exit with.
pub fn keep(keep: &Keep) -> Result<u8, String> {
    let own = |what: &str| {
        let what = what.to_owned();
        move |source: io::Error| format!("{what}: {source}")
    };
    let at = keep.root.display();
    if keep.first.is_none() {
        sys::leave_session().map_err(own("cannot begin a session"))?;
    }
    sys::become_subreaper().map_err(own("cannot adopt orphaned processes"))?;
    let (mask, incoming) = sys::take_signals(&signals::TAKEN).map_err(own("cannot listen for signals"))?;
    let mode = if keep.first.is_some() { place::OWN } else { place::SHARED };
    place::prepare(&keep.root, mode).map_err(own(&format!("sessions cannot be kept in {at}")))?;

    let held = match &keep.first {
        Some(first) => Some(first_process::take_lock(keep, first)?),
        None => None,
    };
    let place = Place::of(&keep.root, &keep.run.token);
    let making = Place::in_making(&keep.root, &keep.run.token);
    if place.record.exists() {
        return Err(format!("there is a session {} already", keep.run.token));
    }
    if let Some(first) = &keep.first {
        first_process::remove_oldest(keep, first);
    }
    let begun = begin(keep, &place, &making, mask).and_then(|begun| {
        let passed = keep.first.as_ref().map(|_| Pass::of(&place.output.join("output")));
        Ok((begun, passed.transpose()?))
    });
    let ((lock, children, drains), pass) = match begun {
        Ok(begun) => begun,
        Err(failed) => {
            let _ = fs::remove_dir_all(&making); // nothing half-made is left where that can be helped
            let _ = fs::remove_dir_all(&place.output);
            return match failed {
                Failed::Launch(text, code) => {
                    crate::complain(&text);
                    Ok(code)
                }
                Failed::Files(source) => Err(format!("a session cannot be kept in {at}: {source}")),
            };
        }
    };
    if pass.is_none() {
        crate::say(&format!(
            r#"{{"token":{},"record":{},"output":{}}}"#,
            json::string(&keep.run.token),
            json::string(&place.record.to_string_lossy()),
            json::string(&place.output.to_string_lossy()),
        ));
        sys::let_go_of_output();
    }
    let deadline = keep.deadline_ms.map(|ms| Instant::now() + Duration::from_millis(ms));
    let is_first = pass.is_some();
    let mut keeper = Keeper {
        place,
        children,
        drains,
        pass,
        incoming,
        ended: false,
        dropped: None,
        deadline,
        is_late: false,
    };
    keeper.stay(Duration::from_millis(u64::from(keep.run.grace_ms)));
    let code = if is_first { keeper.children.code().unwrap_or(128 | 9) } else { 0 };
    drop((lock, held));
    Ok(code)
}

/// Why a session did not begin.
enum Failed {
    /// The command cannot be started: what to say, and the code to exit with.
    Launch(String, u8),
    /// The files cannot be written.
    Files(io::Error),
}

impl From<io::Error> for Failed {
    fn from(source: io::Error) -> Self {
        Self::Files(source)
    }
}

/// Makes the files, starts the command, and lets the record appear.
fn begin(
    keep: &Keep,
    place: &Place,
    making: &Path,
    mask: sys::SigSet,
) -> Result<(File, Children, [Option<Drain>; 2]), Failed> {
    place::make_own(making)?;
    let lock = place::lock(making)?;
    place::make_own(&place.output)?;
    place::write_whole(making, "command", &about(keep))?;
    place::set_aside(making, "ended")?;
    place::set_aside(making, "dropped")?;

    let (drain, to_output) = Drain::new(place, "output", keep.limit)?;
    let (apart, to_errors) = if keep.apart {
        let (drain, to_errors) = Drain::new(place, "errors", keep.limit)?;
        (Some(drain), to_errors)
    } else {
        (None, to_output.try_clone()?)
    };
    let child = spawn(keep, mask, to_output, to_errors)?;
    let pid = child.cast_signed();
    let appeared = write_process(making, pid)
        .and_then(|()| fs::rename(making, &place.record))
        .and_then(|()| File::open(place::records(&keep.root))?.sync_all());
    if let Err(source) = appeared {
        let _ = sys::send(-pid, signals::KILL);
        let _ = fs::remove_dir_all(&place.record);
        return Err(source.into());
    }
    Ok((lock, Children::of(pid), [Some(drain), apart]))
}

fn spawn(keep: &Keep, mask: sys::SigSet, output: PipeWriter, errors: PipeWriter) -> Result<u32, Failed> {
    let Some((program, words)) = keep.run.command.split_first() else {
        return Err(Failed::Launch("no command".to_owned(), crate::OWN_FAILURE));
    };
    let mut command = Command::new(program);
    command.args(words).env(MARKER, &keep.run.token).process_group(0);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    sys::prepare_child(&mut command, mask);
    match command.spawn() {
        Ok(child) => Ok(child.id()),
        Err(source) => {
            let (text, code) = run::launch_failure(program, &source);
            Err(Failed::Launch(text, code))
        }
    }
}

/// What is known before the command begins. Of its environment only the names: values may be secrets.
fn about(keep: &Keep) -> String {
    let text = |word: &std::ffi::OsStr| json::string(&word.to_string_lossy());
    let mut names: Vec<String> = env::vars_os().map(|(name, _)| text(&name)).collect();
    names.sort();
    format!(
        r#"{{"argv":{},"env":{},"directory":{},"by":{},"grace_ms":{},"limit":{},"apart":{}}}"#,
        json::array(keep.run.command.iter().map(|word| text(word))),
        json::array(names),
        env::current_dir().map_or_else(|_| "null".to_owned(), |path| text(path.as_os_str())),
        json::string(&keep.by),
        keep.run.grace_ms,
        keep.limit,
        keep.apart,
    )
}

/// Which processes these are, and when it was: a pid is told from a later use of it by the start of its process, and that
/// from another boot's by the boot.
fn write_process(record: &Path, pid: i32) -> io::Result<()> {
    let own = std::process::id().cast_signed();
    let one = |pid: i32| {
        let Id { pid, started } = tree::look(pid).map_or(Id { pid, started: 0 }, |process| process.id);
        format!(r#"{{"pid":{pid},"started":{started}}}"#)
    };
    place::write_whole(record, "process", &format!(r#"{{"command":{},"keeper":{}}}"#, one(pid), one(own)))?;
    let line = format!(r#"{{"time_ms":{},"boot":{}}}"#, place::now_ms(), json::string(&place::boot()));
    place::write_whole(record, "started", &line)
}

/// One stream of the command, on its way into its file.
struct Drain {
    from: Option<PipeReader>,
    store: Store,
    chunk: Box<[u8]>,
}

impl Drain {
    fn new(place: &Place, name: &'static str, limit: u64) -> io::Result<(Self, PipeWriter)> {
        let file = place::make_file(&place.output.join(name))?;
        let (from, to) = io::pipe()?;
        sys::widen_pipe(from.as_fd(), PIPE);
        sys::set_nonblocking(from.as_fd())?;
        let chunk = vec![0; CHUNK].into_boxed_slice();
        Ok((Self { from: Some(from), store: Store::new(name, file, limit), chunk }, to))
    }

    fn wanted(&self) -> Option<(BorrowedFd<'_>, i16)> {
        self.from.as_ref().map(|from| (from.as_fd(), sys::POLLIN))
    }

    /// Takes what is there, at most so many bytes, and keeps it where that is wanted; whether something was dropped.
    /// What was dropped of the file is still passed on.
    fn take(&mut self, most: usize, is_kept: bool, mut pass: Option<&mut Pass>) -> bool {
        let (mut taken, mut has_dropped) = (0, false);
        while taken < most {
            let Some(from) = &mut self.from else { break };
            match from.read(&mut self.chunk) {
                Ok(0) => self.from = None,
                Ok(count) => {
                    taken += count;
                    if is_kept {
                        let bytes = self.chunk.get(..count).unwrap_or_default();
                        let dropped = self.store.keep(bytes);
                        has_dropped |= dropped > 0;
                        if dropped > 0
                            && let Some(pass) = &mut pass
                        {
                            pass.directly(
                                self.store.kept(),
                                bytes.get(count - dropped..).unwrap_or_default(),
                            );
                        }
                    }
                }
                Err(source) if source.kind() == ErrorKind::Interrupted => {}
                Err(source) if source.kind() == ErrorKind::WouldBlock => break,
                Err(_) => self.from = None,
            }
        }
        has_dropped
    }
}

struct Keeper {
    place: Place,
    children: Children,
    drains: [Option<Drain>; 2],
    /// Where it is the first process: the way to its own output.
    pass: Option<Pass>,
    incoming: File,
    /// Its end is written down. What is left of it is only waited for.
    ended: bool,
    /// Since when something was dropped that is not written down.
    dropped: Option<Instant>,
    /// When it is ended.
    deadline: Option<Instant>,
    /// It was ended because of that.
    is_late: bool,
}

impl Keeper {
    /// Stays until no process of the command is left: daemons stay under the keeper, which goes on reading what they
    /// print, so that they are not ended by a closed pipe, and passes on a request to end them.
    fn stay(&mut self, grace: Duration) {
        let own = std::process::id().cast_signed();
        let all = || tree::descendants(&tree::scan(), &[own]);
        let mut ending: Option<Ending> = None;
        loop {
            let left = self.children.reap();
            if let Some(end) = self.children.end()
                && (ending.is_none() || left == Left::None)
            {
                self.write_end(end);
                // Daemons would be killed with the first process, without a word.
                if self.pass.is_some() && left == Left::Some {
                    ending = Some(Ending::begin(signals::TERM, grace, all));
                }
            }
            if left == Left::None {
                self.pass_the_rest();
                return;
            }
            if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                self.deadline = None;
                self.is_late = ending.is_none() && !self.ended;
                if ending.is_none() {
                    ending = Some(Ending::begin(signals::TERM, grace, all));
                }
            }
            let next = ending.as_mut().map(|ending| ending.step(all));
            if next == Some(Next::GiveUp) {
                if self.pass.is_some() {
                    // The kernel ends what is left of a container whose first process ends.
                    self.pass_the_rest();
                    return;
                }
                // What cannot be ended from here goes on, and so does its keeper.
                ending = None;
                continue;
            }
            for request in self.wait(next) {
                match request {
                    Request::Nothing | Request::Reap | Request::ClientGone => {}
                    Request::Forward(signal) => {
                        if let Some(command) = self.children.command() {
                            let _ = sys::send(-command, signal); // it may have ended just now
                        }
                    }
                    Request::Cancel { signal, grace_ms } => {
                        let given = grace_ms.map(|ms| Duration::from_millis(u64::from(ms)));
                        match &mut ending {
                            None => ending = Some(Ending::begin(signal, given.unwrap_or(grace), all)),
                            Some(ending) => ending.hurry(given.unwrap_or(Duration::ZERO)),
                        }
                    }
                }
            }
        }
    }

    /// Waits until something happens or is due, and takes what was printed.
    fn wait(&mut self, next: Option<Next>) -> Vec<Request> {
        let due = match next {
            Some(Next::Wait(pause)) => Some(pause),
            _ => None,
        };
        let tell = self.dropped.map(|since| TELL_DROPPED_EVERY.saturating_sub(since.elapsed()));
        let deadline = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let due = [due, tell, deadline].into_iter().flatten().min();
        let wait =
            due.map_or(-1, |due| i32::try_from(due.as_millis()).map_or(i32::MAX, |ms| ms.saturating_add(1)));
        let [output, errors] = &self.drains;
        let wanted = [
            Some((self.incoming.as_fd(), sys::POLLIN)),
            output.as_ref().and_then(Drain::wanted),
            errors.as_ref().and_then(Drain::wanted),
            self.pass.as_ref().filter(|pass| pass.is_behind(self.kept())).map(Pass::wanted),
        ];
        let [_, output, errors, passable] = sys::wait_ready(wanted, wait);
        if passable != 0
            && let Some(pass) = &mut self.pass
        {
            pass.step();
        }
        for (drain, ready) in self.drains.iter_mut().flatten().zip([output, errors]) {
            if ready != 0 && drain.take(CHUNK, !self.ended, self.pass.as_mut()) {
                self.dropped.get_or_insert_with(Instant::now);
            }
        }
        if self.dropped.is_some_and(|since| since.elapsed() >= TELL_DROPPED_EVERY) {
            self.tell_dropped();
        }
        std::iter::from_fn(|| signals::next(&mut self.incoming)).collect()
    }

    /// How many bytes of output are in the file.
    fn kept(&self) -> u64 {
        let [output, _] = &self.drains;
        output.as_ref().map_or(0, |drain| drain.store.kept())
    }

    /// Waits until all was passed on, or nobody has taken anything for too long: the end is written down by now.
    fn pass_the_rest(&mut self) {
        let kept = self.kept();
        if let Some(pass) = &mut self.pass {
            pass.directly(kept, &[]);
        }
    }

    /// Writes down what was dropped. Where that fails it is tried again with the next, and the end has the sums.
    fn tell_dropped(&mut self) {
        let gaps = json::array(self.drains.iter().flatten().flat_map(|drain| drain.store.gaps()));
        let _ = place::write_whole(&self.place.record, "dropped", &format!(r#"{{"gaps":{gaps}}}"#));
        self.dropped = None;
    }

    /// Writes down how the command ended, once, after all that it printed.
    fn write_end(&mut self, end: End) {
        if self.ended {
            return;
        }
        let capacity = usize::try_from(PIPE).unwrap_or(CHUNK);
        for drain in self.drains.iter_mut().flatten() {
            // Whatever the command itself has written was in the pipe when it ended; a daemon may write for ever.
            if drain.take(capacity, true, self.pass.as_mut()) {
                self.dropped.get_or_insert_with(Instant::now);
            }
            drain.store.sync();
        }
        if self.dropped.is_some() {
            self.tell_dropped();
        }
        self.ended = true;
        let how = match end {
            End::Code(code) => format!(r#""code":{code}"#),
            End::Signal(signal) => format!(r#""signal":{signal}"#),
        };
        let sums: Vec<String> = self.drains.iter().flatten().map(|drain| drain.store.sums()).collect();
        let late = if self.is_late { r#""deadline":true,"# } else { "" };
        let line = format!(r#"{{"time_ms":{},{how},{late}{}}}"#, place::now_ms(), sums.join(","));
        for _ in 0..END_TRIES {
            match place::write_whole(&self.place.record, "ended", &line) {
                Ok(()) => return,
                // It was forgotten.
                Err(_) if !self.place.record.exists() => return,
                Err(_) => std::thread::sleep(END_PAUSE),
            }
        }
    }
}
