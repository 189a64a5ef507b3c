//! Parts of a text that are replaced, and what comes in their place.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{
    layout::{Habits, Spacing, Stance, quoted},
    tree::{Spot, Tree, span},
};

/// A part of the text, and what comes in its place.
pub(super) struct Splice {
    pub(super) at: Range<usize>,
    pub(super) with: String,
}

/// What is added to an object or a list.
pub(super) enum Part<'a> {
    Property(&'a str, &'a Value),
    Element(&'a Value),
}

impl Part<'_> {
    /// The object or list that holds nothing but these; they are all of one kind.
    fn together(parts: &[Self]) -> Value {
        let mut properties = Map::new();
        let mut elements = Vec::new();
        for part in parts {
            match part {
                Self::Property(key, value) => {
                    properties.insert((*key).to_owned(), (*value).clone());
                }
                Self::Element(value) => elements.push((*value).clone()),
            }
        }
        if elements.is_empty() { Value::Object(properties) } else { Value::Array(elements) }
    }

    fn written(&self, habits: &Habits, stance: &Stance, spacing: Spacing) -> String {
        match self {
            Self::Property(key, value) => {
                format!("{}{}{}", quoted(key), spacing.colon(), habits.render(value, stance, spacing))
            }
            Self::Element(value) => habits.render(value, stance, spacing),
        }
    }
}

/// Another value in the place of one that is there.
pub(super) fn replaced(habits: &Habits, spot: &Spot<'_>, value: &Value) -> Splice {
    Splice { at: span(spot.node), with: habits.render(value, &spot.stance, spot.spacing) }
}

/// More parts in an object or a list, before the one of that index or behind all. There is at least one.
pub(super) fn added(
    tree: &Tree<'_>,
    habits: &Habits,
    spot: &Spot<'_>,
    index: usize,
    parts: &[Part<'_>],
) -> Splice {
    let container = tree.container(spot.node).expect("only objects and lists take parts");
    let Some(last) = container.parts.len().checked_sub(1) else {
        let whole = Part::together(parts);
        return Splice { at: container.span, with: habits.render(&whole, &spot.stance, spot.spacing) };
    };
    // A part joins the manner of its neighbour: the one that it pushes back, or else the last.
    let stance = container.stance(tree.text(), index.min(last));
    let comma = match &stance {
        Stance::Line(_) => format!(",{}", habits.lead(&stance)),
        Stance::Inline => container.spacing.comma().to_owned(),
    };
    let written: Vec<_> = parts.iter().map(|part| part.written(habits, &stance, container.spacing)).collect();
    let written = written.join(&comma);
    match container.parts.get(index) {
        Some(next) => Splice { at: next.start..next.start, with: format!("{written}{comma}") },
        None => {
            let end = container.parts[last].end;
            Splice { at: end..end, with: format!("{comma}{written}") }
        }
    }
}

/// The text with all of these in place. They do not overlap.
pub(super) fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.at.start);
    let mut after = String::with_capacity(text.len());
    let mut done = 0;
    for Splice { at, with } in splices {
        after.push_str(&text[done..at.start]);
        after.push_str(&with);
        done = at.end;
    }
    after.push_str(&text[done..]);
    after
}
