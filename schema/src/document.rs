//! Reads a JSON schema as a shape. What it says beyond members, types and values is left out, so a
//! shape allows all that its schema does.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::shape::{Member, Object, Shape};

/// How many definitions may be opened within each other where an object and a choice are one.
const DEEP: usize = 8;

/// One document: its own shape, and those of its definitions.
pub(crate) struct Document {
    /// Its own shape.
    pub(crate) root: Shape,
    /// Its definitions, by name.
    pub(crate) definitions: BTreeMap<String, Shape>,
}

impl Document {
    /// Reads a document.
    pub(crate) fn read(schema: &Value) -> Self {
        let none = Map::new();
        let definitions =
            ["definitions", "$defs"].into_iter().find_map(|key| schema[key].as_object());
        let definitions = definitions.unwrap_or(&none);
        let reader = Reader { definitions };
        let each = definitions.iter().map(|(name, schema)| (name.clone(), reader.shape(schema, 0)));
        Self { root: reader.shape(schema, 0), definitions: each.collect() }
    }
}

struct Reader<'a> {
    definitions: &'a Map<String, Value>,
}

impl Reader<'_> {
    fn shape(&self, schema: &Value, depth: usize) -> Shape {
        let Value::Object(keys) = schema else { return Shape::Any };
        if let Some(target) = keys.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next().unwrap_or(target);
            return Shape::Named(name.to_owned());
        }
        let mut shape = self.typed(keys, depth);
        for key in ["allOf", "anyOf", "oneOf"] {
            let Some(parts) = keys.get(key).and_then(Value::as_array) else { continue };
            let parts = parts.iter().map(|part| self.shape(part, depth));
            let part = if key == "allOf" {
                parts.reduce(|one, other| self.both(one, other, depth)).unwrap_or(Shape::Any)
            } else {
                Shape::either(parts)
            };
            shape = self.both(shape, part, depth);
        }
        shape
    }

    /// What the keys `type`, `enum` and `const` say, with those that belong to a type.
    fn typed(&self, keys: &Map<String, Value>, depth: usize) -> Shape {
        if let Some(Value::Array(words)) = keys.get("enum") {
            return Shape::Words(words.clone());
        }
        if let Some(word) = keys.get("const") {
            return Shape::Words(vec![word.clone()]);
        }
        match keys.get("type") {
            Some(Value::String(kind)) => self.of_type(kind, keys, depth),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                Shape::either(kinds.map(|kind| self.of_type(kind, keys, depth)))
            }
            _ if keys.contains_key("properties") => self.of_type("object", keys, depth),
            _ => Shape::Any,
        }
    }

    fn of_type(&self, kind: &str, keys: &Map<String, Value>, depth: usize) -> Shape {
        match kind {
            "null" => Shape::Null,
            "boolean" => Shape::Flag,
            "string" => Shape::Text,
            "number" => Shape::Number,
            "integer" => {
                let least = keys.get("minimum").and_then(Value::as_f64);
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the bounds are small whole numbers"
                )]
                Shape::Whole(least.map(|least| least.ceil() as i64))
            }
            "array" => {
                let each = keys.get("items").filter(|items| items.is_object());
                Shape::List(Box::new(each.map_or(Shape::Any, |each| self.shape(each, depth))))
            }
            "object" => Shape::Object(self.object(keys, depth)),
            _ => Shape::Any,
        }
    }

    fn object(&self, keys: &Map<String, Value>, depth: usize) -> Object {
        let mut object = Object::default();
        for (name, schema) in
            keys.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let member = Member { shape: self.shape(schema, depth), required: false };
            object.members.insert(name.clone(), member);
        }
        for name in keys.get("required").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            let any = Member { shape: Shape::Any, required: true };
            object.members.entry(name.to_owned()).or_insert(any).required = true;
        }
        object.rest = match keys.get("additionalProperties") {
            None | Some(Value::Bool(false)) => None,
            Some(rest) => Some(Box::new(self.shape(rest, depth))),
        };
        object
    }

    /// What is both: an object that has the members of two, in each of the alternatives.
    fn both(&self, one: Shape, other: Shape, depth: usize) -> Shape {
        match (one, other) {
            (Shape::Any, shape) | (shape, Shape::Any) => shape,
            (Shape::Object(one), Shape::Object(other)) => Shape::Object(merged(one, other)),
            (Shape::Either(shapes), other) | (other, Shape::Either(shapes)) => Shape::either(
                shapes.into_iter().map(|shape| self.both(other.clone(), shape, depth)),
            ),
            (shape, Shape::Named(name)) | (Shape::Named(name), shape) => {
                match self.definitions.get(&name).filter(|_| depth < DEEP) {
                    Some(schema) => {
                        let named = self.shape(schema, depth + 1);
                        self.both(shape, named, depth + 1)
                    }
                    None => shape,
                }
            }
            // Two types at once: no value of the protocol is that.
            (_, other) => other,
        }
    }
}

fn merged(mut one: Object, other: Object) -> Object {
    for (name, member) in other.members {
        let required = one.members.get(&name).is_some_and(|known| known.required);
        let known = one.members.remove(&name);
        // `required` alone, beside a member that is described elsewhere.
        let shape = match (known, member.shape) {
            (Some(known), Shape::Any) => known.shape,
            (_, shape) => shape,
        };
        one.members.insert(name, Member { shape, required: required || member.required });
    }
    one.rest = one.rest.or(other.rest);
    one
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Document;

    #[test]
    fn a_schema_is_reduced_to_what_it_requires() {
        let document = Document::read(&json!({
            "title": "X", "description": "about", "type": "object", "required": ["id", "bare"],
            "properties": {
                "id": { "type": "string", "description": "its id" },
                "size": { "type": ["integer", "null"], "minimum": 0.0, "format": "uint64" },
                "kind": { "allOf": [{ "$ref": "#/definitions/Kind" }], "default": "a" },
                "data": true,
                "list": { "type": "array", "items": { "type": "number" } },
                "map": { "type": "object", "additionalProperties": { "type": "boolean" } },
            },
            "definitions": { "Kind": { "oneOf": [
                { "enum": ["a"], "type": "string" }, { "const": "b" },
            ] } },
        }));
        let expected = json!({
            "bare!": "*", "data": "*", "id!": "s", "kind": "@Kind", "list": ["l", "n"],
            "map": { "": "b" }, "size": ["|", "i0", "z"],
        });
        assert_eq!(document.root.compact(), expected);
        assert_eq!(document.definitions["Kind"].compact(), json!(["|", ["=", "a"], ["=", "b"]]));
    }

    #[test]
    fn the_members_beside_a_choice_belong_to_each_alternative() {
        let document = Document::read(&json!({
            "type": "object", "properties": { "at": { "type": "integer" } }, "required": ["at"],
            "oneOf": [
                { "type": "object", "properties": { "type": { "enum": ["a"] } }, "required": ["type"] },
                { "$ref": "#/definitions/Other" },
            ],
            "definitions": { "Other": { "type": "object", "properties": { "x": { "type": "string" } } } },
        }));
        let expected = json!(["|", { "at!": "i", "type!": ["=", "a"] }, { "at!": "i", "x": "s" }]);
        assert_eq!(document.root.compact(), expected);
    }
}
