//! Text of others, made harmless for a terminal.

/// The text with every character that could steer a terminal or reorder what is read shown as `?`. Tabs stay.
#[must_use]
pub fn plain(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\tb\u{1b}[2J\r\u{9b}\u{202e}ü"), "a\tb?[2J???ü");
    }
}
