//! `clawlets` at a terminal, with somebody who types.

use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use clawlets_stand_in::Ran;
use nix::pty::openpty;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program at a terminal of its own. It is ended when this is dropped.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    /// How much of what was seen was waited for already.
    read: usize,
}

impl Terminal {
    /// Starts a program.
    pub(crate) fn of(command: &mut Command) -> Self {
        let pty = openpty(None, None).unwrap();
        let side = || Stdio::from(pty.slave.try_clone().unwrap());
        // A session of its own, so that Ctrl-C reaches it and nobody else.
        let mut session = Command::new("/usr/bin/setsid");
        session.arg("--ctty").arg(command.get_program()).args(command.get_args()).env_clear();
        session.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        session.current_dir(command.get_current_dir().unwrap()).env("TERM", "xterm").env("NO_COLOR", "1");
        let child = session.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        // The session holds the slave's ends too, and the screen would never close.
        drop(session);
        let keyboard = File::from(pty.master);
        let mut screen = keyboard.try_clone().unwrap();
        let (show, shown) = channel();
        thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = screen.read(&mut part) {
                if show.send(part[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, keyboard, screen: shown, seen: String::new(), read: 0 }
    }

    /// Waits until a text appears behind what was waited for before.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen[self.read..].find(text) {
                self.read += at + text.len();
                return self;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(part) => self.seen.push_str(&String::from_utf8_lossy(&part)),
                Err(_) => panic!("'{text}' never appeared:\n{}", self.seen),
            }
        }
    }

    /// Types keys.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Presses Ctrl-C until it ends, as people do.
    pub(crate) fn interrupt(mut self) -> Ran {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() && Instant::now() < deadline {
            self.keys("\u{3}");
            thread::sleep(Duration::from_millis(100));
        }
        self.end()
    }

    /// Everything that was shown until the end, and the exit code.
    pub(crate) fn end(mut self) -> Ran {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        while let Ok(part) = self.screen.recv_timeout(Duration::from_millis(100)) {
            self.seen.push_str(&String::from_utf8_lossy(&part));
        }
        let code = self.child.try_wait().unwrap().and_then(|status| status.code());
        Ran { code, out: std::mem::take(&mut self.seen), talk: String::new() }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // One that ended by itself cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
