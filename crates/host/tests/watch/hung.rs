//! What hangs is a finding, and hangs nobody else.

use std::{fs, os::fd::AsRawFd, path::Path};

use clawlets_model::host_status::Health;
use clawlets_tests::{eventually, is_root, skip};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::site::{Host, maren};

#[test]
fn a_gateway_that_hangs_is_given_up_with_everything_that_it_started() {
    let host = Host::new();
    host.configure("deadline = '1s'");
    let here = host.path("asked").display().to_string();
    host.write("first", &format!("sleep 600 & echo $! > {here}; wait"));
    let status = host.looks_at(10_000);
    assert_eq!(maren(&status).findings, ["its gateway does not answer"]);
    let sleeper = Path::new("/proc").join(host.text("asked").trim());
    eventually("what was asked is gone", || (!sleeper.exists()).then_some(()));
}

#[test]
fn a_systemctl_that_hangs_says_nothing_and_nothing_is_done() {
    let host = Host::new();
    host.configure("deadline = '1s'");
    host.write("systemctl", "#!/bin/sh\nexec sleep 600\n");
    let status = host.looks_at(10_000);
    assert_eq!(maren(&status).health, Health::Unknown);
    assert_eq!(host.restarts(), 0);
}

/// A file system that nobody serves: whoever looks at it waits for ever.
struct Hung<'a> {
    folder: &'a Path,
    _device: fs::File,
}

impl<'a> Hung<'a> {
    fn mount(folder: &'a Path) -> Option<Self> {
        fs::create_dir(folder).unwrap();
        let device = fs::File::options().read(true).write(true).open("/dev/fuse").ok()?;
        let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
        let options = std::ffi::CString::new(options).unwrap();
        mount("test", folder, "fuse", MountFlags::empty(), options.as_c_str()).ok()?;
        Some(Self { folder, _device: device })
    }
}

impl Drop for Hung<'_> {
    fn drop(&mut self) {
        let _ = unmount(self.folder, UnmountFlags::DETACH | UnmountFlags::FORCE);
    }
}

#[test]
fn a_memory_that_hangs_is_a_finding() {
    let test = "a_memory_that_hangs_is_a_finding";
    if !is_root() {
        return skip(test, "only root mounts");
    }
    let host = Host::new();
    host.configure("deadline = '1s'");
    let folder = host.path("memory");
    let Some(hung) = Hung::mount(&folder) else { return skip(test, "this kernel has no FUSE") };
    let run = host.once();
    let status = serde_json::from_str::<clawlets_model::host_status::HostStatus>(&run.out()).unwrap();
    assert!(status.findings[0].ends_with("/memory does not answer"), "{status:?}");
    assert_eq!(status.memory_latency_ms, None);
    assert_eq!(maren(&status).health, Health::Healthy, "its bots are looked at all the same");
    drop(hung);
    let status = host.looks_at(10_000);
    assert_eq!(status.health, Health::Healthy, "{status:?}");
}
