//! Cleanup on a real engine: what was planned goes, everything else is still there, asked of the engine's own client.
//!
//! Each test has an engine of its own: a cleanup looks at everything an engine has, and other tests' containers are
//! managed, too.

#[cfg(test)]
#[path = "support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use smidr_console::actions::cleanup::{
        CleanupReport, ItemKind, Plan, PlanOptions, Rules, VolumeChoice, execute,
    };
    use smidr_console::actions::{Supervised, Supervisor};
    use smidr_console::engine::docker::connect;
    use smidr_console::engine::{Endpoint, Transport};

    use crate::support::{Bench, OwnDocker};

    const OURS: [&str; 2] = ["--label", "io.smidr.managed=true"];

    struct Engine {
        docker: OwnDocker,
        on: Supervised,
        image: String,
    }

    impl Engine {
        async fn start() -> Self {
            let docker = OwnDocker::start(&[]).await;
            let endpoint = Endpoint { transport: Transport::Unix(docker.socket()), named_by: "test".into() };
            let on = Supervised::new(connect(&endpoint).await.unwrap(), Supervisor::new());
            Self { docker, on, image: Bench::get().image }
        }

        /// Runs a container to its end, or leaves it running with `--detach` among the options.
        async fn run(&self, name: &str, options: &[&str], command: &[&str]) {
            let head = ["run", "--network", "none", "--name", name];
            self.docker.docker(&[&head, options, &[self.image.as_str()], command].concat()).await;
        }

        async fn volume(&self, name: &str, options: &[&str]) {
            self.docker.docker(&[&["volume", "create"], options, &[name]].concat()).await;
        }

        async fn containers(&self) -> BTreeSet<String> {
            self.lines(&["ps", "--all", "--format", "{{.Names}}"]).await
        }

        async fn volumes(&self) -> BTreeSet<String> {
            self.lines(&["volume", "ls", "--format", "{{.Name}}"]).await
        }

        async fn lines(&self, arguments: &[&str]) -> BTreeSet<String> {
            self.docker.docker(arguments).await.lines().map(str::to_owned).collect()
        }

        async fn plan(&self, options: &PlanOptions) -> Plan {
            Plan::make(&self.on, &self.on.supervisor.call(), &Rules::default(), options).await.unwrap()
        }

        async fn execute(&self, plan: &Plan) -> CleanupReport {
            execute(&self.on, &self.on.supervisor.call(), plan, &plan.all(), |_| ()).await
        }
    }

    fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    fn planned(plan: &Plan) -> BTreeSet<String> {
        plan.removals().iter().map(|removal| removal.item.name.clone()).collect()
    }

    fn ends(report: &CleanupReport) -> Vec<(&str, &str, String)> {
        let end = |item: &smidr_console::actions::cleanup::ItemReport| item.sentence().unwrap_or_default();
        report.items.iter().map(|item| (item.item.name.as_str(), item.word(), end(item))).collect()
    }

    #[tokio::test]
    #[ignore = "needs the bench: run tests/run"]
    async fn exactly_the_plan_goes_and_everything_else_remains() {
        let engine = Engine::start().await;
        engine.volume("own", &OURS).await;
        engine.volume("shared", &OURS).await;
        engine.volume("yocto-sstate", &OURS).await;
        engine.volume("nobodys", &[]).await;
        let write = ["sh", "-c", "head -c 2000000 /dev/zero >/own/file"];
        engine.run("ended", &[&OURS[..], &["-v", "own:/own"]].concat(), &write).await;
        engine.run("ended-sstate", &[&OURS[..], &["-v", "yocto-sstate:/s"]].concat(), &["true"]).await;
        engine
            .run("ended-shared", &[&OURS[..], &["-v", "shared:/s", "-v", "/anon"]].concat(), &["true"])
            .await;
        engine.run("runs", &[&OURS[..], &["--detach", "--init"]].concat(), &["sleep", "1000"]).await;
        engine.run("foreign", &["-v", "shared:/s", "-v", "/anon"], &["true"]).await;
        let volumes_before = engine.volumes().await;

        let plan = engine.plan(&PlanOptions::default()).await;
        let anonymous: Vec<_> =
            plan.removals().iter().filter(|one| one.item.id.kind == ItemKind::AnonymousVolume).collect();
        assert_eq!(anonymous.len(), 1, "that of ended-shared, not that of foreign: {plan:?}");
        let anonymous = anonymous[0].item.name.as_str();
        assert_eq!(planned(&plan), names(["ended", "ended-shared", "ended-sstate", "own", anonymous]));
        let kept: BTreeSet<_> =
            plan.kept().iter().map(|kept| (kept.item.name.as_str(), kept.why.code())).collect();
        assert_eq!(kept, [("runs", "running"), ("shared", "in-use"), ("yocto-sstate", "protected")].into());
        assert_eq!(engine.volumes().await, volumes_before, "a plan changes nothing");

        let report = engine.execute(&plan).await;
        assert!(report.is_complete(), "{:?}", ends(&report));
        assert!(report.freed().0 >= 2_000_000, "{:?}", report.freed());
        assert_eq!(engine.containers().await, names(["runs", "foreign"]));
        let gone = names(["own", anonymous]);
        assert_eq!(engine.volumes().await, volumes_before.difference(&gone).cloned().collect());

        let again = engine.plan(&PlanOptions::default()).await;
        assert_eq!(planned(&again), names([]));
        let included = PlanOptions { include_protected: names(["yocto-sstate"]), ..PlanOptions::default() };
        let report = engine.execute(&engine.plan(&included).await).await;
        assert_eq!(ends(&report), [("yocto-sstate", "removed", String::new())]);
        engine.docker.stop().await;
    }

    #[tokio::test]
    #[ignore = "needs the bench: run tests/run"]
    async fn running_ones_are_stopped_and_their_last_writes_do_not_keep_their_volume() {
        let engine = Engine::start().await;
        engine.volume("work", &OURS).await;
        let build = "trap 'touch /yocto/last; exit 3' TERM; touch /yocto/begun; while :; do sleep 0.1; done";
        let options = [&OURS[..], &["--detach", "-v", "work:/yocto"]].concat();
        engine.run("build", &options, &["sh", "-c", build]).await;
        // A commit without a name is an image without a tag.
        engine.docker.docker(&["commit", "build"]).await;
        let images = async || engine.lines(&["images", "--quiet", "--filter", "dangling=true"]).await;
        assert_eq!(images().await.len(), 1);

        let options = PlanOptions { running: true, images: true, ..PlanOptions::default() };
        let plan = engine.plan(&options).await;
        assert_eq!(plan.removals().len(), 3, "{plan:?}");
        let report = engine.execute(&plan).await;
        assert!(report.is_complete(), "{:?}", ends(&report));
        assert_eq!(engine.containers().await, names([]));
        assert_eq!(engine.volumes().await, names([]));
        assert_eq!(images().await, names([]));
        engine.docker.stop().await;
    }

    #[tokio::test]
    #[ignore = "needs the bench: run tests/run"]
    async fn what_has_come_into_use_since_is_left_alone() {
        let engine = Engine::start().await;
        for volume in ["mounted", "remade"] {
            engine.volume(volume, &[&OURS[..], &["--label", "io.smidr.created=then"]].concat()).await;
        }
        let wait = ["sh", "-c", "[ -e /ran ] && exec sleep 1000; touch /ran"];
        engine.run("started", &[&OURS[..], &["-v", "/anon"]].concat(), &wait).await;
        engine.run("renamed", &OURS, &["true"]).await;
        engine.run("replaced", &OURS, &["true"]).await;
        let plan = engine.plan(&PlanOptions::default()).await;
        let anonymous = plan.removals().iter().find(|one| one.item.id.kind == ItemKind::AnonymousVolume);
        let anonymous = anonymous.unwrap().item.name.clone();

        engine.docker.docker(&["start", "started"]).await;
        engine.docker.docker(&["rename", "renamed", "precious"]).await;
        engine.docker.docker(&["rm", "replaced"]).await;
        engine.run("replaced", &OURS, &["true"]).await;
        engine.run("newcomer", &["-v", "mounted:/m"], &["true"]).await;
        engine.docker.docker(&["volume", "rm", "remade"]).await;
        engine.volume("remade", &[&OURS[..], &["--label", "io.smidr.created=now"]].concat()).await;

        let report = engine.execute(&plan).await;
        let words: BTreeSet<_> =
            report.items.iter().map(|item| (item.item.name.as_str(), item.word())).collect();
        assert_eq!(
            words,
            [
                ("started", "skipped"),
                ("renamed", "skipped"),
                ("replaced", "gone"),
                ("mounted", "skipped"),
                ("remade", "skipped"),
                (anonymous.as_str(), "skipped")
            ]
            .into(),
            "{:?}",
            ends(&report)
        );
        assert_eq!(engine.containers().await, names(["started", "precious", "replaced", "newcomer"]));
        assert_eq!(engine.volumes().await, names(["mounted", "remade", &anonymous]));
        engine.docker.stop().await;
    }

    #[tokio::test]
    #[ignore = "needs the bench: run tests/run"]
    async fn volumes_stay_where_they_were_not_asked_for() {
        let engine = Engine::start().await;
        engine.volume("named", &OURS).await;
        engine.run("ended", &[&OURS[..], &["-v", "/anon"]].concat(), &["true"]).await;
        let none = PlanOptions { volumes: VolumeChoice::None, ..PlanOptions::default() };
        let before = engine.volumes().await;
        let report = engine.execute(&engine.plan(&none).await).await;
        assert!(report.is_complete(), "{:?}", ends(&report));
        assert_eq!((engine.containers().await, engine.volumes().await), (names([]), before));
        engine.docker.stop().await;
    }

    /// The program on this engine: its exit code and what it printed.
    async fn program(engine: &Engine, arguments: &[&str]) -> (Option<i32>, String) {
        let socket = engine.docker.socket();
        let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_smidr-console"));
        program.arg("--host").arg(&socket).args(arguments).stdin(std::process::Stdio::null());
        let output = program.output().await.unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }

    #[tokio::test]
    #[ignore = "needs the bench: run tests/run"]
    async fn sessions_that_are_over_go_and_one_that_runs_stays() {
        let engine = Engine::start().await;
        engine.run("theirs", &["--detach"], &["sleep", "100000"]).await;
        let durable = ["exec", "--durable", "theirs", "--", "sh", "-c"];
        let (code, said) = program(&engine, &[&durable[..], &["echo kept; exit 3"]].concat()).await;
        assert_eq!(code, Some(3), "{said}");
        let detached = ["exec", "--durable", "--detach", "theirs", "--", "sleep", "100000"];
        let (_, running) = program(&engine, &detached).await;
        // Not old enough.
        let (code, said) = program(&engine, &["cleanup", "--dry-run"]).await;
        assert!(
            code == Some(0) && said.contains("Nothing to remove") && !said.contains("ended with 3"),
            "{said}"
        );
        // Old enough by the settings, or by what is said here.
        let settings = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(settings.path(), "sessions: {keep: 0s}\n").unwrap();
        let by_settings = ["--settings", settings.path().to_str().unwrap(), "cleanup", "--dry-run"];
        let (code, said) = program(&engine, &by_settings).await;
        assert!(code == Some(0) && said.contains("ended with 3"), "{said}");
        let all = ["cleanup", "--sessions-older-than", "0s"];
        let (code, said) = program(&engine, &[&all[..], &["--dry-run"]].concat()).await;
        assert!(code == Some(0) && said.contains("ended with 3") && !said.contains(running.trim()), "{said}");
        let (code, said) = program(&engine, &[&all[..], &["--force", "--json"]].concat()).await;
        let told: serde_json::Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
        let sessions = told["sessions"].as_array().unwrap();
        assert!(code == Some(0) && sessions.len() == 1 && sessions[0]["removed"] == true, "{said}");
        assert_eq!((&sessions[0]["size"], &sessions[0]["container"]), (&5.into(), &"theirs".into()));
        let (_, left) = program(&engine, &["--quiet", "sessions", "ls"]).await;
        assert_eq!(left.trim(), running.trim());
        engine.docker.stop().await;
    }
}
