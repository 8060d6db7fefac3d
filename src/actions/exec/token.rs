//! The token of an exec: what its processes are found by, and who is responsible for them.

use std::fs;

/// `a.HOST.PID.START.RANDOM`: attached to the process PID of HOST that began at START (in the kernel's ticks since
/// boot). Whoever finds one of his own host's whose process is gone may sweep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token(String);

impl Token {
    /// A new token for an exec of this process.
    pub(super) fn attached() -> Self {
        let pid = std::process::id();
        let start = start_of(pid).unwrap_or(0);
        Self(format!("a.{}.{pid}.{start}.{:08x}", host(), fastrand::u32(..)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a token names an attached exec of this machine whose owner is gone. Tokens of other machines, and ones
/// nobody understands, are nobody's to sweep from here.
pub(super) fn is_orphaned(token: &str) -> bool {
    let mut parts = token.split('.');
    let (Some("a"), Some(of), Some(pid), Some(start)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(pid), Ok(start)) = (pid.parse::<u32>(), start.parse::<u64>()) else { return false };
    of == host() && start_of(pid) != Some(start)
}

/// When a process of this machine began; `None` when there is none.
fn start_of(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name in parentheses, which may hold anything: field 3 on; the start is field 22, see proc(5).
    let fields = stat.rsplit_once(')')?.1;
    fields.split_ascii_whitespace().nth(19)?.parse().ok()
}

/// This machine since its last boot, in eight hexadecimal digits; two consoles of different machines on one engine
/// must not take each other's processes for gone. Pids are counted per namespace, so that is part of it.
fn host() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let mut hash: u32 = 0x811c_9dc5; // FNV-1a
    for byte in boot.trim().bytes().chain(namespace.as_os_str().as_encoded_bytes().iter().copied()) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_gone_process_of_this_machine_left_is_orphaned() {
        let own = Token::attached();
        assert!(!is_orphaned(own.as_str()), "we live");
        let with = |at: usize, value: &str| {
            let mut parts: Vec<&str> = own.as_str().split('.').collect();
            parts[at] = value;
            parts.join(".")
        };
        assert!(is_orphaned(&with(3, "1")), "the pid was given to another process");
        assert!(is_orphaned(&with(2, "4194305")), "no pid is so high");
        assert!(!is_orphaned(&with(1, "00000000")), "another machine's");
        assert!(!is_orphaned(&with(0, "d")), "meant to outlive its console");
        assert!(!is_orphaned("") && !is_orphaned("a.b"));
    }

    #[test]
    fn a_token_is_what_the_shim_takes() {
        let token = Token::attached();
        assert!(token.as_str().len() <= 64);
        assert!(token.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'));
        assert_ne!(token, Token::attached());
    }
}
