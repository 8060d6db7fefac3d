//! The TLS side of a TCP endpoint: whom to trust, and how to prove who we are.
//!
//! The files are docker's: `ca.pem`, `cert.pem` and `key.pem` in one directory, each optional
//! (docker/cli, `cli/flags/options.go`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::engine::{BoxError, EngineError, ErrorKind, ObjectKind, Result};

/// How to speak TLS to an engine, from a directory with `ca.pem`, `cert.pem` and `key.pem`.
///
/// With `ca.pem` only engines it has signed for are trusted; without, those the machine trusts. With `cert.pem` and
/// `key.pem` the engine can ask who we are. `verify` off accepts whoever answers, as docker does where `DOCKER_TLS` or a
/// context's `SkipTLSVerify` asks for it: what is said is hidden from listeners, but anyone on the way can be the engine.
///
/// Reads files, and without `ca.pem` the machine's own certificates, which takes some milliseconds.
///
/// # Errors
/// [`ErrorKind::Misconfigured`], naming the file and what is wrong with it: the directory is missing, a file cannot be
/// read or has nothing of its kind in it, a certificate is without its key or the key is for another one.
pub(super) fn client_config(certs: Option<&Path>, verify: bool) -> Result<Arc<ClientConfig>> {
    if let Some(directory) = certs
        && !directory.is_dir()
    {
        return Err(failed(directory).saying("there is no such directory of certificates"));
    }
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| EngineError::new("set up TLS", ErrorKind::Misconfigured).because(error))?;
    let builder = if verify {
        builder.with_root_certificates(roots(certs)?)
    } else {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
    };
    let config = match certs.map(own_certificate).transpose()?.flatten() {
        Some(own) => builder
            .with_client_auth_cert(own.chain, own.key)
            .map_err(|error| failed(&own.key_file).saying("it does not fit cert.pem").because(error))?,
        None => builder.with_no_client_auth(),
    };
    Ok(Arc::new(config))
}

fn failed(file: &Path) -> EngineError {
    EngineError::new("set up TLS from", ErrorKind::Misconfigured).on(ObjectKind::Path, file.display())
}

fn roots(certs: Option<&Path>) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = certs.map(|directory| directory.join("ca.pem"))
        && let Some(text) = read(&file)?
    {
        for certificate in certificates(&file, &text)? {
            roots
                .add(certificate)
                .map_err(|error| failed(&file).saying("a certificate in it cannot be used").because(error))?;
        }
        return Ok(roots);
    }
    let native = rustls_native_certs::load_native_certs();
    // Machines carry certificates nobody can read; those that can be read are enough.
    roots.add_parsable_certificates(native.certs);
    if roots.is_empty() {
        let mut error = EngineError::new("set up TLS", ErrorKind::Misconfigured).saying(
            "there is no ca.pem, and this machine has no certificates of its own (package ca-certificates)",
        );
        if let Some(cause) = native.errors.into_iter().next() {
            error = error.because(cause);
        }
        return Err(error);
    }
    Ok(roots)
}

struct OwnCertificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    key_file: PathBuf,
}

/// What proves who we are, where the directory has it.
fn own_certificate(directory: &Path) -> Result<Option<OwnCertificate>> {
    let (cert_file, key_file) = (directory.join("cert.pem"), directory.join("key.pem"));
    match (read(&cert_file)?, read(&key_file)?) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(failed(&cert_file).saying("there is no key.pem beside it")),
        (None, Some(_)) => Err(failed(&key_file).saying("there is no cert.pem beside it")),
        (Some(cert), Some(key)) => {
            let chain = certificates(&cert_file, &cert)?;
            let key = PrivateKeyDer::from_pem_slice(&key).map_err(|error| {
                // PKCS#8 says it in the label, the older form in a header.
                let encrypted = contains(&key, b"ENCRYPTED");
                let why = if encrypted {
                    "the key is encrypted, and nobody is asked for its passphrase"
                } else {
                    "there is no private key in it"
                };
                failed(&key_file).saying(why).because(error)
            })?;
            Ok(Some(OwnCertificate { chain, key, key_file }))
        }
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

fn certificates(file: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    let found = found.map_err(|error| failed(file).saying("it is not in PEM form").because(error))?;
    if found.is_empty() { Err(failed(file).saying("there is no certificate in it")) } else { Ok(found) }
}

/// A file's bytes; `None` where there is none.
fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(file).saying("it cannot be read").because(BoxError::from(error))),
    }
}

/// Accepts every certificate. Whoever answers must still have the key of the certificate shown.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
