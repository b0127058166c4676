use super::recorder::Recorder;
use crate::sim::choice::{Bounds, Choice, Kind, Made, Misfit, Options, PerKind};
use crate::sim::strategy::{Chooser, Fair};

/// Who chooses in a schedule, and what was chosen.
pub(super) struct Choices {
    pub(super) chooser: Box<dyn Chooser>,
    /// Whether it wants to know what comes of the steps.
    pub(super) observes: bool,
    /// Tasks alone are chosen before a step.
    pub(super) is_plain: bool,
    pub(super) misfit: Option<Misfit>,
    pub(super) made: Vec<Made>,
    pub(super) hash: u64,
    /// How many choices of each kind there were.
    pub(super) numbers: PerKind<u64>,
    /// How many of them deviated.
    deviated: PerKind<u32>,
    bounds: Bounds,
}

impl Choices {
    pub(super) fn new() -> Self {
        Self {
            chooser: Box::new(Fair),
            observes: false,
            is_plain: true,
            misfit: None,
            made: Vec::new(),
            hash: 0,
            numbers: PerKind::default(),
            deviated: PerKind::default(),
            bounds: PerKind::default(),
        }
    }

    pub(super) fn begin(&mut self, chooser: Box<dyn Chooser>, bounds: Bounds) {
        let kinds = [Kind::Cancel, Kind::Spurious, Kind::Stall, Kind::Coop];
        self.is_plain = kinds.iter().all(|kind| bounds[*kind] == 0);
        self.observes = chooser.observes();
        self.chooser = chooser;
        self.bounds = bounds;
        self.made.clear();
        self.hash = 0;
        self.numbers = PerKind::default();
        self.deviated = PerKind::default();
        self.misfit = None;
    }

    /// Whether a deviation of this kind is within the bounds.
    pub(super) fn may_deviate(&self, kind: Kind) -> bool {
        !kind.is_bounded() || self.deviated[kind] < self.bounds[kind]
    }

    /// Asks the chooser, and notes what it said. There must be two options.
    pub(super) fn choose(
        &mut self,
        kind: Kind,
        options: Options<'_>,
        recorder: &mut Recorder,
    ) -> Option<u64> {
        self.numbers[kind] += 1;
        let (number, count) = (self.numbers[kind], options.len());
        let default = match options {
            Options::Tasks(ready) => ready.first().unwrap_or_default(),
            _ => 0,
        };
        let choice = Choice { kind, number, options };
        let taken = self.chooser.choose(&choice).unwrap_or_else(|misfit| {
            self.misfit.get_or_insert(misfit);
            None
        });
        let made = Made { kind, number, options: count, default, taken };
        self.deviated[kind] += u32::from(taken.is_some());
        if let Some(deviation) = made.deviation() {
            recorder.deviated(deviation);
        }
        let chosen = taken.map_or(u64::from(default) << 8, |option| option << 8 | 1);
        self.hash = mix(self.hash ^ chosen ^ (kind as u64) << 2);
        self.made.push(made);
        taken
    }
}

/// A round of multiply and shift: order matters, and nearby inputs part.
fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}
