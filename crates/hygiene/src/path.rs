//! Paths that stay on the operator's machine.

/// Why a file of this path must not be committed; none when it may.
pub(crate) fn forbidden(path: &str) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').collect();
    let name = *segments.last()?;
    if segments.iter().any(|segment| matches!(*segment, ".clawlets" | ".clawdlets")) {
        return Some("the operator's runtime folder");
    }
    if segments.contains(&".git") {
        return Some("it belongs to git");
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match name {
        ".env" | "clawlets.env" => return Some("a file of environment variables"),
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" => return Some("an SSH private key by its name"),
        "terraform.tfstate" | "terraform.tfstate.backup" => {
            return Some("state of OpenTofu, which holds secrets");
        }
        "known_hosts.old" | ".netrc" | "netrc" | ".npmrc.local" => return Some("a file of credentials"),
        _ => {}
    }
    match extension {
        "agekey" => Some("an age key by its name"),
        "tfstate" | "tfvars" => Some("state of OpenTofu, which holds secrets"),
        "p12" | "pfx" | "ppk" | "jks" | "keystore" => Some("a key store by its name"),
        _ => None,
    }
}

/// Whether a file of this path must be a SOPS file.
pub(crate) fn is_encrypted_by_rule(path: &str) -> bool {
    let Some(below) = path.strip_prefix("secrets/") else { return false };
    !below.starts_with('.')
        && !matches!(below.rsplit('/').next(), Some("README.md" | ".gitkeep" | ".gitignore"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtime_files_and_keys_are_forbidden_wherever_they_are() {
        for path in [
            ".clawlets/env",
            "sub/.clawlets/keys/operators/max.agekey",
            ".clawdlets/x",
            ".env",
            "fleet/.ENV",
            "key.agekey",
            "id_ed25519",
            "home/.ssh/id_rsa",
            "infra/terraform.tfstate",
            "x.auto.tfvars",
            ".netrc",
            "a/.git/config",
        ] {
            assert!(forbidden(path).is_some(), "{path}");
        }
        for path in [
            "fleet/clawlets.json",
            "secrets/keys/hosts/web-1.agekey.yaml",
            "id_ed25519.pub",
            ".envrc",
            ".github/x.yml",
            "docs/env.md",
            "deploy.md",
            ".githooks/pre-push",
        ] {
            assert_eq!(forbidden(path), None, "{path}");
        }
    }

    #[test]
    fn everything_below_secrets_but_the_rules_is_encrypted() {
        for path in ["secrets/hosts/web-1/a.yaml", "secrets/keys/hosts/w.agekey.yaml", "secrets/note.txt"] {
            assert!(is_encrypted_by_rule(path), "{path}");
        }
        for path in ["secrets/.sops.yaml", "secrets/README.md", "fleet/secrets/x.yaml", "secrets.md"] {
            assert!(!is_encrypted_by_rule(path), "{path}");
        }
    }
}
