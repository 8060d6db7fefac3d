//! What `cleanup --json` prints: one object, with stable names.

use jiff::Timestamp;
use serde::Serialize;

use crate::actions::cleanup::{CleanupReport, Item, ItemKind};
use crate::engine::ContainerState;

use super::Planned;
use super::sessions::OverJson;

/// A cleanup.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    /// Whether nothing was to be removed.
    dry_run: bool,
    /// What goes, or went.
    remove: Vec<ItemJson>,
    /// What stays, and was looked at.
    keep: Vec<ItemJson>,
    /// What became of each of `remove`, in its order; empty where nothing was begun.
    results: Vec<ResultJson>,
    /// Bytes of what goes, as far as known.
    total_bytes: u64,
    /// How many of what goes have no known size.
    total_unknown: usize,
    /// Bytes of what was removed, as far as known.
    freed_bytes: u64,
    /// How many of what was removed had no known size.
    freed_unknown: usize,
    /// Sessions that go, or went.
    sessions: Vec<OverJson>,
}

#[derive(Debug, Serialize)]
struct ItemJson {
    kind: ItemKind,
    id: String,
    name: String,
    state: Option<ContainerState>,
    size: Option<u64>,
    created: Option<Timestamp>,
    ended: Option<Timestamp>,
    protected: bool,
    /// Why it stays, in one word; nothing for what goes.
    reason: Option<&'static str>,
    why: String,
    engine: String,
}

#[derive(Debug, Serialize)]
struct ResultJson {
    kind: ItemKind,
    id: String,
    name: String,
    outcome: &'static str,
    message: Option<String>,
    freed_bytes: Option<u64>,
    engine: String,
}

/// The document of these plans and, in their order, what became of them.
pub(super) fn document(
    dry_run: bool,
    planned: &[Planned<'_>],
    reports: &[CleanupReport],
    sessions: Vec<OverJson>,
) -> Document {
    let (mut remove, mut keep, mut results) = (Vec::new(), Vec::new(), Vec::new());
    let (mut total, mut freed) = ((0_u64, 0), (0_u64, 0));
    for (engine, plan) in planned {
        let of = |item: &Item, reason, why| item_json(item, reason, why, engine.endpoint());
        remove.extend(plan.removals().iter().map(|one| of(&one.item, None, one.why.to_string())));
        keep.extend(plan.kept().iter().map(|one| of(&one.item, Some(one.why.code()), one.why.to_string())));
        add(&mut total, plan.total());
    }
    for ((engine, _), report) in planned.iter().zip(reports) {
        results.extend(report.items.iter().map(|one| ResultJson {
            kind: one.item.id.kind,
            id: one.item.id.id.clone(),
            name: one.item.name.clone(),
            outcome: one.word(),
            message: one.sentence(),
            freed_bytes: one.item.size.filter(|_| one.is_removed()),
            engine: engine.endpoint(),
        }));
        add(&mut freed, report.freed());
    }
    Document {
        dry_run,
        remove,
        keep,
        results,
        total_bytes: total.0,
        total_unknown: total.1,
        freed_bytes: freed.0,
        freed_unknown: freed.1,
        sessions,
    }
}

fn add(sum: &mut (u64, usize), more: (u64, usize)) {
    *sum = (sum.0.saturating_add(more.0), sum.1 + more.1);
}

fn item_json(item: &Item, reason: Option<&'static str>, why: String, engine: String) -> ItemJson {
    ItemJson {
        kind: item.id.kind,
        id: item.id.id.clone(),
        name: item.name.clone(),
        state: item.state,
        size: item.size,
        created: item.created,
        ended: item.ended,
        protected: item.protected.is_some(),
        reason,
        why,
        engine,
    }
}
