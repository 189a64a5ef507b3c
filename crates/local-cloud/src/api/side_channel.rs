//! `/_local`: what the owner of the cloud can do and a client of the vendor's cannot.
//!
//! - `POST /_local/images` registers a system image from the `image.json` that an image build writes.
//! - `POST /_local/relays` opens a relay for guests, `GET` lists them.
//! - `GET /_local/servers/{id}/console` shows what a guest wrote to its serial port.
//! - `GET /_local/servers/{id}/timeline` tells how its guest came to be, and when it passed which phase.
//! - `GET /_local/pool` shows what is kept ready, `POST` changes how many guests are.
//! - `POST /_local/faults` replaces the rules of the faults, `GET` shows them with how often each was met.

use std::path::{Path, PathBuf};

use axum::{
    Router,
    extract::{FromRequest, Request, State},
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    console::console,
    envelope::{created, found},
    fields::MAX_BODY,
    images,
    problem::Problem,
    shared::Shared,
    timeline,
};
use crate::{
    cloud::{Failure, RelayRule, Selector},
    fault::FaultRule,
    image::SystemImage,
    vm::Relay,
};

/// The longest path of a unix socket, in bytes.
const MAX_SOCKET_PATH: usize = 107;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/images", post(register_image))
        .route("/relays", get(relays).post(add_relay))
        .route("/servers/{id}/console", get(console))
        .route("/servers/{id}/timeline", get(timeline::timeline))
        .route("/pool", get(pool).post(resize_pool))
        .route("/faults", get(faults).post(set_faults))
}

/// A JSON body of ours; unknown fields are errors.
struct Body<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| Problem::too_large(MAX_BODY))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Problem::not_json(error.to_string()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageRegistration {
    /// The `image.json` of the image, as an absolute path on this machine.
    manifest: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelayRequest {
    /// Which servers get it.
    selector: String,
    /// Where guests find it, at 10.0.2.2.
    port: u16,
    /// The unix socket to which it leads.
    path: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultRules {
    rules: Vec<FaultRule>,
}

async fn register_image(
    State(shared): State<Shared>,
    Body(registration): Body<ImageRegistration>,
) -> Result<Response, Problem> {
    let image = SystemImage::read(&registration.manifest)
        .map_err(|error| Failure::field("manifest", error.to_string()))?;
    let image = shared.cloud.register_image(image.into())?;
    Ok(created(&json!({ "image": images::view(&image) })))
}

async fn relays(State(shared): State<Shared>) -> Response {
    let rules: Vec<Value> = shared.cloud.project().relays.iter().map(relay_view).collect();
    found(&json!({ "relays": rules }))
}

async fn add_relay(
    State(shared): State<Shared>,
    Body(request): Body<RelayRequest>,
) -> Result<Response, Problem> {
    let selector = Selector::parse(&request.selector);
    let selector = selector.map_err(|error| Failure::field("selector", error.to_string()))?;
    check_socket(&request.path)?;
    if request.port == 0 {
        return Err(Failure::field("port", "must be between 1 and 65535").into());
    }
    let relay = Relay { port: request.port, socket: request.path };
    let (rule, untold) = shared.cloud.add_relay(selector, relay).await?;
    Ok(created(&json!({ "relay": relay_view(&rule), "servers_not_told": untold })))
}

fn check_socket(path: &Path) -> Result<(), Failure> {
    if !path.is_absolute() {
        return Err(Failure::field("path", "must be an absolute path"));
    }
    if path.as_os_str().len() > MAX_SOCKET_PATH {
        return Err(Failure::field("path", format!("must be at most {MAX_SOCKET_PATH} bytes long")));
    }
    Ok(())
}

fn relay_view(rule: &RelayRule) -> Value {
    let RelayRule { id, selector, relay } = rule;
    json!({ "id": id, "selector": selector.to_string(), "port": relay.port, "path": relay.socket })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolRequest {
    /// How many guests are kept ready.
    size: usize,
}

async fn pool(State(shared): State<Shared>) -> Response {
    found(&json!({ "pool": shared.cloud.pool() }))
}

async fn resize_pool(
    State(shared): State<Shared>,
    Body(PoolRequest { size }): Body<PoolRequest>,
) -> Response {
    shared.cloud.resize_pool(size);
    pool(State(shared)).await
}

async fn faults(State(shared): State<Shared>) -> Response {
    found(&json!({ "faults": shared.faults.entries() }))
}

async fn set_faults(
    State(shared): State<Shared>,
    Body(FaultRules { rules }): Body<FaultRules>,
) -> Result<Response, Problem> {
    shared.faults.set(rules).map_err(|error| Failure::field("rules", error.to_string()))?;
    shared.cloud.clock.set_skew(shared.faults.clock_skew());
    Ok(faults(State(shared)).await)
}
