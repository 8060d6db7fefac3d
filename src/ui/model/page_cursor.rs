//! The cursor of the tab of a build: on the rows that lead somewhere, while the page scrolls line by line.

use super::{Leads, PageRow};

/// Where the cursor of a page is, and from where on the page is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageCursor {
    selected: Option<Leads>,
    /// The number of its row among those that lead somewhere.
    place: usize,
    /// The row.
    row: Option<usize>,
    /// The first row that is shown.
    top: usize,
    /// It may be out of sight: the page was scrolled away from it.
    is_away: bool,
}

impl PageCursor {
    /// Where the row it is on leads.
    #[must_use]
    pub fn selected(&self) -> Option<&Leads> {
        self.selected.as_ref()
    }

    /// Whether it is on this row: several may lead to the same place.
    #[must_use]
    pub fn is_on(&self, number: usize, row: &PageRow<'_>) -> bool {
        self.row == Some(number) && self.selected.as_ref().is_some_and(|leads| row.is(leads))
    }

    /// The first row that is shown.
    #[must_use]
    pub fn top(&self) -> usize {
        self.top
    }

    /// Puts it on a row; it is settled afterwards.
    pub fn select(&mut self, leads: Leads) {
        (self.selected, self.is_away) = (Some(leads), false);
    }

    /// Goes to the next row that leads somewhere, or so many further; behind the last, the page goes on by lines.
    pub fn step(&mut self, rows: &[PageRow<'_>], by: isize, height: usize) {
        let leads = leads(rows);
        let last = leads.len().saturating_sub(1);
        let at_end = if by < 0 { self.place == 0 } else { self.place >= last };
        if leads.is_empty() || at_end {
            self.top = self.top.saturating_add_signed(by);
            return self.stay_within(rows, height);
        }
        self.put(rows, &leads, self.place.saturating_add_signed(by).min(last), height);
    }

    /// Goes so many lines on, to the row that leads somewhere and is nearest to there.
    pub fn page(&mut self, rows: &[PageRow<'_>], by: isize, height: usize) {
        let leads = leads(rows);
        let here = leads.get(self.place).copied().unwrap_or(0);
        let there = here.saturating_add_signed(by);
        let place = if by < 0 {
            leads.partition_point(|row| *row < there)
        } else {
            leads.partition_point(|row| *row <= there).saturating_sub(1)
        };
        if leads.is_empty() || place == self.place {
            return self.step(rows, by, height);
        }
        self.put(rows, &leads, place, height);
    }

    /// To the first row that leads somewhere, or the last; the page is shown from its beginning, or to its end.
    pub fn to_end(&mut self, rows: &[PageRow<'_>], is_last: bool, height: usize) {
        let leads = leads(rows);
        self.put(rows, &leads, if is_last { leads.len().saturating_sub(1) } else { 0 }, height);
        (self.top, self.is_away) = (if is_last { rows.len() } else { 0 }, true);
        self.stay_within(rows, height);
    }

    /// Moves what is shown; the cursor goes along where it would be out of sight and another row is in sight.
    pub fn scroll(&mut self, rows: &[PageRow<'_>], by: isize, height: usize) {
        self.top = self.top.saturating_add_signed(by);
        self.stay_within(rows, height);
        self.is_away = true;
        let leads = leads(rows);
        let seen = self.top..self.top.saturating_add(height);
        if leads.get(self.place).is_none_or(|row| !seen.contains(row)) {
            let nearest = if by < 0 {
                leads.iter().rposition(|row| seen.contains(row))
            } else {
                leads.iter().position(|row| seen.contains(row))
            };
            if let Some(place) = nearest {
                self.take(rows, &leads, place);
            }
        }
    }

    /// After the page or its height has changed: stays on what it was on, or where that is gone on what has come into
    /// its place.
    pub fn settle(&mut self, rows: &[PageRow<'_>], height: usize) {
        let leads = leads(rows);
        let is_there = |place: usize| {
            let row = leads.get(place).and_then(|row| rows.get(*row));
            row.zip(self.selected.as_ref()).is_some_and(|(row, leads)| row.is(leads))
        };
        let found = if is_there(self.place) {
            Some(self.place)
        } else {
            (0..leads.len()).find(|place| is_there(*place))
        };
        let place = found.unwrap_or_else(|| self.place.min(leads.len().saturating_sub(1)));
        if self.is_away {
            self.take(rows, &leads, place);
            self.stay_within(rows, height);
        } else {
            self.put(rows, &leads, place, height);
        }
    }

    fn take(&mut self, rows: &[PageRow<'_>], leads: &[usize], place: usize) {
        (self.place, self.row) = (place, leads.get(place).copied());
        self.selected = leads.get(place).and_then(|row| rows.get(*row)).and_then(PageRow::leads);
    }

    /// Puts it on one of the rows that lead somewhere, and that row in sight.
    fn put(&mut self, rows: &[PageRow<'_>], leads: &[usize], place: usize, height: usize) {
        self.take(rows, leads, place);
        self.is_away = false;
        if let Some(row) = leads.get(place).copied() {
            // With its heading, and the first with all above it.
            let has_heading = row > 0 && rows.get(row - 1).is_some_and(|row| !row.is_lead());
            let first = if place == 0 && row < height {
                0
            } else if has_heading && height > 1 {
                row - 1
            } else {
                row
            };
            self.top = self.top.clamp((row + 1).saturating_sub(height.max(1)).min(first), first);
        }
        self.stay_within(rows, height);
    }

    fn stay_within(&mut self, rows: &[PageRow<'_>], height: usize) {
        self.top = self.top.min(rows.len().saturating_sub(height.max(1)));
    }
}

/// The rows that lead somewhere.
fn leads(rows: &[PageRow<'_>]) -> Vec<usize> {
    rows.iter().enumerate().filter(|(_, row)| row.is_lead()).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bitbake::TaskTime;

    fn times(count: usize) -> Vec<TaskTime> {
        let time =
            |at: usize| TaskTime { pf: format!("r{at}-1-r0"), task: "do_x".into(), took: Duration::ZERO };
        (0..count).map(time).collect()
    }

    /// A heading, so many rows that lead somewhere, and as many that do not.
    fn page(times: &[TaskTime]) -> Vec<PageRow<'_>> {
        let mut rows = vec![PageRow::Heading("Slowest", None)];
        rows.extend(times.iter().map(PageRow::Slow));
        rows.extend(times.iter().map(|_| PageRow::Fact("a", "b")));
        rows
    }

    fn on(cursor: &PageCursor) -> &str {
        match cursor.selected() {
            Some(Leads::Slow(pf, _)) => pf,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_goes_from_lead_to_lead_and_then_on_by_lines() {
        let times = times(4);
        let rows = page(&times);
        let mut cursor = PageCursor::default();
        cursor.settle(&rows, 3);
        assert_eq!((on(&cursor), cursor.top()), ("r0-1-r0", 0));
        for _ in 0..3 {
            cursor.step(&rows, 1, 3);
        }
        assert_eq!((on(&cursor), cursor.top()), ("r3-1-r0", 2));
        for _ in 0..20 {
            cursor.step(&rows, 1, 3);
        }
        assert_eq!((on(&cursor), cursor.top()), ("r3-1-r0", 6), "to the last line of the page");
        cursor.step(&rows, -1, 3);
        assert_eq!((on(&cursor), cursor.top()), ("r2-1-r0", 3));
        cursor.to_end(&rows, false, 3);
        assert_eq!((on(&cursor), cursor.top()), ("r0-1-r0", 0));
        cursor.to_end(&rows, true, 3);
        cursor.settle(&rows, 3);
        assert_eq!((on(&cursor), cursor.top()), ("r3-1-r0", 6));
    }

    #[test]
    fn it_stays_on_its_row_while_others_come_and_go() {
        let times = times(6);
        let rows = page(&times);
        let mut cursor = PageCursor::default();
        cursor.settle(&rows, 20);
        cursor.step(&rows, 3, 20);
        cursor.settle(&page(&times[2..]), 20);
        assert_eq!(on(&cursor), "r3-1-r0");
        cursor.settle(&page(&times[4..]), 20);
        assert_eq!(on(&cursor), "r5-1-r0", "what has come into its place");
        cursor.settle(&[], 20);
        assert_eq!(cursor.selected(), None);
    }

    #[test]
    fn the_wheel_leaves_it_only_where_nothing_else_is_in_sight() {
        let times = times(4);
        let rows = page(&times);
        let mut cursor = PageCursor::default();
        cursor.settle(&rows, 3);
        cursor.scroll(&rows, 3, 3);
        cursor.settle(&rows, 3);
        assert_eq!((on(&cursor), cursor.top()), ("r2-1-r0", 3));
        cursor.scroll(&rows, 3, 3);
        cursor.settle(&rows, 3);
        assert_eq!((on(&cursor), cursor.top()), ("r2-1-r0", 6));
    }

    #[test]
    fn no_height_and_no_row_is_too_few() {
        let times = times(5);
        let rows = page(&times);
        let mut cursor = PageCursor::default();
        for height in [0, 1, 2, 100] {
            for by in [1, -1, 50, isize::MIN, isize::MAX] {
                cursor.settle(&rows, height);
                cursor.step(&rows, by, height);
                cursor.page(&rows, by, height);
                cursor.scroll(&rows, by, height);
                cursor.settle(&[], height);
                cursor.step(&[], by, height);
                cursor.page(&[], by, height);
            }
        }
    }
}
