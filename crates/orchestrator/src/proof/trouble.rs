//! What a provider may do wrong.

use serde_json::{Value, json};

/// A fault of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// None at all.
    None,
    /// A request gets lost; nothing happens, and no answer comes.
    TimeoutBeforeAccept,
    /// A request has its effect, and no answer comes.
    TimeoutAfterAccept,
    /// Somebody else changed the thing at the same time.
    Conflict,
    /// There is no room for a server.
    NoCapacity,
    /// Another action holds the server.
    Locked,
    /// Too many requests, with the time from which on there may be more.
    LimitedWithReset,
    /// Too many requests, without any hint.
    LimitedWithoutReset,
    /// The provider fails a few times, half of them after the request had its effect.
    ServerErrors,
    /// The token is not accepted for a while.
    Unauthorized,
    /// Lists show what was true a few seconds ago.
    ListLag,
    /// Servers come and go between two pages of a list.
    PageChange,
}

impl Trouble {
    /// Every fault, and none.
    pub(super) const ALL: [Self; 12] = [
        Self::None,
        Self::TimeoutBeforeAccept,
        Self::TimeoutAfterAccept,
        Self::Conflict,
        Self::NoCapacity,
        Self::Locked,
        Self::LimitedWithReset,
        Self::LimitedWithoutReset,
        Self::ServerErrors,
        Self::Unauthorized,
        Self::ListLag,
        Self::PageChange,
    ];

    /// How many requests it hits. A lag lasts for a time instead.
    pub(super) const fn hits(self) -> u32 {
        match self {
            Self::None => 0,
            Self::TimeoutBeforeAccept | Self::TimeoutAfterAccept | Self::NoCapacity | Self::ListLag => 1,
            Self::PageChange | Self::Conflict => 2,
            Self::Locked | Self::LimitedWithReset | Self::LimitedWithoutReset | Self::Unauthorized => 3,
            Self::ServerErrors => 4,
        }
    }

    /// Whether a request can meet it.
    pub(super) fn fits(self, method: &str, is_list: bool) -> bool {
        match self {
            Self::None => false,
            Self::Conflict => method == "POST" || method == "DELETE",
            Self::NoCapacity => method == "POST",
            Self::Locked => method == "DELETE",
            Self::ListLag | Self::PageChange => is_list,
            Self::TimeoutBeforeAccept
            | Self::TimeoutAfterAccept
            | Self::LimitedWithReset
            | Self::LimitedWithoutReset
            | Self::ServerErrors
            | Self::Unauthorized => true,
        }
    }

    /// The answer in place of the real one.
    pub(super) fn refusal(self) -> Option<(u16, Value)> {
        let (status, code) = match self {
            Self::Conflict => (409, "conflict"),
            Self::NoCapacity => (412, "resource_unavailable"),
            Self::Locked => (423, "locked"),
            Self::LimitedWithReset | Self::LimitedWithoutReset => (429, "rate_limit_exceeded"),
            Self::ServerErrors => (503, "unavailable"),
            Self::Unauthorized => (401, "unauthorized"),
            Self::None
            | Self::TimeoutBeforeAccept
            | Self::TimeoutAfterAccept
            | Self::ListLag
            | Self::PageChange => return None,
        };
        Some((status, json!({ "error": { "code": code, "message": code, "details": {} } })))
    }
}
