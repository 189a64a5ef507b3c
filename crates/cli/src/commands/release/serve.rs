//! `clawlets release serve`.

use std::{
    future::IntoFuture,
    io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, Response, StatusCode, header},
};
use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::value::{Sha256Digest, SitePath};
use clawlets_verbs::Interrupt;
use serde::Serialize;
use tokio::net::TcpListener;

/// Serve a folder of releases on this machine, for a try.
///
/// It listens on loopback only, and ends with Ctrl-C. A host that asks again for what has not changed gets no second copy,
/// as from any good server. Every file is read as a whole, so that it is none for a large cache.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The folder.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// The port; 0 takes one that is free.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
}

/// What `--json` prints, on one line, as soon as it can be asked.
#[derive(Debug, Serialize)]
struct Serving {
    url: String,
}

impl Serve {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed("start the asynchronous runtime", &error))?;
        runtime.block_on(self.serve(printer))
    }

    async fn serve(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let shown = self.folder.display();
        let root: Arc<Path> = match self.folder.canonicalize() {
            Ok(root) if root.is_dir() => root.into(),
            Ok(_) => return Err(Fault::new(FaultCode::UsageValue, format!("{shown} is no folder"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Fault::new(FaultCode::ReleaseUnknown, format!("there is no folder {shown}")));
            }
            Err(error) => return Err(failed(&format!("find the folder {shown}"), &error)),
        };
        let mut interrupt = Interrupt::listen()?;
        let listen = || format!("listen on port {} of this machine", self.port);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await;
        let listener = listener.map_err(|error| failed(&listen(), &error))?;
        let address = listener.local_addr().map_err(|error| failed(&listen(), &error))?;
        let url = format!("http://{address}");
        match printer.form() {
            Form::Json => printer.json_line(&Serving { url }),
            Form::Text => printer.data(url),
        }
        let router = Router::new().fallback(move |request: Request<Body>| answer(Arc::clone(&root), request));
        // Whoever is in the middle of an answer is cut off: a client that sends nothing more would else keep it running.
        tokio::select! {
            served = axum::serve(listener, router).into_future() => served.map_err(|error| failed("serve", &error))?,
            () = interrupt.came() => {}
        }
        Ok(ExitCode::Ok)
    }
}

async fn answer(root: Arc<Path>, request: Request<Body>) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return response(StatusCode::METHOD_NOT_ALLOWED, &[(header::ALLOW, "GET, HEAD")], Vec::new());
    }
    let found = tokio::task::spawn_blocking({
        let path = request.uri().path().to_owned();
        move || read(&root, &path)
    });
    let Ok(Some((path, bytes))) = found.await else {
        return response(StatusCode::NOT_FOUND, &[], Vec::new());
    };
    let tag = format!("\"{}\"", Sha256Digest::of(&bytes));
    let fresh = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if has_it(request.headers(), &tag) {
        return response(StatusCode::NOT_MODIFIED, &fresh, Vec::new());
    }
    let [tag, cache] = fresh;
    response(StatusCode::OK, &[tag, cache, (header::CONTENT_TYPE, kind(&path))], bytes)
}

/// A file of the folder: no other, whatever the path or a link in the folder says.
fn read(root: &Path, path: &str) -> Option<(PathBuf, Vec<u8>)> {
    let path = SitePath::parse(path.strip_prefix('/')?).ok()?;
    let path = root.join(path.as_str()).canonicalize().ok()?;
    if !path.starts_with(root) || !path.is_file() {
        return None;
    }
    let bytes = std::fs::read(&path).ok()?;
    Some((path, bytes))
}

/// Whether a client says that it has these bytes.
fn has_it(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => "application/json",
        Some("minisig" | "narinfo") => "text/plain; charset=utf-8",
        Some("tgz") => "application/gzip",
        Some(_) | None => "application/octet-stream",
    }
}

fn response(status: StatusCode, headers: &[(header::HeaderName, &str)], bytes: Vec<u8>) -> Response<Body> {
    let headers = headers
        .iter()
        .fold(Response::builder().status(status), |response, (name, value)| response.header(name, *value));
    headers.body(Body::from(bytes)).expect("the names and values of our headers are plain text")
}

fn failed(action: &str, error: &io::Error) -> Fault {
    Fault::new(FaultCode::Io, format!("failed to {action}")).because(error)
}
