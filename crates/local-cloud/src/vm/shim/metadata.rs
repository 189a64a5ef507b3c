//! The metadata service of one guest, as guests of Hetzner expect it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use tokio::net::TcpListener;

use super::{error::ShimError, loopback::METADATA_ADDRESS};
use crate::{
    http_server::{ConnectionLimit, serve_connections},
    vm::spec::GuestSpec,
};

/// Requests that a guest may have under way.
const MAX_CONNECTIONS: usize = 16;

/// Listens on the metadata address and answers until the process ends.
pub(super) async fn start(spec: &GuestSpec) -> Result<(), ShimError> {
    let address = SocketAddr::from((METADATA_ADDRESS, 80));
    let listener =
        TcpListener::bind(address).await.map_err(|source| ShimError::Listen { address, source })?;
    let limit = ConnectionLimit(MAX_CONNECTIONS);
    tokio::spawn(serve_connections(listener, router(spec), limit, std::future::pending()));
    Ok(())
}

fn router(spec: &GuestSpec) -> Router {
    let document = Arc::new(Document::new(spec));
    Router::new()
        .route("/hetzner/v1/metadata", get(whole))
        .route("/hetzner/v1/metadata/{key}", get(value))
        .route("/hetzner/v1/userdata", get(user_data))
        .with_state(document)
}

/// What the service tells, in the order in which it tells it.
struct Document {
    entries: Vec<(&'static str, serde_json::Value)>,
    user_data: String,
}

impl Document {
    fn new(spec: &GuestSpec) -> Self {
        let metadata = &spec.metadata;
        let entries = vec![
            ("instance-id", spec.server_id.into()),
            ("hostname", spec.hostname.clone().into()),
            ("region", metadata.region.clone().into()),
            ("availability-zone", metadata.availability_zone.clone().into()),
            ("public-ipv4", metadata.public_ipv4.clone().into()),
            ("local-ipv4", "".into()),
            ("public-keys", metadata.public_keys.clone().into()),
            ("vendor_data", "".into()),
            ("network-config", network(spec)),
        ];
        Self { entries, user_data: spec.user_data.clone() }
    }

    /// A YAML document of one line per entry. The values are JSON, which is YAML with every string quoted, so that
    /// nothing (a hardware address, say) is taken for a number.
    fn yaml(&self) -> String {
        self.entries.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
    }

    fn value(&self, key: &str) -> Option<String> {
        let (_, value) = self.entries.iter().find(|(name, _)| *name == key)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

/// The network as cloud-init's first format has it.
fn network(spec: &GuestSpec) -> serde_json::Value {
    serde_json::json!({
        "version": 1,
        "config": [{
            "type": "physical",
            "name": "eth0",
            "mac_address": spec.mac_address(),
            "subnets": [{ "type": "static", "address": "10.0.2.15/24", "gateway": "10.0.2.2", "ipv4": true }],
        }],
    })
}

async fn whole(State(document): State<Arc<Document>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/yaml")], document.yaml())
}

async fn value(State(document): State<Arc<Document>>, Path(key): Path<String>) -> impl IntoResponse {
    document.value(&key).ok_or((StatusCode::NOT_FOUND, "not found"))
}

async fn user_data(State(document): State<Arc<Document>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain")], document.user_data.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_one_line_per_entry_and_every_string_is_quoted() {
        let document = Document::new(&GuestSpec::example());
        let yaml = document.yaml();
        assert!(yaml.starts_with("instance-id: 1700000042\nhostname: \"cattle-rex\"\n"), "{yaml}");
        assert!(yaml.contains("\"mac_address\":\"52:54:00:53:f1:2a\""), "{yaml}");
        assert!(yaml.contains("public-keys: [\"ssh-ed25519 AAAA maren@laptop\"]\n"), "{yaml}");
        assert!(!yaml.contains("#cloud-config"), "user data has an address of its own");
    }

    #[test]
    fn single_values_are_plain_text() {
        let document = Document::new(&GuestSpec::example());
        assert_eq!(document.value("hostname").as_deref(), Some("cattle-rex"));
        assert_eq!(document.value("instance-id").as_deref(), Some("1700000042"));
        assert_eq!(document.value("user-data"), None);
    }
}
