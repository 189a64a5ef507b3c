//! Server-sent events, as far as the orchestrator uses them.

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name; `message` when it has none.
    pub(crate) name: String,
    /// Its data, lines joined by newlines.
    pub(crate) data: String,
}

/// Puts events together from lines.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    name: String,
    data: Option<String>,
}

impl Decoder {
    /// Takes the next line, without its end; an event when the line completes one.
    pub(crate) fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = self.data.take();
            if name.is_empty() && data.is_none() {
                return None;
            }
            let name = if name.is_empty() { "message".to_owned() } else { name };
            return Some(Event { name, data: data.unwrap_or_default() });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Comments keep the connection alive; ids repeat what the record says.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(text: &str) -> Vec<(String, String)> {
        let mut decoder = Decoder::default();
        text.lines().filter_map(|line| decoder.line(line)).map(|event| (event.name, event.data)).collect()
    }

    #[test]
    fn events_are_separated_by_blank_lines_and_comments_are_none() {
        let text = ": hello\n\nid: 3\ndata: {\"a\":1}\n\ndata:x\ndata: y\n\nevent: end\n\nevent: cut off";
        let expected = [("message", "{\"a\":1}"), ("message", "x\ny"), ("end", "")];
        assert_eq!(decode(text), expected.map(|(name, data)| (name.to_owned(), data.to_owned())));
    }

    proptest! {
        #[test]
        fn data_without_line_ends_comes_through(data in "[^\\r\\n\\x0b\\x0c\\x1c-\\x1e\\x85\\u{2028}\\u{2029}]{0,60}") {
            let decoded = decode(&format!("data: {data}\n\n"));
            prop_assert_eq!(decoded, vec![("message".to_owned(), data)]);
        }

        #[test]
        fn any_text_is_decoded_or_ignored(text in "(?s).{0,200}") {
            let _ = decode(&text);
        }
    }
}
