//! `hosts.HOST.cache`: where built packages come from.

use std::num::NonZeroU32;

use clawlets_model::SecretName;

use super::fixed;
use crate::{
    form::{NonEmpty, section},
    rules,
    value::{AbsolutePath, KeyText, Line},
};

section! {
    /// Where a host takes built packages from.
    Cache checked by rules::cache {
        /// The caches, in the order in which they are asked.
        substituters: NonEmpty<Line> = "substituters" or NonEmpty::of([
            fixed(Line::parse("https://cache.nixos.org")),
            fixed(Line::parse("https://cache.garnix.io")),
        ]);
        /// The keys that packages must be signed with, as `name:base64`.
        trusted_public_keys: NonEmpty<KeyText> = "trustedPublicKeys" or NonEmpty::of([
            fixed(KeyText::parse("cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=")),
            fixed(KeyText::parse("cache.garnix.io:CTFPyKSLcx5RMJKfLo5EEPUObbA78b0YQ2DTCJXqr9g=")),
        ]);
        /// Logins for caches that are not public.
        netrc: Netrc = "netrc" or Netrc::default();
    }
}

section! {
    /// Logins for caches that are not public.
    Netrc {
        /// Whether there are any.
        enable: bool = "enable" or false;
        /// The secret that holds them.
        secret_name: SecretName = "secretName" or fixed(SecretName::parse("garnix_netrc"));
        /// The file that they are put in.
        path: AbsolutePath = "path" or fixed(AbsolutePath::parse("/etc/nix/netrc"));
        /// How long an answer that a package is there counts, in seconds.
        narinfo_cache_positive_ttl: NonZeroU32 = "narinfoCachePositiveTtl" or NonZeroU32::MIN.saturating_add(3_599);
    }
}
