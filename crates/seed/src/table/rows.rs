//! Rows of a table.

use super::TableError;

/// How large a table may be, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// One line that says something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    /// Its number, from 1.
    pub(crate) line: usize,
    /// Its columns, without white space around them; those that are empty at the end are left out.
    pub(crate) columns: Vec<&'a str>,
}

/// The rows of a table. Lines end with LF or CRLF, the last one also without; blank lines and those that begin with `#`
/// say nothing.
pub(crate) fn rows(bytes: &[u8]) -> Result<Vec<Row<'_>>, TableError> {
    if bytes.len() > MAX_BYTES {
        return Err(TableError::TooLarge { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| TableError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Vec::new();
    for (before, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            let columns = line.trim_end().split('\t').map(str::trim).collect();
            found.push(Row { line: before + 1, columns });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_crlf_and_a_missing_last_newline_change_nothing() {
        let plain = rows(b"a\tb\tc\nd\te\n").unwrap();
        for text in
            ["a\tb\tc\r\nd\te\r\n", "a\tb\tc\nd\te", "\u{feff}a\tb\tc\nd\te", " a \t b\tc \nd\te\t\t\n"]
        {
            assert_eq!(rows(text.as_bytes()).unwrap(), plain, "{text:?}");
        }
        let with_comments = rows(b"# one\n\n  # two\na\tb\tc\n \nd\te").unwrap();
        let lines: Vec<_> = with_comments.iter().map(|row| row.line).collect();
        assert_eq!(lines, [4, 6]);
    }

    #[test]
    fn what_is_no_text_or_too_large_is_refused() {
        assert_eq!(rows(b"\xff").unwrap_err(), TableError::NotText);
        assert!(matches!(rows(&vec![b'a'; MAX_BYTES + 1]), Err(TableError::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn no_column_of_any_bytes_holds_a_tab_or_a_line_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for row in rows(&bytes).unwrap_or_default() {
                prop_assert!(!row.columns.is_empty() && !row.columns[0].starts_with('#'));
                prop_assert!(row.columns.iter().all(|column| !column.contains(['\t', '\n'])));
            }
        }
    }
}
