//! The pictures of the screens are drawn as they should be, and are those of today's screens.

#[path = "../screenshots/blocks.rs"]
mod blocks;
#[path = "../screenshots/boxes.rs"]
mod boxes;
#[path = "../screenshots/builds.rs"]
mod builds;
#[path = "../screenshots/colours.rs"]
mod colours;
#[path = "../screenshots/pictures.rs"]
mod pictures;
#[path = "../screenshots/png.rs"]
mod png;
#[path = "../screenshots/scenes.rs"]
mod scenes;
#[path = "../screenshots/shapes.rs"]
mod shapes;
#[path = "../screenshots/svg.rs"]
mod svg;
#[path = "../screenshots/text.rs"]
mod text;

#[cfg(test)]
#[path = "screenshots/drawing.rs"]
mod drawing;
#[cfg(test)]
#[path = "screenshots/files.rs"]
mod files;
