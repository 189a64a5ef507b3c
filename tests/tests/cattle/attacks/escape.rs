//! Out of the task, out of the guest, to other guests.

use std::{fs, net::TcpListener};

use clawlets_tests::World;
use serde_json::{Value, json};

use super::{
    attacker,
    verdicts::{Defence, Verdicts},
};

const DEFENCES: &[Defence<'_>] = &[
    (
        "guest: the stage is root's and not dumpable",
        &[
            "ptrace-stage",
            "seize-stage",
            "read-memory-of-stage",
            "write-memory-of-stage",
            "kill-stage",
            "steal-descriptor-of-stage",
            "open-memory-of-stage",
            "open-environment-of-stage",
            "open-maps-of-stage",
            "list-descriptors-of-stage",
            "enter-network-of-stage",
            "enter-root-of-stage",
        ],
    ),
    (
        "guest: a pid namespace without the supervisor",
        &["signal-other-processes", "supervisor-in-the-process-list"],
    ),
    (
        "guest: a user without privileges or new ones",
        &[
            "become-root",
            "become-root-effective",
            "join-group-root",
            "take-all-capabilities",
            "drop-no-new-privs",
            "new-mount-namespace",
            "new-network-namespace",
            "new-pid-namespace",
            "mount",
            "remount-proc",
            "unmount-proc",
            "pivot-root",
            "chroot",
            "set-clock",
            "set-host-name",
            "swap-on",
            "open-by-handle",
            "load-module-file",
            "unload-module",
            "load-bpf",
            "trace-kernel",
            "power-off",
            "restart",
            "control-alt-delete",
            "input-output-ports",
            "make-memory-device",
            "make-disk-device",
            "raw-socket",
            "packet-socket",
        ],
    ),
    ("guest: the kernel's doors are closed for all", &["new-user-namespace", "load-module", "load-kernel"]),
    (
        "guest: files and devices are root's",
        &[
            "open-memory",
            "open-ports",
            "open-kernel-image",
            "open-console",
            "open-console-link",
            "open-claim-port",
            "open-claim-port-other",
            "open-kernel-log",
            "open-sysrq",
            "open-core-pattern",
            "open-module-loader-path",
            "open-hotplug-helper",
            "open-firmware-memory",
            "leave-cgroup",
            "raise-memory-limit",
            "replace-init",
            "replace-users",
            "replace-busybox",
            "write-root-folder",
            "setuid-programs",
            "writable-programs",
            "crash-leaves-a-core",
        ],
    ),
    (
        "guest: secrets are in memory only",
        &["session-in-environments", "session-in-command-lines", "session-in-files", "user-data-in-files"],
    ),
    (
        "guest: a rule that only root may change",
        &["open-the-metadata-service", "remove-the-metadata-rule", "metadata-user-data", "metadata-document"],
    ),
    (
        "shim: a network with nothing but the relays",
        &[
            "metadata-other-port",
            "host-loopback-by-gateway",
            "host-any-by-gateway",
            "cloud-api-by-gateway",
            "own-loopback",
            "host-address",
            "host-dns",
            "emulators-file-server",
            "emulators-boot-files",
            "names-of-the-world",
            "world",
            "other-guest-public",
            "other-guest-relay",
            "other-guest-private",
            "other-ports-of-the-gateway",
            "connections-that-arrived",
        ],
    ),
    (
        "orchestrator: a session, and only a guest's calls",
        &[
            "orchestrator-without-a-session",
            "orchestrator-with-a-guess",
            "orchestrator-operators-api",
            "orchestrator-metrics",
        ],
    ),
];

#[test]
fn a_task_gets_neither_out_of_its_user_nor_out_of_its_guest() {
    let on_loopback = TcpListener::bind("127.0.0.1:0").unwrap();
    let on_any = TcpListener::bind("0.0.0.0:0").unwrap();
    let mut world = World::start();
    world.configure("[cattle.egress]\nallow = [\"192.0.2.1:443\"]\n");
    world.orchestrate();
    let sleeper = json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sleep", "600"] });
    let other = world.spawn(&sleeper.to_string(), "10m", &[]);
    let server = world.until(&other, "phase", &["running"])["serverId"].as_u64().unwrap();

    let port = |listener: &TcpListener| listener.local_addr().unwrap().port().to_string();
    let status = world.clawlets(&["local", "status", "--json"]).json();
    let endpoint = status["endpoint"].as_str().unwrap();
    let cloud_port = endpoint.trim_end_matches("/v1").rsplit(':').next().unwrap();
    let script = include_str!("escape.sh")
        .replace("HOST_LOOPBACK_PORT", &port(&on_loopback))
        .replace("HOST_ANY_PORT", &port(&on_any))
        .replace("HOST_ADDRESS", &address_of_this_machine())
        .replace("CLOUD_PORT", cloud_port)
        .replace("OTHER_GUEST", &public_address(&world, server));
    let id = world.spawn(&attacker::task(&script, &json!({})), "10m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    let logs = world.logs(&id);
    assert_eq!(job["status"], "done", "{job:#}\n{logs}");

    let mut verdicts = Verdicts::read(&logs);
    // Two relays: to the orchestrator and to the egress proxy.
    let open = verdicts.detail("ports-of-the-gateway").trim().to_owned();
    verdicts.forget("ports-of-the-gateway");
    let outcome = if open == "18337 18338" { "defeated" } else { "SUCCEEDED" };
    verdicts.add("other-ports-of-the-gateway", outcome, &format!("open: {open}"));
    let arrived = [on_loopback, on_any].iter().any(|listener| {
        listener.set_nonblocking(true).unwrap();
        listener.accept().is_ok()
    });
    let outcome = if arrived { "SUCCEEDED" } else { "defeated" };
    verdicts.add("connections-that-arrived", outcome, "at listeners of the host");
    verdicts.all_defeated("A task against its guest, other guests and the host", DEFENCES);

    assert_eq!(world.job(&other)["phase"], "running", "the other guest has noticed nothing");
    world.clf(&["jobs", "cancel", &other]).succeeds();
    world.until_no_vm_remains();
}

/// The address that the other guest would have on the internet.
fn public_address(world: &World, server: u64) -> String {
    let spec = world.path("state/local/servers").join(server.to_string()).join("spec.json");
    let spec: Value = serde_json::from_str(&fs::read_to_string(spec).unwrap()).unwrap();
    spec["metadata"]["public_ipv4"].as_str().unwrap().to_owned()
}

/// An address of this machine that is not loopback, or one that nobody has when there is none.
fn address_of_this_machine() -> String {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    // Connecting a datagram socket sends nothing; it only chooses the address.
    let chosen = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
    chosen.map_or_else(|_| "192.0.2.1".to_owned(), |address| address.ip().to_string())
}
