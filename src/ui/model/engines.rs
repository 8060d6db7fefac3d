//! The engines and endpoints, and how each stands.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::engine::{ContainerId, DiskUsage, Endpoint, EngineKind, Feature, Identity};
use crate::ui::{EngineId, EngineNews, Now, Problem};

/// How the connection to an engine stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// It is being tried, since this instant.
    Connecting(Duration),
    /// It did not answer; it is tried again at `again`.
    Failed {
        /// Why.
        why: Problem,
        /// When it is tried again.
        again: Duration,
    },
    /// It answers.
    Open,
    /// It takes connections and has not answered since this instant.
    Silent(Duration),
    /// The connection went away at this instant; it is being tried again.
    Lost {
        /// When.
        since: Duration,
        /// Why.
        why: Problem,
    },
}

/// What things take on disk, as far as the engine has told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Whether it is being asked.
    pub is_asking: bool,
    /// When it last told.
    pub at: Option<Timestamp>,
    /// Why it could not.
    pub problem: Option<Problem>,
    /// What it told, but for the volumes, which have their sizes with them.
    pub usage: Option<Box<DiskUsage>>,
}

/// One engine, or one endpoint that is being tried.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Its name in the console.
    pub id: EngineId,
    /// Who named the endpoint.
    pub named_by: String,
    /// The endpoint, as it can be given to `--host`.
    pub endpoint: String,
    /// How the connection stands.
    pub link: Link,
    /// What it said of itself; stays while it is lost.
    pub identity: Option<Identity>,
    /// Disk usage.
    pub measured: Measured,
    /// When its containers were last listed.
    pub listed: Option<Timestamp>,
    /// Why the last list could not be had.
    pub list_problem: Option<Problem>,
}

impl Engine {
    /// Whether it has ever answered.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.identity.is_some()
    }

    /// Whether it answers as far as is known.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.link == Link::Open
    }

    /// What people tell it by where there is one of a kind: `docker 20.10.24`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.identity {
            Some(identity) => format!("{} {}", identity.kind, crate::text::clean(&identity.version)),
            None => self.endpoint.clone(),
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Engines {
    engines: BTreeMap<EngineId, Engine>,
    /// Whether all endpoints that are to be tried are known by now.
    pub is_complete: bool,
}

impl Engines {
    /// Takes what is new of the connection. Lists and events are somebody else's.
    pub fn hear(&mut self, id: EngineId, news: &EngineNews, now: Now) {
        if let EngineNews::Trying { named_by, endpoint } = news {
            let engine = self.engines.entry(id).or_insert_with(|| Engine {
                id,
                named_by: crate::text::clean(named_by).into_owned(),
                endpoint: crate::text::clean(endpoint).into_owned(),
                link: Link::Connecting(now.since_start),
                identity: None,
                measured: Measured::default(),
                listed: None,
                list_problem: None,
            });
            if !engine.is_known() {
                engine.link = Link::Connecting(now.since_start);
            }
            return;
        }
        let Some(engine) = self.engines.get_mut(&id) else { return };
        match news {
            EngineNews::Trying { .. } | EngineNews::Volumes(_) | EngineNews::Event(_) => {}
            EngineNews::Failed(why, again) => {
                // One that was there is lost, and stays so with its first reason until it answers.
                if !matches!(engine.link, Link::Lost { .. }) {
                    engine.link = if engine.is_known() {
                        Link::Lost { since: now.since_start, why: why.clone() }
                    } else {
                        Link::Failed { why: why.clone(), again: *again }
                    };
                }
            }
            EngineNews::Answers(identity) => {
                engine.identity = Some((**identity).clone());
                engine.link = Link::Open;
            }
            EngineNews::Containers(_) => {
                (engine.listed, engine.list_problem) = (Some(now.time), None);
            }
            EngineNews::ListFailed(problem) => engine.list_problem = Some(problem.clone()),
            EngineNews::Measuring => engine.measured.is_asking = true,
            EngineNews::Measured(usage) => {
                let usage = Box::new(DiskUsage { by_volume: Vec::new(), ..(**usage).clone() });
                engine.measured =
                    Measured { is_asking: false, at: Some(now.time), problem: None, usage: Some(usage) };
            }
            EngineNews::NotMeasured(problem) => {
                engine.measured.is_asking = false;
                engine.measured.problem = Some(problem.clone());
            }
            EngineNews::Silent(already) => {
                if engine.is_open() {
                    engine.link = Link::Silent(now.since_start.saturating_sub(*already));
                }
            }
            EngineNews::Spoke => {
                if matches!(engine.link, Link::Silent(_)) {
                    engine.link = Link::Open;
                }
            }
            EngineNews::Lost(why) => {
                engine.link = Link::Lost { since: now.since_start, why: why.clone() };
            }
        }
    }

    /// All of them, in the order they were named.
    pub fn all(&self) -> impl Iterator<Item = &Engine> {
        self.engines.values()
    }

    /// Those that have answered at some time.
    pub fn known(&self) -> impl Iterator<Item = &Engine> {
        self.all().filter(|engine| engine.is_known())
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: EngineId) -> Option<&Engine> {
        self.engines.get(&id)
    }

    /// Whether any has ever answered.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.known().next().is_some()
    }

    /// What people tell an engine by: its kind, with the endpoint where another is of the same kind.
    #[must_use]
    pub fn name(&self, id: EngineId) -> String {
        let kind = |engine: &Engine| engine.identity.as_ref().map(|identity| identity.kind);
        let Some(engine) = self.get(id) else { return String::new() };
        match kind(engine) {
            None => engine.endpoint.clone(),
            Some(of) if self.known().filter(|other| kind(other) == Some(of)).count() > 1 => {
                format!("{of} {}", engine.endpoint)
            }
            Some(of) => of.to_string(),
        }
    }

    /// Why an engine cannot do something, where it cannot.
    #[must_use]
    pub fn why_not(&self, id: EngineId, feature: Feature) -> Option<String> {
        let engine = self.get(id)?;
        let identity = engine.identity.as_ref()?;
        let why = identity.capabilities.why_not(feature)?;
        Some(crate::text::clean(&format!("{} cannot: {why}", self.name(id))).into_owned())
    }

    /// The bytes a container has written outside of volumes, where the engine has told.
    #[must_use]
    pub fn container_size(&self, id: EngineId, container: &ContainerId) -> Option<u64> {
        let usage = self.get(id)?.measured.usage.as_ref()?;
        usage.by_container.iter().find(|(of, _)| of == container).map(|(_, bytes)| *bytes)
    }

    /// Whether this is the built-in one.
    #[must_use]
    pub fn has_demo(&self) -> bool {
        let is_demo = |identity: &Identity| identity.kind == EngineKind::Simulated;
        self.all().any(|engine| engine.identity.as_ref().is_some_and(is_demo))
    }
}

/// How an endpoint is reached, in one word, for the header.
#[must_use]
pub fn transport_word(endpoint: &Endpoint) -> &'static str {
    use crate::engine::Transport as T;
    match endpoint.transport {
        T::Unix(_) => "unix",
        T::Tcp { .. } => "tcp",
        T::Tls { .. } => "tls",
        T::Ssh { .. } => "ssh",
        T::Simulated => "built in",
    }
}
