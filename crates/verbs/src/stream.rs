//! JSON lines for programs that follow along: `--events`.

use clawlets_model::{guest::LogRecord, limits::PROTOCOL_VERSION, socket::JobView};
use clawlets_printer::Printer;
use serde::Serialize;

/// One line. The first is always [`Line::Version`], the last [`Line::End`] unless a fault came first.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Line<'a> {
    /// The version of these lines and of what they hold.
    Version { protocol_version: u32 },
    /// A job was enqueued.
    Enqueued { job_id: String, deduped: bool },
    /// A job changed.
    Job { job: &'a JobView },
    /// A log grew.
    Log { record: &'a LogRecord },
    /// Nothing more comes.
    End {},
}

impl Line<'_> {
    pub(crate) fn first(printer: &Printer) {
        printer.json_line(&Line::Version { protocol_version: PROTOCOL_VERSION });
    }

    pub(crate) fn print(&self, printer: &Printer) {
        printer.json_line(self);
    }
}
