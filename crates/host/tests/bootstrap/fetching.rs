//! `secrets fetch`.

use crate::world::World;

#[test]
fn newer_secrets_come_in_use_and_wrong_ones_do_not() {
    let Some(world) = World::new("newer_secrets_come_in_use_and_wrong_ones_do_not") else { return };
    let fetch = || world.run(&["secrets", "fetch", "--json"]);
    let put = |name: &str, value: &str| {
        world.tell("PutSecretValue", &format!(r#"{{"SecretId":"fleet/{name}","SecretString":"{value}"}}"#));
    };
    let first = fetch().json();
    assert_eq!(first["changed"].as_array().unwrap().len(), 3);
    assert_eq!(fetch().json()["changed"].as_array().unwrap().len(), 0);
    put("web-1-discord", "another-token");
    assert_eq!(fetch().json()["changed"], serde_json::json!(["discord-token"]));
    assert_eq!(world.secret("discord-token").as_deref(), Some("another-token"));

    for (name, value) in
        [("web-1-discord", " "), ("web-1-discord", "CHANGE_ME"), ("github-app-pem", "no key")]
    {
        put(name, value);
        put("anthropic-api-key", "a-newer-key");
        let run = fetch();
        assert_eq!(run.code(), 6, "{name} {value}: {}", run.talk());
        assert_eq!(world.secret("discord-token").as_deref(), Some("another-token"));
        assert_eq!(world.secret("anthropic-api-key").as_deref(), Some("an-anthropic-key"));
        put("web-1-discord", "another-token");
    }
    put("github-app-pem", "-----BEGIN PRIVATE KEY-----");
    world.tell("CreateSecret", r#"{"Name":"fleet/openai-api-key","SecretString":"an-openai-key"}"#);
    fetch().succeeds();
    assert_eq!(world.secret("openai-api-key").as_deref(), Some("an-openai-key"));
    assert_eq!(world.secret("anthropic-api-key").as_deref(), Some("a-newer-key"));

    world.tell("DeleteSecret", r#"{"SecretId":"fleet/github-app-pem","ForceDeleteWithoutRecovery":true}"#);
    let run = fetch();
    assert_eq!(run.code(), 7, "{}", run.talk());
    assert_eq!(world.secret("github-app-pem").as_deref(), Some("-----BEGIN PRIVATE KEY-----"));
    assert!(!run.talk().contains("a-newer-key"));
}

#[test]
fn what_was_fetched_stays_in_use_when_the_secrets_of_a_bundle_change() {
    let Some(world) = World::new("what_was_fetched_stays_in_use_when_the_secrets_of_a_bundle_change") else {
        return;
    };
    world.boot().succeeds();
    std::os::unix::fs::symlink(
        "/nix/store/00000000000000000000000000000000-nixos-system-web-1",
        world.path("current-system"),
    )
    .unwrap();
    world.run(&["secrets", "activate"]).succeeds();
    assert_eq!(world.secret("discord-token").as_deref(), Some("a-discord-token"));
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
}

#[test]
fn an_instance_that_speaks_only_the_older_version_is_not_asked() {
    let Some(world) = World::new("an_instance_that_speaks_only_the_older_version_is_not_asked") else {
        return;
    };
    world.metadata.give_no_tokens();
    let run = world.run(&["secrets", "fetch"]);
    assert_eq!(run.code(), 7, "{}", run.talk());
    assert!(world.metadata.requests().iter().all(|request| request.starts_with("PUT")));
}
