//! A command in the foreground of the built-in shell: it has the input and the signals until it ends.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::commands::is_harmless;
use super::run::Shell;
use crate::engine::simulated::process::{Control, End, Seat, Sink, as_a_terminal_prints};
use crate::engine::simulated::work::Work;
use crate::engine::{Output, Signal, StdStream};

/// Bytes of input that wait for the command.
const UNTYPED: usize = 64 * 1024;
/// How much input is read at once.
const PIECE: usize = 4096;

impl Shell {
    /// Runs a command and waits for it; meanwhile it has the input and all signals.
    ///
    /// # Errors
    /// Not an error: the shell's own end, when a signal brought it.
    pub(super) async fn foreground(&mut self, work: Work, line: String) -> Result<(), End> {
        if self.is_interactive {
            self.now();
        }
        let (control, mut ears) = Control::new(*self.seat.ears.size.borrow());
        ears.size = self.seat.ears.size.clone();
        let reads_input = work.reads_input();
        let (mut writer, reader) = match &self.seat.input {
            Some(_) if reads_input => {
                let (ours, theirs) = tokio::io::duplex(UNTYPED);
                (Some(ours), Some(theirs))
            }
            _ => (None, None),
        };
        let shared = Arc::clone(&self.seat.shared);
        let Seat { vars, sink, tty, place, pid, .. } = &self.seat;
        // What is said without a command of its own is the shell's.
        let entered = if line.is_empty() { Vec::new() } else { shared.entered(place, *pid, line, &work) };
        let seat = Seat {
            shared: Arc::clone(&shared),
            vars: vars.clone(),
            ears,
            sink: sink.clone(),
            tty: *tty,
            input: reader,
            begun: self.at,
            place: place.clone(),
            pid: entered.first().copied().unwrap_or(*pid),
        };
        let mut running = work.run(seat);
        if reads_input {
            let ahead = std::mem::take(&mut self.typed);
            self.hand_over(&ahead, reads_input, &control).await?;
        }
        let mut buffer = vec![0; PIECE];
        let end = loop {
            if self.input_ended && self.typed.is_empty() {
                writer = None;
            }
            let has_more = !self.typed.is_empty() && writer.is_some();
            // What no command reads waits for the next line, as in a terminal.
            let has_room = self.typed.is_empty() || (writer.is_none() && self.typed.len() < PIECE);
            let reads = !self.input_ended && has_room && !*self.seat.ears.frozen.borrow();
            tokio::select! {
                biased;
                signal = self.seat.ears.signals.recv() => self.pass_on(signal, &control),
                Ok(()) = self.seat.ears.frozen.changed() => {
                    control.freeze(*self.seat.ears.frozen.borrow_and_update());
                }
                end = &mut running => break end,
                written = write(writer.as_mut(), &self.typed), if has_more => match written {
                    Ok(count) => drop(self.typed.drain(..count.min(self.typed.len()))),
                    // It has ended or closed its input.
                    Err(_) => writer = None,
                },
                read = read(self.seat.input.as_mut(), &mut buffer), if reads => {
                    let bytes = buffer.get(..read.unwrap_or(0)).unwrap_or_default();
                    self.input_ended = bytes.is_empty();
                    self.hand_over(bytes, writer.is_some(), &control).await?;
                }
            }
        };
        shared.left(&self.seat.place, &entered);
        self.at = self.at.max(end.at);
        self.code = end.code;
        match self.dying {
            Some(code) => Err(self.end(code)),
            None => Ok(()),
        }
    }

    fn pass_on(&mut self, signal: Option<Signal>, control: &Control) {
        // Whoever could signal it is gone, and so is its container.
        let signal = signal.unwrap_or_else(Signal::kill);
        control.signal(&signal);
        let is_for_the_command = self.is_interactive && signal.as_str() == "INT";
        let ends = !is_harmless(&signal) && !is_for_the_command;
        if signal.as_str() == "KILL" {
            self.dying = Some(137);
        } else if ends {
            self.dying.get_or_insert(128 + i64::from(signal.number()));
        }
    }

    /// Input for the command in the foreground. On a terminal it shows, and some keys are signals.
    async fn hand_over(&mut self, bytes: &[u8], is_read: bool, control: &Control) -> Result<(), End> {
        if !self.seat.tty {
            self.typed.extend_from_slice(bytes);
            return Ok(());
        }
        let mut echo = Vec::new();
        for byte in bytes {
            match byte {
                3 => {
                    echo.extend_from_slice(b"^C\n");
                    self.typed.clear();
                    control.signal(&Signal::int());
                }
                byte if !is_read => self.typed.push(*byte),
                b'\r' => {
                    echo.push(b'\n');
                    self.typed.push(b'\n');
                }
                4 => self.typed.push(4),
                0x1b => echo.extend_from_slice(b"^["),
                byte => {
                    echo.push(*byte);
                    self.typed.push(*byte);
                }
            }
        }
        self.put(as_a_terminal_prints(&echo)).await
    }

    /// Prints something of the shell's own.
    ///
    /// # Errors
    /// Not an error: the shell's own end, when it is killed meanwhile.
    pub(super) async fn put(&mut self, bytes: Vec<u8>) -> Result<(), End> {
        let stream = if self.seat.tty { StdStream::Tty } else { StdStream::Stdout };
        match &self.seat.sink {
            _ if bytes.is_empty() => {}
            Sink::Nobody => {}
            Sink::Log(container) => self.seat.shared.append_log(container, self.at, stream, &bytes),
            Sink::Reader(reader) => {
                let mut sending = std::pin::pin!(reader.send(Output { stream, bytes: bytes.into() }));
                loop {
                    tokio::select! {
                        biased;
                        // Nobody reads any more: as good as printed.
                        _ = &mut sending => break,
                        signal = self.seat.ears.signals.recv() => {
                            if signal.is_none_or(|signal| signal.as_str() == "KILL") {
                                return Err(End { code: 137, at: self.seat.shared.clock.now(), out_of_memory: false });
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

async fn write(to: Option<&mut DuplexStream>, bytes: &[u8]) -> std::io::Result<usize> {
    match to {
        Some(to) => to.write(bytes).await,
        None => Ok(bytes.len()),
    }
}

pub(super) async fn read(from: Option<&mut DuplexStream>, buffer: &mut [u8]) -> std::io::Result<usize> {
    match from {
        Some(from) => from.read(buffer).await,
        None => Ok(0),
    }
}
