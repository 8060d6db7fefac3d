//! stub
use jiff::Timestamp;
/// stub
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineNumber(pub u64);
/// stub
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// s
    Stdout,
    /// s
    Stderr,
    /// s
    Terminal,
}
/// stub
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// s
    Printed,
    /// s
    Remark,
}
/// stub
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// s
    pub first: LineNumber,
    /// s
    pub end: LineNumber,
    /// s
    pub dropped_bytes: u64,
    /// s
    pub bytes: u64,
}
/// stub
#[derive(Debug, Clone)]
pub struct Text(pub String);
impl Text {
    /// s
    pub fn width(&self) -> usize {
        self.0.chars().count()
    }
    /// s
    pub fn cut(&self, from: usize, columns: usize) -> Self {
        Self(self.0.chars().skip(from).take(columns).collect())
    }
    /// s
    pub fn wrap(&self, columns: usize) -> Vec<Self> {
        let chars: Vec<char> = self.0.chars().collect();
        if chars.is_empty() {
            return vec![Self(String::new())];
        }
        chars.chunks(columns.max(1)).map(|c| Self(c.iter().collect())).collect()
    }
}
/// stub
#[derive(Debug, Clone)]
pub struct Line {
    /// s
    pub number: LineNumber,
    /// s
    pub time: Option<Timestamp>,
    /// s
    pub stream: Stream,
    /// s
    pub kind: LineKind,
    /// s
    pub text: Text,
}
/// stub
#[derive(Debug, Clone)]
pub struct LogReader(std::sync::Arc<std::sync::Mutex<Vec<Line>>>, tokio::sync::watch::Receiver<Extent>);
/// stub
#[derive(Debug)]
pub struct LogWriter(std::sync::Arc<std::sync::Mutex<Vec<Line>>>, tokio::sync::watch::Sender<Extent>, String);
/// stub
#[derive(Debug)]
pub struct Log;
impl Log {
    /// s
    #[expect(clippy::new_ret_no_self, reason = "stub")]
    pub fn new(_limit: usize) -> (LogWriter, LogReader) {
        let lines = std::sync::Arc::default();
        let (tell, told) = tokio::sync::watch::channel(Extent {
            first: LineNumber(0),
            end: LineNumber(0),
            dropped_bytes: 0,
            bytes: 0,
        });
        (LogWriter(std::sync::Arc::clone(&lines), tell, String::new()), LogReader(lines, told))
    }
}
impl LogWriter {
    /// s
    pub fn append(&mut self, stream: Stream, time: Option<Timestamp>, bytes: &[u8]) {
        self.2 += &String::from_utf8_lossy(bytes);
        while let Some(at) = self.2.find('\n') {
            let line: String = self.2.drain(..=at).collect();
            self.push(stream, time, LineKind::Printed, crate::text::clean(line.trim_end()).into_owned());
        }
    }
    fn push(&mut self, stream: Stream, time: Option<Timestamp>, kind: LineKind, text: String) {
        if let Ok(mut lines) = self.0.lock() {
            let number = LineNumber(lines.len() as u64);
            lines.push(Line { number, time, stream, kind, text: Text(text) });
            let end = LineNumber(lines.len() as u64);
            self.1.send_modify(|extent| extent.end = end);
        }
    }
    /// s
    pub fn remark(&mut self, time: Option<Timestamp>, text: &str) {
        self.push(Stream::Stdout, time, LineKind::Remark, text.into());
    }
    /// s
    pub fn end(&mut self) {
        if !self.2.is_empty() {
            let text = std::mem::take(&mut self.2);
            self.push(Stream::Stdout, None, LineKind::Printed, text);
        }
    }
}
impl LogReader {
    /// s
    pub fn extent(&self) -> Extent {
        *self.1.borrow()
    }
    /// s
    pub fn window(&self, from: LineNumber, count: usize) -> Vec<Line> {
        self.0
            .lock()
            .map(|lines| lines.iter().skip(from.0 as usize).take(count).cloned().collect())
            .unwrap_or_default()
    }
    /// s
    pub fn changed(&self) -> tokio::sync::watch::Receiver<Extent> {
        self.1.clone()
    }
}
