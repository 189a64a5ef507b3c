//! Every bad document of the release matrix, as somebody meets it who verifies before publishing, signed by the key of the
//! host.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use clawlets_release::signature::SecretKey;
use serde_json::Value;

use crate::declared::Declared;

/// The bad documents with this name of a file, and the code and the words of the refusal that a host meets them with.
fn attacks(file: &str) -> Vec<(PathBuf, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../release/testdata/attacks");
    let mut found = Vec::new();
    for attack in fs::read_dir(folder).unwrap() {
        let attack = attack.unwrap().path();
        if attack.join(file).exists() {
            let refusal = fs::read_to_string(attack.join("refusal")).unwrap();
            let (code, words) = refusal.trim_end().split_once(": ").unwrap();
            found.push((attack.join(file), code.to_owned(), words.to_owned()));
        }
    }
    found
}

/// A project whose host trusts a key, and that key.
fn project() -> (Declared, SecretKey) {
    let project = Declared::fresh();
    project.ok("release keygen --out key --pub key.pub");
    let text = |name: &str| fs::read_to_string(project.folder().join(name)).unwrap();
    let public = text("key.pub").lines().last().unwrap().to_owned();
    project.ok(&format!(r#"config set hosts.web-1.selfUpdate {{"publicKeys":["{public}"]}}"#));
    let key = SecretKey::parse(&Secret::new(text("key")), None).unwrap();
    (project, key)
}

/// What a document that can be read at all says that it is about.
fn comment(bytes: &[u8]) -> String {
    let document: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |key: &str| document[key].as_str().unwrap_or("web-1").to_owned();
    format!("{}/{}/{}/{}", text("host"), text("channel"), document["epoch"], document["releaseId"])
}

#[test]
fn every_bad_document_that_says_so_by_itself_is_refused_before_it_is_published() {
    let (project, key) = project();
    let mut refused = 0;
    for (path, code, words) in [attacks("latest.json"), attacks("7.json")].concat() {
        let bytes = fs::read(&path).unwrap();
        fs::write(project.folder().join("document.json"), &bytes).unwrap();
        let signature = key.sign(&bytes, &comment(&bytes));
        fs::write(project.folder().join("document.json.minisig"), signature).unwrap();
        let verified = project.run("release verify --in document.json");
        let found = (verified.code == Some(6)).then(|| verified.fault());
        let expected = match code.as_str() {
            "unreadable" => Some("clawlets::release::unreadable"),
            "expired" => Some("clawlets::release::expired"),
            "other_host" => Some("clawlets::release::foreign"),
            // What only a host can say: what it follows, what it is, what it uses, what it has seen, and what time it is.
            _ => None,
        };
        match expected {
            Some(expected) => {
                assert_eq!(found.as_deref(), Some(expected), "{}: {verified}", path.display());
                refused += 1;
            }
            None => {
                let may_be = found.as_deref().is_none_or(|found| found == "clawlets::release::expired");
                assert!(may_be, "{} ({words}): {verified}", path.display());
            }
        }
    }
    assert!(refused >= 45, "{refused} were refused");
}

#[test]
fn every_bad_bundle_is_refused_before_a_manifest_names_it() {
    let (project, _) = project();
    let bundles = attacks("secrets.tgz");
    assert!(bundles.len() >= 30, "{} bundles", bundles.len());
    for (path, _, words) in bundles {
        let toplevel = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1";
        let rev = "0a".repeat(20);
        let secrets = path.display();
        let built = project.run(&format!(
            "release manifest build --channel prod --toplevel {toplevel} --rev {rev} --secrets {secrets}"
        ));
        assert_eq!(
            (built.code, built.fault().as_str()),
            (Some(6), "clawlets::release::unreadable"),
            "{built}"
        );
        assert!(built.talk.contains(&words), "{words}: {built}");
    }
    assert!(!project.folder().join("deploy").exists(), "nothing was written");
}
