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
        if fault!(TABLES_NOT_MADE) && !table.contains_key(folder) {
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
    if fault!(NULL_IGNORED) {
        return;
    }
    if fault!(NULL_EMPTIES) {
        table.insert(key, toml_edit::value(""));
        return;
    }
    if fault!(NULL_EMPTIES_THE_TABLE) {
        table.clear();
        return;
    }
    remove(table, key);
}

fn set(table: &mut Table, key: &str, value: toml::Value, merge: bool) {
    let merge = (merge || fault!(REPLACE_MERGES)) && !fault!(UPSERT_REPLACES);
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
                Some(toml_edit::Value::Array(old)) if merge && fault!(LISTS_GROW) => {
                    old.extend(new.as_array().into_iter().flatten().cloned());
                }
                Some(old) => {
                    // The comment behind the value stays where it is.
                    if !fault!(COMMENTS_BEHIND_LOST) {
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
    if fault!(EVERYTHING_IS_TEXT)
        && matches!(value, toml::Value::Integer(_) | toml::Value::Boolean(_))
    {
        return value.to_string().into();
    }
    match value {
        toml::Value::String(text) if fault!(CONTROL_CHARACTERS_DROPPED) => {
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
