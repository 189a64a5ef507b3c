//! What a clone plays before it is anybody: the life of a guest, against an orchestrator that says the same to
//! everything.
//!
//! A rehearsal warms the code that the claim will run. It is the very same path: the clone is told a dummy identity, asks
//! the orchestrator's relay, where its host answers instead, runs a task that does nothing, reports, forgets all of it
//! and parks again.

use std::collections::BTreeMap;

use crate::{
    Secret,
    boot::{Boot, UserDataError},
    limits,
};

/// The body of the one answer to every request of a rehearsal, whatever its method and path: status 200 and type
/// `application/json`. It is an environment without variables, a session that nobody knows, and orders to go on; it takes
/// the two log records that a guest has written by the time it has a session.
///
/// Whoever answers needs to read no further into a request than to its end.
pub const ANSWER: &str = "{\"ok\":true,\"env\":{},\"session\":\"rehearsal\",\"remaining\":60,\"next\":2,\
                          \"cancel\":false}";
/// How long a rehearsal may take before the guest ends itself, in seconds.
pub const SECONDS: u64 = 60;
/// The token that a rehearsal redeems. It is worth nothing anywhere.
const TOKEN: &str = "rehearsal";

/// The user data of a rehearsal, for a guest that finds the orchestrator's relay at `relay`, such as `10.0.2.2`.
///
/// # Errors
/// [`UserDataError`] when `relay` is too long to be an address.
pub fn user_data(relay: &str) -> Result<Secret<String>, UserDataError> {
    let boot = Boot {
        base_url: format!("http://{relay}:{}", limits::CATTLE_PORT),
        token: Secret::from(TOKEN),
        remaining: SECONDS,
        tailnet_key: None,
        admin_keys: Vec::new(),
        env: BTreeMap::new(),
    };
    boot.to_user_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::{EnvAnswer, GuestOrders};

    #[test]
    fn the_one_answer_is_an_answer_to_everything_that_a_guest_asks() {
        let env: EnvAnswer = serde_json::from_str(ANSWER).unwrap();
        assert!(env.ok && env.env.is_empty());
        let orders: GuestOrders = serde_json::from_str(ANSWER).unwrap();
        assert_eq!((orders.remaining, orders.cancel), (SECONDS, false));
        assert_eq!(env.remaining, SECONDS);
    }

    #[test]
    fn its_user_data_is_that_of_a_guest() {
        let boot = Boot::from_user_data(user_data("10.0.2.2").unwrap().expose()).unwrap();
        assert_eq!(boot.base_url, "http://10.0.2.2:18337");
    }
}
