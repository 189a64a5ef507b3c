//! `clawlets release promote`.

use clap::Args;
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_release::{
    document::{Document, Manifest},
    signature::PublicKey,
    value::{ReleaseId, Sha256Digest, UtcTime},
};
use jiff::Timestamp;

use super::{
    document::read,
    fault::of_document,
    key::{PublicKeyFlags, trusted_keys},
    manifest::{publish, read_bundle},
    numbers::Signers,
    site::{Site, SiteFlags},
    verify::{must_count, verified},
};

/// Make a release of another channel out of one that is signed: the same system and secrets, under the next number there.
#[derive(Debug, Args)]
pub(super) struct Promote {
    /// The channel that it comes from.
    #[arg(long, value_name = "CHANNEL")]
    from: Channel,
    /// The channel that it goes to.
    #[arg(long, value_name = "CHANNEL")]
    to: Channel,
    /// The number of the release; the one that latest.json names if not given.
    #[arg(long, value_name = "N")]
    release_id: Option<ReleaseId>,
    #[command(flatten)]
    keys: PublicKeyFlags,
    #[command(flatten)]
    site: SiteFlags,
}

impl Promote {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let from = self.site.open(printer, &self.from)?;
        let to = self.site.open(printer, &self.to)?;
        let (project, host) = self.site.project(printer)?;
        let fleet = project.load(printer)?;
        let keys = match self.keys.given()? {
            Some(key) => vec![key],
            None => trusted_keys(&fleet, &host)?,
        };
        let id = self.chosen(&from, &keys)?;
        let path = from.manifest(id);
        let bytes = read(&path, Document::Manifest)?;
        let comment = verified(&path, &bytes, &keys)?;
        let source = Manifest::parse(&bytes).map_err(|error| of_document(&path, &error))?;
        let name = source.name();
        if comment != name.to_string() || name.channel != self.from || name.host != host {
            return Err(Fault::new(FaultCode::ReleaseForeign, format!("{} is {name}", path.display())));
        }
        let bundle = read_bundle(&from.at(source.secrets.url.as_str()))?;
        if Sha256Digest::of(&bundle) != source.secrets.digest {
            let message = format!("the secrets beside {} are not those of the release", path.display());
            return Err(Fault::new(FaultCode::ReleaseForeign, message));
        }
        let name = to.name(None, None, &Signers::of(&fleet, &host)?)?;
        let promoted = Manifest {
            channel: name.channel,
            epoch: name.order.epoch,
            release_id: name.order.release_id,
            issued_at: UtcTime::at(Timestamp::now()),
            wave: None,
            ..source
        };
        publish(printer, &to, &promoted, &bundle)
    }

    /// Which release is meant. What latest.json says of that counts only as it does for hosts: while it is signed, and has
    /// not reached its end.
    fn chosen(&self, from: &Site, keys: &[PublicKey]) -> Result<ReleaseId, Fault> {
        let pointer = from.pointer()?;
        let id = match (self.release_id, &pointer) {
            (Some(id), _) => id,
            (None, Some(pointer)) => {
                let path = from.latest();
                let comment = verified(&path, &read(&path, Document::Pointer)?, keys)?;
                if comment != pointer.name().to_string() {
                    let message = format!("{} is {}", path.display(), pointer.name());
                    return Err(Fault::new(FaultCode::ReleaseForeign, message));
                }
                must_count(&path, pointer)?;
                pointer.release_id
            }
            (None, None) => {
                let message = format!("{} has no latest.json on {}", from.host, from.channel);
                return Err(
                    Fault::new(FaultCode::ReleaseUnknown, message).hint("name the release with --release-id")
                );
            }
        };
        if pointer.is_some_and(|pointer| pointer.halted && pointer.release_id == id) {
            let message = format!("release {id} of {} is halted on {}", from.host, from.channel);
            return Err(Fault::new(FaultCode::ReleaseHalted, message));
        }
        Ok(id)
    }
}
