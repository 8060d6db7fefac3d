//! What tools say when they give up.

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

use super::CauseKind::{
    self, Compiler, Configure, DiskFull, Fetch, Killed, Linker, Patch, Python, Quality, Shell, Told,
};

/// How much a line says about why it failed; what says most is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// What makes everything else fail, even what stands before it: a full disk, a killed process.
    Root,
    /// It says why.
    Says,
    /// It says why where nothing better does.
    Hints,
    /// It only says that something before it failed.
    Follows,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saying {
    /// It tells of a failure.
    Failure(CauseKind, Weight),
    /// A Python traceback begins.
    Traceback,
    /// The next traceback tells of the same failure.
    Chained,
    /// An error in plain words; where the next line points into a source, a compiler's.
    Plain,
    /// Points into a source, as Rust's compiler does.
    Points,
}

use Saying::{Chained, Failure, Plain, Points, Traceback};
use Weight::{Follows, Hints, Root, Says};

/// The first that matches counts; `None` is nothing. Almost all begin at the line's first letter, so that what a
/// command line, a name or a message of something that goes well contains is not taken for a failure.
const SAYINGS: &[(Option<Saying>, &str)] = &[
    // What is said beside the matter: BitBake's own lower levels, the echo of a shell, what all compilers warn of.
    (Some(Failure(Shell, Follows)), r"^WARNING: \S+run\.do_\S+:\d+ exit \d+ from '"),
    (Some(Failure(Shell, Follows)), r"^WARNING: exit code \d+ from a shell command"),
    (None, r"^(?:NOTE|DEBUG|WARNING|INFO): |^\++ "),
    (None, r"^[^ \t'=][^:'=]*:\d+(?::\d+)?: (?:warning|note|remark|Warning|Info)\b"),
    // Everything else fails for want of these.
    (Some(Failure(DiskFull, Root)), r"(?:: |: '|\] |^)(?:[Nn]o space left on device|Disk quota exceeded)\b"),
    (Some(Failure(DiskFull, Root)), r"\[Errno (?:28|122)\] "),
    (Some(Failure(Killed, Root)), r": (?:fatal|internal compiler) error: Killed\b"),
    (
        Some(Failure(Killed, Root)),
        r"(?:terminated with signal 9|\(signal: 9, SIGKILL|Killed signal terminated program)",
    ),
    (Some(Failure(Killed, Root)), r"^Killed$|: line \d+: +\d+ Killed\b|\*\*\* \[.*\] Killed$"),
    (
        Some(Failure(Killed, Root)),
        r"^virtual memory exhausted|: virtual memory exhausted: |[Oo]ut of memory allocating \d",
    ),
    (
        Some(Failure(Killed, Root)),
        r"^LLVM ERROR: out of memory|^(?:MemoryError|java\.lang\.OutOfMemoryError)\b|what\(\):\s+std::bad_alloc",
    ),
    (
        Some(Failure(Killed, Root)),
        r": (?:fork: )?Cannot allocate memory$|memory allocation of \d+ bytes failed",
    ),
    (Some(Failure(Killed, Hints)), r"^make(?:\[\d+\])?: \*\*\* \[.*\] Error 137$"),
    (
        Some(Failure(Killed, Hints)),
        r"^ERROR: .*(?:failed with exit code (?:-9|137)\b|ExecutionError\('.*', (?:-9|137), )",
    ),
    // Patches.
    (Some(Failure(Patch, Says)), r"^(?:.*: )?Hunk #\d+ FAILED at "),
    (
        Some(Failure(Patch, Says)),
        r"^(?:error|fatal): (?:patch failed: |corrupt patch |.*: patch does not apply)",
    ),
    (
        Some(Failure(Patch, Says)),
        r"^patch: \*\*\*\* |^can't find file to patch at input line |^No file to patch\.|^File .* is not empty after patch",
    ),
    (
        Some(Failure(Patch, Says)),
        r"^Patch failed at \d|^Reversed \(or previously applied\) patch detected!|^.*can't apply patch",
    ),
    (
        Some(Failure(Patch, Hints)),
        r"^(?:stdout: |Output: ?)?(?:Applying )?[Pp]atch .* does not apply|^\d+ out of \d+ hunks? FAILED",
    ),
    (
        Some(Failure(Patch, Hints)),
        r"^(?:ERROR: )?(?:Applying patch '|Importing patch '.*failed|CmdError\(|Command Error: '(?:quilt|patch|git)\b|Error: '.*quilt)",
    ),
    (
        Some(Failure(Patch, Hints)),
        r"^(?:ERROR: |Exception: )?(?:oe\.patch\.)?(?:CmdError|PatchError)\b|^ERROR: .*Function failed: patch_do_patch",
    ),
    // Sources.
    (
        Some(Failure(Fetch, Says)),
        r"^(?:ERROR: |Exception: )?(?:\S+ do_\w+: )?(?:bb\.fetch2\.\w+: )?(?:Fetcher failure\b|.*[Cc]hecksum mismatch|Checksum failure\b|Network access disabled)",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"^(?:ERROR|Exception): .*(?:Unable to find (?:revision|file) |Unable to resolve |No checksum specified |Fetch command |MissingParameterError|NoMethodError|MalformedUrl|URL: '.*' doesn't work)",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"^wget: (?:unable|server|can't|cannot|bad|error)|^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )ERROR \d+: |^Unable to establish SSL connection",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"failed: (?:Connection refused|Connection timed out|(?:Temporary failure in name resolution|Name or service not known|No address associated with hostname|Network is unreachable))\.?$",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"^(?:fatal|error): (?:unable to (?:access|look up|connect)|repository '?.*'? (?:not found|does not exist)|[Cc]ould not read from remote|couldn't find remote ref|Remote branch .* not found|Authentication failed|early EOF|RPC failed|the remote end hung up|fetch-pack|protocol error|remote error|'.*' does not appear to be a git repository|reference is not a tree)",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"^(?:remote: (?:Repository not found|HTTP|Not Found)|ssh: |curl: \(\d+\) |svn: E\d+|hg: |rsync: |npm ERR! (?:code E(?:NOTFOUND|AI_AGAIN|CONN|INTEGRITY)|network))",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"^go: .*(?:dial tcp|module lookup disabled|reading https?://|unrecognized import path|missing go\.sum entry|checksum mismatch|cannot find module)",
    ),
    (
        Some(Failure(Fetch, Says)),
        r"^(?:error|warning)?:? *(?:failed to (?:download|fetch) |spurious network error|unable to get packages from source)",
    ),
    (
        Some(Failure(Fetch, Hints)),
        r"^(?:ERROR: |Exception: )?.*(?:Bitbake Fetcher Error|FetchError\(|bb\.fetch2\.\w+Error|(?:Unable|Failed) to fetch URL)",
    ),
    // Quality.
    (
        Some(Failure(Quality, Follows)),
        r"^ERROR: (?:\S+ do_\w+: )?(?:Fatal QA errors? |QA run found fatal errors)",
    ),
    (
        Some(Failure(Quality, Says)),
        r"^ERROR: .*QA Issue\b|^ERROR: .*\[(?:license-checksum|license-exists|installed-vs-shipped|[a-z][a-z0-9-]+)\]$",
    ),
    (
        Some(Failure(Quality, Says)),
        r"^ERROR: .*(?:LIC_FILES_CHKSUM|has an incompatible license|were installed but not shipped)",
    ),
    // What looks for what it needs.
    (
        Some(Failure(Configure, Says)),
        r"^(?:\S*/)?(?:configure|config\.status|config\.sub|config\.guess): error: |^(?:\S*/)?(?:configure\.(?:ac|in)|aclocal\.m4|Makefile\.am):\d+: error: |^(?:\S*/)?m4/\S+:\d+: error: ",
    ),
    (Some(Failure(Configure, Says)), r"^\s*CMake Error(?: at |: | in |\b)"),
    (
        Some(Failure(Configure, Says)),
        r"^(?:\S*/)?(?:meson\.build|meson_options\.txt|meson\.options)(?::\d+(?::\d+)?)?: ERROR: ",
    ),
    (
        Some(Failure(Configure, Says)),
        r"^(?:aclocal|automake|autoheader|libtoolize|gettextize|intltoolize|scons|pkg-config): (?:error|fatal)\b|^Unknown CMake command|^Project ERROR: ",
    ),
    (
        Some(Failure(Configure, Follows)),
        r"^-- Configuring incomplete, errors occurred|^(?:autoreconf|autom4te|autopoint): (?:error: )?.*(?:failed|error)|^ERROR: (?:meson|autoreconf|configure|oe_runconf|cmake) (?:execution )?failed|^See also \x22.*CMake(?:Output|Error)\.log",
    ),
    (
        Some(Failure(Configure, Hints)),
        r"^No package '.*' found|^Package \S+ was not found in the pkg-config search path|^Dependency .* (?:NO|not found)$",
    ),
    // The linker, before the compiler that calls it.
    (
        Some(Failure(Linker, Hints)),
        r"^(?:\S*/)?collect2(?:\.exe)?: error: ld returned|: error: linker command failed with exit code|: final link failed: ",
    ),
    (
        Some(Failure(Linker, Says)),
        r": undefined reference to [`'‘]|: multiple definition of [`'‘]|: undefined symbol: |: cannot find -l|: cannot find lib\S+$|: relocation R_\S+ against |: hidden symbol [`'‘]",
    ),
    (
        None,
        r"^(?:\S*/)?[\w.+-]*\bld(?:\.\w+)?(?:\.real)?: (?:warning:|note:|skipping incompatible |.*: in function |.*: warning: |GNU |.*: NOTE: |mode |supported )",
    ),
    (Some(Failure(Linker, Says)), r"^(?:\S*/)?(?:[\w.+]+-)*ld(?:\.\w+)?(?:\.real)?: \S"),
    (
        Some(Failure(Linker, Says)),
        r"^error: linking with `|^collect2: (?:fatal )?error: |^Undefined symbols for architecture",
    ),
    // Compilers.
    (
        Some(Failure(Compiler, Follows)),
        r"^(?:\S*/)?(?:\S+-)?(?:cc1|cc1plus|lto1): (?:some|all) warnings being treated as errors|^compilation terminated\.|^\d+ errors? generated\.|^Please submit a full bug report",
    ),
    (
        Some(Failure(Compiler, Follows)),
        r"^error: (?:aborting due to |could not compile |build failed|command '.*' failed with exit (?:code|status)|subprocess-exited-with-error|metadata-generation-failed|Failed building wheel)",
    ),
    (
        Some(Failure(Compiler, Says)),
        r"^[^ \t'=:][^:'=]*:(?:\d+:){1,2} (?:(?:fatal|internal compiler|internal|syntax) )?[Ee]rror\b(?:: |\[)",
    ),
    (
        Some(Failure(Compiler, Says)),
        r"^[^ \t'=:][^:'=]*:\d+: (?:Fatal )?[Ee]rror: |^\{standard input\}:\d+: Error: |^[^ \t'=:][^:'=]*\(\d+(?:,\d+)?\): (?:fatal )?error\b",
    ),
    (
        Some(Failure(Compiler, Says)),
        r"^(?:\S*/)?(?:[\w.+]+-)*(?:gcc|g\+\+|cc1|cc1plus|cc1obj|clang|clang\+\+|cc|c\+\+|cpp|as|lto1|lto-wrapper|f951|gfortran|rustc|dtc|moc|vala|valac|swig|bison|flex|xgettext|gperf)(?:-[\d.]+)?: (?:(?:fatal|internal compiler) )?error: ",
    ),
    (
        Some(Failure(Compiler, Says)),
        r"^error\[E\d+\]: |^\S+:\d+\.\d+-[\d.]+: ERROR |^(?:Error|FATAL ERROR): \S+:\d+\.\d+|^\S+\.go:\d+:\d+: |^\S+\.java:\d+: error: |^\S+\.vala?:\d+\.\d+-\d+\.\d+: error: ",
    ),
    (Some(Points), r"^ +--> \S+:\d+:\d+$"),
    // Python.
    (
        Some(Traceback),
        r"^(?:ERROR: )?Traceback \(most recent call last\):|^  \S.*: Traceback \(most recent call last\):",
    ),
    (
        Some(Chained),
        r"^During handling of the above exception, another|^The above exception was the direct cause",
    ),
    (
        Some(Failure(Python, Says)),
        r"^Exception: |^(?:ERROR: )?(?:\S+: )?(?:bb\.[a-z]\w*\.)+\w+: |^SyntaxError: ",
    ),
    (
        Some(Failure(Python, Hints)),
        r"^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit): \S|^ERROR: .*(?:Error executing a python function|ExpansionError|Failure expanding variable)",
    ),
    // Shells and make.
    (
        Some(Failure(Shell, Says)),
        r"^(?:g|re)?make(?:\[\d+\])?: \*\*\* (?:No rule to make target|No targets|.*: No such file|virtual memory)|^[^ :]+:\d+: \*\*\* |^ninja: (?:error|fatal): |^ERROR: Task .* does not exist",
    ),
    (None, r"^(?:re)?make(?:\[\d+\])?: \*\*\* (?:Waiting for unfinished|Deleting )"),
    (
        Some(Failure(Shell, Follows)),
        r"^(?:g|re)?make(?:\[\d+\])?: \*\*\* |^ninja: build stopped|^make(?:\[\d+\])?: .*\(ignored\)$|^ERROR: (?:oe_runmake|.*ninja) failed",
    ),
    (
        Some(Failure(Shell, Follows)),
        r"^ERROR: (?:\S+ do_\w+: )?(?:Execution of '|ExecutionError\(|Function failed: |Task \(?.*failed with exit code|Logfile of failure)|^Backtrace \(BB generated script\)",
    ),
    (Some(Failure(Shell, Hints)), r"^FAILED: (?:\[code=\d+\] )?[^\s\d]"),
    (
        Some(Failure(Shell, Says)),
        r"^(?:\S*/)?(?:run\.do_\S+|bash|sh|dash)(?:\[\d+\])?: (?:line )?(?:\d+: )?.*: (?:command )?not found$|^(?:\S*/)?run\.do_\S+: (?:line )?\d+: .*(?:[Ss]yntax error|unexpected|Bad substitution|parameter not set|unbound variable)",
    ),
    (
        Some(Failure(Shell, Says)),
        r"^make(?:\[\d+\])?: .*: (?:Command not found|No such file or directory|Permission denied)$|\bSegmentation fault(?: \(core dumped\))?$|^Illegal instruction\b|^Bus error\b",
    ),
    (
        Some(Failure(Shell, Says)),
        r"^(?:\S*/)?(?:install|cp|mv|ln|mkdir|chmod|chown|tar|sed|patchelf|objcopy|strip|cd|cpio|unzip|xz|gzip): (?:cannot |can't |.*: Cannot |no input files)",
    ),
    (Some(Failure(Fetch, Hints)), r"^npm ERR! "),
    (
        None,
        r"^fatal: (?:not a git repository|No names found|No tags can describe|cannot describe|no tag exactly)|^fatal: detected dubious",
    ),
    (
        Some(Failure(Shell, Hints)),
        r"^(?:fatal|FATAL|Fatal [Ee]rror): |^(?:\S*/)?[\w.+-]+: (?:line \d+: |\d+: )?.*: (?:No such file or directory|Permission denied|command not found|not found|Is a directory|Not a directory|Read-only file system|Directory not empty|Text file busy|Exec format error|Argument list too long|Operation not permitted|Input/output error)$",
    ),
    (
        Some(Failure(Shell, Hints)),
        r"^(?:\S*/)?[\w.+-]+: (?:fatal |internal )?[Ee]rror: \S|^thread '.*' panicked at |^panic: |^terminate called after throwing|^.*: Assertion `.*' failed\.|\*\*\* \[.*\] Aborted",
    ),
    (
        Some(Failure(Told, Says)),
        r"^Error: *(?:Problem: |Transaction|Unable to find a match|Failed to |.*conflicts)|^ Problem: |^E: |^  - nothing provides ",
    ),
    (Some(Plain), r"^error: \S"),
    (Some(Failure(Told, Hints)), r"^(?:ERROR|Error|FATAL): *\S"),
];

static PATTERNS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let patterns = SAYINGS.iter().map(|(_, pattern)| pattern);
    RegexSetBuilder::new(patterns).unicode(true).size_limit(64 << 20).dfa_size_limit(32 << 20).build().ok()
});

/// What one line of a task's log says; `None` where it does not tell of a failure.
pub(super) fn saying(line: &str) -> Option<Saying> {
    let matches = PATTERNS.as_ref()?.matches(line);
    let first = matches.iter().next()?;
    SAYINGS.get(first)?.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_can_be_read() {
        assert!(PATTERNS.is_some());
    }
}
