//! What carries a request to the cloud and brings its answer back: the network, or a cloud in memory.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use reqwest::{Client, Response};

/// Stands in for the network: answers requests from memory, so that a whole cloud with its faults can be simulated. An
/// answer that never comes is one that the client gives up in its own time.
#[async_trait]
pub trait Exchange: Send + Sync {
    /// Answers one request, whose URI begins with the endpoint.
    async fn answer(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>>;
}

/// How requests are carried.
#[derive(Clone)]
pub(crate) enum Carrier {
    /// Over the network.
    Network,
    /// To a cloud in memory.
    Memory(Arc<dyn Exchange>),
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "Network",
            Self::Memory(_) => "Memory",
        })
    }
}

impl Carrier {
    /// Carries one request there and back.
    pub(crate) async fn carry(
        &self,
        client: &Client,
        request: reqwest::Request,
    ) -> Result<Response, reqwest::Error> {
        match self {
            Self::Network => client.execute(request).await,
            Self::Memory(cloud) => {
                let request = http::Request::<reqwest::Body>::try_from(request)?;
                let request = request.map(|body| body.as_bytes().unwrap_or_default().to_vec());
                Ok(cloud.answer(request).await.into())
            }
        }
    }
}
