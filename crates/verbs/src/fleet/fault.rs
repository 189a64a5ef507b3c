//! What a request came to, as a fault.

use clawlets_control_client::ControlError;
use clawlets_model::control::ControlErrorCode;
use clawlets_printer::{Fault, FaultCode};

/// What a request to the control API came to, as a fault.
#[must_use]
pub fn of_control(error: &ControlError) -> Fault {
    match error {
        ControlError::Unreachable(source) => {
            Fault::new(FaultCode::ControlUnreachable, "cannot reach the control API")
                .because(source)
                .hint("try again; 'clawlets doctor --scope control' looks at what may be wrong")
        }
        ControlError::Silent(source) => {
            Fault::new(FaultCode::ControlUnreachable, "the control API did not answer in time")
                .because(source)
                .hint("a deploy may have begun; 'fleet status' shows the last one")
        }
        ControlError::NotUnderstood { .. } => Fault::new(FaultCode::ControlProtocol, error.to_string())
            .hint("look at the URL, and that both programs are of the same release"),
        ControlError::Refused { answer, .. } => {
            let words = answer.error.trim().trim_end_matches('.');
            let words = if words.is_empty() { "the control API refused without saying why" } else { words };
            let (code, hint) = code(answer.code);
            let fault = Fault::new(code, words);
            match hint {
                Some(hint) => fault.hint(hint),
                None => fault,
            }
        }
    }
}

fn code(code: ControlErrorCode) -> (FaultCode, Option<&'static str>) {
    match code {
        ControlErrorCode::Malformed
        | ControlErrorCode::UnknownAction
        | ControlErrorCode::BadImage
        | ControlErrorCode::MethodNotAllowed => (FaultCode::ControlBadRequest, None),
        ControlErrorCode::UnknownTarget => {
            (FaultCode::ControlBadRequest, Some("'fleet status' shows the hosts that there are"))
        }
        ControlErrorCode::Unauthorized => {
            (FaultCode::ControlUnauthorized, Some("the token is not one of the server's; was it replaced?"))
        }
        ControlErrorCode::CallerRefused
        | ControlErrorCode::SelfDeploy
        | ControlErrorCode::AllByBot
        | ControlErrorCode::ImageByBot
        | ControlErrorCode::UserRefused => (FaultCode::ControlForbidden, Some("ask a person to do it")),
        ControlErrorCode::ImageRefused => {
            (FaultCode::ControlForbidden, Some("images of the fleet's pipeline are tagged clawdinator=true"))
        }
        ControlErrorCode::TooSoon => (FaultCode::ControlForbidden, Some("wait, or ask a person to do it")),
        ControlErrorCode::NotFound => {
            (FaultCode::ControlProtocol, Some("look at the URL: is this the control API?"))
        }
        ControlErrorCode::DeployRunning => {
            (FaultCode::ControlConflict, Some("'fleet status' shows the deploy that is under way"))
        }
        ControlErrorCode::KeyReused => (FaultCode::ControlConflict, Some("use another idempotency key")),
        ControlErrorCode::TooManyRequests => (FaultCode::ControlBusy, Some("wait a minute")),
        ControlErrorCode::Upstream | ControlErrorCode::UpstreamTimeout => {
            (FaultCode::ControlUpstream, Some("try again; the server's log says more"))
        }
        ControlErrorCode::AuditClosed => (
            FaultCode::ControlClosed,
            Some("'clawlets fleet audit verify' on the server says what is wrong with its log"),
        ),
        ControlErrorCode::StateUnavailable => {
            (FaultCode::ControlClosed, Some("look at the server's disk and log"))
        }
        ControlErrorCode::Internal | ControlErrorCode::Unknown => {
            (FaultCode::ControlFailed, Some("the server's log says more"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_model::control::ErrorAnswer;

    #[test]
    fn a_refusal_ends_a_program_as_the_api_says() {
        for code in ControlErrorCode::ALL.iter().copied().chain([ControlErrorCode::Unknown]) {
            let answer = ErrorAnswer::new(code, "no.");
            let fault = of_control(&ControlError::Refused { status: code.http_status(), answer });
            // A page that is not there is not a thing that is not there: it is another server.
            let expected = if code == ControlErrorCode::NotFound {
                clawlets_model::ExitCode::Unreachable
            } else {
                code.exit_code()
            };
            assert_eq!((fault.code().exit(), fault.message()), (expected, "no"), "{code:?}");
        }
    }
}
