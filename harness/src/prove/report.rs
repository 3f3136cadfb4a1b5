//! What a proof found: which fault was caught by which check, and what is not proved.

use std::fmt;

use serde::Serialize;

/// The name of the form, in every report.
const SCHEMA: &str = "proctor.proof/1";

/// The report of a proof.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Always `proctor.proof/1`.
    pub schema: &'static str,
    /// Whether everything is proved.
    pub proved: bool,
    /// Whether every case was run.
    pub complete: bool,
    /// The counts.
    pub summary: ProofSummary,
    /// Every fault that was used, by name.
    pub faults: Vec<FaultReport>,
    /// What is not proved.
    pub problems: Vec<Problem>,
}

/// The counts of a proof.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ProofSummary {
    /// Faults that were used.
    pub faults: usize,
    /// Checks that were to be proved.
    pub checks: usize,
    /// Checks that passed on the reference and found every fault that names them.
    pub proved: usize,
    /// Cases that were run: of the reference, and of each fault.
    pub run: usize,
    /// From the first case to the last, in milliseconds.
    pub duration_ms: u64,
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
    /// A check does not find the fault that it names.
    Missed {
        /// The fault.
        fault: String,
        /// The check's id.
        check: String,
        /// What it said instead; one line.
        message: String,
    },
    /// None of the checks that a fault names is applicable.
    Uncaught {
        /// The fault.
        fault: String,
    },
    /// No fault names the check.
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
    /// A fault names a check that does not exist.
    UnknownCheck {
        /// The fault.
        fault: String,
        /// What it names.
        check: String,
    },
    /// Two faults have the same name.
    SameName {
        /// The name.
        fault: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference { case, message, .. } => {
                write!(f, "the reference does not pass {case}: {message}")
            }
            Self::Missed { fault, check, message } => {
                write!(f, "{check} does not find the fault {fault}: {message}")
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
            Self::UnknownCheck { fault, check } => {
                write!(f, "the fault {fault} names {check}, which is no check")
            }
            Self::SameName { fault } => write!(f, "more than one fault is called {fault}"),
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
            faults: Vec::new(),
            problems: Vec::new(),
        }
    }
}
