//! Cleanup on the simulated engine, in paused time: races, a slow engine, lost answers, a cancel in the middle.

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use smidr_console::actions::cleanup::{CleanupReport, Plan, PlanOptions, Rules, execute};
    use smidr_console::actions::{Supervised, Supervisor};
    use smidr_console::engine::simulated::{Fault, Scene, Simulated};
    use smidr_console::engine::{
        ContainerManager, ContainerSpec, ListFilter, Mount, MountSource, VolumeFilter,
    };
    use tokio::time::Instant;

    /// Three ended builds on a volume of their own, a shared cache, a running build, and somebody else's container.
    const YARD: &str = r#"
images: [{reference: "debian:12"}]
volumes:
  - {name: work, size: 41 GiB, created_ago: 3d}
  - {name: spare, size: 1 GiB, created_ago: 3d, labels: &ours {io.smidr.managed: "true"}}
  - {name: yocto-sstate, size: 300 GiB, created_ago: 90d, labels: *ours}
  - {name: shared, size: 7 GiB, created_ago: 90d, labels: *ours}
containers:
  - {name: old-1, image: "debian:12", command: [sleep, inf], state: exited, created_ago: 3d, started_ago: 3d, ended_ago: 2d, labels: *ours, mounts: [{source: work, target: /work}], process: &quick {exit: {code: 0}}}
  - {name: old-2, image: "debian:12", command: [sleep, inf], state: exited, created_ago: 3d, started_ago: 3d, ended_ago: 2d, labels: *ours, mounts: [{source: yocto-sstate, target: /s}], process: *quick}
  - {name: old-3, image: "debian:12", command: [sleep, inf], state: created, created_ago: 3d, labels: *ours, mounts: [{source: shared, target: /s}], process: &forever {exit: {never: true}}}
  - {name: runs, image: "debian:12", command: [sleep, inf], state: running, created_ago: 1d, started_ago: 1d, labels: *ours, process: *forever}
  - {name: foreign, image: "debian:12", command: [sleep, inf], state: exited, created_ago: 1d, started_ago: 1d, ended_ago: 1h, mounts: [{source: shared, target: /s}], process: *quick}
"#;

    struct Yard {
        engine: Arc<Simulated>,
        on: Supervised,
    }

    impl Yard {
        fn new() -> Self {
            let nothing = |name: &str| Err(std::io::Error::other(format!("no recording {name}")));
            let scene = Scene::parse(YARD, &nothing).unwrap_or_else(|error| panic!("{error}"));
            let engine = Arc::new(Simulated::new(scene, "test"));
            Self { on: Supervised::new(engine.clone(), Supervisor::new()), engine }
        }

        fn fault(&self, yaml: &str) {
            self.engine.add_fault(serde_yaml::from_str::<Fault>(yaml).unwrap());
        }

        async fn plan(&self) -> Plan {
            let call = self.on.supervisor.call();
            Plan::make(&self.on, &call, &Rules::default(), &PlanOptions::default()).await.unwrap()
        }

        async fn execute(&self, plan: &Plan) -> CleanupReport {
            execute(&self.on, &self.on.supervisor.call(), plan, &plan.all(), |_| ()).await
        }

        async fn containers(&self) -> Vec<String> {
            let all = self.engine.list(&ListFilter::default()).await.unwrap();
            sorted(all.into_iter().map(|one| one.name))
        }

        async fn volumes(&self) -> Vec<String> {
            let all = self.engine.list_volumes(&VolumeFilter::default()).await.unwrap();
            sorted(all.into_iter().map(|one| one.name))
        }
    }

    fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn words(report: &CleanupReport) -> Vec<(&str, &'static str)> {
        report.items.iter().map(|item| (item.item.name.as_str(), item.word())).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_right_things_remain() {
        let yard = Yard::new();
        let plan = yard.plan().await;
        assert_eq!(plan.total(), (42 << 30, 0));
        let report = yard.execute(&plan).await;
        let removed = [
            ("old-1", "removed"),
            ("old-2", "removed"),
            ("old-3", "removed"),
            ("spare", "removed"),
            ("work", "removed"),
        ];
        assert_eq!(words(&report), removed);
        assert_eq!(report.freed(), (42 << 30, 0));
        assert_eq!(yard.containers().await, ["foreign", "runs"]);
        assert_eq!(yard.volumes().await, ["shared", "yocto-sstate"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_started_or_mounted_since_stays() {
        let yard = Yard::new();
        let plan = yard.plan().await;
        yard.engine.start(&"old-3".into()).await.unwrap();
        let mut late = ContainerSpec::new("late", "debian:12");
        let source = MountSource::Volume("spare".into());
        late.mounts = vec![Mount { source, target: "/spare".into(), read_only: false }];
        yard.engine.create(&late).await.unwrap();
        let report = yard.execute(&plan).await;
        assert_eq!(
            words(&report),
            [
                ("old-1", "removed"),
                ("old-2", "removed"),
                ("old-3", "skipped"),
                ("spare", "skipped"),
                ("work", "removed")
            ]
        );
        assert_eq!(yard.containers().await, ["foreign", "late", "old-3", "runs"]);
        assert_eq!(yard.volumes().await, ["shared", "spare", "yocto-sstate"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_answer_is_looked_after_and_its_volume_follows() {
        let yard = Yard::new();
        let plan = yard.plan().await;
        yard.fault("{on: [remove], object: old-1, silent: true, done_anyway: true}");
        let report = yard.execute(&plan).await;
        assert!(words(&report).iter().all(|(_, word)| *word == "removed"), "{:?}", words(&report));
        assert_eq!(report.items[0].sentence().unwrap().split("; ").last(), Some("the container is gone"));
        assert_eq!(yard.volumes().await, ["shared", "yocto-sstate"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_engine_is_waited_for_and_a_failing_one_is_told() {
        let yard = Yard::new();
        yard.fault("{on: [remove], object: old-1, delay: 4m}");
        yard.fault("{on: [remove-volume], object: spare, refuse: engine-fault, saying: disk on fire}");
        let plan = yard.plan().await;
        let begun = Instant::now();
        let report = yard.execute(&plan).await;
        assert_eq!(
            words(&report),
            [
                ("old-1", "removed"),
                ("old-2", "removed"),
                ("old-3", "removed"),
                ("spare", "failed"),
                ("work", "removed")
            ]
        );
        assert!(begun.elapsed() >= Duration::from_secs(240));
        let spare = report.items[3].sentence().unwrap();
        assert!(spare.contains("disk on fire") && spare.contains("still there"), "{spare}");
        assert_eq!(report.freed(), (41 << 30, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn cancelled_in_the_middle_every_thing_has_its_word() {
        let yard = Yard::new();
        yard.fault("{on: [remove], object: old-2, delay: 1m}");
        let plan = yard.plan().await;
        let call = yard.on.supervisor.call();
        let report = execute(&yard.on, &call, &plan, &plan.all(), |item| {
            if item.item.name == "old-3" {
                call.cancel.cancel();
            }
        })
        .await;
        assert_eq!(
            words(&report),
            [
                ("old-1", "removed"),
                ("old-2", "cancelled"),
                ("old-3", "removed"),
                ("spare", "not-begun"),
                ("work", "not-begun")
            ]
        );
        assert_eq!(yard.volumes().await, ["shared", "spare", "work", "yocto-sstate"]);
    }
}
