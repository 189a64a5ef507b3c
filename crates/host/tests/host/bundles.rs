//! Bundles as the desk packs them, and as a host reads them: the writer and the reader share no code.

use std::{collections::BTreeMap, fs};

use clawlets_host::secrets::Shelf;
use clawlets_model::Secret;
use clawlets_release::value::Sha256Digest;
use clawlets_secrets::{AgeIdentity, Bundle, sops};
use jiff::Timestamp;
use proptest::{collection::btree_map, prelude::*, test_runner::Config};

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_the_desk_packs_is_what_the_host_unpacks(
        values in btree_map("[a-z][a-z0-9_]{0,40}", "[ -~]{1,2000}", 0..40)
    ) {
        let identity = AgeIdentity::generate();
        let folder = tempfile::tempdir().unwrap();
        let mut sealed = BTreeMap::new();
        for (name, value) in &values {
            let tree = sops::Tree::single(name, &Secret::new(value.clone()));
            let text = sops::seal(&tree, &[identity.recipient().clone()], Timestamp::now()).unwrap();
            fs::write(folder.path().join(format!("{name}.yaml")), &text).unwrap();
            sealed.insert(name.clone(), text);
        }
        let packed = Bundle::of_folder(folder.path()).unwrap();
        let again = Bundle::of_folder(folder.path()).unwrap();
        prop_assert_eq!(&packed.bytes, &again.bytes, "the same input gives the same bytes");
        prop_assert_eq!(&packed.sha256, &Sha256Digest::of(&packed.bytes).to_string());

        let read = clawlets_release::bundle::Bundle::parse(&packed.bytes).unwrap();
        let found: BTreeMap<_, _> =
            read.files().map(|file| (file.secret.to_string(), file.bytes.to_vec())).collect();
        let expected: BTreeMap<_, _> =
            sealed.iter().map(|(name, text)| (name.clone(), text.as_bytes().to_vec())).collect();
        prop_assert_eq!(&found, &expected);

        let digest = Sha256Digest::parse(&packed.sha256).unwrap();
        let host = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(host.path().join("secrets"));
        prop_assert_eq!(shelf.install(&packed.bytes, digest).unwrap(), values.len());
        for (name, text) in &sealed {
            let unpacked = fs::read_to_string(shelf.bundle(digest).join(format!("{name}.yaml"))).unwrap();
            prop_assert_eq!(&unpacked, text);
        }
    }
}
