//! What a guest cannot reach.

use std::net::TcpListener;

use clawlets_tests::World;
use serde_json::json;

#[test]
fn a_task_reaches_neither_the_hosts_loopback_nor_the_metadata_service() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut world = World::start();
    world.configure("");
    world.orchestrate();
    let script = format!(
        "for target in 10.0.2.2:{port} 127.0.0.1:{port} 10.0.2.3:53 192.0.2.1:80 169.254.169.254:80; do \
           if timeout 5 nc -w 3 ${{target%:*}} ${{target#*:}} </dev/null; then echo reached $target; else echo closed $target; fi; \
         done; \
         timeout 5 wget -q -O - http://169.254.169.254/hetzner/v1/userdata && echo leaked user data; \
         touch /mark && echo leaves its mark in the root folder; \
         id -u; cat /proc/self/status | grep NoNewPrivs"
    );
    let task = json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sh", "-c", script] });
    let id = world.spawn(&task.to_string(), "5m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    let logs = world.logs(&id);
    assert_eq!(job["status"], "done", "{job:#}\n{logs}");
    assert_eq!(logs.matches("closed ").count(), 5, "{logs}");
    assert!(!logs.contains("reached ") && !logs.contains("leaked") && !logs.contains("mark in"), "{logs}");
    assert!(logs.contains("NoNewPrivs:\t1") && logs.contains("1000"), "{logs}");
    world.until_no_vm_remains();
}
