//! Several containers' logs in one tab, merged by time.

use crate::logs::LogReader;
use crate::ui::{ContainerKey, LogState, MergeId, Merging, Problem, Source};

use super::{LogView, Pane, Place, Spot, Tab};

/// How many logs are merged at most.
pub const MERGED: usize = 8;

/// One of the containers whose logs are merged.
#[derive(Debug)]
pub struct Merged {
    /// The container.
    pub key: ContainerKey,
    /// Its log, once it is being read. It stays when the container is gone.
    pub reader: Option<LogReader>,
}

/// The logs of several containers in one.
#[derive(Debug)]
pub struct MergedView {
    /// Another each time some are merged.
    pub id: MergeId,
    /// The containers, in the order of their names in the log. Never empty, at most [`MERGED`].
    pub of: Vec<Merged>,
    /// What is shown of it.
    pub log: LogView,
}

impl MergedView {
    /// Whether a container's log is in it.
    #[must_use]
    pub fn has(&self, key: &ContainerKey) -> bool {
        self.of.iter().any(|one| one.key == *key)
    }

    /// What is to be merged: the logs that are being read.
    #[must_use]
    pub fn merging(&self) -> Merging {
        let named = (1..).zip(self.of.iter().zip(&self.log.names));
        let sources = named.filter_map(|(number, (one, name))| {
            Some(Source { number, name: name.clone(), reader: one.reader.clone()? })
        });
        Merging { id: self.id, sources: sources.collect() }
    }

    /// Shows another log of the same lines and more: what is looked at stays where it is, by its time.
    pub fn set_reader(&mut self, reader: LogReader) {
        let seen = match (self.log.place_in(&self.log.extent()), &self.log.reader) {
            (Place::At(spot), Some(before)) => before.window(spot.line, 1).first().and_then(|line| line.time),
            _ => None,
        };
        if let Place::At(_) = self.log.place {
            let line = seen.and_then(|time| reader.at_time(time));
            self.log.place = line.map_or(Place::End, |line| Place::At(Spot { line, row: 0 }));
        }
        self.log.set_reader(reader);
    }
}

impl Pane {
    /// Merges the logs of containers of these names, at most [`MERGED`], in place of those merged before, and shows them
    /// with one of them.
    pub fn merge(&mut self, of: Vec<(ContainerKey, String)>, shown_of: &ContainerKey) {
        self.close_merged();
        self.merges += 1;
        let (keys, names): (Vec<_>, Vec<_>) = of.into_iter().take(MERGED).unzip();
        for key in &keys {
            self.logs.entry(key.clone()).or_default();
        }
        let of = keys.into_iter().map(|key| Merged { key, reader: None }).collect();
        let log = LogView { names, ..LogView::default() };
        self.merged = Some(MergedView { id: MergeId(self.merges), of, log });
        self.show(shown_of, Tab::Merged);
        self.settle_merged();
    }

    /// The logs that are merged.
    #[must_use]
    pub fn merged(&self) -> Option<&MergedView> {
        self.merged.as_ref()
    }

    /// The same, to change it.
    pub fn merged_mut(&mut self) -> Option<&mut MergedView> {
        self.merged.as_mut()
    }

    /// Closes the tab of merged logs; those that are not looked at otherwise are not followed any more.
    pub fn close_merged(&mut self) {
        self.merged = None;
        self.tabs.retain(|_, tab| *tab != Tab::Merged);
        let recent = &self.recent;
        self.logs.retain(|key, _| recent.contains(key));
    }

    /// Takes over the readers of the logs that are merged, and how they stand.
    pub(super) fn settle_merged(&mut self) {
        let logs = &self.logs;
        let Some(merged) = &mut self.merged else { return };
        let (mut has_open, mut failed) = (false, None);
        for (one, name) in merged.of.iter_mut().zip(&merged.log.names) {
            // Where there is none, the container is gone.
            let Some(view) = logs.get(&one.key) else { continue };
            if let Some(reader) = &view.reader {
                one.reader = Some(reader.clone());
            }
            match &view.state {
                LogState::Open => has_open = true,
                LogState::Ended => {}
                LogState::Failed(problem) => {
                    failed = failed.or_else(|| Some(Problem::new(format!("{name}: {}", problem.words))));
                }
            }
        }
        merged.log.state = match failed {
            Some(problem) => LogState::Failed(problem),
            None if has_open => LogState::Open,
            None => LogState::Ended,
        };
    }
}
