//! Published, fetched, tried, proven; a bad one taken back with its secrets, denied, and replaced.

use std::fs;

use crate::{
    desk::Desk,
    host::{Host, mirror},
    served::Served,
};

#[test]
fn a_commit_becomes_what_a_host_runs_and_a_bad_one_is_taken_back() {
    let test = "a_commit_becomes_what_a_host_runs_and_a_bad_one_is_taken_back";
    let host = Host::installed();
    let Some(desk) = Desk::new(test, &host.health()) else { return };
    let (first, second) = (Served::folder(&desk.site()), Served::folder(&desk.path("mirror")));
    host.trusts(&desk, &[&first, &second]);
    let secret = || fs::read_to_string(desk.path("project/secrets/hosts/web-1/mark.yaml")).unwrap();

    // The first release is found, brought here, tried, and stays.
    desk.changes(1, "fine");
    assert_eq!(desk.publishes("project", "../site").succeeds(), "web-1/prod/0/1\n");
    mirror(&desk.site(), &desk.path("mirror"));
    let good_secret = secret();
    host.update(&["fetch"]).succeeds();
    assert!(host.path("found").exists() && host.last_switch().is_empty(), "looking changes nothing");
    host.update(&["apply"]).succeeds();
    assert_eq!(host.last_switch(), "boot 1", "it was tried, and then made the one that boots");
    assert_eq!(host.mark(), good_secret);
    let good = host.running();
    assert_eq!(host.status()["result"], "applied");
    host.update(&["verify-state"]).succeeds();

    // The second is sick: what ran before runs again, with the secrets that it had.
    desk.changes(2, "sick");
    assert_eq!(desk.publishes("project", "../site").succeeds(), "web-1/prod/0/2\n");
    assert_ne!(secret(), good_secret);
    let left = host.update(&["apply"]);
    assert_eq!(left.code(), 1, "{}", left.talk());
    assert_eq!((host.running(), host.mark()), (good.clone(), good_secret.clone()));
    assert_eq!(host.last_switch(), "switch 1");
    let shown = host.update(&["status"]).succeeds();
    assert!(shown.contains("the required check \"command grep\" failed"), "{shown}");
    host.waited();
    assert_eq!(host.update(&["apply"]).code(), 6);
    let status = host.status();
    assert_eq!(
        (&status["result"], &status["seen"]["releaseId"]),
        (&"denied".into(), &2.into()),
        "{status:#}"
    );
    assert!(status["why"].as_str().unwrap().contains("release 0/2 failed here 2 times"), "{status:#}");
    assert_eq!((host.running(), host.mark()), (good, good_secret));

    // The operator's way back is a new release; the mirror that lags is no obstacle.
    desk.changes(3, "fine");
    assert_eq!(desk.publishes("project", "../site").succeeds(), "web-1/prod/0/3\n");
    host.update(&["apply"]).succeeds();
    let status = host.status();
    assert_eq!((&status["result"], &status["currentRelease"]["releaseId"]), (&"applied".into(), &3.into()));
    assert!(status["mirrors"][0].as_str().unwrap().contains("mirror 1"), "{status:#}");
    assert_eq!(host.mark(), secret());
    host.update(&["verify-state"]).succeeds();
}
