//! The other nouns, as the API's documentation shows them.

use clawlets_cloud::{
    Cloud, CreateFirewall, CreateSshKey, Direction, FirewallId, FirewallRule, FirewallTarget, ImageFilter,
    ImageKind, MicroEuros, Protocol, Selector, ServerId, SshKeyId,
};
use serde_json::{Value, json};

use crate::{client, labels, project::FakeCloud, wire::Act};

async fn answering(prefix: &'static str, body: Value) -> FakeCloud {
    let cloud = FakeCloud::start().await;
    cloud.answers(prefix, [Act::json(200, &body)]);
    cloud
}

#[tokio::test]
async fn server_types_come_with_prices_locations_and_deprecation() {
    let price = |location: &str| {
        json!({"location": location, "included_traffic": 1,
            "price_hourly": {"net": "0.0063000000000000", "gross": "0.0074970000000000"},
            "price_monthly": {"net": "3.9200000000000000", "gross": "4.6648000000000000"}})
    };
    let gone =
        json!({"announced": "2026-01-01T00:00:00+00:00", "unavailable_after": "2026-12-31T00:00:00+00:00"});
    let body = json!({"server_types": [
        {"id": 22, "name": "cx22", "cores": 2, "memory": 4.0, "disk": 40, "architecture": "x86", "prices": [price("nbg1")],
            "deprecation": gone, "locations": [{"id": 1, "name": "nbg1", "deprecation": null}]},
        {"id": 23, "name": "cx23", "cores": 2, "memory": 0.5, "disk": 40, "architecture": "x86", "deprecation": null,
            "prices": [price("nbg1"), price("fsn1")],
            "locations": [{"id": 1, "name": "nbg1", "deprecation": gone}, {"id": 2, "name": "fsn1"}]},
    ]});
    let types = client(&answering("GET", body).await).server_types().await.unwrap();
    assert_eq!(types[1].price_in("fsn1").unwrap().hourly, MicroEuros::new(6_300));
    assert_eq!(types[1].price_in("ash"), None);
    assert_eq!((types[0].memory_mib, types[1].memory_mib), (4_096, 512));
    assert!(types[0].deprecation_in("nbg1").is_some());
    assert!(types[1].deprecation_in("nbg1").is_some() && types[1].deprecation_in("fsn1").is_none());
}

#[tokio::test]
async fn prices_of_addresses_come_with_the_currency() {
    let body = json!({"pricing": {"currency": "EUR", "vat_rate": "19.00", "primary_ips": [
        {"type": "ipv4", "prices": [{"location": "nbg1", "price_hourly": {"net": "0.0008"}, "price_monthly": {"net": "0.5"}}]},
        {"type": "ipv6", "prices": []},
    ]}});
    let pricing = client(&answering("GET /v1/pricing", body).await).pricing().await.unwrap();
    assert_eq!(pricing.ipv4_in("nbg1").unwrap().hourly, MicroEuros::new(800));
    assert_eq!(pricing.currency, "EUR");
}

#[tokio::test]
async fn images_are_filtered_and_snapshots_have_no_name() {
    let body = json!({"images": [{"id": 5, "type": "snapshot", "status": "available", "name": null,
        "description": "cattle 7", "labels": {"clawlets/image": "cattle"}, "architecture": "x86",
        "created": "2026-11-01T10:00:00+00:00", "deprecated": null, "image_size": 2.3, "disk_size": 10}]});
    let cloud = answering("GET /v1/images", body).await;
    let filter = ImageFilter {
        selector: Selector::of(&labels(&[("clawlets/image", "cattle")])),
        kind: Some(ImageKind::Snapshot),
        ..ImageFilter::default()
    };
    let images = client(&cloud).images(&filter).await.unwrap();
    assert_eq!((images[0].name.as_deref(), images[0].kind), (None, ImageKind::Snapshot));
    let seen = cloud.state().seen[0].clone();
    assert_eq!((seen.query("type"), seen.query("name")), (vec!["snapshot".to_owned()], vec![]));
    assert_eq!(seen.query("label_selector"), ["clawlets/image=cattle"]);
}

#[tokio::test]
async fn locations_are_listed() {
    let body =
        json!({"locations": [{"id": 1, "name": "nbg1", "description": null, "network_zone": "eu-central"}]});
    let locations = client(&answering("GET /v1/locations", body).await).locations().await.unwrap();
    assert_eq!((locations[0].name.as_str(), locations[0].network_zone.as_str()), ("nbg1", "eu-central"));
}

#[tokio::test]
async fn a_firewall_is_created_changed_and_deleted() {
    let rule = FirewallRule {
        direction: Direction::Out,
        protocol: Protocol::Udp,
        port: Some("41641".to_owned()),
        source_ips: Vec::new(),
        destination_ips: vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()],
        description: None,
    };
    let asked = CreateFirewall {
        name: "cattle".to_owned(),
        labels: labels(&[("managed-by", "clawlets")]),
        rules: vec![rule.clone()],
        targets: vec![FirewallTarget::Selector(Selector::cattle())],
    };
    let firewall = json!({"id": 3, "name": "cattle", "labels": {}, "rules": [serde_json::to_value(&rule).unwrap()],
        "applied_to": [{"type": "label_selector", "label_selector": {"selector": "managed-by=clawlets,cattle=true"}},
            {"type": "server", "server": {"id": 8}}, {"type": "something_new"}]});
    let action = json!({"id": 1, "command": "set_firewall_rules", "status": "success", "progress": 100});
    let cloud = FakeCloud::start().await;
    cloud.answers(
        "POST",
        [
            Act::json(201, &json!({"firewall": firewall, "actions": [action]})),
            Act::json(201, &json!({"actions": [action]})),
            Act::json(201, &json!({"actions": [action, action]})),
            Act::json(201, &json!({"actions": null})),
        ],
    );
    cloud.answers("DELETE", [Act::text(204, ""), Act::error(422, "resource_in_use")]);
    let client = client(&cloud);
    let created = client.create_firewall(&asked).await.unwrap();
    let expected = [
        FirewallTarget::Selector(Selector::cattle()),
        FirewallTarget::Server(ServerId::new(8)),
        FirewallTarget::Other,
    ];
    assert_eq!(
        (created.firewall.rules, created.firewall.applied_to.as_slice()),
        (vec![rule.clone()], &expected[..])
    );
    let id = FirewallId::new(3);
    assert_eq!(client.set_firewall_rules(id, &[rule]).await.unwrap().len(), 1);
    assert_eq!(client.apply_firewall(id, &expected[1..]).await.unwrap().len(), 2);
    assert_eq!(client.remove_firewall(id, &expected[..1]).await.unwrap().len(), 0);
    client.delete_firewall(id).await.unwrap();
    assert!(client.delete_firewall(id).await.unwrap_err().is_retryable());
    let seen = cloud.state().seen.clone();
    assert_eq!(
        seen[0].json()["apply_to"][0]["label_selector"]["selector"],
        "managed-by=clawlets,cattle=true"
    );
    assert_eq!(seen[2].json(), json!({"apply_to": [{"type": "server", "server": {"id": 8}}]}));
    assert_eq!(cloud.requests()[3], "POST firewalls/3/actions/remove_from_resources");
}

#[tokio::test]
async fn ssh_keys_are_listed_added_and_removed() {
    let key = json!({"id": 2, "name": "admin", "fingerprint": "b7:2f:30", "public_key": "ssh-ed25519 AAAA", "labels": {}});
    let cloud = FakeCloud::start().await;
    cloud.answers("GET", [Act::json(200, &json!({"ssh_keys": [key]}))]);
    cloud.answers("POST", [Act::json(201, &json!({"ssh_key": key})), Act::error(409, "uniqueness_error")]);
    let client = client(&cloud);
    assert_eq!(client.ssh_keys(&Selector::everything()).await.unwrap()[0].id, SshKeyId::new(2));
    let asked = CreateSshKey {
        name: "admin".to_owned(),
        public_key: "ssh-ed25519 AAAA".to_owned(),
        labels: labels(&[]),
    };
    assert_eq!(client.create_ssh_key(&asked).await.unwrap().name, "admin");
    assert!(!client.create_ssh_key(&asked).await.unwrap_err().is_retryable());
    client.delete_ssh_key(SshKeyId::new(2)).await.unwrap();
}
