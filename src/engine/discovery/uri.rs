//! What people write for `--host` and `DOCKER_HOST`, understood or refused with the right spelling.
//!
//! The forms are those of docker's command line (docker/cli, `opts/hosts.go`), and `https://`, which asks for TLS
//! by itself. What docker takes in silence and cannot mean anything good here is refused: an empty address, `fd://`,
//! a path after a host, a host without a scheme.

use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use crate::engine::{Endpoint, EngineError, ErrorKind, ObjectKind, Result, Transport};

/// Docker's registered port without TLS.
const PLAIN_PORT: u16 = 2375;
/// Docker's registered port with TLS.
const TLS_PORT: u16 = 2376;
/// Where a Docker engine listens on the far side of ssh, unless the URI names another path.
const REMOTE_SOCKET: &str = "/var/run/docker.sock";
/// The forms understood, for error messages.
const FORMS: &str = "unix:///path, tcp://host:port, https://host:port or ssh://user@host";

/// What was settled about TLS apart from the URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// Whether `tcp://` means TLS; `https://` always does.
    pub wanted: bool,
    /// Directory with `ca.pem`, `cert.pem` and `key.pem`, each optional.
    pub certs: Option<PathBuf>,
    /// Whether the engine's certificate is checked.
    pub verify: bool,
}

impl Default for TlsSettings {
    /// Not asked for, and checked where a URI asks for it.
    fn default() -> Self {
        Self { wanted: false, certs: None, verify: true }
    }
}

/// Understands where an engine is said to be. `named_by` tells who said it, for people.
///
/// Looks at the text only: whether anything is there is another question.
///
/// # Errors
/// [`ErrorKind::Misconfigured`], with the text, who said it and what would be right.
pub fn parse(text: &str, named_by: &str, tls: &TlsSettings) -> Result<Endpoint> {
    let text = text.trim();
    match transport(text, tls) {
        Ok(transport) => Ok(Endpoint { transport, named_by: named_by.to_owned() }),
        Err(why) => Err(EngineError::new("connect to", ErrorKind::Misconfigured)
            .on(ObjectKind::Engine, format!("\"{}\"", text.escape_debug()))
            .saying(format!("named by {named_by}: {why}"))),
    }
}

fn transport(text: &str, tls: &TlsSettings) -> Result<Transport, String> {
    if text.is_empty() {
        return Err(format!("it is empty; write {FORMS}"));
    }
    if text.contains(char::is_control) {
        return Err("it contains control characters".into());
    }
    if text.starts_with('/') {
        return Ok(Transport::Unix(text.into()));
    }
    let Some((scheme, rest)) = text.split_once("://") else { return Err(without_scheme(text)) };
    match scheme.to_ascii_lowercase().as_str() {
        "unix" if rest.starts_with('/') => Ok(Transport::Unix(rest.into())),
        "unix" if rest.is_empty() => Err(format!("the path is missing; write unix://{REMOTE_SOCKET}")),
        "unix" => Err(format!("the path must be absolute; did you mean unix:///{rest}?")),
        "tcp" if tls.wanted => over_tls(rest, scheme, tls),
        "http" if tls.wanted => {
            Err(format!("http is plain, while TLS is asked for; write tcp://{rest} or https://{rest}"))
        }
        "tcp" | "http" => plain(rest, scheme),
        "https" => over_tls(rest, scheme, tls),
        "ssh" => over_ssh(rest),
        "simulated" if rest.is_empty() => Ok(Transport::Simulated),
        "fd" => Err("fd:// is for an engine to listen on; clients write unix:///path".into()),
        "npipe" => Err("named pipes are only on Windows; write unix:///path".into()),
        _ => Err(format!("{scheme}:// is not understood; write {FORMS}")),
    }
}

fn without_scheme(text: &str) -> String {
    let path_like = text.starts_with(['.', '~'])
        || text.contains('/')
        || Path::new(text).extension().is_some_and(|end| end == "sock");
    match text.split_once(':') {
        _ if path_like => "a socket's path must be absolute, as in /run/docker.sock".into(),
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            format!("the scheme is missing; did you mean tcp://{text}?")
        }
        _ => format!("the scheme is missing; did you mean tcp://{text} or ssh://{text}?"),
    }
}

fn plain(rest: &str, scheme: &str) -> Result<Transport, String> {
    let (host, port) = authority(rest, scheme, PLAIN_PORT)?;
    Ok(Transport::Tcp { host, port })
}

fn over_tls(rest: &str, scheme: &str, tls: &TlsSettings) -> Result<Transport, String> {
    let (host, port) = authority(rest, scheme, TLS_PORT)?;
    Ok(Transport::Tls { host, port, certs: tls.certs.clone(), verify: tls.verify })
}

fn authority(rest: &str, scheme: &str, default: u16) -> Result<(String, u16), String> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if let Some((before, _)) = rest.split_once(['/', '?', '#']) {
        return Err(format!("nothing may follow the port; write {scheme}://{before}"));
    }
    if let Some((_, host)) = rest.rsplit_once('@') {
        return Err(format!("there is no user over {scheme}; write {scheme}://{host}"));
    }
    let (host, port) = host_and_port(rest, scheme)?;
    Ok((host, port.unwrap_or(default)))
}

/// Host without brackets, and the port where one is written. `host:` is taken as `host`, as docker does.
fn host_and_port(text: &str, scheme: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = if let Some(bracketed) = text.strip_prefix('[') {
        let Some((address, after)) = bracketed.split_once(']') else {
            return Err("the closing bracket of the address is missing".into());
        };
        // A zone names the interface of a link-local address: fe80::1%eth0.
        let (number, zone) = address.split_once('%').unwrap_or((address, "0"));
        if number.parse::<Ipv6Addr>().is_err() || !is_host(zone) {
            return Err(format!("[{address}] is not an IPv6 address"));
        }
        match after.strip_prefix(':') {
            Some(port) => (address, port),
            None if after.is_empty() => (address, ""),
            None => return Err("only a port may follow the bracket".into()),
        }
    } else {
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        if port.contains(':') {
            return Err(format!("an IPv6 address goes in brackets, as in {scheme}://[::1]"));
        }
        if host.is_empty() {
            return Err(format!("the host is missing; write {scheme}://host"));
        }
        if !is_host(host) {
            return Err(format!("{host:?} is not a host name"));
        }
        (host, port)
    };
    match port {
        "" => Ok((host.to_owned(), None)),
        // `parse` alone would take a sign.
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => match digits.parse() {
            Ok(port) if port > 0 => Ok((host.to_owned(), Some(port))),
            _ => Err(format!("port {digits} is not between 1 and 65535")),
        },
        other => Err(format!("{other:?} is not a port")),
    }
}

/// Letters, digits and what host names, zones and names in an ssh config carry; never an option, never anything a
/// shell understands (ssh hands the host to the shell of a `ProxyCommand`).
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn over_ssh(rest: &str) -> Result<Transport, String> {
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if let Some(user) = user {
        if user.contains(':') {
            return Err("a password in a URI is not secret; ssh uses your keys: write ssh://user@host".into());
        }
        // ssh hands the user to the shell of a `ProxyCommand` too.
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@' | '%');
        if user.is_empty() || user.starts_with('-') || !user.chars().all(plain) {
            return Err(format!("{user:?} is not a user name"));
        }
    }
    let (host, port) = host_and_port(host, "ssh")?;
    let destination = user.map_or_else(|| host.clone(), |user| format!("{user}@{host}"));
    let socket = if path.trim_end_matches('/').is_empty() { REMOTE_SOCKET } else { path };
    Ok(Transport::Ssh { destination, port, socket: socket.into() })
}

#[cfg(test)]
mod tests;
