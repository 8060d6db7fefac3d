//! A build that never was: recipes that need each other, tasks that take more or less, run by a scheduler like
//! BitBake's and told in its words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fastrand::Rng;

use super::estimates::Replay;
use super::*;

/// The tasks of a recipe one after the other, and how many seconds each takes at about.
const TASKS: &[(&str, f64)] = &[
    ("do_fetch", 1.5),
    ("do_unpack", 1.0),
    ("do_patch", 0.4),
    ("do_prepare_recipe_sysroot", 0.6),
    ("do_configure", 8.0),
    ("do_compile", 14.0),
    ("do_install", 2.0),
    ("do_populate_sysroot", 0.7),
    ("do_package", 2.5),
    ("do_packagedata", 0.4),
    ("do_package_write_ipk", 1.5),
    ("do_package_qa", 1.0),
];
/// What only images have.
const IMAGE_TASKS: &[(&str, f64)] = &[("do_rootfs", 160.0), ("do_image", 5.0), ("do_image_ext4", 60.0)];
/// The task after which others can use the recipe, and the one before which it needs them.
const USABLE: usize = 7;
const NEEDS: usize = 3;
const RECIPES: usize = 420;

/// How it goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Simulated {
    /// The recipes and what their tasks take.
    pub(super) seed: u64,
    /// How one run differs from another with the same recipes.
    pub(super) run: u64,
    /// By how much, as a share of what a task takes.
    pub(super) noise: f64,
    pub(super) threads: usize,
    /// How likely a recipe is in the shared state, where all it needs is.
    pub(super) skipped: f64,
    pub(super) slower: f64,
}

impl Default for Simulated {
    fn default() -> Self {
        Self { seed: 1, run: 1, noise: 0.15, threads: 8, skipped: 0.0, slower: 1.0 }
    }
}

struct Task {
    recipe: usize,
    name: &'static str,
    seconds: f64,
    needs: Vec<usize>,
}

/// About normal.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}

fn tasks(rng: &mut Rng) -> (Vec<Task>, Vec<Vec<usize>>) {
    let (mut tasks, mut needed) = (Vec::<Task>::new(), Vec::new());
    for recipe in 0..RECIPES {
        // Some take a hundred times as long as most.
        let size = (normal(rng) * 0.9).exp();
        let mut needs: Vec<usize> = match recipe {
            0 => Vec::new(),
            _ => (0..rng.usize(0..4)).map(|_| rng.usize(recipe.saturating_sub(120)..recipe)).collect(),
        };
        let is_image = recipe == RECIPES - 1;
        if is_image {
            needs = (0..recipe).collect();
        }
        let first = tasks.len();
        for (number, (name, about)) in if is_image { IMAGE_TASKS } else { TASKS }.iter().enumerate() {
            let own = if is_image { 1.0 } else { size };
            let tail = if *name == "do_compile" { (normal(rng) * 0.9).exp() } else { 1.0 };
            let mut before: Vec<usize> = (number > 0).then(|| tasks.len() - 1).into_iter().collect();
            if is_image && number == 0 {
                before = (0..recipe).map(|other| other * TASKS.len() + 10).collect();
            } else if number == NEEDS {
                before.extend(needs.iter().map(|other| other * TASKS.len() + USABLE));
            }
            let seconds = about * own * tail * (normal(rng) * 0.3).exp();
            tasks.push(Task { recipe, name, seconds, needs: before });
        }
        assert_eq!(first, recipe * TASKS.len());
        needed.push(needs);
    }
    (tasks, needed)
}

/// Runs it. All times are those of a clock that nobody waits for.
pub(super) fn simulate(name: &str, how: &Simulated) -> Replay {
    let mut rng = Rng::with_seed(how.seed);
    let (tasks, needed) = tasks(&mut rng);
    let mut rng = Rng::with_seed(how.seed * 1000 + how.run);
    let mut covered = vec![false; RECIPES];
    for recipe in 0..RECIPES - 1 {
        covered[recipe] = rng.f64() < how.skipped.powf(0.5)
            && needed[recipe].iter().all(|other| covered[*other] || rng.f64() < 0.5 * how.skipped);
    }
    let mut print = Printer::default();
    let total = tasks.len();
    print.begin(covered.iter().filter(|covered| **covered).count());
    // What is there is taken first, by all threads, and then the rest is run.
    let mut free = vec![20.0_f64; how.threads];
    let setscene: Vec<usize> = (0..RECIPES).filter(|recipe| covered[*recipe]).collect();
    for (number, recipe) in setscene.iter().enumerate() {
        let at = (0..free.len()).min_by(|a, b| free[*a].total_cmp(&free[*b])).unwrap();
        let began = free[at];
        free[at] += 0.3 + rng.f64();
        let id = format!("/m/r{recipe}_1.0.bb:do_populate_sysroot_setscene");
        print.at(began, &format!("NOTE: Running setscene task {} of {} ({id})", number + 1, setscene.len()));
        print.task(*recipe, "do_populate_sysroot_setscene", began, free[at]);
    }
    let begin = free.iter().copied().fold(0.0, f64::max);
    run(&mut print, &tasks, &covered, how, begin, &mut rng);
    print.end(total);
    Replay { name: name.to_owned(), chunks: print.chunks() }
}

fn run(print: &mut Printer, tasks: &[Task], covered: &[bool], how: &Simulated, begin: f64, rng: &mut Rng) {
    let mut waits_for: Vec<usize> = tasks.iter().map(|task| task.needs.len()).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (number, task) in tasks.iter().enumerate() {
        task.needs.iter().for_each(|other| needed_by[*other].push(number));
    }
    let mut ready: Vec<usize> = (0..tasks.len()).filter(|task| waits_for[*task] == 0).collect();
    let (mut now, mut done) = (begin, 0);
    // By when they end, in microseconds.
    let mut running: BTreeSet<(u64, usize)> = BTreeSet::new();
    loop {
        ready.sort_unstable();
        while let Some(at) = ready
            .iter()
            .position(|task| covered[tasks[*task].recipe])
            .or((running.len() < how.threads && !ready.is_empty()).then_some(0))
        {
            let number = ready.remove(at);
            let task = &tasks[number];
            if covered[task.recipe] {
                done += 1;
                free(number, &needed_by, &mut waits_for, &mut ready);
                continue;
            }
            let seconds = task.seconds * how.slower * (normal(rng) * how.noise).exp();
            let id = format!("/m/r{}_1.0.bb:{}", task.recipe, task.name);
            print.at(
                now,
                &format!("NOTE: Running task {} of {} ({id})", done + running.len() + 1, tasks.len()),
            );
            print.task(task.recipe, task.name, now, now + seconds);
            running.insert((micros(now + seconds), number));
        }
        let Some((end, number)) = running.pop_first() else { break };
        now = f64::from(u32::try_from(end / 1000).unwrap()) / 1000.0;
        done += 1;
        free(number, &needed_by, &mut waits_for, &mut ready);
    }
}

fn free(number: usize, needed_by: &[Vec<usize>], waits_for: &mut [usize], ready: &mut Vec<usize>) {
    for other in &needed_by[number] {
        waits_for[*other] -= 1;
        if waits_for[*other] == 0 {
            ready.push(*other);
        }
    }
}

fn micros(seconds: f64) -> u64 {
    u64::try_from(std::time::Duration::from_secs_f64(seconds).as_micros()).unwrap()
}

/// Lines by the microsecond, and those of one in the order in which they were printed.
#[derive(Default)]
struct Printer {
    lines: BTreeMap<u64, String>,
    last: f64,
}

impl Printer {
    fn at(&mut self, second: f64, line: &str) {
        writeln!(self.lines.entry(micros(second)).or_default(), "{line}").unwrap();
        self.last = self.last.max(second);
    }

    fn task(&mut self, recipe: usize, task: &str, began: f64, ended: f64) {
        self.at(began, &format!("NOTE: recipe r{recipe}-1.0-r0: task {task}: Started"));
        self.at(ended, &format!("NOTE: recipe r{recipe}-1.0-r0: task {task}: Succeeded"));
    }

    fn begin(&mut self, covered: usize) {
        self.at(1.0, "Parsing recipes...");
        self.at(15.0, "done.");
        self.at(15.0, "NOTE: Resolving any missing task queue dependencies");
        self.at(19.0, &format!(
            "Sstate summary: Wanted {RECIPES} Local {covered} Mirrors 0 Missed {} Current 0 ({}% match, 0% complete)",
            RECIPES - covered,
            100 * covered / RECIPES,
        ));
        self.at(20.0, "NOTE: Executing Tasks");
    }

    fn end(&mut self, total: usize) {
        let line = format!(
            "NOTE: Tasks Summary: Attempted {total} tasks of which 0 didn't need to be rerun and all succeeded."
        );
        self.at(self.last + 1.0, &line);
    }

    fn chunks(self) -> Vec<(f64, Stream, Vec<u8>)> {
        let chunk = |(at, text): (u64, String)| {
            (std::time::Duration::from_micros(at).as_secs_f64(), Stream::Output, text.into_bytes())
        };
        self.lines.into_iter().map(chunk).collect()
    }
}
