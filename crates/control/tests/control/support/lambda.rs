//! The runtime API of AWS Lambda on loopback: it hands events to the real program, and takes its answers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::sync::{Mutex as AsyncMutex, mpsc as async_mpsc, oneshot};

use super::http::Reply;

type Answers = Arc<Mutex<HashMap<String, mpsc::Sender<Value>>>>;

#[derive(Clone)]
struct Runtime {
    events: Arc<AsyncMutex<async_mpsc::UnboundedReceiver<(String, Value)>>>,
    answers: Answers,
}

/// A running runtime API. Dropping it ends it.
pub(crate) struct RuntimeApi {
    pub(crate) address: String,
    events: async_mpsc::UnboundedSender<(String, Value)>,
    answers: Answers,
    count: Mutex<u64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RuntimeApi {
    pub(crate) fn start() -> Self {
        let (events, queue) = async_mpsc::unbounded_channel();
        let answers = Answers::default();
        let runtime = Runtime { events: Arc::new(AsyncMutex::new(queue)), answers: Arc::clone(&answers) };
        let (ready, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let executor = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            executor.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap().to_string()).unwrap();
                let router = Router::new()
                    .route("/2018-06-01/runtime/invocation/next", get(next))
                    .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
                    .route("/2018-06-01/runtime/invocation/{id}/error", post(response))
                    .with_state(runtime);
                tokio::select! {
                    _ = async { axum::serve(listener, router).await } => {}
                    _ = stopped => {}
                }
            });
        });
        let address = address.recv().unwrap();
        Self { address, events, answers, count: Mutex::default(), stop: Some(stop), thread: Some(thread) }
    }

    /// Hands a call of a function URL to the function and waits for its answer.
    pub(crate) fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let id = {
            let mut count = self.count.lock().unwrap();
            *count += 1;
            format!("request-{count}")
        };
        let (send, answer) = mpsc::channel();
        self.answers.lock().unwrap().insert(id.clone(), send);
        let event = event(method, path, headers, body);
        self.events.send((id, event)).unwrap();
        let answer = answer.recv_timeout(Duration::from_secs(20)).expect("the function answers");
        let text = answer["body"].as_str().unwrap_or_default();
        let status = answer["statusCode"].as_u64().unwrap_or_else(|| panic!("{answer}"));
        Reply { status: status.try_into().unwrap(), body: serde_json::from_str(text).unwrap_or_default() }
    }
}

/// An event as a function URL makes it, version 2.0.
fn event(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Value {
    // Names of headers come in lower case.
    let headers: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
    let (body, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (base64(body), true),
    };
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous", "apiId": "abc", "domainName": "abc.lambda-url.eu-central-1.on.aws",
            "domainPrefix": "abc", "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "21/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_255_200_000_u64,
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test" },
        },
        "body": body, "isBase64Encoded": is_base64,
    })
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place > chunk.len() { '=' } else { digit });
        }
    }
    text
}

async fn next(State(runtime): State<Runtime>) -> (HeaderMap, String) {
    let mut events = runtime.events.lock().await;
    let Some((id, event)) = events.recv().await else { return std::future::pending().await };
    let mut headers = HeaderMap::new();
    let deadline = jiff::Timestamp::now().as_millisecond() + 15_000;
    headers.insert("lambda-runtime-aws-request-id", id.parse().unwrap());
    headers.insert("lambda-runtime-deadline-ms", deadline.to_string().parse().unwrap());
    let arn = "arn:aws:lambda:eu-central-1:000000000000:function:clawlets-control";
    headers.insert("lambda-runtime-invoked-function-arn", arn.parse().unwrap());
    (headers, event.to_string())
}

async fn response(State(runtime): State<Runtime>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    if let Some(answer) = runtime.answers.lock().unwrap().remove(&id) {
        let _ = answer.send(serde_json::from_slice(&body).unwrap_or_default());
    }
    StatusCode::ACCEPTED
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
