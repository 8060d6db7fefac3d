//! What an earlier build ran and this one has not, and how likely it will.

use std::collections::HashMap;

use super::super::ended::parts;
use super::super::task_history::TaskHistory;
use super::Runs;
use super::mean::Mean;

/// The logarithm of the odds is told in so many steps of this size, the midmost being even odds.
const STEPS: usize = 129;
const STEP: f64 = 0.25;
/// By how many steps the odds move for what is known of the recipe: it is built, was taken from the shared state, or
/// failed.
const AT_WORK: isize = 16;
const COVERED: isize = -32;
const FAILED: isize = -40;
/// How sure a history can be.
const SUREST: f64 = 0.98;
/// How much of a recipe's tasks run one after the other.
const IN_TURN: f64 = 0.8;

/// What is known of a recipe in this build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Nothing,
    /// Objects of it were taken from the shared state.
    Covered,
    /// Tasks of it were run.
    AtWork,
    /// One of them failed.
    Failed,
}

#[derive(Debug, Clone, Copy)]
struct Expected {
    recipe: usize,
    seconds: f64,
    /// The step of the odds that it runs, by the history alone.
    step: usize,
    /// How many of it are still to come.
    left: u32,
    is_setscene: bool,
}

/// The kinds of tasks of a history, and which were seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Unseen {
    kinds: Vec<Expected>,
    places: HashMap<String, usize>,
    recipes: HashMap<String, usize>,
    seen: Vec<Seen>,
    /// What a task takes whichever the recipe.
    of_task: HashMap<String, f64>,
    /// What a setscene task takes.
    setscene: Mean,
    /// What any other takes that has something to run.
    other: Mean,
}

/// What is thought to come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Coming {
    /// Its sum, in seconds.
    pub(super) work: f64,
    /// How many tasks that are.
    pub(super) count: f64,
    /// How much of the work may as well not come: 0 is all sure, 1 is even odds.
    pub(super) doubt: f64,
    /// The longest that has to go on one after the other, in seconds.
    pub(super) chain: f64,
}

impl Unseen {
    pub(super) fn of(history: &TaskHistory) -> Self {
        let mut unseen = Self::default();
        let mut of_task: HashMap<&str, Mean> = HashMap::new();
        for (name, kind) in history.kinds() {
            let (recipe, task) = parts(name);
            let next = unseen.seen.len();
            let recipe = *unseen.recipes.entry(recipe.to_owned()).or_insert(next);
            if recipe == next {
                unseen.seen.push(Seen::Nothing);
            }
            let often = kind.often.clamp(1.0 - SUREST, SUREST);
            unseen.places.insert(name.to_owned(), unseen.kinds.len());
            unseen.kinds.push(Expected {
                recipe,
                seconds: kind.seconds,
                step: step((often / (1.0 - often)).ln()),
                left: kind.runs,
                is_setscene: is_setscene(task),
            });
            of_task.entry(task).or_default().add(kind.seconds);
            if is_setscene(task) {
                unseen.setscene.add(kind.seconds);
            } else if kind.seconds > 0.0 {
                unseen.other.add(kind.seconds);
            }
        }
        let mean = |(task, mean): (&str, Mean)| Some((task.to_owned(), mean.mean()?));
        unseen.of_task = of_task.into_iter().filter_map(mean).collect();
        unseen
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// What such a task takes, in seconds, by its kind or by its name alone.
    pub(super) fn seconds(&self, kind: &str) -> Option<f64> {
        self.known_seconds(kind).or_else(|| self.of_task.get(parts(kind).1).copied())
    }

    /// What a task of this very kind takes.
    pub(super) fn known_seconds(&self, kind: &str) -> Option<f64> {
        Some(self.kinds.get(*self.places.get(kind)?)?.seconds)
    }

    /// What a setscene task takes.
    pub(super) fn setscene_seconds(&self) -> Option<f64> {
        self.setscene.mean()
    }

    /// What any other takes that has something to run.
    pub(super) fn mean(&self) -> Option<f64> {
        self.other.mean()
    }

    /// What all together take that are no setscene tasks.
    pub(super) fn work(&self) -> f64 {
        self.other.sum()
    }

    /// A task of this kind ended.
    pub(super) fn ended(&mut self, kind: &str, well: bool) {
        if let Some(expected) = self.places.get(kind).and_then(|place| self.kinds.get_mut(*place)) {
            expected.left = expected.left.saturating_sub(1);
        }
        self.saw(kind, well);
    }

    /// A task of this kind was seen.
    pub(super) fn saw(&mut self, kind: &str, well: bool) {
        let (recipe, task) = parts(kind);
        let now = match (is_setscene(task), well) {
            (true, true) => Seen::Covered,
            // Its real task runs instead.
            (true, false) => return,
            (false, true) => Seen::AtWork,
            (false, false) => Seen::Failed,
        };
        let known = self.recipes.get(recipe).and_then(|recipe| self.seen.get_mut(*recipe));
        if let Some(seen) = known
            && (now != Seen::Covered || *seen == Seen::Nothing)
            && *seen != Seen::Failed
        {
            *seen = now;
        }
    }

    /// What is thought to come, when so many more tasks are wanted. These run now, with so many seconds left of each.
    /// Where some failed, what needs them will not come, so that it may be fewer.
    pub(super) fn coming(&self, running: &[Runs], wanted: f64, may_be_fewer: bool) -> Coming {
        let mut runs: HashMap<usize, u32> = HashMap::new();
        let mut chains = vec![0.0_f64; self.seen.len()];
        for Runs { kind, left } in running {
            let kind = kind.as_str();
            if let Some(place) = self.places.get(kind) {
                *runs.entry(*place).or_default() += 1;
            }
            if let Some(chain) = self.recipes.get(parts(kind).0).and_then(|recipe| chains.get_mut(*recipe)) {
                *chain = chain.max(*left);
            }
        }
        let left = |place: usize, expected: &Expected| {
            let left = expected.left.saturating_sub(runs.get(&place).copied().unwrap_or_default());
            (!expected.is_setscene && left > 0).then(|| f64::from(left))
        };
        let mut counts = [0.0; STEPS];
        for (place, expected) in self.kinds.iter().enumerate() {
            if let Some(left) = left(place, expected)
                && let Some(count) = counts.get_mut(self.step(expected))
            {
                *count += left;
            }
        }
        let tilt = tilt(&counts, wanted, may_be_fewer);
        let mut coming = Coming::default();
        let mut doubt = 0.0;
        for (place, expected) in self.kinds.iter().enumerate() {
            let Some(left) = left(place, expected) else { continue };
            let likely = chance(odds_of(self.step(expected)) + tilt);
            let work = likely * left * expected.seconds;
            coming.count += likely * left;
            coming.work += work;
            doubt += work * (1.0 - likely);
            if let Some(chain) = chains.get_mut(expected.recipe) {
                *chain += work * IN_TURN;
            }
        }
        coming.doubt = if coming.work > 0.0 { doubt / coming.work } else { 0.0 };
        coming.chain = chains.into_iter().fold(0.0, f64::max);
        coming
    }

    fn step(&self, expected: &Expected) -> usize {
        let by = match self.seen.get(expected.recipe).copied().unwrap_or_default() {
            Seen::Nothing => 0,
            Seen::Covered => COVERED,
            Seen::AtWork => AT_WORK,
            Seen::Failed => FAILED,
        };
        expected.step.saturating_add_signed(by).min(STEPS - 1)
    }
}

pub(super) fn is_setscene(task: &str) -> bool {
    task.ends_with("_setscene")
}

/// The chance of these odds, given as their logarithm.
fn chance(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// By how much all odds have to move so that about so many are expected.
fn tilt(counts: &[f64; STEPS], wanted: f64, may_be_fewer: bool) -> f64 {
    let expected = |tilt: f64| -> f64 {
        counts.iter().enumerate().map(|(step, count)| count * chance(odds_of(step) + tilt)).sum()
    };
    if may_be_fewer && expected(0.0) <= wanted {
        return 0.0;
    }
    let widest = STEP * as_f64(STEPS);
    let (mut low, mut high) = (-widest, widest);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if expected(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn odds_of(step: usize) -> f64 {
    (as_f64(step) - as_f64(STEPS / 2)) * STEP
}

fn step(odds: f64) -> usize {
    (0..STEPS).rev().find(|step| odds_of(*step) <= odds).unwrap_or(0)
}

fn as_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::super::buildstats::BuildStats;
    use super::*;

    /// Four recipes with a long and three short tasks each.
    fn unseen() -> Unseen {
        let mut stats = BuildStats::default();
        for recipe in ["a", "b", "c", "d"] {
            for (task, seconds) in
                [("do_fetch", 1), ("do_compile", 100), ("do_install", 1), ("do_package", 1)]
            {
                let text = format!("Elapsed time: {seconds} seconds\nStatus: PASSED\nEnded: 1000\n");
                assert!(stats.take(&format!("{recipe}-1-r0"), task, &text));
            }
        }
        Unseen::of(&stats.history(true).unwrap())
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 0.08 * expected, "{found} instead of {expected}");
    }

    #[test]
    fn as_many_come_as_are_wanted() {
        let unseen = unseen();
        near(unseen.work(), 412.0);
        near(unseen.coming(&[], 16.0, false).work, 412.0);
        let half = unseen.coming(&[], 8.0, false);
        near(half.work, 206.0);
        near(half.count, 8.0);
        near(half.doubt, 0.5);
        near(unseen.coming(&[], 100.0, false).work, 412.0);
    }

    #[test]
    fn what_was_begun_comes_before_what_was_not_and_what_was_taken_comes_last() {
        let mut unseen = unseen();
        unseen.ended("a:do_fetch", true);
        near(unseen.coming(&[], 3.0, false).work, 102.0);
        for recipe in ["b", "c"] {
            unseen.ended(&format!("{recipe}:do_populate_sysroot_setscene"), true);
        }
        let coming = unseen.coming(&[], 7.0, false);
        near(coming.work, 102.0 + 103.0);
        near(coming.chain, 103.0 * IN_TURN);
        let runs = [Runs { kind: crate::bitbake::ended::TaskKind::of_recipe("a", "do_compile"), left: 60.0 }];
        let coming = unseen.coming(&runs, 6.0, false);
        near(coming.work, 2.0 + 103.0);
    }

    #[test]
    fn what_failed_takes_its_recipe_with_it() {
        let mut unseen = unseen();
        for recipe in ["a", "b", "c"] {
            unseen.ended(&format!("{recipe}:do_fetch"), recipe != "b");
        }
        near(unseen.coming(&[], 13.0, true).work, 102.0 + 102.0 + 103.0);
    }

    #[test]
    fn of_another_recipe_only_the_task_is_known() {
        let unseen = unseen();
        assert_eq!(unseen.known_seconds("x:do_compile"), None);
        near(unseen.seconds("x:do_compile").unwrap(), 100.0);
        assert_eq!(unseen.seconds("x:do_image"), None);
    }
}
