//! The definition of the command line.

use crate::bench::{clawlets_in, snapshot};

#[test]
fn the_definition_is_sound() {
    clawlets_cli::command().debug_assert();
}

#[test]
fn help_is_data() {
    let folder = tempfile::tempdir().unwrap();
    snapshot!(clawlets_in(folder.path(), &["--help"]));
}

#[test]
fn without_a_verb_there_is_help_as_talk() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, first) in [
        (&[][..], "Operate a fleet"),
        (&["cattle"], "Run tasks in disposable VMs"),
        (&["local"], "Run a cloud on this machine"),
        (&["local", "image"], "Build the system image"),
        (&["cattle", "persona"], "Make and list"),
    ] {
        let ran = clawlets_in(folder.path(), arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran}");
        assert!(ran.talk.starts_with(first), "{ran}");
    }
}

#[test]
fn an_unknown_flag_names_the_nearest_one() {
    let folder = tempfile::tempdir().unwrap();
    snapshot!(clawlets_in(folder.path(), &["cattle", "spawn", "--persna", "rex"]));
}
