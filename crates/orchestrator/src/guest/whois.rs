//! Who an address on the tailnet is.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use async_trait::async_trait;
use serde::Deserialize;
use thiserror::Error;
use tokio::process::Command;

/// How long the tailnet's daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A node of the tailnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// The first label of its name.
    pub(crate) name: String,
    /// Its tags, such as `tag:cattle`.
    pub(crate) tags: Vec<String>,
}

/// Why it is not known who an address is.
#[derive(Debug, Error)]
pub(crate) enum WhoisError {
    /// The command cannot be run.
    #[error("failed to run tailscale")]
    Run(#[source] std::io::Error),
    /// It did not answer in time.
    #[error("tailscale did not answer within {} s", PATIENCE.as_secs())]
    TooSlow,
    /// Its answer makes no sense.
    #[error("the answer of tailscale makes no sense")]
    Malformed(#[source] serde_json::Error),
}

/// Knows who an address on the tailnet is.
#[async_trait]
pub(crate) trait NodeLookup: Send + Sync {
    /// The node behind an address, `None` when the tailnet knows none.
    ///
    /// # Errors
    /// [`WhoisError`] when the tailnet cannot be asked.
    async fn node(&self, address: SocketAddr) -> Result<Option<Node>, WhoisError>;
}

/// Asks the program `tailscale whois --json`.
#[derive(Debug, Clone, Default)]
pub(crate) struct TailscaleCommand;

#[derive(Deserialize)]
struct Whois {
    #[serde(rename = "Node")]
    node: WhoisNode,
}

#[derive(Deserialize)]
struct WhoisNode {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Tags", default)]
    tags: Option<Vec<String>>,
}

#[async_trait]
impl NodeLookup for TailscaleCommand {
    async fn node(&self, address: SocketAddr) -> Result<Option<Node>, WhoisError> {
        let output = Command::new("tailscale")
            .args(["whois", "--json"])
            .arg(address.to_string())
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, output).await.map_err(|_| WhoisError::TooSlow)?;
        let output = output.map_err(WhoisError::Run)?;
        if output.status.success() { read(&output.stdout).map(Some) } else { Ok(None) }
    }
}

fn read(answer: &[u8]) -> Result<Node, WhoisError> {
    let whois: Whois = serde_json::from_slice(answer).map_err(WhoisError::Malformed)?;
    let name = whois.node.name.split('.').next().unwrap_or_default().to_owned();
    Ok(Node { name, tags: whois.node.tags.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_goes_by_the_first_label_of_its_name() {
        let answer = br#"{"Node":{"ID":1,"Name":"cattle-rex-0123456789ab-1.tail1.ts.net.","Tags":["tag:cattle"]},"UserProfile":{}}"#;
        let node = read(answer).unwrap();
        assert_eq!(
            node,
            Node { name: "cattle-rex-0123456789ab-1".to_owned(), tags: vec!["tag:cattle".to_owned()] }
        );
        assert_eq!(read(br#"{"Node":{"Name":"laptop.tail1.ts.net."}}"#).unwrap().tags, Vec::<String>::new());
        assert!(read(b"not json").is_err());
    }
}
