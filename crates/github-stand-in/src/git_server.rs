//! Repositories over HTTP, by git's own server program, for those who have the token.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::served::Served;

/// What a git server does on a bad day, in place of what it ought to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitMishap {
    /// It never answers.
    Hangs,
    /// It sends whoever asks elsewhere.
    SentTo(String),
    /// It is out of order.
    Refused(u16),
}

/// A server of the bare repositories in a folder. Dropping it ends it.
#[derive(Debug)]
pub struct GitServer {
    served: Served,
    state: Shared,
}

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    /// What must be sent.
    authorization: String,
    mishap: Option<GitMishap>,
    /// The header `Authorization` of every call that had one.
    shown: Vec<String>,
    calls: usize,
}

type Shared = Arc<Mutex<Inner>>;

impl GitServer {
    /// Serves the bare repositories below a folder to those who have the token.
    ///
    /// # Panics
    /// When no port can be had.
    #[must_use]
    pub fn start(root: &Path, token: &str) -> Self {
        let authorization = format!("Basic {}", STANDARD.encode(format!("x-access-token:{token}")));
        let inner = Inner { root: root.to_owned(), authorization, mishap: None, shown: Vec::new(), calls: 0 };
        let state: Shared = Arc::new(Mutex::new(inner));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        Self { served: Served::start(router), state }
    }

    /// Its base URL: an origin, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.served.address())
    }

    /// What happens to every call from now on; `None` for what ought to.
    pub fn be(&self, mishap: Option<GitMishap>) {
        lock(&self.state).mishap = mishap;
    }

    /// The header `Authorization` of every call that had one.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        lock(&self.state).shown.clone()
    }

    /// How many calls there were.
    #[must_use]
    pub fn calls(&self) -> usize {
        lock(&self.state).calls
    }
}

fn lock(state: &Shared) -> std::sync::MutexGuard<'_, Inner> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(state): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (root, mishap, is_good) = {
        let mut state = lock(&state);
        state.calls += 1;
        state.shown.extend(shown.map(str::to_owned));
        (state.root.clone(), state.mishap.clone(), shown == Some(state.authorization.as_str()))
    };
    match mishap {
        Some(GitMishap::Hangs) => std::future::pending().await,
        Some(GitMishap::SentTo(place)) => {
            return (StatusCode::FOUND, [(header::LOCATION, format!("{place}{}", parts.uri))])
                .into_response();
        }
        Some(GitMishap::Refused(status)) => {
            return StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY).into_response();
        }
        None => {}
    }
    if !is_good {
        let realm = [(header::WWW_AUTHENTICATE, "Basic realm=\"git\"")];
        return (StatusCode::UNAUTHORIZED, realm).into_response();
    }
    let Ok(body) = axum::body::to_bytes(body, 64 << 20).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let text = |headers: &HeaderMap, name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let mut git = Command::new("git");
    git.arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", text(&parts.headers, "content-type"))
        .env("HTTP_CONTENT_ENCODING", text(&parts.headers, "content-encoding"))
        .env("HTTP_GIT_PROTOCOL", text(&parts.headers, "git-protocol"))
        .env("GIT_PROTOCOL", text(&parts.headers, "git-protocol"));
    run(git, body).await.unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Runs git's program as a web server runs such programs.
async fn run(mut git: Command, body: Bytes) -> Option<Response> {
    let git = git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = git.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let write = async move {
        // It may know enough before it has read everything.
        let _ = stdin.write_all(&body).await;
    };
    let (output, ()) = tokio::join!(child.wait_with_output(), write);
    let output = output.ok()?.stdout;
    let end = output.windows(4).position(|window| window == b"\r\n\r\n")?;
    let mut response = Response::builder();
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("status") {
            response = response.status(value.trim().split(' ').next()?.parse::<u16>().ok()?);
        } else {
            response = response.header(name, value.trim());
        }
    }
    response.body(Body::from(output[end + 4..].to_vec())).ok()
}
