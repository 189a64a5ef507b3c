//! Plain HTTP: the guest sends the whole URL, the destination gets the request without it.

use axum::body::Body;
use hyper::{HeaderMap, Request, Response, Uri, body::Incoming, header, http::uri::PathAndQuery};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Headers that belong to one connection, not to the request.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

/// Sends `request` to the destination behind `outside` and answers with what comes back, as it comes.
///
/// # Errors
/// When the destination does not speak HTTP, or leaves.
pub(super) async fn forward(
    request: Request<Incoming>,
    outside: TcpStream,
) -> Result<Response<Body>, hyper::Error> {
    let (mut head, body) = request.into_parts();
    let authority = head.uri.authority().map(ToString::to_string).unwrap_or_default();
    let path = head.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    head.uri = Uri::from(path);
    strip(&mut head.headers);
    if let Ok(host) = authority.parse() {
        head.headers.insert(header::HOST, host);
    }
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(outside)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a forwarded connection broke");
        }
    });
    let mut response = sender.send_request(Request::from_parts(head, body)).await?;
    strip(response.headers_mut());
    Ok(response.map(Body::new))
}

/// Takes out what belongs to the connection: the fixed headers, and those that `Connection` names.
fn strip(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in HOP_BY_HOP.iter().copied().chain(named.iter().map(String::as_str)) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_connection_stays_behind() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("proxy-authorization", "Basic eA=="),
            ("accept", "*/*"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        strip(&mut headers);
        assert_eq!(headers.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["accept"]);
    }
}
