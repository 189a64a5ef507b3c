//! Where the control API is, and who this host is for it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_control_client::{Client, ControlUrl, ProxyUrl};
use clawlets_model::Secret;
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::{
    CLAWLETS_INSTANCE, CONTROL_API_TOKEN, CONTROL_API_TOKEN_FILE, CONTROL_API_URL, HTTPS_PROXY,
};

/// Where the URL stands: ours, and that of the older system.
const URLS: [&str; 2] = ["/etc/clawlets/control-url", "/etc/clawdinator/control-url"];
/// Where the host's name stands: ours, and that of the older system.
const NAMES: [&str; 2] = ["/etc/clawlets/instance-name", "/etc/clawdinator/instance-name"];
/// Where the token stands: ours, and those of the older system.
const TOKENS: [&str; 4] = [
    "/run/clawlets/secrets/control-api-token",
    "/run/secrets/control-api-token",
    "/run/agenix/control-api-token",
    "/run/agenix/clawdinator-control-token",
];
/// The longest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A client for this host.
pub(super) fn client() -> Result<Client, Fault> {
    let refused = |what: &str, error: &dyn std::error::Error| {
        Fault::new(FaultCode::ControlUnconfigured, what).because(error)
    };
    let url = ControlUrl::parse(&url()?)
        .map_err(|error| refused("the URL of the control API cannot be used", &error))?;
    let token = token()?;
    let client = match HTTPS_PROXY.value() {
        None => Client::new(url, token),
        Some(proxy) => {
            let proxy = ProxyUrl::parse(proxy.expose())
                .map_err(|error| refused("the control API cannot be asked through HTTPS_PROXY", &error))?;
            Client::through(&proxy, url, token)
        }
    };
    client.map_err(|error| refused("the control API cannot be asked", &error))
}

/// The host that this is, where it says so. A request then says it too, so that nobody asks for more by a token that is not
/// the host's own.
pub(super) fn instance() -> Result<Option<String>, Fault> {
    if let Some(name) = CLAWLETS_INSTANCE.value() {
        return Ok(Some(name.expose().clone()));
    }
    let found = first(&NAMES.map(PathBuf::from))?;
    Ok(found.map(|name| name.expose().clone()).filter(|name| !name.is_empty()))
}

fn url() -> Result<String, Fault> {
    if let Some(url) = CONTROL_API_URL.value() {
        return Ok(url.expose().clone());
    }
    let found = first(&URLS.map(PathBuf::from))?;
    let url = found.map(|text| text.expose().clone()).filter(|text| !text.is_empty());
    url.ok_or_else(|| {
        Fault::new(
            FaultCode::ControlUnconfigured,
            format!("there is no control API: {} is empty or missing", URLS[0]),
        )
        .hint("declare it as control.url of the fleet, or set CONTROL_API_URL")
    })
}

fn token() -> Result<Secret<String>, Fault> {
    if let Some(token) = CONTROL_API_TOKEN.value() {
        return Ok(token);
    }
    let files = match CONTROL_API_TOKEN_FILE.value() {
        Some(file) => vec![PathBuf::from(file.expose())],
        None => TOKENS.map(PathBuf::from).to_vec(),
    };
    let token = first(&files)?.filter(|token| !token.expose().is_empty());
    token.ok_or_else(|| {
        let shown = files.first().map(|file| file.display().to_string()).unwrap_or_default();
        Fault::new(
            FaultCode::ControlUnconfigured,
            format!("there is no token for the control API in {shown}"),
        )
        .hint("each host has one of its own; CONTROL_API_TOKEN_FILE names another file")
    })
}

/// What stands in the first of these files that is there, without white space around it.
fn first(files: &[PathBuf]) -> Result<Option<Secret<String>>, Fault> {
    for file in files {
        match read(file) {
            Ok(text) => return Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let fault = Fault::new(FaultCode::Io, format!("failed to read {}", file.display()));
                return Err(fault.because(&error));
            }
        }
    }
    Ok(None)
}

fn read(file: &Path) -> io::Result<Secret<String>> {
    let found = fs::metadata(file)?;
    if !found.is_file() || found.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file of at most 64 KiB"));
    }
    let text = Secret::from(fs::read_to_string(file)?);
    Ok(Secret::from(text.expose().trim()))
}
