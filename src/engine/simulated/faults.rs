//! Which faults a request meets.

use std::sync::{Mutex, PoisonError};

use super::reply::fits;
use super::scene::{Fault, Operation};
use crate::engine::{EngineError, ErrorKind};

/// The faults in force, each with how many requests it has seen.
#[derive(Debug)]
pub(super) struct Faults(Mutex<Vec<(Fault, u32)>>);

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self(Mutex::new(faults.into_iter().map(|fault| (fault, 0)).collect()))
    }

    /// The newest faults count first.
    pub(super) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(0, (fault, 0));
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The first that harms this request, about an object known by any of these names.
    pub(super) fn meet(&self, operation: Operation, names: &[&str]) -> Fault {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (fault, seen) in faults.iter_mut() {
            let is_of = fault.on.is_empty() || fault.on.contains(&operation);
            let wanted = |pattern: &String| names.iter().any(|name| fits(pattern, name).is_some());
            if !is_of || !fault.object.as_ref().is_none_or(wanted) {
                continue;
            }
            *seen = seen.saturating_add(1);
            let harmed = seen.saturating_sub(fault.skip);
            if harmed > 0 && fault.times.is_none_or(|times| harmed <= times) {
                return fault.clone();
            }
        }
        Fault::default()
    }
}

impl Fault {
    /// The refusal, where it is one.
    pub(super) fn refusal(&self, operation: Operation) -> Result<(), EngineError> {
        let Some(refusal) = self.refuse else { return Ok(()) };
        let error = EngineError::new(operation.verb(), ErrorKind::from(refusal));
        Err(error.saying(self.saying.clone().unwrap_or_default()))
    }

    /// Takes the time the answer takes.
    pub(super) async fn delay(&self) {
        if let Some(delay) = self.delay {
            tokio::time::sleep(delay.0).await;
        }
    }
}
