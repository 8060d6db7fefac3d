//! The adapter: each method of the port hands over to the file that knows that part of the engine.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use rustls::pki_types::ServerName;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;

use crate::engine::{
    Change, Container, ContainerDetails, ContainerId, ContainerManager, ContainerSpec, Created, DiskUsage,
    Endpoint, EngineError, EngineEvent, ErrorKind, EventFilter, ExecId, ExecRequest, ExecSession, ExecState,
    ExitStatus, Identity, Image, ImageFilter, ListFilter, LogChunk, LogsRequest, ObjectKind, PathStat,
    ProcessTable, PullEvent, PullRequest, RemoveOptions, RemovedImage, Result, ResultStream, Signal, Stats,
    StopOptions, TermSize, Transport, Volume, VolumeFilter, VolumeSpec, WaitFor,
};

use super::client::Http;
use super::connector::{Connector, Far};
use super::version::ApiVersion;

/// Docker Engine at one endpoint. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Docker {
    pub(super) endpoint: Endpoint,
    pub(super) http: Http,
    pub(super) bollard: bollard::Docker,
    pub(super) version: ApiVersion,
}

/// Connects to the engine at an endpoint and agrees on an API version with it.
///
/// # Errors
/// [`ErrorKind::Unreachable`], [`ErrorKind::PermissionDenied`] or [`ErrorKind::Misconfigured`], and
/// [`ErrorKind::Unsupported`] for an engine older than API 1.41.
pub async fn connect(endpoint: &Endpoint) -> Result<Arc<dyn ContainerManager>> {
    let connector = connector(endpoint)?;
    let http = Http::new(connector.clone());
    let failed = |fault: super::errors::Fault| fault.during("connect to", ObjectKind::Engine, endpoint);
    let engine = match super::identity::api_version(&http).await {
        Ok(version) => version,
        Err(fault) => {
            let error = failed(fault);
            // What ssh forwards to a socket that is not there it accepts, and then closes.
            let heard = connector.heard().await;
            return Err(heard
                .into_iter()
                .fold(error, |error, said| error.saying(format!("ssh said: {said}"))));
        }
    };
    if engine < ApiVersion::OLDEST {
        return Err(EngineError::new("connect to", ErrorKind::Unsupported)
            .on(ObjectKind::Engine, endpoint)
            .saying(format!(
                "its API is {engine}, and {} (Docker 20.10) is the oldest supported",
                ApiVersion::OLDEST
            )));
    }
    let version = ApiVersion::NEWEST.lower(engine);
    let http = http.with_version(version);
    let bollard = http.bollard().map_err(failed)?;
    Ok(Arc::new(Docker { endpoint: endpoint.clone(), http, bollard, version }))
}

fn connector(endpoint: &Endpoint) -> Result<Connector> {
    match &endpoint.transport {
        Transport::Unix(path) => Ok(Connector::Unix(Arc::new(path.clone()))),
        Transport::Tcp { host, port } => Ok(Connector::Tcp(Arc::new((host.clone(), *port)))),
        Transport::Tls { host, port, certs, verify } => {
            let name = ServerName::try_from(host.clone()).map_err(|error| {
                EngineError::new("connect to", ErrorKind::Misconfigured)
                    .on(ObjectKind::Engine, endpoint)
                    .because(error)
            })?;
            let tls = TlsConnector::from(super::tls::client_config(certs.as_deref(), *verify)?);
            Ok(Connector::Tls(Arc::new((host.clone(), *port)), name, tls))
        }
        Transport::Ssh { destination, port, socket } => Ok(Connector::Ssh(Arc::new(Far {
            destination: destination.clone(),
            port: *port,
            socket: socket.clone(),
            tunnel: Mutex::new(None),
        }))),
        _ => Err(EngineError::new("connect to", ErrorKind::Unsupported).on(ObjectKind::Engine, endpoint)),
    }
}

#[async_trait]
impl ContainerManager for Docker {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    async fn identify(&self) -> Result<Identity> {
        super::identity::identify(self).await
    }

    async fn ping(&self) -> Result<()> {
        super::identity::ping(self).await
    }

    async fn inspect_image(&self, reference: &str) -> Result<Image> {
        super::images::inspect(self, reference).await
    }

    fn pull(&self, request: &PullRequest) -> ResultStream<PullEvent> {
        super::pull::pull(self, request)
    }

    async fn list_images(&self, filter: &ImageFilter) -> Result<Vec<Image>> {
        super::images::list(self, filter).await
    }

    async fn remove_image(&self, reference: &str, force: bool) -> Result<Vec<RemovedImage>> {
        super::images::remove(self, reference, force).await
    }

    async fn list(&self, filter: &ListFilter) -> Result<Vec<Container>> {
        super::containers::list(self, filter).await
    }

    async fn inspect(&self, id: &ContainerId) -> Result<ContainerDetails> {
        super::containers::inspect(self, id).await
    }

    async fn create(&self, spec: &ContainerSpec) -> Result<Created> {
        super::create::create(self, spec).await
    }

    async fn start(&self, id: &ContainerId) -> Result<Change> {
        super::lifecycle::start(self, id).await
    }

    async fn stop(&self, id: &ContainerId, options: &StopOptions) -> Result<Change> {
        super::lifecycle::stop(self, id, options).await
    }

    async fn kill(&self, id: &ContainerId, signal: &Signal) -> Result<Change> {
        super::lifecycle::kill(self, id, signal).await
    }

    async fn restart(&self, id: &ContainerId, options: &StopOptions) -> Result<()> {
        super::lifecycle::restart(self, id, options).await
    }

    async fn pause(&self, id: &ContainerId) -> Result<Change> {
        super::lifecycle::pause(self, id).await
    }

    async fn unpause(&self, id: &ContainerId) -> Result<Change> {
        super::lifecycle::unpause(self, id).await
    }

    async fn wait(&self, id: &ContainerId, until: WaitFor) -> Result<ExitStatus> {
        super::lifecycle::wait(self, id, until).await
    }

    async fn rename(&self, id: &ContainerId, name: &str) -> Result<()> {
        super::lifecycle::rename(self, id, name).await
    }

    async fn remove(&self, id: &ContainerId, options: RemoveOptions) -> Result<Change> {
        super::lifecycle::remove(self, id, options).await
    }

    async fn top(&self, id: &ContainerId) -> Result<ProcessTable> {
        super::containers::top(self, id).await
    }

    async fn exec(&self, id: &ContainerId, request: &ExecRequest) -> Result<ExecSession> {
        super::exec::exec(self, id, request).await
    }

    async fn exec_state(&self, exec: &ExecId) -> Result<ExecState> {
        super::exec::state(self, exec).await
    }

    async fn exec_resize(&self, exec: &ExecId, size: TermSize) -> Result<()> {
        super::exec::resize(self, exec, size).await
    }

    fn logs(&self, id: &ContainerId, request: &LogsRequest) -> ResultStream<LogChunk> {
        super::logs::logs(self, id, request)
    }

    fn events(&self, filter: &EventFilter) -> ResultStream<EngineEvent> {
        super::events::events(self, filter)
    }

    fn stats(&self, id: &ContainerId, follow: bool) -> ResultStream<Stats> {
        super::stats::stats(self, id, follow)
    }

    async fn disk_usage(&self) -> Result<DiskUsage> {
        super::usage::disk_usage(self).await
    }

    async fn stat(&self, id: &ContainerId, path: &str) -> Result<PathStat> {
        super::archive::stat(self, id, path).await
    }

    fn copy_out(&self, id: &ContainerId, path: &str) -> ResultStream<Bytes> {
        super::archive::copy_out(self, id, path)
    }

    async fn copy_in(&self, id: &ContainerId, directory: &str, archive: ResultStream<Bytes>) -> Result<()> {
        super::archive::copy_in(self, id, directory, archive).await
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<(Volume, Change)> {
        super::volumes::create(self, spec).await
    }

    async fn list_volumes(&self, filter: &VolumeFilter) -> Result<Vec<Volume>> {
        super::volumes::list(self, filter).await
    }

    async fn inspect_volume(&self, name: &str) -> Result<Volume> {
        super::volumes::inspect(self, name).await
    }

    async fn remove_volume(&self, name: &str) -> Result<Change> {
        super::volumes::remove(self, name).await
    }
}
