//! Durable execs: what survives the program, the engine and the container.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use smidr_console::actions::{CopiedOut, Supervised, Supervisor};
use smidr_console::engine::{ContainerManager, ExecRequest, Mount, MountSource, Signal, StopOptions};
use smidr_console::sessions::{
    FollowEnd, FollowNews, Loss, Session, SessionId, SessionPlan, SessionState, Sessions, Stream,
};

use crate::helpers::{Running, connect, supervised};
use crate::program::program;
use crate::support::{Bench, OwnDocker, wait_until};

/// For how many seconds lines are printed; `SMIDR_DURABLE_SECONDS` makes it longer.
fn seconds() -> u64 {
    std::env::var("SMIDR_DURABLE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// Numbered lines at full speed, and how many there were.
fn numbered() -> String {
    format!(
        "i=0; end=$(($(date +%s) + {})); while [ $(date +%s) -lt $end ]; do j=0; while [ $j -lt 5000 ]; do \
         echo \"line $i\"; i=$((i+1)); j=$((j+1)); done; done; echo $i >/tmp/count; exit 7",
        seconds()
    )
}

/// Fails where a log is not the lines that were printed, byte for byte; answers how many.
async fn is_identical(container: &Running, log: &[u8]) -> u64 {
    let count: u64 = container.run(&["cat", "/tmp/count"]).await.trim().parse().unwrap();
    let mut expected = Vec::with_capacity(log.len());
    for line in 0..count {
        expected.extend_from_slice(format!("line {line}\n").as_bytes());
    }
    assert_eq!(log.len(), expected.len(), "of {count} lines");
    let first = log.iter().zip(&expected).position(|(one, other)| one != other);
    assert_eq!(first, None, "differs at this byte");
    count
}

fn sessions(on: &Supervised, container: &Running) -> Sessions {
    Sessions::of(on.clone(), container.id.clone())
}

async fn started(on: &Supervised, container: &Running, command: &[&str]) -> SessionId {
    let mut plan = SessionPlan::new(ExecRequest::new(command.to_vec()));
    plan.by = "test@bench".into();
    let report = sessions(on, container).start(&on.supervisor.call(), &plan).await;
    report.into_result().unwrap()
}

async fn look(on: &Supervised, container: &Running, id: &SessionId) -> Session {
    sessions(on, container).look(&on.supervisor.call(), id).await.into_result().unwrap()
}

async fn printed(on: &Supervised, container: &Running, id: &SessionId) -> (Vec<u8>, Option<FollowEnd>) {
    let mut followed = sessions(on, container).follow(id, Stream::Output, 0);
    let mut log = Vec::new();
    while let Some(news) = followed.next().await {
        if let FollowNews::Bytes(bytes) = news {
            log.extend_from_slice(&bytes);
        }
    }
    (log, followed.end())
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// The program follows, is killed without a word whenever some megabytes have come, and is started again from where
/// its output ends.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_log_is_whole_although_its_follower_is_killed_again_and_again() {
    let bench = Bench::get();
    let on = supervised().await;
    let container = Running::start(&on.engine, &bench.image).await;
    let output = program(&bench.docker)
        .args(["exec", "--durable", "--detach", container.id.as_str(), "--", "sh", "-c", &numbered()])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let id = SessionId::parse(String::from_utf8(output.stdout).unwrap().trim()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let (mut kills, mut code) = (0, None);
    while code.is_none() {
        let file = fs::File::options().create(true).append(true).open(&log).unwrap();
        let from = size(&log);
        let mut follower = program(&bench.docker)
            .args(["sessions", "follow", container.id.as_str(), id.as_str(), "--from", &from.to_string()])
            .stdout(file)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_until("the log grows or ends", Duration::from_secs(60), async || {
            code = follower.try_wait().unwrap().map(|status| status.code());
            code.is_some() || size(&log) > from + 2_000_000
        })
        .await;
        if code.is_none() {
            kills += 1;
            follower.kill().await.unwrap();
        }
    }
    assert_eq!(code, Some(Some(7)), "the command's own");
    let log = fs::read(&log).unwrap();
    let lines = is_identical(&container, &log).await;
    println!("{lines} lines, {} bytes, {kills} kills", log.len());
    assert!(kills >= 3, "{kills}");
    wait_until("neither follower nor keeper is left", Duration::from_secs(20), async || {
        container.processes().await.is_empty()
    })
    .await;
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_session_outlives_a_killed_engine_and_is_followed_through_it() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let on = Supervised::new(connect(&docker.endpoint()).await, Supervisor::new());
    let container =
        Running::start_with(&on.engine, &Bench::get().image, |spec| spec.network = Some("none".into())).await;
    let id = started(&on, &container, &["sh", "-c", &numbered()]).await;
    let mut followed = sessions(&on, &container).follow(&id, Stream::Output, 0);
    let (mut log, mut troubles, mut is_killed) = (Vec::new(), Vec::new(), false);
    while let Some(news) = followed.next().await {
        match news {
            FollowNews::Bytes(bytes) => log.extend_from_slice(&bytes),
            FollowNews::Trouble(why) => troubles.push(why),
        }
        if log.len() > 1_000_000 && !is_killed {
            is_killed = true;
            docker.kill().await;
            docker.start_again().await;
            let found = sessions(&on, &container).find(&on.supervisor.call()).await.into_result().unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!((&found[0].id, &found[0].state), (&id, &SessionState::Running));
            assert_eq!(found[0].by, "test@bench");
        }
    }
    assert!(is_killed && followed.end() == Some(FollowEnd::Ended), "{:?} {troubles:?}", followed.end());
    let lines = is_identical(&container, &log).await;
    println!("{lines} lines, {} bytes; {troubles:?}", log.len());
    let SessionState::Ended(end) = look(&on, &container, &id).await.state else { panic!("not ended") };
    assert_eq!((end.code, end.signal, end.output.kept), (Some(7), None, log.len() as u64));
    container.remove().await;
    docker.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn what_died_with_its_container_is_lost_and_what_it_printed_is_there() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let ended = started(&on, &container, &["sh", "-c", "echo short; exit 3"]).await;
    let lost = started(&on, &container, &["sh", "-c", "echo begun; sleep 100000"]).await;
    wait_until("both have printed", Duration::from_secs(20), async || {
        look(&on, &container, &lost).await.output == Some(6)
            && matches!(look(&on, &container, &ended).await.state, SessionState::Ended(_))
    })
    .await;
    assert_eq!(look(&on, &container, &lost).await.state, SessionState::Running);
    on.engine.kill(&container.id, &Signal::kill()).await.unwrap();
    // It does not run: read from a copy of the records.
    assert_eq!(look(&on, &container, &lost).await.state, SessionState::Lost);
    assert_eq!(look(&on, &container, &lost).await.words(), "lost with its container, which ended with 137");
    assert_eq!(look(&on, &container, &ended).await.state.words(), "ended with 3");
    // And so is what they printed.
    assert_eq!(printed(&on, &container, &lost).await, (b"begun\n".to_vec(), Some(FollowEnd::Lost)));
    assert_eq!(printed(&on, &container, &ended).await, (b"short\n".to_vec(), Some(FollowEnd::Ended)));
    on.engine.start(&container.id).await.unwrap();
    assert_eq!(look(&on, &container, &lost).await.state, SessionState::Lost);
    assert_eq!(printed(&on, &container, &lost).await, (b"begun\n".to_vec(), Some(FollowEnd::Lost)));
    assert_eq!(printed(&on, &container, &ended).await, (b"short\n".to_vec(), Some(FollowEnd::Ended)));
    let told = sessions(&on, &container).reap(&on.supervisor.call(), Duration::ZERO).await;
    assert!(told.into_result().unwrap().iter().all(|one| one.removed));
    assert!(sessions(&on, &container).find(&on.supervisor.call()).await.into_result().unwrap().is_empty());
    container.remove().await;
}

/// Without live-restore an engine that is killed and started again ends its containers.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn what_an_engine_restart_ended_is_lost_by_engine_restart_and_says_so() {
    let mut docker = OwnDocker::start(&[]).await;
    let on = Supervised::new(connect(&docker.endpoint()).await, Supervisor::new());
    let container =
        Running::start_with(&on.engine, &Bench::get().image, |spec| spec.network = Some("none".into())).await;
    let killed = started(&on, &container, &["sh", "-c", "echo one; sleep 100000"]).await;
    let keeper = look(&on, &container, &killed).await;
    let parent =
        container.run(&["sh", "-c", &format!("cut -d' ' -f4 /proc/{}/stat", keeper.pid.unwrap())]).await;
    container.run(&["kill", "-KILL", parent.trim()]).await;
    wait_until("its keeper is gone", Duration::from_secs(10), async || {
        look(&on, &container, &killed).await.loss == Some(Loss::KeeperEnd)
    })
    .await;
    let lost = started(&on, &container, &["sh", "-c", "echo two; sleep 100000"]).await;
    docker.kill().await;
    docker.start_again().await;
    wait_until("the engine has ended it", Duration::from_secs(60), async || {
        !on.engine.inspect(&container.id).await.is_ok_and(|found| found.state.is_alive())
    })
    .await;
    assert_eq!(look(&on, &container, &lost).await.words(), "lost by engine restart");
    assert_eq!(printed(&on, &container, &lost).await, (b"two\n".to_vec(), Some(FollowEnd::Lost)));
    container.remove().await;
    docker.stop().await;
}

/// Stopped while it is followed: the rest is copied out, without a byte twice.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn what_was_printed_until_its_container_stopped_is_followed_to_its_end() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image).await;
    let script = "i=0; while true; do echo \"line $i\"; i=$((i+1)); done";
    let id = started(&on, &container, &["sh", "-c", script]).await;
    let mut followed = sessions(&on, &container).follow(&id, Stream::Output, 0);
    let mut log = Vec::new();
    while let Some(news) = followed.next().await {
        if let FollowNews::Bytes(bytes) = news {
            let is_first = log.is_empty();
            log.extend_from_slice(&bytes);
            if is_first {
                // Behind its back, and nothing is read until it is over.
                on.engine.kill(&container.id, &Signal::kill()).await.unwrap();
            }
        }
    }
    assert_eq!(followed.end(), Some(FollowEnd::Lost));
    let kept = on.engine.clone();
    let mut copy =
        CopiedOut::open(&*kept, &container.id, &format!("/var/tmp/smidr-sessions/output/{id}/output"), 0);
    copy.begin().await.unwrap();
    let mut all = Vec::new();
    while let Some(bytes) = copy.next().await.unwrap() {
        all.extend_from_slice(&bytes);
    }
    assert!(all == log && log.starts_with(b"line 0\nline 1\n"), "{} of {} bytes", log.len(), all.len());
    let of = sessions(&on, &container);
    container.remove().await;
    let mut followed = of.follow(&id, Stream::Output, 0);
    assert_eq!((followed.next().await, followed.end()), (None, Some(FollowEnd::NoContainer)));
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_image_without_a_shell_keeps_sessions_for_any_user() {
    let on = supervised().await;
    let image = Bench::get().image_noshell;
    let container = Running::start_with(&on.engine, &image, |spec| spec.init = false).await;
    for user in [None, Some("1000")] {
        let request = ExecRequest { user: user.map(str::to_owned), ..ExecRequest::new(["echo", "hello"]) };
        let call = on.supervisor.call();
        let started = sessions(&on, &container).start(&call, &SessionPlan::new(request)).await;
        let id = started.into_result().unwrap();
        assert_eq!(printed(&on, &container, &id).await, (b"hello\n".to_vec(), Some(FollowEnd::Ended)));
        assert_eq!(look(&on, &container, &id).await.state.words(), "ended with 0");
    }
    let id = started(&on, &container, &["sleep", "100000"]).await;
    assert_eq!(look(&on, &container, &id).await.state, SessionState::Running);
    let all = sessions(&on, &container);
    let kept = all.forget(&on.supervisor.call(), std::slice::from_ref(&id)).await.into_result().unwrap();
    assert!(!kept[0].removed, "it runs");
    let end = all.end(&on.supervisor.call(), &id, Duration::from_secs(2)).await.into_result().unwrap();
    assert_eq!((end.signalled.len(), end.left.len()), (1, 0), "{end}");
    wait_until("its end is written down", Duration::from_secs(10), async || {
        look(&on, &container, &id).await.state.words() == "ended by signal 15"
    })
    .await;
    let again = all.end(&on.supervisor.call(), &id, Duration::ZERO).await.into_result().unwrap_err();
    assert!(again.to_string().contains("ended by signal 15"), "{again}");
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_debian_image_keeps_sessions_and_ends_them_with_all_they_have_started() {
    let on = supervised().await;
    let container = Running::start(&on.engine, &Bench::get().image_debian).await;
    let script = "for i in $(seq 20000); do echo \"line $i\"; done; exit 7";
    let id = started(&on, &container, &["/bin/bash", "-l", "-c", script]).await;
    let expected: Vec<u8> = (1..=20000).flat_map(|number| format!("line {number}\n").into_bytes()).collect();
    assert_eq!(printed(&on, &container, &id).await, (expected, Some(FollowEnd::Ended)));
    assert_eq!(look(&on, &container, &id).await.state.words(), "ended with 7");
    let script = "setsid sleep 90001 & sleep 90002";
    let id = started(&on, &container, &["/bin/bash", "-c", script]).await;
    wait_until("both run", Duration::from_secs(20), async || {
        container.processes().await.iter().filter(|process| process.starts_with("sleep 9000")).count() == 2
    })
    .await;
    let all = sessions(&on, &container);
    let end = all.end(&on.supervisor.call(), &id, Duration::from_secs(2)).await.into_result().unwrap();
    assert!(end.signalled.len() >= 2 && end.left.is_empty(), "{end}");
    wait_until("nothing of it is left", Duration::from_secs(20), async || {
        container.processes().await.is_empty()
    })
    .await;
    container.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_program_ends_as_its_durable_command_and_a_signal_only_detaches() {
    let bench = Bench::get();
    let on = supervised().await;
    let container = Running::start(&on.engine, &bench.image).await;
    let run = async |command: &[&str]| {
        let mut program = program(&bench.docker);
        program.args(["exec", "--durable", container.id.as_str(), "--"]).args(command);
        let output = program.output().await.unwrap();
        (output.status.code(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (script, code, stdout) in
        [("printf 'a\\0b'; exit 9", 9, &b"a\0b"[..]), ("kill -TERM $$", 143, b""), ("exit 0", 0, b"")]
    {
        let (ended, printed, said) = run(&["sh", "-c", script]).await;
        assert_eq!((ended, printed.as_slice()), (Some(code), stdout), "{script}: {said}");
    }
    let (code, _, said) = run(&["/no/such"]).await;
    assert_eq!(code, Some(127), "{said}");

    let mut following = program(&bench.docker);
    following.args(["exec", "--durable", container.id.as_str(), "--", "sh", "-c", "echo here; sleep 100001"]);
    let mut following = following.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("it runs and is followed", Duration::from_secs(20), async || {
        container.processes().await.iter().filter(|command| command.contains("follow")).count() > 0
    })
    .await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(following.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let status = following.wait().await.unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(container.processes().await.iter().any(|command| command.ends_with("sleep 100001")));
    let listed = program(&bench.docker)
        .args(["--json", "sessions", "ls", container.id.as_str()])
        .output()
        .await
        .unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let found: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["state"]["is"].as_str()).collect();
    assert_eq!(found.iter().filter(|state| **state == Some("running")).count(), 1, "{listed}");
    assert_eq!(found.iter().filter(|state| **state == Some("ended")).count(), 3, "{listed}");
    container.remove().await;
}

/// A directory that is mounted keeps what the container that is gone has left.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_mounted_directory_outlives_the_container() {
    let on = supervised().await;
    let directory = tempfile::tempdir().unwrap();
    let mounted = |engine: &Arc<dyn ContainerManager>| {
        let (engine, source) = (engine.clone(), directory.path().to_path_buf());
        async move {
            Running::start_with(&engine, &Bench::get().image, |spec| {
                let source = MountSource::Bind(source);
                spec.mounts.push(Mount { source, target: "/kept".into(), read_only: false });
                spec.env.push("SMIDR_SESSIONS=/kept/sessions".into());
            })
            .await
        }
    };
    let first = mounted(&on.engine).await;
    let ended = started(&on, &first, &["sh", "-c", "echo one; exit 4"]).await;
    assert_eq!(printed(&on, &first, &ended).await, (b"one\n".to_vec(), Some(FollowEnd::Ended)));
    let cut = started(&on, &first, &["sleep", "100000"]).await;
    on.engine
        .stop(&first.id, &StopOptions { grace: Duration::ZERO, ..StopOptions::default() })
        .await
        .unwrap();
    first.remove().await;
    let second = mounted(&on.engine).await;
    assert_eq!(look(&on, &second, &ended).await.state.words(), "ended with 4");
    assert_eq!(printed(&on, &second, &ended).await, (b"one\n".to_vec(), Some(FollowEnd::Ended)));
    assert_eq!(look(&on, &second, &cut).await.state, SessionState::Lost);
    second.remove().await;
}
