//! Fetching images.
//!
//! Asked by hand, for two faults of bollard 0.21.1: it writes the credentials in base64's standard alphabet,
//! where engines read the URL alphabet and drop what they cannot read without a word (a password with `?` or
//! `~` is enough), and its reader of messages fails when the last line end comes apart. Once both are released,
//! bollard's `create_image` does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderValue;

use crate::engine::credentials::{Credentials, Secret};
use crate::engine::{ObjectKind, PullEvent, PullRequest, Result, ResultStream};

use super::client::{Ask, Http, flattened};
use super::convert::image_path;
use super::errors::Fault;
use super::json_lines::JsonLines;
use super::manager::Docker;
use super::wire::PullMessage;

pub(super) fn pull(docker: &Docker, request: &PullRequest) -> ResultStream<PullEvent> {
    flattened(open(docker.http.clone(), request.clone()))
}

async fn open(http: Http, request: PullRequest) -> Result<impl Stream<Item = Result<PullEvent>>> {
    let reference = image_path("pull", &request.reference)?.to_owned();
    let failed = move |fault: Fault| fault.during("pull", ObjectKind::Image, &reference);
    // A name alone would fetch every tag there is.
    let (name, tag) = name_and_tag(&request.reference);
    let mut query = vec![("fromImage", name), ("tag", tag)];
    if let Some(platform) = &request.platform {
        query.push(("platform", platform));
    }
    let mut asked = Ask::post("/images/create").query(&query);
    if let Some(credentials) = &request.credentials {
        asked = asked.header("x-registry-auth", auth_header(credentials).map_err(&failed)?);
    }
    let chunks = http.ask_stream(asked).await.map_err(&failed)?;
    let begin = (Box::pin(chunks), Some(JsonLines::default()));
    Ok(stream::try_unfold(begin, move |(mut chunks, mut lines)| {
        let failed = failed.clone();
        async move {
            loop {
                let Some(waiting) = &mut lines else { return Ok(None) };
                let found = waiting.next().map_err(|error| failed(Fault::Unreadable(error.into())))?;
                let line = match found {
                    Some(line) => line,
                    None => match chunks.next().await {
                        Some(chunk) => {
                            waiting.push(&chunk.map_err(&failed)?);
                            continue;
                        }
                        None => match lines.take().and_then(JsonLines::rest) {
                            Some(rest) => rest,
                            None => return Ok(None),
                        },
                    },
                };
                return Ok(Some((event(&line).map_err(&failed)?, (chunks, lines))));
            }
        }
    }))
}

/// One message; an error in the middle of a stream that began with 200 is an error all the same.
fn event(line: &Bytes) -> Result<PullEvent, Fault> {
    let message: PullMessage =
        serde_json::from_slice(line).map_err(|error| Fault::Unreadable(error.into()))?;
    if let Some(error) = message.error {
        return Err(Fault::Answer { status: 500, message: error });
    }
    let bytes =
        |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok()).filter(|count| *count > 0);
    let progress = message.progress.unwrap_or_default();
    Ok(PullEvent {
        layer: message.id,
        status: message.status.unwrap_or_default(),
        current: bytes(progress.current),
        total: bytes(progress.total),
    })
}

/// The reference as the engine wants it: name, and tag or digest.
fn name_and_tag(reference: &str) -> (&str, &str) {
    if let Some(cut) = reference.split_once('@') {
        return cut;
    }
    match reference.rsplit_once(':') {
        // A colon before a slash belongs to the registry's port.
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (reference, "latest"),
    }
}

fn auth_header(credentials: &Credentials) -> Result<HeaderValue, Fault> {
    let json = match &credentials.secret {
        Secret::Password { username, password } => serde_json::json!({
            "username": username, "password": password, "serveraddress": credentials.registry,
        }),
        Secret::IdentityToken(token) => serde_json::json!({
            "identitytoken": token, "serveraddress": credentials.registry,
        }),
    };
    let mut value = HeaderValue::from_str(&URL_SAFE.encode(json.to_string()))
        .map_err(|error| Fault::Request(error.into()))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_tag_is_the_latest() {
        assert_eq!(name_and_tag("debian"), ("debian", "latest"));
        assert_eq!(name_and_tag("debian:12"), ("debian", "12"));
        assert_eq!(name_and_tag("127.0.0.1:5000/yocto"), ("127.0.0.1:5000/yocto", "latest"));
        assert_eq!(name_and_tag("127.0.0.1:5000/yocto:1"), ("127.0.0.1:5000/yocto", "1"));
        assert_eq!(name_and_tag("debian@sha256:00"), ("debian", "sha256:00"));
    }

    #[test]
    fn credentials_are_in_the_alphabet_engines_read() {
        let credentials = Credentials {
            registry: "127.0.0.1:5000".into(),
            secret: Secret::Password { username: "ada".into(), password: "?>~?>~".into() },
        };
        let header = auth_header(&credentials).unwrap();
        let text = header.to_str().unwrap();
        let standard = base64::engine::general_purpose::STANDARD.encode(URL_SAFE.decode(text).unwrap());
        assert!(standard.contains(['+', '/']), "this password would not show the fault: {standard}");
        assert!(!text.contains(['+', '/']), "{text}");
        assert!(format!("{header:?}").contains("Sensitive"));
    }

    #[test]
    fn an_error_within_the_stream_is_an_error() {
        let line = Bytes::from(r#"{"errorDetail":{},"error":"manifest unknown"}"#);
        let error = event(&line).unwrap_err().during("pull", ObjectKind::Image, "x");
        assert!(error.is_not_found(), "{error}");
        let line =
            Bytes::from(r#"{"status":"Downloading","progressDetail":{"current":5,"total":-1},"id":"ab"}"#);
        let told = event(&line).unwrap();
        assert_eq!((told.layer.as_deref(), told.current, told.total), (Some("ab"), Some(5), None));
    }
}
