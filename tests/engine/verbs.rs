//! The verbs of the command line against a real engine, as a script calls them.

use std::process::Stdio;

use serde_json::Value;

use crate::program::program;
use crate::support::{Bench, unique};

/// What a call came to.
struct Called {
    code: i32,
    out: String,
    err: String,
}

impl Called {
    /// Standard output as JSON.
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {:?} {}", self.out, self.err))
    }
}

async fn call(args: &[&str]) -> Called {
    let output = program(&Bench::get().docker).args(args).stdin(Stdio::null()).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Called { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// The same, which must end well.
async fn done(args: &[&str]) -> Called {
    let called = call(args).await;
    assert_eq!(called.code, 0, "{args:?}: {}", called.err);
    called
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn a_container_from_its_making_to_its_end() {
    let (bench, name, volume) = (Bench::get(), unique("verbs"), unique("verbs"));
    let (name, volume) = (name.as_str(), volume.as_str());
    done(&["volume", "create", volume, "--label", "use=sstate"]).await;
    let mount = format!("{volume}:/sstate");
    let script = "echo out; echo err >&2; exec sleep 1000";
    let create =
        ["create", "--start", "--name", name, "-v", &mount, "-e", "A=1", "--memory", "64m", "--init"];
    let create: Vec<&str> = create.into_iter().chain([bench.image.as_str(), script]).collect();
    let id = done(&create).await.out.trim().to_owned();
    assert_eq!(done(&create).await.out.trim(), id, "a second time finds it");
    let other = call(&["create", "--name", name, bench.image.as_str(), "true"]).await;
    assert_eq!(other.code, 5, "{}", other.err);

    let listed = done(&["ps", "--json", "--name", name]).await.json();
    assert_eq!((listed[0]["id"].as_str(), listed[0]["state"].as_str()), (Some(id.as_str()), Some("running")));
    let details = done(&["inspect", name, "--json"]).await.json();
    assert_eq!(details[0]["memory_limit"], 64 << 20);
    assert_eq!(details[0]["mounts"][0]["volume"], volume);
    let used = done(&["volume", "inspect", volume, "--json"]).await.json();
    assert_eq!(used[0]["users"], serde_json::json!([name]));

    let ran =
        call(&["exec", "-e", "B=2", "-w", "/sstate", name, "--", "sh", "-c", "echo $A$B; pwd >&2; exit 7"])
            .await;
    assert_eq!((ran.code, ran.out.as_str()), (7, "12\n"), "{}", ran.err);
    assert!(ran.err.ends_with("/sstate\n"), "{}", ran.err);
    assert_eq!(call(&["exec", name, "no-such-command"]).await.code, 127);
    assert!(done(&["top", name]).await.out.contains("sleep 1000"));
    assert!(done(&["stats", name, "--json"]).await.json()[0]["memory"]["used"].as_u64().unwrap() > 0);

    assert_eq!(done(&["pause", name]).await.out, format!("{name}: paused\n"));
    assert_eq!(done(&["unpause", name, name]).await.out, format!("{name}: thawed\n"));
    let logs = done(&["logs", name]).await;
    assert_eq!((logs.out.as_str(), logs.err.as_str()), ("out\n", "err\n"));
    assert_eq!(done(&["logs", "--only=stderr", name]).await.out, "");

    let stopped = done(&["stop", "--grace=5s", name, "--json"]).await.json();
    assert_eq!(stopped[0]["change"], "made");
    assert_eq!(done(&["stop", name]).await.out, format!("{name}: was not running\n"));
    assert_eq!(call(&["exec", name, "true"]).await.code, 125, "it is not running");
    assert_eq!(call(&["volume", "rm", volume]).await.code, 5, "it is in use");
    assert_eq!(done(&["rm", name]).await.out, format!("{name}: removed\n"));
    assert_eq!(done(&["volume", "rm", volume]).await.out, format!("{volume}: removed\n"));
    assert_eq!(call(&["inspect", name]).await.code, 4);
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn logs_begin_at_the_nanosecond() {
    let (bench, name) = (Bench::get(), unique("verbs"));
    let script = "for n in 1 2 3 4 5 6 7 8 9; do echo $n; done";
    done(&["create", "--start", "--name", &name, &bench.image, script]).await;
    done(&["wait", &name]).await;
    let all = done(&["logs", "--json", &name]).await.out;
    let entries: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 9, "{all}");
    for (at, entry) in entries.iter().enumerate() {
        let since = format!("--since={}", entry["time"].as_str().unwrap());
        let wanted = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"[2 * at..].to_owned();
        assert_eq!(done(&["logs", &since, &name]).await.out, wanted, "{since}");
    }
    assert_eq!(done(&["logs", "--tail=2", &name]).await.out, "8\n9\n");
    done(&["rm", &name]).await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn files_go_in_and_come_out() {
    let (bench, name) = (Bench::get(), unique("verbs"));
    done(&["create", "--start", "--name", &name, &bench.image, "exec sleep 1000"]).await;
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(path("conf")).unwrap();
    std::fs::write(path("conf/local.conf"), "MACHINE = \"qemux86-64\"\n").unwrap();
    done(&["cp", &path("conf"), &format!("{name}:/tmp")]).await;
    assert_eq!(done(&["exec", &name, "cat", "/tmp/conf/local.conf"]).await.out, "MACHINE = \"qemux86-64\"\n");
    done(&["cp", &format!("{name}:/tmp/conf"), &path("back")]).await;
    assert_eq!(std::fs::read_to_string(path("back/local.conf")).unwrap(), "MACHINE = \"qemux86-64\"\n");
    assert_eq!(call(&["cp", &format!("{name}:/no/such"), &path("x")]).await.code, 4);
    done(&["rm", "--force", &name]).await;
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn pulls_come_from_the_registry_with_credentials_and_without() {
    let bench = Bench::get();
    let image = bench.pull_images.last().unwrap();
    let open = format!("{}/{image}", bench.registry);
    let pulled = done(&["pull", &open]).await;
    assert_eq!(pulled.out, format!("{open}\n"));
    assert!(!pulled.err.is_empty(), "each layer is told");
    done(&["-q", "rmi", &open]).await;
    let locked = format!("{}/{image}", bench.registry_auth);
    let mut with = program(&bench.docker);
    with.args(["pull", &locked]).env("DOCKER_CONFIG", &bench.docker_config);
    assert!(with.status().await.unwrap().success());
    done(&["-q", "rmi", &locked]).await;
    let nobody = tempfile::tempdir().unwrap();
    let mut without = program(&bench.docker);
    without.args(["pull", &locked]).env("DOCKER_CONFIG", nobody.path());
    assert_eq!(without.status().await.unwrap().code(), Some(1));
    let missing = call(&["pull", &format!("{}/no-such-image", bench.registry)]).await;
    assert_eq!(missing.code, 4, "{}", missing.err);
}

#[tokio::test]
#[ignore = "needs the bench: run tests/run"]
async fn the_doctor_tries_every_endpoint() {
    let bench = Bench::get();
    let found = call(&["--host", "/no/such.sock", "doctor", "--json"]).await;
    assert_eq!(found.code, 3, "one that was named does not answer");
    let json = found.json();
    assert_eq!(json[0]["endpoint"], bench.docker.as_str());
    assert_eq!(json[0]["identity"]["kind"], "docker");
    assert_eq!(json[1]["error"]["kind"], "unreachable");
    let listed = call(&["--host", "/no/such.sock", "ps", "--json"]).await;
    assert_eq!(listed.code, 3);
    assert!(listed.json().is_array(), "what the others say is printed all the same");
}
