//! The plan of a fleet, and what is found wrong with its secrets.

use std::fs;

use clawlets_fleet::Fleet;
use clawlets_model::{HostName, OperatorId, Secret, SecretName};
use clawlets_secrets::{
    AgeIdentity, Generator,
    plan::{FindingKind, Plan, verify},
    project::{Layout, Vault},
    rotate::{Change, Receipt, adopt_host_keys, align, make_host_keys, replace_host_key, write_extra_files},
    sops::SopsError,
};

use crate::support::now;

const DECLARED: &str = r#"{
  "schemaVersion": 13, "defaultHost": "web-1",
  "fleet": {
    "discord": { "guildId": "123456789012345678" },
    "secretEnv": { "ZAI_API_KEY": "z_ai_api_key", "OPENCLAW_GATEWAY_TOKEN": "gateway_token" },
    "botOrder": ["maren"],
    "bots": { "maren": { "profile": { "secretEnv": { "BRAVE_KEY": "brave_key" } } } },
    "backups": { "restic": { "enable": true, "repository": "sftp:b:/x" } }
  },
  "cattle": { "enabled": true, "hetzner": { "image": "cattle" }, "secretEnv": { "ZAI_API_KEY": "cattle_z_ai" } },
  "hosts": { "web-1": { "cache": { "netrc": { "enable": true } } }, "web-2": { "tailnet": { "mode": "none" } } }
}"#;

fn host(name: &str) -> HostName {
    HostName::parse(name).unwrap()
}

fn secret(name: &str) -> SecretName {
    SecretName::parse(name).unwrap()
}

fn operator(name: &str) -> OperatorId {
    OperatorId::parse(name).unwrap()
}

fn plan(text: &str) -> Plan {
    Plan::of(&Fleet::read(text).unwrap().fleet)
}

/// A project with every secret that its declaration needs.
struct Project {
    _folder: tempfile::TempDir,
    vault: Vault,
    plan: Plan,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ada = AgeIdentity::generate();
        let mut vault = Vault::open(Layout::new(folder.path()), vec![ada.clone()]).unwrap();
        let plan = plan(DECLARED);
        let operators = [(operator("ada"), ada.recipient().clone())];
        for host in &plan.hosts {
            make_host_keys(&mut vault, host, &operators, now()).unwrap().unwrap();
            for wanted in plan.wanted(host) {
                let value = Generator::Token(16).generate("x", now()).unwrap().value;
                let value = if wanted.at.iter().any(|at| at.starts_with("hosts.")) {
                    value
                } else {
                    Secret::from("the-same-everywhere")
                };
                vault
                    .set(&vault.layout.secret(host, &wanted.secret), wanted.secret.as_str(), &value, now())
                    .unwrap();
            }
        }
        Self { _folder: folder, vault, plan }
    }

    fn findings(&self) -> Vec<FindingKind> {
        verify(&self.vault, &self.plan).unwrap().into_iter().map(|finding| finding.kind).collect()
    }
}

#[test]
fn each_host_needs_what_its_declaration_says() {
    let plan = plan(DECLARED);
    let names = |name: &str| {
        plan.wanted(&host(name)).iter().map(|wanted| wanted.secret.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        names("web-1"),
        [
            "admin_password_hash",
            "brave_key",
            "cattle_z_ai",
            "discord_token_maren",
            "garnix_netrc",
            "gateway_token",
            "hcloud_token",
            "restic_password",
            "tailscale_oauth_client",
            "z_ai_api_key",
        ]
    );
    assert!(!names("web-2").contains(&"garnix_netrc".to_owned()));
    let generators: Vec<_> = plan
        .wanted(&host("web-1"))
        .into_iter()
        .filter(|w| w.generator.is_some())
        .map(|w| w.secret.to_string())
        .collect();
    assert_eq!(generators, ["admin_password_hash", "gateway_token", "restic_password"]);
}

#[test]
fn what_is_the_orchestrators_is_for_no_bot() {
    let plan = plan(DECLARED);
    for wanted in plan.wanted(&host("web-1")) {
        let is_ours =
            ["hcloud_token", "cattle_z_ai", "tailscale_oauth_client"].contains(&wanted.secret.as_str());
        assert!(!is_ours || wanted.holders.iter().all(|holder| !holder.is_bot()), "{wanted:?}");
    }
    assert_eq!(plan.exposures(), []);
    let exposed = self::plan(&DECLARED.replace("\"brave_key\"", "\"hcloud_token\""));
    let exposures = exposed.exposures();
    assert_eq!(exposures.len(), 1);
    assert_eq!(exposures[0].at, "fleet.bots.maren.profile.secretEnv.BRAVE_KEY");
}

#[test]
fn a_bot_with_a_list_takes_only_what_the_list_names() {
    let plan = plan(
        r#"{
  "schemaVersion": 13,
  "fleet": {
    "secretEnv": { "A": "a", "B": "b", "C": "c", "NONE": "none" },
    "botOrder": ["maren", "sonja"],
    "bots": {
      "maren": { "profile": { "secretEnv": { "C": "own_c", "LEFT_OUT": "left_out" }, "secretEnvAllowlist": ["A", "C"] } },
      "sonja": { "profile": { "secretEnvAllowlist": ["A", "B"] } }
    }
  },
  "hosts": { "web-1": { "tailnet": { "mode": "none" } } }
}"#,
    );
    let wanted = plan.wanted(&host("web-1"));
    let holders: Vec<_> = wanted
        .iter()
        .map(|wanted| {
            let holders: Vec<_> = wanted.holders.iter().map(ToString::to_string).collect();
            (wanted.secret.as_str(), holders.join(", "))
        })
        .collect();
    assert_eq!(
        holders,
        [
            ("a", "every bot".to_owned()),
            ("admin_password_hash", "host".to_owned()),
            ("b", "bot sonja".to_owned()),
            ("own_c", "bot maren".to_owned()),
        ]
    );
    for name in ["none", "c", "left_out"] {
        assert!(plan.refers_to(&host("web-1"), &secret(name)), "{name} is mapped, so it may be there");
    }
    assert!(!plan.refers_to(&host("web-1"), &secret("nobody_asks")));
}

#[test]
fn what_no_bot_takes_is_handed_to_none() {
    let withheld = DECLARED.replace(
        r#"{ "BRAVE_KEY": "brave_key" }"#,
        r#"{ "BRAVE_KEY": "hcloud_token" }, "secretEnvAllowlist": []"#,
    );
    assert_eq!(plan(&withheld).exposures(), []);
}

#[test]
fn a_whole_project_has_no_findings() {
    assert_eq!(Project::new().findings(), []);
}

#[test]
fn each_fault_is_found_by_its_name() {
    type Spoil = fn(&mut Project);
    let path = |project: &Project, name: &str| project.vault.layout.secret(&host("web-1"), &secret(name));
    let _ = path;
    let spoils: [(FindingKind, Spoil); 10] = [
        (FindingKind::Missing, |p| {
            fs::remove_file(p.vault.layout.secret(&host("web-1"), &secret("brave_key"))).unwrap();
        }),
        (FindingKind::Unreferenced, |p| {
            let path = p.vault.layout.secret(&host("web-1"), &secret("nobody_asks"));
            p.vault.set(&path, "nobody_asks", &Secret::from("value"), now()).unwrap();
        }),
        (FindingKind::Placeholder, |p| {
            for name in ["web-1", "web-2"] {
                let path = p.vault.layout.secret(&host(name), &secret("brave_key"));
                p.vault.set(&path, "brave_key", &Secret::from("CHANGE_ME"), now()).unwrap();
            }
        }),
        (FindingKind::Damaged, |p| {
            let path = p.vault.layout.secret(&host("web-1"), &secret("brave_key"));
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, format!("extra: readable\n{text}")).unwrap();
        }),
        (FindingKind::NoValue, |p| {
            let layout = &p.vault.layout;
            fs::rename(
                layout.secret(&host("web-1"), &secret("brave_key")),
                layout.secret(&host("web-1"), &secret("hcloud_token")),
            )
            .unwrap();
            fs::copy(
                layout.secret(&host("web-2"), &secret("brave_key")),
                layout.secret(&host("web-1"), &secret("brave_key")),
            )
            .unwrap();
        }),
        (FindingKind::Readers, |p| {
            let layout = &p.vault.layout;
            fs::copy(
                layout.secret(&host("web-2"), &secret("brave_key")),
                layout.secret(&host("web-1"), &secret("brave_key")),
            )
            .unwrap();
        }),
        (FindingKind::HostKey, |p| fs::remove_file(p.vault.layout.host_key(&host("web-2"))).unwrap()),
        (FindingKind::Differs, |p| {
            let path = p.vault.layout.secret(&host("web-2"), &secret("brave_key"));
            p.vault.set(&path, "brave_key", &Secret::from("another value"), now()).unwrap();
        }),
        (FindingKind::Unfinished, |p| {
            Receipt { change: Change::Value(secret("brave_key")), begun: now() }
                .begin(&p.vault.layout)
                .unwrap();
        }),
        (FindingKind::Closed, |p| p.vault.identities = vec![AgeIdentity::generate()]),
    ];
    for (expected, spoil) in spoils {
        let mut project = Project::new();
        spoil(&mut project);
        assert!(project.findings().contains(&expected), "{expected:?} in {:?}", project.findings());
    }
}

#[test]
fn a_removed_operator_reads_no_file_any_more() {
    let mut project = Project::new();
    let bea = AgeIdentity::generate();
    let vault = &mut project.vault;
    vault.rules.add_operator(&operator("bea"), bea.recipient()).unwrap();
    vault.write_rules().unwrap();
    assert_eq!(align(vault, now(), &mut |_| {}).unwrap().len(), vault.files().unwrap().len());
    let opens = |vault: &Vault, identity: &AgeIdentity| {
        let files = vault.files().unwrap();
        files
            .iter()
            .filter(|path| vault.sealed(path).unwrap().open(std::slice::from_ref(identity)).is_ok())
            .count()
    };
    assert_eq!(opens(vault, &bea), vault.files().unwrap().len());
    let before = fs::read_to_string(&vault.files().unwrap()[0]).unwrap();

    vault.rules.remove_operator(&operator("bea")).unwrap();
    vault.write_rules().unwrap();
    align(vault, now(), &mut |_| {}).unwrap();
    assert_eq!(opens(vault, &bea), 0);
    let after = fs::read_to_string(&vault.files().unwrap()[0]).unwrap();
    assert_ne!(before.lines().next(), after.lines().next(), "the values are encrypted anew too");
    assert_eq!(project.findings(), []);
}

#[test]
fn a_rotation_that_stopped_anywhere_is_found_and_goes_on() {
    let mut project = Project::new();
    let bea = AgeIdentity::generate();
    project.vault.rules.add_operator(&operator("bea"), bea.recipient()).unwrap();
    project.vault.write_rules().unwrap();
    let files = project.vault.files().unwrap();
    for stop in [0, 1, files.len() - 1] {
        // As after a crash: only the first files are in line.
        for path in &files[..stop] {
            let opened = project.vault.opened(path).unwrap();
            project.vault.write_opened(path, &opened, now()).unwrap();
        }
        assert!(project.findings().contains(&FindingKind::Readers), "stopped after {stop}");
    }
    let again = Vault::open(project.vault.layout.clone(), project.vault.identities.clone()).unwrap();
    assert_eq!(align(&again, now(), &mut |_| {}).unwrap().len(), 1);
    assert_eq!(project.findings(), []);
}

#[test]
fn a_rotation_without_the_right_key_changes_nothing() {
    let mut project = Project::new();
    let files = project.vault.files().unwrap();
    let texts = || files.iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>();
    let before = texts();
    project.vault.rules.add_operator(&operator("bea"), AgeIdentity::generate().recipient()).unwrap();
    project.vault.identities = vec![AgeIdentity::generate()];
    assert!(align(&project.vault, now(), &mut |_| {}).is_err());
    assert_eq!(texts(), before);
}

#[test]
fn a_new_host_key_opens_the_hosts_secrets_and_the_old_one_does_not() {
    let mut project = Project::new();
    let web = host("web-1");
    let old = project.vault.host_identity(&web).unwrap();
    replace_host_key(&mut project.vault, &web, now()).unwrap();
    assert!(project.findings().contains(&FindingKind::Readers));
    align(&project.vault, now(), &mut |_| {}).unwrap();
    let new = project.vault.host_identity(&web).unwrap();
    let path = project.vault.layout.secret(&web, &secret("hcloud_token"));
    assert!(project.vault.sealed(&path).unwrap().open(&[new]).is_ok());
    let closed = project.vault.sealed(&path).unwrap().open(&[old]);
    assert!(matches!(closed, Err(SopsError::NoKey { .. })));
    assert_eq!(project.findings(), []);
}

#[test]
fn a_crash_between_a_hosts_key_and_the_rules_is_found_and_mended() {
    let mut project = Project::new();
    let web = host("web-1");
    let rules = project.vault.rules.clone();
    replace_host_key(&mut project.vault, &web, now()).unwrap();
    project.vault.rules = rules;
    project.vault.write_rules().unwrap();
    assert!(project.findings().contains(&FindingKind::HostKey));
    adopt_host_keys(&mut project.vault, std::slice::from_ref(&web)).unwrap();
    align(&project.vault, now(), &mut |_| {}).unwrap();
    assert_eq!(project.findings(), []);
}

#[test]
fn extra_files_have_the_modes_that_a_host_needs() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new();
    let web = host("web-1");
    for _ in 0..2 {
        write_extra_files(&project.vault, &web).unwrap();
    }
    let folder = project.vault.layout.extra_files(&web);
    for (path, mode) in [
        ("..", 0o700),
        ("", 0o755),
        ("var/lib/clawlets", 0o755),
        ("var/lib/clawlets/keys", 0o700),
        ("var/lib/clawlets/keys/host.agekey", 0o400),
        ("etc/ssh", 0o755),
        ("etc/ssh/ssh_host_ed25519_key", 0o600),
        ("etc/ssh/ssh_host_ed25519_key.pub", 0o644),
    ] {
        let found = fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(found, mode, "{path}");
    }
    let key = fs::read_to_string(folder.join("var/lib/clawlets/keys/host.agekey")).unwrap();
    let identity = AgeIdentity::parse_file(&key).unwrap().remove(0);
    let path = project.vault.layout.secret(&web, &secret("hcloud_token"));
    assert!(project.vault.sealed(&path).unwrap().open(std::slice::from_ref(&identity)).is_ok());
    let key_file = project.vault.layout.host_key(&web);
    assert!(
        project.vault.sealed(&key_file).unwrap().open(&[identity]).is_err(),
        "its key is for operators only"
    );
}
