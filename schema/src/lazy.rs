//! A definition that is read when it is needed first: a run needs a few of some thousand.

use std::sync::OnceLock;

use crate::shape::Shape;

/// A shape in its compact form, read at most once.
#[derive(Debug)]
pub(crate) struct Lazy {
    text: String,
    shape: OnceLock<Shape>,
}

impl Lazy {
    /// A shape by its compact form.
    pub(crate) fn of_text(text: &str) -> Self {
        Self { text: text.to_owned(), shape: OnceLock::new() }
    }

    /// A shape that is known already.
    pub(crate) fn of_shape(shape: Shape) -> Self {
        Self { text: shape.compact().to_string(), shape: OnceLock::from(shape) }
    }

    /// The compact form.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The shape.
    pub(crate) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| {
            let value = serde_json::from_str(&self.text).unwrap_or_default();
            // Nothing is required of what cannot be read; a test reads every line.
            Shape::of_compact(&value).unwrap_or(Shape::Any)
        })
    }

    /// The names that the shape mentions, without reading it; a value that looks like a name counts too.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.text.split("\"@").skip(1).filter_map(|rest| rest.split('"').next())
    }
}
