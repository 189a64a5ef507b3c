//! `clawlets bundle upload`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_aws::{PutCondition, Stored, Upload as Bytes};
use clawlets_instance_bundle::{
    BundleVersion, LARGEST_MANIFEST, Manifest, Step, UploadPlan,
    object::{MANIFEST, SIGNATURE},
};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::signature::{SecretKey, Signature};
use serde::Serialize;

use super::{
    account::Account,
    build::{above, version},
    content::{Content, Place, PlaceFlags},
    made::{FileRow, Made, parse},
    seeds::SeedsFlags,
};
use crate::commands::release::PrivateKeyFlags;

/// Store the bundle of a host where the host finds it: one that was built before, or one that is built now.
///
/// A host that looks meanwhile finds the former bundle or the new one, and never a mixture; so does one that looks after
/// this was cut off. What did not change is not sent again. Where two store at once, one is refused.
#[derive(Debug, Args)]
pub(super) struct Upload {
    /// The folder of a bundle that 'clawlets bundle build' wrote; one is built now if not given.
    #[arg(
        long = "in",
        value_name = "DIR",
        value_hint = ValueHint::DirPath,
        conflicts_with_all = ["SeedsFlags", "PrivateKeyFlags", "bundle_version"]
    )]
    folder: Option<PathBuf>,
    /// Its version [default: one above the one that is stored].
    #[arg(long, value_name = "N", value_parser = version)]
    bundle_version: Option<BundleVersion>,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    seeds: SeedsFlags,
    #[command(flatten)]
    key: PrivateKeyFlags,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    is_dry_run: bool,
    /// Whether anything was, or would be, stored.
    is_new: bool,
    instance: HostName,
    version: BundleVersion,
    place: String,
    files: Vec<FileRow>,
    steps: Vec<String>,
}

/// The bundle that is stored now.
struct Former {
    manifest: Manifest,
    bytes: Vec<u8>,
    etag: String,
}

impl Upload {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer)?;
        let account = Account::of(&place.fleet, &place.host, &place.settings)?;
        let former = former(&account).await?;
        // What was packed stays until it is stored.
        let packed;
        let (made, is_new) = match &self.folder {
            Some(folder) => {
                let made = Made::in_folder(folder, &place.host)?;
                let is_new = must_be_above(&made, former.as_ref())?;
                (made, is_new)
            }
            None => {
                let key = self.key.read(printer)?;
                packed = Content::pack(printer, &place, &self.seeds)?;
                self.made(&packed, &key, &place, former.as_ref(), &account).await?
            }
        };
        let mut steps = Vec::new();
        if is_new {
            let present: Vec<String> = account.list().await?.into_iter().map(|listed| listed.key).collect();
            let before = former.as_ref().map(|former| &former.manifest);
            let plan = UploadPlan::of(&made.manifest, before, &present);
            for step in &plan.steps {
                steps.push(said(step));
                if !self.dry_run {
                    let progress = printer.step(&said(step));
                    carry_out(&account, step, &made, former.as_ref()).await?;
                    progress.done("");
                }
            }
        }
        let version = made.manifest.version;
        match printer.form() {
            Form::Json => printer.json(&Document {
                is_dry_run: self.dry_run,
                is_new,
                instance: place.host,
                version,
                place: account.shown(),
                files: made.rows(),
                steps,
            }),
            Form::Text => {
                printer.data(version.to_string());
                printer.note(match (is_new, self.dry_run) {
                    (false, _) => format!("Bundle {version} is stored already at {}.", account.shown()),
                    (true, true) => "Nothing was stored.".to_owned(),
                    (true, false) => format!("Bundle {version} is at {}.", account.shown()),
                });
            }
        }
        Ok(ExitCode::Ok)
    }

    /// The bundle of what was packed, and whether it is another one than the one that is stored.
    async fn made(
        &self,
        content: &Content,
        key: &SecretKey,
        place: &Place,
        former: Option<&Former>,
        account: &Account,
    ) -> Result<(Made, bool), Fault> {
        if let (Some(former), None) = (former, self.bundle_version) {
            let version = former.manifest.version;
            let same = Manifest::new(place.host.clone(), version, content.digests.iter().copied());
            let signature = account.read(SIGNATURE, 1 << 10).await?;
            let signature = signature.and_then(|(bytes, _)| Signature::parse(&bytes).ok());
            let is_signed =
                signature.is_some_and(|signature| key.public().verify(&former.bytes, &signature).is_ok());
            if same == former.manifest && is_signed {
                return Ok((Made::of(content, &place.host, version, key)?, false));
            }
        }
        let version = match (self.bundle_version, former) {
            (Some(version), _) => version,
            (None, Some(former)) => above(former.manifest.version)?,
            (None, None) => BundleVersion::FIRST,
        };
        let made = Made::of(content, &place.host, version, key)?;
        let is_new = must_be_above(&made, former)?;
        Ok((made, is_new))
    }
}

async fn former(account: &Account) -> Result<Option<Former>, Fault> {
    let Some((bytes, etag)) = account.read(MANIFEST, LARGEST_MANIFEST as u64).await? else { return Ok(None) };
    Ok(Some(Former { manifest: parse(&bytes)?, bytes, etag }))
}

/// Whether it is another bundle than the one that is stored; one that hosts would refuse is refused here.
fn must_be_above(made: &Made, former: Option<&Former>) -> Result<bool, Fault> {
    let Some(former) = former else { return Ok(true) };
    let (new, there) = (made.manifest.version, former.manifest.version);
    // The same again: what a run that was cut off had left to do is done.
    if new > there || made.manifest_bytes == former.bytes {
        return Ok(true);
    }
    let message = format!("version {there} is stored, and hosts take none that is not above it: not {new}");
    Err(Fault::new(FaultCode::BundleVersion, message).hint("--bundle-version gives another number"))
}

async fn carry_out(
    account: &Account,
    step: &Step,
    made: &Made,
    former: Option<&Former>,
) -> Result<(), Fault> {
    let signature = || Bytes::Bytes(made.signature.clone());
    match step {
        Step::Keep { name, from } => account.copy(from, name).await,
        Step::StoreFile { file, name } => {
            let upload = Bytes::File(made.path(*file).to_owned());
            account.store(name, upload, &PutCondition::Always).await.map(|_| ())
        }
        Step::StoreSignature { name } => {
            account.store(name, signature(), &PutCondition::Always).await.map(|_| ())
        }
        Step::CopyFile { file, from } => account.copy(from, file.name()).await,
        Step::StoreManifest => {
            let condition = match former {
                Some(former) => PutCondition::Replaces(former.etag.clone()),
                None => PutCondition::New,
            };
            let upload = Bytes::Bytes(made.manifest_bytes.clone());
            match account.store(MANIFEST, upload, &condition).await? {
                Stored::Written { .. } => Ok(()),
                Stored::ConditionFailed { .. } => must_be_ours(account, made).await,
            }
        }
        Step::Remove { name } => account.remove(name).await,
    }
}

/// The answer to an earlier try may have been lost: then what is there is ours.
async fn must_be_ours(account: &Account, made: &Made) -> Result<(), Fault> {
    let there = account.read(MANIFEST, LARGEST_MANIFEST as u64).await?;
    if there.is_some_and(|(bytes, _)| bytes == made.manifest_bytes) {
        return Ok(());
    }
    Err(Fault::new(FaultCode::BundleVersion, "somebody stored another bundle at the same time")
        .hint("run it again: it builds on theirs"))
}

fn said(step: &Step) -> String {
    match step {
        Step::Keep { from, .. } => format!("Keep the former {from}"),
        Step::StoreFile { file, .. } => format!("Store {file}"),
        Step::StoreSignature { name } if name == SIGNATURE => "Replace the signature".to_owned(),
        Step::StoreSignature { .. } => "Store the signature".to_owned(),
        Step::CopyFile { file, .. } => format!("Replace {file}"),
        Step::StoreManifest => "Replace the manifest".to_owned(),
        Step::Remove { name } => format!("Remove {name}"),
    }
}
