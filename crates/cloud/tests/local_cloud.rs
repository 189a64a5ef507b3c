//! The client against the local cloud, with servers that stay off: no guest is started.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use clawlets_cloud::{
    ActionId, Cloud, CloudError, CreateFirewall, CreateServer, CreateSshKey, Deletion, Direction,
    FirewallRule, FirewallTarget, Hetzner, HetznerConfig, ImageFilter, ImageStatus, Origin, Protocol,
    PublicNet, Selector, ServerStatus, StartAfterCreate,
};
use clawlets_local_cloud::{AcceleratorChoice, Config, Endpoint, serve};
use clawlets_model::{LabelKey, LabelValue, Labels};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

const PATIENCE: Duration = Duration::from_secs(30);

/// A local cloud of its own.
struct Running {
    client: Hetzner,
    endpoint: Endpoint,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), clawlets_local_cloud::Error>>,
    _dir: TempDir,
}

impl Running {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (state, cache) = (dir.path().join("state"), dir.path().join("cache"));
        write_image(&cache.join("images/clawlets-cattle"));
        let mut config = Config::new(state.clone(), cache, vec!["/bin/false".into()]);
        config.guest.accelerator = AcceleratorChoice::Emulate;
        config.limits.servers = 60;
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(config, async {
            let _ = stopped.await;
        }));
        let endpoint = endpoint(&state, &serving).await;
        let config = HetznerConfig::new(endpoint.endpoint.parse().unwrap(), endpoint.token.clone());
        Self { client: Hetzner::new(config).unwrap(), endpoint, stop, serving, _dir: dir }
    }

    /// Replaces what goes wrong.
    async fn faults(&self, rules: Value) {
        let base = self.endpoint.endpoint.trim_end_matches("/v1");
        let answer = reqwest::Client::builder()
            .tls_backend_preconfigured(no_tls())
            .build()
            .unwrap()
            .post(format!("{base}/_local/faults"))
            .bearer_auth(self.endpoint.token.expose())
            .body(json!({ "rules": rules }).to_string())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.serving.await.unwrap().unwrap();
    }
}

/// A client for loopback believes in nobody.
fn no_tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}

async fn endpoint(state: &Path, serving: &JoinHandle<Result<(), clawlets_local_cloud::Error>>) -> Endpoint {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Ok(endpoint) = Endpoint::read(state) {
            return endpoint;
        }
        assert!(!serving.is_finished(), "the local cloud ended at once");
        assert!(Instant::now() < deadline, "the local cloud did not start");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An image that is complete in every way but that nothing could boot from it.
fn write_image(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    for file in ["vmlinux", "initramfs"] {
        fs::write(dir.join(file), "nothing").unwrap();
    }
    let manifest = json!({
        "name": "clawlets-cattle", "description": "an image for tests", "labels": {"clawlets/image": "cattle"},
        "kernel": dir.join("vmlinux"), "initramfs": dir.join("initramfs"), "kernel_version": "6.1",
        "digest": "0".repeat(64),
    });
    fs::write(dir.join("image.json"), manifest.to_string()).unwrap();
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let pair =
        |(key, value): &(&str, &str)| (LabelKey::parse(key).unwrap(), LabelValue::parse(value).unwrap());
    pairs.iter().map(pair).collect()
}

fn asked(name: &str) -> CreateServer {
    CreateServer {
        name: name.to_owned(),
        server_type: "cx23".to_owned(),
        image: "clawlets-cattle".to_owned(),
        location: None,
        labels: labels(&[
            ("managed-by", "clawlets"),
            ("cattle", "true"),
            ("job-id", "J1"),
            ("attempt", "1"),
            ("orchestrator", "web-1"),
        ]),
        user_data: Some("#cloud-config\n".into()),
        ssh_keys: Vec::new(),
        firewalls: Vec::new(),
        start: StartAfterCreate::StayOff,
        public_net: PublicNet::default(),
    }
}

async fn wait(client: &Hetzner, actions: impl IntoIterator<Item = ActionId>) {
    let ids: Vec<ActionId> = actions.into_iter().collect();
    client.wait_actions(&ids, PATIENCE, None).await.unwrap();
}

#[tokio::test]
async fn a_server_is_created_found_labelled_and_deleted() {
    let cloud = Running::start().await;
    let client = &cloud.client;
    let created = client.create_server(&asked("cattle-rex-1")).await.unwrap();
    let id = created.server.id;
    wait(client, created.actions.iter().map(|action| action.id)).await;
    let server = client.server(id).await.unwrap().unwrap();
    assert_eq!((server.status, server.server_type.as_str()), (ServerStatus::Off, "cx23"));
    assert_eq!((&server.labels, server.other_labels.len()), (&asked("").labels, 0));
    assert_eq!(client.server_by_name("cattle-rex-1").await.unwrap().map(|server| server.id), Some(id));
    assert_eq!(client.servers(&Selector::cattle()).await.unwrap().len(), 1);
    let relabelled = client.set_labels(id, &labels(&[("team", "blue")])).await.unwrap();
    assert_eq!(relabelled.labels, labels(&[("team", "blue")]));
    assert_eq!(client.servers(&Selector::cattle()).await.unwrap(), []);
    let Deletion::Started(action) = client.delete_server(id).await.unwrap() else { panic!("it was there") };
    assert_eq!(client.server(id).await.unwrap(), None);
    wait(client, [action.id]).await;
    assert_eq!(client.delete_server(id).await.unwrap(), Deletion::AlreadyGone);
    assert!(client.rate_limit().unwrap().remaining < 3_600);
    cloud.stop().await;
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_server() {
    let cloud = Running::start().await;
    let once =
        |kind: &str| json!([{"method": "POST", "path": "/servers", "count": 1, "fault": {"kind": kind}}]);
    cloud.faults(once("lost_answer")).await;
    let adopted = cloud.client.create_server(&asked("one")).await.unwrap();
    cloud.faults(once("lost_request")).await;
    let created = cloud.client.create_server(&asked("two")).await.unwrap();
    assert_eq!((adopted.origin, created.origin), (Origin::Adopted, Origin::Created));
    assert_eq!(cloud.client.servers(&Selector::everything()).await.unwrap().len(), 2);
    let mut other = asked("one");
    other.labels = labels(&[("job-id", "J2"), ("attempt", "1"), ("orchestrator", "web-1")]);
    let error = cloud.client.create_server(&other).await.unwrap_err();
    assert!(matches!(error, CloudError::NameTaken { .. }), "{error:?}");
    cloud.stop().await;
}

#[tokio::test]
async fn faults_of_the_provider_are_told_by_their_meaning() {
    let cloud = Running::start().await;
    let error = |status: u16, code: &str| json!([{"path": "/servers", "count": 1, "fault": {"kind": "error", "status": status, "code": code}}]);
    cloud.faults(error(412, "resource_unavailable")).await;
    let out = cloud.client.create_server(&asked("one")).await.unwrap_err();
    assert!(matches!(out, CloudError::OutOfCapacity { .. }), "{out:?}");
    for (status, code) in
        [(502, "bad_gateway"), (504, "timeout"), (409, "conflict"), (429, "rate_limit_exceeded")]
    {
        cloud.faults(error(status, code)).await;
        assert_eq!(cloud.client.servers(&Selector::everything()).await.unwrap(), [], "{code}");
    }
    let mut unknown = asked("one");
    unknown.image = "no-such-image".to_owned();
    let error = cloud.client.create_server(&unknown).await.unwrap_err();
    assert!(!error.is_retryable() && !error.maybe_accepted(), "{error:?}");
    cloud.stop().await;
}

#[tokio::test]
async fn a_listing_of_several_pages_is_complete_and_a_full_project_says_so() {
    let cloud = Running::start().await;
    for number in 0..60 {
        cloud.client.create_server(&asked(&format!("server-{number}"))).await.unwrap();
    }
    assert_eq!(cloud.client.servers(&Selector::everything()).await.unwrap().len(), 60);
    let full = cloud.client.create_server(&asked("one-more")).await.unwrap_err();
    assert!(matches!(full, CloudError::ResourceLimit { .. }), "{full:?}");
    cloud.stop().await;
}

#[tokio::test]
async fn the_catalog_is_read() {
    let cloud = Running::start().await;
    let client = &cloud.client;
    let types = client.server_types().await.unwrap();
    assert!(client.locations().await.unwrap().iter().any(|location| location.name == "nbg1"));
    let small = types.iter().find(|one| one.name == "cx23").unwrap();
    assert!(small.price_in("nbg1").unwrap().hourly.get() > 0 && small.memory_mib > 0);
    assert!(client.pricing().await.unwrap().ipv4_in("nbg1").is_some());
    let filter = ImageFilter {
        selector: Selector::of(&labels(&[("clawlets/image", "cattle")])),
        ..ImageFilter::default()
    };
    let images = client.images(&filter).await.unwrap();
    assert_eq!((images.len(), images[0].status), (1, ImageStatus::Available));
    assert_eq!(images[0].name.as_deref(), Some("clawlets-cattle"));
    cloud.stop().await;
}

#[tokio::test]
async fn firewalls_and_keys_come_and_go() {
    let cloud = Running::start().await;
    let client = &cloud.client;
    let rule = FirewallRule {
        direction: Direction::In,
        protocol: Protocol::Tcp,
        port: Some("22".to_owned()),
        source_ips: vec!["10.0.0.0/8".parse().unwrap()],
        destination_ips: Vec::new(),
        description: None,
    };
    let request = CreateFirewall {
        name: "cattle".to_owned(),
        labels: labels(&[("managed-by", "clawlets")]),
        rules: vec![rule.clone()],
        targets: Vec::new(),
    };
    let firewall = client.create_firewall(&request).await.unwrap().firewall;
    assert_eq!(firewall.rules, [rule]);
    let server = client.create_server(&asked("one")).await.unwrap().server.id;
    let target = [FirewallTarget::Server(server)];
    wait(client, client.apply_firewall(firewall.id, &target).await.unwrap().iter().map(|action| action.id))
        .await;
    assert_eq!(client.firewalls(&Selector::everything()).await.unwrap()[0].applied_to, target);
    let used = client.delete_firewall(firewall.id).await.unwrap_err();
    assert!(matches!(used, CloudError::ResourceInUse { .. }), "{used:?}");
    wait(client, client.remove_firewall(firewall.id, &target).await.unwrap().iter().map(|action| action.id))
        .await;
    client.set_firewall_rules(firewall.id, &[]).await.unwrap();
    client.delete_firewall(firewall.id).await.unwrap();
    client.delete_firewall(firewall.id).await.unwrap();
    let public_key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdd7Y5yW3Y2ZtK0fO0m8v2q1o0r3l6l7e5yX3c3r7aB admin".to_owned();
    let request = CreateSshKey { name: "admin".to_owned(), public_key, labels: Labels::new() };
    let key = client.create_ssh_key(&request).await.unwrap();
    assert!(matches!(client.create_ssh_key(&request).await, Err(CloudError::UniquenessConflict { .. })));
    assert_eq!(client.ssh_keys(&Selector::everything()).await.unwrap(), std::slice::from_ref(&key));
    client.delete_ssh_key(key.id).await.unwrap();
    cloud.stop().await;
}
