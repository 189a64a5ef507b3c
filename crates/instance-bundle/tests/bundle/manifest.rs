//! The document.

use clawlets_instance_bundle::{BundleFile, BundleVersion, Manifest};
use clawlets_release::value::Sha256Digest;
use proptest::prelude::*;

use crate::manifest;

#[test]
fn it_is_written_in_one_form() {
    let written = String::from_utf8(manifest("web-1", 7, b"seeds", b"secrets").to_bytes()).unwrap();
    let digest = |bytes: &[u8]| Sha256Digest::of(bytes).to_string();
    let expected = format!(
        "{{\n  \"schemaVersion\": 1,\n  \"instance\": \"web-1\",\n  \"version\": 7,\n  \"files\": {{\n    \
         \"repo-seeds.tar.zst\": \"{}\",\n    \"secrets.tgz\": \"{}\"\n  }}\n}}\n",
        digest(b"seeds"),
        digest(b"secrets")
    );
    assert_eq!(written, expected);
}

#[test]
fn what_a_newer_program_adds_is_left_alone_and_what_is_wrong_is_refused() {
    let digest = Sha256Digest::of(b"x");
    let with = |text: &str| Manifest::parse(text.replace("DIGEST", &digest.to_string()).as_bytes());
    let newer = with(
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"note":[],"files":{"secrets.tgz":"DIGEST","more.bin":"DIGEST"}}"#,
    );
    let newer = newer.unwrap();
    assert_eq!(newer.known_files().collect::<Vec<_>>(), [(BundleFile::Secrets, digest)]);
    for wrong in [
        r#"{"schemaVersion":2,"instance":"web-1","version":2,"files":{}}"#,
        r#"{"schemaVersion":1,"instance":"Web","version":2,"files":{}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":0,"files":{}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":9007199254740992,"files":{}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":"2","files":{}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"version":3,"files":{}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"files":{"../x":"DIGEST"}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"files":{".x":"DIGEST"}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"files":{"x":"DIGEST","x":"DIGEST"}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"files":{"x":"abc"}}"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2,"files":{}} trailing"#,
        r#"{"schemaVersion":1,"instance":"web-1","version":2}"#,
        "",
    ] {
        assert!(with(wrong).is_err(), "{wrong}");
    }
    assert!(Manifest::parse(&vec![b' '; 65 << 10]).is_err());
}

proptest! {
    #[test]
    fn what_is_written_is_read(number in 1_u64..(1 << 53), seeds: [u8; 4], secrets: [u8; 4]) {
        let written = manifest("web-1", number, &seeds, &secrets);
        prop_assert_eq!(Manifest::parse(&written.to_bytes()), Ok(written));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Manifest::parse(&bytes);
    }

    #[test]
    fn versions_rise(number in 0_u64..) {
        if let Some(next) = BundleVersion::new(number).ok().and_then(BundleVersion::next) {
            prop_assert!(next.number() == number + 1);
        }
    }
}
