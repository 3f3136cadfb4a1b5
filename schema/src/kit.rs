//! The shapes that the kit carries: one text with every definition of every release, each with the
//! releases that it belongs to.
//!
//! A line is a name, the sets that have it as bits of a hexadecimal number, and the shape. The first
//! line names the sets: a release, or a release and what it has only for clients that ask for
//! experimental features.

mod fit;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::judge::Judge;
use crate::lazy::Lazy;
use crate::set::{Kind, Set};
use crate::shape::NotAShape;

pub use fit::Offer;

/// The first word of the data.
const FORMAT: &str = "proctor.shapes/1";

/// What stands behind a release in the name of the set with its experimental features.
pub const EXPERIMENTAL: &str = "+experimental";

static KIT: LazyLock<Kit> = LazyLock::new(|| {
    let read = Kit::read(include_str!("../data/shapes.txt"));
    read.unwrap_or_default()
});

/// The shapes of several releases.
#[derive(Debug, Default)]
pub struct Kit {
    names: Vec<String>,
    lines: Vec<Line>,
    /// Judges that were made before, by their sets.
    judges: Mutex<BTreeMap<Choice, Arc<Judge>>>,
}

/// The sets of a judge, and whether a value that none of them lists is a flaw.
type Choice = (Vec<usize>, bool);

#[derive(Debug)]
struct Line {
    name: String,
    sets: u64,
    shape: Arc<Lazy>,
}

impl Kit {
    /// The shapes that the kit carries.
    pub fn carried() -> &'static Self {
        &KIT
    }

    /// Reads what [`pack`] wrote.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn read(text: &str) -> Result<Self, NotAShape> {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let mut names = head.split(' ');
        if names.next() != Some(FORMAT) {
            return Err(NotAShape(head.to_owned()));
        }
        let line = |line: &str| {
            let wrong = || NotAShape(line.to_owned());
            let mut parts = line.splitn(3, '\t');
            let mut next = || parts.next().ok_or_else(wrong);
            let (name, sets, shape) = (next()?.to_owned(), next()?, Lazy::of_text(next()?));
            let sets = u64::from_str_radix(sets, 16).map_err(|_| wrong())?;
            Ok(Line { name, sets, shape: shape.into() })
        };
        Ok(Self {
            names: names.map(str::to_owned).collect(),
            lines: lines.map(line).collect::<Result<_, _>>()?,
            judges: Mutex::default(),
        })
    }

    /// The names of the sets, oldest release first.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The set of this name.
    pub fn set(&self, name: &str) -> Option<Set> {
        let at = self.names.iter().position(|known| known == name)?;
        self.sets(&[at]).pop()
    }

    /// The sets with these numbers; what they have in common is read once.
    fn sets(&self, numbers: &[usize]) -> Vec<Set> {
        let mut sets: Vec<Set> = numbers.iter().map(|at| Set::new(&self.names[*at])).collect();
        for line in &self.lines {
            for (set, at) in sets.iter_mut().zip(numbers) {
                if line.sets & (1 << at) != 0 {
                    set.define(line.name.clone(), line.shape.clone());
                }
            }
        }
        sets
    }

    /// The sets that have the message, as bits.
    fn listing(&self, kind: Kind, method: &str) -> u64 {
        let name = format!("{}{method}", kind.mark());
        let first = self.lines.partition_point(|line| line.name < name);
        let named = self.lines[first..].iter().take_while(|line| line.name == name);
        named.fold(0, |all, line| all | line.sets)
    }

    /// A judge by these sets, made once.
    fn judge(&self, sets: Vec<usize>, words: bool) -> Arc<Judge> {
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        let made = judges.entry((sets, words));
        let (numbers, words) = (made.key().0.clone(), words);
        made.or_insert_with(|| Arc::new(Judge::new(self.sets(&numbers), words))).clone()
    }
}

/// Writes sets as one text: every definition once, with the sets that have it.
pub fn pack(sets: &[Set]) -> String {
    let mut lines: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (number, set) in sets.iter().enumerate() {
        for (name, shape) in set.all() {
            *lines.entry((name, shape.text())).or_default() |= 1 << number;
        }
    }
    let mut text = FORMAT.to_owned();
    for set in sets {
        text.push(' ');
        text.push_str(&set.name);
    }
    text.push('\n');
    for ((name, shape), sets) in lines {
        text.push_str(&format!("{name}\t{sets:x}\t{shape}\n"));
    }
    text
}
