//! The page around the picture.

use std::borrow::Cow;
use std::fmt::{self, Display};

use super::lanes::Picture;
use super::svg::Chart;
use super::text::Escaped;
use crate::sim::failure::{Failure, InShard};

/// A page of its own that shows the failure, and says what `replay` replays it.
pub(in crate::sim) fn page<'a>(
    failure: &'a Failure,
    replay: impl Into<Cow<'a, str>>,
) -> impl Display {
    Page { failure, replay: replay.into() }
}

struct Page<'a> {
    failure: &'a Failure,
    replay: Cow<'a, str>,
}

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What the signs mean.
const LEGEND: &str = "\
<ul class=legend aria-label='What the signs mean'>
<li><svg width=22 height=18 class=p aria-hidden=true><rect x=2 y=1 width=18 height=16 rx=3 /><text x=11 y=13 class=c>·</text></svg> polled, and waits on</li>
<li><svg width=22 height=18 class=d aria-hidden=true><rect x=2 y=1 width=18 height=16 rx=3 /><text x=11 y=13 class=c>✓</text></svg> returned</li>
<li><svg width=22 height=18 class=x aria-hidden=true><rect x=2 y=1 width=18 height=16 rx=3 /><text x=11 y=13 class=c>!</text></svg> panicked</li>
<li><svg width=22 height=18 class=g aria-hidden=true><rect x=2 y=1 width=18 height=16 rx=3 /><text x=11 y=13 class=c>×</text></svg> dropped</li>
<li><svg width=22 height=18 class='p struck' aria-hidden=true><rect x=2 y=2 width=18 height=14 rx=3 /></svg> a fault, a cancellation or a poll out of turn struck</li>
<li><svg width=22 height=18 aria-hidden=true><path class=life d='M11 0V18'/></svg> waits</li>
<li><svg width=22 height=18 aria-hidden=true><path class=ready d='M11 0V18'/></svg> woken, and not polled yet</li>
<li><svg width=30 height=18 aria-hidden=true><path class=wake d='M2 9H24'/></svg> wakes</li>
<li><svg width=30 height=18 aria-hidden=true><path class=spawn d='M2 9H24'/></svg> spawns</li>
<li><span class=mark>◆ t4=0</span> the schedule deviates from the fair order</li>
</ul>";

impl Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failure, replay } = self;
        let Failure { name, verdict, schedule, trace, index, of, shard, .. } = failure;
        let picture = Picture::new(trace, verdict);
        let says = verdict.to_string();
        let chart = Chart::new(&picture, &says);
        let title = Escaped(name);
        writeln!(
            f,
            "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\
             <meta name=viewport content='width=device-width,initial-scale=1'>\
             <title>{title}: {}</title>\n<style>\n{STYLE}</style></head>\n<body>\n<header>\
             <h1>{title}</h1>\n<p class=verdict>{}</p>",
            verdict.name(),
            Escaped(&says),
        )?;
        let now = schedule.deviations().len();
        writeln!(
            f,
            "<p>Schedule {index} of {of}{} failed. It needs {now} deviation{} from the fair order, \
             in which the task that has waited longest is polled next.</p>",
            InShard(*shard),
            if now == 1 { "" } else { "s" }
        )?;
        writeln!(f, "<p>Replay: <code>{}</code></p>", Escaped(replay))?;
        writeln!(
            f,
            "{LEGEND}\n<nav aria-label='Go to'>\
             <button data-go=first>first step</button>\
             <button data-go=mark>next deviation ◆</button>\
             <button data-go=struck>next fault or cancellation</button>\
             <button data-go=last>last step</button>\
             <span>in the picture: ↑ ↓ one step, ← → one step of the same task</span></nav></header>"
        )?;
        writeln!(
            f,
            "<main><section id=frame tabindex=-1 aria-label='Timeline'>{}{chart}</section>\n\
             <aside aria-live=polite aria-label='The chosen step'><h2 id=what>No step is chosen</h2>\
             <ul id=details><li>Point at a block, or choose one with the keys.</li></ul></aside></main>\n\
             <script>\n{SCRIPT}</script>\n</body></html>",
            chart.names(),
        )
    }
}
