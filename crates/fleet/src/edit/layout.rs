//! How a document is laid out, and writing values in the same manner.

use std::ops::Range;

use serde_json::Value;

/// The longest list of plain values that is written on one line, in bytes.
const LINE: usize = 80;

/// What a document shows of its writer's habits.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    newline: &'static str,
    /// The indentation of one level.
    unit: String,
}

/// How one element stands among its siblings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stance {
    /// On a line of its own, behind this indentation.
    Line(String),
    /// Behind its sibling, on the same line.
    Inline,
}

/// The spaces around colons and commas of one container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// `{ "a": 1, "b": 2 }`
    Wide,
    /// `{"a":1,"b":2}`
    Tight,
}

/// The parts of an object or a list, by their places in the text.
#[derive(Debug, Clone)]
pub(super) struct Container {
    /// From the opening to the closing bracket.
    pub(super) span: Range<usize>,
    /// Each property (key and value) or element.
    pub(super) parts: Vec<Range<usize>>,
    pub(super) spacing: Spacing,
}

impl Habits {
    /// Looks at a document and its outermost object.
    pub(super) fn of(text: &str, root: &Container) -> Self {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let unit = match root.parts.first().map(|_| root.stance(text, 0)) {
            Some(Stance::Line(indent)) if !indent.is_empty() => indent,
            Some(Stance::Line(_) | Stance::Inline) | None => "  ".to_owned(),
        };
        Self { newline, unit }
    }

    /// A value as text, for a place of that stance.
    pub(super) fn render(&self, value: &Value, stance: &Stance, spacing: Spacing) -> String {
        let inline = inline(value, spacing);
        let Stance::Line(indent) = stance else { return inline };
        let deeper = Stance::Line(format!("{indent}{}", self.unit));
        let (open, parts, close): (_, Vec<String>, _) = match value {
            Value::Array(elements) if elements.iter().any(is_branch) || inline.len() > LINE => {
                ('[', elements.iter().map(|element| self.render(element, &deeper, spacing)).collect(), ']')
            }
            Value::Object(properties) if !properties.is_empty() => {
                let property = |(key, value): (&String, &Value)| {
                    format!("{}{}{}", quoted(key), spacing.colon(), self.render(value, &deeper, spacing))
                };
                ('{', properties.iter().map(property).collect(), '}')
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => return inline,
        };
        let lead = self.lead(&deeper);
        format!("{open}{lead}{}{}{close}", parts.join(&format!(",{lead}")), self.lead(stance))
    }

    /// What stands before something of that stance.
    pub(super) fn lead(&self, stance: &Stance) -> String {
        match stance {
            Stance::Line(indent) => format!("{}{indent}", self.newline),
            Stance::Inline => String::new(),
        }
    }
}

impl Container {
    /// The stance of a part that is there.
    pub(super) fn stance(&self, text: &str, at: usize) -> Stance {
        let gap = &text[self.gap_before(at)];
        match gap.rfind('\n') {
            Some(newline) => Stance::Line(gap[newline + 1..].to_owned()),
            None => Stance::Inline,
        }
    }

    /// What stands between a part and the one before it, or the opening bracket.
    fn gap_before(&self, at: usize) -> Range<usize> {
        let start = match at.checked_sub(1) {
            Some(before) => self.parts[before].end,
            None => self.span.start + 1,
        };
        start..self.parts[at].start
    }

    /// The text without one part, as a place and what to put there.
    pub(super) fn without(&self, at: usize) -> Range<usize> {
        match (at.checked_sub(1), self.parts.get(at + 1)) {
            (None, None) => self.span.start + 1..self.span.end - 1,
            (_, Some(next)) => self.parts[at].start..next.start,
            (Some(before), None) => self.parts[before].end..self.parts[at].end,
        }
    }
}

impl Spacing {
    /// How the writer of a text like `:` or `: ` writes.
    pub(super) fn of_colon(gap: &str) -> Self {
        if gap == ":" { Self::Tight } else { Self::Wide }
    }

    pub(super) const fn colon(self) -> &'static str {
        match self {
            Self::Wide => ": ",
            Self::Tight => ":",
        }
    }

    /// Between two parts on one line.
    pub(super) const fn comma(self) -> &'static str {
        match self {
            Self::Wide => ", ",
            Self::Tight => ",",
        }
    }

    /// Inside of the braces of an object on one line.
    const fn padding(self) -> &'static str {
        match self {
            Self::Wide => " ",
            Self::Tight => "",
        }
    }
}

/// A text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn is_branch(value: &Value) -> bool {
    match value {
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(properties) => !properties.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn inline(value: &Value, spacing: Spacing) -> String {
    match value {
        Value::Array(elements) => {
            let parts: Vec<_> = elements.iter().map(|element| inline(element, spacing)).collect();
            format!("[{}]", parts.join(spacing.comma()))
        }
        Value::Object(properties) if !properties.is_empty() => {
            let property = |(key, value): (&String, &Value)| {
                format!("{}{}{}", quoted(key), spacing.colon(), inline(value, spacing))
            };
            let parts: Vec<_> = properties.iter().map(property).collect();
            let padding = spacing.padding();
            format!("{{{padding}{}{padding}}}", parts.join(spacing.comma()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}
