//! The verb itself: its steps, in their order.

use std::rc::Rc;

use clap::Args;
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_release::{
    document::{Manifest, SecretsRef},
    signature::SecretKey,
    value::{Period, Revision, Sha256Digest, StorePath, SystemName, UtcTime},
};
use clawlets_secrets::{Bundle, project::write_atomic};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    super::{
        closure::Caches,
        content::ContentFlags,
        document::signature_of,
        fault::of_write,
        key::PrivateKeyFlags,
        manifest::{declared, must_unpack, write},
        numbers::Signers,
        pointer::pointer_to,
        site::{BRANCH, Site, SiteFlags},
    },
    begun::resumed,
    branch::Finish,
    place::Place,
    source::Source,
    swap::{Lock, swap_pointer},
};
use crate::{commands::secrets::of_bundle, nix::Build, stop::Stop};

/// Publish a release: build the system, bring it to the caches, and sign what tells the host to run it.
///
/// The steps, in this order: build the flake's output HOST-system; push it to --copy-to; check that the host could fetch
/// every part of it from its own caches, signed by keys that it trusts; pack its secrets; write and sign the manifest;
/// replace the signed pointer in one step. Whatever stops it before the last step, hosts see the release from before.
/// Run it again then: it takes up the release that it had begun.
#[derive(Debug, Args)]
pub(in crate::commands::release) struct Publish {
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    channel: Channel,
    /// A system that was built elsewhere, in the Nix store; nothing is built then.
    #[arg(long, value_name = "PATH")]
    toplevel: Option<StorePath>,
    /// The revision that it was built from; that of the project if not given, which must have no other changes then.
    #[arg(long, value_name = "REV")]
    rev: Option<Revision>,
    /// The machine that it is for.
    #[arg(long, value_name = "SYSTEM", default_value = "x86_64-linux")]
    system: SystemName,
    /// A cache that the system is pushed to, as 'nix copy --to' takes it; repeatable.
    #[arg(long, value_name = "CACHE")]
    copy_to: Vec<String>,
    /// How long the pointer counts.
    #[arg(long, value_name = "PERIOD", default_value = "7d")]
    valid_for: Period,
    /// Stop before anything is signed: for a machine that builds and must not hold the key. 'clawlets release sign' and
    /// 'clawlets release pointer write' do the rest.
    #[arg(long, conflicts_with = "PrivateKeyFlags")]
    prepare: bool,
    /// Only say what would be published; nothing is built, pushed or written.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    content: ContentFlags,
    #[command(flatten)]
    key: PrivateKeyFlags,
    #[command(flatten)]
    site: SiteFlags,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    /// `host/channel/epoch/releaseId`.
    release: String,
    outcome: Outcome,
    rev: String,
    toplevel: String,
    secrets_sha256: String,
    /// How many paths of the store the system has; none when they were not looked for.
    paths: Option<usize>,
    /// Where the manifest lies: a file, or a path on the branch.
    manifest: String,
    /// Until when the pointer counts.
    expires_at: Option<String>,
    /// The commit of the branch.
    commit: Option<String>,
}

/// What a release is made of, before it has a number.
struct Made {
    source: Source,
    toplevel: StorePath,
    bundle: Bundle,
    /// How many paths the system has; none when they were not looked for.
    paths: Option<usize>,
    /// The key; none when nothing is signed.
    key: Option<SecretKey>,
}

/// How often a release is put behind those of others who publish at the same time.
const MOST_TRIES: usize = 8;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    /// Hosts see it.
    Published,
    /// It waits for its signature.
    Prepared,
    /// Nothing was done.
    WouldPublish,
}

impl Publish {
    pub(in crate::commands::release) fn run(self: Box<Self>, printer: &Printer) -> Result<ExitCode, Fault> {
        let stop = Rc::new(Stop::listen()?);
        // Whatever a signal made fail, the signal is why.
        let published = self.published(&stop, printer).map_err(|fault| match stop.came() {
            true => Fault::new(FaultCode::Interrupted, "you interrupted it; hosts see what they saw before")
                .hint("run the same command again: it takes up what it had begun"),
            false => fault,
        })?;
        match printer.form() {
            Form::Json => printer.json(&published),
            Form::Text => {
                printer.data(&published.release);
                printer.note(match (published.outcome, &published.commit) {
                    (Outcome::Published, None) => "Hosts of this channel may run it now.".to_owned(),
                    (Outcome::Published, Some(_)) => format!(
                        "Committed to the branch {BRANCH}. Hosts see it once that is pushed: git push origin {BRANCH}"
                    ),
                    (Outcome::Prepared, _) => {
                        "Sign it with 'clawlets release sign'; hosts do not see it yet.".to_owned()
                    }
                    (Outcome::WouldPublish, _) => "Nothing was done.".to_owned(),
                });
            }
        }
        Ok(ExitCode::Ok)
    }

    fn published(&self, stop: &Rc<Stop>, printer: &Printer) -> Result<Published, Fault> {
        let source =
            Source::of(&self.site, self.rev.as_ref(), self.key.variable(), Rc::clone(stop), printer)?;
        // A key that is missing is found out before the long part.
        let key = if self.prepare || self.dry_run { None } else { Some(self.key.read(printer)?) };
        let toplevel = self.toplevel(&source, printer)?;
        let bundle = Bundle::of_folder(&source.secrets()).map_err(|error| of_bundle(&error))?;
        must_unpack(&source.secrets(), &bundle.bytes)?;
        let paths = if self.dry_run { None } else { Some(self.fetchable(&source, &toplevel, printer)?) };
        let made = Made { source, toplevel, bundle, paths, key };
        for _ in 0..MOST_TRIES {
            if stop.came() {
                return Err(Fault::new(FaultCode::Interrupted, "you interrupted it"));
            }
            if let Some(published) = self.put(&made, printer)? {
                return Ok(published);
            }
            printer.note("Somebody else published meanwhile; the release gets the next number.");
        }
        Err(Fault::new(FaultCode::ReleaseBusy, format!("the branch {BRANCH} moves all the time"))
            .hint("run it again when others have published"))
    }

    /// Puts a release into its place, behind those that are there. None when others put one there meanwhile.
    fn put(&self, made: &Made, printer: &Printer) -> Result<Option<Published>, Fault> {
        let Made { source, toplevel, bundle, paths, key } = made;
        let place = Place::open(self.site.target(&source.project), source, &self.channel)?;
        let site = Site::of(&source.project, place.folder(), &source.host, &self.channel)?;
        let _lock = if self.dry_run { None } else { Some(Lock::take(&site)?) };
        let signers = Signers::of(&source.fleet, &source.host)?.and(key.as_ref());

        let secrets = SecretsRef::at_usual_place(Sha256Digest::of(&bundle.bytes));
        let name = site.name(None, None, &signers)?;
        let now = UtcTime::at(Timestamp::now());
        let (system, rev) = (self.system.clone(), source.rev.clone());
        let mut manifest = Manifest::new(name, system, now, rev, toplevel.clone(), secrets);
        self.content.fill(&mut manifest, declared(&source.fleet, &source.host)?)?;
        let manifest = resumed(&site, &manifest, &signers)?.unwrap_or(manifest);
        let mut published = Published {
            release: manifest.name().to_string(),
            outcome: Outcome::WouldPublish,
            rev: manifest.rev.to_string(),
            toplevel: manifest.toplevel.to_string(),
            secrets_sha256: manifest.secrets.digest.to_string(),
            paths: *paths,
            manifest: place.shown(&site, manifest.release_id),
            expires_at: None,
            commit: None,
        };
        if self.dry_run {
            return Ok(Some(published));
        }
        let path = site.manifest(manifest.release_id);
        if !path.exists() {
            write(&site, &manifest, &bundle.bytes)?;
        }
        published.outcome = Outcome::Prepared;
        if let Some(key) = key {
            let step = printer.step(&format!("Sign {}", published.release));
            let until = self.sign(&site, &manifest, key)?;
            step.done("");
            published.expires_at = Some(until);
            published.outcome = Outcome::Published;
        }
        match place.finish(source, &format!("release {}", published.release))? {
            Finish::Moved => return Ok(None),
            Finish::Committed(commit) => published.commit = Some(commit),
            Finish::InPlace => {}
        }
        Ok(Some(published))
    }

    /// The system: given, or built from the flake.
    fn toplevel(&self, source: &Source, printer: &Printer) -> Result<StorePath, Fault> {
        if let Some(toplevel) = &self.toplevel {
            return Ok(toplevel.clone());
        }
        let output = source.flake_output()?;
        let build = if self.dry_run { Build::Dry } else { Build::Real };
        let step = printer.step(&format!("Build {output}"));
        let toplevel = source.nix.build(&output, build)?;
        step.done(toplevel.as_str());
        Ok(toplevel)
    }

    /// Brings the system to caches, and makes sure that the host could fetch it. How many paths it has.
    fn fetchable(&self, source: &Source, toplevel: &StorePath, printer: &Printer) -> Result<usize, Fault> {
        for cache in &self.copy_to {
            // The address of a cache may name a file of a key; its parameters are nobody's business.
            let shown = cache.split('?').next().unwrap_or_default();
            let step = printer.step(&format!("Push to {shown}"));
            source.nix.copy(toplevel, cache)?;
            step.done("");
        }
        let step = printer.step("Check the host's caches");
        let caches = Caches::of(&declared(&source.fleet, &source.host)?.cache);
        let paths = caches.hold(&source.nix, toplevel, printer)?;
        step.done(&count(paths, "path"));
        Ok(paths)
    }

    /// Signs the manifest, and lets the pointer be one to it. Until when that counts.
    fn sign(&self, site: &Site, manifest: &Manifest, key: &SecretKey) -> Result<String, Fault> {
        let name = manifest.name();
        let bytes = manifest.to_bytes();
        let signature = key.sign(&bytes, &name.to_string());
        let beside = signature_of(&site.manifest(manifest.release_id));
        write_atomic(&beside, signature.as_bytes(), 0o644).map_err(|error| of_write(&error))?;
        let pointer = pointer_to(name.clone(), &bytes, self.valid_for);
        let bytes = pointer.to_bytes();
        swap_pointer(site, &bytes, &key.sign(&bytes, &name.to_string()))?;
        Ok(pointer.expires_at.to_string())
    }
}
