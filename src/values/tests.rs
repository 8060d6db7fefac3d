use super::*;

#[test]
fn durations_are_taken_as_people_write_them() {
    for (text, millis) in [
        ("10m", 600_000),
        ("1h 30m", 5_400_000),
        ("1h30m", 5_400_000),
        ("90", 90_000),
        ("2.5", 2_500),
        ("2.5s", 2_500),
        ("500ms", 500),
        ("3d", 259_200_000),
        ("0", 0),
    ] {
        assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
    }
    for wrong in ["", "-5s", "-5", "ten", "1.5.5", "5 parsecs", "1e3"] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
    assert!(deadline("0").is_err());
    assert!(deadline("0s").is_err());
}

#[test]
fn instants_are_exact_to_the_nanosecond() {
    let now: Timestamp = "2025-03-01T12:00:00Z".parse().unwrap();
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let read = |text: &str| instant_before(text, now, &zone).map(Timestamp::as_nanosecond);
    assert_eq!(read("2025-03-01T10:00:00.123456789Z"), Ok(1_740_823_200_123_456_789));
    assert_eq!(read("1740823200.123456789"), Ok(1_740_823_200_123_456_789));
    assert_eq!(read("1740823200.5"), Ok(1_740_823_200_500_000_000));
    assert_eq!(read("1740823200"), Ok(1_740_823_200_000_000_000));
    assert_eq!(read("2025-03-01T12:00"), Ok(1_740_823_200_000_000_000), "local time");
    assert_eq!(read("2025-03-01"), Ok(1_740_780_000_000_000_000), "the local midnight");
    assert_eq!(read("2h"), Ok(1_740_823_200_000_000_000));
    assert_eq!(read("250ms"), Ok(1_740_830_399_750_000_000));
    for wrong in ["", "yesterday", "-10m", "2025-13-01", "1740823200.1234567890"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn sizes_are_binary_whatever_the_unit_is_called() {
    for (text, bytes) in [
        ("0", 0),
        ("1048576", 1_048_576),
        ("512m", 536_870_912),
        ("4g", 4_294_967_296),
        ("4G", 4_294_967_296),
        ("4GB", 4_294_967_296),
        ("1.5GiB", 1_610_612_736),
        ("10 k", 10_240),
        ("2t", 2_199_023_255_552),
    ] {
        assert_eq!(size(text), Ok(bytes), "{text}");
    }
    for wrong in ["", "g", "-1g", "4x", "1..5g", "99999999999999999999", "9999999999t"] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
}

fn bind(path: &str, target: &str, read_only: bool) -> Mount {
    Mount { source: MountSource::Bind(path.into()), target: target.into(), read_only }
}

fn volume(name: &str, target: &str, read_only: bool) -> Mount {
    Mount { source: MountSource::Volume(name.into()), target: target.into(), read_only }
}

#[test]
fn a_mount_source_that_looks_like_a_path_is_one() {
    let read = |text: &str| mount_from(text, Path::new("/build/poky"), Some(Path::new("/home/ada")));
    assert_eq!(read("/srv/sstate:/sstate"), Ok(bind("/srv/sstate", "/sstate", false)));
    assert_eq!(read("/srv/sstate:/sstate:ro"), Ok(bind("/srv/sstate", "/sstate", true)));
    assert_eq!(read("/srv//x/../y:/y:rw"), Ok(bind("/srv/y", "/y", false)));
    assert_eq!(read(".:/work"), Ok(bind("/build/poky", "/work", false)));
    assert_eq!(read("./meta:/meta"), Ok(bind("/build/poky/meta", "/meta", false)));
    assert_eq!(read("../dl:/dl"), Ok(bind("/build/dl", "/dl", false)));
    assert_eq!(read("~/dl:/dl"), Ok(bind("/home/ada/dl", "/dl", false)));
    assert_eq!(read("~:/home"), Ok(bind("/home/ada", "/home", false)));
    assert_eq!(read("downloads:/dl:ro"), Ok(volume("downloads", "/dl", true)));
    assert_eq!(
        read("~ada:/dl"),
        Ok(volume("~ada", "/dl", false)),
        "the specification's own check refuses it"
    );
}

#[test]
fn a_mount_that_is_none_says_what_is_missing() {
    let read = |text: &str| mount_from(text, Path::new("/"), None).unwrap_err();
    for (text, says) in [
        ("/srv", "no target"),
        (":/x", "no source"),
        ("/a:b", "must be absolute"),
        ("/a:/b:rx", "neither ro nor rw"),
        ("/a:/b:ro:z", "too many colons"),
        ("~/a:/b", "no home directory"),
    ] {
        assert!(read(text).contains(says), "{text}: {}", read(text));
    }
}

#[test]
fn a_directory_in_memory_may_have_options() {
    let read = tmpfs("/tmp:size=64m,mode=1777").unwrap();
    assert_eq!((read.target.as_str(), read.options.as_str()), ("/tmp", "size=64m,mode=1777"));
    assert_eq!(tmpfs("/run").unwrap().options, "");
    assert!(tmpfs("tmp").is_err());
}

#[test]
fn an_entry_point_is_words_or_a_json_list() {
    let read = |words: &[&str]| {
        entrypoint(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(read(&[]), None);
    assert_eq!(read(&["/bin/sh"]).unwrap(), ["/bin/sh"]);
    assert_eq!(read(&["/bin/sh", "-c"]).unwrap(), ["/bin/sh", "-c"]);
    assert_eq!(read(&[r#"["/bin/bash", "-l", "-c"]"#]).unwrap(), ["/bin/bash", "-l", "-c"]);
    assert_eq!(read(&[""]).unwrap(), [""; 0]);
    assert!(entrypoint(&["[1]".into()]).is_err());
}

#[test]
fn labels_and_environment_have_names() {
    assert_eq!(label("a=b=c"), Ok(("a".into(), "b=c".into())));
    assert_eq!(label("a"), Ok(("a".into(), String::new())));
    assert_eq!(label_filter("a"), Ok(("a".into(), None)));
    assert!(label("=b").is_err());
    assert_eq!(env_entry("A=").unwrap(), "A=");
    assert!(env_entry("=1").is_err());
    assert!(env_entry("SMIDR_SURELY_NOT_SET").unwrap_err().contains("is not set"));
}
