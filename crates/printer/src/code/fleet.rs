//! Codes of faults: what a fleet declares: hosts, bots, their gateways.

use super::table::codes;

codes! {
    /// The configuration is no file of its own.
    FleetNotAFile = "clawlets::fleet::not_a_file", Refused,
        "What stands in the place of `fleet/clawlets.json` is a symbolic link, or no regular file.",
        "Put the file itself in its place.";
    /// The configuration has errors.
    FleetInvalid = "clawlets::fleet::invalid", Refused,
        "`fleet/clawlets.json` is not JSON, or breaks a rule of the configuration.",
        "`clawlets config validate` lists every error with its line. `clawlets config set` and the other verbs that edit the file work all the same, as long as it is JSON.";
    /// An edit would break the configuration.
    FleetRefused = "clawlets::fleet::refused", Refused,
        "The change would make the configuration invalid, or contradicts what is in it. Nothing was changed.",
        "The message names the path and what was expected there.";
    /// The configuration is of an earlier version.
    FleetEarlierVersion = "clawlets::fleet::earlier_version", Refused,
        "The configuration is of an earlier version. Such files are read, but not edited, since keys have other names in them.",
        "`clawlets config migrate` rewrites the file once.";
    /// Nothing stands at a path of the configuration.
    FleetPathUnknown = "clawlets::fleet::unknown_path", NotFound,
        "Nothing stands at that path of the configuration.",
        "`clawlets config show` prints the whole configuration.";
    /// Another process edits the configuration.
    FleetLocked = "clawlets::fleet::locked", Busy,
        "Another process is changing the configuration, the secrets or the settings of this project, and did not end in time.",
        "Run the command again when the process that the message names has ended. Nothing was changed.";
    /// The configuration was changed while it was edited.
    FleetChanged = "clawlets::fleet::changed", Conflict,
        "Another program, such as an editor, saved the configuration while it was being edited.",
        "Run the command again. Nothing was written.";
    /// No host of that name exists.
    HostUnknown = "clawlets::host::unknown", NotFound,
        "The configuration has no such host, or it is not clear which one is meant.",
        "`clawlets host list` shows the hosts; name one with `--host`.";
    /// A host cannot be reached.
    HostUnreachable = "clawlets::host::unreachable", Unreachable,
        "The host does not answer, does not let you in, or nobody has said where it is.",
        "Set its address with `clawlets host set --target-host`, and try `ssh` to it by hand.";
    /// A host did not do what it was asked.
    HostRefused = "clawlets::host::refused", Failed,
        "The host was reached, and its program `clawlets-host` is missing, refused, or failed. Nothing was switched.",
        "What it said stands above the message. Its journal has more: `journalctl -t clawlets-host`.";
    /// A host of that name exists.
    HostExists = "clawlets::host::exists", Conflict,
        "The configuration has a host of that name already; nothing was changed.",
        "Choose another name, or change the existing one with `clawlets host set`.";
    /// No bot of that name exists.
    BotUnknown = "clawlets::bot::unknown", NotFound,
        "The configuration has no such bot.",
        "`clawlets bot list` shows the bots.";
    /// A bot of that name exists.
    BotExists = "clawlets::bot::exists", Conflict,
        "The configuration has a bot of that name already; nothing was changed.",
        "Choose another name.";
    /// A bot's gateway cannot be configured as it is declared.
    GatewayInvalid = "clawlets::gateway::invalid", Refused,
        "The settings of a bot's gateway contradict what must hold for every gateway, or are none that the pinned release of OpenClaw takes. Under `--strict`, also what the fleet advises against.",
        "`clawlets gateway validate` lists everything with its line; `clawlets gateway harden --bot BOT` proposes safe values.";
}
