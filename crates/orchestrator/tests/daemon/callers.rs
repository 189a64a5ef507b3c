//! Who may see and do what. Needs root, to become other users.

use std::os::unix::net::UnixStream;

use rustix::{
    process::{Gid, Uid},
    thread::{set_thread_res_gid, set_thread_res_uid},
};
use serde_json::{Value, json};

use crate::support::{
    Connection, Daemon, Guest, Provider, Response, Site, agent_request, finished, spawn_request,
};

const MAREN: u32 = 64_001;
const REX: u32 = 64_002;
const STRANGER: u32 = 64_003;

const CONFIG: &str = r#"
[identity]
uids = { "64001" = "maren", "64002" = "rex" }
[bots.maren]
max_active = 1
max_ttl = "20m"
personas = ["rex"]
secret_env = ["OTHER_KEY"]
[bots.rex]
allow = false
"#;

/// A program that runs as another user. The daemon's group lets it open the socket.
struct User<'a> {
    daemon: &'a Daemon,
    uid: u32,
}

impl User<'_> {
    fn connect(&self) -> Connection {
        let (path, uid) = (self.daemon.socket().to_owned(), self.uid);
        // User and group of a single thread; what the kernel tells the daemon is that of whoever connects.
        let stream = std::thread::spawn(move || {
            let (group, user) = (Gid::from_raw(group_of_socket()), Uid::from_raw(uid));
            set_thread_res_gid(group, group, group).unwrap();
            set_thread_res_uid(user, user, user).unwrap();
            UnixStream::connect(path).unwrap()
        });
        Connection::new(stream.join().unwrap())
    }

    fn get(&self, path: &str) -> Response {
        self.connect().call("GET", path, &[], b"")
    }

    fn post(&self, path: &str, body: &Value) -> Response {
        self.connect().call("POST", path, &[], body.to_string().as_bytes())
    }
}

fn group_of_socket() -> u32 {
    nix::unistd::Group::from_name("daemon").unwrap().expect("every Linux has a group daemon").gid.as_raw()
}

/// A daemon whose socket other users can open; none when this is not root.
fn site(provider: &Provider) -> Option<Site> {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can become other users");
        return None;
    }
    let site = Site::new(provider, CONFIG);
    site.persona("max", "{\"schemaVersion\":1}");
    site.configure(&site.config().replace("socket_group = \"\"", "socket_group = \"daemon\""));
    Some(site)
}

#[test]
fn whoever_is_neither_operator_nor_bot_gets_403_everywhere_but_at_healthz() {
    let provider = Provider::start();
    let Some(site) = site(&provider) else { return };
    let daemon = site.start();
    let stranger = User { daemon: &daemon, uid: STRANGER };
    stranger.get("/healthz").ok();
    for path in ["/metrics", "/v1/jobs", "/v1/jobs/x", "/v1/cattle", "/v1/cattle/leaks", "/v1/nothing"] {
        assert_eq!(stranger.get(path).status, 403, "{path}");
    }
    assert_eq!(stranger.post("/v1/jobs/enqueue", &spawn_request(json!({}))).status, 403);
}

#[test]
fn a_bot_sees_and_touches_its_own_jobs_only() {
    let provider = Provider::start();
    let Some(site) = site(&provider) else { return };
    let daemon = site.start();
    let maren = User { daemon: &daemon, uid: MAREN };
    let theirs = daemon.enqueue(&spawn_request(json!({})));
    let theirs_vm = provider.birth(0);
    let own = maren.post("/v1/jobs/enqueue", &spawn_request(json!({}))).ok().json()["jobId"].clone();
    let own = own.as_str().unwrap();
    assert_eq!(maren.get(&format!("/v1/jobs/{own}")).ok().json()["job"]["requester"], "maren");
    let listed = maren.get("/v1/jobs").ok().json();
    assert_eq!(listed["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(maren.get("/v1/jobs?requester=rex").status, 403);
    let references =
        [theirs.clone(), theirs[..20].to_owned(), theirs_vm.name.clone(), theirs_vm.server_id.to_string()];
    for reference in references {
        for rest in ["", "/result", "/events", "/logs", "/artifacts", "/artifacts/a"] {
            let answer = maren.get(&format!("/v1/jobs/{reference}{rest}"));
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{reference}{rest}");
        }
        assert_eq!(maren.post(&format!("/v1/jobs/{reference}/cancel"), &json!({})).status, 404);
    }
    assert_eq!(daemon.job(&theirs)["cancelRequested"], false);
    maren.post(&format!("/v1/jobs/{own}/cancel"), &json!({})).ok();
}

#[test]
fn a_bot_cannot_do_what_only_operators_may() {
    let provider = Provider::start();
    let Some(site) = site(&provider) else { return };
    let daemon = site.start();
    let maren = User { daemon: &daemon, uid: MAREN };
    let with = |field: &str, value: Value| spawn_request(json!({ "payload": { field: value } }));
    let cases = [
        ("another requester", spawn_request(json!({ "requester": "rex" }))),
        ("the operators' name", spawn_request(json!({ "requester": "operator" }))),
        ("an image", with("image", json!("x"))),
        ("a server type", with("serverType", json!("x"))),
        ("a location", with("location", json!("x"))),
        ("autoShutdown", with("autoShutdown", json!(false))),
        ("withGithubToken", with("withGithubToken", json!(true))),
        ("inline persona", with("personaFiles", json!({}))),
        ("a high priority", spawn_request(json!({ "priority": 1 }))),
        ("a persona that is not its own", with("persona", json!("max"))),
        ("reaping", json!({ "protocolVersion": 1, "kind": "cattle.reap", "payload": {} })),
    ];
    for (name, request) in cases {
        let answer = maren.post("/v1/jobs/enqueue", &request);
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{name}: {}", answer.text());
    }
    for path in ["/metrics", "/v1/cattle", "/v1/cattle/leaks"] {
        assert_eq!(maren.get(path).status, 403, "{path}");
    }
    assert_eq!(maren.post("/v1/cattle/reap", &json!({ "protocolVersion": 1 })).status, 403);
    assert_eq!(maren.connect().call("DELETE", "/v1/cattle/1", &[], b"").status, 403);
    let rex = User { daemon: &daemon, uid: REX };
    assert_eq!(rex.post("/v1/jobs/enqueue", &spawn_request(json!({}))).status, 403);
    assert_eq!(daemon.get("/v1/jobs").ok().json()["jobs"], json!([]));
}

#[test]
fn a_bot_is_held_to_its_own_bounds() {
    let provider = Provider::start();
    let Some(site) = site(&provider) else { return };
    let daemon = site.start();
    let maren = User { daemon: &daemon, uid: MAREN };
    let long = maren.post("/v1/jobs/enqueue", &spawn_request(json!({ "payload": { "ttl": "21m" } })));
    assert_eq!(long.status, 400, "{}", long.text());
    daemon.post("/v1/cattle/reap", &json!({ "protocolVersion": 1, "dryRun": true })).ok();
    maren.post("/v1/jobs/enqueue", &spawn_request(json!({}))).ok();
    let second = maren.post("/v1/jobs/enqueue", &spawn_request(json!({})));
    assert_eq!((second.status, second.code().as_str()), (429, "capacity"), "{}", second.text());
    assert!(second.message().contains("maxActive of maren reached (1/1)"), "{}", second.message());
}

#[test]
fn a_bots_task_gets_the_key_of_its_model_and_what_its_list_names_and_a_command_gets_nothing() {
    let provider = Provider::start();
    let Some(site) = site(&provider) else { return };
    let daemon = site.start();
    let maren = User { daemon: &daemon, uid: MAREN };
    let job = maren.post("/v1/jobs/enqueue", &spawn_request(json!({}))).ok().json()["jobId"].clone();
    let mut guest = Guest::of(&site, &provider.birth(0));
    assert_eq!(guest.redeem(1).ok().json()["env"], json!({}));
    guest.report(&finished()).ok();
    daemon.wait_for(job.as_str().unwrap(), "vm", "gone");
    maren.post("/v1/jobs/enqueue", &agent_request(json!({}))).ok();
    let env = Guest::of(&site, &provider.birth(1)).redeem(1).ok().json()["env"].clone();
    assert_eq!(env, json!({ "OTHER_KEY": "sk-other-0123456789", "ZAI_API_KEY": "sk-zai-0123456789" }));
}

#[test]
fn an_operator_that_acts_for_a_bot_is_held_to_the_bots_policy() {
    let provider = Provider::start();
    let Some(site) = site(&provider) else { return };
    let daemon = site.start();
    for (requester, status) in [("rex", 403), ("nobody-known", 403), ("maren", 200)] {
        let answer = daemon.post("/v1/jobs/enqueue", &spawn_request(json!({ "requester": requester })));
        assert_eq!(answer.status, status, "{requester}: {}", answer.text());
    }
}
