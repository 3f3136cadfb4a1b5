//! A report for people: the answer, the cause, the figures, and the one line that repeats it.

use std::fmt::Write;

use reaper::leak::LeakReport;
use shown::{Paint, Tone, printable};

use crate::report::{Answer, ConditionReport, HitReport, MARGINS, Mode, Report};
use crate::runner::Kind;
use crate::statistics::Rate;

/// The longest line of foreign text, in bytes.
const WIDTH: usize = 400;

/// The number of lines of a hit's output that are shown.
const LINES: usize = 12;

/// Blocks are reported as different if chance makes them differ this much once in a hundred hunts.
const UNLIKELY: f64 = 0.01;

/// A share in per cent, with two significant digits.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent == 0.0 || percent >= 99.95 => format!("{percent:.0} %"),
        percent if percent < 0.1 => format!("{percent:.3} %"),
        percent if percent < 1.0 => format!("{percent:.2} %"),
        percent => format!("{percent:.1} %"),
    }
}

/// Hits, runs, and the interval.
pub fn rate_in_words(rate: Rate) -> String {
    let (low, high) = rate.interval();
    let Rate { hits, runs } = rate;
    format!("{hits} of {runs} runs ({} to {})", percent(low), percent(high))
}

/// Foreign text on one line.
fn quoted(text: &str) -> String {
    printable(text.as_bytes(), WIDTH)
}

/// The whole report; `command` is the command that takes a token, such as `proctor hunt`.
pub fn text(report: &Report, command: &str, paint: Paint) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, report, command, paint);
    out
}

fn write(out: &mut String, report: &Report, command: &str, paint: Paint) -> std::fmt::Result {
    writeln!(out, "hunt       {}", quoted(&report.name))?;
    writeln!(out, "answer     {}: {}", answer(report.answer, paint), quoted(&report.sentence))?;
    if let Some(stopped) = &report.stopped {
        writeln!(out, "stopped    {}", quoted(stopped))?;
    }
    if let Some(hit) = &report.hit {
        cause(out, hit)?;
    }
    if let Some(again) = report.again {
        writeln!(out, "again      {} of {} with the same seed", again.hits, again.runs)?;
    }
    if let Some(needs) = &report.needs {
        let tried = match needs.tests {
            0 => String::new(),
            1 => " (1 smaller condition tried)".to_owned(),
            tests => format!(" ({tests} smaller conditions tried)"),
        };
        let needed = needs.in_words(report.measured.get(1).map(|plain| plain.rate));
        writeln!(out, "needs      {}{tried}", quoted(&needed))?;
        report.means.iter().try_for_each(|line| writeln!(out, "           {line}"))?;
    }
    report.untried.iter().try_for_each(|line| writeln!(out, "not tried  {line}"))?;
    table(out, "measured", &report.measured)?;
    table(out, if report.mode == Mode::Hunt { "search" } else { "runs" }, &report.conditions)?;
    closest(out, report)?;
    let seconds = report.duration_ms / 1e3;
    writeln!(out, "{} runs in {seconds:.1} s, seed {}", report.runs, report.seed)?;
    commands(out, report, command)
}

fn answer(answer: Answer, paint: Paint) -> String {
    let (tone, text) = match answer {
        Answer::Reproduced => (Tone::Bad, "reproduced"),
        Answer::NotFixed => (Tone::Bad, "not fixed"),
        Answer::NotReproduced => (Tone::Good, "not reproduced"),
        Answer::Fixed => (Tone::Good, "fixed"),
        Answer::Incomplete => (Tone::Doubtful, "incomplete"),
    };
    paint.tone(tone, text)
}

fn cause(out: &mut String, hit: &HitReport) -> std::fmt::Result {
    writeln!(out, "ended      {}", quoted(&hit.seen.exit))?;
    match hit.seen.tail_ms {
        Some(tail) => {
            writeln!(out, "tail       {tail:.1} ms from its exit to the close of its output")?;
        }
        None if hit.kind == Some(Kind::Leak) => {
            writeln!(out, "tail       its output stayed open until the holders were ended")?;
        }
        None => {}
    }
    hit.seen.leaks.iter().try_for_each(|leak| holder(out, "cause", leak))?;
    let lines: Vec<&str> = hit.seen.output.lines().collect();
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        writeln!(out, "output     {}", quoted(line))?;
    }
    Ok(())
}

fn holder(out: &mut String, title: &str, leak: &LeakReport) -> std::fmt::Result {
    let LeakReport { pid, command, how, parents, fate, holds, age_ms } = leak;
    let fate = quoted(fate);
    let age = age_ms.map_or_else(String::new, |age| format!(", {age} ms old"));
    writeln!(out, "{title:<10} {} (pid {pid}){age}: {fate}", quoted(command))?;
    writeln!(out, "           {}", quoted(how))?;
    if !parents.is_empty() {
        writeln!(out, "           born of {}", quoted(&parents.join(" <- ")))?;
    }
    holds.iter().try_for_each(|held| writeln!(out, "           holds {}", quoted(held)))
}

fn table(out: &mut String, title: &str, conditions: &[ConditionReport]) -> std::fmt::Result {
    let seen: Vec<&ConditionReport> = conditions.iter().filter(|row| row.rate.runs > 0).collect();
    if seen.is_empty() {
        return Ok(());
    }
    let width = seen.iter().map(|row| row.condition.len()).fold(title.len(), usize::max);
    let (counts, rate, interval) = ("hits/runs", "rate", "95 % interval");
    write!(out, "\n{title:<width$}  {counts:>9} {rate:>7}  {interval:<18}")?;
    if seen.iter().any(|row| row.tails.is_some()) {
        write!(out, "   {:>8}{:>8}{:>8}{:>8}", "tail p50", "p90", "p99", "max ms")?;
    }
    writeln!(out)?;
    for row in seen {
        let (low, high) = row.interval;
        let counts = format!("{}/{}", row.rate.hits, row.rate.runs);
        let interval = format!("{} to {}", percent(low), percent(high));
        let rate = percent(row.estimate);
        write!(out, "{:<width$}  {counts:>9} {rate:>7}  {interval:<18}", row.condition)?;
        if let Some(tails) = &row.tails {
            let [p50, p90, p99, max] = [tails.p50, tails.p90, tails.p99, tails.max];
            write!(out, "   {p50:>8.1}{p90:>8.1}{p99:>8.1}{max:>8.1}")?;
        }
        writeln!(out)?;
        remarks(out, row)?;
    }
    writeln!(out)
}

fn remarks(out: &mut String, row: &ConditionReport) -> std::fmt::Result {
    if let Some(p) = row.heterogeneity.filter(|p| *p < UNLIKELY) {
        let blocks = row.blocks.iter().map(|block| block.rate);
        let rates: Vec<String> =
            blocks.map(|rate| format!("{}/{}", rate.hits, rate.runs)).collect();
        let rates = rates.join(" ");
        writeln!(out, "  its blocks differ (p = {p:.4}), the interval is too narrow: {rates}")?;
    }
    if row.others > 0 {
        writeln!(out, "  in {} runs there was another problem", row.others)?;
    }
    if let Some(doubt) = &row.doubt {
        let (count, doubt) = (row.doubted, quoted(doubt));
        writeln!(out, "  {count} runs may have left something undetected: {doubt}")?;
    }
    if row.unnamed > 0 {
        let count = row.unnamed;
        writeln!(
            out,
            "  {count} tails over the leak-timeout without a process that held the output: not counted"
        )?;
    }
    Ok(())
}

/// How close a hunt without a hit came to one.
fn closest(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.hit.is_some() {
        return Ok(());
    }
    let closes = report.conditions.iter().filter_map(|row| Some((row, row.closest.as_ref()?)));
    let Some((row, close)) = closes.max_by(|a, b| a.1.tail_ms.total_cmp(&b.1.tail_ms)) else {
        return Ok(());
    };
    let (tail, limit) = (close.tail_ms, report.leak_timeout_ms);
    writeln!(
        out,
        "margin     {tail:.1} ms of {limit:.0} ms, in run {} ({}): no leak",
        close.index, row.condition
    )?;
    let over = |at: usize| report.conditions.iter().map(|row| row.margins[at]).sum::<usize>();
    let below = MARGINS.iter().enumerate().filter(|(_, margin)| **margin < limit);
    let counts: Vec<String> =
        below.map(|(at, margin)| format!("{} over {margin} ms", over(at))).collect();
    writeln!(out, "           tails with a named holder: {}", counts.join(", "))?;
    close.leaks.iter().take(3).try_for_each(|leak| holder(out, "held by", leak))
}

fn commands(out: &mut String, report: &Report, command: &str) -> std::fmt::Result {
    let Some(token) = &report.token else { return Ok(()) };
    writeln!(out, "\nrepeat it\n{command} --replay {token}")?;
    if let Some(runs) = report.runs_to_prove {
        writeln!(out, "\nonce it is fixed, prove it ({runs} runs)")?;
        writeln!(out, "{command} --prove-fixed {token}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_keep_two_digits_that_count() {
        let seen = [0.0, 0.00042, 0.0042, 0.042, 0.42, 1.0].map(percent);
        assert_eq!(seen, ["0 %", "0.042 %", "0.42 %", "4.2 %", "42.0 %", "100 %"]);
    }
}
