//! Copies of a machine in a real emulator: they become different machines, or none.

use std::{
    collections::BTreeSet,
    num::NonZeroU64,
    sync::{Arc, Mutex, OnceLock},
};

use clawlets_model::{
    Secret,
    boot::Boot,
    claim::{Claim, GuestName, Role},
    guest::{LogStream, NONCE_HEADER},
    rehearsal,
};
use jiff::Timestamp;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::support::{
    Guest, Orchestrator, Reply, Request, Server, TOKEN, Template, can_emulate, eventually, guest_program,
    script, shell,
};

/// Far from any time that an emulator's own clock could show.
const THEN: i64 = 2_000_000_000;

fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(|| Template::boot(guest_program(), "guest-images"))
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    assert_eq!(getrandom(&mut bytes, GetRandomFlags::empty()), Ok(N));
    bytes
}

fn claim(role: Role, hostname: Option<&str>, user_data: &str) -> Claim {
    Claim {
        role,
        time: Timestamp::from_second(THEN).unwrap(),
        seed: Secret::new(random()),
        machine_id: random(),
        hostname: hostname.map(|name| GuestName::parse(name).unwrap()),
        user_data_length: user_data.len(),
    }
}

fn user_data(server: &Server, token: &str) -> String {
    let boot = Boot {
        // QEMU's network leads from there to this machine's loopback.
        base_url: format!("http://10.0.2.2:{}", server.address.port()),
        token: Secret::from(token),
        remaining: 300,
        tailnet_key: None,
        admin_keys: Vec::new(),
        env: [].into(),
    };
    boot.to_user_data().unwrap().expose().clone()
}

/// Makes a guest that waits a server with a job, and waits until the job is done. Returns its output and its nonce.
fn live(guest: &mut Guest, number: u64, job: &str) -> (Claim, Vec<String>, String) {
    let orchestrator = Orchestrator::start(&shell(job));
    let user_data = user_data(&orchestrator.server, TOKEN);
    let role = Role::Server(NonZeroU64::new(number).unwrap());
    let claim = claim(role, Some(&format!("copy-{number}")), &user_data);
    guest.claim(&claim, &user_data);
    guest.run();
    guest.ends();
    let state = orchestrator.state();
    let result = state.result.as_ref().expect("a machine that ends well has reported");
    assert_eq!(result.exit_code, Some(0), "{result:?}");
    let lines = state.lines(LogStream::Stdout).into_iter().map(str::to_owned).collect();
    let nonces: BTreeSet<_> = state
        .requests
        .iter()
        .filter(|request| request.path == "/v1/cattle/env")
        .map(|request| request.header(NONCE_HEADER).to_owned())
        .collect();
    assert_eq!(nonces.len(), 1);
    (claim, lines, nonces.into_iter().next().unwrap())
}

/// Lets a guest that waits rehearse, and returns what it asked meanwhile.
fn rehearse(guest: &mut Guest) -> Vec<Request> {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&requests);
    let server = Server::start(move |request| {
        heard.lock().unwrap().push(request.clone());
        Reply::json(200, rehearsal::ANSWER)
    });
    let user_data = user_data(&server, "rehearsal");
    guest.claim(&claim(Role::Rehearsal, Some("rehearsing"), &user_data), &user_data);
    guest.run();
    guest.is_parked();
    std::mem::take(&mut requests.lock().unwrap())
}

#[test]
fn copies_become_different_machines() {
    if !can_emulate("copies_become_different_machines") {
        return;
    }
    let job = "hostname; cat /etc/machine-id; date +%s; cat /proc/sys/kernel/random/boot_id; \
               od -An -tx1 -N64 /dev/urandom | tr -d ' \\n'";
    let mut seen = BTreeSet::new();
    for number in 1..=4 {
        let mut guest = template().copy();
        let (claim, lines, nonce) = live(&mut guest, number, job);
        let [hostname, machine_id, time, boot_id, bytes] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!(hostname, &format!("copy-{number}"));
        assert_eq!(machine_id, &claim.machine_id_text());
        let age = time.parse::<i64>().unwrap() - THEN;
        assert!((0..600).contains(&age), "its clock went {age} s since it was set");
        assert_eq!(bytes.len(), 128);
        for once in [machine_id, boot_id, &nonce, &bytes[..64].to_owned(), &bytes[64..].to_owned()] {
            assert!(seen.insert(once.clone()), "{once} was seen before");
        }
    }
}

#[test]
fn a_copy_that_is_not_seeded_is_the_double_of_its_sibling() {
    if !can_emulate("a_copy_that_is_not_seeded_is_the_double_of_its_sibling") {
        return;
    }
    // It waits like the guest program, and then draws without being told anything. The shell does both itself: a program
    // that it started would draw too, and the kernel at moments of its own. A draw may end early, at the end of a line.
    const INIT: &str = "#!/bin/sh\n\
        mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev\n\
        while read -r module; do insmod \"$module\"; done < /etc/clawlets/modules\n\
        until grep -qs clawlets.claim /sys/class/virtio-ports/*/name; do :; done\n\
        exec 3<>\"/dev/$(basename \"$(dirname \"$(grep -l clawlets.claim /sys/class/virtio-ports/*/name)\")\")\"\n\
        exec 4</dev/urandom; IFS=; read -r -n 1 old <&4; echo parked >&3; read -r -n 1 go <&3\n\
        read -r -n 16 a <&4; read -r -n 16 b <&4; read -r -n 16 c <&4; read -r -n 16 d <&4\n\
        printf %s \"$a$b$c$d\" | od -An -tx1 -w64 >&3; read -r forever <&3\n";
    let folder = tempfile::tempdir().unwrap();
    let mut differed = Vec::new();
    // A kernel that took what it gathered into account when the template was about to stop does so again in each copy.
    for _ in 0..3 {
        let template = Template::boot(&script(folder.path(), INIT), "unseeded-images");
        let drawn: BTreeSet<_> = (0..3)
            .map(|_| {
                let mut guest = template.copy();
                guest.write(b"x");
                guest.run();
                guest.line()
            })
            .collect();
        assert!(drawn.iter().all(|line| line.len() > 32), "{drawn:?}");
        if drawn.len() == 1 {
            return;
        }
        differed.push(drawn);
    }
    panic!("without a seed every copy draws the same: {differed:?}");
}

#[test]
fn of_a_rehearsal_nothing_is_left() {
    if !can_emulate("of_a_rehearsal_nothing_is_left") {
        return;
    }
    // Every file, mount and control group, and what belongs to whom; the times of what the kernel makes up as it goes
    // differ from machine to machine.
    let job = "find / -xdev | sort; ls -lnAR /tmp /run /dev/shm /var /home /etc | grep -v machine-id | tr -s ' ' | \
               cut -d' ' -f1-5,9-; cat /proc/self/mounts; find /sys/fs/cgroup -type d; env | sort";
    let mut fresh = template().copy();
    let (_, expected, _) = live(&mut fresh, 7, job);
    assert!(expected.iter().any(|line| line == "/etc/machine-id"), "{expected:?}");

    let mut guest = template().copy();
    let mut nonces = BTreeSet::new();
    for _ in 0..2 {
        let requests = rehearse(&mut guest);
        let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
        for path in ["/v1/cattle/env", "/v1/cattle/work", "/v1/cattle/logs", "/v1/cattle/result"] {
            assert!(paths.contains(&path), "{path} is not among {paths:?}");
        }
        let result = requests.iter().find(|request| request.path == "/v1/cattle/result").unwrap().text();
        assert!(result.contains(r#""output":"rehearsal""#), "its task ran: {result}");
        nonces.insert(requests[0].header(NONCE_HEADER).to_owned());
    }
    let (_, lines, nonce) = live(&mut guest, 7, job);
    assert_eq!(lines, expected);
    assert!(nonces.insert(nonce) && nonces.len() == 3, "a nonce came twice: {nonces:?}");
}

#[test]
fn a_rehearsal_that_is_turned_away_is_forgotten_as_well() {
    if !can_emulate("a_rehearsal_that_is_turned_away_is_forgotten_as_well") {
        return;
    }
    let mut guest = template().copy();
    let server = Server::start(|_| Reply::json(404, "{}"));
    let user_data = user_data(&server, "rehearsal");
    guest.claim(&claim(Role::Rehearsal, None, &user_data), &user_data);
    guest.run();
    guest.is_parked();
    let (_, lines, _) = live(&mut guest, 8, "hostname");
    assert_eq!(lines, ["copy-8"]);
}

#[test]
fn whoever_is_told_nonsense_ends() {
    if !can_emulate("whoever_is_told_nonsense_ends") {
        return;
    }
    let role = Role::Server(NonZeroU64::MIN);
    let good = *claim(role, None, "").encode().expose();
    let mut bad_magic = good;
    bad_magic[0] ^= 1;
    let mut bad_padding = good;
    bad_padding[511] = 1;
    let no_user_data = claim(role, None, "#cloud-config\n").encode();
    for (name, told) in [
        ("another magic", bad_magic.as_slice()),
        ("another version", bad_padding.as_slice()),
        ("half a frame", &good[..100]),
        ("no user data where some are announced", no_user_data.expose()),
        ("a claim without user data", good.as_slice()),
    ] {
        let mut guest = template().copy();
        guest.write(told);
        guest.run();
        guest.hang_up();
        eventually(name, || !guest.is_on());
    }
}

#[test]
fn a_copy_that_nobody_claims_waits() {
    if !can_emulate("a_copy_that_nobody_claims_waits") {
        return;
    }
    let mut guest = template().copy();
    guest.run();
    // It is somebody's as soon as it is told, and not before.
    assert!(guest.is_on());
    let (_, lines, _) = live(&mut guest, 9, "echo here");
    assert_eq!(lines, ["here"]);
}
