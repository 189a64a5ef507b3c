//! Something on the way to a server that can hold up requests.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// A gate before a server: open, until a word is named whose requests are held up for good.
pub(crate) struct Gate {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    word: Mutex<Option<String>>,
    held: AtomicUsize,
    is_shut: AtomicBool,
}

impl Gate {
    pub(crate) fn before(endpoint: &str) -> Self {
        let server = endpoint.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let gate = Self { address: listener.local_addr().unwrap(), shared: Arc::default() };
        let shared = Arc::clone(&gate.shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.is_shut.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let shared = Arc::clone(&shared);
                let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || pass(client, server, &shared));
                thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
            }
        });
        gate
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests that hold this word do not come through.
    pub(crate) fn hold(&self, word: Option<&str>) {
        let mut held = self.shared.word.lock().unwrap_or_else(PoisonError::into_inner);
        *held = word.map(str::to_owned);
        self.shared.held.store(0, Ordering::SeqCst);
    }

    /// Whether a request was held up.
    pub(crate) fn holds_one(&self) -> bool {
        self.shared.held.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shared.is_shut.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Passes on what a client says, until it says the word.
fn pass(mut client: TcpStream, mut server: TcpStream, shared: &Shared) {
    let mut block = [0; 16 << 10];
    loop {
        let Ok(length) = client.read(&mut block) else { return };
        if length == 0 {
            let _ = server.shutdown(std::net::Shutdown::Write);
            return;
        }
        let said = String::from_utf8_lossy(&block[..length]).into_owned();
        let word = shared.word.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if word.is_some_and(|word| said.contains(&word)) {
            shared.held.fetch_add(1, Ordering::SeqCst);
            // Until the client goes away.
            while client.read(&mut block).is_ok_and(|length| length > 0) {}
            return;
        }
        if server.write_all(&block[..length]).is_err() {
            return;
        }
    }
}
