//! What a spawn would send.

use std::collections::BTreeMap;

use clawlets_job_client::ClientError;
use clawlets_model::{
    ExitCode, JobKind, Secret, Task, Ttl,
    boot::Boot,
    limits::{CATTLE_PORT, REQUEST_BODY},
    socket::EnqueueRequest,
};
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use clawlets_verbs::fault::of_client;
use serde::Serialize;

/// What `--dry-run --json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    action: JobKind,
    request: &'a EnqueueRequest,
    ttl_seconds: Option<u64>,
    user_data_bytes: usize,
}

/// Checks what an enqueue would check on this side, and shows the request.
pub(super) fn show(
    printer: &Printer,
    request: &EnqueueRequest,
    task: &Task,
    ttl: Option<Ttl>,
) -> Result<ExitCode, Fault> {
    let size = serde_json::to_vec(request).expect("requests have only text keys").len();
    if size > REQUEST_BODY {
        return Err(of_client(&ClientError::TooLarge { size, most: REQUEST_BODY }));
    }
    let user_data_bytes = user_data_bytes(ttl)?;
    let document =
        Document { action: request.kind, request, ttl_seconds: ttl.map(Ttl::seconds), user_data_bytes };
    match printer.form() {
        Form::Json => printer.json(&document),
        Form::Text => {
            let persona = request.payload["persona"].as_str().unwrap_or_default();
            let inline = request.payload["personaFiles"].as_object().map_or(0, serde_json::Map::len);
            let source = match inline {
                0 => "from the orchestrator's folder".to_owned(),
                files => format!("{files} files from the project"),
            };
            printer.data(format!("persona    {persona} ({source})"));
            printer.data(format!("task       {}: {}", plain(task.id()), task.summary()));
            let timeout = match task.timeout() {
                Some(_) => task.timeout_text(),
                None => "what is left of the ttl".to_owned(),
            };
            printer.data(format!("timeout    {timeout}"));
            printer.data(format!(
                "ttl        {}",
                ttl.map_or_else(|| "the orchestrator's default".to_owned(), |ttl| ttl.to_string())
            ));
            printer.data(format!("request    {size} bytes"));
            printer.data(format!("user data  {user_data_bytes} bytes"));
            printer.note("Nothing was sent.");
        }
    }
    Ok(ExitCode::Ok)
}

/// The size of the user data that the VM will be born with: every secret has its true length, and the base URL is the
/// longest one of a tailnet's IPv4 addresses. Admin keys are the orchestrator's own and not counted.
fn user_data_bytes(ttl: Option<Ttl>) -> Result<usize, Fault> {
    let boot = Boot {
        base_url: format!("http://100.127.255.255:{CATTLE_PORT}"),
        token: Secret::from("0".repeat(64)),
        remaining: ttl.unwrap_or(Ttl::MAX).seconds(),
        tailnet_key: None,
        admin_keys: Vec::new(),
        env: BTreeMap::new(),
    };
    match boot.to_user_data() {
        Ok(text) => Ok(text.expose().len()),
        Err(error) => {
            Err(Fault::new(FaultCode::ApiTooLarge, "the VM's user data would be too large").because(&error))
        }
    }
}
