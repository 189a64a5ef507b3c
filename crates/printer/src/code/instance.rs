//! Codes of faults: hosts that start from an image: their bundle, their boot, AWS.

use super::table::codes;

codes! {
    /// Nobody says where bundles are stored.
    BundleNowhere = "clawlets::bundle::nowhere", Refused,
        "The configuration names no bucket for the bundles that instances start from.",
        "`clawlets config set aws.bucket NAME` names one.";
    /// A bundle has not a version above the one that is stored.
    BundleVersion = "clawlets::bundle::version", Conflict,
        "A bundle with the same version or a higher one is stored already, or somebody stored one at the same time. Nothing was replaced.",
        "Run it again, or give a higher number with `--bundle-version`.";
    /// A bundle cannot be stored as it is.
    BundleRefused = "clawlets::bundle::refused", Refused,
        "The bundle holds what must not travel, can be opened by another host, or does not fit its manifest. Nothing was stored.",
        "The message names the file. `clawlets secrets rotate` and `clawlets secrets init` put readers right.";
    /// The bundle of an instance is refused.
    BootRefused = "clawlets::boot::refused", Refused,
        "The bundle that this host would start from is not signed by a key that it trusts, is for another instance, is older than one before, or does not fit its manifest. Nothing of it was used.",
        "`clawlets bundle upload` stores a new one. The message says what is wrong with this one.";
    /// A boot stopped at a phase.
    BootStopped = "clawlets::boot::stopped", Unreachable,
        "A phase of the boot was not done within its deadline, or a program that does it failed. What was in use stays in use.",
        "The next run goes on; `clawlets-host bootstrap status` tells how far it is, the journal why.";
    /// Another boot is at work.
    BootBusy = "clawlets::boot::busy", Busy,
        "Another run of `clawlets-host bootstrap` is at work on this host.",
        "Wait for it; `clawlets-host bootstrap status` tells how far it is.";
    /// Nobody says who an instance is, or what is said cannot be.
    BootIdentity = "clawlets::boot::identity", ConfigInvalid,
        "The name of the instance, its bucket, its prefix, its region or a key is missing, or is none.",
        "The message names the file or the key. `/etc/clawlets/instance-name`, `bootstrap-bucket` and `bootstrap-prefix` are written by user data.";
    /// AWS did not do what it was asked.
    AwsFailed = "clawlets::aws::failed", Unreachable,
        "AWS cannot be reached, does not take the credentials, or refused.",
        "Credentials come from `AWS_ACCESS_KEY_ID`, a profile, a web identity, or the instance. The message says what was asked.";
}
