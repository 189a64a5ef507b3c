//! `clawlets fleet audit verify`.

use clap::Args;
use clawlets_audit::Verified;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use serde::Serialize;

use super::{
    file,
    place::{Place, PlaceFlags},
    table,
};
use crate::fleet_file::ProjectFlag;

/// How many characters of a request's name are the mark of the log's head.
const MARK: usize = 32;

/// Check that nobody changed the log of what the control API decided.
///
/// Every line holds the hash of the one before. Whoever replaced the whole end of the log is found by what was published: the
/// name of each deploy's run at GitHub ends with the head that the log had then.
///
/// A server with a table at DynamoDB keeps its log there. The region is that of AWS_REGION, else the fleet's; credentials are
/// found as the vendor's tools find them, and need to read the table only.
///
/// Exits with 6 when the log does not hold.
#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    place: PlaceFlags,
    /// A request that was published, as the name of its run at GitHub has it; may be given several times.
    #[arg(long, value_name = "ID", value_parser = mark)]
    request_id: Vec<String>,
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    lines: u64,
    head: String,
}

fn mark(text: &str) -> Result<String, String> {
    let mark = text.trim().rsplit('-').next().unwrap_or_default();
    let is_mark = mark.len() == MARK && mark.bytes().all(|b| b.is_ascii_hexdigit());
    let expected = "expected the id of a request, which ends with a dash and 32 hexadecimal digits";
    if is_mark { Ok(mark.to_ascii_lowercase()) } else { Err(expected.to_owned()) }
}

impl Verify {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let marks = &self.request_id;
        let (shown, verified) = match self.place.place() {
            Place::File(path) => (path.display().to_string(), file::verified(&path, marks)?),
            Place::Table(name) => {
                let aws = table::account(&self.project, printer)?;
                (format!("the table {name}"), table::verified(&aws, &name, marks).await?)
            }
        };
        let Verified { head, absent, .. } = verified;
        if let Some(mark) = absent.first() {
            let words = format!("{shown} holds no line with the published head {mark}");
            return Err(Fault::new(FaultCode::AuditBroken, words)
                .hint("it was cut off or replaced, or is another log"));
        }
        match printer.form() {
            Form::Json => printer.json(&Document { lines: head.seq, head: head.to_string() }),
            Form::Text => {
                let published = match marks.len() {
                    0 => String::new(),
                    some => format!(", with {} that was published", count(some, "head")),
                };
                let lines = usize::try_from(head.seq).unwrap_or(usize::MAX);
                printer.note(format!("{shown} holds: {}{published}.", count(lines, "line")));
                printer.data(format!("head  {head}"));
            }
        }
        Ok(ExitCode::Ok)
    }
}
