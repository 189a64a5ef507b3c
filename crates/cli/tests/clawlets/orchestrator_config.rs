//! `clawlets cattle orchestrator-config`.

use std::fs;

use clawlets_stand_in::Ran;

use crate::{
    bench::{add_rex, clawlets_in, command_in, snapshot},
    declared::Declared,
};

#[test]
fn the_configuration_names_this_users_folders_and_makes_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut command =
        command_in(folder.path(), &["cattle", "orchestrator-config", "--local", "--id", "mine"]);
    let ran = Ran::of(command.env("CLAWLETS_STATE_DIR", "state"));
    let config: toml::Table = ran.out.parse().unwrap();
    assert_eq!(config["id"].as_str(), Some("mine"));
    for key in ["store", "personas"] {
        let path = std::path::Path::new(config[key].as_str().unwrap());
        assert!(path.starts_with(folder.path().join("state")), "{ran}");
    }
    assert!(folder.path().join("state/personas").is_dir());
    snapshot!(ran);
}

#[test]
fn the_personas_are_those_of_the_project_around() {
    let folder = tempfile::tempdir().unwrap();
    add_rex(folder.path());
    let mut command = command_in(folder.path(), &["cattle", "orchestrator-config", "--local", "--json"]);
    let config = Ran::of(command.env("CLAWLETS_STATE_DIR", "state")).json();
    assert_eq!(config["personas"], folder.path().join("cattle/personas").to_str().unwrap());
}

#[test]
fn a_github_app_is_named_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let run = |flags: &[&str]| {
        let base = ["cattle", "orchestrator-config", "--local"];
        let mut command = command_in(folder.path(), &[&base, flags].concat());
        Ran::of(command.env("CLAWLETS_STATE_DIR", "state"))
    };
    let whole = [
        "--github-app-id=4711",
        "--github-installation-id=815",
        "--github-key-file=app.pem",
        "--github-repo=clawlets",
        "--github-repo=website",
    ];
    let config: toml::Table =
        run(&[&whole[..], &["--github-permission=contents=write"]].concat()).out.parse().unwrap();
    let key = folder.path().join("app.pem");
    let expected: toml::Table = format!(
        "app_id = 4711\ninstallation_id = 815\nprivate_key_file = {key:?}\nrepositories = [\"clawlets\", \"website\"]\npermissions = {{ contents = \"write\" }}\n"
    )
    .parse()
    .unwrap();
    assert_eq!(config["github"].as_table(), Some(&expected));
    assert_eq!(run(&whole).code, Some(0), "permissions have a default");
    for flags in [&whole[..2], &whole[1..], &["--github-repo=acme/clawlets"], &["--github-app-id=0"]] {
        assert_eq!(run(flags).code, Some(2), "{flags:?}");
    }
}

#[test]
fn without_a_project_there_is_only_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["cattle", "orchestrator-config"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(3), "clawlets::project::unknown"), "{ran}");
    let ran = clawlets_in(folder.path(), &["cattle", "orchestrator-config", "--local", "--host", "web-1"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A fleet that uses what there is.
const FLEET: &str = r#"{
  "schemaVersion": 13, "defaultHost": "web-1",
  "fleet": {
    "secretEnv": { "OPENAI_API_KEY": "openai_key" },
    "sshAuthorizedKeys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFzNBXEG7q0Fz9tH6yBPZyZCn3vDfH3gS9YCLZzqk7hP somebody"],
    "botOrder": ["maren", "jonas"],
    "bots": {
      "maren": { "clf": { "cattle": { "maxActive": 3, "maxTtl": "1h", "personas": ["rex"], "secretEnv": ["ZAI_API_KEY"] } } },
      "jonas": { "clf": { "cattle": { "allow": false } } } } },
  "cattle": {
    "enabled": true,
    "hetzner": { "image": "4711", "serverType": "cx33", "fallbackServerTypes": ["cx43"], "location": "fsn1",
      "fallbackLocations": ["hel1"], "maxInstances": 4, "defaultTtl": "45m", "labels": { "team": "blue" } },
    "defaults": { "autoShutdown": false },
    "secretEnv": { "ZAI_API_KEY": "z_ai_api_key" },
    "egress": { "allow": ["api.example.com", "git.example.com:22"] },
    "budget": { "monthlyEur": 9.98, "perRequesterMonthlyEur": 3 } },
  "hosts": { "web-1": { "agentModelPrimary": "zai/glm-4.7" }, "web-2": {} }
}"#;

fn table(project: &Declared, line: &str) -> toml::Table {
    project.ok(&format!("cattle orchestrator-config {line}")).out.parse().unwrap()
}

#[test]
fn a_hosts_configuration_says_what_the_fleet_declares() {
    let project = Declared::of(FLEET);
    let ran = project.ok("cattle orchestrator-config");
    assert!(!ran.out.contains("openai") && !ran.talk.contains("openai"), "bots' secrets stay out: {ran}");
    snapshot!(ran);
    let web_2 = table(&project, "--host web-2 --id second --secrets-dir /run/elsewhere");
    assert_eq!(web_2["id"].as_str(), Some("second"));
    assert_eq!(web_2.get("agent_model_primary"), None);
    assert_eq!(web_2["secrets"]["ZAI_API_KEY"]["file"].as_str(), Some("/run/elsewhere/z_ai_api_key"));
    let json = project.ok("cattle orchestrator-config --json").json();
    assert_eq!(json["cattle"]["budget"]["monthly_eur"], "9.98");
}

#[test]
fn vms_join_the_tailnet_with_keys_of_their_own_unless_there_is_only_one_for_all() {
    let project = Declared::of(FLEET);
    let put = |secret: &str| {
        let folder = project.folder().join("secrets/hosts/web-1");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{secret}.yaml")), "").unwrap();
    };
    let joined = || {
        let tailnet = table(&project, "")["tailnet"].as_table().unwrap().clone();
        tailnet.into_iter().map(|(key, file)| format!("{key} {}", file.as_str().unwrap())).collect::<Vec<_>>()
    };
    let client = ["oauth_client_file /run/clawlets/secrets/tailscale_oauth_client"];
    assert_eq!(joined(), client);
    put("tailscale_auth_key");
    assert_eq!(joined(), ["auth_key_file /run/clawlets/secrets/tailscale_auth_key"]);
    put("tailscale_oauth_client");
    assert_eq!(joined(), client);
}

#[test]
fn a_local_provider_needs_no_token_and_no_tailnet() {
    let project =
        Declared::of(&FLEET.replace("\"enabled\": true", "\"enabled\": true, \"provider\": \"local\""));
    let config = table(&project, "");
    let provider = config["provider"].as_table().unwrap();
    assert_eq!(provider["kind"].as_str(), Some("local"));
    assert_eq!(provider["connection_file"].as_str(), Some("/var/lib/clawlets/local.json"));
    assert_eq!((provider.get("token_file"), config.get("tailnet")), (None, None));
}

#[test]
fn the_app_of_the_bots_makes_tokens_for_vms_when_they_agree_on_it() {
    let app = |id: u64, repos: &str, access: &str| {
        format!(
            r#""profile": {{ "github": {{ "appId": {id}, "installationId": 815, "privateKeySecret": "app_key",
               "repos": {repos}, "permissions": {{ "contents": "{access}", "issues": "read" }} }} }}, "clf""#
        )
    };
    let with = |maren: &str, jonas: &str| {
        let fleet = FLEET.replacen("\"clf\"", maren, 1);
        let at = fleet.rfind("\"clf\"").unwrap();
        Declared::of(&format!("{}{jonas}{}", &fleet[..at], &fleet[at + 5..]))
    };
    let both = with(&app(4711, r#"["acme/site", "acme/app"]"#, "write"), &app(4711, r#"["app"]"#, "read"));
    let github = table(&both, "")["github"].clone();
    let expected: toml::Table = "app_id = 4711\ninstallation_id = 815\nprivate_key_file = \"/run/clawlets/secrets/app_key\"\nrepositories = [\"app\", \"site\"]\npermissions = { contents = \"read\", issues = \"read\" }\n".parse().unwrap();
    assert_eq!(github.as_table(), Some(&expected));
    let flags = "--github-app-id=1 --github-installation-id=2 --github-key-file=/k --github-repo=docs";
    assert_eq!(table(&both, flags)["github"]["app_id"].as_integer(), Some(1), "what is named wins");
    let differ = with(&app(4711, r#"["app"]"#, "read"), &app(4712, r#"["app"]"#, "read"));
    assert_eq!(table(&differ, "").get("github"), None);
    let for_all = with(&app(4711, "[]", "read"), "\"clf\"");
    assert_eq!(table(&for_all, "").get("github"), None, "a token must say which repositories it is for");
}

#[test]
fn what_could_not_work_is_said() {
    let off = Declared::fresh();
    assert_eq!(off.refused("cattle orchestrator-config"), (6, "clawlets::cattle::off".to_owned()));
    let no_key = Declared::of(&FLEET.replace("ssh-ed25519 AAAA", "ssh-ed25519 BBBB"));
    assert_eq!(no_key.refused("cattle orchestrator-config"), (6, "clawlets::fleet::invalid".to_owned()));
    let unknown = Declared::of(FLEET);
    assert_eq!(
        unknown.refused("cattle orchestrator-config --host web-3"),
        (3, "clawlets::host::unknown".to_owned())
    );
    let alone =
        Declared::of(&FLEET.replace("\"web-2\": {}", "\"web-2\": { \"tailnet\": { \"mode\": \"none\" } }"));
    let ran = alone.ok("cattle orchestrator-config --host web-2");
    assert!(ran.talk.contains("is in no tailnet"), "{ran}");
}
