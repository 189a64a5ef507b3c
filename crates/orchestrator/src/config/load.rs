//! From bytes to settings, with every fault found on the way.

use std::{collections::BTreeMap, fs, path::Path};

use clawlets_model::document::suggest;
use serde::Deserialize;
use serde_path_to_error::Segment;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use super::{
    check,
    document::Document,
    fault::{ConfigError, Fault},
    overrides::Overrides,
    settings::Config,
};

/// The largest file, in bytes.
const MAX_LENGTH: usize = 1024 * 1024;
/// How many faults of form are looked for; a file with more is read again after these are mended.
const MAX_FAULTS: usize = 64;

/// Where each key stands in the file: its line, from 1.
pub(super) type Lines = BTreeMap<String, usize>;

/// Reads and checks the file at `path`, with `overrides` put over it.
///
/// # Errors
/// [`ConfigError`] when the file cannot be read, or with every fault that it has.
pub fn load(path: &Path, overrides: &Overrides) -> Result<Config, ConfigError> {
    let bytes = fs::read(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let invalid = |faults| ConfigError::Invalid { path: path.to_owned(), faults };
    let whole = |message: &str| {
        vec![Fault { path: String::new(), line: None, message: message.to_owned(), suggestion: None }]
    };
    if bytes.len() > MAX_LENGTH {
        return Err(invalid(whole("is longer than 1 MiB")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid(whole("is not UTF-8 text")))?;
    let (document, lines, mut faults) = read_document(text, overrides);
    let settings = check::check(document, path, &lines, overrides, &mut faults);
    match settings {
        Some(settings) if faults.is_empty() => Ok(settings),
        Some(_) | None => {
            faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
            Err(invalid(faults))
        }
    }
}

/// Reads as much of the document as has the right form. Each entry that has not is reported and left out.
fn read_document(text: &str, overrides: &Overrides) -> (Document, Lines, Vec<Fault>) {
    let (root, syntax) = DeTable::parse_recoverable(text);
    let mut faults: Vec<Fault> = syntax.iter().map(|error| fault_of(text, String::new(), error)).collect();
    let span = root.span();
    let mut root = root.into_inner();
    let mut lines = Lines::new();
    collect_lines(text, "", &root, &mut lines);
    overrides.apply(&mut root);
    while faults.len() < MAX_FAULTS {
        let deserializer = Deserializer::from(Spanned::new(span.clone(), root.clone()));
        let mut track = serde_path_to_error::Track::new();
        let read = Document::deserialize(serde_path_to_error::Deserializer::new(deserializer, &mut track));
        let error = match read {
            Ok(document) => return (document, lines, faults),
            Err(error) => error,
        };
        let path = track.path();
        let segments: Vec<&Segment> = path.iter().collect();
        let mut fault = fault_of(text, path.to_string(), &error);
        if let Some(variable) = overrides.variable_for(&fault.path) {
            fault.line = None;
            fault.message = format!("{} (from the variable {variable})", fault.message);
        }
        faults.push(fault);
        if !remove(&mut root, &segments) {
            break;
        }
    }
    (Document::default(), lines, faults)
}

fn fault_of(text: &str, path: String, error: &toml::de::Error) -> Fault {
    let line = error.span().filter(|span| span.end > 0).map(|span| line_of(text, span.start));
    let message = error.message().trim().replace('\n', ", ");
    let path = if path == "." { String::new() } else { path };
    Fault { path, line, suggestion: suggest(&message), message }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

fn collect_lines(text: &str, prefix: &str, table: &DeTable<'_>, lines: &mut Lines) {
    for (key, value) in table {
        let path =
            if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
        if let DeValue::Table(inner) = value.get_ref() {
            collect_lines(text, &path, inner, lines);
        }
        lines.insert(path, line_of(text, key.span().start));
    }
}

/// Takes the entry at a path out of the tree: the innermost table entry on the way.
fn remove(root: &mut DeTable<'_>, path: &[&Segment]) -> bool {
    let Some((Segment::Map { key } | Segment::Enum { variant: key }, rest)) = path.split_first() else {
        return false;
    };
    if let Some(DeValue::Table(inner)) = root.get_mut(key.as_str()).map(Spanned::get_mut)
        && !rest.is_empty()
        && remove(inner, rest)
    {
        return true;
    }
    root.remove(key.as_str()).is_some()
}
