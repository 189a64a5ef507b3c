//! References to variables of the environment in the settings of a gateway.
//!
//! `${NAME}` in a text stands for the variable's value; `$${NAME}` stands for the text `${NAME}`. A name that follows
//! another grammar than `[A-Z_][A-Z0-9_]*` makes neither: such a text is taken as it is.

use std::ops::Range;

use clawlets_model::EnvVarName;

/// The variables that a text refers to, in their order, each as often as it stands there.
pub fn variables_in(text: &str) -> impl Iterator<Item = EnvVarName> {
    found(text).filter_map(|at| EnvVarName::parse(&text[at.start + 2..at.end - 1]).ok())
}

/// A text without its references. One that is escaped stays: it stands for itself.
pub(crate) fn without_references(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for at in found(text) {
        rest.push_str(&text[from..at.start]);
        from = at.end;
    }
    rest.push_str(&text[from..]);
    rest
}

/// Where `${NAME}` stands. Each byte is looked at twice at most, whatever the text is.
fn found(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("${").filter_map(|(start, _)| {
        if text[..start].ends_with('$') {
            return None;
        }
        let name = &text[start + 2..];
        let is_first = |b: &u8| b.is_ascii_uppercase() || *b == b'_';
        let length = name.bytes().take_while(|b| is_first(b) || b.is_ascii_digit()).count();
        let is_name = name.bytes().next().is_some_and(|b| is_first(&b)) && name[length..].starts_with('}');
        is_name.then(|| start..start + 2 + length + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        variables_in(text).map(|name| name.to_string()).collect()
    }

    #[test]
    fn references_are_found_and_escaped_ones_are_not() {
        for (text, expected) in [
            ("${ONE}", &["ONE"][..]),
            ("x ${TWO} y ${_3}${TWO}", &["TWO", "_3", "TWO"]),
            ("$${ONE} $$${TWO}", &[]),
            ("${one} ${1A} ${} ${A B} ${A", &[]),
            ("${${ONE}", &["ONE"]),
            ("$${a ${ONE}", &["ONE"]),
            ("$ {ONE} $ONE", &[]),
            ("\u{202e}${ONE}\u{2066}é", &["ONE"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
        assert_eq!(without_references("a${ONE}b$${TWO}"), "ab$${TWO}");
    }

    #[test]
    fn a_text_of_many_beginnings_takes_no_longer_than_its_length() {
        let text = "${A".repeat(1_000_000);
        assert_eq!(names(&text), Vec::<String>::new());
    }

    /// The gateway's own reader, character by character: at each dollar an escaped reference, or one, or itself.
    fn as_the_gateway_reads(text: &str) -> Vec<String> {
        let name_behind = |from: usize| {
            let name = &text[from..from + text[from..].find('}')?];
            let mut bytes = name.bytes();
            let is_name = bytes.next().is_some_and(|b| b.is_ascii_uppercase() || b == b'_')
                && bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
            is_name.then(|| name.to_owned())
        };
        let (mut found, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let rest = &text[at..];
            if rest.starts_with("$${")
                && let Some(name) = name_behind(at + 3)
            {
                at += 3 + name.len() + 1;
            } else if rest.starts_with("${")
                && let Some(name) = name_behind(at + 2)
            {
                at += 2 + name.len() + 1;
                found.push(name);
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        found
    }

    proptest! {
        #[test]
        fn it_reads_as_the_gateway_does(text in "([${}A-C_1é ]|\\$\\{|\\$\\$\\{|\\$\\{A\\}){0,16}") {
            prop_assert_eq!(names(&text), as_the_gateway_reads(&text));
        }

        #[test]
        fn any_text_can_be_searched(text in "\\PC{0,60}") {
            prop_assert!(without_references(&text).len() <= text.len());
        }
    }
}
