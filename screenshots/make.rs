//! Makes the pictures of the console's screens, or says which are out of date.
//!
//!     cargo run --example screenshots
//!     cargo run --example screenshots -- --check

mod blocks;
mod boxes;
mod builds;
mod colours;
mod pictures;
mod png;
mod scenes;
mod shapes;
mod svg;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let directory =
        std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join("screenshots");
    let pictures = scenes::scenes();
    let (lines, is_wrong) = match arguments.as_slice() {
        [] => match pictures::make(&directory, &pictures) {
            Ok(written) => (written.iter().map(|file| format!("made {file}")).collect(), false),
            Err(error) => (vec![format!("the pictures cannot be made: {error}")], true),
        },
        ["--check"] => match pictures::check(&directory, &pictures) {
            Ok(wrong) => (wrong.iter().map(ToString::to_string).collect::<Vec<_>>(), !wrong.is_empty()),
            Err(error) => (vec![format!("the pictures cannot be checked: {error}")], true),
        },
        _ => {
            eprintln!("usage: screenshots [--check]");
            return ExitCode::from(2);
        }
    };
    for line in lines {
        println!("{line}");
    }
    if is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
