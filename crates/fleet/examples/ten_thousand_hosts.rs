//! Reads a declaration of ten thousand hosts and prints how long that took: `cargo run --release --example
//! ten_thousand_hosts`.
#![expect(clippy::print_stdout, reason = "it is a measurement for people")]

use std::{fmt::Write, time::Instant};

use clawlets_fleet::Fleet;

fn main() {
    let text = document(10_000);
    let begin = Instant::now();
    let outcome = Fleet::read(&text);
    let taken = begin.elapsed();
    match outcome {
        Ok(loaded) => println!("{} hosts, {} bytes: {taken:?}", loaded.fleet.hosts.len(), text.len()),
        Err(invalid) => println!("refused: {invalid}"),
    }
}

/// A declaration of this many hosts that differ.
fn document(hosts: usize) -> String {
    let mut text = String::from("{\n  \"schemaVersion\": 13,\n  \"hosts\": {");
    for at in 0..hosts {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}
    "web-{at}": {{
      "enable": true,
      "targetHost": "admin@web-{at}",
      "hetzner": {{ "serverType": "cx43", "location": "nbg1" }},
      "provisioning": {{ "adminCidr": "203.0.113.0/24", "sshPubkeyFile": "~/.ssh/id_ed25519.pub" }},
      "sshExposure": {{ "mode": "tailnet" }},
      "selfUpdate": {{ "enable": true, "baseUrls": ["https://updates.example.com"], "allowUnsigned": true }},
      "agentModelPrimary": "zai/glm-4.7"
    }}"#
        );
    }
    text.push_str("\n  }\n}\n");
    text
}
