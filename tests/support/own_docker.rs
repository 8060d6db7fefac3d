//! A Docker engine that belongs to one test: to be killed, frozen and started again.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use super::bench::{unique, variable};
use super::wait::wait_until;

/// A running dockerd, with the images of the bench, without network. `stop` it at the end of the test; when the test
/// panics first, it is killed.
#[derive(Debug)]
pub(crate) struct OwnDocker {
    state: tempfile::TempDir,
    run: PathBuf,
    options: Vec<String>,
    process: Child,
}

impl OwnDocker {
    /// Starts one. Further options of dockerd can be given, `--live-restore` for instance.
    pub(crate) async fn start(options: &[&str]) -> Self {
        let state = tempfile::Builder::new().prefix("dockerd").tempdir().unwrap();
        let run = Path::new("/run").join(unique("own-docker"));
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let process = spawn(state.path(), &run, &options);
        let mut engine = Self { state, run, options, process };
        engine.ready().await.unwrap();
        let loaded =
            engine.docker(&["load", "--quiet", "--input", &variable("SMIDR_BENCH_IMAGES_TAR")]).await;
        assert!(loaded.contains("Loaded image"), "{loaded}");
        engine
    }

    /// `unix://…`
    pub(crate) fn endpoint(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.run.join("docker.sock")
    }

    /// Ends the engine as a crash does. Its containers live on with `--live-restore`.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// Starts it again on the same state, after `kill`.
    pub(crate) async fn start_again(&mut self) {
        self.process = spawn(self.state.path(), &self.run, &self.options);
        // What a killed one has left stands in the way of the next now and then, and is gone with that.
        if let Err(why) = self.ready().await {
            println!("{why}");
            self.process = spawn(self.state.path(), &self.run, &self.options);
            self.ready().await.unwrap();
        }
    }

    /// From now on it accepts connections and does nothing.
    pub(crate) async fn freeze(&self) {
        self.signal(Signal::STOP);
        // A signal is on its way for a moment, and each thread stops by itself.
        let tasks = PathBuf::from(format!("/proc/{}/task", self.process.id().unwrap()));
        wait_until("every thread of dockerd is stopped", Duration::from_secs(5), async || {
            std::fs::read_dir(&tasks).unwrap().all(|task| {
                let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap_or_default();
                stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('T'))
            })
        })
        .await;
    }

    /// It goes on where it was frozen.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Removes its containers and ends it in order.
    pub(crate) async fn stop(mut self) {
        let ids = self.docker(&["ps", "--all", "--quiet"]).await;
        for id in ids.lines() {
            self.docker(&["rm", "--force", "--volumes", id]).await;
        }
        self.signal(Signal::TERM);
        let ended = tokio::time::timeout(Duration::from_secs(20), self.process.wait()).await;
        ended.expect("dockerd did not end in 20 s").unwrap();
        self.unmount().await;
        std::fs::remove_dir_all(&self.run).unwrap();
        self.state.close().unwrap();
    }

    /// A killed dockerd leaves its mounts, and its successor puts its own on top of them.
    async fn unmount(&self) {
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let targets = mounts.lines().filter_map(|line| line.split(' ').nth(1)).map(Path::new);
        for target in targets.filter(|t| t.starts_with(self.state.path()) || t.starts_with(&self.run)).rev() {
            let status = Command::new("umount").arg("--lazy").arg(target).status().await.unwrap();
            assert!(status.success(), "cannot unmount {}", target.display());
        }
    }

    /// Runs the `docker` client on it and returns what it printed.
    pub(crate) async fn docker(&self, arguments: &[&str]) -> String {
        let output =
            Command::new("docker").arg("--host").arg(self.endpoint()).args(arguments).output().await.unwrap();
        assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn signal(&self, signal: Signal) {
        let pid = self.process.id().and_then(|id| Pid::from_raw(i32::try_from(id).unwrap())).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits until it answers; its last words where it ends instead.
    async fn ready(&mut self) -> Result<(), String> {
        let socket = self.socket();
        let (process, mut has_ended) = (&mut self.process, false);
        wait_until("dockerd answers", Duration::from_secs(30), async || {
            has_ended = process.try_wait().unwrap().is_some();
            if has_ended {
                return true;
            }
            let Ok(stream) = tokio::net::UnixStream::connect(&socket).await else { return false };
            super::http::get(stream, "/_ping", &[]).await.is_ok_and(|answer| answer.status == 200)
        })
        .await;
        if !has_ended {
            return Ok(());
        }
        let log = std::fs::read_to_string(self.state.path().join("dockerd.log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        Err(format!("dockerd has ended: {}", last.join("\n")))
    }
}

fn spawn(state: &Path, run: &Path, options: &[String]) -> Child {
    let log = std::fs::File::options().create(true).append(true).open(state.join("dockerd.log")).unwrap();
    // In a network namespace of its own: with `--bridge none` it would delete the bridge of the bench's engine.
    Command::new("unshare")
        .args(["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"])
        .arg(variable("SMIDR_BENCH_DOCKERD"))
        .args([state, run])
        .args(["--bridge", "none", "--host"])
        .arg(format!("unix://{}", run.join("docker.sock").display()))
        .args(options)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}
