//! What can be wrong with a deploy, as faults.

use clawlets_printer::{Fault, FaultCode};
use clawlets_rollout::{image::ImageError, plan::Refused, receipts::ReceiptError, tofu::TofuError};

pub(super) fn of_image(error: &ImageError) -> Fault {
    Fault::new(FaultCode::FleetImage, error.to_string())
        .hint("the pipeline of the images tags them; '--image' names an older one of them")
}

pub(super) fn of_receipts(error: &ReceiptError) -> Fault {
    match error {
        ReceiptError::Busy { .. } => Fault::new(FaultCode::FleetDeployBusy, error.to_string())
            .hint("run the same command again when it has ended"),
        ReceiptError::Conflict { .. } => Fault::new(FaultCode::FleetDeployConflict, error.to_string())
            .hint("give the new deploy another --request-id"),
        ReceiptError::Io { .. } | ReceiptError::Form { .. } => {
            Fault::new(FaultCode::Io, "the record of the deploy cannot be kept").because(error)
        }
    }
}

pub(super) fn of_tofu(error: &TofuError) -> Fault {
    match error {
        TofuError::Start { .. } => Fault::new(FaultCode::ToolMissing, error.to_string()).because(error),
        TofuError::Locked { .. } => Fault::new(FaultCode::FleetDeployBusy, error.to_string()).hint(
            "wait for the other run; if there is none, 'tofu force-unlock' takes a lock that was left behind",
        ),
        TofuError::Interrupted { .. } => Fault::new(FaultCode::Interrupted, "you interrupted the deploy")
            .hint("the same command goes on with it"),
        TofuError::Failed { .. } => Fault::new(FaultCode::TofuFailed, error.to_string()),
        TofuError::Files { .. } => {
            Fault::new(FaultCode::Io, "failed to write a temporary file").because(error)
        }
        TofuError::Unexpected { .. } => Fault::new(FaultCode::TofuFailed, error.to_string()).because(error),
    }
}

/// A plan that goes beyond its host.
pub(super) fn of_refusal(refused: &Refused) -> Fault {
    let fault = Fault::new(
        FaultCode::FleetPlanRefused,
        "the plan does more than replace the host, so nothing was applied",
    )
    .hint("look at it with 'tofu plan'; a change of the infrastructure is applied by hand, before a deploy");
    refused.objections.iter().fold(fault, |fault, objection| fault.because(objection))
}
