//! From text to a tree.

use jsonc_parser::{
    CollectOptions, ParseOptions, ast,
    common::Ranged,
    errors::{ParseError, ParseErrorKind},
    parse_to_ast,
};

use super::{
    node::{Entry, Node, Value},
    position::Span,
};

/// How deep lists and objects may be nested: what every other JSON reader takes as well.
const DEEPEST: usize = 120;

/// JSON as its standard has it. Nix and other programs read the same file, so nothing more is accepted.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Why a text is no JSON, and at which byte.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SyntaxFault {
    pub(crate) at: usize,
    pub(crate) message: String,
    /// What should stand there instead, where that can be said.
    pub(crate) expected: Option<&'static str>,
}

pub(crate) fn parse(text: &str) -> Result<Node, SyntaxFault> {
    let fault = |at, message: &str, expected| Err(SyntaxFault { at, message: message.to_owned(), expected });
    if text.starts_with('\u{feff}') {
        return fault(0, "the file begins with a byte order mark", Some("UTF-8 without one"));
    }
    if let Some(at) = too_deep(text) {
        return fault(at, "lists and objects are nested too deep", None);
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| describe(&error))?;
    let Some(root) = parsed.value else {
        return fault(
            text.len(),
            "the file is empty",
            Some("a declaration, such as 'clawlets project init' writes"),
        );
    };
    tree(root, text)
}

fn describe(error: &ParseError) -> SyntaxFault {
    let kind = error.kind();
    let (message, expected) = if matches!(kind, ParseErrorKind::CommentsNotAllowed) {
        ("comments are not allowed".to_owned(), Some("plain JSON, since Nix reads this file too"))
    } else if matches!(kind, ParseErrorKind::TrailingCommasNotAllowed) {
        ("a comma stands behind the last entry".to_owned(), Some("none there"))
    } else {
        let text = kind.to_string();
        let mut chars = text.chars();
        let first = chars.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
        (format!("{first}{}", chars.as_str()), None)
    };
    SyntaxFault { at: error.range().start, message, expected }
}

/// The first byte that opens a list or an object deeper than allowed. Brackets in strings do not count.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > DEEPEST {
                    return Some(at);
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn tree(value: ast::Value<'_>, text: &str) -> Result<Node, SyntaxFault> {
    let range = value.range();
    let span = Span { start: range.start, end: range.end };
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NumberLit(literal) => {
            if serde_json::from_str::<serde_json::Number>(literal.value).is_err() {
                let message = format!("{} is not a number of JSON, or too large", literal.value);
                return Err(SyntaxFault { at: span.start, message, expected: None });
            }
            Value::Number(literal.value.to_owned())
        }
        ast::Value::StringLit(literal) => Value::Text(string(literal, text)?),
        ast::Value::Array(array) => {
            Value::List(array.elements.into_iter().map(|item| tree(item, text)).collect::<Result<_, _>>()?)
        }
        ast::Value::Object(object) => Value::Object(
            object.properties.into_iter().map(|property| entry(property, text)).collect::<Result<_, _>>()?,
        ),
    };
    Ok(Node::new(value, span))
}

fn entry(property: ast::ObjectProp<'_>, text: &str) -> Result<Entry, SyntaxFault> {
    let range = property.name.range();
    let key_span = Span { start: range.start, end: range.end };
    let key = match property.name {
        ast::ObjectPropName::String(literal) => string(literal, text)?,
        ast::ObjectPropName::Word(word) => {
            let message = format!("the key {} stands without quotes", word.value);
            return Err(SyntaxFault { at: key_span.start, message, expected: None });
        }
    };
    Ok(Entry { key, key_span, node: tree(property.value, text)? })
}

/// The parser takes line breaks and tabs within a string as they are; JSON wants them escaped.
fn string(literal: ast::StringLit<'_>, text: &str) -> Result<String, SyntaxFault> {
    let source = text.get(literal.range.start..literal.range.end).unwrap_or_default();
    match source.bytes().position(|byte| byte < 0x20) {
        Some(at) => Err(SyntaxFault {
            at: literal.range.start + at,
            message: "a line break or control character stands in a text".to_owned(),
            expected: Some("\\n for a line break and \\t for a tab"),
        }),
        None => Ok(literal.value.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_json_names_its_place() {
        for (text, at) in [
            ("", 0),
            ("{", 0),
            ("{\"a\": 1,}", 7),
            ("{\"a\": 1} // note", 9),
            ("{\"a\": 1 \"b\": 2}", 7),
            ("{a: 1}", 1),
            ("{'a': 1}", 1),
            ("{\"a\": \"x\ny\"}", 8),
            ("\u{feff}{}", 0),
            ("{} {}", 3),
            ("{\"a\": 01}", 7),
            ("{\"a\": 1e999}", 6),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.at, at, "{text:?}: {fault:?}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn the_parser_takes_what_other_programs_take(text in r#"[\[\]{}:," \\/a-c0-9.eE+\-\n\u{1}ut]{0,24}|"[\PC]{0,8}"|-?0?[0-9]{0,3}(\.[0-9]*)?([eE][+-]?[0-9]*)?"#) {
            let ours = parse(&text).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            prop_assert_eq!(ours, theirs, "{:?}", text);
        }
    }
}
