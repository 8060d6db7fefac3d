//! The files of the pictures are those of today's screens, and what is wrong with one is named.

use std::fs;
use std::path::Path;

use ratatui::buffer::Buffer;

use crate::pictures::{Picture, Wrong, check, make};
use crate::scenes::scenes;

fn picture(name: &str, text: &str) -> Picture {
    Picture { name: name.into(), title: format!("{name} of a test"), buffer: Buffer::with_lines([text]) }
}

#[test]
fn the_pictures_are_those_of_today() {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let wrong = check(&Path::new(&root).join("screenshots"), &scenes()).unwrap();
    let list: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{}\nrun: cargo run --example screenshots", list.join("\n"));
}

#[test]
fn every_picture_has_a_plain_name_and_a_title() {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    for picture in scenes() {
        assert!(!picture.name.is_empty() && picture.name.chars().all(is_plain), "{:?}", picture.name);
        assert!(!picture.title.trim().is_empty(), "{} has no title", picture.name);
    }
}

#[test]
fn what_is_missing_out_of_date_or_left_over_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let file = |name: &str| directory.join(name);
    let pictures = [picture("a", "one"), picture("b", "two")];
    let missing = ["a.svg", "a.png", "b.svg", "b.png"].map(|name| Wrong::Missing(name.into()));
    assert_eq!(check(directory, &pictures).unwrap(), missing);
    assert_eq!(make(directory, &pictures).unwrap(), ["a.svg", "a.png", "b.svg", "b.png"]);
    assert_eq!(check(directory, &pictures).unwrap(), []);
    assert_eq!(make(directory, &pictures).unwrap(), [""; 0]);

    fs::write(file("make.rs"), "no picture").unwrap();
    fs::create_dir(file("fonts.svg")).unwrap();
    assert_eq!(check(directory, &pictures).unwrap(), []);

    let changed = [picture("a", "one"), picture("b", "three")];
    let out_of_date = ["b.svg", "b.png"].map(|name| Wrong::OutOfDate(name.into()));
    assert_eq!(check(directory, &changed).unwrap(), out_of_date);
    assert_eq!(make(directory, &changed).unwrap(), ["b.svg", "b.png"]);

    fs::copy(file("b.png"), file("a.png")).unwrap();
    fs::remove_file(file("b.svg")).unwrap();
    let both = [Wrong::OutOfDate("a.png".into()), Wrong::Missing("b.svg".into())];
    assert_eq!(check(directory, &changed).unwrap(), both);
    assert_eq!(make(directory, &changed).unwrap(), ["a.png", "b.svg"]);

    let left_over = ["b.png", "b.svg"].map(|name| Wrong::NobodyMakes(name.into()));
    assert_eq!(check(directory, &changed[..1]).unwrap(), left_over);
    assert_eq!(make(directory, &changed[..1]).unwrap(), [""; 0]);
    assert!(file("b.svg").exists(), "nothing is removed");
}

#[test]
fn two_pictures_of_one_name_are_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let error = make(directory.path(), &[picture("a", "one"), picture("a", "two")]).unwrap_err();
    assert_eq!(error.to_string(), "two pictures are called a");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_picture_that_cannot_be_drawn_leaves_both_files_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    make(directory.path(), &[picture("a", "one")]).unwrap();
    let before = fs::read(directory.path().join("a.svg")).unwrap();
    make(directory.path(), &[picture("a", "日")]).unwrap_err();
    assert_eq!(fs::read(directory.path().join("a.svg")).unwrap(), before);
}
