//! Trying endpoints, all at once, and telling what became of each.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{Candidate, check_socket};
use crate::engine::{ContainerManager, Endpoint, Identity, Result, Transport};

/// An engine that answered.
#[derive(Debug, Clone)]
pub struct Found {
    /// The engine.
    pub manager: Arc<dyn ContainerManager>,
    /// What it said of itself.
    pub identity: Identity,
}

/// One endpoint that was tried, and what came of it.
#[derive(Debug)]
pub struct Attempt {
    /// Who named the endpoint.
    pub named_by: String,
    /// Where it is; `None` where its definition was not understood.
    pub endpoint: Option<Endpoint>,
    /// The engine, or why there is none.
    pub result: Result<Found>,
}

/// Opens one endpoint: looks at the socket where it is one of this machine, connects, and asks who answers.
///
/// `connect` is the adapter's. Knows no time: an engine that accepts and never answers keeps this waiting until the
/// caller drops it, which leaves nothing behind.
pub async fn open<C, F>(endpoint: &Endpoint, connect: C) -> Result<Found>
where
    C: FnOnce(Endpoint) -> F,
    F: Future<Output = Result<Arc<dyn ContainerManager>>>,
{
    if let Transport::Unix(path) = &endpoint.transport {
        check_socket(path).await?;
    }
    let manager = connect(endpoint.clone()).await?;
    let identity = manager.identify().await?;
    Ok(Found { manager, identity })
}

/// Tries every candidate, all at the same time, and reports in their order.
///
/// `open` is [`open`] under the caller's deadline. Each candidate has its own, so that one hung engine keeps nobody
/// from the others for longer than that.
pub async fn find<C, F>(candidates: Vec<Candidate>, open: C) -> Vec<Attempt>
where
    C: Fn(Endpoint) -> F,
    F: Future<Output = Result<Found>>,
{
    let attempts = candidates.into_iter().map(|Candidate { named_by, endpoint }| {
        let opened = endpoint.map(|endpoint| (open(endpoint.clone()), endpoint));
        async move {
            match opened {
                Ok((opening, endpoint)) => {
                    Attempt { named_by, endpoint: Some(endpoint), result: opening.await }
                }
                Err(error) => Attempt { named_by, endpoint: None, result: Err(error) },
            }
        }
    });
    join_all(attempts).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::Barrier;

    use super::*;
    use crate::engine::discovery::{Environment, candidates};
    use crate::engine::{EngineError, ErrorKind};

    fn refused() -> EngineError {
        EngineError::new("connect to", ErrorKind::Unreachable)
    }

    #[tokio::test(start_paused = true)]
    async fn all_are_tried_at_once_and_reported_in_order() {
        let hosts = ["tcp://a:1", "nonsense", "tcp://b:1"].map(String::from);
        // Opens only when both are being opened; the limit is what a test of one after the other would run into.
        let both = Barrier::new(2);
        let finding = find(candidates(&hosts, &Environment::default()), |endpoint| {
            let both = &both;
            async move {
                both.wait().await;
                Err(refused().saying(endpoint.to_string()))
            }
        });
        let attempts = tokio::time::timeout(Duration::from_secs(1), finding).await.unwrap();
        let said: Vec<_> = attempts
            .iter()
            .map(|attempt| attempt.result.as_ref().unwrap_err().said().unwrap_or_default())
            .collect();
        assert_eq!((said[0], said[2]), ("tcp://a:1", "tcp://b:1"));
        assert!(said[1].contains("the scheme is missing"), "{}", said[1]);
        assert_eq!(attempts[1].endpoint, None);
        assert_eq!(attempts[2].endpoint.as_ref().unwrap().to_string(), "tcp://b:1");
    }

    #[tokio::test]
    async fn a_socket_is_looked_at_before_the_adapter_is_asked() {
        let dir = tempfile::tempdir().unwrap();
        let host = dir.path().join("engine.sock").display().to_string();
        let endpoint = candidates(&[host], &Environment::default()).remove(0).endpoint.unwrap();
        let error =
            open(&endpoint, |_| async { panic!("there is nothing to connect to") }).await.unwrap_err();
        assert!(error.to_string().contains("there is no such socket"), "{error}");
        let _listener = std::os::unix::net::UnixListener::bind(dir.path().join("engine.sock")).unwrap();
        let error = open(&endpoint, |_| async { Err(refused().saying("asked")) }).await.unwrap_err();
        assert_eq!(error.said(), Some("asked"));
    }
}
