//! Who answers, and what it can do.

use crate::engine::{Capabilities, EngineKind, Feature, Identity, ObjectKind, Result};

use super::client::{Ask, Http};
use super::errors::Fault;
use super::manager::Docker;
use super::version::ApiVersion;
use super::wire::{About, Info};

/// `stop` takes a signal from this version on.
pub(super) const STOP_SIGNAL: ApiVersion = ApiVersion::new(1, 42);

pub(super) async fn api_version(http: &Http) -> Result<ApiVersion, Fault> {
    let version: About = http.ask_json(Ask::get("/version")).await?;
    match version.api_version {
        Some(text) => text.parse().map_err(|error: String| Fault::Unreadable(error.into())),
        None => Err(Fault::Unreadable("it names no API version, so it is no container engine".into())),
    }
}

pub(super) async fn ping(docker: &Docker) -> Result<()> {
    let failed = |fault: Fault| fault.during("ping", ObjectKind::Engine, &docker.endpoint);
    docker.bollard.ping().await.map_err(Fault::from).map_err(failed)?;
    Ok(())
}

pub(super) async fn identify(docker: &Docker) -> Result<Identity> {
    let failed = |fault: Fault| fault.during("identify", ObjectKind::Engine, &docker.endpoint);
    let version: About = docker.http.ask_json(Ask::get("/version")).await.map_err(failed)?;
    let info: Info = docker.http.ask_json(Ask::get("/info")).await.map_err(failed)?;
    let is_podman = version.components.iter().flatten().any(|part| part.name.contains("Podman"));
    let security = info.security_options.as_deref().unwrap_or_default();
    Ok(Identity {
        kind: if is_podman { EngineKind::Podman } else { EngineKind::Docker },
        rootless: info.rootless || security.iter().any(|option| option == "name=rootless"),
        platform: format!("{}/{}", version.os, version.arch),
        capabilities: capabilities(docker.version, &info),
        name: info.name,
        version: version.version,
        api_version: docker.version.to_string(),
        endpoint: docker.endpoint.clone(),
        cpus: u64::try_from(info.cpus).unwrap_or(0),
        memory: u64::try_from(info.mem_total).unwrap_or(0),
    })
}

fn capabilities(version: ApiVersion, info: &Info) -> Capabilities {
    let mut capabilities = Capabilities::all();
    let mut lacks = |missing: bool, feature, reason: &str| {
        if missing {
            capabilities = std::mem::take(&mut capabilities).without(feature, reason);
        }
    };
    lacks(version < STOP_SIGNAL, Feature::StopSignal, "its API is older than 1.42");
    lacks(!info.memory_limit, Feature::MemoryLimit, "its kernel has no memory controller for it");
    lacks(!info.cpu_quota, Feature::CpuLimit, "its kernel has no CPU quota for it");
    lacks(!info.live_restore_enabled, Feature::LiveRestore, "live-restore is not set in its configuration");
    capabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_old_engine_lacks_is_known_beforehand() {
        let info = Info { memory_limit: true, cpu_quota: true, ..Info::default() };
        let old = capabilities(ApiVersion::OLDEST, &info);
        assert!(!old.supports(Feature::StopSignal) && !old.supports(Feature::LiveRestore));
        assert!(old.supports(Feature::MemoryLimit));
        assert!(capabilities(ApiVersion::NEWEST, &info).supports(Feature::StopSignal));
    }
}
