//! Who starts a session, in a word for people.

/// Who we are, in a word for whoever finds what we started: `USER@HOST`, as far as it is known.
#[must_use]
pub fn starter() -> String {
    let user = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{}@{host}", user.unwrap_or_else(|| rustix::process::getuid().as_raw().to_string()))
}
