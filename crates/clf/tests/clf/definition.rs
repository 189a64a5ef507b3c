//! The definition of the command line.

use clawlets_stand_in::StandIn;

use crate::bench::{clf, snapshot};

#[test]
fn the_definition_is_sound() {
    clawlets_clf::command().debug_assert();
}

#[test]
fn help_is_data() {
    let ran = clf(&StandIn::start(), &["--help"]);
    assert_eq!((ran.code, ran.talk.as_str()), (Some(0), ""));
    snapshot!(ran);
}

#[test]
fn help_of_a_verb_begins_with_what_it_does() {
    snapshot!(clf(&StandIn::start(), &["jobs", "wait", "--help"]));
}

#[test]
fn without_a_verb_there_is_help_as_talk() {
    let ran = clf(&StandIn::start(), &["jobs"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.talk.starts_with("Enqueue, watch and cancel jobs"), "{ran}");
}

#[test]
fn the_version_is_that_of_the_workspace() {
    let ran = clf(&StandIn::start(), &["--version"]);
    assert_eq!(ran.out, format!("clf {}\n", env!("CARGO_PKG_VERSION")));
}
