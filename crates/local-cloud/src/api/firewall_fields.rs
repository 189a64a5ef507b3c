//! Rules and targets of firewalls, as requests write them.

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::cloud::{Direction, FirewallRule, FirewallTarget, Protocol, Selector};

/// The rules in field `rules`.
pub(super) fn rules(fields: &mut Fields) -> Vec<FirewallRule> {
    let objects = fields.objects("rules");
    objects.into_iter().enumerate().filter_map(|(number, rule)| read_rule(fields, number, rule)).collect()
}

/// The targets in field `name`.
pub(super) fn targets(fields: &mut Fields, name: &str) -> Vec<FirewallTarget> {
    let objects = fields.objects(name);
    let mut targets = Vec::new();
    for (number, object) in objects.into_iter().enumerate() {
        match read_target(&object) {
            Ok(target) => targets.push(target),
            Err(message) => fields.refuse(&format!("{name}.{number}"), message),
        }
    }
    targets
}

fn read_rule(fields: &mut Fields, number: usize, rule: Map<String, Value>) -> Option<FirewallRule> {
    let mut rule = Fields::new(rule);
    let direction = match rule.required_text("direction").as_str() {
        "in" => Some(Direction::In),
        "out" => Some(Direction::Out),
        _ => None,
    };
    let protocol = match rule.required_text("protocol").as_str() {
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        "icmp" => Some(Protocol::Icmp),
        "esp" => Some(Protocol::Esp),
        "gre" => Some(Protocol::Gre),
        _ => None,
    };
    let port = rule.text("port");
    let (source_ips, destination_ips) = (rule.texts("source_ips"), rule.texts("destination_ips"));
    let description = rule.text("description");
    let (Some(direction), Some(protocol)) = (direction, protocol) else {
        fields.refuse(
            &format!("rules.{number}"),
            "direction must be in or out, protocol tcp, udp, icmp, esp or gre",
        );
        return None;
    };
    let has_ports = matches!(protocol, Protocol::Tcp | Protocol::Udp);
    if has_ports != port.is_some() {
        fields.refuse(&format!("rules.{number}.port"), "must be given for tcp and udp, and only for these");
    }
    if rule.finish().is_err() {
        fields.refuse(&format!("rules.{number}"), "is malformed");
    }
    Some(FirewallRule { direction, protocol, port, source_ips, destination_ips, description })
}

fn read_target(object: &Map<String, Value>) -> Result<FirewallTarget, String> {
    let kind = object.get("type").and_then(Value::as_str);
    match kind {
        Some("server") => {
            let id = object.get("server").and_then(|server| server["id"].as_u64());
            id.map(FirewallTarget::Server).ok_or_else(|| "server.id must be the id of a server".to_owned())
        }
        Some("label_selector") => {
            let text = object.get("label_selector").and_then(|selector| selector["selector"].as_str());
            let text = text.ok_or_else(|| "label_selector.selector must be a label selector".to_owned())?;
            let selector = Selector::parse(text).map_err(|error| error.to_string())?;
            Ok(FirewallTarget::LabelSelector(selector))
        }
        Some(_) | None => Err("type must be server or label_selector".to_owned()),
    }
}
