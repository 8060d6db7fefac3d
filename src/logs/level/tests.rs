//! What counts as a level and what does not.

use std::path::Path;

use proptest::prelude::*;

use super::{Level, level};

fn all_are(expected: Option<Level>, lines: &str) {
    let mut wrong = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let found = level(line.as_bytes());
        assert_eq!(found, level(format!("{line}\r\n").as_bytes()), "{line} with its end");
        if found != expected {
            wrong.push(format!("{found:?} {line}"));
        }
    }
    assert_eq!(wrong, [""; 0], "all are {expected:?}");
}

#[test]
fn levels_stand_in_order() {
    assert!(Level::Debug < Level::Note && Level::Note < Level::Warning && Level::Warning < Level::Error);
}

#[test]
fn errors_of_builds() {
    all_are(
        Some(Level::Error),
        r#"
ERROR: fail-shell-1.0-r0 do_compile: Execution of '/b/run.do_compile.21294' failed with exit code 1
ERROR:  OE-core's config sanity checker detected a potential misconfiguration.
ERROR: zlib-1.3-r0 do_package_qa: QA Issue: zlib: /usr/lib/libz.so maximum shlib size exceeded [file-rdeps]
FATAL: bitbake does not run as root
Initialising tasks...ERROR: Nothing PROVIDES 'x'
Parsing recipes:   0% |        | ETA:  --:--:--ERROR: ParseError at b.bb:3: unparsed line
Parsing recipes:  50% |####    | ETA:  0:00:08ERROR: ParseError at b.bb:3: unparsed line
Exception: KeyError: 'missing-key'
| ERROR: compilation went wrong, see the log
| main.c:12:5: error: 'frobnicate' undeclared (first use in this function)
 | make: *** [Makefile:3: main.o] Error 1
file.c:12:3: error: expected ';' before '}' token
file.c:12:error: expected ';'
main.c:1:10: fatal error: stdio.h: No such file or directory
cc1: internal compiler error: Segmentation fault
C:\src\main.c(12): error C2065: 'x': undeclared identifier
C:\src\main.c(12) : fatal error C1083: Cannot open include file
src/a.ts:1:2 - error TS2304: Cannot find name 'x'.
main.c:(.text+0x5): undefined reference to `frobnicate'
/usr/bin/ld: main.o: in function `main': undefined reference to `x'
/usr/bin/ld: b.o:(.bss+0x0): multiple definition of `x'; a.o:(.bss+0x0): first defined here
/usr/bin/ld: cannot find -lfoo: No such file or directory
ld: error: unable to find library -lfoo
ld.lld: error: undefined symbol: x
collect2: error: ld returned 1 exit status
make[1]: *** [Makefile:3: all] Error 2
make: *** Waiting for unfinished jobs....
Makefile:3: *** missing separator.  Stop.
FAILED: src/main.o
FAILED: [code=1] src/main.o
ninja: error: loading 'build.ninja': No such file or directory
ninja: build stopped: subcommand failed.
CMake Error at CMakeLists.txt:3 (message):
CMake Error: The source directory "/x" does not exist.
configure: error: C compiler cannot create executables
meson.build:3:0: ERROR: Dependency "x" not found, tried pkgconfig
error[E0308]: mismatched types
error: could not compile `x` (lib) due to 1 previous error
    error: expected one of `!` or `::`
Error: Cannot find module 'x'
thread 'main' panicked at src/main.rs:3:5:
thread 'main' (4242) panicked at src/main.rs:3:5:
panic: runtime error: index out of range
fatal: not a git repository (or any of the parent directories): .git
Traceback (most recent call last):
ValueError: invalid literal for int() with base 10: 'x'
KeyError: 'x'
subprocess.CalledProcessError: Command '['false']' returned non-zero exit status 1.
java.lang.NullPointerException: x
Exception in thread "main" java.lang.Error
Fatal Python error: init_fs_encoding: failed to get the Python codec
Segmentation fault (core dumped)
npm ERR! code E404
E: Unable to locate package foo
"#,
    );
}

#[test]
fn errors_of_services() {
    all_are(
        Some(Level::Error),
        r#"
<3>usb 1-1: device descriptor read failed
<27>prog[1]: x
2026-03-01T10:00:00Z ERROR it broke
2026-03-01T10:00:00.123456+01:00 ERROR main: it broke
2026-03-01 10:00:00,123 - root - ERROR - it broke
2026-03-01 10:00:00,123 - my.app.module - CRITICAL - it broke
2026-03-01 10:00:00.123 UTC [12] ERROR:  relation "x" does not exist
2026-03-01 10:00:00 [main] ERROR com.x.Y - it broke
2026/03/01 10:00:00 [error] 12#12: *1 open() failed
2026-03-01T10:00:00.000Z	error	main.go:12	it broke
2026-03-01T10:00:00.000000Z 0 [ERROR] [MY-010119] [Server] Aborting
2026-03-01 10:00:00 [error    ] it broke
[Sat Mar 01 10:00:00.123 2026] [core:error] [pid 1] it broke
[2026-03-01T10:00:00Z ERROR main] it broke
[10:00:00] ERROR (12): it broke
Mar  1 10:00:00 host prog[12]: error: it broke
Mar  1 10:00:00 host prog[12]: ERROR it broke
Mar  1 10:00:00 host prog[12]: [error] it broke
Mar  1 10:00:00 host prog[12]: time="2026-03-01T10:00:00Z" level=error msg="x"
[ERROR] it broke
[error] it broke
[ EMERG ] it broke
[FAILED] Failed to start x
[  FAILED  ] Foo.Bar (0 ms)
[main] ERROR com.x.Y - it broke
ERROR    root:main.py:3 it broke
ERROR:root:it broke
level=error msg="it broke"
time="2026-03-01T10:00:00Z" level=fatal msg="it broke"
ts=2026-03-01T10:00:00Z caller=main.go:1 level="error" msg=x
2026-03-01T10:00:00Z level=error msg=x
{"level":"error","msg":"x"}
{"time":"2026-03-01T10:00:00Z", "level": "ERROR", "msg": "x"}
{"severity":"CRITICAL","msg":"x"}
{"log.level":"error","msg":"x"}
{"name":"x","level":50,"msg":"x"}
E0302 12:00:00.000000       1 main.go:3] it broke
F0302 12:00:00.000000       1 main.go:3] it broke
==> ERROR: A failure occurred in build().
!!! ERROR: x
web-1  | ERROR: it broke
ERROR
ERROR:
error:
"#,
    );
}

#[test]
fn warnings() {
    all_are(
        Some(Level::Warning),
        r#"
WARNING: zlib-1.3.1-r0 do_package_qa: QA Issue: zlib: error in the packages [already-stripped]
WARNING: /x/foo_1.0.bb: no error is an error
Parsing recipes...WARNING: x
| WARNING: exit code 1 from a shell command.
file.c:12:3: warning: unused variable 'error' [-Wunused-variable]
a.dts:3.4-5: Warning (unit_address_vs_reg): /x: node has a reg property
ld: warning: x.o: missing .note.GNU-stack section implies executable stack
make[1]: [Makefile:3: all] Error 1 (ignored)
make: warning:  Clock skew detected.  Your build may be incomplete.
CMake Warning at CMakeLists.txt:3 (message):
CMake Warning (dev) at CMakeLists.txt:3 (message):
CMake Deprecation Warning at CMakeLists.txt:1 (cmake_minimum_required):
configure: WARNING: using cross tools not prefixed with host triplet
warning: unused variable: `error`
Warning: Permanently added 'x' (ED25519) to the list of known hosts.
/x/setup.py:3: DeprecationWarning: the error module is deprecated
UserWarning: x
npm WARN deprecated x
W: Some index files failed to download.
<4>x
12:00:00 WARN x
12:00:00.123 WARNING x
2026-03-01 10:00:00.123  WARN 1 --- [main] com.x.Y : x
[WARNING] x
[warn] x
WARN  com.x.Y - x
WARNING! x
level=warning msg="error: x"
{"level":"warn","msg":"error: x"}
{"level":40,"msg":"x"}
W0302 12:00:00.000000       1 main.go:3] error: x
"#,
    );
}

#[test]
fn notes_and_debug() {
    all_are(
        Some(Level::Note),
        r#"
NOTE: Running task 3 of 81 (/x/recipes-support/libgpg-error/libgpg-error_1.50.bb:do_fetch)
NOTE: recipe libgpg-error-1.50-r0: task do_compile: Failed
NOTE: recipe x: ERROR: nothing
Note: Some input files use unchecked or unsafe operations.
file.c:12:3: note: declared here: error: x
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
INFO: Started
INFO  com.x.Y - 0 errors, error: none
[INFO] BUILD SUCCESS
2026-03-01T10:00:00Z  INFO main: error: x
level=info msg="error: x"
{"level":"info","error":"x"}
{"level":30}
I0302 12:00:00.000000       1 main.go:3] x
<6>x
<13>x
"#,
    );
    all_are(
        Some(Level::Debug),
        r#"
DEBUG: Executing shell function do_compile
| DEBUG: Executing shell function do_compile
<7>error: x
2026-03-01T10:00:00Z DEBUG main: x
2026-03-01T10:00:00Z TRACE main: x
[debug] error: x
level=debug msg=x
{"level":"trace"}
{"level":20}
"#,
    );
}

#[test]
fn words_that_are_no_level() {
    all_are(
        None,
        r#"
0 errors
Parsing of 308 .bb files complete (0 cached, 308 parsed). 308 targets, 1 skipped, 0 masked, 0 errors.
Summary: There was 1 WARNING message.
Summary: There were 2 WARNING messages.
Summary: There were 2 ERROR messages, returning a non-zero exit code.
no error
no error: everything is well
2 warnings generated.
2 ERROR messages
10:00:00 no ERROR was found
gcc -O2 -Wall -Werror -Wno-error=format -c error.c -o error.o
gcc -Werror: x
  CC       lib/error.o
[12/345] Building C object src/error.c.o
[ 50%] Building C object CMakeFiles/error.dir/error.c.o
-- Looking for error.h - found
checking for error... yes
checking whether warning: flags work... yes
errors.txt
errors.txt: 3 lines
libgpg-error-1.50
libgpg-error: built
src/error.c: ok
/usr/include/error: x
use std::error::Error;
error::Error
errors: 0
ERROR_LOG: /x
ERROR_QA = "x"
ERROR = "x"
WARN_QA             = "x"
NOTE that this is no note
DEBUG_BUILD          = "0"
echo "error: x"
+ echo error: x
++ echo x: error: y
+ x: error: y
   12 |     printf("error: %s\n", x); // error: x
 1234 | error: x
      |     ^~~~~ error: x
|    12 |     frobnicate(); // error: x
|       |     ^ error: x
 *** 0007:    error: x
     0007:    error: x
Test ValueError: fine
test_ValueError: fine
key=value error
level of error
mylevel=error
a=b sealevel=error
{"message":"level","errorlevel":"error"}
{"level":"strange"}
<192>x
<>x
<3
<33333>x
E030 12:00:00 x
thread 'main' finished
thread 'main
Segment
[error handling] x
[ERROR HANDLING] x
[error
 
:
::
"#,
    );
    assert_eq!(level(b""), None);
    assert_eq!(level(b"\r\n"), None);
}

#[test]
fn colours_links_and_redraws_are_seen_through() {
    let lines: &[(&[u8], Option<Level>)] = &[
        (b"\x1b[1;31mERROR\x1b[0m: \x1b[31mParsing halted\x1b[0m\r", Some(Level::Error)),
        (b"\x1b[1;33mWARNING\x1b[0m: \x1b[33mx\x1b[0m", Some(Level::Warning)),
        (b"\x1b[1;29mNOTE\x1b[0m: \x1b[29mx error: y\x1b[0m", Some(Level::Note)),
        (b"\x1b[01m\x1b[Kmain.c:12:5:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kx", Some(Level::Error)),
        (
            b"\x1b[2m2026-03-01T10:00:00Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[2mmain\x1b[0m\x1b[2m:\x1b[0m x",
            Some(Level::Error),
        ),
        (b"\x1b[1A\x1b[J\x1b(BERROR: x", Some(Level::Error)),
        (b"\x1b]8;;https://x/error: y\x1b\\x\x1b]8;;\x07", None),
        (b"\x1b]0;ERROR: x\x07done", None),
        (b"\x1b]0;ERROR: x", None),
        (b"\x1b]0;x\x1b[31mERROR: x", Some(Level::Error)),
        (b"Parsing recipes:   0% |\r        \r\x1b[1;31mERROR\x1b[0m: x\r\r", Some(Level::Error)),
        (b"ERROR: x\r100% done", None),
        (b"\x1b", None),
        (b"\x1b[", None),
        (b"\x1b[31\xc3ERROR", None),
    ];
    for (line, expected) in lines {
        assert_eq!(level(line), *expected, "{}", line.escape_ascii());
    }
}

#[test]
fn a_long_line_is_read_at_its_beginning_only() {
    let far = [b" ".repeat(510), b"error: x".to_vec()].concat();
    assert_eq!(level(&far), None);
    let near = [b" ".repeat(400), b"error: x".to_vec(), b"x".repeat(9000)].concat();
    assert_eq!(level(&near), Some(Level::Error));
    let bar = [b"Parsing  10% |\r".repeat(900), b"ERROR: x".to_vec()].concat();
    assert_eq!(level(&bar), Some(Level::Error), "what was drawn last");
}

/// How many lines of a capture have each level, from debug to error, and how many none.
fn counted(capture: &str) -> ([usize; 4], usize) {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let raw = std::fs::read(Path::new(&root).join("tests/fixtures/bitbake").join(capture)).unwrap();
    let mut counts = [0; 4];
    let mut none = 0;
    for line in raw.split(|byte| *byte == b'\n') {
        match level(line) {
            Some(level) => counts[level as usize] += 1,
            None => none += 1,
        }
    }
    (counts, none)
}

#[test]
fn recorded_builds() {
    assert_eq!(counted("b-nontty-failure-k.raw"), ([3, 168, 2, 25], 57));
    assert_eq!(counted("c-tty80-success.raw"), ([0, 3, 2, 0], 2396));
    assert_eq!(counted("f2-tty80-parse-error.raw"), ([0, 2, 0, 2], 5));
}

/// Pieces of which lines with levels are made.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "ERROR",
        "error",
        "warning",
        "NOTE",
        "fatal",
        "Error",
        "level=",
        "\"level\"",
        "E0302",
        "make",
        "***",
        ":",
        ": ",
        " ",
        "  ",
        "\t",
        "[",
        "]",
        "(",
        ")",
        "<",
        "3",
        ">",
        "{",
        "}",
        "\"",
        "|",
        "| ",
        "-",
        "...",
        "10:00:00",
        "2026-03-01",
        "thread 'main'",
        "panicked at",
        "=",
        "+",
        "/",
        "x",
        "é",
        "CMake ",
        "ValueError",
        "12",
        "\\",
    ])
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = level(&bytes);
    }

    #[test]
    fn escapes_cut_anywhere_are_read(
        parts in prop::collection::vec(prop_oneof![
            piece().prop_map(|piece| piece.as_bytes().to_vec()),
            prop::sample::select(vec![&b"\x1b"[..], b"\x1b[", b"\x1b]", b"\x07", b"\r", b"\x1b[1m", b"\xff"])
                .prop_map(<[u8]>::to_vec),
        ], 0..40),
    ) {
        let _ = level(&parts.concat());
    }

    #[test]
    fn colours_change_nothing(line in line(), from in 0_usize..40, to in 0_usize..40) {
        let (from, to) = (from.min(to).min(line.len()), from.max(to).min(line.len()));
        let coloured =
            [&line[..from], &b"\x1b[1;31m"[..], &line[from..to], &b"\x1b[0m"[..], &line[to..]].concat();
        prop_assert_eq!(level(&coloured), level(&line), "{}", line.escape_ascii());
    }
}
