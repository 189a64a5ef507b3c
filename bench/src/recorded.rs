//! Results that are kept in the project: a document, the tables of the README made from it, and the pictures.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{report::Report, spawn};

const RESULTS: &str = "results.json";
const README: &str = "README.md";
/// Where the picture of the guide lies, seen from this folder.
const PICTURE: &str = "../docs/pictures/spawn-timeline.svg";
/// Between these lines the README is written by this program.
const BEGIN: &str = "<!-- begin of the results; `clawlets-bench --render` writes them -->";
const END: &str = "<!-- end of the results -->";

/// Results could not be kept.
#[derive(Debug)]
pub(crate) enum RecordError {
    /// A file could not be used.
    File(&'static str, PathBuf, io::Error),
    /// The document is not one of ours.
    Document(PathBuf, serde_json::Error),
    /// The README has no place for results.
    NoPlace(PathBuf),
}

impl std::fmt::Display for RecordError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(action, path, error) => write!(f, "failed to {action} {}: {error}", path.display()),
            Self::Document(path, error) => write!(f, "{} is not a list of results: {error}", path.display()),
            Self::NoPlace(path) => {
                write!(f, "{} has no line {BEGIN:?} with {END:?} after it", path.display())
            }
        }
    }
}

/// The last results of each benchmark.
#[derive(Debug, Default)]
pub(crate) struct Recorded(Vec<Report>);

/// Keeps reports in a folder, in the place of earlier ones of the same benchmarks.
pub(crate) fn keep(folder: &Path, reports: Vec<Report>) -> Result<(), RecordError> {
    let mut recorded =
        if folder.join(RESULTS).exists() { Recorded::read(folder)? } else { Recorded::default() };
    for report in reports {
        recorded.0.retain(|known| known.benchmark != report.benchmark);
        recorded.0.push(report);
    }
    recorded.write(folder)
}

impl Recorded {
    /// Reads the results that a folder keeps.
    pub(crate) fn read(folder: &Path) -> Result<Self, RecordError> {
        let path = folder.join(RESULTS);
        let text =
            fs::read_to_string(&path).map_err(|error| RecordError::File("read", path.clone(), error))?;
        serde_json::from_str(&text).map(Self).map_err(|error| RecordError::Document(path, error))
    }

    /// Writes the document, the tables and the pictures.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), RecordError> {
        let document = serde_json::to_string_pretty(&self.0).expect("a report has only text keys");
        write(&folder.join(RESULTS), &format!("{document}\n"))?;
        let readme = folder.join(README);
        let text =
            fs::read_to_string(&readme).map_err(|error| RecordError::File("read", readme.clone(), error))?;
        let text = with_tables(&text, &self.0).ok_or_else(|| RecordError::NoPlace(readme.clone()))?;
        write(&readme, &text)?;
        for report in self.0.iter().filter(|report| !report.timelines.is_empty()) {
            write(&folder.join(PICTURE), &spawn::draw(&report.timelines))?;
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), RecordError> {
    fs::write(path, text).map_err(|error| RecordError::File("write", path.to_owned(), error))
}

/// The README with these results in their place.
fn with_tables(readme: &str, reports: &[Report]) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let tables: Vec<String> = reports.iter().map(Report::to_markdown).collect();
    Some(format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Figure;

    #[test]
    fn results_are_written_into_their_place_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(README), format!("before\n{BEGIN}\nold\n{END}\nafter\n")).unwrap();
        for value in [1.0, 2.0] {
            let mut report = Report::new("enqueue", "Jobs");
            report.add(Figure::millis("p50", value));
            keep(folder.path(), vec![report]).unwrap();
        }
        let text = fs::read_to_string(folder.path().join(README)).unwrap();
        assert!(text.starts_with("before\n") && text.ends_with(&format!("{END}\nafter\n")), "{text}");
        assert!(
            text.contains("| p50 | 2.0 ms |") && !text.contains("old") && !text.contains("1.0 ms"),
            "{text}"
        );
    }

    #[test]
    fn a_readme_without_a_place_is_left_alone() {
        assert!(with_tables("nothing", &[]).is_none());
    }
}
