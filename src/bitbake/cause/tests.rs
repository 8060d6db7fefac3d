use std::path::Path;

use proptest::prelude::*;

use super::CauseKind::*;
use super::*;

fn read(text: &str) -> CauseReader {
    let mut reader = CauseReader::new();
    reader.feed(text.as_bytes());
    reader.finish();
    reader
}

/// Logs of failed tasks, each with the kind of its best cause and what that line begins with.
const LOGS: &[(CauseKind, &str, &str)] = &[
    (
        Compiler,
        "main.c:12:5: error: ",
        "DEBUG: Executing shell function do_compile\ngcc -O2 -Werror=format-security -c main.c\nmain.c: In function 'main':\n\
         main.c:12:5: error: 'frobnicate' undeclared (first use in this function)\n   12 |     frobnicate();\n\
         make: *** [Makefile:3: main.o] Error 1\nWARNING: exit code 1 from a shell command.\n",
    ),
    (
        Compiler,
        "../git/src/a b.cpp:3:10: fatal error: ",
        "FAILED: src/a.o\nccache g++ -c ../git/src/a.cpp\n../git/src/a b.cpp:3:10: fatal error: gadget.h: No such file or directory\n\
         compilation terminated.\nninja: build stopped: subcommand failed.\n",
    ),
    (
        Compiler,
        "x.c:4:1: error: ",
        "\x1b[01m\x1b[Kx.c:4:1:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kexpected ';' before '}' token\n",
    ),
    (
        Compiler,
        "a.c:9:2: error: ",
        "a.c:9:2: error: unused variable 'x' [-Werror=unused-variable]\ncc1: all warnings being treated as errors\n",
    ),
    (
        Compiler,
        "x86_64-poky-linux-gcc: error: ",
        "make: *** [x] Error 1\nx86_64-poky-linux-gcc: error: unrecognized command-line option '-mfoo'\n",
    ),
    (
        Compiler,
        "{standard input}:12: Error: ",
        "{standard input}: Assembler messages:\n{standard input}:12: Error: no such instruction: `vfoo'\n",
    ),
    (Compiler, "start.S:44: Error: ", "start.S: Assembler messages:\nstart.S:44: Error: bad expression\n"),
    (
        Compiler,
        "error[E0425]: ",
        "   Compiling thiserror v1.0.40\nerror[E0425]: cannot find value `x` in this scope\n --> src/main.rs:2:5\nerror: aborting due to 1 previous error\nerror: could not compile `y` (bin \"y\") due to 1 previous error\n",
    ),
    (
        Compiler,
        "error: expected one of",
        "error: expected one of `;` or `}`, found `x`\n  --> src/lib.rs:7:1\nerror: could not compile `y`\n",
    ),
    (Compiler, "cmd/main.go:10:2: ", "# example.com/x/cmd\ncmd/main.go:10:2: undefined: frob\n"),
    (
        Compiler,
        "arch/arm64/boot/dts/x.dts:44.3-9: ",
        "  DTC     x.dtb\narch/arm64/boot/dts/x.dts:44.3-9: ERROR (phandle_references): /soc: Reference to non-existent node\nERROR: Input tree has errors, aborting (use -f to force output)\n",
    ),
    (
        Linker,
        "main.c:(.text+0x5): undefined reference",
        "/w/recipe-sysroot-native/usr/bin/x86_64-poky-linux/../../libexec/ld: main.o: in function `main':\n\
         main.c:(.text+0x5): undefined reference to `frob'\ncollect2: error: ld returned 1 exit status\nmake: *** [Makefile:5: app] Error 1\n",
    ),
    (
        Linker,
        "/usr/bin/ld: cannot find -lfoo",
        "/usr/bin/ld: skipping incompatible /lib/libfoo.so when searching for -lfoo\n/usr/bin/ld: cannot find -lfoo: No such file or directory\ncollect2: error: ld returned 1 exit status\n",
    ),
    (
        Linker,
        "ld.lld: error: undefined symbol: ",
        "ld.lld: error: undefined symbol: frob\n>>> referenced by main.c\nclang-15: error: linker command failed with exit code 1 (use -v to see invocation)\n",
    ),
    (
        Linker,
        "collect2: error: ld returned",
        "make: *** [x] Error 1\ncollect2: error: ld returned 1 exit status\n",
    ),
    (
        Linker,
        "x86_64-poky-linux-ld: a.o: relocation",
        "x86_64-poky-linux-ld: a.o: relocation R_X86_64_32 against `.rodata' can not be used when making a PIE object; recompile with -fPIE\n",
    ),
    (
        Patch,
        "Hunk #1 FAILED at 12.",
        "NOTE: Applying patch 'fix.patch' (../fix.patch)\nERROR: Applying patch 'fix.patch' on target directory '/w/x/1.0/x-1.0'\n\
         CmdError('quilt --quiltrc /w/quiltrc push', 0, 'stdout: Applying patch fix.patch\npatching file a.c\nHunk #1 FAILED at 12.\n\
         1 out of 1 hunk FAILED -- rejects in file a.c\nPatch fix.patch does not apply (enforce with -f)\n\nstderr: ')\n",
    ),
    (
        Patch,
        "error: patch failed: a.c:12",
        "Command Error: 'git -c gc.autoDetach=false am' exited with 0  Output:\nstdout: Applying: fix\nstderr: error: x\nerror: patch failed: a.c:12\nerror: a.c: patch does not apply\nPatch failed at 0001 fix\n",
    ),
    (
        Patch,
        "can't find file to patch",
        "ERROR: Command Error: 'quilt --quiltrc /w/quiltrc push' exited with 0  Output:\nApplying patch fix.patch\ncan't find file to patch at input line 3\nNo file to patch.  Skipping patch.\n",
    ),
    (
        Patch,
        "Patch fix.patch does not apply",
        "Patch fix.patch does not apply (enforce with -f)\nERROR: Function failed: do_patch\n",
    ),
    (
        Fetch,
        "ERROR: Fetcher failure: ",
        "WARNING: Failed to fetch URL git://github.com/a/b;branch=main, attempting MIRRORS if available\n\
         ERROR: Fetcher failure: Fetch command export HOME=\"/home/u\"; git clone --bare --mirror https://github.com/a/b /dl/b failed with exit code 128, output:\n\
         Cloning into bare repository '/dl/b'...\nfatal: unable to access 'https://github.com/a/b/': Could not resolve host: github.com\n\n\
         ERROR: Bitbake Fetcher Error: FetchError('Unable to fetch URL from any source.', 'git://github.com/a/b;branch=main')\n",
    ),
    (
        Fetch,
        "ERROR: Checksum failure",
        "ERROR: Checksum failure encountered with download of https://a.org/x.tar.gz - will attempt other sources if available\nERROR: Bitbake Fetcher Error: ChecksumError('Checksum mismatch!')\n",
    ),
    (
        Fetch,
        "ERROR: x-1.0-r0 do_fetch: Fetcher failure",
        "ERROR: x-1.0-r0 do_fetch: Fetcher failure for URL: 'https://a.org/x'. Checksum mismatch!\n",
    ),
    (
        Fetch,
        "wget: unable to resolve host",
        "--2024-01-01 10:00:00--  https://a.org/x\nwget: unable to resolve host address 'a.org'\n",
    ),
    (
        Fetch,
        "2024-01-01 10:00:00 ERROR 404",
        "--2024-01-01 10:00:00--  https://a.org/x\n2024-01-01 10:00:00 ERROR 404: Not Found.\n",
    ),
    (
        Fetch,
        "ERROR: Bitbake Fetcher Error",
        "ERROR: Bitbake Fetcher Error: FetchError('Unable to fetch URL from any source.', 'https://a.org/x')\n",
    ),
    (
        Fetch,
        "Exception: bb.fetch2.NetworkAccess",
        "Exception: bb.fetch2.NetworkAccess: Network access disabled through BB_NO_NETWORK (or set indirectly due to use of BB_FETCH_PREMIRRORONLY) but access requested with command git ls-remote\n",
    ),
    (
        Python,
        "Exception: KeyError: 'x'",
        "ERROR: Error executing a python function in exec_func_python() autogenerated:\n\nThe stack trace of python calls that resulted in this exception/failure was:\n\
         File: 'exec_func_python() autogenerated', lineno: 2, function: <module>\n     0001:\n *** 0002:do_x(d)\n     0003:\nException: KeyError: 'x'\n\n",
    ),
    (
        Python,
        "KeyError: 'x'",
        "Traceback (most recent call last):\n  File \"setup.py\", line 3, in <module>\n    a['x']\n    ~^^^^^\nKeyError: 'x'\n",
    ),
    (
        Python,
        "ImportError: second",
        "Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\", line 4\nImportError: second\n",
    ),
    (Python, "Traceback", "Traceback (most recent call last):\n  File \"setup.py\", line 3, in <module>\n"),
    (
        Configure,
        "configure: error: ",
        "checking for error.h... no\nconfigure: error: Package requirements (foo >= 1) were not met:\n\nNo package 'foo' found\n",
    ),
    (
        Configure,
        "configure.ac:12: error: ",
        "configure.ac:12: error: possibly undefined macro: AC_FOO\nautoreconf: error: autoconf failed with exit status: 1\n",
    ),
    (
        Configure,
        "CMake Error at CMakeLists.txt:12",
        "-- Looking for strerror_r\nCMake Error at CMakeLists.txt:12 (find_package):\n  Could not find Foo\n-- Configuring incomplete, errors occurred!\n",
    ),
    (
        Configure,
        "../git/meson.build:40:0: ERROR: ",
        "Dependency foo found: NO\n../git/meson.build:40:0: ERROR: Dependency \"foo\" not found, tried pkgconfig\nERROR: meson failed\n",
    ),
    (
        Quality,
        "ERROR: QA Issue: ",
        "WARNING: QA Issue: x: y [host-user-contaminated]\nERROR: QA Issue: x: Files/directories were installed but not shipped in any package:\n  /usr/lib/a\n [installed-vs-shipped]\nERROR: Fatal QA errors were found, failing task.\n",
    ),
    (
        Quality,
        "ERROR: x-1-r0 do_populate_lic: QA Issue",
        "ERROR: x-1-r0 do_populate_lic: QA Issue: x: The LIC_FILES_CHKSUM does not match for file://COPYING;md5=1 [license-checksum]\n",
    ),
    (
        DiskFull,
        "/w/a.s: Fatal error: ",
        "a.c:1:1: error: something\n/w/a.s: Fatal error: can't write 53 bytes to section .text of a.o: 'No space left on device'\n",
    ),
    (
        DiskFull,
        "tar: ./a: ",
        "tar: ./a: Cannot write: No space left on device\ntar: Exiting with failure status due to previous errors\n",
    ),
    (
        DiskFull,
        "OSError: ",
        "Traceback (most recent call last):\n  File \"a\"\nOSError: [Errno 28] No space left on device: '/w/a'\n",
    ),
    (
        Killed,
        "g++: fatal error: Killed signal",
        "{standard input}: Assembler messages:\n{standard input}:9: Error: unknown pseudo-op: `.lo'\ng++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\nmake[2]: *** [Makefile:9: a.o] Error 1\n",
    ),
    (
        Killed,
        "c++: internal compiler error: Killed",
        "c++: internal compiler error: Killed (program cc1plus)\n",
    ),
    (
        Killed,
        "/w/temp/run.do_compile.12: line 140: ",
        "/w/temp/run.do_compile.12: line 140: 12345 Killed                  make -j 8\n",
    ),
    (Killed, "virtual memory exhausted", "virtual memory exhausted: Cannot allocate memory\n"),
    (
        Killed,
        "collect2: fatal error: ld terminated with signal 9",
        "collect2: fatal error: ld terminated with signal 9 [Killed]\n",
    ),
    (
        Killed,
        "ERROR: Execution of",
        "killing myself\nERROR: Execution of '/w/temp/run.do_compile.9' failed with exit code -9\n",
    ),
    (
        Shell,
        "make: *** No rule to make target",
        "make: *** No rule to make target 'x.o', needed by 'app'.  Stop.\nERROR: oe_runmake failed\n",
    ),
    (
        Shell,
        "/w/temp/run.do_install.9: 120: frob: not found",
        "/w/temp/run.do_install.9: 120: frob: not found\nWARNING: /w/temp/run.do_install.9:120 exit 127 from 'frob'\n",
    ),
    (
        Shell,
        "install: cannot stat",
        "install: cannot stat 'a': No such file or directory\nWARNING: exit code 1 from a shell command.\nERROR: Execution of '/w/run.do_install.1' failed with exit code 1\n",
    ),
    (
        Shell,
        "make: *** [Makefile:3: all] Error 2",
        "echo hello\nmake: *** [Makefile:3: all] Error 2\nWARNING: exit code 1 from a shell command.\n",
    ),
    (
        Told,
        "ERROR: compilation went wrong",
        "DEBUG: Executing shell function do_compile\nERROR: compilation went wrong, see the log\nWARNING: exit code 1 from a shell command.\n",
    ),
    (
        Told,
        "Problem: conflicting",
        "ERROR: Could not invoke dnf. Command 'dnf install x' returned 1:\nError: \n Problem: conflicting requests\n  - nothing provides libfoo needed by bar-1.0\n",
    ),
];

#[test]
fn each_kind_of_log_is_understood() {
    let mut wrong = Vec::new();
    for (kind, begins, log) in LOGS {
        for text in [
            (*log).to_owned(),
            log.replace('\n', "\r\n"),
            log.lines().fold(String::new(), |text, line| text + "| " + line + "\n"),
        ] {
            let reader = read(&text);
            let best = reader.best();
            if !best.is_some_and(|best| best.kind == *kind && best.text.starts_with(begins)) {
                wrong.push(format!("{kind:?} {begins}: {:?}", reader.causes().collect::<Vec<_>>()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines of tasks that go well.
const FINE: &[&str] = &[
    "x86_64-poky-linux-gcc  -Werror=format-security -Werror -c ../error.c -o error.o",
    "gcc -DERR=\"error: x\" -c a.c:1:2: error",
    "checking for error... yes",
    "checking for strerror_r... (cached) yes",
    "checking for x86_64-linux-ld... x86_64-linux-ld: yes",
    "checking if the linker (x86_64-poky-linux-ld  --sysroot=/w) is GNU ld... yes",
    "  CC      lib/error.o",
    "  LD      vmlinux",
    "[ 12%] Building C object CMakeFiles/x.dir/error.c.o",
    "   Compiling thiserror v1.0.40",
    "a.c:12:3: warning: ignoring return value of 'read' [-Wunused-result]",
    "a.c:12:3: note: in expansion of macro 'error: '",
    "patching file error.c",
    "Hunk #1 succeeded at 12 with fuzz 2 (offset 3 lines).",
    "/usr/bin/ld: warning: a.o: missing .note.GNU-stack section implies executable stack",
    "GNU ld (GNU Binutils) 2.42",
    "x86_64-poky-linux-ld: supported targets: elf64-x86-64",
    "fatal: not a git repository (or any of the parent directories): .git",
    "fatal: No names found, cannot describe anything.",
    "DEBUG: Fetcher failure: Unable to fetch URL from any source.",
    "WARNING: Failed to fetch URL https://a.org/x, attempting MIRRORS if available",
    "WARNING: x-1-r0 do_package_qa: QA Issue: something [ldflags]",
    "NOTE: error: not really",
    "+ echo 'error: it failed: No space left on device'",
    "rm -f core error.o *.err",
    "0 errors, 0 warnings",
    "make[1]: Entering directory '/w/error'",
    "make[2]: Nothing to be done for 'error'.",
    "libtool: compile:  gcc -c error.c -fPIC -DPIC",
    "# FAILED: 0",
    "FAILED: 0",
    "XFAIL: tests/error",
    "ok 12 - error: is handled",
    "Installing /usr/include/error.h",
    "Signal 9 handler installed",
    "Found Killed.py",
    "-- Performing Test HAS_ERROR - Failed",
    "-- Looking for pthread_create in pthreads - not found",
    "Message: Fatal errors: disabled",
    "Run-time dependency foo found: NO (tried pkgconfig)",
    "test_error (tests.Errors.test_error) ... ok",
    "copying build/lib/error.py -> /w/image",
    "Traceback.cpp",
    "",
    " ",
    "    error: indented text of a message",
];

#[test]
fn what_goes_well_is_no_cause() {
    let found: Vec<_> = FINE.iter().filter_map(|line| read(line).best().cloned()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

fn capture(name: &str) -> Vec<u8> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    std::fs::read(Path::new(&root).join("tests/fixtures/bitbake").join(name)).unwrap()
}

#[test]
fn outputs_of_builds_that_succeed_have_no_cause() {
    for name in ["a-nontty-success", "c-tty80-success", "x-quiet-tty80"] {
        let mut reader = CauseReader::new();
        reader.feed(&capture(&format!("{name}.raw")));
        reader.finish();
        assert!(reader.lines() > 0);
        let found: Vec<_> = reader.causes().collect();
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn the_printed_log_of_a_real_failure_is_understood() {
    let bytes = capture("b-nontty-failure-k.raw");
    let logs = String::from_utf8_lossy(&bytes)
        .lines()
        .filter(|line| line.starts_with("| "))
        .fold(String::new(), |logs, line| logs + line + "\n");
    let reader = read(&logs);
    let best = reader.best().unwrap();
    assert_eq!(
        (best.kind, best.text.as_str()),
        (Compiler, "main.c:12:5: error: 'frobnicate' undeclared (first use in this function)")
    );
}

#[test]
fn causes_come_by_what_they_say_then_by_line() {
    let reader = read(
        "make: *** [a] Error 1\na.c:1:1: error: one\nFAILED: b.o\nb.c:2:2: error: two\nninja: build stopped: subcommand failed.\n",
    );
    let lines: Vec<u64> = reader.causes().map(|cause| cause.line).collect();
    assert_eq!(lines, [2, 4, 3, 1, 5]);
}

#[test]
fn what_says_more_drives_out_what_says_less() {
    let mut reader = CauseReader::new();
    for _ in 0..1000 {
        reader.feed(b"make: *** [a] Error 1\n");
    }
    reader.feed(b"a.c:1:1: error: one\n");
    assert_eq!(reader.causes().len(), 200);
    assert_eq!(reader.best().map(|cause| cause.line), Some(1001));
    for _ in 0..1000 {
        reader.feed(b"a.c:1:1: error: more\n");
    }
    assert_eq!(
        (reader.best().map(|cause| cause.line), reader.causes().last().map(|cause| cause.line)),
        (Some(1001), Some(1200))
    );
}

#[test]
fn a_long_line_is_bounded_and_counted_once() {
    let mut reader = CauseReader::new();
    for _ in 0..100 {
        reader.feed(&vec![b'x'; 100_000]);
    }
    assert!(reader.open.capacity() <= 256 << 10);
    reader.feed(b"\nerror: aborting due to x\n");
    assert_eq!(reader.best().map(|cause| cause.line), Some(2));
    let long = format!("ERROR: {}", "ü".repeat(1000));
    assert!(read(&long).best().unwrap().text.len() <= 500);
}

/// What logs are made of.
const WORDS: &[&str] = &[
    "a.c:1:1: error: x",
    "\n",
    "\r",
    "\r\n",
    "| ",
    "\x1b[0m",
    "\x1b[K",
    "\x1b[2A\x1b[J",
    "make: *** [x] Error 1",
    "Traceback (most recent call last):\n",
    "  File \"x\"\n",
    "KeyError: 'x'\n",
    "During handling of the above exception, another exception occurred:\n",
    "error: y\n",
    " --> a.rs:1:1\n",
    "ERROR: ",
    "QA Issue: x [y]",
    "ü",
    "No space left on device",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_give_the_same_causes(
        words in prop::collection::vec(
            prop_oneof![
                8 => prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
                1 => prop::collection::vec(any::<u8>(), 0..12),
            ],
            0..60,
        ),
        sizes in prop::collection::vec(1_usize..40, 1..10),
    ) {
        let bytes = words.concat();
        let told = |pieces: &mut dyn Iterator<Item = &[u8]>| {
            let mut reader = CauseReader::new();
            pieces.for_each(|piece| reader.feed(piece));
            reader.finish();
            (reader.causes().cloned().collect::<Vec<_>>(), reader.lines())
        };
        let mut rest = bytes.as_slice();
        let mut sizes = sizes.iter().cycle();
        let mut cut = std::iter::from_fn(|| {
            let (now, later) = rest.split_at((*sizes.next()?).min(rest.len()));
            rest = later;
            (!now.is_empty()).then_some(now)
        });
        let whole = told(&mut std::iter::once(bytes.as_slice()));
        prop_assert!(whole.0.iter().all(|cause| cause.line <= whole.1 && cause.text.len() <= 500));
        prop_assert_eq!(told(&mut cut), whole);
    }
}
