//! From what is configured to a handler that is ready.

mod chats;
mod keeping;
mod sources;
mod upstream;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clawlets_model::Secret;
use thiserror::Error;

use super::{Document, Fault, Variables, duration_text::DurationText};
use crate::{
    chat::Afterwards,
    control::{Control, Pace},
    credentials::Credentials,
    faces::Faces,
    images::Images,
    ledger::Spans,
    limiter::{Limiter, Rate},
    policy::ImagesByBots,
    registry::{Registry, Watched},
    secret_source::SecretSource,
};

/// How long whoever begins a deploy is believed to work on it: longer than any answer takes.
const CLAIM: Duration = Duration::from_secs(15);

/// How many requests a caller may make in a minute.
const REQUESTS: u32 = 240;
/// How many all those may make together who have no valid token.
const STRANGERS: u32 = 30;

/// Everything that is wrong with a configuration.
#[derive(Debug, Error)]
#[error("the configuration is not valid: {}", list(.0))]
pub struct BuildError(pub Vec<Fault>);

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What is built from, and what was found to be wrong with it.
struct Build<'a> {
    variables: &'a Variables,
    faults: Vec<Fault>,
}

/// Builds the handler and its faces. Files of secrets are read, nothing is asked of anybody. `folder` is where this machine
/// keeps state when nothing else is said.
///
/// # Errors
/// [`BuildError`] with all that is wrong.
pub fn build(
    document: Document,
    variables: &Variables,
    folder: &Path,
    afterwards: Afterwards,
) -> Result<Faces, BuildError> {
    let mut document = document;
    variables.apply(&mut document);
    let mut build = Build { variables, faults: Vec::new() };
    let faces = build.faces(document, folder, afterwards);
    match faces {
        Some(faces) if build.faults.is_empty() => Ok(faces),
        Some(_) | None => Err(BuildError(build.faults)),
    }
}

impl Build<'_> {
    fn faces(&mut self, document: Document, folder: &Path, afterwards: Afterwards) -> Option<Faces> {
        let registry = self.registry(document.registry.as_deref());
        let people = self.people(document.token_file);
        let instances = self.instances(document.tokens_file.as_deref());
        if people.is_empty() && instances.is_none() {
            let needed = "nobody could ask for anything: set CONTROL_API_TOKEN or CONTROL_API_TOKENS_FILE";
            self.fault("token_file", needed);
        }
        let current = registry.as_ref().map(Watched::current).unwrap_or_default();
        let aws = self.aws(&document.aws, &current);
        let keeping = self.keeping(document.state, document.audit_log, folder, aws.as_ref());
        let workflow = self.workflow(document.github, &current);
        let sources = self.sources(aws.as_ref(), document.hetzner);
        let reports = self.reports(document.hosts);
        let discord = self.discord(document.discord);
        let telegram = self.telegram(document.telegram);
        let span = |text: Option<DurationText>, or: u64| text.map_or(Duration::from_secs(or), |text| text.0);
        let spans = Spans {
            lease: span(document.lease, 60 * 60),
            between: span(document.deploy_interval, 30 * 60),
            claim: CLAIM,
            run: span(document.run_patience, 60),
        };
        let images_by_bots = document.bots_may_pin_image.map(|may| match may {
            true => ImagesByBots::Allowed,
            false => ImagesByBots::Refused,
        });
        let per_minute = document.requests_per_minute.unwrap_or(REQUESTS);
        let (store, audit) = keeping?;
        let control = Control {
            registry: registry?,
            people,
            instances,
            images_by_bots,
            limiter: Limiter::new(Rate { per_minute }),
            strangers: Limiter::new(Rate { per_minute: per_minute.min(STRANGERS) }),
            spans,
            store,
            audit,
            workflow: workflow?,
            images: Images(aws.unwrap_or_else(sources::no_aws)),
            sightings: crate::sightings::Sightings { sources, reports },
            pace: Pace::default(),
        };
        Some(Faces {
            control: Arc::new(control),
            discord: discord.map(Arc::new),
            telegram: telegram.map(Arc::new),
            afterwards,
        })
    }

    fn fault(&mut self, key: &str, message: impl std::fmt::Display) {
        self.faults.push(Fault::new(key, message));
    }

    /// The value, or a fault in its place.
    fn ok<T, E: std::fmt::Display>(&mut self, key: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.fault(key, error)).ok()
    }

    fn registry(&mut self, path: Option<&Path>) -> Option<Watched<Registry>> {
        let Some(path) = path else {
            self.fault(
                "registry",
                "is missing: expected the path of fleet/clawlets.json, as in CLAWLETS_FLEET",
            );
            return None;
        };
        let read = |bytes: &[u8]| Registry::read(bytes).map_err(|error| error.to_string());
        let watched = Watched::open(path, read);
        self.ok("registry", watched)
    }

    fn people(&mut self, file: Option<PathBuf>) -> Credentials {
        let token = self.secret("token_file", "CONTROL_API_TOKEN", file);
        let people = token.and_then(|token| self.ok("token_file", Credentials::of_people(&token)));
        people.unwrap_or_default()
    }

    fn instances(&mut self, path: Option<&Path>) -> Option<Watched<Credentials>> {
        let read = |bytes: &[u8]| Credentials::of_instances(bytes).map_err(|error| error.to_string());
        let given = self.variables.get("CONTROL_API_TOKENS");
        let watched = match (given, path) {
            (Some(tokens), _) => read(tokens.expose().as_bytes()).map(|tokens| Watched::fixed(tokens, read)),
            (None, Some(path)) => Watched::open(path, read),
            (None, None) => return None,
        };
        self.ok("tokens_file", watched)
    }

    /// A secret that is needed at the start: the variable's value, or the content of the file.
    fn secret(&mut self, key: &str, variable: &str, file: Option<PathBuf>) -> Option<Secret<String>> {
        let source = self.source(variable, file)?;
        self.ok(key, source.read())
    }

    /// Where a secret is: the variable wins over the file.
    fn source(&self, variable: &str, file: Option<PathBuf>) -> Option<SecretSource> {
        match (self.variables.get(variable), file) {
            (Some(value), _) => Some(SecretSource::Value(Secret::from(value.expose().trim()))),
            (None, Some(path)) => Some(SecretSource::File(path)),
            (None, None) => None,
        }
    }
}
