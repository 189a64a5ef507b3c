//! A view, and namespaces, as arguments of bubblewrap: containment for those who cannot become another user.

use std::{ffi::OsString, path::Path};

use super::view::View;

/// New namespaces for everything but the network, which is the guest's already; no capability, also not over them. QEMU
/// is the first process of its pid namespace, so that nothing stands between a signal and it, and it dies with its
/// parent.
const NAMESPACES: [&str; 9] = [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--as-pid-1",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
];

/// The arguments, up to the program that bubblewrap is to run.
pub(super) fn arguments(view: &View) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = NAMESPACES.map(OsString::from).to_vec();
    let mut add = |option: &str, paths: &[&Path]| {
        arguments.push(option.into());
        arguments.extend(paths.iter().map(|path| path.as_os_str().to_owned()));
    };
    for folder in &view.folders {
        add("--ro-bind", &[folder, folder]);
    }
    for (path, target) in &view.links {
        add("--symlink", &[target, path]);
    }
    for (source, shown) in &view.files {
        add("--ro-bind", &[source, shown]);
    }
    add("--proc", &[Path::new("/proc")]);
    for device in &view.devices {
        add("--dev-bind", &[device, device]);
    }
    add("--remount-ro", &[Path::new("/")]);
    add("--chdir", &[Path::new("/")]);
    arguments.push("--".into());
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_a_view_is_shown_and_nothing_can_be_written() {
        let view = View {
            folders: vec!["/usr".into()],
            links: vec![("/bin".into(), "usr/bin".into())],
            files: vec![("/cache/vmlinux".into(), "/boot/kernel".into())],
            devices: vec!["/dev/null".into()],
        };
        let line = arguments(&view).join(&OsString::from(" ")).into_string().unwrap();
        for part in [
            "--cap-drop ALL",
            "--ro-bind /usr /usr",
            "--symlink usr/bin /bin",
            "--ro-bind /cache/vmlinux /boot/kernel",
            "--dev-bind /dev/null /dev/null",
            "--remount-ro /",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        assert!(!line.contains("--unshare-net") && !line.contains(" --bind "), "{line}");
        assert!(line.ends_with(" --"), "{line}");
    }
}
