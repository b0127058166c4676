//! Where the results go: the terminal, `RESULTS.md`, and the bars beside it.

use std::fmt::Write;
use std::path::PathBuf;
use std::{fs, io};

use crate::arguments::Effort;
use crate::table::{Row, markdown};

/// One race's part of the results.
#[derive(Debug)]
pub struct Report {
    /// The bench target.
    pub name: &'static str,
    /// What runs it.
    pub command: &'static str,
    /// The table.
    pub rows: Vec<Row>,
    /// What to know beside it, a line each.
    pub notes: Vec<String>,
}

impl Report {
    /// Prints it, and writes it down if it is for the record.
    ///
    /// # Errors
    ///
    /// If a file can't be written.
    #[expect(clippy::print_stdout, reason = "a race is a program, and this is its output")]
    pub fn publish(&self, effort: Effort) -> io::Result<()> {
        println!("{}", self.body());
        if effort == Effort::Quick {
            return Ok(());
        }
        let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir_all(package.join("results"))?;
        fs::write(
            package.join("results").join(format!("{}.svg", self.name)),
            crate::svg::bars(&self.rows),
        )?;
        write_section(self.name, &self.section())
    }

    fn body(&self) -> String {
        let mut text = markdown(&self.rows);
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }

    fn section(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        format!(
            "## {name}\n\n`{command}`, on {cores} cores.\n\n{body}\n![{name}](results/{name}.svg)\n",
            name = self.name,
            command = self.command,
            body = self.body(),
        )
    }
}

const HEAD: &str = "# Results\n\n\
    Written by the commands that stand at each part, never by hand. Both sides of \
    a row run in one process, in turn; the ratio is peer / surefoot within a round, \
    so more is better for surefoot. Times are medians over the rounds, on one thread of its \
    time on a core; they differ from machine to machine more than the ratios do.\n";

/// Puts a section into `RESULTS.md`, in place of the one of that name.
pub(crate) fn write_section(name: &str, section: &str) -> io::Result<()> {
    let results = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    let before = match fs::read_to_string(&results) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        text => text?,
    };
    fs::write(results, replace_section(&before, name, section))
}

/// Puts a section between its markers, or at the end, and leaves the others.
fn replace_section(text: &str, name: &str, section: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->\n"));
    let marked = format!("{begin}{section}{end}");
    let place = text.find(&begin).and_then(|from| {
        let length = text[from..].find(&end)? + end.len();
        Some(from..from + length)
    });
    match place {
        Some(place) => format!("{}{marked}{}", &text[..place.start], &text[place.end..]),
        None => format!("{}\n\n{marked}", text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::replace_section;

    #[test]
    fn a_section_is_replaced_where_it_stands_and_the_others_stay() {
        let one = replace_section("head\n", "a", "first\n");
        let two = replace_section(&one, "b", "second\n");
        assert!(two.starts_with("head\n\n<!-- a: begin -->\nfirst\n<!-- a: end -->\n"));
        let again = replace_section(&two, "a", "new\n");
        assert_eq!(again, two.replace("first\n", "new\n"));
    }
}
