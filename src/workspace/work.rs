//! The container that is there for commands.

use crate::engine::{ContainerSpec, labels};

use super::Workspace;
use super::container::BUILD_DIRECTORY;

impl Workspace {
    /// The container that is there for commands, whose first process is the shim at this path: in an image without a
    /// shell, too. `owner` is who has it made, in a word for people.
    #[must_use]
    pub fn work(&self, owner: &str, shim: String) -> ContainerSpec {
        let mut spec = self.container(self.work_name(), labels::WORK, owner);
        spec.entrypoint = Some(vec![shim]);
        spec.command = vec!["hold".to_owned()];
        // In the build directory, so that durable execs outlive the container; apart from builds, of which only the last
        // are kept.
        spec.env.push(format!("SMIDR_SESSIONS={BUILD_DIRECTORY}/.smidr-execs"));
        spec
    }
}
