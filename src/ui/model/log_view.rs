//! A place in a log: what is shown of it, and how that moves. Follow is a place, not a flag.

use crate::logs::{Extent, Found, LineNumber, LogReader};
use crate::ui::{LogState, LookId, Looking};

use super::{LogFilter, LogSearch, Moves};

/// A row of a log: broken lines take several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: LineNumber,
    /// Which of its rows, from 0; always 0 where lines are cut, but for the first line under a note.
    pub row: usize,
}

/// Where a log is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At its end: new lines move it.
    End,
    /// With this row on top: new lines do not move it.
    At(Spot),
}

/// What is being typed is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookFor {
    /// A search downwards.
    Next,
    /// A search upwards.
    Previous,
    /// A filter.
    Filter,
}

/// How a log was looked at before something was typed, for escape.
#[derive(Debug)]
pub struct Before {
    /// Where.
    pub place: Place,
    /// The first column.
    pub column: usize,
    /// The search.
    pub search: Option<LogSearch>,
    /// The filter.
    pub filter: Option<LogFilter>,
}

/// What a log is to be looked through for, while it is typed.
#[derive(Debug)]
pub struct LogTyping {
    /// What it is for.
    pub looks_for: LookFor,
    /// As far as it is typed.
    pub text: String,
    /// The line from where it is looked outwards.
    pub from: LineNumber,
    /// How the log was looked at before.
    pub before: Before,
}

/// What is shown of a log.
#[derive(Debug)]
pub struct LogView {
    /// The log, once it is being read.
    pub reader: Option<LogReader>,
    /// Whose lines these are, by [their source](crate::logs::Line::source) from 1 on, where it is merged from several.
    pub names: Vec<String>,
    /// How reading it stands.
    pub state: LogState,
    /// How many hundredths are read of what was printed before its lines, while that is being read.
    pub history: Option<u8>,
    /// Where it is looked at.
    pub place: Place,
    /// The first column shown, where lines are cut.
    pub column: usize,
    /// Where somebody has been in it, and what is selected of it.
    pub moves: Box<Moves>,
    /// What is searched for.
    pub search: Option<LogSearch>,
    /// Which lines are shown, where not all are.
    pub filter: Option<LogFilter>,
    /// What is being typed.
    pub typing: Option<LogTyping>,
    /// The line that it was opened for. Only where no lines are ever put before the first.
    pub lit: Option<LineNumber>,
}

impl Default for LogView {
    fn default() -> Self {
        Self {
            reader: None,
            names: Vec::new(),
            state: LogState::Open,
            history: None,
            place: Place::End,
            column: 0,
            moves: Box::default(),
            search: None,
            filter: None,
            typing: None,
            lit: None,
        }
    }
}

impl LogView {
    /// Shows another log: what is looked for is looked for in it anew, what was marked and selected is forgotten.
    pub fn set_reader(&mut self, reader: LogReader) {
        let extent = reader.extent();
        if !self.reader.as_ref().is_some_and(|before| before.is_same(&reader)) {
            *self.moves = Moves::of(&extent);
            self.lit = None;
        }
        self.reader = Some(reader);
        self.searches_mut().for_each(|search| search.restart(&extent));
        self.filters_mut().for_each(|filter| filter.restart(&extent));
        if let Some(typing) = &mut self.typing {
            typing.from = extent.end;
        }
        self.relate();
    }

    /// How far the log goes.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.reader.as_ref().map_or(Extent::EMPTY, LogReader::extent)
    }

    /// What it is to be looked through for.
    #[must_use]
    pub fn looking(&self) -> Vec<Looking> {
        let Some(reader) = &self.reader else { return Vec::new() };
        let search = self.search.as_ref().and_then(|search| search.looking(reader));
        let filter = self.filter.as_ref().and_then(|filter| filter.looking(reader));
        // What is shown comes before what is found in it.
        filter.into_iter().chain(search).collect()
    }

    /// Names what has no name yet, by numbers from this one on.
    pub fn name_looks(&mut self, next: &mut u64) {
        let filters = self.filter.iter_mut().map(|filter| &mut filter.id);
        for id in filters.chain(self.search.iter_mut().map(|search| &mut search.id)) {
            id.get_or_insert_with(|| {
                *next += 1;
                LookId(*next)
            });
        }
    }

    /// Takes what was found more; whether it was looked for here. What is set aside while something is typed takes it,
    /// too: it may come back.
    pub fn take(&mut self, id: LookId, more: &Found) -> bool {
        let mut is_mine = false;
        for search in self.searches_mut().filter(|search| search.id == Some(id)) {
            search.add(more);
            is_mine = true;
        }
        for filter in self.filters_mut().filter(|filter| filter.id == Some(id)) {
            filter.add(more);
            is_mine = true;
        }
        if is_mine {
            self.relate();
        }
        is_mine
    }

    /// The search goes to what the filter shows. To be called where either has changed.
    pub fn relate(&mut self) {
        if let Some(search) = &mut self.search {
            search.show_within(self.filter.as_ref());
        }
    }

    fn searches_mut(&mut self) -> impl Iterator<Item = &mut LogSearch> {
        let before = self.typing.as_mut().and_then(|typing| typing.before.search.as_mut());
        self.search.iter_mut().chain(before)
    }

    fn filters_mut(&mut self) -> impl Iterator<Item = &mut LogFilter> {
        let before = self.typing.as_mut().and_then(|typing| typing.before.filter.as_mut());
        self.filter.iter_mut().chain(before)
    }

    /// Makes the numbers of lines those of this extent, the newest that was heard of: older lines may have been put
    /// before. Everything that sets a place by an extent calls this before.
    pub fn settle(&mut self, extent: &Extent) {
        let behind = self.moves.behind(extent);
        self.place = self.place.plus(behind);
        self.filters_mut().for_each(|filter| filter.before = filter.before.plus(behind));
        self.moves.settle(extent);
    }

    /// Where it is looked at, by the numbers of this extent.
    #[must_use]
    pub fn place_in(&self, extent: &Extent) -> Place {
        self.place.plus(self.moves.behind(extent))
    }
}
