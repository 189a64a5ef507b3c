//! From a text to a fleet.

use crate::{
    fleet::{Fleet, Scope},
    form::{Fields, Form, Reader},
    json::{JsonPath, Lines, parse},
    migrate::upgrade,
    problem::{Draft, InvalidFleet, Problem, ProblemCode, Severity},
    rules,
    version::SchemaVersion,
};

/// A fleet that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The fleet.
    pub fleet: Fleet,
    /// The version that the text is of. One that is not current was migrated in memory.
    pub from_version: SchemaVersion,
    /// What somebody should look at, in the order of the text. None of them is an error, unless it is weighed
    /// strictly: see [`Problem::weighed`].
    pub warnings: Vec<Problem>,
}

impl Fleet {
    /// Reads a declaration, of the current version or an earlier one.
    ///
    /// # Errors
    /// [`InvalidFleet`] with everything that is wrong with the text, warnings included.
    pub fn read(text: &str) -> Result<Loaded, InvalidFleet> {
        load(text, Scope::Whole)
    }

    /// Reads a part of a declaration: some of its sections, such as `cattle` alone. What is left out has its defaults.
    ///
    /// # Errors
    /// As [`Fleet::read`]. That a section is missing is no error.
    pub fn read_fragment(text: &str) -> Result<Loaded, InvalidFleet> {
        load(text, Scope::Fragment)
    }

    /// Reads a declaration from the bytes of a file.
    ///
    /// # Errors
    /// As [`Fleet::read`], also for bytes that are no UTF-8.
    pub fn read_bytes(bytes: &[u8]) -> Result<Loaded, InvalidFleet> {
        Self::read(text_of(bytes)?)
    }

    /// Reads a part of a declaration from the bytes of a file.
    ///
    /// # Errors
    /// As [`Fleet::read_fragment`], also for bytes that are no UTF-8.
    pub fn read_fragment_bytes(bytes: &[u8]) -> Result<Loaded, InvalidFleet> {
        Self::read_fragment(text_of(bytes)?)
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, InvalidFleet> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let draft = Draft::new(ProblemCode::Syntax, "the file is not UTF-8 text");
        InvalidFleet { problems: vec![draft.at(JsonPath::root(), Lines::of(valid).position(valid.len()))] }
    })
}

/// What is wrong with a text that is no JSON.
pub(crate) fn no_json(fault: crate::json::SyntaxFault, lines: &Lines<'_>) -> InvalidFleet {
    let draft = Draft::new(ProblemCode::Syntax, fault.message);
    let draft = match fault.expected {
        Some(expected) => draft.expected(expected),
        None => draft,
    };
    InvalidFleet { problems: vec![draft.at(JsonPath::root(), lines.position(fault.at))] }
}

fn load(text: &str, scope: Scope) -> Result<Loaded, InvalidFleet> {
    let lines = Lines::of(text);
    let mut tree = parse(text).map_err(|fault| no_json(fault, &lines))?;
    let mut reader = Reader::new(&lines);
    let Some(version) = SchemaVersion::of(&tree, &mut reader) else {
        return Err(InvalidFleet { problems: reader.finish() });
    };
    let steps = upgrade(&mut tree, version);
    if version.is_current() {
        for step in steps {
            reader.report_at(step.path, step.byte, Draft::new(ProblemCode::OldName, step.text));
        }
    } else if let Some(node) = tree.child("schemaVersion") {
        let what = format!("is {version}: the current version is {}", SchemaVersion::CURRENT);
        let draft = Draft::new(ProblemCode::OldVersion, what);
        reader.report_at(JsonPath::of(["schemaVersion"]), node.span.start, draft);
    }
    let fleet = <Fleet as Form>::read(&tree, &mut reader).map(|mut fleet| {
        fleet.fill_in();
        if let Some(mut fields) = Fields::over(&tree, &mut reader) {
            rules::root(&fleet, scope, &mut fields);
        }
        fleet
    });
    let problems = reader.finish();
    match fleet {
        Some(fleet) if problems.iter().all(|problem| problem.severity == Severity::Warning) => {
            Ok(Loaded { fleet, from_version: version, warnings: problems })
        }
        Some(_) | None => Err(InvalidFleet { problems }),
    }
}
