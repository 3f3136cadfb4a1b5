//! The colours of a terminal, or none.

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// Plain text, for files and pipes.
    #[default]
    Plain,
    /// With the escape sequences of a terminal (ECMA-48, SGR).
    Terminal,
}

/// The meaning of a piece of text; the colour follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Strong,
    /// Something is wrong.
    Bad,
    /// Something needs a look.
    Doubtful,
    /// All is well.
    Good,
    /// Of interest only to those who look for it.
    Faint,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Bad => "1;31",
            Self::Doubtful => "33",
            Self::Good => "32",
            Self::Faint => "2",
        }
    }
}

impl Paint {
    /// Colours a text by its tone; foreign text must be [`printable`](crate::printable) already.
    pub fn tone(self, tone: Tone, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Terminal => format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Paint, Tone};

    #[test]
    fn only_a_terminal_gets_escape_sequences() {
        assert_eq!(Paint::Plain.tone(Tone::Bad, "x"), "x");
        assert_eq!(Paint::Terminal.tone(Tone::Bad, "x"), "\u{1b}[1;31mx\u{1b}[0m");
    }
}
