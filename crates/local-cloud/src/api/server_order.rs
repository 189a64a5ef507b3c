//! An order for a server, read from a request and checked against what there is.

use super::{fields::Fields, images::ARCHITECTURE, problem::Problem};
use crate::cloud::{AddressFamily, CATALOG, Clock, Failure, Image, NewServer, Project, Start, is_host_name};

/// The most user data that a server may have, in bytes.
const MAX_USER_DATA: usize = 32 * 1024;
/// Where servers go that were not told.
pub(super) const DEFAULT_LOCATION: &str = "nbg1";

/// Reads a whole order. The answer to a bad one names every field that is wrong.
pub(super) fn read(mut fields: Fields, project: &Project, clock: &Clock) -> Result<NewServer, Problem> {
    let name = fields.required_text("name");
    check_name(&mut fields, &name);
    let type_reference = fields.required_reference("server_type");
    let server_type = CATALOG.server_type(&type_reference);
    if server_type.is_none() && !type_reference.is_empty() {
        fields.refuse("server_type", format!("server type {type_reference} does not exist"));
    }
    let reference = fields.reference("location").unwrap_or_else(|| DEFAULT_LOCATION.to_owned());
    let location = CATALOG.location(&reference);
    if location.is_none() {
        fields.refuse("location", format!("location {reference} does not exist"));
    }
    if let (Some(server_type), Some(location)) = (server_type, location) {
        if !server_type.is_sold(clock.now()) {
            fields.refuse(
                "server_type",
                format!("server type {} is deprecated and not sold any more", server_type.name),
            );
        } else if !server_type.locations.contains(&location.name) {
            fields.refuse(
                "server_type",
                format!("server type {} is not sold in {}", server_type.name, location.name),
            );
        } else if server_type.architecture != ARCHITECTURE {
            fields.refuse("server_type", format!("no image for architecture {}", server_type.architecture));
        }
    }
    let image = image(&mut fields, project);
    let labels = fields.labels().unwrap_or_default();
    let user_data = user_data(&mut fields).unwrap_or_default();
    let public_keys = public_keys(&mut fields, project);
    let firewalls = firewalls(&mut fields, project);
    let addresses = addresses(&mut fields);
    for absent in ["volumes", "networks"] {
        if !fields.references(absent).is_empty() {
            fields.refuse(absent, "there are none on this cloud");
        }
    }
    let start = match fields.flag("start_after_create") {
        Some(true) | None => Start::AfterCreate,
        Some(false) => Start::Later,
    };
    fields.finish()?;
    let (Some(server_type), Some(location), Some(image)) = (server_type, location, image) else {
        // Each of them was noted above as wrong or missing.
        return Err(Failure::field("image", "Missing data for required field.").into());
    };
    Ok(NewServer {
        name,
        server_type,
        location,
        image,
        labels,
        user_data,
        public_keys,
        firewalls,
        addresses,
        start,
    })
}

/// Notes it when a name that was given is not one that a server may have.
pub(super) fn check_name(fields: &mut Fields, name: &str) {
    if !name.is_empty() && !is_host_name(name) {
        fields.refuse("name", "must be a valid hostname as per RFC 1123");
    }
}

/// The image in an order, by id or by the name of one that can still be ordered.
pub(super) fn image(fields: &mut Fields, project: &Project) -> Option<Image> {
    let reference = fields.required_reference("image");
    if reference.is_empty() {
        return None;
    }
    let is_meant = |image: &&Image| {
        let is_named = image.name.as_deref() == Some(&reference) && image.deprecated.is_none();
        is_named || image.id.to_string() == reference
    };
    let image = project.images.iter().find(is_meant).cloned();
    if image.is_none() {
        fields.refuse("image", format!("image {reference} does not exist"));
    }
    image
}

/// The user data in an order, if there are any.
pub(super) fn user_data(fields: &mut Fields) -> Option<String> {
    let user_data = fields.text("user_data")?;
    if user_data.len() > MAX_USER_DATA {
        let message = format!("must be at most {MAX_USER_DATA} bytes long, not {}", user_data.len());
        fields.refuse("user_data", message);
    }
    Some(user_data)
}

fn public_keys(fields: &mut Fields, project: &Project) -> Vec<String> {
    let mut keys = Vec::new();
    for reference in fields.references("ssh_keys") {
        match project.ssh_keys.iter().find(|key| key.name == reference || key.id.to_string() == reference) {
            Some(key) => keys.push(key.public_key.clone()),
            None => fields.refuse("ssh_keys", format!("SSH key {reference} does not exist")),
        }
    }
    keys
}

fn firewalls(fields: &mut Fields, project: &Project) -> Vec<u64> {
    let mut firewalls = Vec::new();
    for object in fields.objects("firewalls") {
        match object.get("firewall").and_then(serde_json::Value::as_u64) {
            Some(id) if project.firewalls.get(id).is_some() => firewalls.push(id),
            Some(id) => fields.refuse("firewalls", format!("firewall {id} does not exist")),
            None => fields.refuse("firewalls", "firewall must be the id of a firewall"),
        }
    }
    firewalls
}

fn addresses(fields: &mut Fields) -> Vec<AddressFamily> {
    let mut wanted = Fields::new(fields.object("public_net").unwrap_or_default());
    let families = [("enable_ipv4", AddressFamily::Ipv4), ("enable_ipv6", AddressFamily::Ipv6)];
    let addresses = families
        .into_iter()
        .filter(|(flag, _)| wanted.flag(flag) != Some(false))
        .map(|(_, family)| family)
        .collect();
    for given in ["ipv4", "ipv6"] {
        if wanted.id(given).is_some() {
            wanted.refuse(given, "addresses of one's own are not supported");
        }
    }
    if wanted.finish().is_err() {
        fields.refuse("public_net", "may hold enable_ipv4 and enable_ipv6, each true or false");
    }
    addresses
}
