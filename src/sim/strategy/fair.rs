use super::{Choice, Chooser, Misfit, Search};

/// One schedule, all defaults: the task that was polled least recently is next,
/// nothing is cancelled, no fault strikes.
pub(crate) struct Fair;

pub(super) struct FairSearch {
    /// The index of the one schedule.
    pub(super) first: u64,
}

impl Search for FairSearch {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        (index == self.first).then(|| Box::new(Fair) as Box<dyn Chooser>)
    }

    fn is_exhausted(&self) -> bool {
        // One schedule is a sample, unless nothing else was possible, and that
        // this strategy does not know.
        false
    }
}

impl Chooser for Fair {
    fn choose(&mut self, _choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        Ok(None)
    }
}
