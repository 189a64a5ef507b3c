//! QEMU with one guest, driven over its monitor: a template that is stopped while it is nobody, and copies of it.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, IoSlice, Read, Write},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use clawlets_local_cloud::{ImageRequest, SystemImage, build_image};
use clawlets_model::claim::{Claim, PARK_WORD, PARKED, PORT_NAME};
use clawlets_sys::{die_with_parent, inherit};
use rustix::{
    fs::{MemfdFlags, ftruncate, memfd_create},
    net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg},
};
use serde_json::{Value, json};

use super::eventually;

const QEMU: &str = "qemu-system-x86_64";
const KERNEL: &str =
    "console=ttyS0 quiet panic=-1 8250.nr_uarts=1 no_timer_check cryptomgr.notests ipv6.disable=1";
const MEMORY: u64 = 256 << 20;
/// Longer than anything that is waited for here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether QEMU and the guest program are there. When not, that is printed and counted.
pub(crate) fn can_emulate(test: &str) -> bool {
    let has_qemu = Command::new(QEMU).arg("--version").stdout(Stdio::null()).status().is_ok();
    let missing = if !has_qemu {
        QEMU
    } else if !guest_program().exists() {
        "the static guest program ('make guest' builds it)"
    } else {
        return true;
    };
    super::wait::skipped(&format!("needs {missing}: {test}"));
    false
}

/// The static guest program beside the one that was built for this test.
pub(crate) fn guest_program() -> &'static Path {
    static PATH: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    PATH.get_or_init(|| {
        Path::new(env!("CARGO_BIN_EXE_clawlets-cattle")).with_file_name("guest").join("clawlets-cattle")
    })
}

/// A guest that was stopped while it was parked: its memory and the rest of its state.
pub(crate) struct Template {
    memory: Arc<OwnedFd>,
    state: OwnedFd,
}

impl Template {
    /// Boots a guest with `init` as its first process and stops it once it has parked. The images are kept in a folder
    /// called `cache`.
    pub(crate) fn boot(init: &Path, cache: &str) -> Self {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(cache);
        let image = build_image(&ImageRequest::new(init.to_owned(), cache), &mut |_| {}).unwrap();
        let memory = Arc::new(memfd_create("memory", MemfdFlags::CLOEXEC).unwrap());
        ftruncate(&memory, MEMORY).unwrap();
        let mut guest = Guest::start(&memory, Start::Boot(&image));
        guest.is_parked();
        guest.monitor.execute("stop", &json!({}));
        let state = memfd_create("state", MemfdFlags::CLOEXEC).unwrap();
        guest.monitor.carry("migrate", state.as_fd());
        guest.monitor.execute("quit", &json!({}));
        guest.ends();
        Self { memory, state }
    }

    /// A copy, which stands still.
    pub(crate) fn copy(&self) -> Guest {
        let mut guest = Guest::start(&self.memory, Start::Copy);
        // An open file has one position, whoever reads.
        let state = File::open(format!("/proc/self/fd/{}", self.state.as_raw_fd())).unwrap();
        guest.monitor.carry("migrate-incoming", state.as_fd());
        guest
    }
}

#[derive(Clone, Copy)]
enum Start<'a> {
    Boot(&'a SystemImage),
    Copy,
}

/// A guest in its emulator. Dropping it ends it.
pub(crate) struct Guest {
    qemu: Child,
    monitor: Monitor,
    port: Option<BufReader<UnixStream>>,
}

impl Guest {
    fn start(memory: &Arc<OwnedFd>, start: Start<'_>) -> Self {
        let [(monitor, qemu_monitor), (port, qemu_port)] = [(); 2].map(|()| UnixStream::pair().unwrap());
        for ours in [&monitor, &port] {
            ours.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        let inherited = [Arc::clone(memory), Arc::new(qemu_monitor.into()), Arc::new(qemu_port.into())];
        let [memory, qemu_monitor, qemu_port] = inherited.each_ref().map(|file| file.as_raw_fd());
        let share = match start {
            Start::Boot(_) => "on",
            Start::Copy => "off",
        };
        let size = MEMORY >> 20;
        let mut command = Command::new(QEMU);
        command.args(["-machine", "q35,usb=off,smbus=off,sata=off,graphics=off,memory-backend=ram"]);
        command.args([
            "-accel",
            "tcg,tb-size=64",
            "-cpu",
            "max",
            "-smp",
            "1",
            "-m",
            &format!("{size}M"),
            "-object",
        ]);
        command.arg(format!(
            "memory-backend-file,id=ram,size={size}M,mem-path=/proc/self/fd/{memory},share={share}"
        ));
        command.args(["-netdev", "user,id=net0,net=10.0.2.0/24,host=10.0.2.2,ipv6=off"]);
        command.args([
            "-device",
            "virtio-net-pci,netdev=net0,romfile=,mac=52:54:00:00:00:01,guest_announce=off",
        ]);
        command.args([
            "-object",
            "rng-random,id=rng0,filename=/dev/urandom",
            "-device",
            "virtio-rng-pci,rng=rng0",
        ]);
        command.args(["-device", "virtio-serial-pci,id=serial0,max_ports=2", "-device"]);
        command.arg(format!("virtserialport,bus=serial0.0,chardev=claim,name={PORT_NAME}"));
        command.args(["-chardev", &format!("socket,id=claim,fd={qemu_port}")]);
        command.args(["-chardev", "null,id=console", "-serial", "chardev:console"]);
        command.args(["-chardev", &format!("socket,id=monitor,fd={qemu_monitor}")]);
        command.args(["-mon", "chardev=monitor,mode=control"]);
        command.args(["-display", "none", "-nodefaults", "-no-user-config", "-no-reboot"]);
        match start {
            Start::Boot(image) => {
                command.arg("-kernel").arg(&image.kernel).arg("-initrd").arg(&image.initramfs);
                command.args(["-append", &format!("{KERNEL} {PARK_WORD}")]);
            }
            Start::Copy => drop(command.args(["-incoming", "defer", "-S"])),
        }
        inherit(&mut command, inherited.to_vec());
        die_with_parent(&mut command);
        let qemu = command.stdin(Stdio::null()).spawn().unwrap();
        // This process must not hold the emulator's ends open.
        drop((command, inherited));
        Self { qemu, monitor: Monitor::open(monitor), port: Some(BufReader::new(port)) }
    }

    /// Waits until it says that it is parked.
    #[track_caller]
    pub(crate) fn is_parked(&mut self) {
        assert_eq!(self.line().as_bytes(), PARKED);
    }

    /// The next line that it writes to its port.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let port = self.port.as_mut().expect("the port is open");
        port.by_ref().take(4096).read_line(&mut line).unwrap();
        line
    }

    /// Tells it who it is, and its user data right behind.
    pub(crate) fn claim(&mut self, claim: &Claim, user_data: &str) {
        self.write(claim.encode().expose());
        self.write(user_data.as_bytes());
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.port.as_mut().expect("the port is open").get_mut().write_all(bytes).unwrap();
    }

    /// Closes the host's end of the port.
    pub(crate) fn hang_up(&mut self) {
        self.port = None;
    }

    /// Lets its processor run.
    pub(crate) fn run(&mut self) {
        self.monitor.execute("cont", &json!({}));
    }

    /// Waits until it is off.
    #[track_caller]
    pub(crate) fn ends(&mut self) {
        eventually("the guest's end", || self.qemu.try_wait().unwrap().is_some());
    }

    /// Whether it is on.
    pub(crate) fn is_on(&mut self) -> bool {
        self.qemu.try_wait().unwrap().is_none()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

/// QEMU's monitor: a line of JSON per command, answer or event.
struct Monitor(BufReader<UnixStream>);

impl Monitor {
    fn open(stream: UnixStream) -> Self {
        let mut monitor = Self(BufReader::new(stream));
        monitor.until(|line| line.get("QMP").is_some());
        monitor.execute("qmp_capabilities", &json!({}));
        monitor
    }

    #[track_caller]
    fn until(&mut self, is_it: impl Fn(&Value) -> bool) {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the emulator is gone");
            let line: Value = serde_json::from_str(&line).unwrap();
            assert!(line.get("error").is_none() && line["data"]["status"] != "failed", "{line}");
            if is_it(&line) {
                return;
            }
        }
    }

    #[track_caller]
    fn execute(&mut self, command: &str, arguments: &Value) {
        self.send(command, arguments, None);
        self.until(|line| line.get("return").is_some());
    }

    /// Writes the guest's state to a file, or reads it from one.
    #[track_caller]
    fn carry(&mut self, direction: &str, state: BorrowedFd<'_>) {
        let on = |name: &str| json!({ "capability": name, "state": true });
        let capabilities = [on("x-ignore-shared"), on("events")];
        self.execute("migrate-set-capabilities", &json!({ "capabilities": capabilities }));
        self.send("getfd", &json!({ "fdname": "state" }), Some(state));
        self.until(|line| line.get("return").is_some());
        self.send(direction, &json!({ "uri": "fd:state" }), None);
        self.until(|line| line["event"] == "MIGRATION" && line["data"]["status"] == "completed");
        // The answer to the command may come before or after that; the next one's comes later in any case.
        self.send("query-status", &json!({}), None);
        self.until(|line| line["return"].get("running").is_some());
    }

    fn send(&mut self, command: &str, arguments: &Value, file: Option<BorrowedFd<'_>>) {
        let line = format!("{}\n", json!({ "execute": command, "arguments": arguments }));
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let files = file.as_slice();
        if file.is_some() {
            assert!(control.push(SendAncillaryMessage::ScmRights(files)));
        }
        let sent =
            sendmsg(self.0.get_ref(), &[IoSlice::new(line.as_bytes())], &mut control, SendFlags::NOSIGNAL);
        assert_eq!(sent, Ok(line.len()));
    }
}

/// Writes a script that is to be a guest's first process.
pub(crate) fn script(folder: &Path, text: &str) -> std::path::PathBuf {
    let path = folder.join("init");
    fs::write(&path, text).unwrap();
    path
}
