//! Text of others, made harmless for a terminal.

/// The text with every character that could steer a terminal or reorder what is read shown as `?`. Tabs stay.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '?' } else { c }).collect()
}

/// A JSON document with every such character in its texts escaped, which changes nothing for those who read it as JSON.
/// Its own line breaks stay.
pub(crate) fn plain_json(document: String) -> String {
    if !document.chars().any(|c| steers(c) && c != '\n') {
        return document;
    }
    let mut written = String::with_capacity(document.len());
    for c in document.chars() {
        // Those that JSON leaves as they are lie in the first plane, where one escape is enough.
        if steers(c) && c != '\n' {
            written.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            written.push(c);
        }
    }
    written
}

fn steers(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\tb\u{1b}[2J\r\u{9b}\u{202e}ü"), "a\tb?[2J???ü");
        assert_eq!(plain("1\u{2028}2\u{200f}3\u{61c}4\u{2067}5"), "1?2?3?4?5");
    }

    #[test]
    fn a_document_means_what_it_did() {
        let value = serde_json::json!({ "a\u{202e}": ["\u{9b}", "ü", "\n", "\u{7f}"] });
        let document = plain_json(serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&document).unwrap(), value);
        assert!(document.chars().all(|c| c == '\n' || !steers(c)) && document.contains('ü'), "{document}");
    }
}
