//! What a task cannot do. These need root.

use std::{
    fs,
    net::{Ipv4Addr, UdpSocket},
    process::{Command, Stdio},
    thread,
};

use clawlets_model::guest::LogStream;
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountPropagationFlags, mount_change};

use crate::support::{Machine, Orchestrator, needs_root, shell};

#[test]
fn a_task_is_somebody_else_without_powers_in_a_world_of_its_own() {
    if !needs_root("a_task_is_somebody_else_without_powers_in_a_world_of_its_own") {
        return;
    }
    let script =
        "id -u; id -G; grep -E '^(NoNewPrivs|CapEff|CapBnd):' /proc/self/status | head -2 | tr '\\t' ' ';
        ls -d /proc/[0-9]* | wc -l; cat /proc/1/environ 2>&1 | tail -1; ulimit -c;
        touch /etc/x 2>&1; ls -A $HOME";
    let orchestrator = Orchestrator::start(&shell(script));
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    let lines = state.lines(LogStream::Stdout);
    assert_eq!(lines[..2], ["65534", "65534"], "{lines:?}");
    assert!(
        lines.contains(&"NoNewPrivs: 1")
            || lines[2..4].iter().any(|line| line.starts_with("CapEff: 0000000000000000"))
    );
    let processes: usize = lines[4].trim().parse().unwrap();
    assert!(processes < 10, "it sees only its own processes: {processes}");
    assert!(lines[5].contains("ermission denied"), "{lines:?}");
    assert_eq!(lines[6], "0");
    assert!(lines[7].contains("ermission denied"), "{lines:?}");
}

#[test]
fn nothing_of_a_secret_is_in_the_command_lines_or_environments_of_this_machine() {
    if !needs_root("nothing_of_a_secret_is_in_the_command_lines_or_environments_of_this_machine") {
        return;
    }
    let orchestrator = Orchestrator::start(&shell("echo begun; exec sleep 600"));
    let machine = Machine::boot(&orchestrator);
    orchestrator.wait_for_line("begun");
    let supervisor = machine.pid();
    let stage =
        fs::read_to_string(format!("/proc/{supervisor}/task/{supervisor}/children")).unwrap_or_default();
    for pid in stage.split_whitespace().map(str::to_owned).chain([supervisor.to_string()]) {
        for file in ["cmdline", "environ"] {
            let content = fs::read(format!("/proc/{pid}/{file}")).unwrap();
            let content = String::from_utf8_lossy(&content);
            assert!(!content.contains(crate::support::SECRET) && !content.contains(crate::support::TOKEN));
        }
    }
    orchestrator.state().cancel = true;
    let _ = machine.result(&orchestrator);
}

#[test]
fn the_metadata_service_is_closed_to_one_user_only() {
    if !needs_root("the_metadata_service_is_closed_to_one_user_only") {
        return;
    }
    // A network of this thread's own.
    unshare(CloneFlags::CLONE_NEWNET).unwrap();
    let metadata = clawlets_cattle::boot::METADATA_ADDRESS;
    clawlets_cattle::netlink::link_up(1).unwrap();
    clawlets_cattle::netlink::add_address(1, Ipv4Addr::new(10, 0, 2, 15), 24).unwrap();
    clawlets_cattle::netlink::add_default_route(1, Ipv4Addr::new(10, 0, 2, 2)).unwrap();
    clawlets_cattle::netlink::prohibit(metadata, 4242).unwrap();
    clawlets_cattle::netlink::prohibit(metadata, 4242).unwrap();

    let reaches = |address: Ipv4Addr| UdpSocket::bind("0.0.0.0:0").unwrap().connect((address, 80)).is_ok();
    assert!(reaches(metadata));
    // Only this thread becomes somebody else, and for good.
    rustix::thread::set_thread_res_uid(
        rustix::process::Uid::from_raw(4242),
        rustix::process::Uid::from_raw(4242),
        rustix::process::Uid::from_raw(4242),
    )
    .unwrap();
    assert!(!reaches(metadata));
    assert!(reaches(Ipv4Addr::new(10, 0, 2, 2)));
}

#[test]
fn a_process_that_is_first_only_in_a_namespace_leaves_the_machine_alone() {
    if !needs_root("a_process_that_is_first_only_in_a_namespace_leaves_the_machine_alone") {
        return;
    }
    for (arguments, expected) in [
        (&[][..], "not told to be cattle"),
        (&["quiet"], "unexpected argument"),
        (&["stage"], ""),
        (&["chat"], "CLAWLETS_MODEL is not set"),
    ] {
        // A namespace ends with its first process, and a thread enters one only once.
        thread::spawn(move || run_as_first(arguments, expected)).join().unwrap();
    }
}

fn run_as_first(arguments: &[&str], expected: &str) {
    let mounts = || fs::read_to_string("/proc/thread-self/mountinfo").unwrap();
    // Were it to rearrange something after all, that would end with this thread.
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWUTS).unwrap();
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
    unshare(CloneFlags::CLONE_NEWPID).unwrap();
    let before = mounts();
    let program = env!("CARGO_BIN_EXE_clawlets-cattle");
    let output = Command::new(program).args(arguments).env_clear().stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains(expected), "{arguments:?}: {output:?}");
    assert_eq!(mounts(), before, "{arguments:?}");
}
