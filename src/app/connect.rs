//! Opening an engine within the limits of connecting, for the console and the verbs alike.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::actions::{Call, Outcome, Report, Supervisor, Verb};
use crate::engine::discovery::{Found, open};
use crate::engine::{Endpoint, EngineError, ErrorKind, ObjectKind, Result, Transport, docker};
use crate::text::elapsed;

/// How an endpoint is opened. Knows no time.
pub(crate) type Opening = Arc<dyn Fn(Endpoint) -> BoxFuture<'static, Result<Found>> + Send + Sync>;

/// Opens the real engine at an endpoint, or the built-in one.
pub(crate) async fn open_any(endpoint: Endpoint) -> Result<Found> {
    if endpoint.transport == Transport::Simulated {
        return super::demo::open(endpoint).await;
    }
    open(&endpoint, async |endpoint: Endpoint| docker::connect(&endpoint).await).await
}

/// Opens an endpoint within the limits of this call. One that does not answer in time, or is not waited for, is an
/// error like any other.
///
/// # Errors
/// Why it cannot be used.
pub(crate) async fn reach<F>(
    supervisor: &Supervisor,
    call: &Call,
    endpoint: &Endpoint,
    open: impl Fn(Endpoint) -> F,
) -> Result<Found>
where
    F: Future<Output = Result<Found>>,
{
    let object = endpoint.to_string();
    answered(supervisor.read(call, Verb::Connect, object, || open(endpoint.clone())).await)
}

fn answered(report: Report<Found>) -> Result<Found> {
    let no_answer = |words| {
        EngineError::new(Verb::Connect.as_str(), ErrorKind::Unreachable)
            .on(ObjectKind::Engine, &report.object)
            .saying(words)
    };
    match report.outcome {
        Outcome::Done(found) => Ok(found),
        Outcome::Failed(error) => Err(error),
        Outcome::TimedOut => {
            let limit = report.deadline.unwrap_or(report.elapsed);
            Err(no_answer(format!("it takes connections and did not answer within {}", elapsed(limit))))
        }
        Outcome::Cancelled => Err(no_answer("it was not waited for".to_owned())),
    }
}
