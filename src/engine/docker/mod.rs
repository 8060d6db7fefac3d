//! Docker Engine, behind the port.

#[cfg_attr(not(test), expect(dead_code, reason = "until the adapter connects over TLS"))]
mod tls;
#[cfg_attr(not(test), expect(dead_code, reason = "until the adapter connects over ssh"))]
mod tunnel;
