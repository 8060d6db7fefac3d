//! What a session prints, read from the files it is kept in into a log of ours, from its first byte to its end.

use std::sync::Arc;

use tokio::time::Instant;

use crate::actions::{Outcome, Verb};
use crate::logs::{LogWriter, Stream};
use crate::sessions::{FollowEnd, FollowNews, Followed, Session, Sessions, Stream as SessionStream};
use crate::ui::{ContainerNews, Message, Problem, SessionLogNews, SessionLogWanted};

use super::link::Link;
use super::running::{TOLD, until};
use super::session_gaps::{self, Gaps, Piece};
use super::wires::Wires;

/// Reads it for as long as this is not dropped, or to its end; through losses of its engine.
pub(super) async fn read(wires: Wires, link: Arc<Link>, wanted: SessionLogWanted) {
    let open = link.opened().await;
    let sessions = Sessions::at(&open.on, &wanted.key.id, wanted.kept_in.as_deref());
    let known = look(&wires, &sessions, &wanted).await;
    let (writer, reader) = wires.new_log();
    let mut reading = Reading::new(&wires, &wanted, writer, known.as_ref());
    reading.tell(SessionLogNews::Log(reader)).await;
    let follow = |stream| sessions.follow(&wanted.session, stream, 0);
    let mut output = follow(SessionStream::Output);
    let mut errors = wanted.apart.then(|| follow(SessionStream::Errors));
    loop {
        tokio::select! {
            biased;
            () = until(reading.due), if reading.due.is_some() => reading.moved(),
            news = output.next(), if output.end().is_none() => {
                reading.take(SessionStream::Output, output.offset(), news).await;
            }
            news = next(&mut errors), if errors.as_ref().is_some_and(|errors| errors.end().is_none()) => {
                let offset = errors.as_ref().map_or(0, Followed::offset);
                reading.take(SessionStream::Errors, offset, news).await;
            }
            else => break,
        }
    }
    let session = look(&wires, &sessions, &wanted).await;
    reading.end(session.as_ref(), output.end().and_then(why_no_more));
    reading.tell(SessionLogNews::Ended).await;
    // How it ended is to be seen at once.
    let _ = link.sessions.send(wanted.key.id.clone());
}

/// What is new of standard error, where that is kept apart.
async fn next(errors: &mut Option<Followed>) -> Option<FollowNews> {
    errors.as_mut()?.next().await
}

fn why_no_more(end: FollowEnd) -> Option<&'static str> {
    match end {
        FollowEnd::Ended | FollowEnd::Lost => None,
        FollowEnd::NoSession => Some("what was kept of it has been removed"),
        FollowEnd::NoContainer => Some("its container is gone, and what was kept of it"),
        FollowEnd::Cancelled => Some("no longer followed"),
    }
}

/// The session as it stands, where that can be told.
async fn look(wires: &Wires, sessions: &Sessions, wanted: &SessionLogWanted) -> Option<Session> {
    match sessions.look(&wires.call(Verb::Exec), &wanted.session).await.outcome {
        Outcome::Done(session) => Some(session),
        _ => None,
    }
}

struct Reading<'a> {
    wires: &'a Wires,
    wanted: &'a SessionLogWanted,
    writer: LogWriter,
    /// What it had printed when reading began, and how much of that is read.
    whole: u64,
    read: u64,
    gaps: Gaps,
    /// When it is to be told that there is more.
    due: Option<Instant>,
}

impl<'a> Reading<'a> {
    fn new(
        wires: &'a Wires,
        wanted: &'a SessionLogWanted,
        writer: LogWriter,
        known: Option<&Session>,
    ) -> Self {
        let whole = known.and_then(|session| session.output).unwrap_or(0);
        let mut gaps = Gaps::default();
        if let Some(session) = known {
            gaps.learn(session);
        }
        Self { wires, wanted, writer, whole, read: 0, gaps, due: None }
    }

    async fn tell(&self, news: SessionLogNews) {
        self.wires.outbox.container(&self.wanted.key, ContainerNews::SessionLog(self.wanted.id, news)).await;
    }

    /// Takes what is new of one stream, of which this many bytes are told now.
    async fn take(&mut self, stream: SessionStream, offset: u64, news: Option<FollowNews>) {
        match news {
            Some(FollowNews::Bytes(bytes)) => {
                self.writer.ready().await;
                let begin = offset.saturating_sub(bytes.len() as u64);
                for piece in self.gaps.pieces(stream, begin, &bytes) {
                    match piece {
                        Piece::Bytes(bytes) => self.writer.append(kind_of(stream), None, bytes),
                        Piece::Gap(gap) => self.writer.remark(None, &session_gaps::words(&gap)),
                    }
                }
                if stream == SessionStream::Output {
                    self.read = offset;
                }
                self.due = self.due.or_else(|| Some(Instant::now() + TOLD));
            }
            Some(FollowNews::Trouble(why)) => self.tell(SessionLogNews::Trouble(Problem::new(why))).await,
            None => {}
        }
    }

    /// Nothing more comes: marks what is missing at its end, and says how it ended.
    fn end(&mut self, session: Option<&Session>, why: Option<&str>) {
        self.writer.end();
        if let Some(session) = session {
            self.gaps.learn(session);
        }
        for gap in self.gaps.rest() {
            self.writer.remark(None, &session_gaps::words(&gap));
        }
        let words = session.map(Session::words);
        if let Some(words) = words.as_deref().or(why) {
            self.writer.remark(None, words);
        }
    }

    fn moved(&mut self) {
        let share = self.read.saturating_mul(100).checked_div(self.whole).unwrap_or(100);
        let read = u8::try_from(share).ok().filter(|share| *share < 100);
        let news = ContainerNews::SessionLog(self.wanted.id, SessionLogNews::Moved(read));
        // Where the loop has no time for it, a moment later will do.
        let is_heard = self.wires.outbox.hint(Message::Container(self.wanted.key.clone(), news));
        self.due = (!is_heard).then(|| Instant::now() + TOLD);
    }
}

fn kind_of(stream: SessionStream) -> Stream {
    match stream {
        SessionStream::Output => Stream::Stdout,
        SessionStream::Errors => Stream::Stderr,
    }
}
