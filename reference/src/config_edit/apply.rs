//! One edit of the document: where its value goes, and what stays around it.

use toml_edit::{Array, InlineTable, Item, Table, TableLike};

use super::{Edit, EditError, faults};
use crate::config::to_toml;
use crate::fault::fault;

/// Makes the edit, tables on its way coming to be as needed. A table keeps its form: what is written
/// into an inline table is inline.
pub(super) fn apply(root: &mut Table, edit: &Edit) -> Result<(), EditError> {
    let Some((key, folders)) = edit.path.split_last() else { return Ok(()) };
    let value = to_toml(&edit.value);
    let mut table: &mut dyn TableLike = root;
    let mut inline = false;
    for folder in folders {
        if value.is_none() && !table.contains_key(folder) {
            return Ok(());
        }
        if fault!(TABLES_NOT_MADE) && !table.contains_key(folder) {
            return Ok(());
        }
        if !table.contains_key(folder) {
            table.insert(folder, new_table(inline, true));
        }
        faults::passing(table, folder);
        let item = table.get_mut(folder).filter(|item| item.is_table_like());
        let item = item.ok_or_else(|| {
            EditError::Invalid(format!("cannot set a value below `{folder}`, which is no table"))
        })?;
        inline = item.is_inline_table();
        let Some(inner) = item.as_table_like_mut() else { return Ok(()) };
        table = inner;
    }
    match value {
        None => clear(table, key),
        Some(value) => set(table, inline, key, value, edit.merge),
    }
    Ok(())
}

/// A table without keys, inside an inline table or not.
fn new_table(inline: bool, implicit: bool) -> Item {
    if inline {
        return Item::Value(InlineTable::new().into());
    }
    let mut table = Table::new();
    table.set_implicit(implicit);
    Item::Table(table)
}

fn clear(table: &mut dyn TableLike, key: &str) {
    if faults::clear(table, key) {
        return;
    }
    remove(table, key);
}

fn set(table: &mut dyn TableLike, inline: bool, key: &str, value: toml::Value, merge: bool) {
    let merge = (merge || fault!(REPLACE_MERGES)) && !fault!(UPSERT_REPLACES);
    match value {
        toml::Value::Table(members) => {
            match table.get_mut(key).and_then(Item::as_table_like_mut) {
                Some(_) if merge => {}
                // The comment above the table stays where it is.
                Some(old) => old.clear(),
                None => drop(table.insert(key, new_table(inline, false))),
            }
            let Some(item) = table.get_mut(key) else { return };
            let inline = item.is_inline_table();
            if let Some(inner) = item.as_table_like_mut() {
                for (name, member) in members {
                    set(inner, inline, &name, member, merge);
                }
            }
        }
        value => set_value(table, inline, key, to_edit(value), merge),
    }
}

fn set_value(
    table: &mut dyn TableLike,
    inline: bool,
    key: &str,
    mut new: toml_edit::Value,
    merge: bool,
) {
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
            // The blank before the closing brace belongs to the value that was last.
            if inline {
                table.fmt();
            }
        }
    }
}

/// Takes a key away; what stood above it now stands above what follows.
fn remove(table: &mut dyn TableLike, key: &str) {
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
        toml::Value::String(text) if fault!(STRINGS_CUT_AT_LINE_BREAKS) => {
            text.lines().next().unwrap_or_default().into()
        }
        toml::Value::Array(items)
            if items.iter().any(toml::Value::is_table) && fault!(LISTS_OF_TABLES_BECOME_TEXTS) =>
        {
            toml::Value::Array(items).to_string().into()
        }
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
