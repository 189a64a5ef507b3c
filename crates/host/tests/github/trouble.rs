//! Tokens that do not come.

use std::{fs, process::Stdio};

use clawlets_github_stand_in::{AppPem, Mishap};
use clawlets_tests::{Run, eventually};
use serde_json::Value;

use crate::desk::Desk;

fn status(desk: &Desk) -> Value {
    serde_json::from_str(&desk.read("run/github.status.json")).unwrap()
}

#[test]
fn the_old_token_is_kept_when_no_new_one_can_be_made_and_everybody_can_see_why() {
    let desk = Desk::new();
    desk.mint(&[]).succeeds();
    assert_eq!(status(&desk)["failingSince"], Value::Null);
    let before = desk.read("run/github.env");
    desk.github.be_out_of_order(Some(502));
    let failed = desk.mint(&["--force"]);
    assert_eq!(failed.code(), 7, "{}", failed.talk());
    assert!(
        failed.talk().contains("status 502") && failed.talk().contains("the present token is kept"),
        "{}",
        failed.talk()
    );
    assert_eq!(desk.read("run/github.env"), before);
    let since = status(&desk)["failingSince"].clone();
    assert!(since.is_string() && status(&desk)["why"].as_str().unwrap().contains("502"));
    desk.mint(&["--force"]);
    assert_eq!(status(&desk)["failingSince"], since, "it fails since the first time");
    desk.github.be_out_of_order(None);
    desk.mint(&["--force"]).succeeds();
    assert_eq!(status(&desk)["failingSince"], Value::Null);
}

#[test]
fn whatever_goes_wrong_the_exit_code_is_seven_and_no_secret_is_said() {
    let desk = Desk::new();
    desk.mint(&[]).succeeds();
    let before = desk.read("run/github.env");
    let other = AppPem::generate(2048).pkcs1;
    type Trouble<'a> = (&'a str, Box<dyn Fn(&Desk) + 'a>);
    let troubles: Vec<Trouble<'_>> = vec![
        (
            "a limit",
            Box::new(|desk| desk.github.on_next(Mishap::Refused(429, vec![("retry-after", "60".into())]))),
        ),
        ("too broad", Box::new(|desk| desk.github.on_next(Mishap::TooBroad))),
        ("over already", Box::new(|desk| desk.github.on_next(Mishap::Over))),
        ("nonsense", Box::new(|desk| desk.github.on_next(Mishap::Nonsense))),
        (
            "no such repository",
            Box::new(|desk| desk.github.change_installation(|known| known.repositories.clear())),
        ),
        ("another key", Box::new(|desk| drop(desk.write("key.pem", &other)))),
        ("no key", Box::new(|desk| drop(desk.write("key.pem", "not a key")))),
        ("no file", Box::new(|desk| fs::remove_file(desk.path("key.pem")).unwrap())),
    ];
    for (name, make) in troubles {
        make(&desk);
        let failed = desk.mint(&["--force"]);
        assert_eq!(failed.code(), 7, "{name}: {}", failed.talk());
        let said = format!("{}{}{}", failed.out(), failed.talk(), status(&desk));
        assert!(!said.contains("ghs_") && !said.contains("-----BEGIN"), "{name}: {said}");
        assert_eq!(desk.read("run/github.env"), before, "{name}");
    }
}

#[test]
fn a_github_that_cannot_be_reached_is_seven_as_well() {
    let desk = Desk::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    let failed = Run::of(desk.command(&Desk::mint_arguments(&[])).env("GITHUB_API_URL", nowhere));
    assert_eq!(failed.code(), 7, "{}", failed.talk());
    assert!(!desk.path("run/github.env").exists());
}

#[test]
fn killed_at_any_moment_the_file_is_whole() {
    let desk = Desk::new();
    desk.mint(&[]).succeeds();
    // In the middle of the call.
    let before = desk.read("run/github.env");
    desk.github.on_next(Mishap::Hangs);
    let calls = desk.github.calls().len();
    let mut child = desk.command(&Desk::mint_arguments(&["--force"])).spawn().unwrap();
    eventually("it asks", || (desk.github.calls().len() > calls).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(desk.read("run/github.env"), before);
    // Around the time at which it writes.
    for round in 0..12 {
        let minted = desk.github.minted().len();
        let mut child =
            desk.command(&Desk::mint_arguments(&["--force"])).stderr(Stdio::null()).spawn().unwrap();
        eventually("a token is made", || (desk.github.minted().len() > minted).then_some(()));
        // Another moment each time.
        std::thread::sleep(std::time::Duration::from_micros(150 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = desk.read("run/github.env");
        let token = Desk::token(&desk.path("run/github.env"));
        assert_eq!(text.matches(&token).count(), 3, "{round}: {text}");
        assert!(desk.github.minted().iter().any(|minted| minted.token == token), "{round}");
    }
    // Nobody is locked out by the dead.
    desk.mint(&["--force"]).succeeds();
    let mut left: Vec<_> =
        fs::read_dir(desk.path("run")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".github.env.lock", "github.env", "github.status.json"], "no token lies about");
}

#[test]
fn a_token_is_in_no_argument_and_is_not_said() {
    let desk = Desk::new();
    let run = desk.mint(&[]);
    let token = Desk::token(&desk.path("run/github.env"));
    assert!(!run.out().contains(&token) && !run.talk().contains(&token));
    assert!(!desk.read("run/github.status.json").contains(&token));
}
