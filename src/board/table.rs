use super::run::{Outcome, Row};

const HEAD: [&str; 7] =
    ["pattern", "claim", "schedules", "distinct", "schedules/s", "cancellations struck", "verdict"];

/// The rows as one table of fixed-width columns.
pub(super) fn table(rows: &[Row<'_>]) -> String {
    let lines: Vec<[String; 7]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let widths: [usize; 7] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            let is_number = (2..=5).contains(&column);
            let cell = if is_number { format!("{cell:>width$}") } else { format!("{cell:width$}") };
            text.push_str(&cell);
            text.push_str("  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        if i == 0 {
            let rule = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
            text.push_str(&"─".repeat(rule));
            text.push('\n');
        }
    }
    text
}

fn cells(row: &Row<'_>) -> [String; 7] {
    let claim = match row.outcome {
        Outcome::Production(_) => format!("{} {}", row.claim.guarantee, row.claim.name),
        Outcome::Twin { .. } => format!("  {} twin", row.claim.twin.name),
    };
    let stats = row.stats();
    let rate = stats.schedules as f64 / stats.real_time.as_secs_f64().max(f64::MIN_POSITIVE);
    [
        row.claim.pattern.to_owned(),
        claim,
        stats.schedules.to_string(),
        stats.distinct.to_string(),
        format!("{rate:.0}"),
        stats.cancellations().to_string(),
        row.verdict(),
    ]
}
