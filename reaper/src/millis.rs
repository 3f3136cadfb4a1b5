//! Durations as milliseconds, to the microsecond.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

fn to(duration: &Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
}

fn of(millis: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64((millis * 1e3).round() / 1e6).map_err(|error| error.to_string())
}

pub(crate) fn serialize<S: Serializer>(value: &Duration, to_: S) -> Result<S::Ok, S::Error> {
    to(value).serialize(to_)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    of(f64::deserialize(from)?).map_err(serde::de::Error::custom)
}

pub(crate) mod option {
    //! Durations that may be missing.

    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(super::to).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        let millis = Option::<f64>::deserialize(from)?;
        millis.map(super::of).transpose().map_err(serde::de::Error::custom)
    }
}
