//! `clawlets fleet audit verify`.

use std::{fs::File, io::BufReader, path::PathBuf};

use clap::{Args, ValueHint};
use clawlets_audit::{Verified, verify};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_verbs::environment::CONTROL_AUDIT_LOG;
use serde::Serialize;

/// How many characters of a request's name are the mark of the log's head.
const MARK: usize = 32;

/// Check that nobody changed the log of what the control API decided.
///
/// Every line holds the hash of the one before. Whoever replaced the whole end of the log is found by what was published: the
/// name of each deploy's run at GitHub ends with the head that the log had then.
///
/// Exits with 6 when the log does not hold.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The log.
    #[arg(long, value_name = "FILE", env = CONTROL_AUDIT_LOG.name, hide_env_values = true, value_hint = ValueHint::FilePath,
          default_value = "/var/lib/clawlets/control-audit.jsonl")]
    log: PathBuf,
    /// A request that was published, as the name of its run at GitHub has it; may be given several times.
    #[arg(long, value_name = "ID", value_parser = mark)]
    request_id: Vec<String>,
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
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let shown = self.log.display();
        let unreadable = |error: &std::io::Error| {
            Fault::new(FaultCode::Io, format!("failed to read {shown}"))
                .because(error)
                .hint("the log is where the control API runs; --log names it")
        };
        let found = std::fs::metadata(&self.log).map_err(|error| unreadable(&error))?;
        if !found.is_file() {
            return Err(Fault::new(FaultCode::Io, format!("{shown} is no regular file")));
        }
        let file = File::open(&self.log).map_err(|error| unreadable(&error))?;
        let Verified { head, absent, .. } =
            verify(BufReader::new(file), &self.request_id).map_err(|error| {
                Fault::new(FaultCode::AuditBroken, format!("{shown} was changed")).because(&error)
            })?;
        if let Some(mark) = absent.first() {
            let words = format!("{shown} holds no line with the published head {mark}");
            return Err(Fault::new(FaultCode::AuditBroken, words)
                .hint("it was cut off or replaced, or is another log"));
        }
        match printer.form() {
            Form::Json => printer.json(&Document { lines: head.seq, head: head.to_string() }),
            Form::Text => {
                let published = match self.request_id.len() {
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
