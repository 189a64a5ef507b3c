//! Errors of the libraries as faults: which code, and what to do next.

use clawlets_job_client::ClientError;
use clawlets_model::{
    document::DocumentError,
    socket::{ApiError, ApiErrorCode},
};
use clawlets_printer::{Fault, FaultCode};

/// What a call on the socket came to, as a fault.
#[must_use]
pub fn of_client(error: &ClientError) -> Fault {
    match error {
        ClientError::Unreachable { path, source } => Fault::new(
            FaultCode::SocketUnreachable,
            format!("cannot reach the orchestrator at {}", path.display()),
        )
        .because(source)
        .hint("start 'clf-orchestrator', or name its socket with --socket or CLF_SOCKET"),
        ClientError::Denied { path, source } => Fault::new(
            FaultCode::SocketDenied,
            format!("you may not open the orchestrator's socket {}", path.display()),
        )
        .because(source)
        .hint("join the group 'clf-bots', or 'clf-operators' as an operator, and log in again"),
        ClientError::Lost { .. } | ClientError::Silent { .. } => {
            Fault::new(FaultCode::SocketUnreachable, "the orchestrator stopped answering")
                .because(error)
                .hint("look at its log; the same command can be run again")
        }
        ClientError::Protocol { .. } => {
            Fault::new(FaultCode::SocketProtocol, "the answer on the socket cannot be understood")
                .because(error)
                .hint("check that --socket names the orchestrator, and that both are of the same release")
        }
        ClientError::TooLarge { .. } => Fault::new(FaultCode::ApiTooLarge, error.to_string())
            .hint("make the task's inputs or the persona's files smaller"),
        ClientError::Api(error) => of_api(error),
        ClientError::Damaged { .. } => {
            Fault::new(FaultCode::ArtifactDamaged, error.to_string()).hint("try again")
        }
        ClientError::Write(source) => Fault::new(FaultCode::Io, error.to_string()).because(source),
        ClientError::StillRunning { last, .. } => Fault::new(FaultCode::WaitTimeout, error.to_string())
            .hint(format!("it goes on; 'clf jobs wait {}' waits again", last.job_id)),
    }
}

fn of_api(error: &ApiError) -> Fault {
    let (code, hint) = match error.code {
        ApiErrorCode::BadRequest => (FaultCode::ApiBadRequest, None),
        ApiErrorCode::ProtocolVersion => {
            (FaultCode::ApiBadRequest, Some("use this program and clf-orchestrator of the same release"))
        }
        ApiErrorCode::Forbidden => (FaultCode::ApiForbidden, Some("ask an operator")),
        ApiErrorCode::NotFound => {
            (FaultCode::ApiNotFound, Some("'clf jobs list' and 'clawlets cattle list' show what you may see"))
        }
        ApiErrorCode::Conflict => (FaultCode::ApiConflict, None),
        ApiErrorCode::Ambiguous => (FaultCode::ApiAmbiguous, Some("give more of the id")),
        ApiErrorCode::TooLarge => (FaultCode::ApiTooLarge, None),
        ApiErrorCode::Capacity => {
            (FaultCode::ApiCapacity, Some("wait for room with --when-full queue, or destroy a VM"))
        }
        ApiErrorCode::Unconfigured => (FaultCode::ApiUnconfigured, None),
        ApiErrorCode::Provider => {
            (FaultCode::ApiProvider, Some("try again; the orchestrator's log says more"))
        }
        ApiErrorCode::Stopping => (FaultCode::ApiStopping, Some("try again in a moment")),
        ApiErrorCode::Internal | ApiErrorCode::Unknown => {
            (FaultCode::ApiInternal, Some("the orchestrator's log says more"))
        }
    };
    let message = error.message.trim().trim_end_matches('.');
    let message = if message.is_empty() { "the orchestrator refused without saying why" } else { message };
    let fault = Fault::new(code, message);
    match hint {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

/// A document that a person wrote and that is not valid, as a fault. `file` is what people call it.
#[must_use]
pub fn of_document(code: FaultCode, file: &str, error: &DocumentError) -> Fault {
    let fault = Fault::new(code, format!("{file} is not valid")).because(error);
    match &error.suggestion {
        Some(suggestion) => fault.hint(format!("did you mean '{suggestion}'?")),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_ends_a_program_as_the_protocol_says() {
        for code in [
            ApiErrorCode::BadRequest,
            ApiErrorCode::ProtocolVersion,
            ApiErrorCode::Forbidden,
            ApiErrorCode::NotFound,
            ApiErrorCode::Conflict,
            ApiErrorCode::Ambiguous,
            ApiErrorCode::TooLarge,
            ApiErrorCode::Capacity,
            ApiErrorCode::Unconfigured,
            ApiErrorCode::Provider,
            ApiErrorCode::Stopping,
            ApiErrorCode::Internal,
            ApiErrorCode::Unknown,
        ] {
            let fault = of_client(&ClientError::Api(ApiError { code, message: "No.".to_owned() }));
            assert_eq!((fault.code().exit(), fault.message()), (code.exit_code(), "No"), "{code:?}");
        }
    }
}
