use super::choice::Deviation;

/// Leaves out deviations until none can be left out any more.
///
/// `fails` runs a candidate and, if it fails in the same way, gives back the
/// deviations that really ran: an attempt may change what comes after. Only
/// fewer deviations count as progress, so this ends. Removes large pieces first,
/// as in Zeller, Hildebrandt, "Simplifying and isolating failure-inducing
/// input", TSE 2002; what is left is 1-minimal.
pub(super) fn shrink(
    mut deviations: Vec<Deviation>,
    mut fails: impl FnMut(Vec<Deviation>) -> Option<Vec<Deviation>>,
) -> Vec<Deviation> {
    let mut size = deviations.len().div_ceil(2);
    let mut start = 0;
    while size > 0 {
        if start >= deviations.len() {
            // This pass took nothing out: try smaller pieces.
            size = if size == 1 { 0 } else { size.div_ceil(2) };
            start = 0;
            continue;
        }
        let mut candidate = deviations.clone();
        candidate.drain(start..(start + size).min(deviations.len()));
        match fails(candidate) {
            Some(ran) if ran.len() < deviations.len() => {
                deviations = ran;
                size = size.min(deviations.len());
                start = 0;
            }
            _ => start += size,
        }
    }
    deviations
}

#[cfg(test)]
mod tests {
    use super::{Deviation, shrink};
    use crate::sim::choice::Kind;

    fn deviations(numbers: impl IntoIterator<Item = u64>) -> Vec<Deviation> {
        let deviation = |number| Deviation { kind: Kind::Task, number, option: 1 };
        numbers.into_iter().map(deviation).collect()
    }

    fn shrunk_to(needed: &[u64]) -> Vec<Deviation> {
        shrink(deviations(0..40), |candidate| {
            let has = |number: &u64| candidate.iter().any(|d| d.number == *number);
            needed.iter().all(has).then_some(candidate)
        })
    }

    #[test]
    fn what_is_needed_is_what_is_left() {
        for needed in [&[][..], &[0], &[39], &[17, 18], &[0, 20, 39], &[1, 3, 5, 7, 9, 11]] {
            assert_eq!(shrunk_to(needed), deviations(needed.iter().copied()));
        }
    }

    #[test]
    fn a_run_that_grows_is_no_progress() {
        let start = deviations(0..3);
        let grown = deviations(0..9);
        assert_eq!(shrink(start.clone(), |_| Some(grown.clone())), start);
    }
}
