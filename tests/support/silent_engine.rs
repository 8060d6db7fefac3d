//! An engine that misbehaves as told: never answers, stops in the middle, talks nonsense; or follows a script.
//!
//! It writes down every request, so that a test can look at what was really sent.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::{JoinHandle, JoinSet};

use super::http::{Head, Reader};
use super::wait::wait_until;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, with the `/v1.…` prefix if there was one.
    pub(crate) target: String,
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The path alone: without version and query.
    pub(crate) fn path(&self) -> &str {
        let path = self.target.split('?').next().unwrap_or_default();
        match path.strip_prefix("/v").and_then(|rest| rest.split_once('/')) {
            Some((version, _)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
                &path[2 + version.len()..]
            }
            _ => path,
        }
    }
}

/// A piece of an answer's body, or what happens in its place.
#[derive(Debug, Clone)]
enum Part {
    Bytes(Vec<u8>),
    Pause(Duration),
    Stall,
    Cut,
}

/// One answer. Without a `Content-Length` of its own it is sent in chunks, one for each `chunk`.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    head: Option<(u16, Vec<(String, String)>)>,
    parts: Vec<Part>,
}

impl Reply {
    /// An answer with this status and no body yet.
    pub(crate) fn status(status: u16) -> Self {
        Self { head: Some((status, Vec::new())), parts: Vec::new() }
    }

    /// A whole answer with a JSON body.
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::status(status).header("Content-Type", "application/json").chunk(body)
    }

    /// Bytes sent as they are, in place of an answer.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { head: None, parts: vec![Part::Bytes(bytes.into())] }.cut()
    }

    /// No answer, ever; the connection stays open.
    pub(crate) fn never() -> Self {
        Self { head: None, parts: vec![Part::Stall] }
    }

    /// No answer: the connection is closed in its place.
    pub(crate) fn hang_up() -> Self {
        Self { head: None, parts: vec![Part::Cut] }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head.get_or_insert_with(|| (200, Vec::new())).1.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn chunk(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.part(Part::Bytes(bytes.into()))
    }

    pub(crate) fn pause(self, time: Duration) -> Self {
        self.part(Part::Pause(time))
    }

    /// From here on nothing comes, and the connection stays open.
    pub(crate) fn stall(self) -> Self {
        self.part(Part::Stall)
    }

    /// The connection is closed here, in the middle.
    pub(crate) fn cut(self) -> Self {
        self.part(Part::Cut)
    }

    fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}

/// What to answer to which request.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    rules: Vec<Rule>,
    otherwise: Reply,
}

#[derive(Debug, Clone)]
struct Rule {
    method: String,
    path: String,
    replies: Vec<Reply>,
    used: usize,
}

impl Script {
    /// Accepts, reads and never answers.
    pub(crate) fn silent() -> Self {
        Self::always(Reply::never())
    }

    /// Sends the head of a good answer, then nothing.
    pub(crate) fn stalled_body() -> Self {
        Self::always(Reply::status(200).header("Content-Type", "application/json").chunk("[").stall())
    }

    /// Closes each connection at the first request.
    pub(crate) fn closing() -> Self {
        Self::always(Reply::hang_up())
    }

    /// Answers with what is not HTTP.
    pub(crate) fn garbage() -> Self {
        Self::always(Reply::raw(*b"\x16\x03\x01 this is no HTTP \0\xff\r\n\r\n"))
    }

    /// The same answer to everything.
    pub(crate) fn always(reply: Reply) -> Self {
        Self { rules: Vec::new(), otherwise: reply }
    }

    /// An engine that knows nothing yet: 404, with a message, to all that no rule answers.
    pub(crate) fn new() -> Self {
        Self::always(Reply::json(404, r#"{"message":"not in the script"}"#))
    }

    /// Answers this method and path (without version prefix and query). Given again, it is the answer to the next
    /// such request; the last one given stays.
    pub(crate) fn on(mut self, method: &str, path: &str, reply: Reply) -> Self {
        match self.rules.iter_mut().find(|rule| rule.method == method && rule.path == path) {
            Some(rule) => rule.replies.push(reply),
            None => self.rules.push(Rule {
                method: method.to_owned(),
                path: path.to_owned(),
                replies: vec![reply],
                used: 0,
            }),
        }
        self
    }

    /// Answers `/_ping` and `/version` as Docker with this API version does.
    pub(crate) fn docker(self, api: &str) -> Self {
        let version = format!(
            r#"{{"Version":"20.10.24","ApiVersion":"{api}","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64",
            "KernelVersion":"6.1.0","GitCommit":"","GoVersion":"go1.19","Components":[{{"Name":"Engine",
            "Version":"20.10.24","Details":{{"ApiVersion":"{api}"}}}}]}}"#
        );
        let ping = Reply::status(200).header("Api-Version", api).header("Ostype", "linux");
        self.on("HEAD", "/_ping", ping.clone().header("Content-Length", "2"))
            .on("GET", "/_ping", ping.chunk("OK"))
            .on("GET", "/version", Reply::json(200, &version))
    }

    fn answer(&mut self, request: &Request) -> Reply {
        let rule = self.rules.iter_mut().find(|r| r.method == request.method && r.path == request.path());
        let Some(rule) = rule else { return self.otherwise.clone() };
        let reply = rule.replies[rule.used.min(rule.replies.len() - 1)].clone();
        rule.used += 1;
        reply
    }
}

#[derive(Debug)]
struct State {
    script: Script,
    requests: Vec<Request>,
    connections: usize,
}

/// The running server. It ends, with all its connections, when this is dropped.
#[derive(Debug)]
pub(crate) struct SilentEngine {
    endpoint: String,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
    directory: Option<tempfile::TempDir>,
}

impl Drop for SilentEngine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SilentEngine {
    /// Listens on a Unix socket in a directory of its own.
    pub(crate) fn on_unix(script: Script) -> Self {
        let directory = tempfile::Builder::new().prefix("engine").tempdir().unwrap();
        let path = directory.path().join("engine.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let state = State::shared(script);
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { endpoint: format!("unix://{}", path.display()), state, task, directory: Some(directory) }
    }

    /// Listens on a free port of 127.0.0.1.
    pub(crate) async fn on_tcp(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
        let state = State::shared(script);
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { endpoint, state, task, directory: None }
    }

    /// `unix://…` or `tcp://…`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Every request so far, in the order of arrival.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    /// How many connections were ever accepted.
    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Waits for the first request with this method and path; panics after five seconds.
    pub(crate) async fn requested(&self, method: &str, path: &str) -> Request {
        let find = || self.requests().into_iter().find(|r| r.method == method && r.path() == path);
        wait_until(&format!("{method} {path}"), Duration::from_secs(5), async || find().is_some()).await;
        find().unwrap()
    }
}

impl State {
    fn shared(script: Script) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self { script, requests: Vec::new(), connections: 0 }))
    }
}

/// One connection: requests and answers in turn. What the client does wrong ends it.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<Mutex<State>>) {
    state.lock().unwrap().connections += 1;
    let mut reader = Reader::new(stream);
    while let Ok(Some(head)) = reader.head().await {
        let Ok(body) = reader.body(&head).await else { return };
        let mut words = head.first_line.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let request = Request { method, target, head, body: body.unwrap_or_default() };
        let reply = {
            let mut state = state.lock().unwrap();
            let reply = state.script.answer(&request);
            state.requests.push(request.clone());
            reply
        };
        if !matches!(send(&mut reader.stream, &reply, request.method == "HEAD").await, Ok(true)) {
            return;
        }
    }
}

/// Sends an answer; says whether the connection can carry another.
async fn send(stream: &mut (impl AsyncWrite + Unpin), reply: &Reply, only_head: bool) -> io::Result<bool> {
    let mut chunked = false;
    if let Some((status, headers)) = &reply.head {
        let has = |name: &str| headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        chunked = !(has("Content-Length") || *status < 200 || *status == 204 || *status == 304);
        let mut head = format!("HTTP/1.1 {status} Scripted\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if chunked {
            head += "Transfer-Encoding: chunked\r\n";
        }
        stream.write_all((head + "\r\n").as_bytes()).await?;
    }
    if only_head {
        return Ok(true);
    }
    for part in &reply.parts {
        stream.flush().await?;
        match part {
            Part::Bytes(bytes) if chunked => {
                stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).await?;
                stream.write_all(bytes).await?;
                stream.write_all(b"\r\n").await?;
            }
            Part::Bytes(bytes) => stream.write_all(bytes).await?,
            Part::Pause(time) => tokio::time::sleep(*time).await,
            Part::Stall => std::future::pending().await,
            Part::Cut => return Ok(false),
        }
    }
    if chunked {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.flush().await?;
    // After a switch of protocols the bytes are the other protocol's.
    Ok(reply.head.as_ref().is_some_and(|(status, _)| *status != 101))
}
