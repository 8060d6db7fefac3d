//! The program in a pseudo terminal of a test's own.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use memchr::memmem;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::keys::bytes;

/// How long what has nothing to wait for may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// What is to be started. Its home is a new directory, and it sees nothing of the test's environment but `PATH`.
pub(crate) struct Start {
    command: CommandBuilder,
    size: (u16, u16),
    home: tempfile::TempDir,
}

impl Start {
    /// The console with these arguments, at 120 by 40.
    pub(crate) fn console(arguments: &[&str]) -> Self {
        let mut start = Self::program(env!("CARGO_BIN_EXE_smidr-console"));
        start.command.args(arguments);
        start
    }

    /// Any program.
    pub(crate) fn program(path: &str) -> Self {
        let home = tempfile::Builder::new().prefix("pty").tempdir().unwrap();
        let mut command = CommandBuilder::new(path);
        command.env_clear();
        command.cwd(home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("HOME", home.path());
        for (name, under) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "run")]
        {
            command.env(name, home.path().join(under));
        }
        Self { command, size: (120, 40), home }
    }

    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// With a settings file of this text.
    pub(crate) fn settings(self, text: &str) -> Self {
        let directory = self.home.path().join("config/smidr-console");
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("settings.yaml"), text).unwrap();
        self
    }

    /// Starts it.
    pub(crate) fn run(self) -> Console {
        let (columns, rows) = self.size;
        let pair = native_pty_system().openpty(pty_size(columns, rows)).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let seen = Arc::new(Seen::new(columns, rows));
        let mut output = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&seen);
        let reader = std::thread::spawn(move || shared.read(&mut *output));
        let writer = pair.master.take_writer().unwrap();
        let begun = Instant::now();
        let child = pair.slave.spawn_command(self.command).unwrap();
        Console {
            child,
            ended: None,
            master: Some(pair.master),
            writer: Some(writer),
            reader: Some(reader),
            seen,
            before,
            begun,
            _home: self.home,
        }
    }
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// Everything that was written to the terminal.
struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Of what was read the beginning.
    parser: vt100::Parser,
    parsed: usize,
    bytes: Vec<u8>,
    /// Nothing is read any more after the next bytes.
    closing: bool,
    is_over: bool,
}

impl Seen {
    fn new(columns: u16, rows: u16) -> Self {
        let parser = vt100::Parser::new(cells(rows), cells(columns), 0);
        let state = State { parser, parsed: 0, bytes: Vec::new(), closing: false, is_over: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn read(&self, output: &mut dyn Read) {
        let mut buffer = vec![0; 1 << 16];
        loop {
            // The other side being gone is an error on Linux.
            let read = output.read(&mut buffer).unwrap_or(0);
            let mut state = self.state.lock().unwrap();
            state.bytes.extend(&buffer[..read]);
            state.is_over = read == 0 || state.closing;
            self.changed.notify_all();
            if state.is_over {
                return;
            }
        }
    }

    /// Whether the condition held within the limit.
    fn wait(&self, limit: Duration, mut condition: impl FnMut(&mut State) -> bool) -> bool {
        let state = self.state.lock().unwrap();
        let (_state, waited) =
            self.changed.wait_timeout_while(state, limit, |state| !condition(state)).unwrap();
        !waited.timed_out()
    }
}

impl State {
    /// What is on the screen by now. Not kept so while it is read: that takes its time, which would be added to what is
    /// measured.
    fn screen(&mut self) -> &vt100::Screen {
        self.parser.process(&self.bytes[self.parsed..]);
        self.parsed = self.bytes.len();
        self.parser.screen()
    }
}

fn cells(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

/// The running program, its terminal, and what is on it. Killed when dropped.
pub(crate) struct Console {
    child: Box<dyn Child + Send + Sync>,
    ended: Option<ExitStatus>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    reader: Option<JoinHandle<()>>,
    seen: Arc<Seen>,
    before: String,
    begun: Instant,
    /// Removed with this.
    _home: tempfile::TempDir,
}

impl Console {
    /// Presses keys; see [`bytes`] for how they are written.
    pub(crate) fn press(&mut self, keys: &str) {
        self.send(&bytes(keys));
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        self.seen.state.lock().unwrap().screen().contents()
    }

    /// The row of the screen in which these words are, and the column they begin in.
    pub(crate) fn place(&self, words: &str) -> (usize, usize) {
        let screen = self.screen();
        let found = screen.lines().enumerate().find_map(|(row, line)| Some((row, line.find(words)?)));
        let (row, byte) = found.unwrap_or_else(|| panic!("no {words:?} on\n{screen}"));
        (row, screen.lines().nth(row).unwrap()[..byte].chars().count())
    }

    /// Whether the other screen of the terminal is shown.
    pub(crate) fn is_on_other_screen(&self) -> bool {
        self.seen.state.lock().unwrap().screen().alternate_screen()
    }

    /// Waits for words on the screen; returns how long it took.
    pub(crate) fn wait_for(&self, words: &str, limit: Duration) -> Duration {
        self.wait_until(words, limit, |screen| screen.contains(words))
    }

    /// Waits until words are not on the screen any more.
    pub(crate) fn wait_gone(&self, words: &str, limit: Duration) -> Duration {
        self.wait_until(&format!("no {words}"), limit, |screen| !screen.contains(words))
    }

    /// Waits until the screen is as wanted; returns how long it took.
    pub(crate) fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut is_so: impl FnMut(&str) -> bool,
    ) -> Duration {
        let begun = Instant::now();
        let held = self.seen.wait(limit, |state| is_so(&state.screen().contents()));
        assert!(held, "waited {limit:?} in vain: {what}\n{}", self.screen());
        begun.elapsed()
    }

    /// Presses keys and waits until these bytes are written; returns how long it took. They are looked for in what is
    /// written as it is: drawing a screen of it would take longer than what is measured.
    pub(crate) fn time_until_written(&mut self, keys: &str, wanted: &str, limit: Duration) -> Duration {
        let finder = memmem::Finder::new(wanted);
        let mut from = self.seen.state.lock().unwrap().bytes.len();
        let begun = Instant::now();
        self.press(keys);
        let held = self.seen.wait(limit, |state| {
            let found = finder.find(&state.bytes[from..]).is_some();
            from = from.max((state.bytes.len() + 1).saturating_sub(wanted.len()));
            found
        });
        let taken = begun.elapsed();
        assert!(held, "waited {limit:?} in vain for {wanted:?} after {keys}\n{}", self.screen());
        taken
    }

    /// All that was ever written to the terminal.
    pub(crate) fn output(&self) -> Vec<u8> {
        self.seen.state.lock().unwrap().bytes.clone()
    }

    /// How much was written so far, and how much once the limit has passed: nothing is waited for but time.
    pub(crate) fn written_in(&self, time: Duration) -> usize {
        let before = self.output().len();
        self.seen.wait(time, |state| state.is_over);
        self.output().len() - before
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut state = self.seen.state.lock().unwrap();
        state.screen();
        state.parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.as_ref().unwrap().resize(pty_size(columns, rows)).unwrap();
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// How much of it is in memory now, in bytes: its own, and what it shares with others.
    pub(crate) fn resident(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.pid().as_raw_nonzero())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Since it was started.
    pub(crate) fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The terminal goes away, as when its window is closed.
    pub(crate) fn hang_up(&mut self) {
        self.seen.state.lock().unwrap().closing = true;
        // Makes it write something, so that the reader comes to its end.
        self.press("?");
        self.reader.take().unwrap().join().unwrap();
        self.writer = None;
        self.master = None;
    }

    /// Waits for its end and returns its exit code, and how long it took.
    pub(crate) fn wait_end(&mut self, limit: Duration) -> (u32, Duration) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let code = status.exit_code();
                assert_eq!(status.signal(), None, "{status}");
                self.ended = Some(status);
                let taken = begun.elapsed();
                if self.master.is_some() {
                    let read = self.seen.wait(SOON, |state| state.is_over);
                    assert!(read, "something still has the terminal");
                }
                return (code, taken);
            }
            assert!(begun.elapsed() < limit, "no end within {limit:?}\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Checks that the terminal is as it was before.
    pub(crate) fn assert_given_back(&self) {
        let after = format!("{:?}", self.master.as_ref().unwrap().get_termios().unwrap());
        assert_eq!(after, self.before, "the modes of the terminal");
        let mut state = self.seen.state.lock().unwrap();
        state.screen();
        let screen = state.parser.screen();
        assert!(!screen.alternate_screen(), "the other screen is still shown");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is on");
        for mode in ["1000", "1002", "1006", "1049", "2004"] {
            let (set, reset) = (format!("\x1b[?{mode}h"), format!("\x1b[?{mode}l"));
            let last = |bytes: &str| state.bytes.windows(bytes.len()).rposition(|at| at == bytes.as_bytes());
            assert!(last(&set) <= last(&reset), "mode {mode} stays on");
        }
        let fresh = vt100::Parser::new(cells(1), cells(1), 0);
        assert_eq!(screen.attributes_formatted(), fresh.screen().attributes_formatted(), "colours stay on");
    }

    /// Leaves by `q`, and checks that it ends well and in time. Returns how long it took.
    pub(crate) fn quit(mut self) -> Duration {
        self.press("q");
        let (code, taken) = self.wait_end(SOON);
        assert_eq!(code, 0, "{}", self.screen());
        self.assert_given_back();
        taken
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = kill_process(self.pid(), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Whether some bytes are among others.
pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    position(bytes, wanted).is_some()
}

/// Where some bytes are first among others.
pub(crate) fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|at| at == wanted)
}
