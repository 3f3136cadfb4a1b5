//! Messages that fit a shape, made at random, and random changes of them. The same seed makes the same.

use schema::{Object, Set, Shape};
use serde_json::{Map, Value, json};

/// From this depth on, what can be left out is.
const DEEP: usize = 6;

/// A sequence of random numbers.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}

/// A value that fits the shape.
pub(crate) fn made(set: &Set, shape: &Shape, dice: &mut Dice, depth: usize) -> Value {
    match shape {
        Shape::Any => json!({ "anything": [1, null] }),
        Shape::Null => Value::Null,
        Shape::Flag => json!(dice.roll(2) == 0),
        Shape::Text => json!("text"),
        Shape::Number => json!(1.5),
        Shape::Whole(least) => json!(least.unwrap_or(-3) + 4),
        Shape::Words(words) => words[dice.roll(words.len())].clone(),
        Shape::Named(name) => made(set, set.definition(name).unwrap(), dice, depth + 1),
        Shape::List(each) => {
            let count = if depth > DEEP { 0 } else { dice.roll(3) };
            (0..count).map(|_| made(set, each, dice, depth + 1)).collect()
        }
        Shape::Either(shapes) => {
            let plain =
                |shape: &&Shape| matches!(shape, Shape::Null | Shape::Text | Shape::Words(_));
            let simple = shapes.iter().find(plain).filter(|_| depth > DEEP);
            let shape = simple.unwrap_or_else(|| &shapes[dice.roll(shapes.len())]);
            made(set, shape, dice, depth)
        }
        Shape::Object(object) => of_object(set, object, dice, depth),
    }
}

fn of_object(set: &Set, object: &Object, dice: &mut Dice, depth: usize) -> Value {
    let mut value = Map::new();
    for (name, member) in &object.members {
        if member.required || (depth <= DEEP && dice.roll(2) == 0) {
            value.insert(name.clone(), made(set, &member.shape, dice, depth + 1));
        }
    }
    if let Some(rest) = object.rest.as_ref().filter(|_| depth <= DEEP) {
        value.insert("other".to_owned(), made(set, rest, dice, depth + 1));
    }
    Value::Object(value)
}

/// Changes one place: a member is dropped, a value gets another type or becomes another text.
pub(crate) fn changed(value: &mut Value, dice: &mut Dice) {
    let mut places = Vec::new();
    all_places(value, String::new(), &mut places);
    let place = places.swap_remove(dice.roll(places.len()));
    if let (0, Some((parent, name))) = (dice.roll(3), place.rsplit_once('/'))
        && let Some(Value::Object(members)) = value.pointer_mut(parent)
    {
        members.shift_remove(&name.replace("~1", "/").replace("~0", "~"));
        return;
    }
    let Some(target) = value.pointer_mut(&place) else { return };
    let others =
        [json!(null), json!(7), json!(-7), json!("nonsense"), json!([]), json!({}), json!(true)];
    *target = others[dice.roll(others.len())].clone();
}

fn all_places(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                all_places(item, format!("{at}/{number}"), places);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                all_places(member, format!("{at}/{name}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}
