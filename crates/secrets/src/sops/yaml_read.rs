//! YAML text to a tree.
//!
//! The parser hands over events; a stack of unfinished containers turns them into a tree, so no input can make this
//! recurse. What a tree cannot hold (anchors, tags, keys that are no text, several documents) is refused.

use std::borrow::Cow;

use clawlets_model::Secret;
use granit_parser::{Event, Parser, Placement as CommentPlacement, ScalarStyle, Span, options};

use super::{
    error::YamlError,
    plain::{Plain, resolve},
    tree::{Comment, Element, Entry, Item, List, Mapping, Node, Placement, Scalar, ScalarKind, Tree},
};

impl Tree {
    /// Reads YAML text. An empty text is an empty tree.
    ///
    /// # Errors
    /// [`YamlError`] with the line; it quotes keys, never values.
    pub fn from_yaml(text: &str) -> Result<Self, YamlError> {
        if text.len() > YamlError::MAX_BYTES {
            return Err(YamlError::TooLarge { bytes: text.len() });
        }
        // Anchors are refused with the node that carries them, so their own events are not needed.
        let options = options! { block_nesting_limit: 64, flow_nesting_limit: 64 };
        let mut builder = Builder::default();
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) = next.map_err(|error| YamlError::Syntax {
                line: error.marker().line(),
                reason: "this is no YAML: look for a missing quote, a wrong indentation or a tab".to_owned(),
            })?;
            builder.take(event, span)?;
        }
        Ok(Self { root: builder.root.unwrap_or_default() })
    }
}

/// A container whose end has not come yet.
enum Open {
    Mapping { column: usize, mapping: Mapping, key: Option<String> },
    List { column: usize, list: List },
}

#[derive(Default)]
struct Builder {
    stack: Vec<Open>,
    root: Option<Mapping>,
    documents: usize,
    /// Comments whose place is not known yet, with their columns.
    pending: Vec<(usize, Comment)>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let line = span.start.line();
        match event {
            Event::StreamStart
            | Event::DocumentStart(_, None)
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_) => {}
            Event::DocumentStart(..) => {
                return refuse(line, "a %YAML directive is not kept by SOPS; remove it");
            }
            Event::DocumentEnd => self.documents += 1,
            Event::StreamEnd => self.finish(),
            Event::Alias(_) => {
                return refuse(line, "an alias (*name) would be written out; write the value itself");
            }
            Event::Comment(text, placement) => self.comment(&text, placement, span.start.col()),
            Event::Scalar(text, style, anchor, tag) => {
                bare(line, anchor, tag.is_some())?;
                self.scalar(text, style, line)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                bare(line, anchor, tag.is_some())?;
                self.first(line)?;
                self.no_key(line)?;
                self.stack.push(Open::Mapping {
                    column: span.start.col(),
                    mapping: Mapping::default(),
                    key: None,
                });
            }
            Event::SequenceStart(_, anchor, tag) => {
                bare(line, anchor, tag.is_some())?;
                self.first(line)?;
                self.no_key(line)?;
                if self.stack.is_empty() {
                    return refuse(line, "the outermost value is a list; SOPS needs keys with values");
                }
                self.stack.push(Open::List { column: span.start.col(), list: List::default() });
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(line)?,
            // The parser's own list may grow; what it did not have when this was written is not understood.
            _ => return refuse(line, "this form of YAML is not known here"),
        }
        Ok(())
    }

    fn first(&self, line: usize) -> Result<(), YamlError> {
        if self.documents > 0 {
            return refuse(line, "there is a second document; write one document per file");
        }
        Ok(())
    }

    /// A container cannot be a key.
    fn no_key(&self, line: usize) -> Result<(), YamlError> {
        match self.stack.last() {
            Some(Open::Mapping { key: None, .. }) => refuse(line, "a key must be text"),
            Some(Open::Mapping { key: Some(_), .. } | Open::List { .. }) | None => Ok(()),
        }
    }

    fn comment(&mut self, text: &str, placement: CommentPlacement, column: usize) {
        let is_behind = placement == CommentPlacement::Right;
        let placement = if is_behind { Placement::Behind } else { Placement::OwnLine };
        let comment = Comment { text: Secret::from(text), placement };
        if is_behind && self.goes_behind(&comment) {
            return;
        }
        self.pending.push((column, Comment { placement: Placement::OwnLine, ..comment }));
    }

    /// Puts a comment that stands behind a value in front of it in the tree; false when there is no value.
    fn goes_behind(&mut self, comment: &Comment) -> bool {
        match self.stack.last_mut() {
            Some(Open::Mapping { mapping, key: None, .. }) => match mapping.items.last() {
                Some(Item::Entry(Entry { value: Node::Scalar(_) | Node::Null, .. })) => {
                    mapping.items.insert(mapping.items.len() - 1, Item::Comment(comment.clone()));
                    true
                }
                Some(Item::Entry(_) | Item::Comment(_)) | None => false,
            },
            Some(Open::List { list, .. }) => match list.elements.last() {
                Some(Element::Node(Node::Scalar(_) | Node::Null)) => {
                    list.elements.insert(list.elements.len() - 1, Element::Comment(comment.clone()));
                    true
                }
                Some(Element::Node(_) | Element::Comment(_)) | None => false,
            },
            Some(Open::Mapping { key: Some(_), .. }) | None => false,
        }
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, line: usize) -> Result<(), YamlError> {
        let text = separated(text, style, line)?;
        let plain = match style {
            ScalarStyle::Plain => resolve(&text),
            ScalarStyle::SingleQuoted
            | ScalarStyle::DoubleQuoted
            | ScalarStyle::Literal
            | ScalarStyle::Folded => Plain::Value(ScalarKind::Text),
        };
        let is_key = matches!(self.stack.last(), Some(Open::Mapping { key: None, .. }));
        if is_key {
            return self.key(text.into_owned(), plain, line);
        }
        let node = match plain {
            Plain::Null => Node::Null,
            Plain::Value(kind) => Node::Scalar(Scalar { kind, text: Secret::new(text.into_owned()) }),
            Plain::Ambiguous => {
                return refuse(line, "programs read this number or date in different ways; put it in quotes");
            }
        };
        self.first(line)?;
        match (self.stack.is_empty(), &node) {
            (true, Node::Null) => Ok(()),
            (true, Node::Scalar(_) | Node::Mapping(_) | Node::List(_)) => {
                refuse(line, "the outermost value is a single one; SOPS needs keys with values")
            }
            (false, _) => self.add(node, line),
        }
    }

    fn key(&mut self, text: String, plain: Plain, line: usize) -> Result<(), YamlError> {
        if plain != Plain::Value(ScalarKind::Text) {
            return refuse(line, "SOPS knows only text as a key; put the key in quotes");
        }
        if text == "<<" {
            return refuse(line, "a merge key (<<) would be written out; write the values themselves");
        }
        let comments = std::mem::take(&mut self.pending);
        let Some(Open::Mapping { mapping, key, .. }) = self.stack.last_mut() else {
            return Ok(());
        };
        if mapping.get(&text).is_some() {
            return Err(YamlError::DuplicateKey { line, key: text });
        }
        mapping.items.extend(comments.into_iter().map(|(_, comment)| Item::Comment(comment)));
        *key = Some(text);
        Ok(())
    }

    /// Adds a finished node to the container around it.
    fn add(&mut self, node: Node, line: usize) -> Result<(), YamlError> {
        let is_scalar = matches!(node, Node::Scalar(_) | Node::Null);
        // Comments before a container's own first line went into it.
        let comments = if is_scalar { std::mem::take(&mut self.pending) } else { Vec::new() };
        match self.stack.last_mut() {
            Some(Open::Mapping { mapping, key, .. }) => {
                let Some(key) = key.take() else { return refuse(line, "a key must be text") };
                mapping.items.extend(comments.into_iter().map(|(_, comment)| Item::Comment(comment)));
                mapping.items.push(Item::Entry(Entry { key, value: node }));
            }
            Some(Open::List { list, .. }) => {
                list.elements.extend(comments.into_iter().map(|(_, comment)| Element::Comment(comment)));
                list.elements.push(Element::Node(node));
            }
            None => {}
        }
        Ok(())
    }

    fn close(&mut self, line: usize) -> Result<(), YamlError> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        match open {
            Open::Mapping { column, mut mapping, .. } => {
                mapping.items.extend(self.deeper(column).map(Item::Comment));
                if self.stack.is_empty() {
                    self.root = Some(mapping);
                    return Ok(());
                }
                self.add(Node::Mapping(mapping), line)
            }
            Open::List { column, mut list } => {
                list.elements.extend(self.deeper(column).map(Element::Comment));
                self.add(Node::List(list), line)
            }
        }
    }

    /// Takes the pending comments up to the first that stands further left than a container.
    fn deeper(&mut self, column: usize) -> impl Iterator<Item = Comment> + use<> {
        let end = self.pending.iter().position(|(at, _)| *at < column).unwrap_or(self.pending.len());
        self.pending.drain(..end).map(|(_, comment)| comment).collect::<Vec<_>>().into_iter()
    }

    /// Comments at the end of the file belong to the outermost mapping.
    fn finish(&mut self) {
        let comments = std::mem::take(&mut self.pending);
        if !comments.is_empty() {
            let root = self.root.get_or_insert_default();
            root.items.extend(comments.into_iter().map(|(_, comment)| Item::Comment(comment)));
        }
    }
}

/// What a text with U+2028 or U+2029 means. These are characters to this parser and line ends to the reference program,
/// which goes on after them in a new line, with its indentation.
fn separated(text: Cow<'_, str>, style: ScalarStyle, line: usize) -> Result<Cow<'_, str>, YamlError> {
    const SEPARATORS: [char; 2] = ['\u{2028}', '\u{2029}'];
    const NEXT_LINE: char = '\u{85}';
    const BLANKS: [char; 2] = [' ', '\t'];
    const DIFFERS: &str = "programs read the line ends U+0085, U+2028 and U+2029 in different ways; write them as \\N, \\L and \\P in double quotes";
    match style {
        ScalarStyle::DoubleQuoted => Ok(text),
        ScalarStyle::Plain | ScalarStyle::SingleQuoted if text.contains(NEXT_LINE) => refuse(line, DIFFERS),
        ScalarStyle::Plain | ScalarStyle::SingleQuoted if text.contains(SEPARATORS) => {
            let mut joined = String::with_capacity(text.len());
            let mut rest = text.as_ref();
            for separator in text.matches(SEPARATORS) {
                let (line, next) = rest.split_once(separator).unwrap_or((rest, ""));
                joined.push_str(line.trim_end_matches(BLANKS));
                joined.push_str(separator);
                rest = next.trim_start_matches(BLANKS);
            }
            joined.push_str(rest);
            Ok(Cow::Owned(joined))
        }
        ScalarStyle::Plain | ScalarStyle::SingleQuoted => Ok(text),
        ScalarStyle::Literal | ScalarStyle::Folded
            if text.contains(NEXT_LINE) || text.contains(SEPARATORS) =>
        {
            refuse(line, DIFFERS)
        }
        ScalarStyle::Literal | ScalarStyle::Folded => Ok(text),
    }
}

fn bare(line: usize, anchor: usize, has_tag: bool) -> Result<(), YamlError> {
    if anchor != 0 {
        return refuse(line, "an anchor (&name) is not kept by SOPS; remove it");
    }
    if has_tag {
        return refuse(line, "a tag (!name) is not kept by SOPS; remove it");
    }
    Ok(())
}

fn refuse<T>(line: usize, what: &'static str) -> Result<T, YamlError> {
    Err(YamlError::Unsupported { line, what })
}
