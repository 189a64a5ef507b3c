//! Codes of faults: the deploy of a fleet, image by image.

use super::table::codes;

codes! {
    /// A plan does more than it was made for.
    FleetPlanRefused = "clawlets::fleet::plan_refused", Refused,
        "What OpenTofu would do goes beyond giving one host a new instance: it would make, change or destroy something else, or start from another image. Nothing was applied.",
        "Each line names what. A change of the infrastructure is applied by hand, with `tofu apply`, before hosts are deployed.";
    /// A deploy stopped.
    FleetDeployFailed = "clawlets::fleet::deploy_failed", Failed,
        "A host could not be replaced, or its new instance did not do its work in time. Hosts behind it were left alone.",
        "Look at the host, then run the same command with the same `--request-id`: it tries that host again. `--image` takes an earlier image.";
    /// Somebody else deploys.
    FleetDeployBusy = "clawlets::fleet::deploy_busy", Busy,
        "Another process deploys from this project, or holds the state of OpenTofu.",
        "Run the command again when it has ended.";
    /// A request was for something else.
    FleetDeployConflict = "clawlets::fleet::deploy_conflict", Conflict,
        "A deploy of that name was for another target or image. Nothing was changed.",
        "Give the new deploy a name of its own with `--request-id`.";
    /// No image can be used.
    FleetImage = "clawlets::fleet::image", Refused,
        "The image that a host would start from is not the account's own, not of the fleet's pipeline, or not available. Another one is never taken instead.",
        "The pipeline tags its images `clawdinator=true`. `--image` names one of them.";
    /// OpenTofu failed.
    TofuFailed = "clawlets::tofu::failed", Failed,
        "OpenTofu or Terraform was asked to do something and failed.",
        "What it said stands in the message. The same `--request-id` goes on where the deploy stopped.";
}
