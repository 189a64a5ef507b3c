//! The one form in which documents are written.

use clawlets_release::{
    document::{Cache, Check, Feature, Health, Look, Manifest, Need, Pointer, Wave, WaveStep},
    value::{Period, UtcTime, Version},
};

use crate::publisher::{Publisher, order};

const POINTER: &str = r#"{
  "schemaVersion": 1,
  "host": "web-1",
  "channel": "prod",
  "epoch": 1,
  "releaseId": 7,
  "file": "7.json",
  "manifestSha256": "MANIFEST",
  "issuedAt": "2026-11-21T06:00:00Z",
  "expiresAt": "2026-11-28T06:00:00Z"
}
"#;

const MANIFEST: &str = r#"{
  "schemaVersion": 1,
  "host": "web-1",
  "system": "x86_64-linux",
  "channel": "prod",
  "epoch": 1,
  "releaseId": 7,
  "issuedAt": "2026-11-20T10:00:00Z",
  "rev": "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
  "toplevel": "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1",
  "secrets": {
    "digest": "SECRETS",
    "format": "sops-tar",
    "url": "secrets/SECRETS.tgz"
  },
  "cache": {
    "substituters": [
      "https://cache.example.org"
    ]
  },
  "minUpdaterVersion": "0.3.0",
  "requiredFeatures": [
    "wave"
  ],
  "wave": {
    "startsAt": "2026-11-21T06:00:00Z",
    "steps": [
      {
        "after": "1h",
        "percent": 5
      },
      {
        "after": "1d",
        "percent": 100
      }
    ]
  },
  "health": {
    "probation": "2m",
    "checks": [
      {
        "kind": "unit",
        "unit": "sshd.service",
        "need": "required",
        "grace": "30s",
        "deadline": "5s"
      },
      {
        "kind": "command",
        "argv": [
          "/run/current-system/sw/bin/true",
          "with spaces"
        ],
        "need": "wanted",
        "deadline": "5s"
      }
    ]
  }
}
"#;

fn full(publisher: &Publisher) -> Manifest {
    let period = |text| Period::parse(text).unwrap();
    let unit = Look::Unit("sshd.service".to_owned());
    let argv = vec!["/run/current-system/sw/bin/true".to_owned(), "with spaces".to_owned()];
    let mut manifest = publisher.manifest(order(1, 7));
    manifest.cache =
        Some(Cache { substituters: vec!["https://cache.example.org".to_owned()], ..Cache::default() });
    manifest.min_updater_version = Some(Version::parse("0.3.0").unwrap());
    manifest.required_features = vec![Feature::parse("wave").unwrap()];
    manifest.wave = Some(Wave {
        starts_at: UtcTime::parse("2026-11-21T06:00:00Z").unwrap(),
        steps: vec![
            WaveStep { after: period("60m"), percent: 5 },
            WaveStep { after: period("24h"), percent: 100 },
        ],
    });
    manifest.health = Some(Health {
        probation: period("120s"),
        checks: vec![
            Check { look: unit, need: Need::Required, grace: Some(period("30s")), deadline: period("5s") },
            Check { look: Look::Command(argv), need: Need::Wanted, grace: None, deadline: period("5s") },
        ],
    });
    manifest
}

#[test]
fn a_pointer_has_one_form() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    let pointer = publisher.pointer(&manifest);
    let expected = POINTER.replace("MANIFEST", &pointer.manifest_sha256.to_string());
    assert_eq!(String::from_utf8(pointer.to_bytes()).unwrap(), expected);
    let halted = Pointer { halted: true, ..pointer };
    let written = String::from_utf8(halted.to_bytes()).unwrap();
    assert!(written.ends_with("\"2026-11-28T06:00:00Z\",\n  \"halted\": true\n}\n"), "{written}");
    assert_eq!(Pointer::parse(written.as_bytes()), Ok(halted));
}

#[test]
fn a_manifest_has_one_form() {
    let publisher = Publisher::new();
    let manifest = full(&publisher);
    let expected = MANIFEST.replace("SECRETS", &manifest.secrets.digest.to_string());
    assert_eq!(String::from_utf8(manifest.to_bytes()).unwrap(), expected);
    assert_eq!(Manifest::parse(expected.as_bytes()), Ok(manifest));
}

#[test]
fn no_optional_key_is_written_without_a_value() {
    let publisher = Publisher::new();
    let written = String::from_utf8(publisher.manifest(order(1, 7)).to_bytes()).unwrap();
    for key in ["cache", "minUpdaterVersion", "requiredFeatures", "wave", "health"] {
        assert!(!written.contains(key), "{written}");
    }
}

#[test]
fn what_a_newer_program_added_is_left_alone() {
    let publisher = Publisher::new();
    let manifest = full(&publisher);
    let newer = String::from_utf8(manifest.to_bytes()).unwrap().replacen(
        '{',
        "{\n  \"mood\": {\"good\": [1.5, null]},",
        1,
    );
    assert_eq!(Manifest::parse(newer.as_bytes()), Ok(manifest));
}
