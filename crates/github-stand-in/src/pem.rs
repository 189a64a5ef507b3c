//! Keys for Apps, made anew for each run.

use std::{
    fs,
    process::{Command, Stdio},
};

/// The private key of an App in both forms, and its public key.
#[derive(Clone)]
pub struct AppPem {
    /// `RSA PRIVATE KEY`: what GitHub hands out.
    pub pkcs1: String,
    /// `PRIVATE KEY`.
    pub pkcs8: String,
    /// The public key as PKCS#1 in DER.
    pub(crate) public: Vec<u8>,
}

impl AppPem {
    /// A new key of this many bits.
    ///
    /// # Panics
    /// When the program `openssl` is missing or does not make one.
    #[must_use]
    pub fn generate(bits: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the key");
        let path = folder.path().join("key.pem");
        let file = path.to_str().expect("a temporary folder has a plain name");
        let pkcs1 = openssl(&["genrsa", "-traditional", &bits.to_string()]);
        fs::write(&path, &pkcs1).expect("the folder can be written");
        let pkcs8 = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", file]);
        let public = openssl(&["rsa", "-in", file, "-RSAPublicKey_out", "-outform", "DER"]);
        let text = |bytes| String::from_utf8(bytes).expect("PEM is text");
        Self { pkcs1: text(pkcs1), pkcs8: text(pkcs8), public }
    }
}

impl std::fmt::Debug for AppPem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppPem(<redacted>)")
    }
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).stdin(Stdio::null()).output();
    let output = output.expect("the program openssl is installed (scripts/setup --tests)");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
