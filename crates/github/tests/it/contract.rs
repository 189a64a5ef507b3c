//! Against a mock server that checks each request against GitHub's published description of its API and answers with
//! the examples in it. `scripts/setup --tests` fetches both.

use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_github::{
    Access, GitRef, Item, Listing, Owner, PageAnswer, Repository, RepositoryItem, WorkflowFile,
};
use clawlets_github_stand_in::AppPem;
use clawlets_model::Secret;
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

#[tokio::test]
async fn our_lists_are_asked_for_and_answered_as_github_describes_them() {
    let Some(mock) = Mock::start() else {
        let why = "GitHub's description of its API is not here (scripts/setup --tests fetches it with npm)";
        let test = "our_lists_are_asked_for_and_answered_as_github_describes_them";
        let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
        return;
    };
    let client = client(&mock.api);
    let token = Secret::from("made-up");
    let repository = Repository::parse("octocat/Hello-World").unwrap();
    let owner = Owner::parse("github").unwrap();
    for listing in [Listing::PullRequests(&repository), Listing::Issues(&repository)] {
        let place = client.first_page(listing);
        let answer = client.page::<Item>(listing, &place, None, &token, Timestamp::now()).await.unwrap();
        let PageAnswer::Page(page, _) = answer else { panic!("{answer:?}") };
        let item = &page.items[0];
        assert_eq!((item.number, item.author.as_str(), page.items.len()), (1347, "octocat", 1), "{item:?}");
        assert!(!item.title.is_empty() && item.labels == ["bug"], "{item:?}");
        assert_eq!(item.is_pull_request, listing == Listing::Issues(&repository), "GitHub's example is one");
    }
    let listing = Listing::Repositories(&owner);
    let place = client.first_page(listing);
    let answer =
        client.page::<RepositoryItem>(listing, &place, None, &token, Timestamp::now()).await.unwrap();
    let PageAnswer::Page(page, _) = answer else { panic!("{answer:?}") };
    assert_eq!(page.items[0].full_name, repository);
}

#[tokio::test]
async fn our_workflows_are_started_and_followed_as_github_describes_it() {
    let Some(mock) = Mock::start() else {
        let why = "GitHub's description of its API is not here (scripts/setup --tests fetches it with npm)";
        let test = "our_workflows_are_started_and_followed_as_github_describes_it";
        let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
        return;
    };
    let client = client(&mock.api);
    let (token, now) = (Secret::from("made-up"), Timestamp::now());
    let repository = Repository::parse("octocat/Hello-World").unwrap();
    let (file, main) = (WorkflowFile::parse("fleet-deploy.yml").unwrap(), GitRef::parse("main").unwrap());
    let inputs = [("target", "web-1"), ("ami_override", ""), ("request_id", "r-1")];
    let inputs = inputs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    client.dispatch(&repository, &file, &main, inputs, &token, now).await.unwrap();
    let runs = client.recent_runs(&repository, &file, &token, now).await.unwrap();
    let run = client.run(&repository, runs[0].id, &token, now).await.unwrap();
    assert_eq!((run.id, run.status.as_deref(), run.conclusion), (30_433_642, Some("queued"), None));
    assert_eq!(
        run.html_url, "https://github.com/octo-org/octo-repo/actions/runs/30433642",
        "GitHub's example"
    );
}
