//! An environment as pairs: its names need not be valid text, as names in JSON must be.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

type Env = Option<BTreeMap<OsString, OsString>>;

pub(super) fn serialize<S: Serializer>(env: &Env, to: S) -> Result<S::Ok, S::Error> {
    env.as_ref().map(|env| env.iter().collect::<Vec<_>>()).serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Env, D::Error> {
    let pairs = Option::<Vec<(OsString, OsString)>>::deserialize(from)?;
    Ok(pairs.map(|pairs| pairs.into_iter().collect()))
}
