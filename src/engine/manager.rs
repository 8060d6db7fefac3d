//! The port itself.

use std::fmt::Debug;
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::{
    Change, Container, ContainerDetails, ContainerId, ContainerSpec, Created, DiskUsage, Endpoint,
    EngineError, EngineEvent, ErrorKind, EventFilter, ExecId, ExecOutput, ExecRequest, ExecSession,
    ExecState, ExitStatus, Identity, Image, ImageFilter, ListFilter, LogChunk, LogsRequest, ObjectKind,
    PathStat, ProcessTable, PullEvent, PullRequest, RemoveOptions, RemovedImage, Result, Signal, Stats,
    StdStream, StopOptions, TermSize, Volume, VolumeFilter, VolumeSpec, WaitFor,
};

/// A stream of results that owns all it needs. Dropping it closes the connection it reads from.
pub type ResultStream<T> = Pin<Box<dyn Stream<Item = Result<T>> + Send + 'static>>;

/// One container engine.
///
/// The contract, the same for every engine and checked by [`conformance`](super::conformance):
///
/// - **Time.** No method knows a clock: none retries, none gives up by itself. Any future or stream may be
///   dropped at any point. Dropping it stops *our* waiting; what the engine has begun goes on there, except a
///   pull, which engines end when the asker hangs up. After a drop the outcome is unknown: look, then decide.
/// - **Idempotence.** Asking for what is so already is no error: the methods that change something answer
///   [`Change::AlreadySo`].
/// - **Errors.** [`ErrorKind`] says what the caller can do. An object that is not there is
///   [`ErrorKind::NotFound`], except where removing it was asked.
/// - **Capabilities.** What an engine cannot do stands in [`Identity::capabilities`]; asked all the same it is
///   [`ErrorKind::Unsupported`].
/// - **Names.** Containers go by id, unambiguous beginning of an id, or name. Everything made through the port
///   carries [`labels`](super::labels).
#[async_trait]
pub trait ContainerManager: Debug + Send + Sync {
    /// Where this engine is. Asks nobody.
    fn endpoint(&self) -> &Endpoint;

    /// Who answers there, in which version, and what it can and cannot do.
    async fn identify(&self) -> Result<Identity>;

    /// Whether it answers.
    async fn ping(&self) -> Result<()>;

    /// One image, by reference or id.
    async fn inspect_image(&self, reference: &str) -> Result<Image>;

    /// Fetches an image, telling its progress. The stream ends after the image is there; it is only done when
    /// it has ended without an error. Dropping it ends the pull; layers that were finished may stay.
    fn pull(&self, request: &PullRequest) -> ResultStream<PullEvent>;

    /// Images.
    async fn list_images(&self, filter: &ImageFilter) -> Result<Vec<Image>>;

    /// Removes an image or, where other references point to it, this reference. A missing one is an empty
    /// list. `force` removes it although stopped containers were made from it; otherwise, and always where one of
    /// them runs, it is [`ErrorKind::InUse`].
    async fn remove_image(&self, reference: &str, force: bool) -> Result<Vec<RemovedImage>>;

    /// Containers, stopped ones too. Never asks for sizes, which would read the disk.
    async fn list(&self, filter: &ListFilter) -> Result<Vec<Container>>;

    /// One container in full.
    async fn inspect(&self, id: &ContainerId) -> Result<ContainerDetails>;

    /// Makes a container, once: a second time with the same specification finds the first one, whatever its
    /// state; with another it is [`ErrorKind::SpecMismatch`], and [`ErrorKind::NameTaken`] where the name
    /// belongs to something not made through the port. An image that is not there is [`ErrorKind::NotFound`] of
    /// the image: nothing is fetched here. Host directories that are missing on an engine of this
    /// machine are [`ErrorKind::MissingMountSource`] before anything is asked.
    async fn create(&self, spec: &ContainerSpec) -> Result<Created>;

    /// Starts a container. [`ErrorKind::CommandNotFound`] where its command is not in it; a paused one is
    /// [`ErrorKind::Conflict`].
    async fn start(&self, id: &ContainerId) -> Result<Change>;

    /// Stops a container: its signal, then KILL after the grace. Waits for the end. A paused one is thawed
    /// first where the engine would otherwise refuse. Dropping this only stops the waiting.
    async fn stop(&self, id: &ContainerId, options: &StopOptions) -> Result<Change>;

    /// Sends a signal to a container's main process. [`Change::AlreadySo`] when it does not run: there is
    /// nothing to signal. KILL is answered when it has ended; of any other signal nothing is awaited.
    async fn kill(&self, id: &ContainerId, signal: &Signal) -> Result<Change>;

    /// Stops, where it runs, and starts again.
    async fn restart(&self, id: &ContainerId, options: &StopOptions) -> Result<()>;

    /// Freezes a container. One that does not run is [`ErrorKind::NotRunning`].
    async fn pause(&self, id: &ContainerId) -> Result<Change>;

    /// Thaws a container. One that does not run is [`ErrorKind::NotRunning`].
    async fn unpause(&self, id: &ContainerId) -> Result<Change>;

    /// Waits, for as long as it takes. An exit code other than 0 is an answer, not an error.
    async fn wait(&self, id: &ContainerId, until: WaitFor) -> Result<ExitStatus>;

    /// Gives a container another name. [`ErrorKind::NameTaken`] where another has it.
    async fn rename(&self, id: &ContainerId, name: &str) -> Result<()>;

    /// Removes a container. [`Change::AlreadySo`] when there is none. Somebody else's removal of it under way
    /// is [`ErrorKind::Busy`].
    async fn remove(&self, id: &ContainerId, options: RemoveOptions) -> Result<Change>;

    /// The processes of a container, by the engine's `ps`, the command line in the last column and, where that `ps`
    /// tells it, the kernel's short name in one called `COMM`. One that does not run is [`ErrorKind::NotRunning`].
    async fn top(&self, id: &ContainerId) -> Result<ProcessTable>;

    /// Starts a command in a running container. [`ErrorKind::CommandNotFound`] where the engine can tell
    /// beforehand; otherwise the command ends with 126 or 127 and says why in its output. Dropping the future
    /// may leave the command running.
    async fn exec(&self, id: &ContainerId, request: &ExecRequest) -> Result<ExecSession>;

    /// What became of a command. [`ErrorKind::NotFound`] once the engine has forgotten it, which does not mean
    /// that its processes have ended.
    async fn exec_state(&self, exec: &ExecId) -> Result<ExecState>;

    /// Tells a command's terminal its new size. Only after it has started.
    async fn exec_resize(&self, exec: &ExecId, size: TermSize) -> Result<()>;

    /// A container's own log. Reading slowly never blocks the container.
    fn logs(&self, id: &ContainerId, request: &LogsRequest) -> ResultStream<LogChunk>;

    /// What happens at the engine, from the moment the engine answers.
    fn events(&self, filter: &EventFilter) -> ResultStream<EngineEvent>;

    /// What a container uses: about once a second while `follow`, else one reading (which on some engines takes
    /// a second or two, to have a rate). A container that is not running gives figures of zero.
    fn stats(&self, id: &ContainerId, follow: bool) -> ResultStream<Stats>;

    /// What everything takes on disk. May take minutes.
    async fn disk_usage(&self) -> Result<DiskUsage>;

    /// What is at a path of a container, without reading it. Works on stopped containers too. A missing path is
    /// [`ErrorKind::NotFound`] of an [`ObjectKind::Path`].
    async fn stat(&self, id: &ContainerId, path: &str) -> Result<PathStat>;

    /// A file or directory of a container, as a tar stream. Works on stopped containers too. A path that is not
    /// there is [`ErrorKind::NotFound`] as the stream's first item.
    fn copy_out(&self, id: &ContainerId, path: &str) -> ResultStream<Bytes>;

    /// Unpacks a tar stream (plain, gzip, bzip2 or xz) into an existing directory of a container; one that is not
    /// there is [`ErrorKind::NotFound`]. On a drop or
    /// an error part of it may have been unpacked.
    async fn copy_in(&self, id: &ContainerId, directory: &str, archive: ResultStream<Bytes>) -> Result<()>;

    /// Makes a volume, once: [`ErrorKind::SpecMismatch`] where one of that name has another driver, other
    /// options or other labels.
    async fn create_volume(&self, spec: &VolumeSpec) -> Result<(Volume, Change)>;

    /// Volumes.
    async fn list_volumes(&self, filter: &VolumeFilter) -> Result<Vec<Volume>>;

    /// One volume.
    async fn inspect_volume(&self, name: &str) -> Result<Volume>;

    /// Removes a volume and all in it. [`ErrorKind::InUse`] names the containers where any mounts it, running
    /// or not.
    async fn remove_volume(&self, name: &str) -> Result<Change>;
}

/// Conveniences on any engine, made once for all of them.
#[async_trait]
pub trait ContainerManagerExt: ContainerManager {
    /// Whether an image is there.
    async fn image_exists(&self, reference: &str) -> Result<bool> {
        match self.inspect_image(reference).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The containers that mount a volume, running or not.
    async fn volume_users(&self, name: &str) -> Result<Vec<Container>> {
        self.list(&ListFilter { volume: Some(name.to_owned()), ..ListFilter::default() }).await
    }

    /// One reading of what a container uses.
    async fn stats_once(&self, id: &ContainerId) -> Result<Stats> {
        match self.stats(id, false).next().await {
            Some(reading) => reading,
            None => Err(EngineError::new("read the figures of", ErrorKind::BadAnswer)
                .on(ObjectKind::Container, id)
                .saying("the answer was empty")),
        }
    }

    /// Runs a command to its end and collects what it prints, at most `limit` bytes in all.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when it prints more; it may then still run. [`ErrorKind::BrokenStream`] when its
    /// output ended while it still runs.
    async fn exec_collect(
        &self,
        id: &ContainerId,
        request: &ExecRequest,
        limit: usize,
    ) -> Result<ExecOutput> {
        let failed = |kind| EngineError::new("run a command in", kind).on(ObjectKind::Container, id);
        let mut session = self.exec(id, request).await?;
        // Its standard input ends here, where it has one: nobody is going to type.
        drop(session.input.take());
        let mut collected = ExecOutput::default();
        while let Some(output) = session.output.next().await {
            let output = output?;
            if collected.stdout.len() + collected.stderr.len() + output.bytes.len() > limit {
                return Err(failed(ErrorKind::TooLarge { limit: limit as u64 }));
            }
            match output.stream {
                StdStream::Stderr => collected.stderr.extend_from_slice(&output.bytes),
                StdStream::Stdout | StdStream::Tty => collected.stdout.extend_from_slice(&output.bytes),
            }
        }
        let state = self.exec_state(&session.id).await?;
        match state.exit_code {
            Some(code) => Ok(ExecOutput { exit_code: code, ..collected }),
            None => Err(failed(ErrorKind::BrokenStream).saying("its output ended and it still runs")),
        }
    }
}

impl<M: ContainerManager + ?Sized> ContainerManagerExt for M {}
