//! The built-in shell at its prompt.

use super::commands::is_harmless;
use super::editor::{Editor, Typed};
use super::foreground::read;
use super::run::Shell;
use crate::engine::simulated::process::End;

/// How much input is read at once.
const PIECE: usize = 4096;
/// The longest line without a terminal, in bytes; what is longer is cut.
const LINE_LIMIT: usize = 64 * 1024;

impl Shell {
    /// Reads lines and runs them, until the input or the shell ends. Without a terminal there is no prompt.
    pub(in crate::engine::simulated) async fn prompt(mut self) -> End {
        self.is_interactive = self.seat.tty;
        self.line = 0;
        let mut editor = Editor::default();
        loop {
            let line = if self.seat.tty { self.edited(&mut editor).await } else { self.plain().await };
            self.history = editor.history().to_vec();
            self.line += 1;
            match line {
                Ok(Some(line)) => {
                    if let Err(end) = self.run_line(&line).await {
                        return end;
                    }
                }
                Ok(None) => {
                    self.now();
                    return self.end(self.code);
                }
                Err(end) => return end,
            }
        }
    }

    /// A line from the terminal; `None` at the end of all.
    async fn edited(&mut self, editor: &mut Editor) -> Result<Option<String>, End> {
        self.now();
        let prompt = self.words_before_the_line();
        let begun = editor.begin(prompt);
        self.put(begun.into_bytes()).await?;
        loop {
            let mut out = String::new();
            let mut came = Typed::More;
            let columns = self.seat.ears.size.borrow().columns;
            let mut taken = 0;
            for byte in &self.typed {
                taken += 1;
                came = editor.take(*byte, columns, &mut out);
                if came != Typed::More {
                    break;
                }
            }
            self.typed.drain(..taken);
            self.put(out.into_bytes()).await?;
            match came {
                Typed::Line(line) => return Ok(Some(line)),
                Typed::Interrupt => {
                    self.code = 130;
                    return Ok(Some(String::new()));
                }
                Typed::End => {
                    self.put(b"exit\r\n".to_vec()).await?;
                    return Ok(None);
                }
                Typed::More if self.input_ended => return Ok(None),
                Typed::More => self.listen().await?,
            }
        }
    }

    fn words_before_the_line(&self) -> String {
        let about = self.surroundings();
        let (uid, user) = about.user();
        let directory = if self.seat.vars.working_dir.is_empty() { "/" } else { &self.seat.vars.working_dir };
        let sign = if uid == 0 { '#' } else { '$' };
        format!("{user}@{}:{directory}{sign} ", about.host())
    }

    /// A line from an input that is no terminal; `None` at the end of all.
    async fn plain(&mut self) -> Result<Option<String>, End> {
        loop {
            let end = self.typed.iter().position(|byte| *byte == b'\n');
            let length = end.map(|end| end + 1).or((self.typed.len() >= LINE_LIMIT).then_some(LINE_LIMIT));
            if let Some(length) =
                length.or((self.input_ended && !self.typed.is_empty()).then_some(self.typed.len()))
            {
                let line: Vec<u8> = self.typed.drain(..length).collect();
                self.now();
                return Ok(Some(String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned()));
            }
            if self.input_ended {
                return Ok(None);
            }
            self.listen().await?;
        }
    }

    /// Waits for input.
    async fn listen(&mut self) -> Result<(), End> {
        let mut buffer = vec![0; PIECE];
        loop {
            let is_frozen = *self.seat.ears.frozen.borrow();
            tokio::select! {
                biased;
                signal = self.seat.ears.signals.recv() => {
                    self.now();
                    let Some(signal) = signal else { return Err(self.end(137)) };
                    let is_ignored = is_harmless(&signal) || signal.as_str() == "INT";
                    if signal.as_str() == "KILL" || (!is_ignored && !is_frozen) {
                        return Err(self.end(128 + i64::from(signal.number())));
                    }
                }
                Ok(()) = self.seat.ears.frozen.changed() => drop(self.seat.ears.frozen.borrow_and_update()),
                read = read(self.seat.input.as_mut(), &mut buffer), if !is_frozen => {
                    let bytes = buffer.get(..read.unwrap_or(0)).unwrap_or_default();
                    self.input_ended = bytes.is_empty();
                    self.typed.extend_from_slice(bytes);
                    return Ok(());
                }
            }
        }
    }
}
