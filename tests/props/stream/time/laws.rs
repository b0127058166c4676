use surefoot::stream::StreamPatterns;

use super::*;

/// Gathers, and says how often it gave a batch that was full, or due.
struct Batch {
    max_items: usize,
    max_wait: u64,
    held: Vec<u32>,
    opened: u64,
    full: usize,
    due: usize,
}

impl Law for Batch {
    type Given = Vec<u32>;

    fn poll(&mut self, now: u64, waiting: &mut Waiting) -> Poll<Option<Vec<u32>>> {
        loop {
            match waiting.take(now) {
                Poll::Ready(Some(item)) => {
                    if self.held.is_empty() {
                        self.opened = now;
                    }
                    self.held.push(item);
                    if self.held.len() == self.max_items {
                        self.full += 1;
                        break;
                    }
                }
                Poll::Ready(None) if self.held.is_empty() => return Poll::Ready(None),
                Poll::Ready(None) => break,
                Poll::Pending if self.held.is_empty() => return Poll::Pending,
                Poll::Pending if now < self.opened + self.max_wait => return Poll::Pending,
                Poll::Pending => {
                    self.due += 1;
                    break;
                }
            }
        }
        Poll::Ready(Some(std::mem::take(&mut self.held)))
    }
}

/// stream/STREAM4
#[test]
fn batches_are_those_of_the_law() {
    let inputs = (waiting(), consumer(), 1..6_usize, 0..25_u64);
    holds("batch", 3_000, 30, inputs, |(waiting, visits, max_items, max_wait)| {
        let (held, opened, full, due) = (Vec::new(), 0, 0, 0);
        let mut law = Batch { max_items, max_wait, held, opened, full, due };
        let expected = by_law(&mut law, waiting.clone(), &visits);
        let given =
            run(async { in_fact(waiting.stream().batch(max_items, ms(max_wait)), &visits).await });
        prop_assert_eq!(&given, &expected, "left: batch; right: the law");
        if given.len() < MOST {
            let all = given.into_iter().filter_map(|(_, batch)| batch).flatten();
            prop_assert!(all.eq(0..waiting.items.len() as u32), "one is lost");
        }
        Ok(law.full > 0 && law.due > 0)
    });
}

struct Throttle {
    period: u64,
    opens: u64,
    dropped: usize,
    passed: usize,
}

impl Law for Throttle {
    type Given = u32;

    fn poll(&mut self, now: u64, waiting: &mut Waiting) -> Poll<Option<u32>> {
        loop {
            match waiting.take(now) {
                Poll::Ready(Some(_)) if now < self.opens => self.dropped += 1,
                Poll::Ready(Some(item)) => {
                    self.passed += 1;
                    self.opens = now + self.period;
                    return Poll::Ready(Some(item));
                }
                other => return other,
            }
        }
    }
}

/// stream/STREAM6
#[test]
fn items_pass_by_the_law_of_the_throttle() {
    let inputs = (waiting(), consumer(), 1..25_u64);
    holds("throttle_time", 2_000, 50, inputs, |(waiting, visits, period)| {
        let mut law = Throttle { period, opens: 0, dropped: 0, passed: 0 };
        let expected = by_law(&mut law, waiting.clone(), &visits);
        let given =
            run(async { in_fact(waiting.stream().throttle_time(ms(period)), &visits).await });
        prop_assert_eq!(&given, &expected, "left: throttle_time; right: the law");
        Ok(law.passed > 1 && law.dropped > 0)
    });
}

struct Debounce {
    quiet: u64,
    max_wait: u64,
    /// The item, since when, and when the first was taken that it stands for.
    held: Option<(u32, u64, u64)>,
    rested: usize,
    restless: usize,
}

impl Law for Debounce {
    type Given = u32;

    fn poll(&mut self, now: u64, waiting: &mut Waiting) -> Poll<Option<u32>> {
        let has_ended = loop {
            match waiting.take(now) {
                Poll::Ready(Some(item)) => {
                    let first = self.held.map_or(now, |(_, _, first)| first);
                    self.held = Some((item, now, first));
                }
                Poll::Ready(None) => break true,
                Poll::Pending => break false,
            }
        };
        let Some((item, since, first)) = self.held else {
            return if has_ended { Poll::Ready(None) } else { Poll::Pending };
        };
        let (rested, restless) = (now >= since + self.quiet, now >= first + self.max_wait);
        if !has_ended && !rested && !restless {
            return Poll::Pending;
        }
        self.rested += usize::from(rested && !restless);
        self.restless += usize::from(restless && !rested);
        self.held = None;
        Poll::Ready(Some(item))
    }
}

/// stream/STREAM6
#[test]
fn items_settle_by_the_law_of_the_debounce() {
    let quiet = prop_oneof![1 => 0..3_u64, 4 => 5..20_u64];
    let inputs = (waiting(), consumer(), quiet, 0..40_u64);
    holds("debounce_time", 3_000, 12, inputs, |(waiting, visits, quiet, max_wait)| {
        let mut law = Debounce { quiet, max_wait, held: None, rested: 0, restless: 0 };
        let expected = by_law(&mut law, waiting.clone(), &visits);
        let stream = || waiting.stream().debounce_time(ms(quiet), ms(max_wait));
        let given = run(async { in_fact(stream(), &visits).await });
        prop_assert_eq!(&given, &expected, "left: debounce_time; right: the law");
        Ok(law.rested > 0 && law.restless > 0)
    });
}

struct ItemTimeout {
    limit: u64,
    began: Option<u64>,
    late: usize,
    in_time: usize,
}

impl Law for ItemTimeout {
    type Given = Result<u32, Duration>;

    fn poll(&mut self, now: u64, waiting: &mut Waiting) -> Poll<Option<Self::Given>> {
        if let Poll::Ready(given) = waiting.take(now) {
            self.began = None;
            self.in_time += 1;
            return Poll::Ready(given.map(Ok));
        }
        if now < *self.began.get_or_insert(now) + self.limit {
            return Poll::Pending;
        }
        self.began = None;
        self.late += 1;
        Poll::Ready(Some(Err(ms(self.limit))))
    }
}

/// stream/STREAM6
#[test]
fn items_are_late_by_the_law() {
    let inputs = (waiting(), consumer(), 1..20_u64);
    holds("item_timeout", 2_000, 30, inputs, |(waiting, visits, limit)| {
        let mut law = ItemTimeout { limit, began: None, late: 0, in_time: 0 };
        let expected = by_law(&mut law, waiting.clone(), &visits);
        let stream = || {
            let limited = waiting.stream().item_timeout(ms(limit));
            limited.map(|item| item.map_err(|elapsed| elapsed.after))
        };
        let given = run(async { in_fact(stream(), &visits).await });
        prop_assert_eq!(&given, &expected, "left: item_timeout; right: the law");
        Ok(law.late > 0 && law.in_time > 1)
    });
}

struct Until {
    ends: u64,
    given: usize,
}

impl Law for Until {
    type Given = u32;

    fn poll(&mut self, now: u64, waiting: &mut Waiting) -> Poll<Option<u32>> {
        if now >= self.ends {
            return Poll::Ready(None);
        }
        self.given += 1;
        waiting.take(now)
    }
}

/// stream/STREAM6
#[test]
fn it_is_given_until_the_future_ends() {
    let inputs = (waiting(), consumer(), 0..120_u64);
    holds("until", 1_000, 20, inputs, |(waiting, visits, ends)| {
        let mut law = Until { ends, given: 0 };
        let expected = by_law(&mut law, waiting.clone(), &visits);
        let given = run(async {
            let end = crate::arrivals::at(ends);
            in_fact(waiting.stream().until(end), &visits).await
        });
        prop_assert_eq!(&given, &expected, "left: until; right: the law");
        let cut = given.len() <= waiting.items.len();
        Ok(law.given > 1 && cut)
    });
}
