//! Builds the shim (`src/shim`), a static program of its own, and hands it to the library as bytes.
//!
//! Without a static C library for the target, or where the result does not run, the build goes on without a shim:
//! the library then says that it carries none. `SMIDR_SHIM_RUSTFLAGS` adds compiler flags (separated by spaces), for
//! instance a linker; the flags of the crate itself are not used, since the shim runs on other machines.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

const FLAGS: &[&str] = &[
    "--edition=2024",
    "--crate-name=smidr_shim",
    "--crate-type=bin",
    "-Ctarget-feature=+crt-static",
    "-Crelocation-model=static",
    "-Copt-level=z",
    "-Cpanic=abort",
    "-Cstrip=symbols",
    "-Clto=fat",
    "-Ccodegen-units=1",
];
/// A shim over this size is not worth copying into every container.
const SIZE_LIMIT: usize = 2 * 1024 * 1024;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/shim"); // a folder stands for all files in it
    println!("cargo:rerun-if-env-changed=SMIDR_SHIM_RUSTFLAGS");

    let out = PathBuf::from(variable("OUT_DIR"));
    let arch = variable("CARGO_CFG_TARGET_ARCH");
    let program = out.join("smidr-shim");
    let image = match build(&program, &arch) {
        Ok(bytes) => {
            let digest = Sha256::digest(&bytes);
            let version = digest.iter().take(6).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            let file = r#"include_bytes!(concat!(env!("OUT_DIR"), "/smidr-shim"))"#;
            format!("Some(ShimImage {{ bytes: {file}, version: \"{version:012x}\", arch: {arch:?} }})\n")
        }
        Err(reason) => {
            println!(
                "cargo:warning=no shim is carried, execs fall back to a shell wrapper: {}",
                reason.replace('\n', " ")
            );
            "None\n".to_owned()
        }
    };
    let path = out.join("shim_image.rs");
    if let Err(source) = fs::write(&path, image) {
        println!("cargo:error=cannot write {}: {source}", path.display());
        std::process::exit(1);
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Compiles for the crate's own target first. A GNU system may have no static C library; the musl target, where it is
/// installed, brings one.
fn build(program: &Path, arch: &str) -> Result<Vec<u8>, String> {
    let target = variable("TARGET");
    let musl = format!("{arch}-unknown-linux-musl");
    let mut reasons = Vec::new();
    for candidate in [&target, &musl] {
        if !candidate.contains("-linux-") || !reasons.is_empty() && *candidate == target {
            continue;
        }
        match compile(program, candidate).and_then(|()| accept(program, arch)) {
            Ok(bytes) => return Ok(bytes),
            Err(reason) => reasons.push(format!("{candidate}: {reason}")),
        }
    }
    Err(reasons.join("; "))
}

fn compile(program: &Path, target: &str) -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let _ = fs::remove_file(program); // an older one must not pass for this one
    let mut command = Command::new(&rustc);
    // A relative path, so that no path of this machine ends up in the program.
    command.args(FLAGS).arg("--target").arg(target).arg("src/shim/main.rs").arg("-o").arg(program);
    if let Some(linker) = env::var_os("RUSTC_LINKER").filter(|_| target == variable("TARGET")) {
        let mut flag = OsString::from("-Clinker=");
        flag.push(linker);
        command.arg(flag);
    }
    command.args(variable("SMIDR_SHIM_RUSTFLAGS").split_whitespace());
    let output = command.output().map_err(|source| format!("cannot run {}: {source}", rustc.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let first = stderr.lines().find(|line| line.starts_with("error")).unwrap_or("no reason given");
    Err(format!("the compiler failed ({}): {first}", output.status))
}

/// Takes the program only if it needs nothing of the container and, where it can be tried here, runs.
fn accept(program: &Path, arch: &str) -> Result<Vec<u8>, String> {
    let bytes = fs::read(program).map_err(|source| format!("cannot read the result: {source}"))?;
    if bytes.len() > SIZE_LIMIT {
        return Err(format!("{} bytes are too many", bytes.len()));
    }
    if !is_static_elf(&bytes).ok_or("the result is not an ELF program")? {
        return Err("the result is not static".to_owned());
    }
    if variable("HOST").starts_with(&format!("{arch}-")) && variable("HOST").contains("-linux-") {
        let output = Command::new(program).arg("version").output();
        let output = output.map_err(|source| format!("the result does not run: {source}"))?;
        if !output.status.success() || !output.stdout.starts_with(b"smidr-shim ") {
            return Err(format!("the result does not work ({})", output.status));
        }
    }
    Ok(bytes)
}

/// Whether no program header names an interpreter (`PT_INTERP`), see elf(5).
fn is_static_elf(bytes: &[u8]) -> Option<bool> {
    const PT_INTERP: u64 = 3;
    let is_elf = bytes.get(..4)? == b"\x7fELF";
    let is_64 = *bytes.get(4)? == 2;
    let is_little = *bytes.get(5)? == 1;
    let number = |at: usize, size: usize| -> Option<u64> {
        let slice = bytes.get(at..at.checked_add(size)?)?;
        let shift = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if is_little { slice.iter().rev().fold(0, shift) } else { slice.iter().fold(0, shift) })
    };
    let (table, size, count) = if is_64 {
        (number(32, 8)?, number(54, 2)?, number(56, 2)?)
    } else {
        (number(28, 4)?, number(42, 2)?, number(44, 2)?)
    };
    let mut is_static = is_elf;
    for index in 0..count {
        let at = usize::try_from(table.checked_add(index * size)?).ok()?;
        is_static &= number(at, 4)? != PT_INTERP;
    }
    is_elf.then_some(is_static)
}
