//! `up` and `down`: one work container, whatever happens in between.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;
use std::time::Duration;

use smidr_console::actions::Supervised;
use smidr_console::config::{Variables, load_build_file};
use smidr_console::engine::{ContainerDetails, ContainerId, ContainerState, ListFilter, StopOptions, labels};
use smidr_console::workspace::Workspace;
use tokio::process::Command;

use crate::helpers::supervised;
use crate::program::program;
use crate::support::{Bench, unique};

/// A build file in a directory of its own.
struct Project {
    directory: tempfile::TempDir,
    on: Supervised,
}

impl Project {
    async fn new(image: &str, directories: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text = format!(
            "name: {}\nbuild: {{ image: an-image }}\ndirectories: {directories}\n\
             container: {{ base_image: \"{image}\" }}\n",
            unique("up")
        );
        fs::write(directory.path().join("smidr.yaml"), text).unwrap();
        Self { directory, on: supervised().await }
    }

    fn change(&self, from: &str, to: &str) {
        let file = self.directory.path().join("smidr.yaml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(file, text.replace(from, to)).unwrap();
    }

    fn container(&self) -> ContainerId {
        let file = self.directory.path().join("smidr.yaml");
        let loaded = load_build_file(&file, &Variables::default()).unwrap();
        ContainerId::from(Workspace::new(loaded.build_file, file).work_name().as_str())
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut program = program(&Bench::get().docker);
        program.args(words).arg("--file").arg(self.directory.path().join("smidr.yaml"));
        program.stdin(Stdio::null());
        program
    }

    /// The exit code, and all that was said.
    async fn run(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = self.program(words).output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    async fn inspect(&self) -> ContainerDetails {
        self.on.engine.inspect(&self.container()).await.unwrap()
    }

    async fn is_gone(&self) -> bool {
        self.on.engine.inspect(&self.container()).await.is_err_and(|error| error.is_not_found())
    }
}

const DIRECTORIES: &str = "{ downloads: dl, sstate: cache/sstate, build: build }";

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_second_up_changes_nothing_and_a_changed_file_only_where_that_is_wanted() {
    let project = Project::new(&Bench::get().image, DIRECTORIES).await;
    let (code, said) = project.run(&["up"]).await;
    assert!(code == Some(0) && said.contains(" is up"), "{said}");
    let first = project.inspect().await;
    assert_eq!(first.state, ContainerState::Running);
    let made = fs::metadata(project.directory.path().join("cache/sstate")).unwrap();
    assert_eq!((made.uid(), made.mode() & 0o777), (1000, 0o755));

    let (code, said) = project.run(&["up"]).await;
    assert!(code == Some(0) && said.contains("nothing was changed"), "{said}");
    let second = project.inspect().await;
    assert_eq!((&second.id, second.started), (&first.id, first.started));

    project.change("container: {", "container: { memory: 64m,");
    let (code, said) = project.run(&["up"]).await;
    assert!(code == Some(5) && said.contains("memory differs") && said.contains("--recreate"), "{said}");
    assert_eq!(project.inspect().await.id, first.id);
    let (code, said) = project.run(&["up", "--recreate"]).await;
    assert_eq!(code, Some(0), "{said}");
    let third = project.inspect().await;
    assert!(third.id != first.id && third.state == ContainerState::Running);
    let (code, said) = project.run(&["up", "--recreate"]).await;
    assert!(code == Some(0) && said.contains("nothing was changed"), "{said}");
    assert_eq!(project.inspect().await.id, third.id, "nothing differs any more");

    let (code, said) = project.run(&["down"]).await;
    assert!(code == Some(0) && said.contains("removed"), "{said}");
    assert!(project.is_gone().await && project.directory.path().join("cache/sstate").exists());
    let (code, said) = project.run(&["down"]).await;
    assert!(code == Some(0) && said.contains("was not there"), "{said}");
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn artifacts_in_a_volume_are_read_through_the_work_container() {
    let volume = unique("up");
    let directories = format!("{{ downloads: dl, sstate: sstate, build: build, tmp: volume:{volume} }}");
    let project = Project::new(&Bench::get().image, &directories).await;
    project.change("an-image }", "an-image, machine: qemux86-64 }");
    let (code, said) = project.run(&["artifacts"]).await;
    assert!(code == Some(4) && said.contains("`smidr-console up` makes a container"), "{said}");
    let (code, said) = project.run(&["up"]).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = project.run(&["artifacts"]).await;
    assert!(code == Some(4) && said.contains("nothing was built there yet"), "{said}");
    let script = "cd /home/builder/tmp; mkdir -p deploy/images/qemux86-64/sub; cd deploy/images/qemux86-64; \
                  head -c 3000000 /dev/urandom >a-1.wic; ln -s a-1.wic a.wic; ln -s ../../../x out.wic; \
                  echo text >sub/a.manifest; echo no >b.txt; sha256sum a-1.wic";
    let name = project.container().to_string();
    let words = ["exec", "--user", "1000", &name, "--", "sh", "-c", script];
    let made = program(&Bench::get().docker).args(words).output().await.unwrap();
    let sum = String::from_utf8(made.stdout).unwrap();
    assert!(sum.ends_with("a-1.wic\n"), "{sum} {}", String::from_utf8_lossy(&made.stderr));
    // Listed, also while the container does not run.
    project.on.engine.stop(&project.container(), &StopOptions::default()).await.unwrap();
    let (code, said) = project.run(&["--quiet", "artifacts", "*.wic", "sub/*"]).await;
    assert_eq!((code, said.as_str()), (Some(0), "a-1.wic\na.wic\nsub/a.manifest\n"));
    // Copied, each with its checksum; a link beside what it leads to stays one, and alone it is that.
    let to = project.directory.path().join("out");
    let words = |globs: &[&'static str]| [&["artifacts", "--to", "TO"], globs].concat();
    let copy = async |globs: &[&'static str]| {
        let mut words = words(globs);
        words[2] = to.to_str().unwrap();
        project.run(&words).await
    };
    let (code, said) = copy(&["*.wic"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(fs::symlink_metadata(to.join("a.wic")).unwrap().is_symlink());
    assert!(fs::read_to_string(to.join("SHA256SUMS")).unwrap().contains(sum.trim()));
    let (code, said) = copy(&["a.wic", "--force"]).await;
    assert_eq!(code, Some(0), "{said}");
    let alone = fs::symlink_metadata(to.join("a.wic")).unwrap();
    assert!(alone.is_file() && alone.len() == 3_000_000);
    let (code, said) = project.run(&["down"]).await;
    assert_eq!(code, Some(0), "{said}");
    project.on.engine.remove_volume(&volume).await.unwrap();
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_durable_exec_outlives_the_work_container() {
    let project = Project::new(&Bench::get().image, DIRECTORIES).await;
    let (code, said) = project.run(&["up"]).await;
    assert_eq!(code, Some(0), "{said}");
    let name = project.container().to_string();
    let ask = async |words: &[&str]| program(&Bench::get().docker).args(words).output().await.unwrap();
    let begun = ask(&["exec", "--durable", &name, "--", "sh", "-c", "echo hello; exit 3"]).await;
    assert_eq!((begun.status.code(), begun.stdout.as_slice()), (Some(3), b"hello\n".as_slice()));
    project.change("container: {", "container: { memory: 64m,");
    let (code, said) = project.run(&["up", "--recreate"]).await;
    assert_eq!(code, Some(0), "{said}");
    let listed = ask(&["--quiet", "sessions", "ls", &name]).await;
    let id = String::from_utf8(listed.stdout).unwrap();
    let again = ask(&["sessions", "follow", &name, id.trim()]).await;
    assert_eq!((again.status.code(), again.stdout.as_slice()), (Some(3), b"hello\n".as_slice()), "{id}");
    let (code, said) = project.run(&["down"]).await;
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_debian_image_is_up_for_the_builder() {
    let project = Project::new(&Bench::get().image_debian, DIRECTORIES).await;
    let (code, said) = project.run(&["up"]).await;
    assert!(code == Some(0) && !said.contains("not writable"), "{said}");
    let (code, said) = project.run(&["up"]).await;
    assert!(code == Some(0) && said.contains("nothing was changed"), "{said}");
    let (code, said) = project.run(&["down"]).await;
    assert!(code == Some(0) && project.is_gone().await, "{said}");
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn without_a_shell_and_on_volumes_the_builder_can_write() {
    let volumes = unique("up");
    let directories =
        format!("{{ downloads: volume:{volumes}-dl, sstate: volume:{volumes}-ss, build: build }}");
    let project = Project::new(&Bench::get().image_noshell, &directories).await;
    let (code, said) = project.run(&["up"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("not writable"), "{said}");
    // It ends at once when it is asked to.
    let begun = std::time::Instant::now();
    let (code, said) = project.run(&["down", "--grace", "60s"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    for volume in ["dl", "ss"] {
        project.on.engine.remove_volume(&format!("{volumes}-{volume}")).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_directory_of_somebody_else_is_named_and_left_alone() {
    let project = Project::new(&Bench::get().image, DIRECTORIES).await;
    let build = project.directory.path().join("build");
    fs::create_dir(&build).unwrap();
    fs::write(build.join("theirs"), "").unwrap();
    let before = fs::metadata(&build).unwrap();
    let (code, said) = project.run(&["up"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("may not write to") && said.contains("setfacl -m u:1000:rwx"), "{said}");
    let after = fs::metadata(&build).unwrap();
    assert_eq!((before.uid(), before.mode()), (after.uid(), after.mode()));
    assert!(project.is_gone().await);
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn killed_at_any_point_the_next_up_puts_it_right() {
    let project = Project::new(&Bench::get().image, DIRECTORIES).await;
    let (mut seen, mut done) = (std::collections::BTreeSet::new(), 0);
    for step in 0..40_u64 {
        let mut starting = project.program(&["up"]);
        let mut starting = starting.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if tokio::time::timeout(Duration::from_millis(step * 15), starting.wait()).await.is_ok() {
            done += 1;
        } else {
            starting.kill().await.unwrap();
        }
        let left = project.on.engine.inspect(&project.container()).await;
        seen.insert(left.map_or_else(|_| "none".to_owned(), |left| left.state.to_string()));
        let (code, said) = project.run(&["up"]).await;
        assert_eq!(code, Some(0), "killed after {} ms: {said}", step * 15);
        assert_eq!(project.inspect().await.state, ContainerState::Running);
        let file = project.directory.path().join("smidr.yaml").display().to_string();
        let filter =
            ListFilter { labels: vec![(labels::FILE.to_owned(), Some(file))], ..ListFilter::default() };
        assert_eq!(project.on.engine.list(&filter).await.unwrap().len(), 1);
        let (code, said) = project.run(&["down"]).await;
        assert!(code == Some(0) && project.is_gone().await, "{said}");
        if done == 3 {
            break;
        }
    }
    println!("seen after a kill: {seen:?}");
    assert!(seen.contains("none") && seen.contains("running"), "{seen:?}");
}
