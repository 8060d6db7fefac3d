//! Why a session was lost.

use std::time::UNIX_EPOCH;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::engine::{ContainerDetails, Endpoint, Transport};

/// A container of an earlier engine that ended so shortly before or after its engine began has ended because of that: an engine that is
/// stopped ends its containers before, one that was killed ends those it finds when it begins.
const AROUND: SignedDuration = SignedDuration::from_secs(60);

/// What became of a session whose end was not written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Loss {
    /// The machine was restarted: its kernel is another than when the session began.
    MachineRestart,
    /// The engine was restarted, and its containers ended with it.
    EngineRestart,
    /// Its container ended.
    ContainerEnd {
        /// The exit code of that, as far as it is known: not once it was started again.
        code: Option<i64>,
        /// The kernel ended it because memory ran out.
        out_of_memory: bool,
    },
    /// Its keeper alone was killed, in a container that went on.
    KeeperEnd,
}

impl Loss {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::MachineRestart => "lost by a restart of the machine".into(),
            Self::EngineRestart => "lost by engine restart".into(),
            Self::ContainerEnd { out_of_memory: true, .. } => {
                "lost with its container, as memory ran out".into()
            }
            Self::ContainerEnd { code: Some(code), .. } => {
                format!("lost with its container, which ended with {code}")
            }
            Self::ContainerEnd { code: None, .. } => "lost with its container".into(),
            Self::KeeperEnd => "lost, as its keeper was killed".into(),
        }
    }

    /// Of a session that began then, in this container as it is now. `boot` is the kernel it began under, and that of
    /// now; `engine` is when the engine began, where that is known.
    pub(super) fn of(
        began: Option<Timestamp>,
        boot: Option<(&str, &str)>,
        container: &ContainerDetails,
        engine: Option<Timestamp>,
    ) -> Self {
        if boot.is_some_and(|(then, now)| then != now) {
            return Self::MachineRestart;
        }
        let is_alive = container.state.is_alive();
        if is_alive && began.is_some_and(|began| container.started.is_some_and(|started| started <= began)) {
            return Self::KeeperEnd;
        }
        let around = |one: Timestamp, other: Timestamp| one.duration_since(other).abs() <= AROUND;
        let finished = container.finished.filter(|finished| began.is_none_or(|began| *finished >= began));
        let engine = engine.filter(|engine| began.is_some_and(|began| began < *engine));
        if finished.zip(engine).is_some_and(|(finished, engine)| around(finished, engine)) {
            return Self::EngineRestart;
        }
        Self::ContainerEnd {
            code: container.exit_code.filter(|_| !is_alive),
            out_of_memory: container.oom_killed && !is_alive,
        }
    }
}

/// When an engine of this machine began: when it made its socket. One whose socket was made by the system's own
/// supervisor is older than it looks, and then this says too little, never too much.
pub(super) fn engine_began(endpoint: &Endpoint) -> Option<Timestamp> {
    let Transport::Unix(path) = &endpoint.transport else { return None };
    let made = std::fs::metadata(path).and_then(|about| about.modified()).ok()?;
    let since = made.duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_nanosecond(i128::try_from(since.as_nanos()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ContainerState;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Of a session that began at 100, in a container that began and ended then.
    fn loss(state: ContainerState, started: i64, finished: Option<i64>, engine: Option<i64>) -> Loss {
        let container = ContainerDetails {
            state,
            started: Some(at(started)),
            finished: finished.map(at),
            exit_code: Some(137),
            ..details()
        };
        Loss::of(Some(at(100)), Some(("b", "b")), &container, engine.map(at))
    }

    fn details() -> ContainerDetails {
        ContainerDetails {
            id: "a".into(),
            name: "a".into(),
            image: "i".into(),
            image_id: None,
            platform: None,
            state: ContainerState::Exited,
            pid: None,
            exit_code: None,
            oom_killed: false,
            error: None,
            created: None,
            started: None,
            finished: None,
            entrypoint: Vec::new(),
            command: Vec::new(),
            env: Vec::new(),
            user: String::new(),
            working_dir: String::new(),
            labels: std::collections::BTreeMap::default(),
            mounts: Vec::new(),
            memory_limit: None,
            cpu_limit: None,
            network_mode: String::new(),
            tty: false,
            log_driver: String::new(),
            log_options: std::collections::BTreeMap::default(),
            restarts: 0,
            raw: serde_json::Value::Null,
        }
    }

    #[test]
    fn only_what_an_engine_restart_ended_is_said_to_be_ended_by_it() {
        use ContainerState::{Exited, Running};
        let with = |code| Loss::ContainerEnd { code, out_of_memory: false };
        assert_eq!(loss(Exited, 50, Some(1000), Some(1010)), Loss::EngineRestart);
        assert_eq!(loss(Exited, 50, Some(1010), Some(1000)), Loss::EngineRestart);
        assert_eq!(loss(Exited, 50, Some(1000), Some(20)), with(Some(137)), "the engine has run for long");
        assert_eq!(loss(Exited, 95, Some(110), Some(90)), with(Some(137)), "the engine was there before it");
        assert_eq!(loss(Exited, 50, Some(1000), None), with(Some(137)), "when it began is not known");
        assert_eq!(loss(Running, 50, None, Some(20)), Loss::KeeperEnd);
        assert_eq!(
            loss(Running, 2000, Some(1000), Some(990)),
            Loss::EngineRestart,
            "it was started again since"
        );
        assert_eq!(loss(Running, 2000, Some(1000), Some(20)), with(None));
        assert_eq!(loss(Running, 2000, Some(60), Some(30)), with(None), "that was an end before it began");
        let other = Loss::of(Some(at(100)), Some(("b", "c")), &details(), None);
        assert_eq!(other, Loss::MachineRestart);
        let killed = ContainerDetails { oom_killed: true, ..details() };
        assert!(Loss::of(Some(at(100)), None, &killed, None).words().contains("memory ran out"));
    }
}
