//! Against a mock server that checks each request against GitHub's published description of its API and answers with
//! the examples in it. `scripts/setup --tests` fetches both.

use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_github::Access;
use clawlets_github_stand_in::AppPem;
use jiff::Timestamp;

use crate::support::{app_with, client, installation, scope};

/// A running mock. Dropping it ends it.
struct Mock {
    child: Child,
    api: String,
}

impl Mock {
    /// `None` where it was not fetched.
    fn start() -> Option<Self> {
        let folder = folder()?;
        if !folder.join("made-of").exists() {
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("node")
            .arg(folder.join("node_modules/@stoplight/prism-cli/dist/index.js"))
            .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(folder.join("api.json"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mock = Self { child, api: format!("http://127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "the mock does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(mock)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("CLAWLETS_GITHUB_CONTRACT").or_else(|| {
        let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?;
        Some(cache.join("clawlets/github-contract"))
    })
}

#[tokio::test]
async fn our_calls_and_their_answers_are_as_github_describes_them() {
    let Some(mock) = Mock::start() else {
        // Past the test runner, which keeps what a passing test prints. `make test` counts these lines.
        let why = "GitHub's description of its API is not here (scripts/setup --tests fetches it with npm)";
        let test = "our_calls_and_their_answers_are_as_github_describes_them";
        let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
        return;
    };
    let client = client(&mock.api);
    let app = app_with(&AppPem::generate(2048).pkcs8);
    // What GitHub's example answers, and when.
    let example = scope(&["Hello-World"], &[("contents", Access::Read), ("issues", Access::Write)]);
    let then: Timestamp = "2016-07-11T22:00:00Z".parse().unwrap();
    let minted = client.mint(&app, installation(), &example, then).await.unwrap();
    assert_eq!(minted.expires_at.to_string(), "2016-07-11T22:14:10Z");
    assert!(minted.token.expose().starts_with("ghs_"));
    client.revoke(&minted.token, then).await.unwrap();
}
