//! The unprivileged user that a task runs as.

use std::{fs, path::Path};

use crate::work::Owner;

/// The name of the user in the machine's image.
pub const TASK_USER: &str = "task";
/// The user of last resort, where the image has no [`TASK_USER`].
pub const NOBODY: Owner = Owner { uid: 65_534, gid: 65_534 };

/// The task user of a machine, from its user file. Never root.
#[must_use]
pub fn task_user(passwd: &Path) -> Owner {
    fs::read_to_string(passwd).ok().and_then(|text| find(&text)).unwrap_or(NOBODY)
}

fn find(passwd: &str) -> Option<Owner> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(TASK_USER))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    let owner = Owner { uid: numbers.next()?.ok()?, gid: numbers.next()?.ok()? };
    (owner.uid != 0 && owner.gid != 0).then_some(owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_user_is_found_and_never_root() {
        for (passwd, expected) in [
            ("root:x:0:0::/:\ntask:x:1000:1001::/:/bin/sh\n", Some(Owner { uid: 1000, gid: 1001 })),
            ("task:x:0:0::/:", None),
            ("task:x:1000:0::/:", None),
            ("tasks:x:5:5::/:\n", None),
            ("task:x:many:5", None),
            ("task", None),
            ("", None),
        ] {
            assert_eq!(find(passwd), expected, "{passwd}");
        }
    }
}
