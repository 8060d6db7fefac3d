//! Takes in every child that ended, the command and whatever was given to the subreaper.

use crate::sys::{self, Reaped};

/// What is known of the children.
pub struct Children {
    command: i32,
    code: Option<u8>,
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
        Self { command, code: None }
    }

    /// Takes all that ended.
    pub fn reap(&mut self) -> Left {
        loop {
            match sys::reap_one() {
                Reaped::Ended(pid, status) if pid == self.command => self.code = Some(exit_code(status)),
                Reaped::Ended(..) => {}
                Reaped::NoneYet => return Left::Some,
                Reaped::NoChildren => return Left::None,
            }
        }
    }

    /// How the command ended: its own code, or 128 and the number of the signal that ended it.
    pub fn code(&self) -> Option<u8> {
        self.code
    }

    /// The command's pid while it is not reaped, so that it cannot be another process's by now.
    pub fn command(&self) -> Option<i32> {
        self.code.is_none().then_some(self.command)
    }
}

/// Reads a wait status, see wait(2): the low 7 bits are the signal, the next byte the exit code.
fn exit_code(status: i32) -> u8 {
    let [low, code, ..] = status.to_le_bytes();
    match low & 0x7f {
        0 => code,
        signal => 128 | signal,
    }
}
