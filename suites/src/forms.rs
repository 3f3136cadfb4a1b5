//! What has many forms: tables of `config.toml`, lines of rollouts, ids, names, paths and cursors, each tried in all of them.

mod config_toml;
mod cursors;
mod filters;
mod folders;
mod ids;
mod line_ends;
mod lines;
mod names;
mod odd_files;
mod paths;
mod tables;
mod texts;
mod values;
