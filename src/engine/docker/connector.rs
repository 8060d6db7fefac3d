//! Opening connections to an engine, whatever the transport.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::tunnel::Tunnel;

/// Any byte stream to an engine.
trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// How to open one more connection. The request's own URI plays no part in it.
#[derive(Clone)]
pub(super) enum Connector {
    /// A socket in this machine's file system.
    Unix(Arc<PathBuf>),
    /// Plain TCP.
    Tcp(Arc<(String, u16)>),
    /// TLS over TCP, for this server name.
    Tls(Arc<(String, u16)>, ServerName<'static>, TlsConnector),
    /// A socket on another host.
    Ssh(Arc<Far>),
}

/// A socket on another host, and the tunnel to it while there is one.
pub(super) struct Far {
    pub(super) destination: String,
    pub(super) port: Option<u16>,
    pub(super) socket: PathBuf,
    pub(super) tunnel: Mutex<Option<Tunnel>>,
}

impl Far {
    /// Through the tunnel; through a new one where ssh has ended.
    async fn open(&self) -> io::Result<UnixStream> {
        let mut tunnel = self.tunnel.lock().await;
        let tunnel = match &mut *tunnel {
            Some(open) if open.is_alive() => open,
            closed => {
                let opened = Tunnel::open(&self.destination, self.port, &self.socket).await;
                closed.insert(opened.map_err(io::Error::other)?)
            }
        };
        UnixStream::connect(tunnel.local_socket()).await.map_err(|error| match tunnel.said() {
            Some(said) => io::Error::new(error.kind(), format!("{error}; ssh said: {said}")),
            None => error,
        })
    }
}

impl Connector {
    /// What the program below the connection said last, where there is one.
    pub(super) async fn heard(&self) -> Option<String> {
        match self {
            Self::Ssh(far) => far.tunnel.lock().await.as_ref().and_then(Tunnel::said),
            _ => None,
        }
    }

    async fn open(self) -> io::Result<Link> {
        let stream: Box<dyn Duplex> = match self {
            Self::Unix(path) => Box::new(UnixStream::connect(path.as_path()).await?),
            Self::Tcp(address) => Box::new(dial(&address).await?),
            Self::Ssh(far) => Box::new(far.open().await?),
            Self::Tls(address, name, tls) => Box::new(tls.connect(name, dial(&address).await?).await?),
        };
        Ok(Link(TokioIo::new(stream)))
    }
}

async fn dial((host, port): &(String, u16)) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host.as_str(), *port)).await?;
    // Keys typed into a shell travel one by one.
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Service<Uri> for Connector {
    type Response = Link;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Link>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().open())
    }
}

/// An open connection.
pub(super) struct Link(TokioIo<Box<dyn Duplex>>);

impl Connection for Link {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl Write for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
