use proptest::prelude::*;

use super::*;

fn tls() -> TlsSettings {
    TlsSettings { wanted: true, certs: Some("/home/ada/.docker".into()), verify: true }
}

fn understood(text: &str) -> Transport {
    parse(text, "--host", &TlsSettings::default()).unwrap().transport
}

fn refused(text: &str, tls: &TlsSettings) -> String {
    let error = parse(text, "DOCKER_HOST", tls).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Misconfigured, "{error}");
    error.to_string()
}

fn tcp(host: &str, port: u16) -> Transport {
    Transport::Tcp { host: host.into(), port }
}

fn ssh(destination: &str, port: Option<u16>, socket: &str) -> Transport {
    Transport::Ssh { destination: destination.into(), port, socket: socket.into() }
}

#[test]
fn every_form_people_write_is_understood() {
    for (text, transport) in [
        ("unix:///run/docker.sock", Transport::Unix("/run/docker.sock".into())),
        ("/run/docker.sock", Transport::Unix("/run/docker.sock".into())),
        (" /run/docker.sock\n", Transport::Unix("/run/docker.sock".into())),
        ("UNIX:///run/docker.sock", Transport::Unix("/run/docker.sock".into())),
        ("tcp://build7", tcp("build7", 2375)),
        ("tcp://build7:", tcp("build7", 2375)),
        ("tcp://build7:80/", tcp("build7", 80)),
        ("http://127.0.0.1:8080", tcp("127.0.0.1", 8080)),
        ("tcp://[::1]", tcp("::1", 2375)),
        ("tcp://[fe80::1%eth0]:1", tcp("fe80::1%eth0", 1)),
        ("https://build7", Transport::Tls { host: "build7".into(), port: 2376, certs: None, verify: true }),
        ("ssh://build7", ssh("build7", None, "/var/run/docker.sock")),
        ("ssh://ada@build7:2222/", ssh("ada@build7", Some(2222), "/var/run/docker.sock")),
        ("ssh://ada@corp@build7", ssh("ada@corp@build7", None, "/var/run/docker.sock")),
        ("ssh://[::1]:22/run/user/7/podman.sock", ssh("::1", Some(22), "/run/user/7/podman.sock")),
    ] {
        assert_eq!(understood(text), transport, "{text}");
    }
}

#[test]
fn tls_changes_what_tcp_means() {
    let endpoint = parse("tcp://build7", "DOCKER_HOST", &tls()).unwrap();
    let certs = Some("/home/ada/.docker".into());
    assert_eq!(endpoint.transport, Transport::Tls { host: "build7".into(), port: 2376, certs, verify: true });
    assert!(refused("http://build7", &tls()).ends_with("write tcp://build7 or https://build7"));
}

#[test]
fn what_is_refused_says_the_text_where_it_came_from_and_what_would_be_right() {
    for (text, right) in [
        ("", "it is empty; write unix:///path, tcp://host:port"),
        ("localhost:2375", "did you mean tcp://localhost:2375?"),
        ("build7", "did you mean tcp://build7 or ssh://build7?"),
        ("./docker.sock", "as in /run/docker.sock"),
        ("~/docker.sock", "as in /run/docker.sock"),
        ("docker.sock", "as in /run/docker.sock"),
        ("unix://", "write unix:///var/run/docker.sock"),
        ("unix://run/docker.sock", "did you mean unix:///run/docker.sock?"),
        ("fd://", "clients write unix:///path"),
        ("npipe:////./pipe/docker_engine", "only on Windows; write unix:///path"),
        ("ftp://build7", "ftp:// is not understood; write unix:///path"),
        ("tcp://", "the host is missing; write tcp://host"),
        ("tcp://:2375", "the host is missing; write tcp://host"),
        ("tcp://build7:0", "port 0 is not between 1 and 65535"),
        ("tcp://build7:65536", "port 65536 is not between 1 and 65535"),
        ("tcp://build7:+80", "\"+80\" is not a port"),
        ("tcp://build7:80/v1.41", "nothing may follow the port; write tcp://build7:80"),
        ("tcp://ada@build7", "there is no user over tcp; write tcp://build7"),
        ("tcp://::1", "as in tcp://[::1]"),
        ("tcp://[::1", "the closing bracket of the address is missing"),
        ("tcp://[build7]", "[build7] is not an IPv6 address"),
        ("tcp://[::1]80", "only a port may follow the bracket"),
        ("tcp://build 7", "is not a host name"),
        ("ssh://", "the host is missing; write ssh://host"),
        ("ssh://ada@", "the host is missing; write ssh://host"),
        ("ssh://@build7", "\"\" is not a user name"),
        ("ssh://ada:secret@build7", "a password in a URI is not secret"),
        ("ssh://-oProxyCommand=true", "is not a host name"),
        ("ssh://-lroot@build7", "\"-lroot\" is not a user name"),
        ("ssh://build7;id", "is not a host name"),
        ("ssh://$(id)@build7", "is not a user name"),
    ] {
        let error = refused(text, &TlsSettings::default());
        assert!(error.contains(right), "{text}: {error}");
        assert!(error.contains(&format!("\"{text}\"")), "{text}: {error}");
        assert!(error.contains("named by DOCKER_HOST"), "{text}: {error}");
    }
}

#[test]
fn an_error_carries_nothing_that_could_act_on_the_terminal() {
    let error = refused("tcp://\u{1b}[2Jbuild7", &TlsSettings::default());
    assert!(!error.contains('\u{1b}'), "{error:?}");
    assert!(error.contains("control characters"), "{error}");
}

fn any_host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9_][a-z0-9_.-]{0,20}",
        any::<[u8; 16]>().prop_map(|bytes| Ipv6Addr::from(bytes).to_string()),
        any::<[u8; 4]>().prop_map(|bytes| std::net::Ipv4Addr::from(bytes).to_string()),
    ]
}

fn any_path() -> impl Strategy<Value = String> {
    // Spaces at the end would be trimmed; a path without a name in it is none.
    "(/[^\\p{C}/]{0,9}){0,3}/[^\\p{C}/\\p{Z}]{1,9}"
}

fn any_transport() -> impl Strategy<Value = Transport> {
    let user = proptest::option::of("[a-z_][a-z0-9_.@-]{0,9}");
    let port = 1..=u16::MAX;
    prop_oneof![
        any_path().prop_map(|path| Transport::Unix(path.into())),
        (any_host(), port.clone()).prop_map(|(host, port)| Transport::Tcp { host, port }),
        (any_host(), port.clone())
            .prop_map(|(host, port)| { Transport::Tls { host, port, certs: None, verify: true } }),
        (user, any_host(), proptest::option::of(port), any_path()).prop_map(|(user, host, port, path)| {
            let destination = user.map_or_else(|| host.clone(), |user| format!("{user}@{host}"));
            Transport::Ssh { destination, port, socket: path.into() }
        }),
    ]
}

proptest! {
    #[test]
    fn what_an_endpoint_prints_is_understood_as_the_same_endpoint(transport in any_transport()) {
        let endpoint = Endpoint { transport, named_by: "--host".into() };
        let again = parse(&endpoint.to_string(), "--host", &TlsSettings::default());
        prop_assert_eq!(again.unwrap(), endpoint);
    }

    #[test]
    fn no_text_is_too_strange(text in ".{0,40}", scheme in "(unix|tcp|https|ssh|)(://)?\\[?") {
        // Whatever is understood prints as something that is understood as the same again.
        if let Ok(endpoint) = parse(&format!("{scheme}{text}"), "--host", &TlsSettings::default()) {
            let again = parse(&endpoint.to_string(), "--host", &TlsSettings::default());
            prop_assert_eq!(again.unwrap(), endpoint);
        }
    }
}
