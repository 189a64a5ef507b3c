//! What strangers wrote, as plain text in Markdown.

/// A text as one line of Markdown that shows its characters and nothing else: no markup, no HTML, no mention, no cell of a
/// table, no link, nothing that turns the direction of what stands beside it or cannot be seen.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len() + 16);
    let mut is_blank = true;
    for c in text.chars() {
        match c {
            c if c.is_whitespace() || matches!(c, '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}') => {
                if !is_blank {
                    line.push(' ');
                }
                is_blank = true;
                continue;
            }
            c if is_unseen(c) => line.push('\u{fffd}'),
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '@' => line.push_str("&#64;"),
            // A bare address would become a link.
            ':' => line.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '|' | '~' | '!' | '#' | '$' | '^' | '{'
            | '}' => {
                line.push('\\');
                line.push(c);
            }
            c => line.push(c),
        }
        is_blank = false;
    }
    line.truncate(line.trim_end().len());
    line
}

/// Whether a character cannot be seen, or changes what stands beside it: marks of direction, joiners, tags, and what is
/// left of surrogates and private use.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_of_a_stranger_is_one_harmless_line() {
        for (text, expected) in [
            ("Fix the build", "Fix the build"),
            ("two\nlines\r\n\tand a tab ", "two lines and a tab"),
            ("a|b", "a\\|b"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert\\(1\\)&lt;/script&gt;"),
            ("&lt;script&gt;", "&amp;lt;script&amp;gt;"),
            ("@everyone look", "&#64;everyone look"),
            ("# Heading", "\\# Heading"),
            ("[click](https://evil.example)", "\\[click\\]\\(https&#58;//evil.example\\)"),
            ("\u{1b}[2J gone", "\\[2J gone"),
            ("abc\u{202e}cba\u{200b}", "abc\u{fffd}cba\u{fffd}"),
            ("\u{e0041}tag", "\u{fffd}tag"),
            ("a\u{2028}b\u{85}c", "a b c"),
            ("", ""),
        ] {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_leaves_its_line_or_becomes_markup(text in any::<String>()) {
            let line = escaped(&text);
            prop_assert!(!line.contains(['\n', '\r', '<', '>', '@']));
            prop_assert!(!line.chars().any(|c| c.is_control() || is_unseen(c)));
            prop_assert_eq!(line.trim(), line.as_str());
            let bytes = line.as_bytes();
            for (place, byte) in bytes.iter().enumerate() {
                if matches!(byte, b'|' | b'[' | b'`' | b'*' | b'_') {
                    prop_assert!(place > 0 && bytes[place - 1] == b'\\', "{line:?}");
                }
            }
        }
    }
}
