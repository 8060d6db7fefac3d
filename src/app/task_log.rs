//! A task's own log, read into a log of ours, and why the task failed.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::actions::{Outcome, Verb};
use crate::bitbake::CauseReader;
use crate::builds::{FileNews, follow_file, read_file};
use crate::logs::{LogWriter, Stream};
use crate::ui::{ContainerNews, Message, Problem, TaskLogNews, TaskLogWanted};

use super::link::{Link, Open};
use super::running::TOLD;
use super::wires::Wires;

/// The most that is read of the log of a task that has ended. A compiler's longest have some tens of megabytes.
const MOST: usize = 256 << 20;
/// How much of it is taken at once before others have their turn.
const PIECE: usize = 256 * 1024;
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Reads it for as long as this is not dropped, or to its end.
pub(super) async fn read(wires: Wires, link: Arc<Link>, wanted: TaskLogWanted) {
    loop {
        let open = link.opened().await;
        let mut reading = Reading::of(&wires, &wanted);
        let problem = match reading.read(&open).await {
            Ok(()) => return,
            Err(problem) => problem,
        };
        reading.tell(TaskLogNews::Failed(problem)).await;
        sleep(AGAIN).await;
    }
}

struct Reading<'a> {
    wires: &'a Wires,
    wanted: &'a TaskLogWanted,
    writer: Option<LogWriter>,
    causes: CauseReader,
    told_causes: usize,
}

impl<'a> Reading<'a> {
    fn of(wires: &'a Wires, wanted: &'a TaskLogWanted) -> Self {
        Self { wires, wanted, writer: None, causes: CauseReader::new(), told_causes: 0 }
    }

    async fn tell(&self, news: TaskLogNews) {
        self.wires.outbox.container(&self.wanted.key, ContainerNews::TaskLog(self.wanted.id, news)).await;
    }

    async fn read(&mut self, open: &Open) -> Result<(), Problem> {
        let container = &self.wanted.key.id;
        let path =
            self.wanted.path.as_deref().ok_or_else(|| Problem::new("where its log lies is not known"))?;
        if self.wanted.follow {
            let mut file = follow_file(&open.on, container, None, path, 0);
            loop {
                // What has come together is told together.
                let Some(news) = file.next().await else { break };
                let until = Instant::now() + TOLD;
                let mut next = Some(news);
                while let Some(news) = next {
                    match news {
                        FileNews::Bytes(bytes) => self.take(&bytes).await,
                        FileNews::Trouble(why) => self.tell(TaskLogNews::Failed(Problem::new(why))).await,
                    }
                    next = timeout_at(until, file.next()).await.ok().flatten();
                }
                self.moved().await;
            }
            // The container has stopped: the rest is in the file.
        }
        let call = self.wires.call(Verb::CopyOut);
        let report = read_file(&open.on, &call, container, path, MOST).await;
        let read = match report.outcome {
            Outcome::Done(read) => read,
            Outcome::Failed(error) => return Err(Problem::from(&error)),
            other => return Err(Problem::new(format!("read {path}: {}", other.word()))),
        };
        // From its first line, whatever was followed of it before.
        (self.writer, self.causes, self.told_causes) = (None, CauseReader::new(), 0);
        for piece in read.bytes.chunks(PIECE) {
            self.take(piece).await;
            tokio::task::yield_now().await;
        }
        if read.is_cut() {
            let words = format!("only the first {} are shown here", crate::text::bytes(MOST as u64));
            self.wires.outbox.told(crate::ui::Tone::Warning, format!("{}: {words}", read.path)).await;
        }
        self.causes.finish();
        if let Some(writer) = &mut self.writer {
            writer.end();
        }
        self.moved().await;
        self.tell(TaskLogNews::Ended).await;
        Ok(())
    }

    async fn take(&mut self, bytes: &[u8]) {
        if self.writer.is_none() {
            let (writer, reader) = self.wires.new_log();
            self.tell(TaskLogNews::Log(reader)).await;
            self.writer = Some(writer);
        }
        let Some(writer) = &mut self.writer else { return };
        writer.ready().await;
        writer.append(Stream::Stdout, None, bytes);
        self.causes.feed(bytes);
    }

    async fn moved(&mut self) {
        let causes = self.causes.causes();
        if causes.len() != self.told_causes {
            self.told_causes = causes.len();
            let causes = causes.cloned().collect();
            self.tell(TaskLogNews::Causes(causes)).await;
        }
        let news = ContainerNews::TaskLog(self.wanted.id, TaskLogNews::Moved);
        self.wires.outbox.hint(Message::Container(self.wanted.key.clone(), news));
    }
}
