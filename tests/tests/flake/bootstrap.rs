//! What a host at AWS is told, and what it starts from.

use serde_json::json;

use crate::{
    bots::two_bots,
    desk::{Desk, texts},
};

#[test]
fn a_host_at_aws_starts_from_a_bundle_and_others_do_not() {
    let Some(desk) = Desk::declaring("a_host_at_aws_starts_from_a_bundle_and_others_do_not", &at_aws())
    else {
        return;
    };
    let file = |name: &str| desk.config("aws-1", &format!("environment.etc.\"clawlets/{name}\".text"));
    assert_eq!(file("bootstrap-prefix"), "bootstrap/aws-1\n");
    assert_eq!(file("bootstrap-bucket"), "fleet-bucket\n");
    assert_eq!(file("aws-region"), "eu-west-1\n");
    assert_eq!(file("discord-token-secret"), "aws-1-discord\n");
    let unit = desk.config("aws-1", "systemd.services.clawlets-bootstrap");
    assert_eq!(texts(&unit["wantedBy"]), ["multi-user.target"]);
    assert_eq!(texts(&unit["serviceConfig"]["ReadWritePaths"]), ["-/srv/memory"]);
    let owners = unit["serviceConfig"]["ExecStartPost"].as_str().unwrap();
    assert!(owners.ends_with("systemd-tmpfiles --create --prefix=/run/clawlets"), "{owners}");
    let timer = desk.config("aws-1", "systemd.timers.clawlets-bootstrap");
    assert_eq!(texts(&timer["wantedBy"]), ["timers.target"]);
    assert!(desk.config("web-1", "systemd.services").get("clawlets-bootstrap").is_none());
    let words = ["host", "config", "--dir", "project", "--json", "--host"];
    let config = |host: &str| desk.clawlets(&[&words[..], &[host]].concat()).json();
    assert_eq!(config("aws-1")["aws_secrets"], json!({ "prefix": "fleet/" }));
    assert!(config("web-1").get("aws_secrets").is_none());
}

/// A fleet with a host at AWS.
pub(crate) fn at_aws() -> serde_json::Value {
    let mut fleet = two_bots();
    fleet["hosts"]["aws-1"] = json!({
        "provider": "aws", "tailnet": { "mode": "none" }, "aws": { "discordTokenSecret": "aws-1-discord" }
    });
    fleet["aws"] = json!({ "region": "eu-west-1", "bucket": "fleet-bucket", "secretsPrefix": "fleet/" });
    fleet["memory"] = json!({ "mountPoint": "/srv/memory" });
    fleet
}
