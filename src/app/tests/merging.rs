//! Merging logs that are being followed.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::harness::{Console, engine, key, opening};
use super::logs::{Followed, follow_by, wires};
use crate::app::demo;
use crate::app::merge_logs::merge;
use crate::app::outbox::Inbox;
use crate::engine::simulated::Simulated;
use crate::logs::{LineNumber, Log, LogReader, LogWriter, Stream};
use crate::ui::{MergeId, MergedNews, Merging, Message, Source};

/// Two containers that print in turn, a second apart.
const SCENE: &str = r#"
images: [{reference: "yocto:kirkstone"}]
containers:
  - name: yocto-a
    image: yocto:kirkstone
    state: running
    process: {output: [{stdout: "even {n}\n", repeat: 2000, every: 2s}], exit: {never: true}}
  - name: yocto-b
    image: yocto:kirkstone
    state: running
    process: {output: [{after: 1s, stdout: "odd {n}\n", repeat: 2000, every: 2s}], exit: {never: true}}
"#;

async fn followed(engine: &Simulated, name: &str) -> Followed {
    follow_by(opening(engine), demo::candidate(), key(engine, name).await).await
}

fn merging(readers: &[&LogReader]) -> Merging {
    let source = |(number, reader): (u8, &&LogReader)| Source {
        number,
        name: format!("yocto-{number}"),
        reader: (*reader).clone(),
    };
    Merging { id: MergeId(7), sources: (1..).zip(readers).map(source).collect() }
}

fn begun(merging: Merging) -> (AbortOnDropHandle<()>, Inbox) {
    let (wires, inbox) = wires(&engine(SCENE));
    (AbortOnDropHandle::new(tokio::spawn(merge(wires, merging))), inbox)
}

/// The next log that is told, within a minute.
async fn log(inbox: &mut Inbox) -> LogReader {
    timeout(Duration::from_secs(60), async {
        loop {
            match inbox.messages.recv().await {
                Some(Message::Merged(MergeId(7), MergedNews::Log(reader))) => return reader,
                Some(Message::Merged(MergeId(7), MergedNews::Moved)) => {}
                other => panic!("{other:?}"),
            }
        }
    })
    .await
    .expect("no log for a minute")
}

fn lines(reader: &LogReader) -> Vec<String> {
    let lines = reader.window(LineNumber::FIRST, crate::logs::WINDOW_LINES);
    lines.iter().map(|line| format!("{} {}", line.source, line.text.plain())).collect()
}

/// Waits until so many lines are merged; how long that took.
async fn until(reader: &LogReader, count: usize) -> Duration {
    let begun = Instant::now();
    while lines(reader).len() < count {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:#?}", lines(reader));
        sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}

fn print(writer: &mut LogWriter, second: i64, text: &str) {
    let time = jiff::Timestamp::from_second(second).unwrap();
    writer.append(Stream::Stdout, Some(time), text.as_bytes());
}

#[tokio::test(start_paused = true)]
async fn what_two_containers_print_stands_in_the_order_it_was_printed() {
    let engine = engine(SCENE);
    sleep(Duration::from_secs(100)).await;
    let (a, b) = (followed(&engine, "yocto-a").await, followed(&engine, "yocto-b").await);
    // Where only the order of the logs counted, the other would come first.
    let (_task, mut inbox) = begun(merging(&[&b.reader, &a.reader]));
    let reader = log(&mut inbox).await;
    let _hearing =
        AbortOnDropHandle::new(tokio::spawn(async move { while inbox.messages.recv().await.is_some() {} }));
    until(&reader, 140).await;
    let wanted = (1..=70).flat_map(|number| [format!("2 even {number}"), format!("1 odd {number}")]);
    assert_eq!(lines(&reader)[..140], wanted.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_line_waits_for_a_log_that_is_silent_for_a_moment_only() {
    let ((mut a, of_a), (mut b, of_b)) = (Log::new(1 << 20), Log::new(1 << 20));
    print(&mut a, 1, "a1\n");
    print(&mut b, 2, "b2\n");
    let (_task, mut inbox) = begun(merging(&[&of_a, &of_b]));
    let reader = log(&mut inbox).await;
    until(&reader, 2).await;
    sleep(Duration::from_secs(5)).await;
    print(&mut a, 8, "a8\n");
    let took = until(&reader, 3).await;
    assert!(took < Duration::from_millis(100), "the other has been silent for long: {took:?}");
    print(&mut b, 9, "b9\n");
    print(&mut b, 9, "b9 unfini");
    let took = until(&reader, 4).await;
    assert!(took >= Duration::from_millis(150) && took < Duration::from_millis(400), "{took:?}");
    print(&mut b, 9, "shed\n");
    print(&mut a, 7, "back\n");
    until(&reader, 6).await;
    assert_eq!(lines(&reader), ["1 a1", "2 b2", "1 a8", "2 b9", "1 back", "2 b9 unfinished"]);
}

#[tokio::test(start_paused = true)]
async fn it_begins_anew_where_older_lines_are_put_before() {
    let ((mut a, of_a), (mut b, of_b)) = (Log::new(1 << 20), Log::new(1 << 20));
    print(&mut a, 10, "a10\n");
    print(&mut b, 5, "b5\nb5 again\n");
    let (_task, mut inbox) = begun(merging(&[&of_a, &of_b]));
    let reader = log(&mut inbox).await;
    until(&reader, 3).await;
    let (mut earlier, _) = Log::new(1 << 20);
    print(&mut earlier, 1, "a1\n");
    print(&mut earlier, 6, "a6\n");
    a.prepend(earlier);
    let anew = log(&mut inbox).await;
    assert!(!anew.is_same(&reader));
    until(&anew, 5).await;
    assert_eq!(lines(&anew), ["1 a1", "2 b5", "2 b5 again", "1 a6", "1 a10"]);
    assert_eq!(lines(&reader), ["2 b5", "2 b5 again", "1 a10"], "the one before is left as it is");
}

#[tokio::test(start_paused = true)]
async fn a_log_whose_first_lines_come_late_is_merged_in_its_place() {
    let ((mut a, of_a), (mut b, of_b)) = (Log::new(1 << 20), Log::new(1 << 20));
    print(&mut a, 10, "a10\n");
    let (_task, mut inbox) = begun(merging(&[&of_a, &of_b]));
    let reader = log(&mut inbox).await;
    until(&reader, 1).await;
    print(&mut b, 5, "b5\n");
    let anew = log(&mut inbox).await;
    until(&anew, 2).await;
    assert_eq!(lines(&anew), ["2 b5", "1 a10"]);
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_last_log_and_keeps_what_stayed_unfinished() {
    let ((mut a, of_a), (mut b, of_b)) = (Log::new(1 << 20), Log::new(1 << 20));
    print(&mut a, 1, "a1\n");
    print(&mut b, 2, "b2");
    let (task, mut inbox) = begun(merging(&[&of_a, &of_b]));
    let reader = log(&mut inbox).await;
    drop((a, b));
    timeout(Duration::from_secs(10), task).await.unwrap().unwrap();
    assert_eq!(lines(&reader), ["1 a1", "2 b2"]);
    assert!(reader.changed().has_changed().is_err(), "nothing more comes");
}

#[tokio::test(start_paused = true)]
async fn lines_dropped_before_they_could_be_merged_are_told() {
    let ((mut a, of_a), (b, of_b)) = (Log::new(8192), Log::new(1 << 20));
    print(&mut a, 1, "first\n");
    let (_task, mut inbox) = begun(merging(&[&of_a, &of_b]));
    let reader = log(&mut inbox).await;
    until(&reader, 1).await;
    for number in 1..=2000 {
        print(&mut a, 2, &format!("line {number}\n"));
    }
    drop((a, b));
    let count = usize::try_from(of_a.extent().lines()).unwrap() + 2;
    until(&reader, count).await;
    let (shown, dropped) = (lines(&reader), of_a.extent().dropped_lines() - 1);
    let grouped = crate::text::grouped(dropped);
    assert_eq!(shown[1], format!("0 {grouped} lines of yocto-1 were dropped before they could be merged"));
    assert_eq!(shown[count - 1], "1 line 2000");
}

#[tokio::test(start_paused = true)]
async fn a_console_shows_the_logs_of_marked_containers_in_one() {
    let console = Console::open(&engine(SCENE));
    console.shows("yocto-b").await;
    sleep(Duration::from_secs(20)).await;
    console.press("AM");
    let in_turn = |text: &str| {
        let lines: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once("yocto-")?.1)).collect();
        let at = lines.iter().position(|line| line.contains("a even 3"));
        at.is_some_and(|at| lines.get(at + 1).is_some_and(|line| line.contains("b odd 3")))
    };
    console.until("one after the other", |text| text.contains("2 logs") && in_turn(text)).await;
    console.shows("even 20").await;
}
