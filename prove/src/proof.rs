//! What a proof found: which fault was caught by which check, and what is not proved.

use std::fmt;

use reaper::process::Audit;
use serde::Serialize;
use shown::Paint;

use crate::document::document;
use crate::page::page;

/// The name of the form, in every report.
const SCHEMA: &str = "proctor.proof/1";

/// The report of a proof. As JSON it is what `proctor prove --json` writes, in the form `proctor.proof/1`:
///
/// - `proved`, `complete`: booleans; `summary {variants, faults, checks, proved, run, duration_ms}`: integers;
/// - `variants[] {name, sentence, place, cases, held, alike}`, by name;
/// - `faults[] {name, sentence, place, catches[] {check, caught, message}}`, by name;
/// - `problems[] {kind, …}`, what is not proved. `kind` is `reference {case, message, detail}`,
///   `variant {variant, case, message, detail}`, `missed {fault, check, message}`, `unnamed {check}`,
///   `exempt {check, reason}`, `unwanted {fault}`, `same_name {fault}` or `same_variant {variant}`.
///
/// Members and kinds may be added under this name; what is there stays and keeps its meaning. Names, and the sentences of
/// variants and faults, are the same in every run; messages may hold ids and paths.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Always `proctor.proof/1`.
    pub schema: &'static str,
    /// Whether everything that was asked for is proved.
    pub proved: bool,
    /// Whether every case was run.
    pub complete: bool,
    /// The counts.
    pub summary: ProofSummary,
    /// Every variant that was used, by name.
    pub variants: Vec<VariantReport>,
    /// Every fault that was used, by name.
    pub faults: Vec<FaultReport>,
    /// What is not proved.
    pub problems: Vec<Problem>,
}

impl Proof {
    /// Both proofs as one: each subject has checks, faults and variants of its own.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let (own, its) = (&mut self.summary, other.summary);
        own.variants += its.variants;
        own.faults += its.faults;
        own.checks += its.checks;
        own.proved += its.proved;
        own.run += its.run;
        own.duration_ms += its.duration_ms;
        self.proved &= other.proved;
        self.complete &= other.complete;
        self.variants.extend(other.variants);
        self.variants.sort_by(|a, b| a.name.cmp(&b.name));
        self.faults.extend(other.faults);
        self.faults.sort_by(|a, b| a.name.cmp(&b.name));
        self.problems.extend(other.problems);
        self
    }

    /// What is not proved, and the counts, for a terminal; `audit` is the last look at the machine.
    pub fn page(&self, audit: &Audit, paint: Paint) -> String {
        page(self, audit, paint)
    }

    /// All of it as a page in Markdown: each variant, each fault and who finds it, each check.
    pub fn document(&self) -> String {
        document(self)
    }
}

/// The counts of a proof.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ProofSummary {
    /// Variants that were used.
    pub variants: usize,
    /// Faults that were used.
    pub faults: usize,
    /// Checks that were to be proved.
    pub checks: usize,
    /// Checks that passed on the reference and on every variant of it, and found every fault that they name.
    pub proved: usize,
    /// Cases that were run: of the reference, of each variant, and of each fault.
    pub run: usize,
    /// From the first case to the last, in milliseconds.
    pub duration_ms: u64,
}

/// One variant.
#[derive(Clone, Debug, Serialize)]
pub struct VariantReport {
    /// Its name.
    pub name: String,
    /// What the subject does, and why it may.
    pub sentence: String,
    /// Where it is declared.
    pub place: String,
    /// Cases that were run to their end.
    pub cases: usize,
    /// Cases that held, in conversations that no observer objects to.
    pub held: usize,
    /// Cases that were left out, since the subject does in them what it does without the variant.
    pub alike: usize,
    /// The variant that the subject was, too, in the cases in which both differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

/// One fault.
#[derive(Clone, Debug, Serialize)]
pub struct FaultReport {
    /// Its name.
    pub name: String,
    /// What the subject does wrong.
    pub sentence: String,
    /// Where it is planted.
    pub place: String,
    /// What the checks that name it said.
    pub catches: Vec<Catch>,
}

/// What one check said of a subject with a fault.
#[derive(Clone, Debug, Serialize)]
pub struct Catch {
    /// The check's id.
    pub check: String,
    /// Whether it found the fault.
    pub caught: bool,
    /// Whether it cannot find anything: it does not apply to the subject, or fails without the fault too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not_applicable: bool,
    /// By which message, what it said instead, or why it is not applicable; one line.
    pub message: String,
    /// What it said besides, in other dialects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// Something that is not proved.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// The reference, which is correct, does not pass.
    Reference {
        /// The case, `id@dialect`.
        case: String,
        /// What was said against it; one line.
        message: String,
        /// The failure in full.
        detail: String,
    },
    /// A legal variant of the reference does not pass: the check asks for more than the protocol does.
    Variant {
        /// The variant.
        variant: String,
        /// The case, `id@dialect`.
        case: String,
        /// What was said against it; one line.
        message: String,
        /// The failure in full.
        detail: String,
    },
    /// A check does not find the fault that it names.
    Missed {
        /// The fault.
        fault: String,
        /// The check's id.
        check: String,
        /// What it said instead; one line.
        message: String,
    },
    /// A check finds a fault, in words that nobody understands.
    Wording {
        /// The fault.
        fault: String,
        /// The check's id.
        check: String,
        /// What is wrong with the words.
        flaw: String,
        /// What it says; one line.
        message: String,
    },
    /// None of the checks that name a fault is applicable.
    Uncaught {
        /// The fault.
        fault: String,
    },
    /// The check names no fault that is planted.
    Unnamed {
        /// The check's id.
        check: String,
    },
    /// The check applies to the reference in no dialect.
    Exempt {
        /// The check's id.
        check: String,
        /// Why.
        reason: String,
    },
    /// No check names the fault.
    Unwanted {
        /// The fault.
        fault: String,
    },
    /// Two faults have the same name.
    SameName {
        /// The name.
        fault: String,
    },
    /// Two variants have the same name.
    SameVariant {
        /// The name.
        variant: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference { case, message, .. } => {
                write!(f, "the reference does not pass {case}: {message}")
            }
            Self::Variant { variant, case, message, .. } => {
                write!(f, "the variant {variant}, which is legal, does not pass {case}: {message}")
            }
            Self::Missed { fault, check, message } => {
                write!(f, "{check} does not find the fault {fault}: {message}")
            }
            Self::Wording { fault, check, flaw, message } => {
                write!(f, "{check} finds the fault {fault}, but {flaw}: {message}")
            }
            Self::Uncaught { fault } => {
                write!(f, "nothing that is applicable finds the fault {fault}")
            }
            Self::Unnamed { check } => write!(f, "no fault proves {check}"),
            Self::Exempt { check, reason } => {
                write!(
                    f,
                    "{check} cannot be proved, since it does not apply to the reference: {reason}"
                )
            }
            Self::Unwanted { fault } => write!(f, "no check names the fault {fault}"),
            Self::SameName { fault } => write!(f, "more than one fault is called {fault}"),
            Self::SameVariant { variant } => {
                write!(f, "more than one variant is called {variant}")
            }
        }
    }
}

impl Proof {
    /// An empty report.
    pub(super) fn new() -> Self {
        Self {
            schema: SCHEMA,
            proved: false,
            complete: false,
            summary: ProofSummary::default(),
            variants: Vec::new(),
            faults: Vec::new(),
            problems: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, to_value};

    use super::{Catch, FaultReport, Problem, Proof, VariantReport};

    fn members(value: &Value) -> Vec<&str> {
        value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn the_form_is_as_documented() {
        let text = || "a".to_owned();
        let catch = Catch {
            check: text(),
            caught: true,
            not_applicable: false,
            message: text(),
            others: Vec::new(),
        };
        let mut proof = Proof::new();
        let (name, sentence, place) = (text(), text(), text());
        proof.faults.push(FaultReport { name, sentence, place, catches: vec![catch] });
        let (name, sentence, place) = (text(), text(), text());
        proof.variants.push(VariantReport {
            name,
            sentence,
            place,
            cases: 2,
            held: 1,
            alike: 1,
            beside: None,
        });
        let (variant, case, message, detail) = (text(), text(), text(), text());
        proof.problems.push(Problem::Variant { variant, case, message, detail });
        let json = to_value(&proof).unwrap();
        let names = ["schema", "proved", "complete", "summary", "variants", "faults", "problems"];
        assert_eq!(members(&json), names);
        assert_eq!(json["schema"], "proctor.proof/1");
        let names = ["variants", "faults", "checks", "proved", "run", "duration_ms"];
        assert_eq!(members(&json["summary"]), names);
        let names = ["name", "sentence", "place", "cases", "held", "alike"];
        assert_eq!(members(&json["variants"][0]), names);
        assert_eq!(members(&json["faults"][0]), ["name", "sentence", "place", "catches"]);
        assert_eq!(members(&json["faults"][0]["catches"][0]), ["check", "caught", "message"]);
        let names = ["kind", "variant", "case", "message", "detail"];
        assert_eq!(
            (members(&json["problems"][0]), &json["problems"][0]["kind"]),
            (names.into(), &"variant".into())
        );
    }
}
