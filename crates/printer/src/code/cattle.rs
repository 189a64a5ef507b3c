//! Codes of faults: disposable VMs, and the providers that they come from.

use super::table::codes;

codes! {
    /// The fleet has no disposable VMs.
    CattleOff = "clawlets::cattle::off", Refused,
        "The fleet declares that it has no disposable VMs: `cattle.enabled` is not true.",
        "`clawlets config set cattle.enabled true` switches them on; `clawlets doctor --scope cattle` says what they need then.";
    /// A VM cannot be logged into.
    CattleUnreachable = "clawlets::cattle::unreachable", Unreachable,
        "A VM has no address on the tailnet, does not exist, or the program `ssh` or `tailscale` is missing here.",
        "`clawlets cattle list` shows the VMs that live; a VM joins the tailnet while it boots, if its image has tailscale. A local VM is in no tailnet: `clawlets cattle console` shows what it does.";
    /// The provider cannot be asked.
    ProviderFailed = "clawlets::provider::failed", Unreachable,
        "The cloud provider cannot be reached or answered with a fault.",
        "The message says what was asked. Check the token and the endpoint.";
}
