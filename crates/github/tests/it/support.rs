//! What every test starts.

use clawlets_github::{
    Access, App, AppId, AppKey, Github, InstallationId, Permission, RepositoryName, Scope, api_url,
};
use clawlets_github_stand_in as stand_in;
use clawlets_model::Secret;
use rustls::{ClientConfig, RootCertStore};

/// A client of the API at this URL, which is on loopback.
pub(crate) fn client(api: &str) -> Github {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Github::new(api_url(api).unwrap(), tls).unwrap()
}

/// The App of the stand-in.
pub(crate) fn app(github: &stand_in::Github) -> App {
    app_with(&github.pem().pkcs1)
}

pub(crate) fn app_with(pem: &str) -> App {
    let key = AppKey::from_pem(&Secret::from(pem)).unwrap();
    App { id: AppId::new(stand_in::Github::APP_ID).unwrap(), key }
}

pub(crate) fn installation() -> InstallationId {
    InstallationId::new(stand_in::Github::INSTALLATION_ID).unwrap()
}

pub(crate) fn scope(repositories: &[&str], permissions: &[(&str, Access)]) -> Scope {
    let permission = |(name, access): &(&str, Access)| (Permission::parse(name).unwrap(), *access);
    let repositories = repositories.iter().map(|name| RepositoryName::parse(name).unwrap());
    Scope::new(repositories, permissions.iter().map(permission)).unwrap()
}

/// What most tests ask for.
pub(crate) fn reading() -> Scope {
    scope(&["clawlets"], &[("contents", Access::Read)])
}

/// Everything that an error says, its causes included.
pub(crate) fn said(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error} / {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" / {error} / {error:?}"));
        cause = error.source();
    }
    text
}
