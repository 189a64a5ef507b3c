//! Which texts are keys of an App.

use clawlets_github::{AppKey, KeyError};
use clawlets_github_stand_in::AppPem;
use clawlets_model::Secret;
use proptest::prelude::*;

#[test]
fn a_key_is_read_in_both_forms_and_prints_nothing_of_itself() {
    let pem = AppPem::generate(2048);
    for text in
        [&pem.pkcs1, &pem.pkcs8, &pem.pkcs1.trim().to_owned(), &format!("App key of rex\n\n{}", pem.pkcs8)]
    {
        let key = AppKey::from_pem(&Secret::from(text.as_str())).unwrap();
        assert_eq!(format!("{key:?}"), "AppKey(<redacted>)");
    }
}

#[test]
fn what_is_no_key_of_an_app_is_refused_without_quoting_it() {
    let pem = AppPem::generate(2048);
    let elliptic = run(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let short = AppPem::generate(1024).pkcs1;
    let cut: String = pem.pkcs1.chars().take(pem.pkcs1.len() / 2).collect();
    let damaged = pem.pkcs1.replacen("MII", "MIJ", 1);
    type Fits = fn(&KeyError) -> bool;
    let cases: [(&str, &str, Fits); 6] = [
        ("no PEM", "hunter2-hunter2", |error| matches!(error, KeyError::NoKey)),
        ("nothing", "", |error| matches!(error, KeyError::NoKey)),
        ("elliptic", &elliptic, |error| matches!(error, KeyError::NotRsa)),
        ("too short", &short, |error| matches!(error, KeyError::Unfit(_))),
        ("cut off", &cut, |error| matches!(error, KeyError::Pem)),
        ("damaged", &damaged, |error| matches!(error, KeyError::Unfit(_))),
    ];
    for (name, text, fits) in cases {
        let error = AppKey::from_pem(&Secret::from(text)).unwrap_err();
        assert!(fits(&error), "{name}: {error:?}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("hunter2") && !said.contains("MI"), "{said}");
    }
}

fn run(arguments: &[&str]) -> String {
    let output = std::process::Command::new("openssl").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

proptest! {
    #[test]
    fn any_text_is_a_key_or_is_refused(body in "[A-Za-z0-9+/=\n -]{0,300}") {
        let text = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n");
        prop_assert!(AppKey::from_pem(&Secret::from(text)).is_err());
    }
}
