//! How a server looks.

use serde_json::{Value, json};

use super::{
    catalog::{INCLUDED_TRAFFIC, datacenter_view, location_view, server_type_view},
    images,
};
use crate::cloud::{AddressFamily, CATALOG, Clock, Project, Server, rfc3339};

/// A server with everything that clients require; what it does not have is null.
pub(super) fn view(project: &Project, server: &Server, clock: &Clock) -> Value {
    let server_type = CATALOG.server_type(&server.server_type);
    let location = CATALOG.location(&server.location);
    json!({
        "id": server.id,
        "name": server.name,
        "status": server.status.as_str(),
        "created": rfc3339(server.created),
        "public_net": public_net(project, server),
        "private_net": [],
        "server_type": server_type.map(|one| server_type_view(one, clock)),
        "location": location.map(location_view),
        "datacenter": location.map(|one| datacenter_view(one, clock)),
        "image": project.images.get(server.image).map(images::view),
        "iso": null,
        "rescue_enabled": server.rescue_enabled,
        "locked": project.is_locked(server.id),
        "backup_window": null,
        "outgoing_traffic": 0,
        "ingoing_traffic": 0,
        "included_traffic": INCLUDED_TRAFFIC,
        "protection": { "delete": server.protection.delete, "rebuild": server.protection.rebuild },
        "labels": server.labels,
        "volumes": [],
        "load_balancers": [],
        "primary_disk_size": server_type.map_or(0, |one| one.disk_gb),
        "placement_group": null,
    })
}

fn public_net(project: &Project, server: &Server) -> Value {
    let address = |family| {
        project.addresses.iter().find(|address| address.server == server.id && address.family == family)
    };
    let firewalls: Vec<Value> = project
        .firewalls
        .iter()
        .filter(|firewall| project.applies(firewall, server))
        .map(|firewall| json!({ "id": firewall.id, "status": "applied" }))
        .collect();
    json!({
        "ipv4": address(AddressFamily::Ipv4).map(|one| json!({
            "id": one.id,
            "ip": one.ip(),
            "blocked": false,
            "dns_ptr": format!("static.{}.example.invalid", one.ip().replace('.', "-")),
        })),
        "ipv6": address(AddressFamily::Ipv6).map(|one| json!({
            "id": one.id,
            "ip": one.ip(),
            "blocked": false,
            "dns_ptr": [],
        })),
        "floating_ips": [],
        "firewalls": firewalls,
    })
}
