//! The layers of a build file.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::super::node::{Node, Value, quoted};
use super::parse::{self, ADDRESS, BRANCH, LINE, NAME};
use super::storage::{DIRECTORY, directory};
use super::values::{Section, Values};
use super::{Directories, Layer};

const EXPECTED: &str = "expected a name with an address or a path, such as {name: poky, git: https://…}";

/// The layers in the order of the file.
pub(super) fn layers(values: &mut Values<'_>, top: &Section<'_>, directories: &Directories) -> Vec<Layer> {
    let Some(field) = top.field("layers") else { return Vec::new() };
    let items = match &field.value.value {
        Value::Null => return Vec::new(),
        Value::List(items) => items,
        _ => {
            values.reader.unexpected::<()>(&field.value, "expected a list of layers, each with a name");
            return Vec::new();
        }
    };
    // Where the file says where layers are, a bare path is in there, as Smidr has it.
    let has_own = values.reader.lines.contains_key("directories.layers");
    let root = has_own.then_some(directories.layers.as_path());
    let mut lines = BTreeMap::new();
    let mut layers = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(mut layer) = layer(values, index, item, root) else { continue };
        if layer.path.is_none() {
            layer.directory = directories.layers.join(&layer.name);
        }
        if let Some(first) = lines.insert(layer.name.clone(), item.place.line) {
            let what = format!("two layers are called {}, the first in line {first}", quoted(&layer.name));
            values.reader.wrong::<()>((item.place, 1), what, "expected a name of its own");
        }
        layers.push(layer);
    }
    layers
}

fn layer(values: &mut Values<'_>, index: usize, item: &Node, root: Option<&Path>) -> Option<Layer> {
    if !matches!(item.value, Value::Map(_)) {
        return values.reader.unexpected(item, EXPECTED);
    }
    let before = values.reader.mistakes.len();
    let section =
        values.section(item, &format!("layers.{index}"), &["name", "git", "branch", "path", "source"]);
    let home = values.variables.home.as_deref();
    let name = values.value(&section, "name", NAME, parse::name);
    let path = values.one(&section, "path", DIRECTORY, |text| directory(text, home));
    let layer = Layer {
        git: values.value(&section, "git", ADDRESS, parse::address),
        branch: values.value(&section, "branch", BRANCH, parse::reference),
        source: values.value(&section, "source", LINE, parse::line),
        directory: path.as_deref().map(|path| placed(path, root)).unwrap_or_default(),
        path,
        name: name.unwrap_or_default(),
    };
    if values.reader.mistakes.len() > before {
        return None;
    }
    let at = (item.place, 1);
    if layer.name.is_empty() {
        return values.reader.wrong(at, "a layer has no name", EXPECTED);
    }
    match (&layer.git, &layer.path) {
        (None, None) => {
            let what = format!("the layer {} has neither an address nor a path", quoted(&layer.name));
            values.reader.wrong(at, what, "expected git or path")
        }
        (Some(_), Some(_)) => {
            let at = section.field("path").map_or(at, |field| (field.place, field.length));
            let what = format!("the layer {} has both an address and a path", quoted(&layer.name));
            values.reader.wrong(at, what, "expected git or path, not both")
        }
        _ => Some(layer),
    }
}

/// Where a layer with this path is: what begins with `.` or `..` is beside the file.
fn placed(path: &Path, root: Option<&Path>) -> PathBuf {
    let is_bare = matches!(path.components().next(), Some(Component::Normal(_)));
    match root {
        Some(root) if is_bare => root.join(path),
        _ => path.to_owned(),
    }
}
