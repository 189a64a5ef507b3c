//! What it costs to verify a release: pointer, manifest and bundle.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clawlets_model::{Channel, HostName};
use clawlets_release::{
    bundle::Bundle,
    trust::{EarlierPointers, Keyring, Rollback, Signatures, Signed, Trust, Verifier},
    value::{Period, Sha256Digest, StorePath, SystemName, Version},
};
use jiff::Timestamp;

use super::{
    publisher::{Publisher, Release},
    usage,
};
use crate::{
    interrupt,
    latencies::Latencies,
    report::{Figure, Report},
    scale::Scale,
};

/// As many secrets as a host with a dozen bots has.
const SECRETS: usize = 24;

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("verify", "Verifying a release");
    let publisher = Publisher::new();
    let system = StorePath::parse("/nix/store/00000000000000000000000000000000-nixos-system-web-1")
        .expect("it is a path of the store");
    let release = publisher.release(7, &system, SECRETS, &["true".to_owned()]);
    let trust = trust(&publisher);
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
    interrupt::remember(folder.path(), None);
    release.put(7, folder.path());
    let place = folder.path().join("web-1/prod");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..scale.starts {
        ours.push(spent(usage::of_this_thread, || verified(&trust, &release)));
        theirs.push(spent(usage::of_children, || programs(&place, &publisher, &release)));
    }
    let (ours, theirs) = (Latencies::new(ours), Latencies::new(theirs));
    let peer = "minisign -V twice, and sha256sum";
    report.add(
        Figure::millis("pointer, manifest and bundle, processor time, median", ours.millis(0.5))
            .target(1.0)
            .against(peer, theirs.millis(0.5)),
    );
    report.add(Figure::millis("… p95", ours.millis(0.95)).against(peer, theirs.millis(0.95)));
    report.add(Figure::bytes("the bundle", release.bundle.bytes.len() as f64));
    report.note(format!("A bundle of {SECRETS} secrets is unpacked and looked over as well, which the peers do not do; they are programs, so that they are also started. The sides take turns."));
    report
}

fn spent(clock: fn() -> Duration, work: impl FnOnce()) -> Duration {
    let before = clock();
    work();
    clock().saturating_sub(before)
}

/// As a host does it, from bytes to a release that it may follow.
fn verified(trust: &Trust, release: &Release) {
    let signed = |(bytes, signature): &'_ (Vec<u8>, String)| (bytes.clone(), signature.clone().into_bytes());
    let (pointer, manifest) = (signed(&release.pointer), signed(&release.manifest));
    let verifier = Verifier::new(trust, None, Timestamp::now()).expect("the clock is right");
    let pointer = verifier
        .pointer(&Signed { bytes: &pointer.0, signature: Some(&pointer.1) })
        .expect("the pointer is signed");
    let candidate = verifier
        .manifest(&pointer, &Signed { bytes: &manifest.0, signature: Some(&manifest.1) })
        .expect("the manifest is signed");
    assert_eq!(Sha256Digest::of(&release.bundle.bytes), candidate.manifest().secrets.digest);
    let bundle = Bundle::parse(&release.bundle.bytes).expect("the bundle is one");
    assert_eq!(bundle.files().len(), SECRETS);
}

/// As a shell script would do it.
fn programs(place: &Path, publisher: &Publisher, release: &Release) {
    let key = publisher.public_key().to_string();
    for document in ["latest.json", "7.json"] {
        let mut minisign = Command::new("minisign");
        minisign.args(["-V", "-q", "-P", &key, "-m"]).arg(place.join(document));
        assert!(minisign.status().is_ok_and(|status| status.success()), "minisign is installed");
    }
    let bundle = place.join(format!("secrets/{}.tgz", release.bundle.sha256));
    let summed = Command::new("sha256sum").arg(bundle).stdout(Stdio::piped()).output();
    let said = summed.expect("sha256sum is installed").stdout;
    assert!(said.starts_with(release.bundle.sha256.as_bytes()), "{}", String::from_utf8_lossy(&said));
}

fn trust(publisher: &Publisher) -> Trust {
    let keys = Keyring {
        current: vec![publisher.public_key()],
        previous: Vec::new(),
        previous_until: None,
        recovery: Vec::new(),
        revoked: BTreeSet::default(),
    };
    Trust {
        host: HostName::parse("web-1").expect("it is a name"),
        system: SystemName::parse("x86_64-linux").expect("it is a machine"),
        channel: Channel::parse("prod").expect("it is a channel"),
        keys,
        signatures: Signatures::Required,
        max_age: Period::parse("7d").expect("it is a period"),
        rollback: Rollback::Refused,
        earlier_pointers: EarlierPointers::Refused,
        substituters: BTreeSet::new(),
        cache_keys: BTreeSet::new(),
        updater: Version::parse("0.1.0").expect("it is a version"),
        built_at: Timestamp::UNIX_EPOCH,
    }
}
