//! Who reaches a host, and what it reaches.

use serde_json::{Value, json};

use crate::desk::{Desk, KEY, declaration, system, texts};

#[test]
fn ssh_is_open_to_whom_the_exposure_says_and_to_nobody_else() {
    let Some(desk) = Desk::fresh("ssh_is_open_to_whom_the_exposure_says_and_to_nobody_else") else { return };
    let from = |family: &str, cidr: &str| {
        format!("{family} saddr {cidr} tcp dport 22 accept comment \"clawlets: administrators\"\n")
    };
    let (v4, v6) = ("203.0.113.7/32", "2001:db8::/48");
    let tailscale = json!({ "tailscale0": { "allowedTCPPorts": [22] } });
    let cases = [
        ("bootstrap", "tailscale", v4, from("ip", v4), &tailscale),
        ("bootstrap", "none", v6, from("ip6", v6), &json!({})),
        ("public", "tailscale", v4, from("ip", v4), &tailscale),
        // The network of its administrators stays declared when they come over the tailnet.
        ("tailnet", "tailscale", v4, String::new(), &tailscale),
    ];
    for (exposure, tailnet, cidr, rules, interfaces) in cases {
        let host = json!({
            "enable": true,
            "provisioning": { "adminCidr": cidr },
            "sshExposure": { "mode": exposure },
            "tailnet": { "mode": tailnet },
        });
        desk.declare(&declaration(&host));
        let firewall = desk.config("web-1", "networking.firewall");
        let expected = json!({
            "enable": true, "allowedTCPPorts": [], "allowedUDPPorts": [],
            "extraInputRules": rules, "interfaces": interfaces,
        });
        assert_eq!(firewall, expected, "{exposure} {tailnet}");
        let ssh = desk.config("web-1", "services.openssh");
        assert_eq!((&ssh["enable"], &ssh["openFirewall"]), (&json!(true), &json!(false)));
        assert_eq!(desk.config("web-1", "services.tailscale.enable"), tailnet == "tailscale");
    }
}

#[test]
fn a_host_that_nobody_could_log_into_is_no_system() {
    let Some(desk) = Desk::fresh("a_host_that_nobody_could_log_into_is_no_system") else { return };
    let open = json!({ "enable": true, "provisioning": { "adminCidr": "203.0.113.7/32" } });
    desk.declare(&declaration(&open));
    desk.eval(&system("web-1"));
    let mut no_keys = declaration(&open);
    no_keys["fleet"]["sshAuthorizedKeys"] = json!([]);
    let cases = [
        (no_keys, "fleet.sshAuthorizedKeys is empty"),
        (declaration(&json!({ "enable": true })), "hosts.web-1.provisioning.adminCidr is empty"),
        (
            declaration(&json!({ "sshExposure": { "mode": "tailnet" }, "tailnet": { "mode": "none" } })),
            "tailnet.mode is none: nobody could get in",
        ),
    ];
    for (declaration, reason) in cases {
        desk.declare(&declaration);
        let said = desk.refusal(&system("web-1"));
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn logging_in_takes_a_key_and_becoming_root_a_password() {
    let test = "logging_in_takes_a_key_and_becoming_root_a_password";
    let Some(desk) = Desk::declaring(test, &declaration(&json!({}))) else { return };
    let users = desk.config("web-1", "users.users");
    assert_eq!(users["admin"]["openssh"]["authorizedKeys"]["keys"], json!([KEY]));
    assert_eq!(users["root"]["hashedPassword"], "!");
    assert_eq!(desk.config("web-1", "users.mutableUsers"), false);
    assert_eq!(desk.config("web-1", "security.sudo.wheelNeedsPassword"), true);
    let ssh = desk.config("web-1", "services.openssh.settings");
    let closed = json!({
        "PasswordAuthentication": false, "KbdInteractiveAuthentication": false, "PermitRootLogin": "no",
    });
    assert_eq!(ssh, closed);
    let script = desk.config("web-1", "systemd.services.clawlets-admin-password.script");
    let script = script.as_str().unwrap();
    assert!(script.starts_with("printf ") && script.contains("| "), "the shell's own printf: {script}");
}

#[test]
fn the_tailnet_is_joined_with_what_the_project_holds() {
    let test = "the_tailnet_is_joined_with_what_the_project_holds";
    let Some(desk) = Desk::declaring(test, &declaration(&json!({}))) else { return };
    let joined = |desk: &Desk| desk.config("web-1", "services.tailscale");
    assert_eq!(joined(&desk)["authKeyFile"], "/run/clawlets/secrets/tailscale_auth_key");
    desk.write("project/secrets/hosts/web-1/tailscale_oauth_client.yaml", "");
    let by_client = joined(&desk);
    assert_eq!(by_client["authKeyFile"], "/run/clawlets-tailnet/auth_key");
    assert_eq!(by_client["extraUpFlags"], json!(["--advertise-tags=tag:clf-orchestrator"]));
    let taken = desk.config("web-1", "systemd.services.clawlets-tailnet-key");
    assert_eq!(taken["before"], json!(["tailscaled-autoconnect.service"]));
    desk.write("project/secrets/hosts/web-1/tailscale_auth_key.yaml", "");
    assert_eq!(joined(&desk)["authKeyFile"], "/run/clawlets/secrets/tailscale_auth_key");
}

#[test]
fn mail_servers_are_out_of_reach_and_a_proxy_knows_the_domains_that_are_not() {
    let test = "mail_servers_are_out_of_reach_and_a_proxy_knows_the_domains_that_are_not";
    let Some(desk) = Desk::fresh(test) else { return };
    let declare = |mode: &str| {
        let egress = json!({ "mode": mode, "allowDomains": ["api.example.com", "*.example.org"] });
        let mut declaration = declaration(&json!({ "egress": egress }));
        declaration["fleet"]["botOrder"] = json!(["maren"]);
        declaration["fleet"]["bots"] = json!({ "maren": {} });
        declaration["control"] = json!({ "url": "https://control.example.net/fleet" });
        desk.declare(&declaration);
        let rules = desk.config("web-1", "networking.nftables.tables");
        let proxy = desk.config("web-1", "services.tinyproxy.enable");
        let bot = desk.config("web-1", "systemd.services.clawlets-bot-maren.serviceConfig");
        (rules, proxy, bot)
    };
    let blocks = |rules: &Value| {
        rules["clawlets-egress"]["content"].as_str().is_some_and(|rules| rules.contains("{ 25, 465, 587 }"))
    };
    let metadata = json!(["link-local", "fd00:ec2::254/128"]);
    for (mode, is_blocked) in [("none", false), ("smtp-block", true)] {
        let (rules, proxy, bot) = declare(mode);
        assert_eq!((blocks(&rules), proxy), (is_blocked, json!(false)), "{mode}");
        assert_eq!(bot["IPAddressDeny"], metadata, "{mode}");
    }
    let (rules, proxy, bot) = declare("proxy-allowlist");
    assert!(blocks(&rules) && proxy == true);
    assert_eq!((&bot["IPAddressDeny"], &bot["IPAddressAllow"]), (&json!(["any"]), &json!(["localhost"])));
    let environment = desk.config("web-1", "systemd.services.clawlets-bot-maren.environment");
    let settings = desk.config("web-1", "services.tinyproxy.settings");
    assert_eq!(environment["HTTPS_PROXY"], format!("http://127.0.0.1:{}", settings["Port"]));
    assert_eq!((&settings["Listen"], &settings["FilterDefaultDeny"]), (&json!("127.0.0.1"), &json!(true)));
    let listed = desk.text("web-1", "services.tinyproxy.settings.Filter");
    let control = "^control\\.example\\.net$\n";
    assert_eq!(listed, format!("^api\\.example\\.com$\n^([^.]+\\.)+example\\.org$\n{control}"));
}

#[test]
fn packages_come_from_where_the_host_trusts() {
    let Some(desk) = Desk::fresh("packages_come_from_where_the_host_trusts") else { return };
    let cache = json!({
        "substituters": ["https://cache.example.com"], "trustedPublicKeys": ["example:AAAA"],
        "netrc": { "enable": true, "path": "/etc/nix/login" },
    });
    desk.declare(&declaration(&json!({ "cache": cache })));
    let settings = desk.config("web-1", "nix.settings");
    assert_eq!(settings["substituters"], json!(["https://cache.example.com"]));
    assert_eq!(settings["trusted-public-keys"], json!(["example:AAAA"]));
    assert_eq!((&settings["require-sigs"], &settings["allowed-users"]), (&json!(true), &json!(["root"])));
    assert_eq!(settings["netrc-file"], "/etc/nix/login");
    let rules = desk.config("web-1", "systemd.tmpfiles.rules");
    assert!(
        texts(&rules).contains(&"L+ /etc/nix/login - - - - /run/clawlets/secrets/garnix_netrc"),
        "{rules}"
    );
}
