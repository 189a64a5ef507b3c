//! A text as it may be shown.

use super::{FleetText, layout::quoted};
use crate::{
    json::{Node, Span, Value},
    problem::REDACTED,
    rules::is_inline,
};

impl FleetText {
    /// The text with `<redacted>` in place of each token or key that stands in the settings of a gateway. Lines stay where
    /// they are.
    #[must_use]
    pub fn redacted(&self) -> String {
        let tree = self.tree();
        let mut spans = Vec::new();
        let bots = tree.root().child("fleet").and_then(|fleet| fleet.child("bots")).and_then(Node::entries);
        for bot in bots.unwrap_or_default() {
            let skills =
                ["profile", "skills", "entries"].iter().try_fold(&bot.node, |node, key| node.child(key));
            for settings in
                [bot.node.child("openclaw"), bot.node.child("clawdbot"), skills].into_iter().flatten()
            {
                collect("", settings, &mut spans);
            }
        }
        spans.sort_by_key(|span| span.start);
        let (mut shown, mut from) = (String::with_capacity(self.as_str().len()), 0);
        for span in spans {
            shown.push_str(&self.as_str()[from..span.start]);
            shown.push_str(&quoted(REDACTED));
            from = span.end;
        }
        shown.push_str(&self.as_str()[from..]);
        shown
    }
}

/// Where secrets stand. What is in a list goes by the name of the list.
fn collect(key: &str, node: &Node, spans: &mut Vec<Span>) {
    match &node.value {
        Value::Text(text) if is_inline(key, text) => spans.push(node.span),
        Value::List(items) => items.iter().for_each(|item| collect(key, item, spans)),
        Value::Object(entries) => {
            entries.iter().for_each(|entry| collect(&entry.key, &entry.node, spans));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown_however_it_is_written() {
        let text = r#"{ "fleet": { "bots": { "a": {
  "openclaw": { "gateway": { "auth": { "token": "hunter\u0032" } }, "name": "ü" },
  "profile": { "skills": { "entries": { "x": { "apiKey": "hunter2", "other": "${KEY}" } } } }
} } } }"#;
        let shown = FleetText::parse(text).unwrap().redacted();
        assert!(!shown.contains("hunter"), "{shown}");
        assert_eq!(shown.lines().count(), text.lines().count());
        assert!(shown.contains(r#""other": "${KEY}""#) && shown.contains("ü"), "{shown}");
        assert!(FleetText::parse(shown).is_ok());
    }
}
