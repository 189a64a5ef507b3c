//! What the doctor is told of the control API.

use std::{error::Error, fs::File, io::BufReader, path::PathBuf};

use clawlets_audit::verify;
use clawlets_control_client::{Client, ControlError, ControlUrl};
use clawlets_doctor::Answer;
use clawlets_model::Secret;
use clawlets_verbs::environment::{CONTROL_AUDIT_LOG, CONTROL_STATE_TABLE};

/// Where a server keeps its audit log when nobody says otherwise.
const AUDIT_LOG: &str = "/var/lib/clawlets/control-audit.jsonl";

/// Whether tokens may be sent there.
pub(super) fn may_send_tokens_to(url: &str) -> Answer {
    ControlUrl::parse(url).map_or_else(|error| Answer::No(error.to_string()), |_| Answer::Yes)
}

/// Whether a control API answers there. It is told no token.
pub(super) fn answers(url: &str) -> Answer {
    let unknown = |error: &dyn Error| Answer::Unknown(error.to_string());
    let url = match ControlUrl::parse(url) {
        Ok(url) => url,
        Err(error) => return unknown(&error),
    };
    let client = match Client::new(url, Secret::from("none")) {
        Ok(client) => client,
        Err(error) => return unknown(&error),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return unknown(&error),
    };
    match runtime.block_on(client.health()) {
        Ok(()) => Answer::Yes,
        Err(error @ (ControlError::NotUnderstood { .. } | ControlError::Refused { .. })) => {
            Answer::No(error.to_string())
        }
        Err(error @ (ControlError::Unreachable(_) | ControlError::Silent(_))) => {
            Answer::Unknown(error.to_string())
        }
    }
}

/// Whether the audit log of a server on this machine holds.
pub(super) fn audit_log_holds() -> Answer {
    let file = CONTROL_AUDIT_LOG.value();
    if let (None, Some(table)) = (&file, CONTROL_STATE_TABLE.value()) {
        return Answer::Unknown(format!(
            "the log is in the table {}, which is not read here",
            table.expose()
        ));
    }
    let path = file.map_or_else(|| PathBuf::from(AUDIT_LOG), |path| path.expose().into());
    let shown = path.display();
    if !path.is_file() {
        return Answer::Unknown(format!("there is no {shown} on this machine"));
    }
    match File::open(&path) {
        Ok(file) => match verify(BufReader::new(file), &[]) {
            Ok(_) => Answer::Yes,
            Err(error) => Answer::No(format!("{shown} was changed: {error}")),
        },
        Err(error) => Answer::Unknown(format!("{shown} cannot be read: {error}")),
    }
}
