//! What a build prints, made up by number: the shapes and lengths of a real bitbake run, 105 bytes a line on average.

use std::fmt::Write as _;

const RECIPES: [&str; 8] = [
    "gcc-cross-aarch64-13.2.0-r0",
    "linux-yocto-6.6.21+gitAUTOINC+c1f0b5a8f1-r0",
    "busybox-1.36.1-r0",
    "glibc-2.39+git-r0",
    "openssl-3.2.1-r0",
    "python3-native-3.12.3-r0",
    "systemd-1_255.4-r0",
    "core-image-minimal-1.0-r0",
];
const TASKS: [&str; 6] =
    ["do_compile", "do_configure", "do_fetch", "do_package_write_ipk", "do_populate_sysroot", "do_install"];

/// Appends line `number`, with its newline.
pub(crate) fn line(number: u64, into: &mut String) {
    let pick = |from: &[&'static str], by: u64| {
        usize::try_from(by).ok().and_then(|by| from.get(by % from.len()).copied()).unwrap_or_default()
    };
    let (recipe, task) = (pick(&RECIPES, number / 7), pick(&TASKS, number / 3));
    let _ = match number % 1000 {
        499 => writeln!(
            into,
            "\x1b[33mWARNING: {recipe} {task}: QA Issue: File /usr/lib/lib{number}.so in package {recipe} \
             doesn't have GNU_HASH (didn't pass LDFLAGS?) [ldflags]\x1b[0m"
        ),
        999 => writeln!(
            into,
            "ERROR: {recipe} {task}: oe_runmake failed: see /build/tmp/work/{recipe}/temp/log.{task}.{number}"
        ),
        odd if odd % 100 == 50 => writeln!(
            into,
            "../git/src/basic/fs-util.c:{}:17: note: in expansion of macro \u{2018}IN_SET\u{2019} for {number}",
            number % 1700
        ),
        _ => writeln!(
            into,
            "NOTE: Running task {} of 4980 (/build/poky/meta/recipes-core/{recipe}.bb:{task}) line {number}",
            number % 4980
        ),
    };
}
