//! `images` and `rmi`.

use clap::Args;
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::actions::Verb;
use crate::engine::{Image, ImageFilter, RemovedImage};

use super::connect::Engine;
use super::context::Context;
use super::each::{Did, Objects, on_each};
use super::failure::{Ended, Failure};
use super::output::{Cell, Column, Table, Tone, age, bytes, count, with_engine};
use crate::values;

/// Which images to list.
#[derive(Debug, Args)]
pub(crate) struct ImagesArgs {
    /// Only this reference; * stands for anything
    reference: Option<String>,
    /// Only those no reference points to
    #[arg(long)]
    dangling: bool,
    /// Only those with this label; may be given several times
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = values::label_filter)]
    label: Vec<(String, Option<String>)>,
}

/// What to remove.
#[derive(Debug, Args)]
pub(crate) struct RemoveImageArgs {
    /// References or ids
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<String>,
    /// Though stopped containers were made from them
    #[arg(short, long)]
    force: bool,
}

pub(crate) async fn run(args: &ImagesArgs, context: &Context) -> Ended {
    let (engines, mut exit) = context.every_engine().await?;
    let filter = &ImageFilter {
        dangling: args.dangling.then_some(true),
        labels: args.label.clone(),
        reference: args.reference.clone(),
    };
    let lists = join_all(engines.iter().map(async |engine| {
        let call = context.call(Verb::ListImages, &engine.label);
        let read =
            engine.supervised.read(&call, Verb::ListImages, engine.endpoint(), |e| e.list_images(filter));
        read.await
    }));
    let mut found = Vec::new();
    for (engine, report) in engines.iter().zip(lists.await) {
        match report.into_result() {
            Ok(images) => found.extend(images.into_iter().map(|image| (engine, image))),
            Err(report) => exit = exit.worst(context.report(&Failure::from(report))),
        }
    }
    if context.global.json {
        let all: Vec<_> = found.iter().map(|(engine, image)| with_engine(engine, image)).collect();
        context.print_json(&all)?;
    } else if context.global.quiet {
        context.print_ids(found.iter().map(|(_, image)| image.id.short()))?;
    } else {
        let table = table(&found, engines.len() > 1, Timestamp::now());
        context.print_table(&table, "no images; `smidr-console pull` fetches one")?;
    }
    Ok(exit)
}

fn table(found: &[(&Engine, Image)], several: bool, now: Timestamp) -> Table {
    let columns = [
        Column::left("IMAGE", 0).shrinking_to(20),
        Column::left("ID", 3),
        Column::left("CREATED", 1),
        Column::right("SIZE", 0),
    ];
    let engine_column = several.then(|| Column::left("ENGINE", 2));
    let mut table = Table::new(columns.into_iter().chain(engine_column));
    for (engine, image) in found {
        let names = if image.tags.is_empty() { vec!["<none>".to_owned()] } else { image.tags.clone() };
        for name in names {
            let row = [
                Cell::new(name),
                Cell::new(image.id.short()).toned(Tone::Dim),
                Cell::new(age(image.created, now)),
                Cell::new(bytes(image.size)),
            ];
            let engine = several.then(|| Cell::new(&engine.label).toned(Tone::Dim));
            table.row(row.into_iter().chain(engine));
        }
    }
    table
}

pub(crate) async fn remove(args: &RemoveImageArgs, context: &Context) -> Ended {
    on_each(
        context,
        Objects::Images,
        &args.images,
        |engine, name| {
            Box::pin(async move {
                let call = context.call(Verb::RemoveImage, name);
                engine.supervised.remove_image(&call, name, args.force).await
            })
        },
        |removed| Did::new(what_went(&removed)).with(&removed),
    )
    .await
}

fn what_went(removed: &[RemovedImage]) -> String {
    let deleted = removed.iter().filter(|one| matches!(one, RemovedImage::Deleted(_))).count();
    match (removed.len() - deleted, deleted) {
        (0, 0) => "was not there".into(),
        (untagged, 0) => format!("{} removed, the image stays", count(untagged, "reference")),
        (_, deleted) => format!("removed, {} deleted", count(deleted, "layer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::test_support::engine;

    #[tokio::test]
    async fn an_image_has_a_row_for_each_of_its_names() {
        let engine = engine("unix:///run/a.sock");
        let image = |tags: &[&str], size| Image {
            id: format!("sha256:{}", "0a".repeat(32)).into(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            digests: Vec::new(),
            created: Some("2025-02-26T12:00:00Z".parse().unwrap()),
            size,
            labels: std::collections::BTreeMap::new(),
            platform: None,
        };
        let found = [
            (&engine, image(&["yocto:kirkstone", "yocto:latest"], 3_221_225_472)),
            (&engine, image(&[], 512)),
        ];
        let now = "2025-03-01T12:00:00Z".parse().unwrap();
        insta::assert_snapshot!(table(&found, false, now).render(None, false));
    }

    #[test]
    fn removing_says_what_went() {
        assert_eq!(what_went(&[]), "was not there");
        let (untagged, deleted) = (RemovedImage::Untagged("a".into()), RemovedImage::Deleted("b".into()));
        assert_eq!(what_went(std::slice::from_ref(&untagged)), "1 reference removed, the image stays");
        assert_eq!(what_went(&[untagged, deleted.clone(), deleted]), "removed, 2 layers deleted");
    }
}
