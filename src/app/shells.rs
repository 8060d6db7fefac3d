//! Which shell a container has.

use std::time::Duration;

use crate::actions::Supervised;
use crate::engine::{ContainerId, ExecRequest, TermSize};

/// Where a program is looked for that is given by its name alone.
const DIRECTORIES: &[&str] = &["/bin", "/usr/bin", "/usr/local/bin"];
/// How long one look may take.
const LOOK: Duration = Duration::from_secs(2);

/// The first of these shells that the container has, to be run on a terminal of this kind and size. Where none is found
/// the last is tried all the same: its own words then say what is wrong.
pub(super) async fn shell_request(
    on: &Supervised,
    id: &ContainerId,
    shells: &[Vec<String>],
    term: &str,
    size: TermSize,
) -> ExecRequest {
    let mut found = shells.last().cloned().unwrap_or_default();
    for shell in shells {
        if is_there(on, id, shell).await {
            found.clone_from(shell);
            break;
        }
    }
    ExecRequest { env: vec![format!("TERM={term}")], tty: Some(size), stdin: true, ..ExecRequest::new(found) }
}

async fn is_there(on: &Supervised, id: &ContainerId, shell: &[String]) -> bool {
    let Some(program) = shell.first() else { return false };
    let paths: Vec<String> = if program.starts_with('/') {
        vec![program.clone()]
    } else {
        DIRECTORIES.iter().map(|directory| format!("{directory}/{program}")).collect()
    };
    for path in paths {
        if matches!(tokio::time::timeout(LOOK, on.engine.stat(id, &path)).await, Ok(Ok(_))) {
            return true;
        }
    }
    false
}
