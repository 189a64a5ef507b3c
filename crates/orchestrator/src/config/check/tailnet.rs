//! `[tailnet]`.

use std::net::{IpAddr, SocketAddr};

use clawlets_model::{limits, net::is_tailnet};
use clawlets_upstream::BaseUrl;

use super::Check;
use crate::config::{
    document::TailnetTable,
    settings::{Join, Listen, Tailnet},
};

/// The vendor's API.
const TAILNET_API: &str = "https://api.tailscale.com/api/v2";

impl Check<'_> {
    pub(super) fn tailnet(&mut self, table: TailnetTable) -> Tailnet {
        let port = table.port.unwrap_or(limits::CATTLE_PORT);
        let listen = match table.listen.as_deref() {
            None | Some("auto") => Listen::Auto(port),
            Some(text) => match text.parse::<IpAddr>() {
                Ok(address) if address.is_unspecified() => {
                    self.fault(
                        "tailnet.listen",
                        format!("{text} would listen on every network: expected an address of the tailnet"),
                    );
                    Listen::Auto(port)
                }
                Ok(address) if is_tailnet(address) || address.is_loopback() => {
                    Listen::Address(SocketAddr::new(address, port))
                }
                Ok(_) | Err(_) => {
                    self.fault("tailnet.listen", format!("{text:?} is not an address of the tailnet: expected \"auto\", or one in 100.64.0.0/10 or fd7a:115c:a1e0::/48"));
                    Listen::Auto(port)
                }
            },
        };
        let api = table.api.as_deref().filter(|text| !text.is_empty()).unwrap_or(TAILNET_API);
        let api = match BaseUrl::parse(api) {
            Ok(api) => Some(api),
            Err(_) => {
                self.fault("tailnet.api", format!("{api:?} is no https URL; http is for loopback only"));
                None
            }
        };
        let join = match (table.oauth_client_file, table.auth_key_file) {
            (Some(_), Some(_)) => {
                self.fault(
                    "tailnet.auth_key_file",
                    "excludes oauth_client_file: each VM gets a key of its own",
                );
                None
            }
            (Some(path), None) => {
                let client = self.secret_file("tailnet.oauth_client_file", &path);
                api.map(|api| Join::OauthClient { api, client })
            }
            (None, Some(path)) => Some(Join::AuthKey(self.secret_file("tailnet.auth_key_file", &path))),
            (None, None) => None,
        };
        Tailnet { listen, join }
    }
}
