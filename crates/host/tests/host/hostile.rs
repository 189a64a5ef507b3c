//! What a hostile server answers, and an authority for those that speak TLS.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clawlets_tests::Run;
use flate2::{Compression, write::GzEncoder};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde::Deserialize;

/// An answer that is not the file that was asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(crate) enum Answer {
    /// These bytes, head and body, and the end of the connection.
    Raw(String),
    /// A head, and a body that never ends.
    EndlessBody,
    /// A head that never ends.
    EndlessHead,
    /// One byte of the body each second.
    OneByteASecond,
    /// Nothing, and the connection stays open.
    Silence,
    /// So many MiB of zeros, packed.
    GzipBomb(usize),
    /// Redirect after redirect.
    Circle,
}

impl Answer {
    /// Gives it, until the client has enough or the site ends.
    pub(crate) fn give(&self, stream: &mut impl Write, is_over: &AtomicBool) -> Option<()> {
        const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n";
        let mut send = |bytes: &[u8]| stream.write_all(bytes).and_then(|()| stream.flush()).ok();
        match self {
            Self::Raw(bytes) => send(bytes.as_bytes()),
            Self::EndlessBody => {
                send(HEAD)?;
                send(b"\r\n")?;
                until(is_over, || send(&[b' '; 4096]))
            }
            Self::EndlessHead => {
                send(HEAD)?;
                until(is_over, || send(b"X-Again: and again\r\n"))
            }
            Self::OneByteASecond => {
                send(HEAD)?;
                send(b"\r\n")?;
                until(is_over, || {
                    thread::sleep(Duration::from_secs(1));
                    send(b" ")
                })
            }
            Self::Silence => until(is_over, || {
                thread::sleep(Duration::from_millis(50));
                Some(())
            }),
            Self::GzipBomb(mib) => {
                let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
                bomb.write_all(&vec![0; mib << 20]).unwrap();
                let bomb = bomb.finish().unwrap();
                send(HEAD)?;
                let length = bomb.len();
                send(format!("Content-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n").as_bytes())?;
                send(&bomb)
            }
            Self::Circle => send(
                b"HTTP/1.1 302 Found\r\nLocation: latest.json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            ),
        }
    }
}

fn until(is_over: &AtomicBool, mut again: impl FnMut() -> Option<()>) -> Option<()> {
    while !is_over.load(Ordering::SeqCst) {
        again()?;
    }
    Some(())
}

/// An authority that nobody knows, made at run time, and a server that it vouches for.
pub(crate) struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// The authority in a folder, made if it is not there.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let authority = Self { folder: folder.to_owned() };
        if folder.exists() {
            return authority;
        }
        fs::create_dir_all(folder).unwrap();
        let openssl = |arguments: &str| {
            let mut openssl = Command::new("openssl");
            Run::of(openssl.args(arguments.split(' ')).current_dir(folder)).succeeds();
        };
        let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 -days 2 -subj /CN=authority {new_key} -keyout ca.key -out ca.pem"));
        openssl(&format!("req -subj /CN=mirror {new_key} -keyout mirror.key -out mirror.csr"));
        fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
        openssl(
            "x509 -req -in mirror.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out mirror.pem",
        );
        authority
    }

    /// A server that it vouches for.
    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        let certificate = CertificateDer::from_pem_file(self.folder.join("mirror.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.folder.join("mirror.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key);
        Arc::new(config.unwrap())
    }
}
