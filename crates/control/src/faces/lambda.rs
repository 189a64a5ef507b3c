//! As an AWS Lambda function behind a function URL.

use std::{convert::Infallible, sync::Arc};

use clawlets_audit::Face;
use lambda_http::{Body, Request, RequestExt, Response, service_fn};

use super::{Call, Faces};
use crate::{control::Answer, request::MAX_BODY};

/// Answers events until the runtime ends the process.
///
/// # Errors
/// In words, when the runtime cannot be reached.
pub async fn lambda(faces: Arc<Faces>) -> Result<(), String> {
    let answer = service_fn(move |request: Request| {
        let faces = Arc::clone(&faces);
        async move { Ok::<_, Infallible>(response(faces.answer(call(&request)).await)) }
    });
    lambda_http::run(answer).await.map_err(|error| error.to_string())
}

fn call(request: &Request) -> Call {
    let body = match request.body() {
        Body::Empty => Vec::new(),
        Body::Text(text) => text.clone().into_bytes(),
        Body::Binary(bytes) => bytes.clone(),
        _ => Vec::new(),
    };
    let path = request.raw_http_path();
    let path = if path.is_empty() { request.uri().path() } else { path };
    Call {
        method: request.method().clone(),
        path: path.to_owned(),
        headers: request.headers().clone(),
        body: (body.len() <= MAX_BODY).then_some(body),
        face: Face::Lambda,
    }
}

fn response(answer: Answer) -> Response<Body> {
    let builder = Response::builder()
        .status(answer.status)
        .header("content-type", "application/json")
        .header("cache-control", "no-store");
    let builder = match answer.retry_after {
        Some(seconds) => builder.header("retry-after", seconds),
        None => builder,
    };
    let text =
        String::from_utf8(answer.body).map_or_else(|error| Body::Binary(error.into_bytes()), Body::Text);
    builder.body(text).expect("a known status and plain headers make a response")
}
