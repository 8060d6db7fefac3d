//! How an engine keeps a container's log, in words: what of it may be gone, and what cannot be read at all.

use crate::engine::{ContainerDetails, EngineError, ErrorKind};
use crate::ui::Problem;

/// What is to be known of what an engine keeps, where that is not everything.
pub(super) fn what_is_kept(details: &ContainerDetails) -> Option<String> {
    let option = |name: &str| {
        let value = details.log_options.get(name).map(|value| value.trim());
        value.filter(|value| !value.is_empty())
    };
    // The defaults of the `local` driver (moby, daemon/logger/local).
    let (size, files) = match details.log_driver.as_str() {
        "local" => (Some("20m"), "5"),
        _ => (None, "1"),
    };
    let size = option("max-size").or(size).filter(|size| !matches!(*size, "-1" | "0"));
    let rotates = size.map(|size| {
        let files = match option("max-file").unwrap_or(files) {
            "1" => "1 file".to_owned(),
            files => format!("{files} files"),
        };
        format!(
            "the engine keeps only {files} of {size} of this log: what is older is gone, and a fast build may outrun it"
        )
    });
    let drops = (option("mode") == Some("non-blocking")).then(|| {
        let size = option("max-buffer-size").unwrap_or("1m");
        format!("the engine drops what this container prints faster than it takes it (non-blocking, {size})")
    });
    let words: Vec<String> = [rotates, drops].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// Why the log can never be read, where that is so.
pub(super) fn why_unreadable(details: Option<&ContainerDetails>, error: &EngineError) -> Option<Problem> {
    let driver = details.map(|details| details.log_driver.as_str()).filter(|driver| !driver.is_empty());
    let is_lost = matches!(
        error.kind(),
        ErrorKind::Unreachable | ErrorKind::Interrupted | ErrorKind::BrokenStream | ErrorKind::NotFound
    );
    let words = match driver {
        Some("none") if !is_lost => {
            "this container's log driver is none: the engine keeps no log of it".to_owned()
        }
        _ if *error.kind() != ErrorKind::Unsupported => return None,
        Some(driver) => format!("this container's log driver is {driver}: the engine cannot read its log"),
        None => "the engine cannot read this container's log".to_owned(),
    };
    let hint = "Run the build as a command in it (exec), whose output is kept here, or create the container anew \
                with the log driver json-file.";
    Some(Problem { hint: Some(hint.to_owned()), ..Problem::new(words) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::engine;
    use crate::engine::{ContainerManager, ListFilter};

    async fn details(driver: &str, options: &str) -> ContainerDetails {
        let scene = format!(
            "images: [{{reference: any}}]\ncontainers: [{{name: a, image: any, log_driver: {driver}, log_options: {{{options}}}}}]"
        );
        let engine = engine(&scene);
        let listed = engine.list(&ListFilter::default()).await.unwrap();
        engine.inspect(&listed[0].id).await.unwrap()
    }

    #[tokio::test]
    async fn what_may_be_gone_is_said_and_nothing_else() {
        for (driver, options, wanted) in [
            ("json-file", "", None),
            ("json-file", "max-size: '-1'", None),
            ("json-file", "max-size: 10m", Some("only 1 file of 10m")),
            ("json-file", "max-size: 10m, max-file: '3'", Some("only 3 files of 10m")),
            ("local", "", Some("only 5 files of 20m")),
            ("local", "max-size: 1m", Some("only 5 files of 1m")),
            ("json-file", "mode: non-blocking, max-buffer-size: 4m", Some("(non-blocking, 4m)")),
            ("json-file", "mode: blocking", None),
        ] {
            let said = what_is_kept(&details(driver, options).await);
            match wanted {
                None => assert_eq!(said, None, "{driver} {options}"),
                Some(words) => assert!(said.as_ref().is_some_and(|said| said.contains(words)), "{said:?}"),
            }
        }
    }

    #[tokio::test]
    async fn only_what_can_never_be_read_is_not_tried_again() {
        let (unsupported, broken) = (ErrorKind::Unsupported, ErrorKind::BrokenStream);
        for (driver, kind, is_unreadable) in [
            ("none", &unsupported, true),
            // Some engines have no status of their own for it.
            ("none", &ErrorKind::EngineFault, true),
            ("syslog", &unsupported, true),
            ("syslog", &broken, false),
            ("json-file", &broken, false),
        ] {
            let error = EngineError::new("read", kind.clone());
            let why = why_unreadable(Some(&details(driver, "").await), &error);
            assert_eq!(why.is_some(), is_unreadable, "{driver} {kind}");
        }
        assert!(why_unreadable(None, &EngineError::new("read", unsupported)).is_some());
    }
}
