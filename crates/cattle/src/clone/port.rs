//! The claim port: the one way by which a copy hears from its host before it is anybody.

use std::{
    fs::{self, File},
    io,
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use clawlets_model::{
    Secret,
    claim::{FRAME, PARKED, PORT_NAME},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use super::CloneError;
use crate::clock::since_boot;

const PORTS: &str = "/sys/class/virtio-ports";
const DEVICES: &str = "/dev";
/// How long the port may take to appear once its driver is loaded.
const PORT_WAIT: Duration = Duration::from_secs(20);
/// How long the rest of a message may take once it has begun: its host writes all of it at once.
const REST_WAIT: Duration = Duration::from_secs(10);
/// How long it naps while nobody is at the other end.
const NAP: Duration = Duration::from_millis(10);

/// The open claim port.
#[derive(Debug)]
pub struct Port(OwnedFd);

impl From<Port> for OwnedFd {
    fn from(port: Port) -> Self {
        port.0
    }
}

impl From<OwnedFd> for Port {
    fn from(port: OwnedFd) -> Self {
        Self(port)
    }
}

impl Port {
    /// Opens the port, which can be opened only once at a time.
    ///
    /// # Errors
    /// [`CloneError::Port`] when this machine has none.
    pub fn open() -> Result<Self, CloneError> {
        let began = since_boot();
        let device = loop {
            match find(Path::new(PORTS)).map_err(CloneError::port("find"))? {
                Some(device) => break device,
                None if since_boot().saturating_sub(began) > PORT_WAIT => {
                    return Err(CloneError::port("find")(io::ErrorKind::NotFound.into()));
                }
                None => thread::sleep(NAP),
            }
        };
        let file = File::options().read(true).write(true).open(device).map_err(CloneError::port("open"))?;
        Ok(Self(file.into()))
    }

    /// The port that the step before left as this process's standard input. Nobody else inherits it.
    ///
    /// # Errors
    /// [`CloneError::Port`] when the system gives no more files.
    pub fn inherited() -> Result<Self, CloneError> {
        let port = io::stdin().as_fd().try_clone_to_owned().map_err(CloneError::port("take over"))?;
        let null = File::open("/dev/null").map_err(CloneError::port("close the copy of"))?;
        rustix::stdio::dup2_stdin(&null)
            .map_err(|errno| CloneError::port("close the copy of")(errno.into()))?;
        Ok(Self(port))
    }

    /// Another handle to the same port.
    ///
    /// # Errors
    /// [`CloneError::Port`] when the system gives no more files.
    pub fn try_clone(&self) -> Result<Self, CloneError> {
        self.0.try_clone().map(Self).map_err(CloneError::port("hold on to"))
    }

    /// Says that this machine waits.
    pub(super) fn say_parked(&self) -> Result<(), CloneError> {
        let mut rest = PARKED;
        while !rest.is_empty() {
            match rustix::io::write(&self.0, rest) {
                Ok(written) => rest = &rest[written..],
                Err(Errno::INTR) => {}
                Err(errno) => return Err(CloneError::port("write to")(errno.into())),
            }
        }
        Ok(())
    }

    /// Waits, for ever, until a frame begins, and reads exactly that.
    pub(super) fn frame(&self) -> Result<Secret<[u8; FRAME]>, CloneError> {
        self.frame_within(REST_WAIT).map_err(CloneError::port("read a frame from"))
    }

    fn frame_within(&self, rest: Duration) -> io::Result<Secret<[u8; FRAME]>> {
        let mut frame = Wiped(vec![0; FRAME]);
        let (first, others) = frame.0.split_at_mut(1);
        while self.read(first)? == 0 {
            // Nobody is at the other end yet.
            thread::sleep(NAP);
        }
        self.read_exactly(others, rest)?;
        let frame = frame.0.first_chunk().expect("the buffer is as long as a frame");
        Ok(Secret::new(*frame))
    }

    /// Reads the user data that waits behind the frame.
    ///
    /// # Errors
    /// When not all of it is there after ten seconds.
    pub fn user_data(&self, length: usize) -> io::Result<Secret<Vec<u8>>> {
        let mut bytes = Wiped(vec![0; length]);
        self.read_exactly(&mut bytes.0, REST_WAIT)?;
        Ok(Secret::new(std::mem::take(&mut bytes.0)))
    }

    /// Fills the buffer and takes not a byte more from the port.
    fn read_exactly(&self, mut buffer: &mut [u8], within: Duration) -> io::Result<()> {
        let until = Instant::now() + within;
        while !buffer.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            self.wait(left)?;
            match self.read(buffer)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => buffer = &mut buffer[read..],
            }
        }
        Ok(())
    }

    fn wait(&self, at_most: Duration) -> io::Result<()> {
        let timeout = Timespec::try_from(at_most).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut fds = [PollFd::new(&self.0, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            // Whatever an interrupted wait missed, the read that follows waits for.
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match rustix::io::read(&self.0, &mut *buffer) {
                Err(Errno::INTR) => {}
                done => return Ok(done?),
            }
        }
    }
}

/// A buffer that is wiped, whatever becomes of it.
struct Wiped(Vec<u8>);

impl Drop for Wiped {
    fn drop(&mut self) {
        drop(Secret::new(std::mem::take(&mut self.0)));
    }
}

/// The device of the claim port among all virtio-serial ports. Drivers come up while this looks, so what has no name is
/// passed over.
fn find(ports: &Path) -> io::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(ports) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = fs::read_to_string(entry.path().join("name")).unwrap_or_default();
        if name.trim_end() == PORT_NAME {
            return Ok(Some(Path::new(DEVICES).join(entry.file_name())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        os::unix::net::UnixStream,
    };

    fn pair() -> (Port, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Port(ours.into()), theirs)
    }

    #[test]
    fn exactly_one_frame_is_read_and_what_follows_is_left_in_the_port() {
        let (port, mut host) = pair();
        // A new line or a zero in a frame means nothing.
        let frame: [u8; FRAME] = std::array::from_fn(|at| u8::try_from(at % 256).unwrap());
        host.write_all(&[frame.as_slice(), b"#cloud-config\nrest"].concat()).unwrap();
        assert_eq!(port.frame().unwrap().expose(), &frame);
        assert_eq!(port.user_data(14).unwrap().expose(), b"#cloud-config\n");
        assert_eq!(port.user_data(4).unwrap().expose(), b"rest");
        assert_eq!(port.user_data(0).unwrap().expose(), b"");
    }

    #[test]
    fn a_frame_may_come_in_pieces() {
        let (port, mut host) = pair();
        let reader = thread::spawn(move || port.frame().unwrap());
        for piece in [&[1][..], &[2; 100], &[3; FRAME - 101]] {
            host.write_all(piece).unwrap();
            thread::yield_now();
        }
        assert_eq!(reader.join().unwrap().expose()[FRAME - 1], 3);
    }

    #[test]
    fn a_frame_that_stops_or_breaks_off_is_an_error() {
        let (port, mut host) = pair();
        host.write_all(&[1; 100]).unwrap();
        let error = port.frame_within(Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        host.write_all(&[1; 100]).unwrap();
        drop(host);
        let error = port.frame_within(Duration::from_secs(60)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn the_word_is_written_whole() {
        let (port, mut host) = pair();
        port.say_parked().unwrap();
        drop(port);
        let mut text = String::new();
        host.read_to_string(&mut text).unwrap();
        assert_eq!(text, "parked\n");
    }

    #[test]
    fn the_port_is_found_by_its_name() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(find(&dir.path().join("none")).unwrap(), None);
        for port in ["vport0p1", "vport0p2"] {
            fs::create_dir(dir.path().join(port)).unwrap();
        }
        fs::write(dir.path().join("vport0p1/name"), "other\n").unwrap();
        assert_eq!(find(dir.path()).unwrap(), None);
        fs::write(dir.path().join("vport0p2/name"), "clawlets.claim\n").unwrap();
        assert_eq!(find(dir.path()).unwrap(), Some("/dev/vport0p2".into()));
    }
}
