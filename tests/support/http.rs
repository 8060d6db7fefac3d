//! HTTP/1.1 by hand: heads, bodies and one-shot requests, without a client that could hide a fault.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The most a test reads of one head or one body.
const LIMIT: usize = 64 * 1024 * 1024;

/// The first line and the headers of a message, their names in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    pub(crate) first_line: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> u16 {
        self.first_line.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_default()
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a GET on a fresh connection and reads the answer whole.
pub(crate) async fn get(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    path: &str,
    headers: &[(&str, &str)],
) -> io::Result<Answer> {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n");
    for &(name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    stream.write_all((request + "\r\n").as_bytes()).await?;
    stream.flush().await?;
    let mut reader = Reader::new(stream);
    let head = reader.head().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let body = match reader.body(&head).await? {
        Some(body) => body,
        None => reader.rest().await?,
    };
    Ok(Answer { status: head.status(), head, body })
}

/// Reads messages from one connection.
pub(crate) struct Reader<S> {
    pub(crate) stream: S,
    pub(crate) buffer: Vec<u8>,
}

impl<S: AsyncRead + Unpin> Reader<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// The next head; `None` when the connection ended before it.
    pub(crate) async fn head(&mut self) -> io::Result<Option<Head>> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if self.more().await? == 0 {
                return Ok(None);
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end + 4);
        let mut lines = text.split("\r\n");
        let first_line = lines.next().unwrap_or_default().to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Ok(Some(Head { first_line, headers }))
    }

    /// The body that a head announces; `None` when it announces none.
    pub(crate) async fn body(&mut self, head: &Head) -> io::Result<Option<Vec<u8>>> {
        if head.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
            return self.chunks().await.map(Some);
        }
        match head.header("content-length").map(str::parse) {
            Some(Ok(length)) => self.exactly(length).await.map(Some),
            Some(Err(_)) => Err(io::ErrorKind::InvalidData.into()),
            None => Ok(None),
        }
    }

    /// Everything up to the end of the connection.
    pub(crate) async fn rest(&mut self) -> io::Result<Vec<u8>> {
        while self.more().await? > 0 {}
        Ok(std::mem::take(&mut self.buffer))
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(at) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                    break self.exactly(at + 2).await?;
                }
                if self.more().await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            let size = usize::from_str_radix(String::from_utf8_lossy(&line).trim(), 16)
                .map_err(|_| io::ErrorKind::InvalidData)?;
            let mut chunk = self.exactly(size + 2).await?;
            chunk.truncate(size);
            body.extend(chunk);
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn more(&mut self) -> io::Result<usize> {
        if self.buffer.len() > LIMIT {
            return Err(io::Error::other("more than a test reads"));
        }
        self.stream.read_buf(&mut self.buffer).await
    }
}
