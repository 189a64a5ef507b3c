//! Which edits may be kept.

use serde_json::{Value, json};

use super::{FleetText, Refusal, Review, review};
use crate::json::JsonPath;

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).unwrap()
}

fn text(document: &Value) -> FleetText {
    FleetText::parse(document.to_string()).unwrap()
}

fn fleet() -> Value {
    json!({ "schemaVersion": 13, "defaultHost": "web-1", "fleet": { "bots": {}, "botOrder": [] }, "hosts": { "web-1": {} } })
}

#[track_caller]
fn reviewed(document: &Value, edit: impl FnOnce(&mut FleetText)) -> Result<Review, Vec<String>> {
    let before = text(document);
    let mut after = before.clone();
    edit(&mut after);
    review(&before, &after).map_err(|refusal| match refusal {
        Refusal::Worse { problems } => problems.iter().map(|problem| problem.path.to_string()).collect(),
        Refusal::EarlierVersion { version } => vec![version.to_string()],
    })
}

fn set(place: &str, value: Value) -> impl FnOnce(&mut FleetText) {
    let path = path(place);
    move |text| text.set(&path, &value).unwrap()
}

#[test]
fn a_valid_declaration_stays_valid() {
    assert_eq!(
        reviewed(&fleet(), set("hosts.web-1.enable", json!(true))).map(|review| review.remaining),
        Ok(vec![])
    );
    for (place, value, fault) in [
        ("hosts.web-1.enabel", json!(true), "hosts.web-1.enabel"),
        ("hosts.web-1.enable", json!("yes"), "hosts.web-1.enable"),
        ("hosts.Web", json!({}), "hosts.Web"),
        ("defaultHost", json!("web-2"), "defaultHost"),
        ("fleet.bots.maren", json!({}), "fleet.botOrder"),
        ("schemaVersion", json!(12), "12"),
        ("schemaVersion", json!(99), "schemaVersion"),
    ] {
        let faults = reviewed(&fleet(), set(place, value)).unwrap_err();
        assert!(faults.contains(&fault.to_owned()), "{place}: {faults:?}");
    }
}

#[test]
fn faults_are_repaired_one_at_a_time() {
    let mut broken = fleet();
    broken["hosts"]["web-1"] =
        json!({ "enable": "yes", "provisioning": { "adminCidr": "x" }, "enabel": true });
    let review = reviewed(&broken, set("hosts.web-1.enable", json!(true))).unwrap();
    let left: Vec<_> = review.remaining.iter().map(|problem| problem.path.to_string()).collect();
    assert_eq!(left, ["hosts.web-1.provisioning.adminCidr", "hosts.web-1.enabel"]);
    assert!(reviewed(&broken, |text| text.remove(&path("hosts.web-1.enabel")).unwrap()).is_ok());
    // What has nothing to do with the faults can be changed as well.
    assert!(reviewed(&broken, set("hosts.web-1.provider", json!("aws"))).is_ok());
}

#[test]
fn one_fault_is_not_traded_for_another() {
    let mut broken = fleet();
    broken["hosts"]["web-1"] = json!({ "enable": "yes", "provisioning": { "adminCidr": "x" } });
    for (place, value) in [
        ("hosts.web-1.provisioning.adminCidr", json!("y")),
        ("hosts.web-1.enable", json!("no")),
        ("hosts.web-1.other", json!(1)),
    ] {
        assert_eq!(reviewed(&broken, set(place, value)), Err(vec![place.to_owned()]));
    }
}

#[test]
fn a_list_with_faults_can_be_repaired_from_its_beginning() {
    let mut broken = fleet();
    broken["hosts"]["web-1"] =
        json!({ "egress": { "allowDomains": ["ok.example", "not a domain", "neither a domain"] } });
    let list = path("hosts.web-1.egress.allowDomains");
    let review = reviewed(&broken, |text| text.remove(&list.child("0")).unwrap()).unwrap();
    assert_eq!(review.remaining.len(), 2);
    let review = reviewed(&broken, |text| text.remove(&list.child("1")).unwrap()).unwrap();
    assert_eq!(review.remaining.len(), 1);
}

#[test]
fn an_unreadable_version_can_be_corrected() {
    let mut broken = fleet();
    broken["schemaVersion"] = json!(99);
    broken["hosts"]["web-1"] = json!({ "enable": "yes" });
    let review = reviewed(&broken, set("schemaVersion", json!(13))).unwrap();
    assert_eq!(review.remaining.len(), 1);
}

#[test]
fn an_earlier_version_is_rewritten_first() {
    let mut earlier = fleet();
    earlier["schemaVersion"] = json!(12);
    assert_eq!(reviewed(&earlier, set("hosts.web-1.enable", json!(true))), Err(vec!["12".to_owned()]));
    earlier["hosts"]["web-1"] = json!({ "enable": "yes" });
    assert_eq!(reviewed(&earlier, set("hosts.web-1.enable", json!(true))), Err(vec!["12".to_owned()]));
}

#[test]
fn only_new_warnings_are_shown() {
    let exposed = reviewed(&fleet(), set("hosts.web-1.sshExposure.mode", json!("public"))).unwrap();
    let again = reviewed(&fleet(), set("hosts.web-1.enable", json!(false))).unwrap();
    assert!(again.warnings.is_empty(), "{:?}", again.warnings);
    assert!(exposed.warnings.len() <= 1, "{:?}", exposed.warnings);
}
