//! Spawns with a token for GitHub, against a GitHub on loopback.

use std::{fs, path::Path};

use clawlets_github_stand_in::{Github, Minted, Mishap};
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::support::{Daemon, Guest, Provider, Site, agent_request, finished, spawn_request, until};

/// A site whose orchestrator has the App of this GitHub, for one of its repositories.
fn site(provider: &Provider, github: &Github, more: &str) -> Site {
    let table = format!(
        r#"[github]
app_id = {}
installation_id = {}
private_key_file = "app.pem"
repositories = ["clawlets"]
permissions = {{ contents = "write" }}
endpoint = "{}"
{more}"#,
        Github::APP_ID,
        Github::INSTALLATION_ID,
        github.api()
    );
    let site = Site::new(provider, &table);
    site.secret("app.pem", &github.pem().pkcs1);
    site
}

fn with_token() -> Value {
    spawn_request(json!({ "payload": { "withGithubToken": true } }))
}

/// What a job's history says of its token.
fn said_of_token(daemon: &Daemon, job: &str) -> Vec<String> {
    let answer = daemon.get(&format!("/v1/jobs/{job}/events")).ok().json();
    let events = answer["events"].as_array().unwrap().iter();
    let of_token = events.filter(|event| event["event"] == "github-token");
    of_token.map(|event| event["detail"].as_str().unwrap().to_owned()).collect()
}

fn until_revoked(github: &Github, at: usize) -> Minted {
    until("the token is revoked", || github.minted().get(at).filter(|minted| minted.is_revoked).cloned())
}

/// Whether these bytes are in any file below a folder.
fn is_on_disk(folder: &Path, needle: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_on_disk(&path, needle);
        }
        fs::read(&path).is_ok_and(|bytes| bytes.windows(needle.len()).any(|part| part == needle.as_bytes()))
    })
}

#[test]
fn a_vm_gets_a_narrowed_token_which_ends_with_its_job_and_is_kept_nowhere() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let mut guest = Guest::of(&site, &provider.birth(0));
    assert_eq!(github.calls(), Vec::<String>::new(), "nothing is minted before a VM redeems");
    let first = guest.redeem(1).ok().json();
    let again = guest.redeem(1).ok().json();
    assert_eq!((&first["env"], &first["session"]), (&again["env"], &again["session"]));
    let minted = github.minted();
    assert_eq!(minted.len(), 1);
    let token = minted[0].token.as_str();
    assert_eq!(first["env"], json!({ "GITHUB_TOKEN": token }));
    assert_eq!(minted[0].repositories.iter().collect::<Vec<_>>(), ["clawlets"]);
    assert_eq!(minted[0].permissions["contents"], "write");

    guest.beat("running").ok();
    assert!(!github.minted()[0].is_revoked);
    guest.report(&finished()).ok();
    until_revoked(&github, 0);
    let said = until("the end of the token is recorded", || {
        Some(said_of_token(&daemon, &job)).filter(|said| said.len() == 2)
    });
    assert!(said[0].starts_with("minted for contents=write on clawlets, good until 20"), "{said:?}");
    assert_eq!(said[1], "revoked");
    daemon.wait_for_end(&job);
    assert!(!is_on_disk(&site.path("store"), token) && !site.log_text().contains(token));
}

#[test]
fn each_vm_has_a_token_of_its_own() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    daemon.enqueue(&with_token());
    daemon.enqueue(&with_token());
    let mut one = Guest::at_work(&site, &provider.birth(0));
    Guest::at_work(&site, &provider.birth(1)).beat("running").ok();
    one.report(&finished()).ok();
    until_revoked(&github, 0);
    let minted = github.minted();
    assert_eq!(minted.len(), 2);
    assert!(minted[0].token != minted[1].token && !minted[1].is_revoked);
}

#[test]
fn an_agent_task_gets_it_beside_the_key_of_its_model() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    daemon.enqueue(&agent_request(json!({ "payload": { "withGithubToken": true } })));
    let answer = Guest::of(&site, &provider.birth(0)).redeem(1).ok().json();
    let names: Vec<&String> = answer["env"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["GITHUB_TOKEN", "ZAI_API_KEY"]);
}

#[test]
fn a_spawn_that_does_not_ask_for_one_gets_none() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    daemon.enqueue(&spawn_request(json!({ "payload": { "withGithubToken": false } })));
    let answer = Guest::of(&site, &provider.birth(0)).redeem(1).ok().json();
    assert_eq!((&answer["env"], github.calls().len()), (&json!({}), 0));
}

#[test]
fn a_bots_vm_gets_none_whoever_spawns_it() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "[bots.maren]\n");
    let daemon = site.start();
    let mut request = with_token();
    request["requester"] = json!("maren");
    let answer = daemon.post("/v1/jobs/enqueue", &request);
    assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{}", answer.text());
    assert!(answer.message().contains("withGithubToken"), "{}", answer.message());
}

#[test]
fn a_token_that_is_printed_or_left_in_a_file_goes_nowhere() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    let token = github.minted()[0].token.clone();
    guest.say(0, &[&format!("before {token} after")]).ok();
    leaves(&mut guest, "whole", token.as_bytes(), 400);
    let mut far = vec![b'x'; 256 * 1024 - 10];
    far.extend_from_slice(token.as_bytes());
    leaves(&mut guest, "across-pieces", &far, 400);
    leaves(&mut guest, "harmless", b"nothing to see", 200);
    daemon.kill();
    // The next daemon does not know the token, but how one looks.
    let daemon = site.start();
    let mut guest = guest.again(&site, birth.server_id);
    guest.say(1, &[&format!("and {token} again")]).ok();
    leaves(&mut guest, "later", token.as_bytes(), 400);
    let result =
        json!({ "status": "done", "reason": "finished", "exitCode": 0, "output": token, "durationMs": 5 });
    guest.report(&result).ok();
    daemon.wait_for_end(&job);
    let logs = daemon.get(&format!("/v1/jobs/{job}/logs")).ok().text();
    assert_eq!(logs.matches("<redacted>").count(), 2, "{logs}");
    let artifacts = daemon.get(&format!("/v1/jobs/{job}/artifacts")).ok().json();
    assert_eq!(artifacts["artifacts"].as_array().unwrap().len(), 1, "{artifacts}");
    assert_eq!(daemon.get(&format!("/v1/jobs/{job}/result")).ok().json()["output"], "<redacted>");
    assert!(!is_on_disk(&site.path("store"), &token));
}

fn leaves(guest: &mut Guest, name: &str, content: &[u8], expected: u16) {
    let answer = guest.leave(name, content, &hex::encode(sha2::Sha256::digest(content)));
    assert_eq!(answer.status, expected, "{name}: {}", answer.text());
}

#[test]
fn while_github_is_down_nothing_is_spent_and_the_vm_asks_again() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let mut guest = Guest::of(&site, &provider.birth(0));
    github.be_out_of_order(Some(502));
    daemon.wait_for(&job, "phase", "booting");
    until("GitHub was asked", || {
        assert_eq!(guest.redeem_once(1).status, 503);
        (!github.calls().is_empty()).then_some(())
    });
    assert_eq!(daemon.job(&job)["phase"], "booting");
    github.be_out_of_order(None);
    guest.redeem(1).ok();
    guest.beat("running").ok();
    guest.report(&finished()).ok();
    assert_eq!(daemon.wait_for_end(&job)["status"], "done");
}

#[test]
fn a_limit_of_githubs_is_obeyed() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let mut guest = Guest::of(&site, &provider.birth(0));
    daemon.wait_for(&job, "phase", "booting");
    github.on_next(Mishap::Refused(403, vec![("retry-after", "3600".to_owned())]));
    until("GitHub was asked", || {
        assert_eq!(guest.redeem_once(1).status, 503);
        (!github.calls().is_empty()).then_some(())
    });
    for _ in 0..3 {
        assert_eq!(guest.redeem_once(1).status, 503);
    }
    assert_eq!(github.calls().len(), 1);
}

#[test]
fn a_github_that_stays_down_ends_the_job_and_is_named() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "[cattle]\nboot_timeout = \"2s\"\n");
    let daemon = site.start();
    github.be_out_of_order(Some(502));
    let mut request = with_token();
    request["maxAttempts"] = json!(1);
    let job = daemon.enqueue(&request);
    let mut guest = Guest::of(&site, &provider.birth(0));
    until("GitHub was asked", || {
        assert_eq!(guest.redeem_once(1).status, 503);
        (!github.calls().is_empty()).then_some(())
    });
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("failed"), &json!("error")));
    assert_eq!(ended["message"], "failed to mint a token: GitHub answered with status 502");
    provider.wait_until_empty();
}

#[test]
fn a_token_that_can_never_be_had_ends_the_job_at_once_with_githubs_words() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    github.change_installation(|installation| installation.repositories.clear());
    let job = daemon.enqueue(&with_token());
    let answer = Guest::of(&site, &provider.birth(0)).redeem(1);
    assert_eq!(answer.status, 410, "{}", answer.text());
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("failed"), &json!("error")));
    let message = ended["message"].as_str().unwrap();
    assert!(message.contains("at least one repository that does not exist"), "{message}");
    assert_eq!((provider.births(), github.minted().len()), (1, 0));
}

#[test]
fn a_token_that_cannot_be_revoked_is_recorded_with_its_end() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    github.on_next(Mishap::Refused(403, vec![]));
    guest.report(&finished()).ok();
    let said = until("the end of the token is recorded", || {
        said_of_token(&daemon, &job).into_iter().find(|said| said.starts_with("not revoked"))
    });
    assert!(said.contains("it ends by itself at 20") && said.contains("GitHub forbids it"), "{said}");
    assert_eq!(daemon.wait_for_end(&job)["status"], "done");
}

#[test]
fn an_answer_that_got_lost_with_the_daemon_is_given_again_with_a_new_token() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let birth = provider.birth(0);
    let first = Guest::of(&site, &birth).redeem(1).ok().json();
    daemon.kill();
    let daemon = site.start();
    let mut guest = Guest::of(&site, &birth);
    let again = guest.redeem(1).ok().json();
    assert_eq!(first["session"], again["session"]);
    assert_eq!(again["env"]["GITHUB_TOKEN"], github.minted()[1].token.as_str());
    guest.beat("running").ok();
    guest.report(&finished()).ok();
    until_revoked(&github, 1);
    daemon.wait_for_end(&job);
}

#[test]
fn a_replay_after_the_token_was_given_ends_it() {
    let (provider, github) = (Provider::start(), Github::start());
    let site = site(&provider, &github, "");
    let daemon = site.start();
    let job = daemon.enqueue(&with_token());
    let birth = provider.birth(0);
    Guest::of(&site, &birth).redeem(1).ok();
    assert_eq!(Guest::of(&site, &birth).redeem(2).status, 401);
    until_revoked(&github, 0);
    assert_eq!(daemon.wait_for_end(&job)["reason"], "incident");
    assert_eq!(github.minted().len(), 1);
}

#[test]
fn every_fault_of_the_app_is_reported_in_one_run() {
    let provider = Provider::start();
    let site = Site::new(
        &provider,
        r#"[github]
app_id = 0
repositories = ["acme/clawlets"]
private_key_file = "app.pem"
endpoint = "http://github.example"
permissions = { contents = "everything" }
"#,
    );
    site.secret("app.pem", "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\n");
    let output = site.command().arg("--check-config").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for expected in [
        "github.app_id: 0 is nobody's id",
        "github.installation_id: is missing",
        "github.repositories: \"acme/clawlets\" names an owner",
        "github.private_key_file: ",
        "github.endpoint: the base URL must use https",
        "github.permissions.contents: \"everything\" is not how far a permission goes",
    ] {
        assert!(said.contains(expected), "{expected:?} is missing in:\n{said}");
    }
    assert!(output.status.code() == Some(78) && !said.contains("hunter2"), "{said}");
}

#[test]
fn the_variable_names_the_api_and_asks_for_no_app_by_itself() {
    let (provider, github) = (Provider::start(), Github::start());
    let api = github.api();
    let variables = [("GITHUB_API_URL", api.as_str())];
    let without = Site::new(&provider, "");
    let check = |site: &Site| site.command().envs(variables).arg("--check-config").output().unwrap();
    assert_eq!(check(&without).status.code(), Some(0));

    let site = site(&provider, &github, "");
    let config = site.config().replace(&format!("endpoint = \"{api}\"\n"), "");
    site.configure(&config);
    let daemon = site.start_with(&variables);
    daemon.enqueue(&with_token());
    Guest::of(&site, &provider.birth(0)).redeem(1).ok();
    assert_eq!(github.minted().len(), 1);
}
