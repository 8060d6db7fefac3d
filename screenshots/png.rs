//! An SVG as a PNG of twice its size, with the fonts beside this file: the same on every machine.

use std::fmt::Write as _;
use std::io::{self, Cursor};
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{GlyphId, Group, Node, Options, TextChunk, Tree, fontdb};
use sha2::{Digest, Sha256};

/// The name of the tEXt chunk that says which SVG the picture was made from.
const KEYWORD: &str = "svg-sha256";

const FONTS: [&[u8]; 2] =
    [include_bytes!("fonts/DejaVuSansMono.ttf"), include_bytes!("fonts/DejaVuSansMono-Bold.ttf")];

/// Draws the SVG.
///
/// # Errors
/// When it is no SVG, or has text the fonts have no sign for.
pub(crate) fn png(svg: &str) -> io::Result<Vec<u8>> {
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(io::Error::other)?;
    if let Some(text) = unknown(tree.root()) {
        let why = format!("the shipped font has no sign for all of {text:?}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let size = tree.size().to_int_size().scale_by(2.0);
    let mut pixels = size
        .and_then(|size| Pixmap::new(size.width(), size.height()))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the picture has no size"))?;
    resvg::render(&tree, Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());

    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(::png::ColorType::Rgba);
    // Screens are runs of the same few pixels: unfiltered they pack smallest.
    encoder.set_filter(::png::Filter::NoFilter);
    encoder.set_deflate_compression(::png::DeflateCompression::Level(9));
    encoder.add_text_chunk(KEYWORD.into(), digest(svg))?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels.take_demultiplied())?;
    writer.finish()?;
    Ok(bytes)
}

/// Whether these bytes are a whole PNG, made from this SVG.
pub(crate) fn is_made_from(png: &[u8], svg: &str) -> bool {
    let made_from = || {
        let mut reader = ::png::Decoder::new(Cursor::new(png)).read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        reader.next_frame(&mut pixels).ok()?;
        let chunks = &reader.info().uncompressed_latin1_text;
        chunks.iter().find(|chunk| chunk.keyword == KEYWORD).map(|chunk| chunk.text.clone())
    };
    made_from() == Some(digest(svg))
}

fn digest(svg: &str) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(svg) {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The first text with a character that no font has.
fn unknown(group: &Group) -> Option<String> {
    group.children().iter().find_map(|node| match node {
        Node::Group(group) => unknown(group),
        Node::Text(text) => {
            let mut glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
            let spoken = || text.chunks().iter().map(TextChunk::text).collect();
            glyphs.any(|glyph| glyph.id == GlyphId(0)).then(spoken)
        }
        _ => None,
    })
}
