//! With the real nix: what is built, pushed, found again, and signed.

use std::fs;

use super::workshop::Workshop;

#[test]
fn a_system_is_built_pushed_checked_and_signed() {
    let Some(workshop) = Workshop::real("a_system_is_built_pushed_checked_and_signed") else { return };
    let cache = workshop.signing_cache();
    let published = workshop.publish(&["--copy-to", &cache, "--json"]);
    assert_eq!(published.code, Some(0), "{published}");
    let said = published.json();
    assert_eq!((&said["release"], &said["outcome"]), (&"web-1/prod/0/1".into(), &"published".into()));
    assert_eq!(said["paths"], 2, "the system and its part: {published}");
    assert_eq!(workshop.seen_by_hosts(), 1);
    let manifest = workshop.document("1.json");
    assert!(manifest["toplevel"].as_str().unwrap().ends_with("-nixos-system-web-1"), "{manifest}");
    assert_eq!(manifest["rev"], workshop.git(&["rev-parse", "HEAD"]));
    let bundle = manifest["secrets"]["url"].as_str().unwrap();
    assert!(workshop.path().join("deploy/web-1/prod").join(bundle).is_file());
    assert!(!published.talk.contains("cache.sec"), "{published}");

    // The same again is the same release, with a fresh pointer.
    let before = workshop.document("latest.json");
    let again = workshop.publish(&[]);
    assert_eq!((again.code, again.out.as_str()), (Some(0), "web-1/prod/0/1\n"), "{again}");
    assert!(workshop.document("latest.json")["issuedAt"].as_str() >= before["issuedAt"].as_str());

    let flake = fs::read_to_string(workshop.path().join("flake.nix")).unwrap();
    fs::write(workshop.path().join("flake.nix"), flake.replace("echo", "echo new")).unwrap();
    let uncommitted = workshop.publish(&["--copy-to", &cache]);
    assert_eq!((uncommitted.code, uncommitted.fault().as_str()), (Some(6), "clawlets::release::uncommitted"));
    workshop.commit();
    let dry = workshop.publish(&["--copy-to", &cache, "--dry-run", "--json"]);
    assert_eq!(dry.json()["release"], "web-1/prod/0/2", "{dry}");
    assert_eq!(workshop.seen_by_hosts(), 1);
    assert!(!workshop.path().join("deploy/web-1/prod/2.json").exists());
    assert_eq!(workshop.publish(&["--copy-to", &cache]).code, Some(0));
    assert_eq!(workshop.seen_by_hosts(), 2);
}

#[test]
fn what_a_host_could_not_fetch_is_not_published() {
    let Some(workshop) = Workshop::real("what_a_host_could_not_fetch_is_not_published") else { return };
    let nowhere = workshop.publish(&[]);
    assert_eq!((nowhere.code, nowhere.fault().as_str()), (Some(6), "clawlets::release::uncached"));
    assert!(nowhere.talk.contains("is in none of its caches"), "{nowhere}");
    // Nobody signed what is in the cache now.
    let unsigned = workshop.publish(&["--copy-to", &workshop.cache()]);
    assert_eq!((unsigned.code, unsigned.fault().as_str()), (Some(6), "clawlets::release::uncached"));
    assert!(unsigned.talk.contains("is signed by none of its keys"), "{unsigned}");
    assert!(!workshop.path().join("deploy").exists());
}

#[test]
fn a_system_that_does_not_build_is_not_published() {
    let Some(workshop) = Workshop::real("a_system_that_does_not_build_is_not_published") else { return };
    fs::write(workshop.path().join("flake.nix"), "{ outputs = _: { }; }").unwrap();
    workshop.commit();
    let ran = workshop.publish(&[]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::nix::failed"), "{ran}");
    assert!(ran.talk.contains("web-1-system"), "what nix said is passed on: {ran}");
}
