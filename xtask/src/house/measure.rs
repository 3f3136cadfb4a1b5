//! Measures, their JSON, and the table of them.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

const SCHEMA: &str = "proctor.house/1";

/// A number: how many, or which share.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Value {
    /// So many.
    Count(usize),
    /// So many of a hundred, to one decimal.
    Percent(f64),
}

impl Value {
    /// A share, rounded as it is printed, so that what is read back compares equal.
    pub(crate) fn percent(share: f64) -> Self {
        Self::Percent((share * 10.0).round() / 10.0)
    }

    fn text(self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Percent(share) => format!("{share:.1} %"),
        }
    }

    fn change(self, before: Self) -> String {
        match (before, self) {
            (Self::Count(before), Self::Count(now)) if before != now => {
                format!("{:+}", now as i64 - before as i64)
            }
            (Self::Percent(before), Self::Percent(now)) if before != now => {
                format!("{:+.1}", now - before)
            }
            _ => String::new(),
        }
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

/// One number about the sources, and what was counted.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Measure {
    /// What was counted, in words; the same in every tree, so that two can be compared.
    pub(crate) name: String,
    /// How many.
    pub(crate) value: Value,
    /// Each one of them, where that is of use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) members: Vec<String>,
}

impl Measure {
    /// A measure without a list.
    pub(crate) fn new(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { name: name.into(), value: value.into(), members: Vec::new() }
    }

    /// The same with the list of what was counted.
    pub(crate) fn with(mut self, members: Vec<String>) -> Self {
        self.members = members;
        self
    }
}

/// All measures of one tree.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Measures {
    schema: String,
    measures: Vec<Measure>,
}

impl Measures {
    pub(crate) fn new(measures: Vec<Measure>) -> Self {
        Self { schema: SCHEMA.to_owned(), measures }
    }

    /// Reads what `--json` printed.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read.schema == SCHEMA {
            Ok(read)
        } else {
            Err(format!("the schema is {}, not {SCHEMA}", read.schema))
        }
    }

    fn find(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }

    /// One row a measure; beside an earlier one, what was, what is, and the difference.
    pub(crate) fn table(&self, before: Option<&Self>, verbose: bool) -> String {
        let gone = before.iter().flat_map(|before| &before.measures);
        let gone = gone.filter(|measure| self.find(&measure.name).is_none());
        let names: Vec<&str> =
            self.measures.iter().chain(gone).map(|measure| measure.name.as_str()).collect();
        let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
        let mut text = String::new();
        if before.is_some() {
            let _ = writeln!(text, "{:width$}  {:>8}  {:>8}  {:>8}", "", "before", "now", "change");
        }
        for name in names {
            let now = self.find(name);
            let shown =
                |measure: Option<&Measure>| measure.map_or("-".to_owned(), |it| it.value.text());
            if let Some(before) = before {
                let was = before.find(name);
                let change =
                    now.zip(was).map(|(now, was)| now.value.change(was.value)).unwrap_or_default();
                let row =
                    format!("{name:width$}  {:>8}  {:>8}  {change:>8}", shown(was), shown(now));
                let _ = writeln!(text, "{}", row.trim_end());
            } else {
                let _ = writeln!(text, "{name:width$}  {:>8}", shown(now));
            }
            for member in now.filter(|_| verbose).iter().flat_map(|measure| &measure.members) {
                let _ = writeln!(text, "    {member}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{Measure, Measures, Value};

    fn measures(numbers: &[(&str, usize)]) -> Measures {
        Measures::new(numbers.iter().map(|(name, count)| Measure::new(*name, *count)).collect())
    }

    #[test]
    fn an_earlier_table_stands_beside_the_new_one() {
        let before = measures(&[("checks", 10), ("scripts", 17)]);
        let now = measures(&[("checks", 12), ("crates", 3)]);
        let expected = "           before       now    change\n\
                        checks         10        12        +2\n\
                        crates          -         3\n\
                        scripts        17         -\n";
        assert_eq!(now.table(Some(&before), false), expected);
    }

    #[test]
    fn what_is_printed_as_json_is_read_back() {
        let share = Measure::new("share", Value::percent(24.4567)).with(vec!["one".to_owned()]);
        let text = serde_json::to_string(&Measures::new(vec![share])).unwrap();
        let read = Measures::parse(&text).unwrap();
        assert_eq!(read.table(Some(&read), true).lines().nth(1), Some("share    24.5 %    24.5 %"));
        assert!(read.table(None, true).ends_with("    one\n"));
        assert!(Measures::parse("{\"schema\":\"other/1\",\"measures\":[]}").is_err());
    }
}
