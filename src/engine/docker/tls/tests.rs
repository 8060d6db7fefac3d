use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;
use crate::engine::chain;

/// Somebody who signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a name and its key, in PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// An engine with a certificate for `build7`; with `clients` it lets in only whom that authority has signed for.
fn engine(signed_by: &Authority, clients: Option<&Authority>) -> TlsAcceptor {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            roots.add(clients.0.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let (cert, key) = signed_by.sign("build7");
    let chain = vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    Arc::new(builder.with_single_cert(chain, key).unwrap()).into()
}

/// Whether a byte gets from the engine to us.
async fn talk(config: Arc<ClientConfig>, engine: TlsAcceptor) -> io::Result<()> {
    let (ours, theirs) = duplex(64 * 1024);
    let serving = async {
        let mut stream = engine.accept(theirs).await?;
        stream.write_all(b"!").await?;
        stream.shutdown().await
    };
    let asking = async {
        let name = ServerName::try_from("build7").unwrap();
        let mut stream = TlsConnector::from(config).connect(name, ours).await?;
        stream.read_u8().await.map(|_| ())
    };
    let (served, asked) = tokio::join!(serving, asking);
    asked.and(served)
}

#[tokio::test]
async fn only_the_given_authority_is_trusted() {
    let (ca, other) = (Authority::new("ours"), Authority::new("another"));
    let certs = directory(&[("ca.pem", &ca.pem())]);
    let config = client_config(Some(certs.path()), true).unwrap();
    talk(Arc::clone(&config), engine(&ca, None)).await.unwrap();
    let error = talk(config, engine(&other, None)).await.unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
}

#[tokio::test]
async fn anybody_is_accepted_only_where_that_is_asked_for() {
    let (ca, other) = (Authority::new("ours"), Authority::new("another"));
    let certs = directory(&[("ca.pem", &ca.pem())]);
    talk(client_config(Some(certs.path()), false).unwrap(), engine(&other, None)).await.unwrap();
    talk(client_config(None, false).unwrap(), engine(&other, None)).await.unwrap();
}

#[tokio::test]
async fn the_engine_learns_who_we_are() {
    let ca = Authority::new("ours");
    let (cert, key) = ca.sign("ada");
    let known = directory(&[("ca.pem", &ca.pem()), ("cert.pem", &cert), ("key.pem", &key)]);
    for verify in [true, false] {
        talk(client_config(Some(known.path()), verify).unwrap(), engine(&ca, Some(&ca))).await.unwrap();
    }
    let nobody = directory(&[("ca.pem", &ca.pem())]);
    let refused = talk(client_config(Some(nobody.path()), true).unwrap(), engine(&ca, Some(&ca))).await;
    assert!(refused.is_err(), "an engine that asks who we are must be told");
}

#[test]
fn errors_name_the_file_and_what_is_wrong_with_it() {
    let ca = Authority::new("ours");
    let (cert, key) = ca.sign("ada");
    let (_, other_key) = ca.sign("bob");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let cut = cert.lines().take(3).collect::<Vec<_>>().join("\n");
    let rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (files, file, why) in [
        (vec![("ca.pem", "")], "ca.pem", "there is no certificate in it"),
        (vec![("ca.pem", &*cut)], "ca.pem", "it is not in PEM form"),
        (vec![("ca.pem", rubbish)], "ca.pem", "a certificate in it cannot be used"),
        (vec![("cert.pem", &*cert)], "cert.pem", "there is no key.pem beside it"),
        (vec![("key.pem", &*key)], "key.pem", "there is no cert.pem beside it"),
        (vec![("cert.pem", &*key), ("key.pem", &*key)], "cert.pem", "there is no certificate in it"),
        (vec![("cert.pem", &*cert), ("key.pem", &*cert)], "key.pem", "there is no private key in it"),
        (vec![("cert.pem", &*cert), ("key.pem", encrypted)], "key.pem", "the key is encrypted"),
        (vec![("cert.pem", &*cert), ("key.pem", &*other_key)], "key.pem", "it does not fit cert.pem"),
    ] {
        let mut files = files;
        if files.iter().all(|(name, _)| *name != "ca.pem") {
            files.push(("ca.pem", Box::leak(ca.pem().into_boxed_str())));
        }
        let dir = directory(&files);
        let error = client_config(Some(dir.path()), true).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Misconfigured, "{error}");
        let shown = chain(&error);
        assert!(shown.contains(&dir.path().join(file).display().to_string()), "{shown}");
        assert!(shown.contains(why), "{why}: {shown}");
    }
    let dir = directory(&[]);
    fs::create_dir(dir.path().join("ca.pem")).unwrap();
    let error = client_config(Some(dir.path()), true).unwrap_err();
    assert!(error.to_string().contains("it cannot be read"), "{error}");
    let error = client_config(Some(&dir.path().join("missing")), true).unwrap_err();
    assert!(error.to_string().contains("no such directory of certificates"), "{error}");
}
