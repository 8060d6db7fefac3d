//! What a container uses, at one instant.

use jiff::Timestamp;
use serde::Serialize;

/// Figures of one container at one instant. Counters only grow while it runs; rates are differences of two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// When the engine read them.
    pub time: Option<Timestamp>,
    /// Processor time.
    pub cpu: Cpu,
    /// Memory.
    pub memory: Memory,
    /// All its networks together.
    pub network: NetworkIo,
    /// All its block devices together.
    pub block: BlockIo,
    /// Processes and threads.
    pub pids: Option<u64>,
}

/// Processor time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cpu {
    /// Nanoseconds of processor time since it started.
    pub total_ns: u64,
    /// Of one processor, since the reading before; 250 is two and a half processors. `None` in a first reading.
    pub percent: Option<f64>,
    /// Processors it may use.
    pub online: u32,
}

/// Memory, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// In use, the page cache that can be dropped left out.
    pub used: u64,
    /// The limit, or all of the machine's.
    pub limit: u64,
}

/// Bytes over the network since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NetworkIo {
    /// Received.
    pub received: u64,
    /// Sent.
    pub sent: u64,
}

/// Bytes to and from block devices since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BlockIo {
    /// Read.
    pub read: u64,
    /// Written.
    pub written: u64,
}
