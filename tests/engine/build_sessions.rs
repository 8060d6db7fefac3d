//! Builds: containers of their own that outlive the program, the engine, and whatever kills either.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use smidr_console::actions::exec::shim_path_in_container;
use smidr_console::actions::{Owned, Supervised, Supervisor};
use smidr_console::config::{Variables, load_build_file};
use smidr_console::engine::{
    ContainerId, ContainerSpec, ListFilter, RemoveOptions, Signal, StopOptions, labels,
};
use smidr_console::sessions::{
    Build, Builds, FollowEnd, FollowNews, Session, SessionId, SessionState, Stream,
};
use smidr_console::workspace::{BUILDER_ID, BuildRequest, Workspace};
use tokio::process::Command;

use crate::helpers::{connect, supervised};
use crate::program::program;
use crate::support::{Bench, OwnDocker, unique, wait_until};

/// For how many seconds lines are printed; `SMIDR_DURABLE_SECONDS` makes it longer.
fn seconds() -> u64 {
    std::env::var("SMIDR_DURABLE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// A build file with a layer whose BitBake is this script.
struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    fn new(bitbake: &str) -> Self {
        Self::of(&Bench::get().image, "directories: { downloads: dl, sstate: sstate, build: build }", bitbake)
    }

    fn of(image: &str, directories: &str, bitbake: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::create_dir_all(at("poky/bin")).unwrap();
        let file = format!(
            "name: {}\nlayers: [{{ name: poky, path: ./poky }}]\nbuild: {{ image: an-image }}\n{directories}\n\
             container: {{ base_image: \"{image}\" }}\n",
            unique("kiosk")
        );
        fs::write(at("smidr.yaml"), file).unwrap();
        fs::write(at("poky/oe-init-build-env"), "PATH=$OEROOT/bin:$PATH; export PATH\n").unwrap();
        fs::write(at("poky/bin/bitbake"), format!("#!/bin/sh\n{bitbake}\n")).unwrap();
        fs::set_permissions(at("poky/bin/bitbake"), fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("smidr.yaml")
    }

    fn built(&self, name: &str) -> PathBuf {
        self.directory.path().join("build").join(name)
    }

    fn workspace(&self) -> Workspace {
        let loaded = load_build_file(&self.file(), &Variables::default()).unwrap();
        Workspace::new(loaded.build_file, self.file())
    }

    fn container(&self) -> ContainerId {
        ContainerId::from(self.workspace().build_name().as_str())
    }

    /// A call of the program on this build file.
    fn program(&self, host: &str, verb: &[&str]) -> Command {
        let mut program = program(host);
        program.arg(verb[0]).stdin(Stdio::null());
        if verb[0] != "sessions" {
            program.arg("--file").arg(self.file());
        }
        program.args(&verb[1..]);
        program
    }

    async fn run(&self, verb: &[&str]) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } =
            self.program(&Bench::get().docker, verb).output().await.unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        (status.code(), text(&stdout), text(&stderr))
    }

    async fn remove(&self, on: &Supervised) {
        let force = RemoveOptions { force: true, volumes: true };
        on.engine.remove(&self.container(), force).await.unwrap();
    }

    /// A build by the library.
    async fn start(&self, on: &Supervised, change: impl FnOnce(&mut Workspace, &mut ContainerSpec)) -> Build {
        let mut workspace = self.workspace();
        workspace.prepare_directories().unwrap();
        let request = BuildRequest {
            target: "an-image".into(),
            arguments: vec!["-k".into()],
            session: SessionId::new().to_string(),
            owner: "ada@bench".into(),
            limit: 4 << 30,
            shim: shim_path_in_container().unwrap(),
        };
        let mut spec = workspace.build(&request);
        change(&mut workspace, &mut spec);
        if workspace != self.workspace() {
            spec = workspace.build(&request);
        }
        let owned = Owned { directories: workspace.owned_directories(), user: u64::from(BUILDER_ID) };
        let call = on.supervisor.call();
        Builds::on(on.clone()).start(&call, &spec, &owned).await.unwrap()
    }
}

/// Numbered lines at full speed; how many there were is left in the build directory.
fn numbered() -> String {
    format!(
        "i=0; end=$(($(date +%s) + {})); while [ $(date +%s) -lt $end ]; do j=0; while [ $j -lt 5000 ]; do \
         echo \"line $i\"; i=$((i+1)); j=$((j+1)); done; done; echo $i >count; exit 7",
        seconds()
    )
}

/// Fails where a log is not the lines that were printed, byte for byte; answers how many.
fn is_identical(project: &Project, log: &[u8]) -> u64 {
    let count: u64 = fs::read_to_string(project.built("count")).unwrap().trim().parse().unwrap();
    let mut expected = Vec::with_capacity(log.len());
    for line in 0..count {
        expected.extend_from_slice(format!("line {line}\n").as_bytes());
    }
    let first = log.iter().zip(&expected).position(|(one, other)| one != other);
    let around = first.map(|at| log[at.saturating_sub(100)..].iter().copied().take(300).collect::<Vec<_>>());
    assert_eq!(first, None, "{}", around.unwrap_or_default().escape_ascii());
    assert_eq!(log.len(), expected.len(), "of {count} lines");
    count
}

async fn session(on: &Supervised, build: &Build) -> Session {
    let call = on.supervisor.call();
    Builds::on(on.clone()).session(&call, build).await.into_result().unwrap().unwrap()
}

async fn printed(on: &Supervised, build: &Build) -> (Vec<u8>, Option<FollowEnd>) {
    let mut followed = build.sessions(on).follow(&build.session, Stream::Output, 0);
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

/// The program follows and is killed without a word again and again; the engine is killed once and started again.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn every_line_is_there_whoever_is_killed_meanwhile() {
    let mut docker = OwnDocker::start(&["--live-restore"]).await;
    let on = Supervised::new(connect(&docker.endpoint()).await, Supervisor::new());
    let project = Project::new(&numbered());
    let build = project.start(&on, |_, spec| spec.network = Some("none".into())).await;
    let log = project.directory.path().join("log");
    let (mut kills, mut code, mut is_engine_killed) = (0, None, false);
    while code.is_none() {
        let file = fs::File::options().create(true).append(true).open(&log).unwrap();
        let from = size(&log);
        let mut follower = project
            .program(&docker.endpoint(), &["sessions", "follow", &build.name, "--from", &from.to_string()])
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
        if kills == 2 && !is_engine_killed {
            is_engine_killed = true;
            docker.kill().await;
            docker.start_again().await;
            let found =
                Builds::on(on.clone()).find(&on.supervisor.call()).await.into_result().unwrap().remove(0);
            assert_eq!((&found.session, found.target.as_str()), (&build.session, "an-image"));
            assert_eq!(session(&on, &found).await.state, SessionState::Running);
        }
    }
    assert_eq!(code, Some(Some(7)), "the build's own");
    let log = fs::read(&log).unwrap();
    let lines = is_identical(&project, &log);
    println!("{lines} lines, {} bytes, {kills} kills", log.len());
    assert!(kills >= 3 && is_engine_killed, "{kills}");
    // The file beside the engine's log is the same.
    assert!(
        fs::read(project.built(&format!(".smidr-sessions/output/{}/output", build.session))).unwrap() == log
    );
    project.remove(&on).await;
    docker.stop().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_program_builds_follows_and_ends_as_the_build() {
    let on = supervised().await;
    let project = Project::new("echo \"$* as $(id -u) in $(pwd)\"; echo err >&2; >made; exit 9");
    let (code, stdout, stderr) = project.run(&["build", "--", "-c", "two words"]).await;
    assert_eq!(code, Some(9), "{stderr}");
    assert_eq!(stdout, "an-image -c two words as 1000 in /home/builder/build\nerr\n", "{stderr}");
    assert!(!stderr.contains("trying again"), "{stderr}");
    assert!(project.built("made").exists());
    // What ended is found, and makes room for the next; both records are there.
    let (code, stdout, stderr) = project.run(&["build", "another"]).await;
    assert_eq!((code, stdout.starts_with("another as 1000")), (Some(9), true), "{stdout} {stderr}");
    let name = project.container().to_string();
    let (_, listed, _) = project.run(&["sessions", "ls", &name]).await;
    assert_eq!(listed.matches("ended with 9").count(), 2, "{listed}");
    assert!(listed.contains("exec bitbake another"), "{listed}");
    let (code, all, _) = project.run(&["sessions", "follow", &name]).await;
    assert_eq!((code, all.starts_with("another as 1000")), (Some(9), true), "{all}");
    let (code, _, said) = project.run(&["sessions", "rm", &name]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(on.engine.inspect(&project.container()).await.unwrap_err().is_not_found());
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn one_directory_has_one_build_at_a_time_and_no_crash_keeps_it() {
    let on = supervised().await;
    let project = Project::new("echo begun; sleep 100000");
    let (code, name, stderr) = project.run(&["build", "--detach"]).await;
    assert_eq!(code, Some(0), "{stderr}");
    let name = name.trim();
    let (code, _, stderr) = project.run(&["build", "other"]).await;
    assert_eq!(code, Some(5), "{stderr}");
    assert!(stderr.contains("an-image is built there, by ") && stderr.contains("sessions stop"), "{stderr}");

    // Under another name, as of another file: the lock in the directory is what counts.
    let call = on.supervisor.call();
    let workspace = project.workspace();
    let request = BuildRequest {
        target: "other".into(),
        arguments: Vec::new(),
        session: SessionId::new().to_string(),
        owner: "bob@bench".into(),
        limit: 1 << 20,
        shim: shim_path_in_container().unwrap(),
    };
    let spec = ContainerSpec { name: unique("other-build"), ..workspace.build(&request) };
    let refused =
        Builds::on(on.clone()).start(&call, &spec, &Owned::default()).await.unwrap_err().to_string();
    assert!(refused.contains("another session has the lock") && refused.contains(" by "), "{refused}");
    assert!(on.engine.inspect(&ContainerId::from(spec.name.as_str())).await.unwrap_err().is_not_found());

    on.engine.kill(&project.container(), &Signal::kill()).await.unwrap();
    wait_until("it is lost", Duration::from_secs(10), async || {
        project.run(&["sessions", "ls", name]).await.1.contains("lost")
    })
    .await;
    let (code, _, stderr) = project.run(&["build", "--detach"]).await;
    assert_eq!(code, Some(0), "{stderr}");
    let (code, told, _) = project.run(&["sessions", "stop", name]).await;
    assert!(code == Some(0) && told.contains("ended by signal 15"), "{told}");
    project.remove(&on).await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_stopped_build_is_whole_and_an_earlier_one_is_kept_apart() {
    let on = supervised().await;
    let project = Project::new("trap 'echo stopping; exit 4' TERM; echo begun; while :; do sleep 0.1; done");
    let build = project.start(&on, |_, _| ()).await;
    let options = StopOptions { grace: Duration::from_secs(20), ..StopOptions::default() };
    on.engine.stop(&build.container, &options).await.unwrap();
    let (log, end) = printed(&on, &build).await;
    // The shell may have something to say of its `sleep`, too.
    assert!(log.starts_with(b"begun\n") && log.ends_with(b"stopping\n"), "{}", log.escape_ascii());
    assert_eq!(end, Some(FollowEnd::Ended));
    assert_eq!(session(&on, &build).await.state.words(), "ended with 4");
    // A restart by hand runs nothing twice.
    on.engine.start(&build.container).await.unwrap();
    wait_until("it ends again", Duration::from_secs(20), async || {
        on.engine.inspect(&build.container).await.unwrap().exit_code == Some(125)
    })
    .await;
    assert_eq!(session(&on, &build).await.state.words(), "ended with 4");
    project.remove(&on).await;
}

/// Whatever point it is killed at, the next build puts it right.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn killed_at_any_point_a_start_leaves_nothing_the_next_does_not_put_right() {
    let on = supervised().await;
    let project = Project::new("echo begun; exit 3");
    let host = &Bench::get().docker;
    let (mut seen, mut last) = (std::collections::BTreeSet::new(), 0);
    for step in 0..30_u64 {
        let mut starting = project.program(host, &["build", "--detach"]);
        let mut starting = starting.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let done = tokio::time::timeout(Duration::from_millis(step * 20), starting.wait()).await;
        if done.is_err() {
            starting.kill().await.unwrap();
        } else {
            last += 1;
        }
        let left = on.engine.inspect(&project.container()).await;
        seen.insert(left.map_or_else(|_| "none".to_owned(), |left| left.state.to_string()));
        // One that was started runs to its end; it is no leftover.
        wait_until("nothing runs", Duration::from_secs(20), async || {
            let left = on.engine.inspect(&project.container()).await;
            left.map_or(true, |left| !left.state.is_alive())
        })
        .await;
        let (code, stdout, stderr) = project.run(&["build"]).await;
        assert_eq!((code, stdout.as_str()), (Some(3), "begun\n"), "killed after {} ms: {stderr}", step * 20);
        let label = (labels::FILE.to_owned(), Some(project.file().display().to_string()));
        let filter = ListFilter { labels: vec![label], ..ListFilter::default() };
        assert_eq!(on.engine.list(&filter).await.unwrap().len(), 1);
        project.remove(&on).await;
        if last == 3 {
            break;
        }
    }
    println!("seen after a kill: {seen:?}");
    assert!(seen.contains("none") && seen.len() >= 2, "{seen:?}");
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_image_without_a_shell_builds_with_an_entry_point_of_its_own() {
    let on = supervised().await;
    let image = &Bench::get().image_noshell;
    let directories = "directories: { downloads: volume:dl, sstate: volume:ss, build: volume:bb }";
    let volumes = unique("noshell");
    let directories = directories.replace("volume:", &format!("volume:{volumes}-"));
    let project = Project::of(image, &directories, "");
    let text = fs::read_to_string(project.file()).unwrap();
    let text = text.replace("container: {", "container: { entrypoint: [/bin/echo, building],");
    fs::write(project.file(), text).unwrap();
    let (code, stdout, stderr) = project.run(&["build", "--", "-k"]).await;
    assert_eq!((code, stdout.as_str()), (Some(0), "building bitbake an-image -k\n"), "{stderr}");
    let (_, listed, _) = project.run(&["sessions", "ls", project.container().as_str()]).await;
    assert!(listed.contains("ended with 0"), "{listed}");

    let text = fs::read_to_string(project.file()).unwrap().replace("/bin/echo", "/bin/no-such");
    fs::write(project.file(), text).unwrap();
    let (code, _, stderr) = project.run(&["build"]).await;
    assert!(code == Some(127) && stderr.contains("/bin/no-such: not found"), "{code:?} {stderr}");
    assert!(on.engine.inspect(&project.container()).await.unwrap_err().is_not_found(), "{stderr}");
    for volume in ["dl", "ss", "bb"] {
        on.engine.remove_volume(&format!("{volumes}-{volume}")).await.unwrap();
    }
}
