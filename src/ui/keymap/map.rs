//! The keys in force: the table's own, replaced by the user's where there are any.

use std::collections::BTreeMap;

use crate::config::Chord;

use super::{Context, DEEDS, Do};

/// The keys in force.
#[derive(Debug, Clone)]
pub struct KeyMap {
    deeds: BTreeMap<(Context, Chord), Do>,
}

/// Two deeds on one key in one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{chord} does both {first} and {second}: give one of them another key")]
pub struct Clash {
    /// The key.
    pub chord: Chord,
    /// The deed that has it.
    pub first: Do,
    /// The deed that wants it too, as the settings say.
    pub second: Do,
}

impl Default for KeyMap {
    /// The table's own keys.
    fn default() -> Self {
        Self::with(&BTreeMap::new()).unwrap_or_else(|_| Self { deeds: BTreeMap::new() })
    }
}

impl KeyMap {
    /// The table's keys, but for the deeds that are given here: those have these keys in every context of theirs, and
    /// take a key from deeds that have it from the table.
    ///
    /// # Errors
    /// Two deeds given here that would have the same key in the same context.
    pub fn with(own: &BTreeMap<Do, Vec<Chord>>) -> Result<Self, Clash> {
        let mut deeds = BTreeMap::new();
        for info in DEEDS.iter().filter(|info| !own.contains_key(&info.deed)) {
            for (context, keys) in info.keys {
                // A default that does not parse: none, see the test.
                for chord in keys.iter().filter_map(|key| key.parse::<Chord>().ok()) {
                    deeds.entry((*context, chord)).or_insert(info.deed);
                }
            }
        }
        for (deed, chords) in own {
            for ((context, _), chord) in
                deed.info().keys.iter().flat_map(|at| chords.iter().map(move |chord| (at, chord)))
            {
                let before = deeds.insert((*context, *chord), *deed);
                if let Some(first) = before.filter(|first| own.contains_key(first) && first != deed) {
                    return Err(Clash { chord: *chord, first, second: *deed });
                }
            }
        }
        Ok(Self { deeds })
    }

    /// What a key does, looked up in these contexts from the first to the last.
    #[must_use]
    pub fn lookup(&self, contexts: &[Context], chord: Chord) -> Option<Do> {
        contexts.iter().find_map(|context| self.deeds.get(&(*context, chord)).copied())
    }

    /// The keys of a deed in a context, the best to show first.
    #[must_use]
    pub fn keys(&self, deed: Do, context: Context) -> Vec<Chord> {
        let mut keys: Vec<Chord> = self
            .deeds
            .iter()
            .filter(|((at, _), found)| *at == context && **found == deed)
            .map(|((_, chord), _)| *chord)
            .collect();
        // In the table's order, where it has one.
        let rank = |chord: &Chord| {
            let shown = chord.to_string();
            let listed =
                deed.info().keys.iter().flat_map(|(_, keys)| keys.iter()).position(|key| **key == shown);
            listed.unwrap_or(usize::MAX)
        };
        keys.sort_by_key(rank);
        keys
    }

    /// The key of a deed to show where these contexts hold: one that another deed does not take there.
    #[must_use]
    pub fn key(&self, deed: Do, contexts: &[Context]) -> Option<Chord> {
        contexts
            .iter()
            .flat_map(|context| self.keys(deed, *context))
            .find(|chord| self.lookup(contexts, *chord) == Some(deed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_is_one_and_does_one_thing() {
        let mut seen = BTreeMap::new();
        for info in DEEDS {
            for (context, keys) in info.keys {
                for key in *keys {
                    let chord: Chord = key.parse().unwrap();
                    assert_eq!(chord.to_string(), *key, "{}: as it is shown", info.name);
                    assert_eq!(
                        seen.insert((*context, chord), info.name),
                        None,
                        "{key} of {} in {context:?}",
                        info.name
                    );
                }
            }
        }
    }

    #[test]
    fn the_users_keys_take_the_place_of_the_tables() {
        let own = BTreeMap::from([(Do::Stop, vec!["x".parse().unwrap()]), (Do::Quit, vec![])]);
        let map = KeyMap::with(&own).unwrap();
        let at = [Context::Containers, Context::Everywhere];
        assert_eq!(map.lookup(&at, "x".parse().unwrap()), Some(Do::Stop));
        assert_eq!(map.lookup(&at, "s".parse().unwrap()), None);
        assert_eq!(map.lookup(&at, "q".parse().unwrap()), None);
        assert_eq!(map.key(Do::CancelAction, &at), None, "its key is taken here");
        assert_eq!(
            map.key(Do::CancelAction, &[Context::Pane, Context::Everywhere]),
            Some("x".parse().unwrap())
        );
    }

    #[test]
    fn two_of_the_users_on_one_key_is_an_error() {
        let own =
            BTreeMap::from([(Do::Stop, vec!["x".parse().unwrap()]), (Do::Start, vec!["x".parse().unwrap()])]);
        let clash = KeyMap::with(&own).unwrap_err();
        assert_eq!(clash.to_string(), "x does both start and stop: give one of them another key");
    }
}
