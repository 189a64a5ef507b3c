//! What is in the initial file system.

use super::{
    cpio::{Content, Entry},
    modules::Module,
};

/// What the file system is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    /// The guest program.
    pub(super) init: &'a [u8],
    pub(super) busybox: &'a [u8],
    /// The commands that busybox can be called as.
    pub(super) applets: &'a [String],
    pub(super) modules: &'a [Module],
}

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\ntask:x:1000:1000:task:/home/task:/bin/sh\n";
const GROUP: &str = "root:x:0:\ntask:x:1000:\n";
const HOSTS: &str = "127.0.0.1 localhost\n::1 localhost\n";
/// Where the guest program finds which modules to load: absolute paths in order, one a line.
const MODULE_LIST: &str = "etc/clawlets/modules";

/// Every entry, in no particular order.
pub(super) fn entries(inputs: Inputs<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |path: &str, content| entries.push(Entry { path: path.to_owned(), content });
    for folder in [
        "bin",
        "dev",
        "etc",
        "etc/clawlets",
        "home",
        "lib",
        "lib/modules",
        "proc",
        "run",
        "sys",
        "usr",
        "var",
        "var/lib",
    ] {
        add(folder, Content::Folder(0o755));
    }
    // The task's home belongs to root until the guest program gives it away.
    for (folder, mode) in [("home/task", 0o755), ("root", 0o700), ("tmp", 0o1777)] {
        add(folder, Content::Folder(mode));
    }
    for (link, target) in [("sbin", "bin"), ("usr/bin", "../bin"), ("usr/sbin", "../bin")] {
        add(link, Content::Link(target.to_owned()));
    }
    // The kernel opens it before anything could be mounted over /dev.
    add("dev/console", Content::Device(0o600, 5, 1));
    for (path, text) in [
        ("etc/passwd", PASSWD),
        ("etc/group", GROUP),
        ("etc/hosts", HOSTS),
        ("etc/resolv.conf", ""),
        ("etc/nsswitch.conf", "hosts: files dns\n"),
    ] {
        add(path, Content::File(0o644, text.as_bytes().to_vec()));
    }
    add("init", Content::File(0o755, inputs.init.to_vec()));
    add("bin/busybox", Content::File(0o755, inputs.busybox.to_vec()));
    for applet in inputs.applets.iter().filter(|applet| *applet != "busybox") {
        add(&format!("bin/{applet}"), Content::Link("busybox".to_owned()));
    }
    let mut list = String::new();
    for module in inputs.modules {
        let path = format!("lib/modules/{}.ko", module.name);
        list.push_str(&format!("/{path}\n"));
        add(&path, Content::File(0o644, module.bytes.clone()));
    }
    add(MODULE_LIST, Content::File(0o644, list.into_bytes()));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_list_names_files_that_are_there_in_the_order_of_loading() {
        let modules =
            ["virtio_ring", "virtio"].map(|name| Module { name: name.to_owned(), bytes: vec![1] }).to_vec();
        let applets = ["sh", "busybox", "sha256sum"].map(str::to_owned);
        let entries = entries(Inputs { init: b"i", busybox: b"b", applets: &applets, modules: &modules });
        let content =
            |path: &str| entries.iter().find(|entry| entry.path == path).map(|entry| &entry.content);
        let list = b"/lib/modules/virtio_ring.ko\n/lib/modules/virtio.ko\n".to_vec();
        assert_eq!(content(MODULE_LIST), Some(&Content::File(0o644, list)));
        assert_eq!(content("lib/modules/virtio.ko"), Some(&Content::File(0o644, vec![1])));
        assert_eq!(content("bin/sha256sum"), Some(&Content::Link("busybox".to_owned())));
        assert_eq!(content("bin/busybox"), Some(&Content::File(0o755, b"b".to_vec())));
    }
}
