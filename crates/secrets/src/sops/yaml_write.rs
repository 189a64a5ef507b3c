//! A tree to YAML text, in the form that the reference program writes: four spaces, one line per value, long texts as
//! blocks.

use zeroize::Zeroizing;

use super::{
    plain::{Plain, resolve},
    tree::{Comment, Element, Item, List, Mapping, Node, Placement, Scalar, ScalarKind, Tree},
};

/// How far a level stands from the one around it, in columns.
const INDENT: usize = 4;

impl Tree {
    /// The tree as YAML text. Reading the text gives the same tree.
    #[must_use]
    pub fn to_yaml(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(1024));
        if self.root.entries().next().is_none() {
            // Comments alone are a document without a value.
            comments_of(&self.root, &mut out);
            out.push_str("{}\n");
        } else {
            mapping(&self.root, 0, &mut out);
        }
        out
    }
}

fn comments_of(root: &Mapping, out: &mut String) {
    for item in &root.items {
        if let Item::Comment(comment) = item {
            own_line(comment, 0, out);
        }
    }
}

/// The column of what is inside a container that stands at this one.
const fn inner(column: usize) -> usize {
    (column / INDENT + 1) * INDENT
}

/// Goes to a column, unless the line has begun already: the first key of a mapping stands behind the dash of its list.
fn pad(column: usize, out: &mut String) {
    if out.is_empty() || out.ends_with('\n') {
        out.extend(std::iter::repeat_n(' ', column));
    }
}

fn own_line(comment: &Comment, column: usize, out: &mut String) {
    pad(column, out);
    out.push('#');
    out.push_str(comment.text.expose());
    out.push('\n');
}

fn mapping(mapping: &Mapping, column: usize, out: &mut String) {
    let mut behind = Vec::new();
    for item in &mapping.items {
        match item {
            Item::Comment(comment) if comment.placement == Placement::Behind => behind.push(comment),
            Item::Comment(comment) => own_line(comment, column, out),
            Item::Entry(entry) => {
                let behind = std::mem::take(&mut behind);
                let behind = place(behind, &entry.value, column, out);
                pad(column, out);
                key(&entry.key, out);
                out.push(':');
                node(&entry.value, behind, column, out);
            }
        }
    }
    for comment in behind {
        own_line(comment, column, out);
    }
}

fn list(list: &List, column: usize, out: &mut String) {
    let mut behind = Vec::new();
    for element in &list.elements {
        match element {
            Element::Comment(comment) if comment.placement == Placement::Behind => behind.push(comment),
            Element::Comment(comment) => own_line(comment, column, out),
            Element::Node(value) => {
                let behind = std::mem::take(&mut behind);
                let behind = place(behind, value, column, out);
                pad(column, out);
                out.push('-');
                match compact(value) {
                    Some(first) => {
                        out.push(' ');
                        mapping(first, column + 2, out);
                    }
                    None => node(value, behind, column, out),
                }
            }
        }
    }
    for comment in behind {
        own_line(comment, column, out);
    }
}

/// A mapping that can begin on the line of its dash.
fn compact(value: &Node) -> Option<&Mapping> {
    match value {
        Node::Mapping(inner) if matches!(inner.items.first(), Some(Item::Entry(_))) => Some(inner),
        Node::Mapping(_) | Node::Null | Node::Scalar(_) | Node::List(_) => None,
    }
}

/// The one comment that fits behind the value; others, or one behind a value of several lines, go above it.
fn place<'a>(
    comments: Vec<&'a Comment>,
    value: &Node,
    column: usize,
    out: &mut String,
) -> Option<&'a Comment> {
    let fits = match value {
        Node::Null => true,
        Node::Scalar(scalar) => !is_block(scalar),
        Node::Mapping(_) | Node::List(_) => false,
    };
    if let (true, [comment]) = (fits, comments.as_slice()) {
        return Some(comment);
    }
    for comment in comments {
        own_line(comment, column, out);
    }
    None
}

/// What follows `key:` or `-`, up to and with the end of the line or of the container.
fn node(value: &Node, behind: Option<&Comment>, column: usize, out: &mut String) {
    match value {
        Node::Null => out.push_str(" null"),
        Node::Scalar(value) => {
            out.push(' ');
            scalar(value, column, out);
            if is_block(value) {
                return;
            }
        }
        Node::Mapping(nested) if nested.entries().next().is_none() => {
            out.push_str(" {}");
            nested.items.iter().for_each(|item| {
                if let Item::Comment(comment) = item {
                    below(comment, out);
                }
            });
        }
        Node::Mapping(nested) => {
            out.push('\n');
            return mapping(nested, inner(column), out);
        }
        Node::List(nested) if !nested.elements.iter().any(|e| matches!(e, Element::Node(_))) => {
            out.push_str(" []");
            let comments = nested.elements.iter();
            comments.for_each(|e| {
                if let Element::Comment(comment) = e {
                    below(comment, out);
                }
            });
        }
        Node::List(nested) => {
            out.push('\n');
            return list(nested, inner(column), out);
        }
    }
    if let Some(comment) = behind {
        out.push_str(" #");
        out.push_str(comment.text.expose());
    }
    out.push('\n');
}

/// A comment that stood inside of an empty container goes below it.
fn below(comment: &Comment, out: &mut String) {
    out.push_str(
        "
#",
    );
    out.push_str(comment.text.expose());
}

fn key(text: &str, out: &mut String) {
    if is_plain_text(text) { out.push_str(text) } else { quoted(text, out) }
}

fn scalar(scalar: &Scalar, column: usize, out: &mut String) {
    let text = scalar.text.expose();
    match scalar.kind {
        ScalarKind::Integer | ScalarKind::Float | ScalarKind::Boolean | ScalarKind::Time => {
            out.push_str(text);
        }
        ScalarKind::Text if is_plain_text(text) => out.push_str(text),
        ScalarKind::Text if is_block(scalar) => block(text, column, out),
        ScalarKind::Text => quoted(text, out),
    }
}

/// Whether a text means itself without quotes, for every reader of YAML.
fn is_plain_text(text: &str) -> bool {
    const WORDS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"_-./@+=,[]:() ".contains(&b);
    text.as_bytes().first().is_some_and(|b| b.is_ascii_alphanumeric() || b"_/".contains(b))
        && text.bytes().all(inside)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && resolve(text) == Plain::Value(ScalarKind::Text)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a text is written as a block of lines: it has several, and nothing in it needs an escape.
fn is_block(scalar: &Scalar) -> bool {
    let text = scalar.text.expose();
    scalar.kind == ScalarKind::Text
        && text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && text.chars().all(|c| c == '\n' || is_printable(c))
        && !text.lines().any(|line| line.ends_with(' '))
        && !text.ends_with("\n\n")
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn block(text: &str, column: usize, out: &mut String) {
    out.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in text.lines() {
        if !line.is_empty() {
            pad(inner(column), out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
}
