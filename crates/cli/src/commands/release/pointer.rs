//! `clawlets release pointer write`.

use clap::Args;
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::{
    document::{Document, Pointer},
    value::{Period, ReleaseId, ReleaseName, Sha256Digest, UtcTime},
};
use clawlets_secrets::project::write_atomic;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{
    document::{read, signature_of},
    fault::{of_read, of_write},
    site::SiteFlags,
};

/// Write latest.json: which release hosts should run, from now until its end.
///
/// Write and sign it again before it ends, also when nothing is new: hosts refuse a pointer that is too old, since they
/// cannot tell it from one that somebody holds back.
#[derive(Debug, Args)]
pub(super) struct Write {
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    channel: Channel,
    /// The number of the release; the one that latest.json names if not given, or else the highest.
    #[arg(long, value_name = "N")]
    release_id: Option<ReleaseId>,
    /// How long it counts.
    #[arg(long, value_name = "PERIOD", default_value = "7d")]
    valid_for: Period,
    /// Stop hosts that have not begun with this release. It stays halted until --lift-halt.
    #[arg(long)]
    halted: bool,
    /// Let hosts begin again with a release that is halted.
    #[arg(long, conflicts_with = "halted")]
    lift_halt: bool,
    #[command(flatten)]
    site: SiteFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    path: String,
    release: String,
    expires_at: String,
    halted: bool,
}

impl Write {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let site = self.site.open(printer, &self.channel)?;
        let before = site.pointer()?;
        let id = match (self.release_id, &before) {
            (Some(id), _) => id,
            (None, Some(before)) => before.release_id,
            (None, None) => {
                let highest = site.manifests()?.into_iter().next();
                let none = || {
                    Fault::new(
                        FaultCode::ReleaseUnknown,
                        format!("{} has no release on {}", site.host, site.channel),
                    )
                    .hint("'clawlets release manifest build' makes one")
                };
                highest.ok_or_else(none)?.release_id
            }
        };
        let path = site.manifest(id);
        let name = site.read(id)?.name();
        let bytes = read(&path, Document::Manifest)?;
        let was_halted = before.is_some_and(|before| before.halted && before.order() == name.order);
        let halted = self.halted || (was_halted && !self.lift_halt);
        let pointer = Pointer { halted, ..pointer_to(name, &bytes, self.valid_for) };
        let latest = site.latest();
        // A signature that no longer fits would only confuse whoever looks.
        let signature = signature_of(&latest);
        if signature.exists() {
            std::fs::remove_file(&signature).map_err(|error| of_read(&signature, &error))?;
        }
        write_atomic(&latest, &pointer.to_bytes(), 0o644).map_err(|error| of_write(&error))?;
        let written = Written {
            path: latest.display().to_string(),
            release: pointer.name().to_string(),
            expires_at: pointer.expires_at.to_string(),
            halted: pointer.halted,
        };
        match printer.form() {
            Form::Json => printer.json(&written),
            Form::Text => {
                printer.data(&written.path);
                let (release, until) = (&written.release, &written.expires_at);
                printer.note(format!(
                    "Points to {release} until {until}. Sign it with 'clawlets release sign'."
                ));
            }
        }
        Ok(ExitCode::Ok)
    }
}

/// A pointer to a manifest, from now on.
pub(super) fn pointer_to(name: ReleaseName, manifest: &[u8], valid_for: Period) -> Pointer {
    let now = Timestamp::now();
    let length = i64::try_from(valid_for.as_secs()).unwrap_or(i64::MAX);
    let end = now.saturating_add(SignedDuration::from_secs(length)).unwrap_or(now);
    Pointer::to_release(name, Sha256Digest::of(manifest), UtcTime::at(now), UtcTime::at(end))
}
