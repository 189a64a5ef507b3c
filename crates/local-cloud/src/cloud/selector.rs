//! Label selectors, in the grammar of the vendor's API.
//!
//! ```text
//! selector    = requirement *("," requirement)      every requirement must hold
//! requirement = key | "!" key
//!             | key ("=" | "==" | "!=") value
//!             | key ("in" | "notin") "(" value *("," value) ")"
//! ```
//! White space is allowed around every word. `!=` and `notin` also hold when the key is missing. An empty selector
//! holds for everything.

use std::fmt;

use clawlets_model::{LabelKey, LabelValue, label::Labels};
use serde::{Deserialize, Serialize};

/// A selector that has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Selector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: LabelKey,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Exists,
    Missing,
    OneOf(Vec<LabelValue>),
    NoneOf(Vec<LabelValue>),
}

/// Why a text is not a selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid label selector at character {position}: expected {expected}")]
pub(crate) struct SelectorError {
    /// Counted from one.
    position: usize,
    expected: &'static str,
}

impl Selector {
    /// Reads a selector.
    pub(crate) fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut reader = Reader { text, at: 0 };
        let mut requirements = Vec::new();
        reader.skip_space();
        if reader.rest().is_empty() {
            return Ok(Self { requirements });
        }
        loop {
            requirements.push(reader.requirement()?);
            if reader.rest().is_empty() {
                return Ok(Self { requirements });
            }
            reader.symbol(",", "a comma or the end")?;
        }
    }

    /// Whether every requirement holds.
    pub(crate) fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|Requirement { key, test }| {
            let value = labels.get(key);
            match test {
                Test::Exists => value.is_some(),
                Test::Missing => value.is_none(),
                Test::OneOf(values) => value.is_some_and(|value| values.contains(value)),
                Test::NoneOf(values) => value.is_none_or(|value| !values.contains(value)),
            }
        })
    }
}

/// What is left of a selector's text.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn requirement(&mut self) -> Result<Requirement, SelectorError> {
        if self.accepts("!") {
            return Ok(Requirement { key: self.key()?, test: Test::Missing });
        }
        let key = self.key()?;
        let test = if self.accepts("!=") {
            Test::NoneOf(vec![self.value()?])
        } else if self.accepts("==") || self.accepts("=") {
            Test::OneOf(vec![self.value()?])
        } else {
            match self.peek_word() {
                "" => Test::Exists,
                "in" => Test::OneOf(self.values()?),
                "notin" => Test::NoneOf(self.values()?),
                _ => return Err(self.expected("an operator, a comma or the end")),
            }
        };
        Ok(Requirement { key, test })
    }

    fn key(&mut self) -> Result<LabelKey, SelectorError> {
        let key = LabelKey::parse(self.peek_word()).map_err(|_| self.expected("a label key"))?;
        self.skip_word();
        Ok(key)
    }

    fn value(&mut self) -> Result<LabelValue, SelectorError> {
        let value = LabelValue::parse(self.peek_word()).map_err(|_| self.expected("a label value"))?;
        self.skip_word();
        Ok(value)
    }

    /// The operator that is next, and the list behind it.
    fn values(&mut self) -> Result<Vec<LabelValue>, SelectorError> {
        self.skip_word();
        self.symbol("(", "an opening parenthesis")?;
        let mut values = vec![self.value()?];
        while !self.accepts(")") {
            self.symbol(",", "a comma or a closing parenthesis")?;
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn symbol(&mut self, symbol: &str, expected: &'static str) -> Result<(), SelectorError> {
        if self.accepts(symbol) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn accepts(&mut self, symbol: &str) -> bool {
        let found = self.rest().starts_with(symbol);
        if found {
            self.at += symbol.len();
            self.skip_space();
        }
        found
    }

    fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "!=,()".contains(c)).unwrap_or(rest.len());
        &rest[..end]
    }

    fn skip_word(&mut self) {
        self.at += self.peek_word().len();
        self.skip_space();
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn expected(&self, expected: &'static str) -> SelectorError {
        SelectorError { position: self.text[..self.at].chars().count() + 1, expected }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Requirement { key, test }) in self.requirements.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let list =
                |values: &[LabelValue]| values.iter().map(LabelValue::as_str).collect::<Vec<_>>().join(",");
            match test {
                Test::Exists => write!(f, "{comma}{key}")?,
                Test::Missing => write!(f, "{comma}!{key}")?,
                Test::OneOf(values) if values.len() == 1 => write!(f, "{comma}{key}={}", list(values))?,
                Test::NoneOf(values) if values.len() == 1 => write!(f, "{comma}{key}!={}", list(values))?,
                Test::OneOf(values) => write!(f, "{comma}{key} in ({})", list(values))?,
                Test::NoneOf(values) => write!(f, "{comma}{key} notin ({})", list(values))?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Selector {
    type Error = SelectorError;

    fn try_from(text: String) -> Result<Self, SelectorError> {
        Self::parse(&text)
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let parse =
            |(key, value): &(&str, &str)| (LabelKey::parse(key).unwrap(), LabelValue::parse(value).unwrap());
        pairs.iter().map(parse).collect()
    }

    #[test]
    fn each_form_selects_what_it_says() {
        let server = labels(&[("env", "prod"), ("example.com/team", "a"), ("empty", "")]);
        let cases = [
            ("", true),
            ("env", true),
            ("!env", false),
            ("other", false),
            ("! other", true),
            ("env=prod", true),
            ("env==prod", true),
            ("env = test", false),
            ("env!=prod", false),
            ("env != test", true),
            ("other!=test", true),
            ("empty=", true),
            ("env=", false),
            ("env in (test,prod)", true),
            ("env in(test)", false),
            ("env notin (test, dev)", true),
            ("env notin (prod)", false),
            ("other notin (prod)", true),
            (" env , example.com/team = a ", true),
            ("env=prod,example.com/team=b", false),
        ];
        for (text, expected) in cases {
            assert_eq!(Selector::parse(text).unwrap().matches(&server), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_selector_is_refused_with_the_place() {
        let cases = [
            (",", 1, "a label key"),
            ("env,", 5, "a label key"),
            ("env,,other", 5, "a label key"),
            ("-env", 1, "a label key"),
            ("env=pröd", 5, "a label value"),
            ("env prod", 5, "an operator, a comma or the end"),
            ("env in prod", 8, "an opening parenthesis"),
            ("env in (a b)", 11, "a comma or a closing parenthesis"),
            ("env in (a", 10, "a comma or a closing parenthesis"),
            ("env=a)", 6, "a comma or the end"),
        ];
        for (text, position, expected) in cases {
            assert_eq!(Selector::parse(text), Err(SelectorError { position, expected }), "{text}");
        }
    }

    fn requirement() -> impl Strategy<Value = String> {
        let word = "[a-z]([a-z0-9._-]{0,5}[a-z0-9])?";
        let values = proptest::collection::vec(word, 1..4).prop_map(|values| values.join(" , "));
        prop_oneof![
            word.prop_map(|key| key),
            word.prop_map(|key| format!("!{key}")),
            (word, word, prop_oneof!["=", "==", "!="])
                .prop_map(|(key, value, is)| format!("{key} {is} {value}")),
            (word, values, prop_oneof!["in", "notin"])
                .prop_map(|(key, list, is)| format!("{key} {is} ({list})")),
        ]
    }

    proptest! {
        #[test]
        fn a_selector_means_the_same_after_it_was_written_and_read_again(
            parts in proptest::collection::vec(requirement(), 0..4),
        ) {
            let selector = Selector::parse(&parts.join(" ,")).unwrap();
            prop_assert_eq!(Selector::parse(&selector.to_string()).unwrap(), selector);
        }

        #[test]
        fn a_comma_is_and(
            left in requirement(), right in requirement(),
            pairs in proptest::collection::btree_map("[a-c]", "[a-c]", 0..3),
        ) {
            let labels: Labels = pairs
                .iter()
                .map(|(key, value)| (LabelKey::parse(key).unwrap(), LabelValue::parse(value).unwrap()))
                .collect();
            let both = Selector::parse(&format!("{left},{right}")).unwrap().matches(&labels);
            let each = [left, right].map(|text| Selector::parse(&text).unwrap().matches(&labels));
            prop_assert_eq!(both, each[0] && each[1]);
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,80}") {
            if let Err(error) = Selector::parse(&text) {
                prop_assert!(error.position <= text.chars().count() + 1);
            }
        }
    }
}
