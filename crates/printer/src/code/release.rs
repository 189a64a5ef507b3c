//! Codes of faults: signed releases.

use super::table::codes;

codes! {
    /// A key of releases cannot be used.
    ReleaseKey = "clawlets::release::key", Refused,
        "A key that signs or verifies releases is missing, damaged, of another kind, or protected by another password.",
        "Keys are those of the program `minisign`, both lines of their file. `clawlets release keygen` makes a pair.";
    /// A release is not signed.
    ReleaseUnsigned = "clawlets::release::unsigned", Refused,
        "There is no signature beside the document.",
        "`clawlets release sign` signs it.";
    /// A signature proves nothing.
    ReleaseSignature = "clawlets::release::signature", Refused,
        "The signature is malformed, cut off, by another key, or of another document.",
        "If nobody changed the document since, sign it again; if somebody did, find out who.";
    /// A document is of another release.
    ReleaseForeign = "clawlets::release::foreign", Refused,
        "A document is of another host, channel or release than its name or its signature says.",
        "Nothing was changed. Look at where the document came from before you sign it again.";
    /// A document of a release is malformed.
    ReleaseUnreadable = "clawlets::release::unreadable", Refused,
        "A manifest, a pointer or a secrets bundle is too large, malformed, or has a value that breaks its rule.",
        "The message names the place. Build it again instead of changing it by hand.";
    /// A pointer has expired.
    ReleaseExpired = "clawlets::release::expired", Refused,
        "The pointer has reached its end, so hosts refuse it.",
        "`clawlets release pointer write` writes a new one; sign and publish it.";
    /// A release is there already.
    ReleaseExists = "clawlets::release::exists", Conflict,
        "A release of that number, or a key file of that name, is there already; nothing was changed.",
        "Hosts take two releases of one number for an attack. `--release-id next` takes a free one.";
    /// There is no such release.
    ReleaseUnknown = "clawlets::release::unknown", NotFound,
        "There is no such release, key or document.",
        "`clawlets release list` shows the releases of a host and channel.";
    /// A release is halted.
    ReleaseHalted = "clawlets::release::halted", Refused,
        "The release was halted, so that no further host begins with it.",
        "Publish a new one. If the halt was a mistake, `clawlets release pointer write --lift-halt` takes it back.";
    /// Another process publishes.
    ReleaseBusy = "clawlets::release::busy", Busy,
        "Another process is publishing releases of this host and site.",
        "Run the command again when it has ended. Nothing was changed.";
    /// A release would be built from what is not committed.
    ReleaseUncommitted = "clawlets::release::uncommitted", Refused,
        "The project has changes that are not committed, so that no revision says what the release would be made of.",
        "Commit them. `--rev` names the revision of a system that was built elsewhere.";
    /// A part of a release is not where hosts look for it.
    ReleaseUncached = "clawlets::release::uncached", Refused,
        "A part of the system is in none of the caches that the host uses, or is signed by none of the keys that it trusts there. A host could not fetch it.",
        "`--copy-to` pushes the system to a cache; give it a cache of `hosts.HOST.cache.substituters`, and sign with a key of `trustedPublicKeys`.";
    /// A cache does not answer.
    ReleaseCacheSilent = "clawlets::release::cache_silent", Unreachable,
        "A cache of the host does not answer, and no other one has all of the system, so that nobody can say whether the host could fetch it.",
        "Run the command again when the cache answers. Nothing was signed.";
    /// Nix failed.
    NixFailed = "clawlets::nix::failed", Failed,
        "Nix was asked to do something and failed.",
        "What it said stands above the message or in it.";
}
