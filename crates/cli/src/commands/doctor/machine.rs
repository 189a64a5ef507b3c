//! What the doctor is told of this machine.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clawlets_cloud::{Cloud, CloudError, Hetzner, HetznerConfig, ImageFilter};
use clawlets_doctor::{Answer, Machine, Presence, Trouble};
use clawlets_job_client::DEFAULT_SOCKET;
use clawlets_local_cloud::SystemImage;
use clawlets_model::Secret;
use clawlets_printer::Fault;
use clawlets_secrets::{AgeIdentity, is_placeholder, project::Layout};
use clawlets_verbs::environment::{CLF_SOCKET, HCLOUD_ENDPOINT, HOME};
use jiff::Timestamp;

use super::control;
use crate::{
    commands::secrets::keys_at_hand,
    env_file::{Key, Settings},
    fleet_file::Project,
    folders, on_path,
};

/// How long the cloud may take to answer, all tries together.
const PATIENCE: Duration = Duration::from_secs(5);

/// The programs and settings of the operator.
pub(super) struct ThisMachine {
    layout: Layout,
    settings: Result<Settings, Fault>,
    interrupted: Arc<AtomicBool>,
}

impl ThisMachine {
    /// The machine around a project. Whatever waits, ends when the flag is raised.
    pub(super) fn around(project: &Project, interrupted: Arc<AtomicBool>) -> Self {
        let settings = Settings::load(&project.runtime());
        Self { layout: Layout::new(project.root()), settings, interrupted }
    }

    /// A setting: where the file cannot be used, that of the environment.
    fn value(&self, name: &str) -> Option<Secret<String>> {
        let known = Key::ALL.into_iter().find(|key| key.name() == name);
        match (known, &self.settings) {
            (Some(key), Ok(settings)) => settings.get(key).map(|(_, value)| value.clone()),
            (Some(_), Err(_)) | (None, _) => {
                std::env::var(name).ok().filter(|value| !value.is_empty()).map(Secret::new)
            }
        }
    }
}

impl Machine for ThisMachine {
    /// A program: the one that is set for nix, or the first of its name on the path.
    fn program(&self, name: &str) -> Option<PathBuf> {
        let nix = self.value(Key::NixBin.name()).map(|path| PathBuf::from(path.expose()));
        let beside = match (nix, name) {
            (Some(nix), "nix") => Some(nix),
            (Some(nix), name) if name.starts_with("nix-") => nix.parent().map(|folder| folder.join(name)),
            (Some(_) | None, _) => None,
        };
        beside.filter(|program| on_path::is_program(program)).or_else(|| on_path::find(name))
    }

    fn setting(&self, name: &str) -> Presence {
        match self.value(name) {
            None => Presence::Unset,
            Some(value) if is_placeholder(value.expose()) => Presence::Placeholder,
            Some(_) => Presence::Set,
        }
    }

    fn settings_trouble(&self) -> Option<Trouble> {
        self.settings.as_ref().err().map(trouble)
    }

    fn keys(&self) -> Result<Vec<AgeIdentity>, Trouble> {
        keys_at_hand(&self.layout).map_err(|fault| trouble(&fault))
    }

    fn socket(&self) -> PathBuf {
        std::env::var_os(CLF_SOCKET.name).unwrap_or_else(|| DEFAULT_SOCKET.into()).into()
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::var_os(HOME.name).map(PathBuf::from)
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn has_local_image(&self) -> Answer {
        let Ok(cache) = folders::cache_dir() else {
            return Answer::Unknown("there is no folder that it could be in".to_owned());
        };
        match SystemImage::read(&SystemImage::manifest_path(&cache)) {
            Ok(_) => Answer::Yes,
            Err(_) => Answer::No("it was not built on this machine".to_owned()),
        }
    }

    fn has_cloud_image(&self, endpoint: Option<&str>, image: &str) -> Answer {
        let unknown = |error: &dyn std::error::Error| Answer::Unknown(error.to_string());
        let Some(token) = self.value(Key::HcloudToken.name()) else {
            return Answer::Unknown("HCLOUD_TOKEN is not set".to_owned());
        };
        let wins = std::env::var(HCLOUD_ENDPOINT.name).ok().filter(|url| !url.is_empty());
        let endpoint = match clawlets_cloud::endpoint(wins.as_deref().or(endpoint).unwrap_or_default()) {
            Ok(endpoint) => endpoint,
            Err(error) => return unknown(&error),
        };
        let cloud = match Hetzner::new(HetznerConfig::new(endpoint, token)) {
            Ok(cloud) => cloud.within(PATIENCE),
            Err(error) => return unknown(&error),
        };
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return unknown(&error),
        };
        let is_it =
            |one: &clawlets_cloud::Image| one.name.as_deref() == Some(image) || one.id.to_string() == image;
        match runtime.block_on(cloud.images(&ImageFilter::default())) {
            Ok(images) if images.iter().any(is_it) => Answer::Yes,
            Ok(_) => Answer::No(format!("the cloud project has no image {image}")),
            Err(CloudError::Unauthorized { .. }) => {
                Answer::No("the provider does not take HCLOUD_TOKEN".to_owned())
            }
            Err(error) => unknown(&error),
        }
    }

    fn may_send_tokens_to(&self, url: &str) -> Answer {
        control::may_send_tokens_to(url)
    }

    fn control_answers(&self, url: &str) -> Answer {
        control::answers(url)
    }

    fn audit_log_holds(&self) -> Answer {
        control::audit_log_holds()
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

fn trouble(fault: &Fault) -> Trouble {
    let causes = fault.causes().iter().map(String::as_str);
    let cause = std::iter::once(fault.message()).chain(causes).collect::<Vec<_>>().join(": ");
    let remedy = fault.hint_text().unwrap_or("do what the line says").to_owned();
    Trouble { cause, remedy }
}
