//! The watch over the bots.

use serde_json::json;

use crate::{
    bots::two_bots,
    desk::{Desk, declaration},
};

#[test]
fn a_host_with_bots_watches_over_them() {
    let test = "a_host_with_bots_watches_over_them";
    let Some(desk) = Desk::declaring(test, &two_bots()) else { return };
    let watch = desk.config("web-1", "systemd.services.clawlets-watch");
    assert_eq!(watch["wantedBy"], json!(["multi-user.target"]));
    let Some(bare) = Desk::declaring(test, &declaration(&json!({}))) else { return };
    let services = bare.config("web-1", "systemd.services");
    assert!(services["clawlets-watch"].is_null(), "a host without bots has nothing to watch over");
}
