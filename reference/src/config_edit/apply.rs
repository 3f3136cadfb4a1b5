//! One edit of the document: where its value goes, and what stays around it.

use toml_edit::{Array, InlineTable, Item, Table};

use super::Edit;
use crate::config::to_toml;
use crate::fault::fault;

/// Makes the edit, tables on its way coming to be as needed.
pub(super) fn apply(root: &mut Table, edit: &Edit) {
    let Some((key, folders)) = edit.path.split_last() else { return };
    let value = to_toml(&edit.value);
    let mut table = root;
    for folder in folders {
        if value.is_none() && !table.contains_key(folder) {
            return;
        }
        if fault!(
            "tables-not-made",
            "A write to a table that does not exist is dropped.",
            ["default_model::edit::tables_on_the_way_are_made"],
        ) && !table.contains_key(folder)
        {
            return;
        }
        let item = table.entry(folder).or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if let Some(inline) = item.as_inline_table() {
            *item = Item::Table(inline.clone().into_table());
        } else if !item.is_table() {
            *item = Item::Table(Table::new());
        }
        let Some(inner) = item.as_table_mut() else { return };
        table = inner;
    }
    match value {
        None => clear(table, key),
        Some(value) => set(table, key, value, edit.merge),
    }
}

fn clear(table: &mut Table, key: &str) {
    if fault!(
        "null-ignored",
        "Null leaves the key as it is.",
        [
            "default_model::null_clears_the_effort",
            "default_model::null_clears_the_model",
            "default_model::one_edit_changes_one_key",
            "default_model::a_missing_member_clears_too",
            "default_model::survives_a_restart",
            "default_model::edit::null_removes_one_key",
            "default_model::effect::a_cleared_effort_is_not_asked_for",
            "default_model::profile::null_clears_in_the_active_one",
            "default_model::read::what_was_set_reads_back",
        ],
    ) {
        return;
    }
    if fault!(
        "null-empties",
        "Null empties the key instead of taking it away.",
        ["default_model::null_clears_the_effort", "default_model::null_clears_the_model"],
    ) {
        table.insert(key, toml_edit::value(""));
        return;
    }
    if fault!(
        "null-empties-the-table",
        "Null takes away every key of the table.",
        [
            "default_model::edit::null_removes_one_key",
            "default_model::profile::null_clears_in_the_active_one",
        ],
    ) {
        table.clear();
        return;
    }
    remove(table, key);
}

fn set(table: &mut Table, key: &str, value: toml::Value, merge: bool) {
    let merge = (merge
        || fault!(
            "replace-merges",
            "`replace` keeps the keys that it does not name.",
            ["default_model::edit::replace_replaces"],
        ))
        && !fault!(
            "upsert-replaces",
            "`upsert` drops the keys that it does not name.",
            ["default_model::edit::upsert_merges"],
        );
    match value {
        toml::Value::Table(members) => {
            if !merge || !table.get(key).is_some_and(Item::is_table) {
                table.insert(key, Item::Table(Table::new()));
            }
            if let Some(inner) = table.get_mut(key).and_then(Item::as_table_mut) {
                for (name, member) in members {
                    set(inner, &name, member, merge);
                }
            }
        }
        value => {
            let mut new = to_edit(value);
            match table.get_mut(key).and_then(Item::as_value_mut) {
                Some(toml_edit::Value::Array(old))
                    if merge
                        && fault!(
                            "lists-grow",
                            "`upsert` appends to a list.",
                            ["default_model::edit::lists_are_replaced"],
                        ) =>
                {
                    old.extend(new.as_array().into_iter().flatten().cloned());
                }
                Some(old) => {
                    // The comment behind the value stays where it is.
                    if !fault!(
                        "comments-behind-lost",
                        "The comment behind a value goes with the value.",
                        ["default_model::file::comments_behind_the_values_survive"],
                    ) {
                        *new.decor_mut() = old.decor().clone();
                    }
                    *old = new;
                }
                None => {
                    table.insert(key, Item::Value(new));
                }
            }
        }
    }
}

/// Takes a key away; what stood above it now stands above what follows.
fn remove(table: &mut Table, key: &str) {
    let Some((name, _)) = table.get_key_value(key) else { return };
    let above = name.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let above = above.to_owned();
    let next = table
        .iter()
        .skip_while(|(name, _)| *name != key)
        .nth(1)
        .filter(|(_, item)| item.is_value())
        .map(|(name, _)| name.to_owned());
    table.remove(key);
    if above.trim().is_empty() {
        return;
    }
    if let Some(mut next) = next.and_then(|next| table.key_mut(&next)) {
        let own = next.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        let prefix = format!("{above}{own}");
        next.leaf_decor_mut().set_prefix(prefix);
    }
}

fn to_edit(value: toml::Value) -> toml_edit::Value {
    if fault!(
        "everything-is-text",
        "Numbers and truth values are written as texts.",
        ["default_model::edit::types_are_kept"],
    ) && matches!(value, toml::Value::Integer(_) | toml::Value::Boolean(_))
    {
        return value.to_string().into();
    }
    match value {
        toml::Value::String(text)
            if fault!(
                "control-characters-dropped",
                "Line ends and tabs are taken out of a text.",
                ["default_model::file::names_are_quoted"],
            ) =>
        {
            text.replace(char::is_control, "").into()
        }
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(to_edit).collect::<Array>().into(),
        toml::Value::Table(members) => members
            .into_iter()
            .map(|(key, value)| (key, to_edit(value)))
            .collect::<InlineTable>()
            .into(),
    }
}
