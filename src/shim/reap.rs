//! Takes in every child that ended, the command and whatever was given to the subreaper.

use crate::sys::{self, Reaped};

/// What is known of the children.
pub struct Children {
    command: i32,
    end: Option<End>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Code(u8),
    /// By this signal.
    Signal(u8),
}

/// Whether any child, and with it any descendant, is left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// At least one.
    Some,
    /// None. Orphans are given to the subreaper at once, so no child means no descendant.
    None,
}

impl Children {
    /// Starts with the command's pid.
    pub fn of(command: i32) -> Self {
        Self { command, end: None }
    }

    /// Of a process that runs no command: only takes in what others left.
    pub fn none() -> Self {
        Self { command: 0, end: None }
    }

    /// Takes all that ended.
    pub fn reap(&mut self) -> Left {
        loop {
            match sys::reap_one() {
                Reaped::Ended(pid, status) if pid == self.command => self.end = Some(end_of(status)),
                Reaped::Ended(..) => {}
                Reaped::NoneYet => return Left::Some,
                Reaped::NoChildren => return Left::None,
            }
        }
    }

    /// How the command ended: its own code, or 128 and the number of the signal that ended it.
    pub fn code(&self) -> Option<u8> {
        self.end.map(|end| match end {
            End::Code(code) => code,
            End::Signal(signal) => 128 | signal,
        })
    }

    /// The same, the two kept apart.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// The command's pid while it is not reaped, so that it cannot be another process's by now.
    pub fn command(&self) -> Option<i32> {
        self.end.is_none().then_some(self.command)
    }
}

/// Reads a wait status, see wait(2): the low 7 bits are the signal, the next byte the exit code.
fn end_of(status: i32) -> End {
    let [low, code, ..] = status.to_le_bytes();
    match low & 0x7f {
        0 => End::Code(code),
        signal => End::Signal(signal),
    }
}
