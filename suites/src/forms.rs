//! What has many forms: tables of `config.toml`, lines of rollouts, ids, names and cursors, each tried in all of them.

mod config_toml;
mod ids;
mod line_ends;
mod lines;
mod names;
mod odd_files;
mod tables;
mod texts;
mod values;
