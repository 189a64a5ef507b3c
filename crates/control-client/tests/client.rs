//! Against a server on loopback that answers what it is told, also what a control API never would.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::any,
};
use clawlets_control_client::{Client, ControlError, ControlUrl, DeployRequest, ProxyUrl};
use clawlets_model::{Secret, control::ControlErrorCode};

/// A server that gives this answer to everything; its URL.
async fn server(status: u16, body: &'static str) -> ControlUrl {
    let answer = move |headers: HeaderMap, request: Bytes| async move {
        let known = headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer token-of-web-1");
        let is_deploy = String::from_utf8_lossy(&request).contains(r#""action":"deploy""#);
        assert!(known && is_deploy, "{headers:?} {request:?}");
        let location = [(header::LOCATION, "http://127.0.0.1:1/")];
        (StatusCode::from_u16(status).unwrap(), location, body).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", any(answer))).await });
    ControlUrl::parse(&url).unwrap()
}

async fn deploy(url: ControlUrl) -> Result<String, ControlError> {
    let client = Client::new(url, Secret::from("token-of-web-1")).unwrap();
    let request =
        DeployRequest { target: "web-2".to_owned(), ami_override: None, caller: None, idempotency_key: None };
    client.deploy(&request).await.map(|answer| answer.request_id)
}

#[tokio::test]
async fn an_answer_of_a_newer_server_is_read() {
    let url = server(200, r#"{"ok":true,"message":"m","requestId":"r","ofTomorrow":[1],"run":null}"#).await;
    assert_eq!(deploy(url).await.unwrap(), "r");
}

#[tokio::test]
async fn a_refusal_keeps_its_status_its_code_and_its_words() {
    let url =
        server(403, r#"{"ok":false,"error":"a bot does not deploy itself","code":"self_deploy"}"#).await;
    let error = deploy(url).await.unwrap_err();
    assert_eq!(error.to_string(), "a bot does not deploy itself");
    let ControlError::Refused { status, answer } = error else { panic!("{error:?}") };
    assert_eq!((status, answer.code), (403, ControlErrorCode::SelfDeploy));
}

#[tokio::test]
async fn what_is_no_control_api_is_not_understood() {
    for (status, body) in [(200, "<html>"), (502, "Bad Gateway"), (302, ""), (200, "{}"), (404, "[]")] {
        let error = deploy(server(status, body).await).await.unwrap_err();
        assert!(
            matches!(error, ControlError::NotUnderstood { status: seen } if seen == status),
            "{status} {body}: {error:?}"
        );
    }
}

#[tokio::test]
async fn nobody_at_the_other_end_is_said_so_without_the_token() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = deploy(ControlUrl::parse(&url).unwrap()).await.unwrap_err();
    assert!(matches!(error, ControlError::Unreachable(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("token-of-web-1"));
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_sees_no_token() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = ProxyUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let seen = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut seen, mut buffer) = (Vec::new(), [0; 1024]);
        while !seen.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "{seen:?}");
            seen.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(b"HTTP/1.1 403 Filtered\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        String::from_utf8(seen).unwrap()
    });
    let url = ControlUrl::parse("https://control.example.net/").unwrap();
    let client = Client::through(&proxy, url, Secret::from("token-of-web-1")).unwrap();
    let error = client.status().await.unwrap_err();
    assert!(matches!(error, ControlError::Unreachable(_)), "{error:?}");
    let seen = seen.await.unwrap();
    assert!(
        seen.starts_with("CONNECT control.example.net:443 ") && !seen.contains("token-of-web-1"),
        "{seen}"
    );
}

#[tokio::test]
async fn what_is_on_this_machine_is_reached_without_the_proxy() {
    let url = server(200, r#"{"ok":true,"message":"m","requestId":"r"}"#).await;
    let proxy = ProxyUrl::parse("http://127.0.0.1:9").unwrap();
    let client = Client::through(&proxy, url, Secret::from("token-of-web-1")).unwrap();
    let request =
        DeployRequest { target: "web-2".to_owned(), ami_override: None, caller: None, idempotency_key: None };
    assert_eq!(client.deploy(&request).await.unwrap().request_id, "r");
}
