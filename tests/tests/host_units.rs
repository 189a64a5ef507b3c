//! The units of `clawlets-host` that talk to GitHub and give bots their documents, on a real systemd in a container: their
//! sandboxes leave them what they need.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "systemd/cgroup.rs"]
mod cgroup;
#[expect(dead_code, reason = "no test here needs what the provider holds")]
#[path = "systemd/empty_provider.rs"]
mod empty_provider;
#[expect(dead_code, reason = "no test here calls the orchestrator")]
#[path = "systemd/host.rs"]
mod host;

use clawlets_github_stand_in::{Entry, Github};
use empty_provider::EmptyProvider;
use host::Host;

#[test]
fn tokens_documents_and_the_memory_come_to_a_host_from_inside_their_sandboxes() {
    let test = "tokens_documents_and_the_memory_come_to_a_host_from_inside_their_sandboxes";
    let provider = EmptyProvider::start();
    let Some(host) = Host::boot(test, &provider) else { return };
    let github = Github::start();
    github.change_installation(|known| {
        known.permissions.insert("pull_requests".to_owned(), "read".to_owned());
    });
    github.change_repository("clawlets", |open| open.issues = vec![Entry::new(7, "It is slow")]);
    let put = |path: &str, text: &str| {
        host.root(&format!(
            "mkdir -p $(dirname {path}) && cat > {path} <<'END_OF_FILE'\n{text}\nEND_OF_FILE\n"
        ))
        .succeeds();
    };
    let app = "app_id = 4711\ninstallation_id = 815\nprivate_key_file = '/run/clawlets/secrets/app'\nrepositories = ['clawlets']\n";
    put(
        "/etc/clawlets/host.toml",
        &format!(
            "host = 'web-1'\nsystem = 'x86_64-linux'\n[github]\nendpoint = '{}'\n[github.host]\n{app}\
             [github.bots.maren]\n{app}[github.sync]\nrepositories = ['acme/clawlets']",
            github.api()
        ),
    );
    put("/run/clawlets/secrets/app", &github.pem().pkcs1);
    // The orchestrator reads the key as well, so it is its file.
    host.root("chown clf-orchestrator /run/clawlets/secrets/app; chmod 400 /run/clawlets/secrets/app")
        .succeeds();

    host.root("systemctl start clawlets-github-token").succeeds();
    let mode = |path: &str| host.root(&format!("stat -L -c '%a %U %G' {path}")).succeeds().trim().to_owned();
    assert_eq!(mode("/run/clawlets/github.env"), "640 root root");
    assert_eq!(mode("/run/clawlets/github/maren.env"), "640 root bot-maren");
    assert_eq!(mode("/run/clawd/github-app.env"), "640 root root");
    assert!(host.bot("grep -q GH_TOKEN=ghs_ /run/clawlets/github/maren.env").ok());
    assert!(!host.bot("cat /run/clawlets/github.env").ok());

    // A folder in the memory that a bot has made is the group's.
    host.root(
        "groupadd clf-memory; usermod -a -G clf-memory bot-maren; install -d -m 2770 -g clf-memory /memory",
    )
    .succeeds();
    host.bot("umask 007; mkdir /memory/github").succeeds();
    host.root("systemctl start clawlets-github-sync").succeeds();
    assert!(host.bot("cat /memory/github/issues.md").succeeds().contains("#7 It is slow"));

    put("/etc/clawlets/tools.tsv", "jq\tjq\tRead JSON");
    put("/etc/clawlets/workspaces/common/AGENTS.md", "# How\n\n## Tools");
    host.root(
        "install -d -m 700 -o bot-maren -g bot-maren /srv/clawlets/maren /srv/clawlets/maren/workspace",
    )
    .succeeds();
    host.root("systemctl start clawlets-repo-seed").succeeds();
    assert_eq!(mode("/srv/clawlets/maren/workspace/AGENTS.md"), "644 bot-maren bot-maren");
    assert!(host.bot("cat /srv/clawlets/maren/workspace/AGENTS.md").succeeds().contains("- `jq`: Read JSON"));
    assert!(host.root("cat /etc/clawlets/tools.md").succeeds().contains("`jq`"));
    let failed = host.root("systemctl --failed --no-legend --no-pager").out();
    assert!(failed.trim().is_empty(), "{failed}");
}
