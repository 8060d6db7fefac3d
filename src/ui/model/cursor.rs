//! A place in a list that changes under it: kept by what is there, not by its number.

/// Where the cursor of a list is, and from where on the list is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor<K> {
    selected: Option<K>,
    place: usize,
    offset: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { selected: None, place: 0, offset: 0 }
    }
}

impl<K: Clone + PartialEq> Cursor<K> {
    /// What it is on.
    #[must_use]
    pub fn selected(&self) -> Option<&K> {
        self.selected.as_ref()
    }

    /// Its number in the list as it was last settled.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// The first one that is shown.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Puts it on this one; the list is settled afterwards.
    pub fn select(&mut self, key: K) {
        self.selected = Some(key);
    }

    /// Moves it by so many, staying within the list.
    pub fn step(&mut self, list: &[K], by: isize) {
        let furthest = list.len().saturating_sub(1);
        self.place = self.place.saturating_add_signed(by).min(furthest);
        self.selected = list.get(self.place).cloned();
    }

    /// Moves what is shown by so many without moving the cursor out of it.
    pub fn scroll(&mut self, list: &[K], by: isize, height: usize) {
        let furthest = list.len().saturating_sub(height);
        self.offset = self.offset.saturating_add_signed(by).min(furthest);
        let lowest = (self.offset + height.saturating_sub(1)).min(list.len().saturating_sub(1));
        self.place = self.place.clamp(self.offset.min(lowest), lowest);
        self.selected = list.get(self.place).cloned();
    }

    /// After the list or its height has changed: stays on what it was on, or where that is gone on what has come into
    /// its place; and is shown.
    pub fn settle(&mut self, list: &[K], height: usize) {
        let furthest = list.len().saturating_sub(1);
        // Most often nothing has moved.
        let is_there = list.get(self.place).is_some_and(|key| Some(key) == self.selected.as_ref());
        let found = if is_there {
            Some(self.place)
        } else {
            self.selected.as_ref().and_then(|key| list.iter().position(|other| other == key))
        };
        self.place = found.unwrap_or_else(|| self.place.min(furthest));
        self.selected = list.get(self.place).cloned();
        let height = height.max(1);
        if self.place < self.offset {
            self.offset = self.place;
        } else if self.place >= self.offset + height {
            self.offset = self.place + 1 - height;
        }
        self.offset = self.offset.min(list.len().saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_on_what_it_was_on_and_else_in_its_place() {
        let mut cursor = Cursor::default();
        cursor.settle(&['a', 'b', 'c'], 10);
        assert_eq!(cursor.selected(), Some(&'a'));
        cursor.step(&['a', 'b', 'c'], 1);
        cursor.settle(&['x', 'a', 'b', 'c'], 10);
        assert_eq!((cursor.selected(), cursor.place()), (Some(&'b'), 2));
        cursor.settle(&['x', 'a', 'c'], 10);
        assert_eq!(cursor.selected(), Some(&'c'));
        cursor.settle(&[], 10);
        assert_eq!(cursor.selected(), None);
        cursor.settle(&['z'], 10);
        assert_eq!(cursor.selected(), Some(&'z'));
    }

    #[test]
    fn it_is_always_shown() {
        let list: Vec<usize> = (0..100).collect();
        let mut cursor = Cursor::default();
        cursor.settle(&list, 10);
        for by in [25, -3, 1000, -1000, 50] {
            cursor.step(&list, by);
            cursor.settle(&list, 10);
            assert!((cursor.offset()..cursor.offset() + 10).contains(&cursor.place()), "{by}: {cursor:?}");
        }
        cursor.scroll(&list, 30, 10);
        assert!((cursor.offset()..cursor.offset() + 10).contains(&cursor.place()), "{cursor:?}");
        cursor.settle(&list, 0);
        cursor.settle(&list[..3], 10);
        assert_eq!(cursor.offset(), 0);
    }
}
