//! Images that are there. Fetching them needs a registry and is tried elsewhere.

use super::bench::Bench;
use crate::engine::{ContainerManagerExt, ErrorKind, ImageFilter};

const ABSENT: &str = "smidr.invalid/no/such-image:1";

pub(super) async fn an_image_is_there_or_not(bench: &Bench) {
    assert!(bench.engine.image_exists(&bench.image).await.unwrap());
    assert!(!bench.engine.image_exists(ABSENT).await.unwrap());
    let image = bench.engine.inspect_image(&bench.image).await.unwrap();
    assert!(image.size > 0);
    let by_id = bench.engine.inspect_image(image.id.as_str()).await.unwrap();
    assert_eq!(by_id, image);
    assert!(bench.engine.inspect_image(ABSENT).await.unwrap_err().is_not_found());
}

pub(super) async fn images_are_listed(bench: &Bench) {
    let image = bench.engine.inspect_image(&bench.image).await.unwrap();
    let all = bench.engine.list_images(&ImageFilter::default()).await.unwrap();
    assert!(all.iter().any(|known| known.id == image.id));
    let named =
        |reference: &str| ImageFilter { reference: Some(reference.to_owned()), ..ImageFilter::default() };
    let ours = bench.engine.list_images(&named(&bench.image)).await.unwrap();
    assert!(ours.iter().all(|known| known.id == image.id) && !ours.is_empty(), "{ours:?}");
    assert_eq!(bench.engine.list_images(&named(ABSENT)).await.unwrap(), []);
    let dangling = ImageFilter { dangling: Some(true), ..ImageFilter::default() };
    let dangling = bench.engine.list_images(&dangling).await.unwrap();
    assert!(dangling.iter().all(|known| known.id != image.id), "a reference points to it");
}

pub(super) async fn an_image_in_use_stays(bench: &Bench) {
    let image = bench.engine.inspect_image(&bench.image).await.unwrap();
    bench.idle("a").await;
    // By its id, so that not even a reference to it is lost when the engine has several.
    let error = bench.engine.remove_image(image.id.as_str(), false).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InUse { .. }), "{error}");
    assert!(bench.engine.image_exists(&bench.image).await.unwrap());
}

pub(super) async fn removing_a_missing_image_is_nothing(bench: &Bench) {
    assert_eq!(bench.engine.remove_image(ABSENT, false).await.unwrap(), []);
}
