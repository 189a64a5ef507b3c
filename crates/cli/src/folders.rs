//! Where this machine's user keeps state and caches.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::{
    CLAWLETS_CACHE_DIR, CLAWLETS_STATE_DIR, HOME, Variable, XDG_CACHE_HOME, XDG_STATE_HOME,
};

/// The folder of what must survive.
///
/// # Errors
/// A fault when nothing names a home.
pub(crate) fn state_dir() -> Result<PathBuf, Fault> {
    let is_root = rustix::process::geteuid().is_root();
    choose_state(&|variable| std::env::var_os(variable.name), is_root).ok_or_else(no_home)
}

/// The folder of what can be made again.
///
/// # Errors
/// A fault when nothing names a home.
pub(crate) fn cache_dir() -> Result<PathBuf, Fault> {
    choose_cache(&|variable| std::env::var_os(variable.name)).ok_or_else(no_home)
}

type Environment<'a> = &'a dyn Fn(Variable) -> Option<OsString>;

fn choose_state(environment: Environment<'_>, is_root: bool) -> Option<PathBuf> {
    named(environment, CLAWLETS_STATE_DIR)
        .or_else(|| Some(absolute(environment, XDG_STATE_HOME)?.join("clawlets")))
        .or_else(|| is_root.then(|| PathBuf::from("/var/lib/clawlets")))
        .or_else(|| Some(absolute(environment, HOME)?.join(".local/state/clawlets")))
}

fn choose_cache(environment: Environment<'_>) -> Option<PathBuf> {
    named(environment, CLAWLETS_CACHE_DIR)
        .or_else(|| Some(absolute(environment, XDG_CACHE_HOME)?.join("clawlets")))
        .or_else(|| Some(absolute(environment, HOME)?.join(".cache/clawlets")))
}

/// An empty variable counts as not set. A relative path is meant from where the program was started.
fn named(environment: Environment<'_>, variable: Variable) -> Option<PathBuf> {
    let path = environment(variable).filter(|value| !value.is_empty())?;
    std::path::absolute(Path::new(&path)).ok()
}

/// The base directory specification has relative paths ignored.
fn absolute(environment: Environment<'_>, variable: Variable) -> Option<PathBuf> {
    environment(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

fn no_home() -> Fault {
    Fault::new(FaultCode::Io, "there is no folder to keep state in").hint("set HOME or CLAWLETS_STATE_DIR")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(variables: &[(&str, &str)], is_root: bool) -> (Option<PathBuf>, Option<PathBuf>) {
        let find = |variable: Variable| {
            variables.iter().find(|(name, _)| *name == variable.name).map(|(_, value)| OsString::from(value))
        };
        (choose_state(&find, is_root), choose_cache(&find))
    }

    #[test]
    fn the_nearest_wish_counts() {
        let home = ("HOME", "/home/ada");
        let xdg = [("XDG_STATE_HOME", "/s"), ("XDG_CACHE_HOME", "/c")];
        let ours = [("CLAWLETS_STATE_DIR", "/x"), ("CLAWLETS_CACHE_DIR", "/y")];
        for (variables, is_root, state, cache) in [
            (vec![home], false, "/home/ada/.local/state/clawlets", "/home/ada/.cache/clawlets"),
            (vec![("HOME", "/root")], true, "/var/lib/clawlets", "/root/.cache/clawlets"),
            (vec![home, xdg[0], xdg[1]], true, "/s/clawlets", "/c/clawlets"),
            (
                vec![home, ("XDG_STATE_HOME", "relative")],
                false,
                "/home/ada/.local/state/clawlets",
                "/home/ada/.cache/clawlets",
            ),
            (vec![home, xdg[0], xdg[1], ours[0], ours[1]], true, "/x", "/y"),
            (
                vec![home, ("CLAWLETS_STATE_DIR", "")],
                false,
                "/home/ada/.local/state/clawlets",
                "/home/ada/.cache/clawlets",
            ),
        ] {
            assert_eq!(
                chosen(&variables, is_root),
                (Some(state.into()), Some(cache.into())),
                "{variables:?}"
            );
        }
        assert_eq!(chosen(&[], false), (None, None));
    }
}
