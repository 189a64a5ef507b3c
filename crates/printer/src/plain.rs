//! Text of others, made harmless for a terminal.

/// The text with every character that could steer a terminal or reorder what is read shown as `?`. Tabs stay.
#[must_use]
pub fn plain(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\tb\u{1b}[2J\r\u{9b}\u{202e}ü"), "a\tb?[2J???ü");
        assert_eq!(plain("1\u{2028}2\u{200f}3\u{61c}4\u{2067}5"), "1?2?3?4?5");
    }
}
