//! What a boot loader's own programs make of what they are told.

use std::{fs, path::Path, process::Command};

use clawlets_host::boot::{Entry, of};
use clawlets_tests::{Run, skip};

const REBOOT: &str = "/usr/sbin/grub-reboot";
const EDITENV: &str = "/usr/bin/grub-editenv";

#[test]
fn grub_boots_the_candidate_once_and_forgets_it() {
    if !Path::new(REBOOT).exists() || !Path::new(EDITENV).exists() {
        assert!(std::env::var_os("CI").is_none(), "GRUB's programs are missing: run scripts/setup --tests");
        skip("grub_boots_the_candidate_once_and_forgets_it", "GRUB's programs are missing");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let environment = folder.path().join("grub/grubenv");
    fs::create_dir(folder.path().join("grub")).unwrap();
    let boot = format!(
        "loader = 'grub'\ngrub_reboot = ['{REBOOT}', '--boot-directory={}']\ngrub_editenv = ['{EDITENV}']\ngrub_env = '{}'\n",
        folder.path().display(),
        environment.display()
    );
    let loader = of(&toml::from_str(&boot).unwrap());
    let variables = || Run::of(Command::new(EDITENV).arg(&environment).arg("list")).succeeds();
    loader.forget_once().unwrap();
    assert_eq!(variables(), "", "there was nothing to forget, nor a file");

    let entry = Entry { profile: "candidate".to_owned(), generation: 7 };
    for _ in 0..2 {
        loader.boot_once(&entry).unwrap();
        assert_eq!(variables(), "next_entry=NixOS - Profile 'candidate'>0\n");
    }
    for _ in 0..2 {
        loader.forget_once().unwrap();
        assert_eq!(variables(), "");
    }
    fs::remove_dir_all(folder.path().join("grub")).unwrap();
    assert!(
        loader.boot_once(&entry).is_err() && loader.forget_once().is_err(),
        "what cannot be said is not said"
    );
}
