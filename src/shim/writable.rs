//! `shim writable`: whether the user it runs as can make files in directories.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::json;

/// Not all of them are writable.
const NOT_ALL: u8 = 2;

/// Tries each, a line of JSON for each; the answer is the code to exit with.
pub fn look(directories: &[OsString]) -> u8 {
    let mut code = 0;
    for directory in directories {
        let why = match try_in(Path::new(directory)) {
            Ok(()) => "null".to_owned(),
            Err(source) => {
                code = NOT_ALL;
                json::string(&source.to_string())
            }
        };
        crate::say(&format!(r#"{{"path":{},"why":{why}}}"#, json::string(&directory.to_string_lossy())));
    }
    code
}

/// Makes a file and removes it again: permissions alone do not say it all.
fn try_in(directory: &Path) -> io::Result<()> {
    let file = directory.join(format!(".smidr-writable-{}", std::process::id()));
    File::options().write(true).create_new(true).open(&file)?;
    fs::remove_file(&file)
}
