//! A front before a real registry that fails as told, then passes everything through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::io::{self, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The first byte of a TLS handshake. Docker tries TLS first with a registry on loopback, then plain HTTP.
const TLS_HANDSHAKE: u8 = 0x16;

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// The first so many requests are answered with 503.
    Unavailable(usize),
    /// After so many bytes of answers nothing more comes, and no connection is closed.
    StallAfter(u64),
}

/// The running front. It ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub(crate) struct FlakyRegistry {
    address: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    registry: String,
    fault: Fault,
    failed: AtomicUsize,
    passed: AtomicUsize,
    bytes: AtomicU64,
}

impl Drop for FlakyRegistry {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FlakyRegistry {
    /// Listens on a free port of 127.0.0.1, before the registry at `host:port`.
    pub(crate) async fn before(registry: &str, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State {
            registry: registry.to_owned(),
            fault,
            failed: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                // A connection that breaks is the business of its two ends.
                connections.spawn(async move { drop(serve(stream, &state).await) });
            }
        });
        Self { address, state, task }
    }

    /// `host:port`, to be put before an image's name.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// How many requests were answered with 503.
    pub(crate) fn failed(&self) -> usize {
        self.state.failed.load(Ordering::SeqCst)
    }

    /// How many connections were passed on to the registry.
    pub(crate) fn passed(&self) -> usize {
        self.state.passed.load(Ordering::SeqCst)
    }

    /// How many bytes of answers went through.
    pub(crate) fn bytes(&self) -> u64 {
        self.state.bytes.load(Ordering::SeqCst)
    }
}

async fn serve(mut client: TcpStream, state: &State) -> io::Result<()> {
    let mut first = [0];
    if client.peek(&mut first).await? == 0 || first[0] == TLS_HANDSHAKE {
        return Ok(());
    }
    if let Fault::Unavailable(times) = state.fault
        && state
            .failed
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < times).then_some(n + 1))
            .is_ok()
    {
        // The connection is closed, so each failing request is the only one of its connection.
        super::http::Reader::new(&mut client).head().await?;
        let answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return client.write_all(answer.as_bytes()).await;
    }
    state.passed.fetch_add(1, Ordering::SeqCst);
    let mut registry = TcpStream::connect(&state.registry).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_registry, mut to_registry) = registry.split();
    let upwards = async {
        io::copy(&mut from_client, &mut to_registry).await?;
        to_registry.shutdown().await
    };
    let downwards = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let length = from_registry.read(&mut buffer).await?;
            if length == 0 {
                return to_client.shutdown().await;
            }
            let before = state.bytes.fetch_add(length as u64, Ordering::SeqCst);
            if let Fault::StallAfter(limit) = state.fault
                && before + length as u64 > limit
            {
                std::future::pending::<()>().await;
            }
            to_client.write_all(&buffer[..length]).await?;
        }
    };
    tokio::try_join!(upwards, downwards).map(drop)
}
