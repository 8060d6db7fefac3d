//! Which line comes next of several logs.

use std::collections::VecDeque;

use jiff::Timestamp;

/// Lines of several logs on their way into one, by time. Those of one log stay in their order, and of equal times the
/// one of the first log comes first.
#[derive(Debug)]
pub(super) struct Order<L> {
    queues: Vec<Queue<L>>,
    /// The time of the last line that was taken.
    taken: Option<Timestamp>,
}

#[derive(Debug)]
struct Queue<L> {
    waiting: VecDeque<(Option<Timestamp>, L)>,
    /// The time of the last line that came: no later one is earlier.
    last: Option<Timestamp>,
    /// Whether any line has come.
    has_come: bool,
    /// Nobody waits for its next line.
    is_quiet: bool,
}

impl<L> Order<L> {
    /// Of so many logs.
    pub(super) fn of(logs: usize) -> Self {
        let queue = |_| Queue { waiting: VecDeque::new(), last: None, has_come: false, is_quiet: false };
        Self { queues: (0..logs).map(queue).collect(), taken: None }
    }

    /// The next line of a log. Without a time, and where its clock went back, it has the time of the line before.
    ///
    /// Whether it comes too late: it is the first of its log, nobody waited for it, and a later one was taken.
    pub(super) fn push(&mut self, log: usize, time: Option<Timestamp>, line: L) -> bool {
        let Some(queue) = self.queues.get_mut(log) else { return false };
        let time = time.max(queue.last);
        let is_late = !queue.has_come && time.is_some() && time < self.taken;
        queue.last = time;
        queue.has_come = true;
        queue.waiting.push_back((time, line));
        is_late
    }

    /// How many lines of a log wait.
    pub(super) fn waiting(&self, log: usize) -> usize {
        self.queues.get(log).map_or(0, |queue| queue.waiting.len())
    }

    /// Whether any line waits.
    pub(super) fn is_waiting(&self) -> bool {
        self.queues.iter().any(|queue| !queue.waiting.is_empty())
    }

    /// Whether lines of other logs wait for the next of this one, or do not.
    pub(super) fn set_quiet(&mut self, log: usize, is_quiet: bool) {
        if let Some(queue) = self.queues.get_mut(log) {
            queue.is_quiet = is_quiet;
        }
    }

    /// The next line, and which log it is of; `None` as long as an earlier one may come.
    pub(super) fn next(&mut self) -> Option<(usize, L)> {
        let heads = self.queues.iter().enumerate();
        let heads = heads.filter_map(|(log, queue)| Some((queue.waiting.front()?.0, log)));
        let first = heads.min()?;
        let may_be_earlier = |(log, queue): (usize, &Queue<L>)| {
            queue.waiting.is_empty() && !queue.is_quiet && (queue.last, log) < first
        };
        if self.queues.iter().enumerate().any(may_be_earlier) {
            return None;
        }
        let (_, line) = self.queues.get_mut(first.1)?.waiting.pop_front()?;
        self.taken = self.taken.max(first.0);
        Some((first.1, line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "not every line has a time")]
    fn at(second: i64) -> Option<Timestamp> {
        Some(Timestamp::from_second(second).unwrap())
    }

    fn rest(order: &mut Order<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| order.next()).map(|(_, line)| line).collect()
    }

    #[test]
    fn a_line_waits_for_logs_that_may_have_an_earlier_one() {
        let mut order = Order::of(2);
        order.push(0, at(5), "a5");
        assert_eq!(rest(&mut order), [""; 0]);
        order.push(1, at(3), "b3");
        assert_eq!(rest(&mut order), ["b3"]);
        order.push(1, at(5), "b5");
        assert_eq!(rest(&mut order), ["a5"], "of two at once the first log's comes first");
        order.set_quiet(0, true);
        assert_eq!(rest(&mut order), ["b5"]);
        assert!(!order.is_waiting());
    }

    #[test]
    fn nobody_waits_for_a_log_that_is_further_already() {
        let mut order = Order::of(2);
        order.push(0, at(9), "a9");
        order.push(1, at(4), "b4");
        order.set_quiet(1, true);
        assert_eq!(rest(&mut order), ["b4", "a9"]);
        order.push(1, at(7), "b7");
        assert_eq!(rest(&mut order), ["b7"], "the other has been at 9");
    }

    #[test]
    fn what_has_no_time_or_one_before_stays_behind_its_line() {
        let mut order = Order::of(2);
        for (time, line) in [(None, "first"), (at(8), "a8"), (None, "remark"), (at(2), "back"), (at(9), "a9")]
        {
            order.push(0, time, line);
        }
        order.push(1, at(8), "b8");
        order.push(1, at(10), "b10");
        assert_eq!(rest(&mut order), ["first", "a8", "remark", "back", "b8", "a9"]);
    }

    #[test]
    fn only_the_first_line_of_a_log_that_was_thought_quiet_is_too_late() {
        let mut order = Order::of(2);
        order.set_quiet(1, true);
        order.push(0, at(8), "a8");
        assert_eq!(rest(&mut order), ["a8"]);
        assert!(order.push(1, at(3), "b3"));
        assert!(!order.push(1, at(4), "b4"));
        let mut other = Order::of(2);
        assert!(!other.push(0, at(8), "a8"));
        assert!(!other.push(1, at(3), "b3"), "nothing later was taken");
    }

    proptest! {
        /// However the lines arrive, they are taken as sorting them would have it.
        #[test]
        fn it_is_the_order_that_sorting_makes(
            logs in proptest::collection::vec(proptest::collection::vec(0..30_i64, 0..20), 1..6),
            turns in proptest::collection::vec(0..6_usize, 0..200),
        ) {
            let logs: Vec<Vec<i64>> = logs.into_iter().map(|mut times| { times.sort_unstable(); times }).collect();
            let mut order = Order::of(logs.len());
            let mut next = vec![0; logs.len()];
            let mut taken = Vec::new();
            let all = (0..logs.len()).flat_map(|log| std::iter::repeat_n(log, 20));
            for log in turns.into_iter().map(|turn| turn % logs.len()).chain(all) {
                if let Some(time) = logs[log].get(next[log]) {
                    order.push(log, at(*time), (*time, next[log]));
                    next[log] += 1;
                }
                while let Some((log, (time, place))) = order.next() {
                    taken.push((time, log, place));
                }
            }
            (0..logs.len()).for_each(|log| order.set_quiet(log, true));
            while let Some((log, (time, place))) = order.next() {
                taken.push((time, log, place));
            }
            let places = |(log, times): (usize, &Vec<i64>)| -> Vec<_> {
                times.iter().enumerate().map(|(place, time)| (*time, log, place)).collect()
            };
            let mut sorted: Vec<_> = logs.iter().enumerate().flat_map(places).collect();
            sorted.sort_unstable();
            prop_assert_eq!(taken, sorted);
        }
    }
}
