//! What can be wrong with a fleet's declaration: a stable code for each kind, with its explanation.

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken, but somebody should look at it.
    Warning,
}

/// Whether warnings that usually mean a mistake are errors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// A warning stays a warning.
    #[default]
    Lenient,
    /// A warning that usually means a mistake is an error.
    Strict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Error,
    /// A warning, and an error under `--strict`.
    Doubt,
    /// A warning always: it may well be meant.
    Advice,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $code:literal, $weight:ident, $meaning:literal, $remedy:literal;)+) => {
        /// The kind of a problem. Scripts may match on its text; it never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemCode {
            $($(#[doc = $doc])* $variant,)+
        }

        impl ProblemCode {
            /// Every code, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => concat!("clawlets::config::", $code)),+ }
            }

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }

            /// What to do about it.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy),+ }
            }

            const fn weight(self) -> Weight {
                match self { $(Self::$variant => Weight::$weight),+ }
            }
        }
    };
}

codes! {
    /// The text is no JSON.
    Syntax = "syntax", Error,
        "The file is not JSON as its standard has it. Comments and trailing commas are refused, since Nix reads the same file.",
        "The message names the line and the column.";
    /// The document is of a version that cannot be read.
    Version = "version", Error,
        "`schemaVersion` is missing, or names a version that this program cannot read.",
        "Write 13. Files of versions 8 to 12 are read, and rewritten by `clawlets config migrate`.";
    /// A key that nobody knows.
    UnknownKey = "unknown_key", Error,
        "A key that this version does not know. Unknown keys are errors, since a mistyped one would silently change nothing.",
        "The message names the nearest known key.";
    /// A key that stands twice in one object.
    DuplicateKey = "duplicate_key", Error,
        "A key stands twice in the same object; programs do not agree on which one counts.",
        "Remove one of them.";
    /// A key that must be there.
    Missing = "missing", Error,
        "A key that must be there is missing.",
        "The message says what was expected.";
    /// A value of another kind.
    WrongType = "wrong_type", Error,
        "A value is of another kind than expected, such as a list instead of an object.",
        "The message says what was expected.";
    /// A value that breaks its grammar.
    InvalidValue = "invalid_value", Error,
        "A name or another value does not follow its grammar.",
        "The message says what was expected and, where it can, suggests a value.";
    /// A number out of its bounds.
    OutOfRange = "out_of_range", Error,
        "A number or a duration is out of its bounds.",
        "The message names the bounds.";
    /// A reference to something that is not there.
    UnknownReference = "unknown_reference", Error,
        "A value names a host, a bot, a secret's variable or a setting that the file does not declare.",
        "Declare what is named, or correct the name.";
    /// Two things that exclude each other.
    Conflict = "conflict", Error,
        "Two settings exclude each other, or two things share what each must have for itself.",
        "The message names both.";
    /// A setting that another one requires.
    Required = "required", Error,
        "A setting is switched on that needs another one, which is empty.",
        "Fill in the setting that the message names, or switch the other one off.";
    /// A host that nobody could reach.
    LockedOut = "locked_out", Error,
        "The host takes SSH over the tailnet only, and it is in no tailnet, so nobody could log in.",
        "Set `tailnet.mode` to `tailscale`, or choose another `sshExposure.mode`.";
    /// A network that is open to the world.
    WorldOpen = "world_open", Error,
        "The network that may administer the host is open to the whole world, or nearly.",
        "Name your own network, or say that it is meant with `adminCidrAllowWorldOpen`.";
    /// A file of an earlier version.
    OldVersion = "old_version", Advice,
        "The file is of an earlier version. It is understood, but commands that edit it rewrite it.",
        "Run `clawlets config migrate`.";
    /// A key by a name that it had earlier.
    OldName = "old_name", Advice,
        "A key or a value has a name of an earlier version. It is understood.",
        "Run `clawlets config migrate`.";
    /// SSH that is open to more than the tailnet.
    ExposedSsh = "exposed_ssh", Advice,
        "The host takes SSH from outside of the tailnet.",
        "Once the host is in the tailnet: `clawlets host set --host HOST --ssh-exposure tailnet`.";
    /// A setting that has no effect.
    NoEffect = "no_effect", Advice,
        "A value has no effect, since the orchestrator sets it itself.",
        "Remove it.";
    /// A secret that stands in the file.
    InlineSecret = "inline_secret", Doubt,
        "A token or key stands in the file itself. The file is public: it is committed, and copied to every host.",
        "Store the value with `clawlets secrets set`, and refer to it as `${VARIABLE}` in a gateway's settings.";
    /// A gateway setting that breaks a rule of the fleet.
    GatewayPolicy = "gateway_policy", Doubt,
        "A setting of a bot's gateway is one that the fleet advises against.",
        "`clawlets gateway harden --bot BOT` proposes safe values.";
    /// A key that does not look like one.
    DoubtfulKey = "doubtful_key", Doubt,
        "A public key does not have the form of one, so nothing will match it.",
        "Paste the whole key, without line breaks.";
    /// A credential that is mapped twice.
    CredentialTwice = "credential_twice", Doubt,
        "The same secret stands for both credentials of a provider, an API key and an OAuth token. Only one of them can be right.",
        "Remove the mapping that is not meant.";
    /// A mirror that is asked over plain HTTP.
    PlainHttp = "plain_http", Doubt,
        "Releases are to be fetched over plain HTTP from another machine. Hosts refuse that: whoever is on the way could hold releases back.",
        "Serve them over HTTPS. A mirror on the host itself may be plain.";
    /// A part that is switched on but lacks settings.
    Incomplete = "incomplete", Doubt,
        "Something is set up in part: it cannot work before the rest is filled in.",
        "Fill in the settings that the message names.";
}

impl ProblemCode {
    /// How bad a problem of this kind is.
    #[must_use]
    pub const fn severity(self, strictness: Strictness) -> Severity {
        match (self.weight(), strictness) {
            (Weight::Error, _) | (Weight::Doubt, Strictness::Strict) => Severity::Error,
            (Weight::Doubt, Strictness::Lenient) | (Weight::Advice, _) => Severity::Warning,
        }
    }
}

impl serde::Serialize for ProblemCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for code in ProblemCode::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(code.meaning().ends_with('.') && code.remedy().ends_with('.'), "{}", code.as_str());
        }
    }
}
