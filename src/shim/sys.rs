//! The system calls the standard library has no name for. The only file of the shim with `unsafe` in it.

#![expect(unsafe_code, reason = "each call into libc is wrapped here once, with its reason")]

use std::ffi::{c_int, c_ulong, c_void};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Something can be read.
pub const POLLIN: i16 = 0x001;
/// Something can be written.
pub const POLLOUT: i16 = 0x004;
/// The other end is broken.
pub const POLLERR: i16 = 0x008;
/// The other end is closed. Reported whether asked for or not.
pub const POLLHUP: i16 = 0x010;

const PR_SET_PDEATHSIG: c_int = 1;
const PR_SET_CHILD_SUBREAPER: c_int = 36;
const SIG_BLOCK: c_int = 0;
const SIG_SETMASK: c_int = 2;
const WNOHANG: c_int = 1;
const F_GETFL: c_int = 3;
const F_SETFL: c_int = 4;
const CLOEXEC: c_int = 0o2_000_000;
const NONBLOCK: c_int = 0o4_000;
const F_SETPIPE_SZ: c_int = 1031;
const LOCK_SH: c_int = 1;
const LOCK_EX: c_int = 2;
const LOCK_NB: c_int = 4;
const ECHILD: i32 = 10;
const EAGAIN: i32 = 11;

/// `sigset_t`: 1024 bits in both glibc and musl, whatever the kernel uses of it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SigSet([c_ulong; 128 / size_of::<c_ulong>()]);

/// `struct pollfd`.
#[repr(C)]
#[derive(Clone, Copy)]
struct PollFd {
    fd: c_int,
    events: i16,
    revents: i16,
}

/// `union sigval`.
#[repr(C)]
union SigVal {
    int: c_int,
    ptr: *mut c_void,
}

unsafe extern "C" {
    safe fn kill(pid: c_int, signal: c_int) -> c_int;
    safe fn sigqueue(pid: c_int, signal: c_int, value: SigVal) -> c_int;
    safe fn tcgetpgrp(fd: c_int) -> c_int;
    safe fn getpgrp() -> c_int;
    safe fn getppid() -> c_int;
    safe fn setsid() -> c_int;
    safe fn flock(fd: c_int, operation: c_int) -> c_int;
    fn prctl(option: c_int, ...) -> c_int;
    fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    fn dup2(old: c_int, new: c_int) -> c_int;
    fn sigemptyset(set: *mut SigSet) -> c_int;
    fn sigaddset(set: *mut SigSet, signal: c_int) -> c_int;
    fn sigprocmask(how: c_int, set: *const SigSet, old: *mut SigSet) -> c_int;
    fn signalfd(fd: c_int, set: *const SigSet, flags: c_int) -> c_int;
    fn poll(fds: *mut PollFd, count: c_ulong, timeout_ms: c_int) -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
}

fn checked(answer: c_int) -> io::Result<c_int> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

/// Makes this process the one that orphaned descendants are given to.
pub fn become_subreaper() -> io::Result<()> {
    // SAFETY: this option takes one plain integer and touches no memory of ours.
    checked(unsafe { prctl(PR_SET_CHILD_SUBREAPER, 1 as c_ulong) }).map(|_| ())
}

/// Blocks `signals` for this process and returns the mask as it was, with a descriptor that reads them instead.
pub fn take_signals(signals: &[i32]) -> io::Result<(SigSet, File)> {
    let mut set = SigSet([0; 128 / size_of::<c_ulong>()]);
    let mut old = set;
    // SAFETY: `set` and `old` are as large as the C library's `sigset_t` and live through every call; the
    // descriptor is new and owned by nobody else.
    unsafe {
        sigemptyset(&raw mut set);
        for signal in signals {
            checked(sigaddset(&raw mut set, *signal))?;
        }
        checked(sigprocmask(SIG_BLOCK, &raw const set, &raw mut old))?;
        let fd = checked(signalfd(-1, &raw const set, CLOEXEC | NONBLOCK))?;
        Ok((old, File::from(OwnedFd::from_raw_fd(fd))))
    }
}

/// Lets the command start with the signal mask `mask`, and be killed when the shim is killed.
pub fn prepare_child(command: &mut Command, mask: SigSet) {
    let parent = std::process::id().cast_signed();
    // SAFETY: between fork and exec the closure makes three plain system calls, allocates nothing on the way that
    // succeeds and takes no lock; `mask` was copied into it.
    unsafe {
        command.pre_exec(move || {
            checked(prctl(PR_SET_PDEATHSIG, crate::signals::KILL as c_ulong))?;
            if getppid() != parent {
                return Err(io::Error::from_raw_os_error(ECHILD)); // killed between the fork and the prctl
            }
            checked(sigprocmask(SIG_SETMASK, &raw const mask, std::ptr::null_mut()))?;
            Ok(())
        });
    }
}

/// Sends a signal to a process (`pid` above 0) or to a process group (its negative).
pub fn send(pid: i32, signal: i32) -> io::Result<()> {
    checked(kill(pid, signal)).map(|_| ())
}

/// Sends a signal that carries a number.
pub fn send_with(pid: i32, signal: i32, value: i32) -> io::Result<()> {
    checked(sigqueue(pid, signal, SigVal { int: value })).map(|_| ())
}

/// What one look for an ended child found.
pub enum Reaped {
    /// This child ended with this wait status.
    Ended(i32, i32),
    /// There are children, all of them running.
    NoneYet,
    /// There is no child at all.
    NoChildren,
}

/// Takes one ended child, without waiting.
pub fn reap_one() -> Reaped {
    let mut status = 0;
    // SAFETY: `status` is a valid place for one integer.
    match unsafe { waitpid(-1, &raw mut status, WNOHANG) } {
        0 => Reaped::NoneYet,
        pid if pid > 0 => Reaped::Ended(pid, status),
        _ if io::Error::last_os_error().raw_os_error() == Some(ECHILD) => Reaped::NoChildren,
        _ => Reaped::NoneYet,
    }
}

/// Waits until one of the descriptors is ready, a signal came, or `timeout_ms` passed (-1: no limit). The answer has
/// what happened to each descriptor in its place.
pub fn wait_ready<const N: usize>(wanted: [Option<(BorrowedFd<'_>, i16)>; N], timeout_ms: i32) -> [i16; N] {
    let mut fds = wanted.map(|want| match want {
        Some((fd, events)) => PollFd { fd: fd.as_raw_fd(), events, revents: 0 },
        None => PollFd { fd: -1, events: 0, revents: 0 }, // poll passes over negative descriptors
    });
    // SAFETY: `fds` is an array of exactly N entries that lives through the call.
    let ready = unsafe { poll(fds.as_mut_ptr(), N as c_ulong, timeout_ms) };
    if ready > 0 { fds.map(|fd| fd.revents) } else { [0; N] }
}

/// Makes writes to `fd` return at once when there is no room.
pub fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: these two requests take and return plain integers.
    unsafe {
        let flags = checked(fcntl(fd.as_raw_fd(), F_GETFL))?;
        checked(fcntl(fd.as_raw_fd(), F_SETFL, flags | NONBLOCK))?;
    }
    Ok(())
}

/// Points the shim's own standard output and error at `/dev/null`, so that it never keeps the command's output open.
pub fn let_go_of_output() {
    let Ok(null) = File::options().write(true).open("/dev/null") else { return };
    for stream in [1, 2] {
        // SAFETY: both descriptors are open; the standard streams are only replaced, never closed.
        unsafe { dup2(null.as_raw_fd(), stream) };
    }
}

/// The foreground process group of the terminal on standard input.
pub fn foreground_group() -> Option<i32> {
    let group = tcgetpgrp(0);
    (group > 0).then_some(group)
}

/// The shim's own process group.
pub fn own_group() -> i32 {
    getpgrp()
}

/// Leaves the session, the process group and the terminal this process was started in.
pub fn leave_session() -> io::Result<()> {
    checked(setsid()).map(|_| ())
}

/// Holds a file's lock for as long as the file stays open here. The kernel lets go of it, however this process ends.
pub fn hold(file: &File) -> io::Result<()> {
    checked(flock(file.as_raw_fd(), LOCK_EX)).map(|_| ())
}

/// The same where nobody holds it; whether it is held here now.
pub fn try_hold(file: &File) -> io::Result<bool> {
    match checked(flock(file.as_raw_fd(), LOCK_EX | LOCK_NB)) {
        Ok(_) => Ok(true),
        Err(source) if source.raw_os_error() == Some(EAGAIN) => Ok(false),
        Err(source) => Err(source),
    }
}

/// Whether somebody holds a file's lock.
pub fn is_held(file: &File) -> io::Result<bool> {
    match checked(flock(file.as_raw_fd(), LOCK_SH | LOCK_NB)) {
        Ok(_) => Ok(false),
        Err(source) if source.raw_os_error() == Some(EAGAIN) => Ok(true),
        Err(source) => Err(source),
    }
}

/// Asks for a pipe of this size in bytes; one of another size works, too.
pub fn widen_pipe(fd: BorrowedFd<'_>, bytes: c_int) {
    // SAFETY: this request takes and returns plain integers.
    unsafe { fcntl(fd.as_raw_fd(), F_SETPIPE_SZ, bytes) };
}
