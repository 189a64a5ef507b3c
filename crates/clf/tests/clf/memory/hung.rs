//! A memory whose server went away in the middle of a request. The kernel's wait for it can then not be interrupted, not even
//! to end the process that waits.

use std::{fs, process::Command};

use clawlets_stand_in::Ran;
use clawlets_tests::{is_root, skip};

use super::desk::Desk;

/// Mounts a file system in user space, answers the greeting, takes every request, and answers none.
const SERVER: &str = r#"
import ctypes, os, struct, sys
device = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"hung", b"memory", b"fuse", 0, options):
    sys.exit(77)
print("mounted", flush=True)
_, _, unique = struct.unpack("<IIQ", os.read(device, 1 << 20)[:16])
body = struct.pack("<IIIIHHIIHHI", 7, 31, 65536, 0, 12, 10, 65536, 1, 0, 0, 0) + bytes(28)
os.write(device, struct.pack("<IiQ", 16 + len(body), 0, unique) + body)
while True:
    os.read(device, 1 << 20)
"#;

/// Each verb comes back, and so does a shell that waits for the end of what it prints.
const CALLS: &str = r#"
trap 'kill $server 2> /dev/null' EXIT
exec 3< <(exec python3 -c "$SERVER" 2> /dev/null)
server=$!
read -r -t 10 line <&3 && [ "$line" = mounted ] || exit 77
for call in "read a.md" "write a.md x" "append a.md x" "edit a.md --find a --replace b" "list" "search x" "log a.md" "daily"; do
    said=$(timeout -s KILL 20 clf memory $call --deadline 1s 2>&1)
    echo "$? $(grep -o 'memory::[a-z]*' <<< "$said")"
done
"#;

#[test]
fn a_hung_mount_is_given_up_after_its_deadline() {
    let test = "a_hung_mount_is_given_up_after_its_deadline";
    if !is_root() || !fs::exists("/dev/fuse").unwrap_or(false) {
        skip(test, "it takes root and /dev/fuse");
        return;
    }
    let desk = Desk::new();
    let program = env!("CARGO_BIN_EXE_clf").strip_suffix("/clf").unwrap();
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", CALLS]).current_dir(desk.folder()).env("SERVER", SERVER);
    command.env("CLAWLETS_MEMORY_ROOT", desk.place("")).env("PATH", format!("{program}:/usr/bin:/bin"));
    let ran = Ran::of(&mut command);
    if ran.code == Some(77) {
        skip(test, "this machine mounts no file system in user space");
        return;
    }
    assert_eq!(ran.out, "7 memory::silent\n".repeat(8), "{ran}");
}
