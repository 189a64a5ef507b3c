//! `[provider]`.

use std::path::PathBuf;

use clawlets_model::cause::chain;

use super::Check;
use crate::config::{
    document::ProviderTable,
    provider::{Access, ProviderKind},
    secret_file::SecretFile,
};

impl Check<'_> {
    pub(super) fn provider(
        &mut self,
        table: ProviderTable,
    ) -> Option<(ProviderKind, Access, Option<PathBuf>)> {
        let kind = table.kind.or_else(|| self.missing("provider.kind", "\"hetzner\" or \"local\""));
        let relays = table.relays.map(|relays| self.folder.join(relays));
        let endpoint = table.endpoint.filter(|text| !text.is_empty());
        let access = match (table.token_file, table.connection_file) {
            (Some(_), Some(_)) => {
                self.fault(
                    "provider.connection_file",
                    "excludes token_file: the connection document has the token",
                );
                None
            }
            (None, Some(_)) if endpoint.is_some() => {
                self.fault("provider.endpoint", "excludes connection_file: its document has the endpoint");
                None
            }
            (None, Some(path)) => {
                let file = SecretFile::new(self.folder.join(path));
                let access = Access::ConnectionFile(file);
                if let Err(error) = access.read() {
                    self.fault("provider.connection_file", chain(&error));
                }
                Some(access)
            }
            (Some(path), None) => {
                let token = self.secret_file("provider.token_file", &path);
                let endpoint = endpoint.and_then(|text| self.url("provider.endpoint", &text));
                Some(Access::Token { endpoint, token })
            }
            (None, None) => {
                self.missing("provider.token_file", "the path of a file that holds the API token")
            }
        };
        if let (Some(ProviderKind::Local), Some(Access::Token { endpoint: None, .. })) = (kind, &access) {
            self.missing::<()>("provider.endpoint", "the local cloud's base URL");
        }
        Some((kind?, access?, relays))
    }
}
