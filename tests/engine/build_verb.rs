//! `build`: what survives the program, what is refused, and what is put right.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use smidr_console::engine::{
    ContainerId, ContainerManager, ContainerState, ListFilter, RemoveOptions, Signal, labels,
};
use tokio::process::Command;

use crate::helpers::connect;
use crate::program::program;
use crate::support::{Bench, unique, wait_until};

/// A build file with a layer whose BitBake is a script.
struct Place {
    engine: Arc<dyn ContainerManager>,
    directory: tempfile::TempDir,
    name: String,
}

impl Place {
    /// `bitbake` is the script; `more` is added to the file.
    async fn new(bitbake: &str, more: &str) -> Self {
        let bench = Bench::get();
        let directory = tempfile::tempdir().unwrap();
        // The engine's users have to come through to what is in it.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let layer = directory.path().join("poky");
        fs::create_dir_all(layer.join("bitbake/bin")).unwrap();
        let init = "PATH=\"$OEROOT/bitbake/bin:$PATH\"; export PATH; cd \"$1\"\n";
        fs::write(layer.join("oe-init-build-env"), init).unwrap();
        let script = layer.join("bitbake/bin/bitbake");
        fs::write(&script, format!("#!/bin/sh\n{bitbake}\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let name = unique("built");
        let place = Self { engine: connect(&bench.docker).await, directory, name };
        place.write("smidr.yaml", &bench.image, more);
        place
    }

    /// The same in a Debian, by its login shell.
    async fn in_debian(bitbake: &str) -> Self {
        let place = Self::new(bitbake, "").await;
        place.write("smidr.yaml", &Bench::get().image_debian, "entrypoint: [/bin/bash, -l, -c]");
        place
    }

    fn write(&self, file: &str, image: &str, more: &str) {
        let more = if more.contains("entrypoint") {
            format!("container: {{ base_image: '{image}', {more} }}\n")
        } else {
            format!("container: {{ base_image: '{image}' }}\n{more}\n")
        };
        let text = format!(
            "name: {}\nbuild: {{ image: core-image-minimal, machine: qemux86-64 }}\n\
             layers: [{{ name: poky, path: ./poky }}]\n\
             directories: {{ downloads: dl, sstate: sstate, build: build }}\n{more}",
            self.name
        );
        fs::write(self.path(file), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn build(&self, words: &[&str]) -> Command {
        self.build_of("smidr.yaml", words)
    }

    fn build_of(&self, file: &str, words: &[&str]) -> Command {
        let mut command = program(&Bench::get().docker);
        command.arg("build").arg("-f").arg(self.path(file)).args(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Its containers: name and state.
    async fn containers(&self) -> Vec<(String, ContainerState)> {
        let filter = ListFilter {
            labels: vec![(labels::ROLE.to_owned(), Some(labels::BUILD.to_owned()))],
            name: Some(self.name.clone()),
            ..ListFilter::default()
        };
        let found = self.engine.list(&filter).await.unwrap();
        found.into_iter().map(|container| (container.name, container.state)).collect()
    }

    /// The only one.
    async fn container(&self) -> String {
        let mut found = self.containers().await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0).0
    }

    async fn remove(self) {
        for (name, _) in self.containers().await {
            let force = RemoveOptions { force: true, volumes: true };
            self.engine.remove(&ContainerId::from(name.as_str()), force).await.unwrap();
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn sessions(words: &[&str]) -> Output {
    program(&Bench::get().docker).arg("sessions").args(words).output().await.unwrap()
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_build_says_what_it_was_given_and_the_program_ends_as_it() {
    let place = Place::new(
        "pwd; id -u; echo \"$MACHINE $DL_DIR\"; for word; do echo \"<$word>\"; done; touch made; exit 3",
        "",
    )
    .await;
    let output = place.build(&["--", "-k", "it's", "a  b"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "/home/builder/build\n1000\nqemux86-64 /home/builder/downloads\n\
         <core-image-minimal>\n<-k>\n<it's>\n<a  b>\n"
    );
    assert!(place.path("build/made").exists());
    let name = place.container().await;
    // It has ended: found, followed and told as it was.
    let again = sessions(&["follow", &name]).await;
    assert_eq!((again.status.code(), &again.stdout), (Some(3), &output.stdout), "{}", text(&again.stderr));
    let listed = sessions(&["ls"]).await;
    assert!(text(&listed.stdout).contains(&name), "{}", text(&listed.stdout));
    // The next one removes what is left of it, and its record stays.
    let other = place.build(&["other"]).output().await.unwrap();
    assert!(text(&other.stdout).contains("<other>"), "{}", text(&other.stderr));
    assert_eq!(place.container().await, name);
    assert_eq!(fs::read_dir(place.path("build/.smidr-sessions/records")).unwrap().count(), 2);
    let removed = sessions(&["rm", &name]).await;
    assert_eq!(removed.status.code(), Some(0), "{}", text(&removed.stderr));
    assert!(place.containers().await.is_empty());
    place.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_debian_image_builds_by_its_login_shell() {
    let place = Place::in_debian("id -un; echo \"$MACHINE for $*\"; ls --version | head -n 1; exit 3").await;
    let output = place.build(&["--", "-k", "it's"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.starts_with("builder\nqemux86-64 for core-image-minimal -k it's\nls (GNU"), "{said}");
    let name = place.container().await;
    let again = sessions(&["follow", &name]).await;
    assert_eq!((again.status.code(), &again.stdout), (Some(3), &output.stdout), "{}", text(&again.stderr));
    place.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_second_build_is_refused_and_told_of_the_first_until_that_is_killed() {
    let place = Place::new("echo begun; if [ $1 = short ]; then exit 0; fi; sleep 100000", "").await;
    let first = place.build(&["--detach", "long"]).output().await.unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let name = place.container().await;
    let second = place.build(&["short"]).output().await.unwrap();
    let said = text(&second.stderr);
    assert_eq!(second.status.code(), Some(5), "{said}");
    for word in ["long", "sessions follow", "sessions stop", name.as_str()] {
        assert!(said.contains(word), "{word}: {said}");
    }
    // The same directory by another name, so that only the lock can tell.
    std::os::unix::fs::symlink(place.path("build"), place.path("linked")).unwrap();
    let file = fs::read_to_string(place.path("smidr.yaml")).unwrap();
    fs::write(place.path("other.yaml"), file.replace("build: build", "build: linked")).unwrap();
    let third = place.build_of("other.yaml", &["short"]).output().await.unwrap();
    let said = text(&third.stderr);
    assert!(!third.status.success() && said.contains("has the lock"), "{said}");
    assert_eq!(place.container().await, name, "nothing is left of the one that was refused");
    // However the first one ends, the lock ends with it.
    place.engine.kill(&ContainerId::from(name.as_str()), &Signal::kill()).await.unwrap();
    let lost = sessions(&["follow", &name]).await;
    assert_eq!((lost.status.code(), text(&lost.stdout).as_str()), (Some(125), "begun\n"));
    let third = place.build_of("other.yaml", &["short"]).output().await.unwrap();
    assert_eq!(third.status.code(), Some(0), "{}", text(&third.stderr));
    let second = place.build(&["short"]).output().await.unwrap();
    assert_eq!(second.status.code(), Some(0), "{}", text(&second.stderr));
    place.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn an_interrupt_detaches_and_a_stop_ends_it() {
    let place =
        Place::new("trap 'echo ending; exit 9' TERM; echo begun; while true; do sleep 1; done", "").await;
    let mut following = place.build(&[]).spawn().unwrap();
    wait_until("it runs", Duration::from_secs(30), async || {
        place.path("build/.smidr-sessions/records").read_dir().is_ok_and(|mut all| all.next().is_some())
    })
    .await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(following.id().unwrap()).unwrap()).unwrap();
    // Only once it is followed an interrupt means that.
    let mut first = [0; 6];
    tokio::io::AsyncReadExt::read_exact(following.stdout.as_mut().unwrap(), &mut first).await.unwrap();
    assert_eq!(&first, b"begun\n");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = following.wait_with_output().await.unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("sessions follow") && said.contains("sessions stop"), "{said}");
    let name = place.container().await;
    let stopped = sessions(&["stop", &name]).await;
    assert_eq!(stopped.status.code(), Some(0), "{}", text(&stopped.stderr));
    assert!(text(&stopped.stdout).contains("ended with 9"), "{}", text(&stopped.stdout));
    let followed = sessions(&["follow", &name]).await;
    let printed = text(&followed.stdout);
    assert_eq!(followed.status.code(), Some(9));
    assert!(printed.starts_with("begun\n") && printed.ends_with("ending\n"), "{printed}");
    place.remove().await;
}

/// One minute is the shortest a build file takes.
#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_deadline_ends_a_build_and_says_so() {
    let place = Place::new(
        "trap 'exit 0' TERM; echo begun; while true; do sleep 1; done",
        "advanced: { build_timeout: 1 }",
    )
    .await;
    let output = place.build(&[]).output().await.unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(124), "{said}");
    assert!(text(&output.stdout).starts_with("begun\n"), "{said}");
    assert!(said.contains("ended at its deadline"), "{said}");
    place.remove().await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_build_that_does_not_listen_is_killed_after_the_grace_that_is_given() {
    let place = Place::new("trap '' TERM; echo begun; while true; do sleep 1; done", "").await;
    let begun = place.build(&["--detach"]).output().await.unwrap();
    assert_eq!(begun.status.code(), Some(0), "{}", text(&begun.stderr));
    let name = place.container().await;
    let stopped = sessions(&["stop", "--grace", "1s", &name]).await;
    assert_eq!(stopped.status.code(), Some(0), "{}", text(&stopped.stderr));
    let followed = sessions(&["follow", &name]).await;
    assert_eq!(followed.status.code(), Some(137), "{}", text(&followed.stderr));
    assert!(text(&followed.stdout).starts_with("begun\n"));
    place.remove().await;
}
