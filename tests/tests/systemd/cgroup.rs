//! Control groups for each container alone. Two that share one take each other's services for their own, and end them.

use std::{
    fs, iter,
    path::{Path, PathBuf},
};

/// Groups below those of this process, one in each tree that systemd uses. Dropping them removes them.
pub(crate) struct Cgroups(Vec<PathBuf>);

impl Cgroups {
    /// Makes groups of this name, where the kernel lets us.
    pub(crate) fn make(name: &str) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let (mounts, groups) = (read("/proc/self/mountinfo"), read("/proc/self/cgroup"));
        // The unified tree, and the one without controllers from before there was one.
        let trees = [(" - cgroup2 ", "0::/"), ("name=systemd", ":name=systemd:/")];
        let place = |(kind, own): (&str, &str)| {
            let mount = mounts.lines().find(|line| line.contains(kind))?.split(' ').nth(4)?;
            let group = groups.lines().find_map(|line| Some(line.split_once(own)?.1))?;
            let place = Path::new(mount).join(group).join(name);
            fs::create_dir(&place).ok().map(|()| place)
        };
        Self(trees.into_iter().filter_map(place).collect())
    }

    /// A line of shell that joins them, and then becomes the program that is given as arguments.
    pub(crate) fn joining(&self) -> String {
        let join = |group: &PathBuf| format!("echo $$ > {}/cgroup.procs", group.display());
        let steps = self.0.iter().map(join).chain(iter::once("exec \"$@\"".to_owned()));
        steps.collect::<Vec<_>>().join("; ")
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        self.0.iter().for_each(|group| remove(group));
    }
}

/// Groups are removed from within; their files go with them.
fn remove(group: &Path) {
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove(&entry.path());
        }
    }
    let _ = fs::remove_dir(group);
}
