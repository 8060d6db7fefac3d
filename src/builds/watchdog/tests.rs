use super::*;
use crate::bitbake::{BuildReader, EventLogEvent, Output, Remaining, Stream, TaskEvent};
use crate::builds::test_build::watched;

const GIB: u64 = 1 << 30;

/// So many minutes and seconds after the build began.
fn at(minutes: u64, seconds: u64) -> Timestamp {
    let noon: Timestamp = "2025-03-01T12:00:00Z".parse().unwrap();
    noon + Duration::from_secs(minutes * 60 + seconds)
}

/// A build that runs one task, begun with the build.
fn running(task: &str) -> (BuildReader, WatchedBuild) {
    let mut reader = BuildReader::new(Output::Mixed);
    let text = format!(
        "NOTE: Executing Tasks\nNOTE: Running task 3 of 9 (/m/zlib_1.3.bb:{task})\n\
         2025-03-01T12:00:00Z NOTE: recipe zlib-1.3-r0: task {task}: Started\n"
    );
    reader.feed(Stream::Output, None, text.as_bytes());
    let build = watched(reader.build().clone());
    (reader, build)
}

fn nobody_knows(_: &RunningTask) -> Option<Duration> {
    None
}

fn kinds(worries: &[Worry]) -> Vec<WorryKind> {
    worries.iter().map(|worry| worry.kind).collect()
}

#[test]
fn a_silent_build_is_stalled_after_its_time() {
    for (task, silent, expected) in [
        ("do_install", 29, false),
        ("do_install", 30, true),
        ("do_compile", 30, false),
        ("do_compile", 59, false),
        ("do_compile", 60, true),
    ] {
        let (_, build) = running(task);
        let mut watchdog = Watchdog::new(Limits::default());
        let worries = watchdog.look(&build, Memory::default(), &nobody_knows, at(silent, 0));
        assert_eq!(!worries.is_empty(), expected, "{task} {silent}: {worries:?}");
        if expected {
            assert_eq!(kinds(&worries), [WorryKind::Stalled]);
            assert!(worries[0].notice.contains(&format!("zlib-1.3-r0 {task}")), "{worries:?}");
        }
    }
}

#[test]
fn what_is_switched_off_is_not_looked_for() {
    let (_, build) = running("do_install");
    let of = WorryKind::ALL.into_iter().filter(|kind| *kind != WorryKind::Stalled).collect();
    let mut watchdog = Watchdog::new(Limits { of, ..Limits::default() });
    assert_eq!(watchdog.look(&build, Memory::default(), &nobody_knows, at(500, 0)), []);
}

#[test]
fn parsing_may_be_silent_longer() {
    let mut build = watched(crate::bitbake::Build::default());
    build.seen.is_parsing = true;
    let mut watchdog = Watchdog::new(Limits::default());
    assert_eq!(watchdog.look(&build, Memory::default(), &nobody_knows, at(59, 0)), []);
    let worries = watchdog.look(&build, Memory::default(), &nobody_knows, at(60, 0));
    assert_eq!(kinds(&worries), [WorryKind::Stalled]);
}

#[test]
fn a_task_within_its_usual_time_excuses_silence() {
    let (_, build) = running("do_compile");
    let usual = |_: &RunningTask| Some(Duration::from_secs(90 * 60));
    let mut watchdog = Watchdog::new(Limits::default());
    assert_eq!(watchdog.look(&build, Memory::default(), &usual, at(120, 0)), []);
    assert_eq!(kinds(&watchdog.look(&build, Memory::default(), &usual, at(136, 0))), [WorryKind::Stalled]);
}

#[test]
fn progress_of_a_tasks_own_is_a_sign_of_life() {
    let (mut reader, mut build) = running("do_install");
    let started = TaskEvent {
        pf: "zlib-1.3-r0".into(),
        task: "do_install".into(),
        pid: Some(7),
        ..TaskEvent::default()
    };
    reader.learn(&EventLogEvent::TaskStarted(started));
    let mut watchdog = Watchdog::new(Limits::default());
    for minute in 0..100 {
        let percent = Some(u8::try_from(minute).unwrap());
        reader.learn(&EventLogEvent::TaskProgress { pid: 7, percent, rate: None });
        build.build = reader.build().clone();
        assert_eq!(watchdog.look(&build, Memory::default(), &nobody_knows, at(minute, 0)), [], "{minute}");
    }
    assert_eq!(watchdog.look(&build, Memory::default(), &nobody_knows, at(128, 0)), []);
    assert_eq!(
        kinds(&watchdog.look(&build, Memory::default(), &nobody_knows, at(129, 0))),
        [WorryKind::Stalled]
    );
}

#[test]
fn a_task_far_beyond_its_usual_time_is_slow() {
    for (usual, ran, expected) in
        [(2, 11, false), (2, 13, true), (20, 59, false), (20, 61, true), (1, 5, false)]
    {
        let (_, mut build) = running("do_install");
        build.last_sign = at(ran, 0);
        let usual = move |_: &RunningTask| Some(Duration::from_secs(usual * 60));
        let worries = Watchdog::default().look(&build, Memory::default(), &usual, at(ran, 0));
        assert_eq!(!worries.is_empty(), expected, "{ran}: {worries:?}");
        if expected {
            assert_eq!(
                (worries[0].kind, worries[0].row.as_str()),
                (WorryKind::SlowTask, "zlib-1.3-r0 do_install slow")
            );
        }
    }
}

#[test]
fn memory_near_its_limit_for_some_time_is_a_worry() {
    let (_, build) = running("do_compile");
    let mut watchdog = Watchdog::default();
    let mut look = |used, second| {
        let memory = Memory { used_of: Some((used, 100)), oom_killed: false };
        kinds(&watchdog.look(&build, memory, &nobody_knows, at(0, second)))
    };
    assert_eq!(look(95, 0), []);
    assert_eq!(look(94, 30), []);
    assert_eq!(look(96, 40), []);
    assert_eq!(look(96, 99), []);
    assert_eq!(look(96, 100), [WorryKind::Memory]);
}

#[test]
fn a_kill_for_want_of_memory_is_explained() {
    let (mut reader, mut build) = running("do_compile");
    let killed = "ERROR: zlib-1.3-r0 do_compile: Execution of '/w/run.do_compile.7' failed with exit code -9\n\
                  ERROR: Task (/m/zlib_1.3.bb:do_compile) failed with exit code '-9'\n";
    reader.feed(Stream::Output, None, killed.as_bytes());
    build.build = reader.build().clone();
    assert_eq!(build.build.failures()[0].exit_code, Some(-9));
    let memory = |used, oom_killed| Memory { used_of: Some((used, 8 * GIB)), oom_killed };
    let mut watchdog = Watchdog::default();
    assert_eq!(watchdog.look(&build, memory(GIB, false), &nobody_knows, at(0, 1)), []);
    let worries = watchdog.look(&build, memory(GIB, true), &nobody_knows, at(0, 2));
    assert_eq!(kinds(&worries), [WorryKind::OutOfMemory]);
    assert!(
        worries[0].notice.starts_with("The kernel killed zlib do_compile for want of memory (limit 8.0 GiB)"),
        "{worries:?}"
    );
    // Not told by the engine, but likely.
    watchdog.look(&build, memory(8 * GIB, false), &nobody_knows, at(0, 3));
    let worries = watchdog.look(&build, memory(GIB, false), &nobody_knows, at(0, 4));
    assert!(worries[0].notice.contains("most likely"), "{worries:?}");
}

/// What is said of a disk, looked at each 20 seconds for ten minutes; and the last.
fn disk(free: impl Fn(u64) -> u64, total: u64, remaining: Option<Duration>) -> Vec<Worry> {
    let (_, mut build) = running("do_compile");
    build.remaining = remaining.map(|most| Remaining { least: most, likely: most, most });
    let mut watchdog = Watchdog::default();
    let mut worries = Vec::new();
    for step in 0..30 {
        build.seen.disk = Some(Disk { free: free(step), total, free_inodes: None });
        worries = watchdog.look(&build, Memory::default(), &nobody_knows, at(0, step * 20));
    }
    worries
}

#[test]
fn a_disk_that_falls_towards_zero_has_its_time_left() {
    // 3 GiB a minute; 471 GiB are left at the end.
    let worries = disk(|step| 500 * GIB - step * GIB, 1000 * GIB, None);
    assert_eq!(worries, []);
    let worries = disk(|step| 100 * GIB - step * GIB, 1000 * GIB, None);
    assert_eq!(kinds(&worries), [WorryKind::Space]);
    assert_eq!(worries[0].row, "disk full in 23m 40s");
    // It lasts to the end of the build.
    assert_eq!(disk(|step| 100 * GIB - step * GIB, 1000 * GIB, Some(Duration::from_secs(600))), []);
    // It grows, stands still, or jumps.
    assert_eq!(disk(|step| 60 * GIB + step * GIB, 1000 * GIB, None), []);
    assert_eq!(disk(|_| 60 * GIB, 1000 * GIB, None), []);
    assert_eq!(disk(|step| if step % 2 == 0 { 100 * GIB } else { 60 * GIB }, 1000 * GIB, None), []);
}

#[test]
fn a_disk_that_is_low_is_a_worry_by_itself() {
    assert_eq!(disk(|_| 4 * GIB, 20 * GIB, None)[0].row, "4.0 GiB of disk left");
    assert_eq!(kinds(&disk(|_| 40 * GIB, 1000 * GIB, None)), [WorryKind::Space]);
    assert_eq!(disk(|_| 0, 0, None), []);
    let (_, mut build) = running("do_compile");
    build.seen.disk = Some(Disk { free: 100 * GIB, total: 200 * GIB, free_inodes: Some(900) });
    let worries = Watchdog::default().look(&build, Memory::default(), &nobody_knows, at(0, 1));
    assert_eq!((worries[0].kind, worries[0].row.as_str()), (WorryKind::Inodes, "900 inodes left"));
}

#[test]
fn a_worry_is_told_again_after_its_time_or_when_it_was_away() {
    let (_, mut build) = running("do_compile");
    let mut watchdog = Watchdog::default();
    let mut look = |free: u64, minute, second| {
        build.last_sign = at(minute, second);
        build.seen.disk = Some(Disk { free, total: 100 * GIB, free_inodes: None });
        watchdog
            .look(&build, Memory::default(), &nobody_knows, at(minute, second))
            .first()
            .map(|worry| worry.is_news)
    };
    assert_eq!(look(GIB, 0, 0), Some(true));
    assert_eq!(look(GIB, 0, 5), Some(false));
    // Away for a moment is not away.
    assert_eq!(look(50 * GIB, 1, 0), None);
    assert_eq!(look(GIB, 1, 30), Some(false));
    for minute in 2..15 {
        assert_eq!(look(GIB, minute, 0), Some(false), "{minute}");
    }
    assert_eq!(look(GIB, 15, 0), Some(true));
    assert_eq!(look(50 * GIB, 16, 0), None);
    assert_eq!(look(GIB, 18, 0), Some(true));
}

#[test]
fn of_a_build_that_is_over_only_its_death_is_told() {
    let (_, mut build) = running("do_compile");
    build.ended = Some(at(1, 0));
    build.seen.disk = Some(Disk { free: 0, total: GIB, free_inodes: Some(0) });
    let memory = Memory { used_of: Some((100, 100)), oom_killed: true };
    let worries = Watchdog::default().look(&build, memory, &nobody_knows, at(500, 0));
    assert_eq!(kinds(&worries), [WorryKind::OutOfMemory]);
}
