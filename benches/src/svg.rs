//! Bars of the ratios, as one picture that stands alone.

use std::fmt::Write;

use crate::rounds::Spread;
use crate::table::{Goal, Row};

const ROW: usize = 22;
const LEFT: f64 = 410.0;
const BARS: f64 = 300.0;
const WIDTH: f64 = LEFT + BARS + 90.0;

/// Light, and dark where the reader's system is.
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#1f2328}\
.m{fill:#59636e}.y{fill:#1a7f37}.n{fill:#cf222e}.o{fill:#8c959f}.g{stroke:#1f2328}.w{stroke:#59636e}\
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.m{fill:#9198a1}.y{fill:#3fb950}.n{fill:#f85149}\
.o{fill:#656c76}.g{stroke:#f0f6fc}.w{stroke:#9198a1}}";

/// One bar per row that has a ratio: green where the goal is met, red where not,
/// grey where there is none. A tick marks the goal, a thin line the least and
/// the most.
pub(crate) fn bars(rows: &[Row]) -> String {
    let bars: Vec<_> = rows.iter().filter_map(|row| Some((row, row.ratio()?))).collect();
    let goal = |row: &Row| if let Goal::Ratio(least) = row.goal() { least } else { 1.0 };
    let longest = bars.iter().map(|(row, ratio)| ratio.max.max(goal(row))).fold(1.0, f64::max);
    // By the logarithm: 2 is as far from 1 as 16 from 8. What is below 1/4 has
    // no length.
    let span = (longest * 4.0).log2();
    let x = |ratio: f64| LEFT + BARS * ((ratio * 4.0).log2() / span).clamp(0.0, 1.0);
    let height = ROW * (bars.len() + 1) + 8;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"ratios peer / surefoot\">\n<style>{STYLE}</style>\n\
         <text class=\"m\" x=\"{LEFT}\" y=\"15\">peer / surefoot, by the logarithm; tick: goal</text>\n"
    );
    for (at, (row, Spread { median, min, max })) in bars.into_iter().enumerate() {
        let top = (ROW * (at + 1)) as f64;
        let (text, middle) = (top + 15.0, top + 11.0);
        let class = row.is_met().map_or("o", |is_met| if is_met { "y" } else { "n" });
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{text:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{class}\" x=\"{LEFT}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\" rx=\"2\"/>\
             <line class=\"w\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\"/>\
             <text x=\"{:.1}\" y=\"{text:.1}\">{median:.2}</text>",
            LEFT - 8.0,
            escape(&row.title()),
            top + 5.0,
            x(median) - LEFT,
            x(min),
            x(max),
            x(max) + 6.0,
        );
        if let Goal::Ratio(least) = row.goal() {
            let at = x(least);
            let _ = writeln!(
                svg,
                "<line class=\"g\" stroke-width=\"2\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>",
                top + 2.0,
                top + 20.0,
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::bars;
    use crate::rounds::Lane;
    use crate::table::{Goal, Row, Unit};

    #[test]
    fn bars_say_whether_the_goal_is_met_and_escape_what_they_quote() {
        let lane = |name, figure| Lane { name, rounds: vec![figure] };
        let row = |goal| Row::new("a<b", &lane("us", 1.0), &lane("x", 3.0), Unit::Seconds, goal);
        let svg = bars(&[row(Goal::Ratio(2.0)), row(Goal::Ratio(4.0)), row(Goal::None)]);
        assert_eq!(svg.matches("<rect class=\"y\"").count(), 1);
        assert_eq!(svg.matches("<rect class=\"n\"").count(), 1);
        assert_eq!(svg.matches("<rect class=\"o\"").count(), 1);
        assert_eq!(svg.matches("a&lt;b · x").count(), 3);
    }
}
