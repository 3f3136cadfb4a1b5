//! The picture of the tails: a strip of points for each condition, over time on a logarithmic
//! scale.

use std::fmt::Write;

use shown::escape;

use crate::report::ConditionReport;

/// The ends of the strips, and the width of the whole, in pixels.
const LEFT: f64 = 210.0;
const RIGHT: f64 = 860.0;
const WIDTH: f64 = 900.0;
/// The height of a strip.
const STRIP: f64 = 34.0;
/// The space above the first strip.
const TOP: f64 = 28.0;
/// The largest number of points in one strip: more would only make a blot and a large file.
const POINTS: usize = 500;
/// The shortest tail that is drawn as one, in milliseconds.
const SHORTEST: f64 = 0.01;

/// A picture of the tails under these conditions, with the leak-timeout; empty if none was
/// measured.
pub(super) fn svg(conditions: &[ConditionReport], leak_timeout_ms: f64) -> String {
    let rows: Vec<&ConditionReport> =
        conditions.iter().filter(|row| !row.tails_ms.is_empty() || row.open > 0).collect();
    if rows.is_empty() {
        return String::new();
    }
    let longest = rows.iter().filter_map(|row| row.tails.as_ref()).map(|tails| tails.max);
    let scale = Scale { most: longest.fold(leak_timeout_ms * 2.0, f64::max) };
    let height = TOP + STRIP * rows.len() as f64 + 30.0;
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"Tails of every run, by condition\">\n"
    );
    // Writing to a string does not fail.
    let _ = draw(&mut out, &rows, scale, leak_timeout_ms, height);
    out.push_str("</svg>\n");
    out
}

#[derive(Clone, Copy)]
struct Scale {
    most: f64,
}

impl Scale {
    fn x(self, ms: f64) -> f64 {
        let share = (ms.max(SHORTEST) / SHORTEST).log10() / (self.most / SHORTEST).log10();
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }
}

fn draw(
    out: &mut String,
    rows: &[&ConditionReport],
    scale: Scale,
    leak_timeout_ms: f64,
    height: f64,
) -> std::fmt::Result {
    let bottom = height - 30.0;
    for power in -2_i32..6 {
        let ms = 10_f64.powi(power);
        if ms <= scale.most {
            let x = scale.x(ms);
            writeln!(
                out,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom:.1}\"/>"
            )?;
            writeln!(
                out,
                "<text class=\"axis\" x=\"{x:.1}\" y=\"{:.1}\">{ms} ms</text>",
                bottom + 16.0
            )?;
        }
    }
    for (number, row) in rows.iter().enumerate() {
        let middle = TOP + STRIP * (number as f64 + 0.5);
        let name = escape(&row.condition);
        let label = middle + 4.0;
        writeln!(
            out,
            "<text class=\"name\" x=\"{:.1}\" y=\"{label:.1}\">{name}</text>",
            LEFT - 10.0
        )?;
        strip(out, row, scale, leak_timeout_ms, middle)?;
    }
    writeln!(
        out,
        "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\">open</text>",
        RIGHT + 14.0,
        bottom + 16.0
    )?;
    let x = scale.x(leak_timeout_ms);
    writeln!(
        out,
        "<line class=\"limit\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>",
        TOP - 6.0
    )?;
    writeln!(
        out,
        "<text class=\"axis\" x=\"{x:.1}\" y=\"14\">leak-timeout {leak_timeout_ms} ms</text>"
    )
}

fn strip(
    out: &mut String,
    row: &ConditionReport,
    scale: Scale,
    leak_timeout_ms: f64,
    middle: f64,
) -> std::fmt::Result {
    let mut tails = row.tails_ms.clone();
    tails.sort_by(|a, b| b.total_cmp(a));
    // All of the longest points are drawn; of the rest only a sample.
    let every = tails.len().div_ceil(POINTS);
    let kept = tails.iter().enumerate().filter(|(at, _)| *at < POINTS / 5 || at % every == 0);
    for (at, ms) in kept {
        let class = if *ms > leak_timeout_ms { "over" } else { "under" };
        // Spread over the height of the strip, so that equal points do not hide each other.
        let y = middle + ((at * 7 % 19) as f64 - 9.0) * 1.2;
        writeln!(
            out,
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>",
            scale.x(*ms)
        )?;
    }
    for at in 0..row.open.min(POINTS as u64) {
        // Their end was not awaited: they are drawn beyond everything that was measured.
        let y = middle + ((at * 7 % 19) as f64 - 9.0) * 1.2;
        writeln!(
            out,
            "<circle class=\"over\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>",
            RIGHT + 14.0
        )?;
    }
    Ok(())
}
