use super::{Choice, Chooser, Misfit, Search};

/// One schedule whose choices are read from bytes, leniently: from each byte the
/// option is taken modulo the number that there are. Where there are more than
/// 256, two bytes are read, the high one first. Choices beyond the last byte take
/// their default, and bytes beyond the last choice are ignored.
pub(crate) struct Script {
    pub(super) bytes: Vec<u8>,
    /// The index of the one schedule.
    pub(super) first: u64,
}

impl Search for Script {
    fn next(&self, index: u64) -> Option<Box<dyn Chooser>> {
        let left = self.bytes.clone().into_iter();
        (index == self.first).then(|| Box::new(Reader { left }) as Box<dyn Chooser>)
    }
}

struct Reader {
    left: std::vec::IntoIter<u8>,
}

impl Chooser for Reader {
    fn choose(&mut self, choice: &Choice<'_>) -> Result<Option<u64>, Misfit> {
        let options = choice.options.len();
        let Some(mut read) = self.left.next().map(u64::from) else {
            return Ok(None);
        };
        if options > 256 {
            read = read << 8 | u64::from(self.left.next().unwrap_or(0));
        }
        let rank = (read % options).checked_sub(1);
        Ok(rank.map(|rank| choice.options.deviation(rank)))
    }
}
