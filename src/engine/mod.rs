//! The port: what a container engine can be asked, in words of our own.
//!
//! Nothing here knows a clock or repeats a request: deadlines, cancellation, grace and retries are the
//! supervisor's (`actions`). Nothing here draws. Adapters (one folder each) name only this port, and no type
//! of their client libraries leaves them.

pub mod conformance;
mod container;
pub mod credentials;
pub mod discovery;
pub mod docker;
mod entrypoint;
mod error;
mod events;
mod exec;
mod fingerprint;
mod identity;
mod ids;
mod image;
pub mod labels;
mod lifecycle;
mod logs;
mod manager;
mod path;
pub mod simulated;
mod spec;
mod stats;
mod usage;
mod volume;

pub use container::{
    Container, ContainerDetails, ContainerState, CpuCount, ExitStatus, ListFilter, MountPoint, ProcessTable,
};
pub use entrypoint::{Launch, TEST_ENTRYPOINT, entrypoint_from_list};
pub use error::{BoxError, EngineError, ErrorKind, ObjectKind, Result, Retry, chain};
pub use events::{EngineEvent, EventFilter, EventObject};
pub use exec::{
    ExecId, ExecInput, ExecOutput, ExecRequest, ExecSession, ExecState, Output, StdStream, TermSize,
};
pub use fingerprint::Fingerprint;
pub use identity::{Capabilities, Endpoint, EngineKind, Feature, Identity, Transport};
pub use ids::{ContainerId, ImageId};
pub use image::{Image, ImageFilter, PullEvent, PullRequest, RemovedImage};
pub use lifecycle::{Change, Created, RemoveOptions, Signal, StopOptions, WaitFor};
pub use logs::{LogChunk, LogStreams, LogsRequest};
pub use manager::{ContainerManager, ContainerManagerExt, ResultStream};
pub use path::{PathKind, PathStat};
pub use spec::{ContainerSpec, InvalidSpec, Mount, MountSource, Tmpfs, is_object_name};
pub use stats::{BlockIo, Cpu, Memory, NetworkIo, Stats};
pub use usage::{DiskUsage, UsageOf, VolumeUsage};
pub use volume::{Volume, VolumeFilter, VolumeSpec};
