//! A command as it is written in the exec prompt, kept in the history, and saved in the settings.

use serde::{Deserialize, Serialize};

use crate::engine::ExecRequest;

/// A command and the options it runs with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecDraft {
    /// The command, given whole to the exec shell; may have several lines.
    pub command: String,
    /// The user it runs as; the container's own where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Its working directory; the container's own where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub workdir: String,
    /// `NAME=value`, added to the container's own environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Whether it goes on when the console ends.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub durable: bool,
}

impl ExecDraft {
    /// The request: the command as the last argument of this shell, such as `/bin/sh -c`.
    #[must_use]
    pub fn request(&self, shell: &[String]) -> ExecRequest {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let command = shell.iter().cloned().chain([self.command.trim_end().to_owned()]);
        ExecRequest {
            env: self.env.clone(),
            user: given(&self.user),
            working_dir: given(&self.workdir),
            ..ExecRequest::new(command)
        }
    }

    /// Its first line, for titles and lists.
    #[must_use]
    pub fn title(&self) -> &str {
        self.command.trim().lines().next().unwrap_or_default()
    }
}
