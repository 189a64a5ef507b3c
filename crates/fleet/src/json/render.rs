//! From a tree to text.

use std::fmt::Write;

use super::node::{Node, Value};

/// How a text is laid out: what one level is indented with, and what its lines end with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    indent: String,
    line_end: &'static str,
}

impl Layout {
    /// The layout of a text: the indentation of its first indented line, or two spaces.
    pub(crate) fn of(text: &str) -> Self {
        let indent =
            text.lines().skip(1).map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]);
        let indent = indent.into_iter().find(|indent| !indent.is_empty()).unwrap_or("  ").to_owned();
        Self { indent, line_end: if text.contains("\r\n") { "\r\n" } else { "\n" } }
    }
}

/// Writes a tree with a key or an item on each line, ended by a line end.
pub(crate) fn render(node: &Node, layout: &Layout) -> String {
    let mut out = String::new();
    write(node, layout, 0, &mut out);
    out.push_str(layout.line_end);
    out
}

fn write(node: &Node, layout: &Layout, depth: usize, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => {
            let _ = write!(out, "{value}");
        }
        Value::Number(digits) => out.push_str(digits),
        Value::Text(text) => out.push_str(&quoted(text)),
        Value::List(items) => block(out, layout, depth, ['[', ']'], items.iter(), |item, out| {
            write(item, layout, depth + 1, out);
        }),
        Value::Object(entries) => block(out, layout, depth, ['{', '}'], entries.iter(), |entry, out| {
            out.push_str(&quoted(&entry.key));
            out.push_str(": ");
            write(&entry.node, layout, depth + 1, out);
        }),
    }
}

fn block<T>(
    out: &mut String,
    layout: &Layout,
    depth: usize,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    mut each: impl FnMut(T, &mut String),
) {
    out.push(open);
    let count = items.len();
    for (at, item) in items.enumerate() {
        out.push_str(layout.line_end);
        out.push_str(&layout.indent.repeat(depth + 1));
        each(item, out);
        if at + 1 < count {
            out.push(',');
        }
    }
    if count > 0 {
        out.push_str(layout.line_end);
        out.push_str(&layout.indent.repeat(depth));
    }
    out.push(close);
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text can always be written as JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn order_digits_and_indentation_stay() {
        for text in [
            "{\n  \"z\": 1.50,\n  \"a\": [\n    \"x\\n\"\n  ],\n  \"e\": {},\n  \"l\": []\n}\n",
            "{\r\n\t\"z\": null,\r\n\t\"a\": true\r\n}\r\n",
        ] {
            assert_eq!(render(&parse(text).unwrap(), &Layout::of(text)), text);
        }
    }
}
