//! The files of the pictures: which are as they should be, and making those that are not.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fmt, fs, io};

use ratatui::buffer::Buffer;

use crate::png::{is_made_from, png};
use crate::svg::svg;

/// One screen to make a picture of.
#[derive(Debug)]
pub(crate) struct Picture {
    /// What its files are called, without the ending: small letters, digits and `-`.
    pub(crate) name: String,
    /// What is seen on it, in words, for those who cannot see it.
    pub(crate) title: String,
    pub(crate) buffer: Buffer,
}

/// What is wrong with a file, by its name in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is not there.
    Missing(String),
    /// It shows something else than it would if it were made now, or cannot be read.
    OutOfDate(String),
    /// It is there, and no picture is called so.
    NobodyMakes(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(file) => write!(f, "{file} is missing"),
            Self::OutOfDate(file) => write!(f, "{file} is out of date"),
            Self::NobodyMakes(file) => write!(f, "{file} is made by nobody: remove it"),
        }
    }
}

/// Looks at the pictures in a directory. Other files in it are left out, and so are directories.
///
/// # Errors
/// When the directory cannot be read, or two pictures would be one file.
pub(crate) fn check(directory: &Path, pictures: &[Picture]) -> io::Result<Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut made = BTreeSet::new();
    for picture in pictures {
        let [svg_file, png_file] = files(picture);
        if !made.insert(svg_file.clone()) {
            let why = format!("two pictures are called {}", picture.name);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let svg = svg(&picture.buffer, &picture.title);
        judge(directory, svg_file, |bytes| bytes == svg.as_bytes(), &mut wrong)?;
        judge(directory, png_file.clone(), |bytes| is_made_from(bytes, &svg), &mut wrong)?;
        made.insert(png_file);
    }
    wrong.extend(pictures_in(directory)?.difference(&made).cloned().map(Wrong::NobodyMakes));
    Ok(wrong)
}

/// Makes what is missing or out of date, and says what is wrong no more. Removes nothing.
///
/// # Errors
/// As [`check`] and [`png`], and when a file cannot be written; those before it are.
pub(crate) fn make(directory: &Path, pictures: &[Picture]) -> io::Result<Vec<String>> {
    let wrong = check(directory, pictures)?;
    let mut written = Vec::new();
    for picture in pictures {
        let [svg_file, png_file] = files(picture);
        let is_wrong = |file: &str| {
            wrong
                .iter()
                .any(|wrong| matches!(wrong, Wrong::Missing(name) | Wrong::OutOfDate(name) if name == file))
        };
        let svg = svg(&picture.buffer, &picture.title);
        // Drawn before anything is written: a picture that cannot be drawn leaves both files as they were.
        let png = if is_wrong(&png_file) { Some(png(&svg)?) } else { None };
        if is_wrong(&svg_file) {
            fs::write(directory.join(&svg_file), &svg)?;
            written.push(svg_file);
        }
        if let Some(png) = png {
            fs::write(directory.join(&png_file), png)?;
            written.push(png_file);
        }
    }
    Ok(written)
}

fn files(picture: &Picture) -> [String; 2] {
    [format!("{}.svg", picture.name), format!("{}.png", picture.name)]
}

fn judge(
    directory: &Path,
    file: String,
    is_right: impl Fn(&[u8]) -> bool,
    wrong: &mut Vec<Wrong>,
) -> io::Result<()> {
    match fs::read(directory.join(&file)) {
        Ok(bytes) if is_right(&bytes) => {}
        Ok(_) => wrong.push(Wrong::OutOfDate(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => wrong.push(Wrong::Missing(file)),
        Err(error) => return Err(error),
    }
    Ok(())
}

fn pictures_in(directory: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        let is_picture = path.extension().is_some_and(|ending| ending == "svg" || ending == "png");
        if is_picture && !entry.file_type()?.is_dir() {
            found.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(found)
}
