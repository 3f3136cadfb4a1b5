//! Tables in Markdown.

/// Adds a table: the names of its columns, and a list of cells for each row.
pub fn table<'c>(
    page: &mut String,
    columns: impl IntoIterator<Item = &'c str>,
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let columns: Vec<&str> = columns.into_iter().collect();
    row(page, columns.iter().copied());
    page.push('|');
    columns.iter().for_each(|_| page.push_str("---|"));
    page.push('\n');
    for cells in rows {
        row(page, cells.iter().map(String::as_str));
    }
}

fn row<'c>(page: &mut String, cells: impl Iterator<Item = &'c str>) {
    page.push('|');
    for cell in cells {
        page.push(' ');
        page.push_str(&self::cell(cell));
        page.push_str(" |");
    }
    page.push('\n');
}

/// A text that cannot break a table.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::table;

    #[test]
    fn no_text_breaks_a_table() {
        let mut page = String::new();
        let row = ["a|b", "", "two\nlines"].map(str::to_owned).to_vec();
        table(&mut page, ["x", "y", "z"], [row]);
        assert_eq!(page, "| x | y | z |\n|---|---|---|\n| a\\|b |  | two lines |\n");
    }
}
