//! Images.

use std::collections::HashMap;

use bollard::query_parameters::{ListImagesOptionsBuilder, RemoveImageOptionsBuilder};

use crate::engine::{Image, ImageFilter, ObjectKind, RemovedImage, Result};

use super::convert::{count, image_path, label_filter, seconds, sorted, time};
use super::errors::Fault;
use super::manager::Docker;

pub(super) async fn inspect(docker: &Docker, reference: &str) -> Result<Image> {
    let failed = |fault: Fault| fault.during("inspect", ObjectKind::Image, reference);
    let path = image_path("inspect", reference)?;
    let image = docker.bollard.inspect_image(path).await.map_err(|error| failed(error.into()))?;
    let platform = match (image.os, image.architecture) {
        (Some(os), Some(architecture)) => Some(format!("{os}/{architecture}")),
        _ => None,
    };
    Ok(Image {
        id: image.id.unwrap_or_default().into(),
        tags: image.repo_tags.unwrap_or_default(),
        digests: image.repo_digests.unwrap_or_default(),
        created: time(image.created.as_deref()),
        size: count(image.size.unwrap_or(0)),
        labels: sorted(image.config.and_then(|config| config.labels)),
        platform,
    })
}

pub(super) async fn list(docker: &Docker, filter: &ImageFilter) -> Result<Vec<Image>> {
    let mut filters: HashMap<&str, Vec<String>> = HashMap::new();
    if let Some(dangling) = filter.dangling {
        filters.insert("dangling", vec![dangling.to_string()]);
    }
    if !filter.labels.is_empty() {
        filters.insert("label", label_filter(&filter.labels));
    }
    if let Some(reference) = &filter.reference {
        filters.insert("reference", vec![reference.clone()]);
    }
    let options = ListImagesOptionsBuilder::default().filters(&filters).build();
    let images = docker.bollard.list_images(Some(options)).await.map_err(|error| {
        Fault::from(error).during("list the images of", ObjectKind::Engine, &docker.endpoint)
    })?;
    // An image without a name is listed by old engines as `<none>:<none>`.
    let named = |tags: Vec<String>| tags.into_iter().filter(|tag| !tag.starts_with("<none>")).collect();
    let image = |image: bollard::models::ImageSummary| Image {
        id: image.id.into(),
        tags: named(image.repo_tags),
        digests: named(image.repo_digests),
        created: seconds(image.created),
        size: count(image.size),
        labels: image.labels.into_iter().collect(),
        platform: None,
    };
    Ok(images.into_iter().map(image).collect())
}

pub(super) async fn remove(docker: &Docker, reference: &str, force: bool) -> Result<Vec<RemovedImage>> {
    let Ok(path) = image_path("remove", reference) else { return Ok(Vec::new()) };
    let options = RemoveImageOptionsBuilder::default().force(force).build();
    let removed = match docker.bollard.remove_image(path, Some(options), None).await {
        Ok(removed) => removed,
        Err(error) => {
            let error = Fault::from(error).during("remove", ObjectKind::Image, reference);
            return if error.is_not_found() { Ok(Vec::new()) } else { Err(error) };
        }
    };
    let item = |item: bollard::models::ImageDeleteResponseItem| {
        item.deleted.map(RemovedImage::Deleted).or(item.untagged.map(RemovedImage::Untagged))
    };
    Ok(removed.into_iter().filter_map(item).collect())
}
