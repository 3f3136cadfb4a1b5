//! A proof as people read it: each fault with what found it, then what is not proved.

use crate::{Problem, Proof, VariantReport};
use reaper::process::Audit;
use shown::{Paint, Tone, printable};

/// How much of one line is shown, in bytes.
const WIDTH: usize = 600;

/// The whole page.
pub(crate) fn page(proof: &Proof, audit: &Audit, paint: Paint) -> String {
    let mut out = variants(proof, paint);
    for fault in &proof.faults {
        out.push_str(&format!("{}  {}\n", paint.tone(Tone::Strong, &fault.name), fault.sentence));
        for catch in &fault.catches {
            let mark = match (catch.caught, catch.not_applicable) {
                (true, _) => paint.tone(Tone::Good, "caught"),
                (false, true) => paint.tone(Tone::Doubtful, "not applicable"),
                (false, false) => paint.tone(Tone::Bad, "MISSED"),
            };
            out.push_str(&format!(
                "  {mark}  {}: {}\n",
                catch.check,
                printable(catch.message.as_bytes(), WIDTH)
            ));
        }
    }
    if !proof.problems.is_empty() {
        out.push_str(&format!(
            "\n== {} ({})\n",
            paint.tone(Tone::Bad, "not proved"),
            proof.problems.len()
        ));
    }
    for problem in &proof.problems {
        out.push_str(&format!("  {}\n", printable(problem.to_string().as_bytes(), WIDTH)));
        if let Problem::Reference { detail, .. } | Problem::Variant { detail, .. } = problem {
            for line in detail.lines() {
                out.push_str(&format!("    {}\n", printable(line.as_bytes(), WIDTH)));
            }
        }
    }
    for survivor in &audit.leaks {
        out.push_str(&format!(
            "  outlived its subject: pid {}: {}\n",
            survivor.pid, survivor.command
        ));
    }
    out.push('\n');
    out.push_str(&summary(proof, paint));
    out
}

fn variants(proof: &Proof, paint: Paint) -> String {
    let line = |variant: &VariantReport| {
        let (tone, mark) = match variant.cases - variant.held {
            0 => (Tone::Good, format!("{} cases hold", variant.held)),
            bad => (Tone::Bad, format!("{bad} of {} cases DO NOT HOLD", variant.cases)),
        };
        let mark = match variant.alike {
            0 => mark,
            alike => format!("{mark}, {alike} are those of the reference itself"),
        };
        let name = paint.tone(Tone::Strong, &variant.name);
        format!("{name}  {}\n  {}\n", variant.sentence, paint.tone(tone, &mark))
    };
    proof.variants.iter().map(line).collect()
}

fn summary(proof: &Proof, paint: Paint) -> String {
    let summary = &proof.summary;
    let (tone, verdict) = match (proof.problems.is_empty(), proof.complete) {
        (false, _) => (Tone::Bad, "not proved"),
        (true, false) => (Tone::Doubtful, "interrupted"),
        (true, true) => (Tone::Good, "proved"),
    };
    format!(
        "{}, {}, {}: {} proved by {} runs in {:.1} s; {}\n",
        counted(summary.faults, "fault"),
        counted(summary.variants, "variant"),
        counted(summary.checks, "check"),
        summary.proved,
        summary.run,
        // Tenths of a second are all that is shown.
        (summary.duration_ms / 100) as f64 / 10.0,
        paint.tone(tone, verdict),
    )
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
