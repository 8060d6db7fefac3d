//! stub
use crossterm::event::{KeyCode, KeyEvent, MouseEvent};
/// s
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    columns: u16,
    rows: u16,
}
impl Size {
    /// s
    pub fn new(columns: u16, rows: u16) -> Self {
        Self { columns: columns.max(1), rows: rows.max(1) }
    }
    /// s
    pub fn columns(self) -> u16 {
        self.columns
    }
    /// s
    pub fn rows(self) -> u16 {
        self.rows
    }
}
/// s
#[derive(Debug, Clone, Copy)]
pub struct Modes;
/// s
#[derive(Debug)]
pub struct Terminal {
    size: Size,
    text: String,
}
impl Terminal {
    /// s
    pub fn new(size: Size, _scrollback: usize) -> Self {
        Self { size, text: String::new() }
    }
    /// s
    pub fn process(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.text += &String::from_utf8_lossy(bytes);
        Vec::new()
    }
    /// s
    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }
    /// s
    pub fn size(&self) -> Size {
        self.size
    }
    /// s
    pub fn scroll_up(&mut self, _: usize) {}
    /// s
    pub fn scroll_down(&mut self, _: usize) {}
    /// s
    pub fn scroll_to_end(&mut self) {}
    /// s
    pub fn modes(&self) -> Modes {
        Modes
    }
}
/// s
pub fn encode_key(key: KeyEvent, _: &Modes) -> Option<Vec<u8>> {
    match key.code {
        KeyCode::Char(c) => Some(c.to_string().into_bytes()),
        KeyCode::Enter => Some(vec![13]),
        _ => None,
    }
}
/// s
pub fn encode_mouse(_: MouseEvent, _: &Modes) -> Option<Vec<u8>> {
    None
}
/// s
pub fn encode_paste(text: &str, _: &Modes) -> Vec<u8> {
    text.as_bytes().to_vec()
}
