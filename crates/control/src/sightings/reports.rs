//! What hosts say of themselves, where the server can reach them.

use std::{collections::BTreeMap, fmt, time::Duration};

use clawlets_model::{
    HostName,
    host_status::{HostStatus, STATUS_LIMIT},
};
use reqwest::Client;
use url::Url;

use crate::{late::Late, web};

/// How long a host may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The hosts that are asked, and where.
#[derive(Default)]
pub struct Reports(Vec<Place>);

/// A host and where it is asked.
struct Place {
    host: HostName,
    url: Url,
    http: Late<Client>,
}

/// What a host said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// The release that it runs.
    pub(super) release: Option<String>,
    /// How it is; `unreachable` where it said nothing.
    pub(super) health: String,
}

impl Reports {
    /// Hosts that are asked at these places.
    #[must_use]
    pub fn new(places: BTreeMap<HostName, Url>) -> Self {
        let place = |(host, url): (HostName, Url)| {
            let base = url.clone();
            Place { host, url, http: Late::new(move || web::client(&base, PATIENCE)) }
        };
        Self(places.into_iter().map(place).collect())
    }

    /// What each host says now.
    pub(super) async fn look(&self) -> BTreeMap<HostName, Report> {
        let looks = self.0.iter().map(async |place| (place.host.clone(), ask(place).await));
        futures_util::future::join_all(looks).await.into_iter().collect()
    }
}

async fn ask(place: &Place) -> Report {
    match read(place).await {
        Some(status) => Report { release: status.release, health: status.health.as_str().to_owned() },
        None => Report { release: None, health: "unreachable".to_owned() },
    }
}

async fn read(place: &Place) -> Option<HostStatus> {
    let http = place.http.get().ok()?;
    let mut response = http.get(place.url.clone()).send().await.ok()?.error_for_status().ok()?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > STATUS_LIMIT {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).ok()
}

impl fmt::Debug for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reports").field("places", &self.0.len()).finish_non_exhaustive()
    }
}
