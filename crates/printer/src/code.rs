//! The stable code of every fault that a user can meet, with what it means and what to do.

use clawlets_model::ExitCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $exit:ident, $meaning:literal, $remedy:literal;)+) => {
        /// The stable code of a fault. Scripts may match on its text; it never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultCode {
            $($(#[$doc])* $variant,)+
        }

        impl FaultCode {
            /// Every code, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// How a program ends that meets it.
            #[must_use]
            pub const fn exit(self) -> ExitCode {
                match self { $(Self::$variant => ExitCode::$exit),+ }
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
        }
    };
}

codes! {
    /// A value on the command line is not valid.
    UsageValue = "clawlets::usage::value", Usage,
        "A value on the command line does not follow its grammar.",
        "The message says what was expected; `--help` lists every flag with its form.";
    /// The command line as a whole is not valid.
    UsageArguments = "clawlets::usage::arguments", Usage,
        "The command line has an unknown flag, a missing argument, or two that exclude each other.",
        "The hint names the nearest known flag; `--help` lists all of them.";
    /// A task document is not valid.
    TaskInvalid = "clawlets::task::invalid", Usage,
        "The task document has an unknown key, a missing field or a value out of bounds.",
        "The message names the JSON path and the line. `docs/reference/task.schema.json` describes the whole format.";
    /// A persona is not valid.
    PersonaInvalid = "clawlets::persona::invalid", Usage,
        "A persona's folder lacks `SOUL.md` or `config.json`, or one of its files is too large, a symlink, or malformed.",
        "The message names the file. `clawlets cattle persona add --name NAME` writes a valid persona to start from.";
    /// A persona of that name exists.
    PersonaExists = "clawlets::persona::exists", Conflict,
        "A persona of that name exists already; nothing was changed.",
        "Choose another name, or edit the files of the existing one.";
    /// No persona of that name exists.
    PersonaUnknown = "clawlets::persona::unknown", NotFound,
        "No persona of that name exists.",
        "`clawlets cattle persona list` shows the ones that do.";
    /// A configuration file has a key that nobody knows.
    ConfigUnknownKey = "clawlets::config::unknown_key", ConfigInvalid,
        "A configuration file has a key that this version does not know. Unknown keys are errors, since a mistyped one would silently change nothing.",
        "The message names the nearest known key.";
    /// A configuration file is not valid.
    ConfigInvalid = "clawlets::config::invalid", ConfigInvalid,
        "A configuration file cannot be read, or a value in it is out of bounds.",
        "The message names the file, the path and what was expected. `clf-orchestrator --check-config` reports every fault in one run.";
    /// The fleet has no disposable VMs.
    CattleOff = "clawlets::cattle::off", Refused,
        "The fleet declares that it has no disposable VMs: `cattle.enabled` is not true.",
        "`clawlets config set cattle.enabled true` switches them on; `clawlets doctor --scope cattle` says what they need then.";
    /// A VM cannot be logged into.
    CattleUnreachable = "clawlets::cattle::unreachable", Unreachable,
        "A VM has no address on the tailnet, does not exist, or the program `ssh` or `tailscale` is missing here.",
        "`clawlets cattle list` shows the VMs that live; a VM joins the tailnet while it boots, if its image has tailscale. A local VM is in no tailnet: `clawlets cattle console` shows what it does.";
    /// The orchestrator does not answer.
    SocketUnreachable = "clawlets::socket::unreachable", Unreachable,
        "Nobody answers on the orchestrator's socket.",
        "Start `clf-orchestrator`, or name its socket with `--socket` or `CLF_SOCKET`.";
    /// Another daemon listens on the socket.
    SocketInUse = "clawlets::socket::in_use", Conflict,
        "Another daemon listens on the socket.",
        "Stop it, or give this one a socket of its own.";
    /// Others may replace the socket.
    SocketExposed = "clawlets::socket::exposed", Refused,
        "The socket's folder may be written by others, so anybody could put a socket of theirs in its place.",
        "Take the right to write from group and others, or choose another folder.";
    /// The caller may not open the socket.
    SocketDenied = "clawlets::socket::denied", Refused,
        "You may not open the orchestrator's socket.",
        "Bots belong to the group `clf-bots`, operators to `clf-operators` as well.";
    /// The orchestrator answered something that this program does not understand.
    SocketProtocol = "clawlets::socket::protocol", Unreachable,
        "The answer on the socket is not one of the orchestrator's protocol.",
        "Check that `--socket` names the orchestrator, and that both programs are of the same release.";
    /// The orchestrator found the request malformed.
    ApiBadRequest = "clawlets::api::bad_request", Usage,
        "The orchestrator refused the request because it breaks a rule of its format.",
        "The message names the field and what was expected.";
    /// The caller may not do this.
    ApiForbidden = "clawlets::api::forbidden", Refused,
        "You may not do this: it is for operators, or it concerns somebody else's job.",
        "Ask an operator. Who you are is decided by your unix user, not by what the request says.";
    /// There is no such thing.
    ApiNotFound = "clawlets::api::not_found", NotFound,
        "There is no such job or VM, or it is not yours.",
        "`clawlets cattle list` and `clf jobs list` show the ones that you may see.";
    /// It contradicts what exists, or comes too late.
    ApiConflict = "clawlets::api::conflict", Conflict,
        "The request contradicts what exists: the job has ended already, or its idempotency key was used with other content.",
        "Look at the job with `clf jobs show`, or use another key.";
    /// The reference fits several things.
    ApiAmbiguous = "clawlets::api::ambiguous", Usage,
        "The id that was given is the beginning of several.",
        "Give more of it.";
    /// The request is too large.
    ApiTooLarge = "clawlets::api::too_large", Usage,
        "The request is larger than the orchestrator takes (256 KiB).",
        "Make the task's inputs smaller, or let the task fetch what it needs.";
    /// A cap leaves no room.
    ApiCapacity = "clawlets::api::capacity", Refused,
        "A cap leaves no room for another VM.",
        "Wait for a VM to end, destroy one, raise the cap, or let the job wait with `--when-full queue`.";
    /// A setting that the job needs is missing.
    ApiUnconfigured = "clawlets::api::unconfigured", Refused,
        "The job needs a secret or a setting that the orchestrator does not have.",
        "The message names the setting.";
    /// The provider failed.
    ApiProvider = "clawlets::api::provider", Unreachable,
        "The cloud provider answered with a fault.",
        "Try again; if it stays, look at the orchestrator's log.";
    /// The orchestrator is stopping.
    ApiStopping = "clawlets::api::stopping", Busy,
        "The orchestrator is stopping and takes no new work.",
        "Try again when it is back.";
    /// A fault of the orchestrator itself.
    ApiInternal = "clawlets::api::internal", Failed,
        "The orchestrator met a fault of its own.",
        "Its log says more.";
    /// An artifact arrived damaged.
    ArtifactDamaged = "clawlets::artifact::damaged", Unreachable,
        "The bytes of an artifact are not those that the orchestrator announced; nothing was written.",
        "Try again; if it stays, the orchestrator's store is damaged.";
    /// A job that was waited for failed.
    JobFailed = "clawlets::job::failed", Failed,
        "The job that was waited for ended as `failed` or `canceled`.",
        "`clf jobs show`, `clf jobs events` and `clawlets cattle logs` tell why.";
    /// A wait took longer than it may.
    WaitTimeout = "clawlets::job::wait_timeout", Busy,
        "The job had not ended when the time to wait was over. It goes on.",
        "Wait again with `clf jobs wait`.";
    /// A state store is held by another daemon.
    StoreHeld = "clawlets::store::held", Conflict,
        "Another daemon holds the store. Two of them would spend the same token twice.",
        "Stop the one that the message names, or give this one a store of its own.";
    /// A state store cannot be used.
    StoreUnusable = "clawlets::store::unusable", Unreachable,
        "The store cannot be opened: it is damaged, written by a newer version, read-only, or its disk is full.",
        "The message says which. A store that is moved away is started anew; VMs are found again at the provider.";
    /// Others may change the store.
    StoreExposed = "clawlets::store::exposed", Refused,
        "The store's folder may be written by others.",
        "Take the right to write from group and others, or choose another folder.";
    /// This machine is not on the tailnet.
    TailnetAbsent = "clawlets::tailnet::absent", Unreachable,
        "This machine has no address on the tailnet, so no guest could reach it.",
        "Start the tailnet (`tailscale up`), or name an address in `tailnet.listen`.";
    /// The daemon cannot work on this machine.
    DaemonFailed = "clawlets::daemon::failed", Failed,
        "The daemon could not be set up.",
        "The message says which part of it.";
    /// The local cloud is not running.
    LocalNotRunning = "clawlets::local::not_running", Unreachable,
        "The local cloud is not running.",
        "Start it with `clawlets local up`.";
    /// The local cloud is in somebody else's hands.
    LocalBusy = "clawlets::local::busy", Busy,
        "Another process starts, stops or serves the local cloud of this state folder.",
        "Wait for it, or name another folder with `CLAWLETS_STATE_DIR`.";
    /// The local cloud's state folder is open to others.
    LocalExposed = "clawlets::local::exposed", Refused,
        "Every user of this machine may write to the local cloud's state folder, and so could send its clients elsewhere.",
        "Take that right away with `chmod o-w`, or name another folder with `CLAWLETS_STATE_DIR`.";
    /// A guest would not be contained.
    LocalUncontained = "clawlets::local::uncontained", Refused,
        "This user may not make the network namespace that keeps a guest apart, so no guest would run.",
        "The message names the settings of the kernel that allow it to users; root may do it on most machines.";
    /// A program that the local cloud needs is missing.
    LocalMissingTool = "clawlets::local::missing_tool", Refused,
        "A program that the local cloud needs is not installed.",
        "Run `scripts/setup`, or install what the message names.";
    /// The guest's image could not be built.
    LocalImage = "clawlets::local::image", Failed,
        "The system image of the guests could not be built.",
        "The message says which step failed. It needs `apt-get`, `dpkg` and the static program `clawlets-cattle`.";
    /// The local cloud failed.
    LocalFailed = "clawlets::local::failed", Failed,
        "The local cloud met a fault.",
        "Its log is in the state folder: `clawlets local status` names it.";
    /// The provider cannot be asked.
    ProviderFailed = "clawlets::provider::failed", Unreachable,
        "The cloud provider cannot be reached or answered with a fault.",
        "The message says what was asked. Check the token and the endpoint.";
    /// The place for a new project holds something.
    ProjectExists = "clawlets::project::exists", Conflict,
        "The folder for a new project holds something already, or is no folder.",
        "Choose another folder. Nothing was written.";
    /// A template cannot be used.
    TemplateInvalid = "clawlets::template::invalid", Refused,
        "The template holds what no template may (a symlink, a path that leaves the folder, another repository), or is not one.",
        "The message names the file. `clawlets project init` without `--template` uses the one that comes with the program.";
    /// There is no such template.
    TemplateUnknown = "clawlets::template::unknown", NotFound,
        "There is no folder of that name to take the template from.",
        "A folder on GitHub is named with its repository and a ref: `owner/repo/folder#v1.0.0`.";
    /// A template could not be fetched.
    TemplateUnreachable = "clawlets::template::unreachable", Unreachable,
        "Git could not fetch the template: there is no such repository or ref, you may not read it, or the network is down.",
        "The message holds what git said. `git ls-remote https://github.com/OWNER/REPO` shows the refs that you may read.";
    /// The doctor found what must be mended.
    DoctorRefused = "clawlets::doctor::refused", Refused,
        "`clawlets doctor` found an error, or under `--strict` a warning.",
        "Each line names a command that mends it; `--fix` does those without a risk.";
    /// Day zero is not finished.
    UpStopped = "clawlets::up::stopped", Interrupted,
        "`clawlets up` stopped before a step that only you can take, or that you did not want to be taken.",
        "The hint names the command. Run it, or do what it says, and then `clawlets up` again: what is done already is read off the project.";
    /// A commit or a push holds what must not leave the machine.
    HygieneRefused = "clawlets::hygiene::refused", Refused,
        "A commit or a push holds a plaintext secret, a private key, a value that is not encrypted, or a runtime file.",
        "Each line names the file, the line and what it looks like. What is no secret can be marked on its line: `clawlets: not a secret`.";
    /// Git was told to look for hooks elsewhere.
    HooksElsewhere = "clawlets::hooks::elsewhere", Conflict,
        "Git was told to look for hooks in another folder.",
        "Call ours from your own hooks, or replace the folder with `--force`.";
    /// Git refused.
    GitFailed = "clawlets::git::failed", Failed,
        "Git was asked to do something and failed.",
        "The message repeats what git said.";
    /// A program is missing.
    ToolMissing = "clawlets::tool::missing", Refused,
        "A program that this needs is not installed.",
        "The hint says how to install it. `clawlets doctor` lists every program that is missing.";
    /// There is no project here.
    ProjectUnknown = "clawlets::project::unknown", NotFound,
        "Neither this folder nor one above it declares a fleet: there is no `fleet/clawlets.json`.",
        "Stand in a project, name one with `--dir`, or make one with `clawlets project init`.";
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
    /// The file of tokens is open to others.
    EnvFileRefused = "clawlets::env::refused", Refused,
        "`.clawlets/env` holds tokens, and is read only if it is a regular file of yours with mode 0600.",
        "The hint says what to run.";
    /// The file of tokens has a line that cannot be used.
    EnvFileInvalid = "clawlets::env::invalid", Refused,
        "A line of `.clawlets/env` is not `KEY=value`, or its key is not one of the file's.",
        "The message names the lines; it never repeats a value.";
    /// The file of tokens exists.
    EnvFileExists = "clawlets::env::exists", Conflict,
        "`.clawlets/env` exists already; nothing was changed.",
        "Edit it, or look at it with `clawlets env show`.";
    /// There is no key to decrypt with.
    SecretsNoKey = "clawlets::secrets::no_key", NotFound,
        "There is no age key to decrypt with, or the file that should hold one does not.",
        "Name a key file with `--age-key-file` or `SOPS_AGE_KEY_FILE`, or put yours into `.clawlets/keys/operators/NAME.agekey`.";
    /// A key file is open to others.
    SecretsKeyExposed = "clawlets::secrets::key_exposed", Refused,
        "A key file may be read by other users of this machine.",
        "The hint says what to run. Think about whether somebody has read it already.";
    /// A host has no secrets bundle.
    SecretsNoBundle = "clawlets::secrets::no_bundle", NotFound,
        "No bundle of secrets belongs to the system that runs on the host, and none was installed by hand.",
        "Send one with `clawlets secrets sync --host HOST`; every release brings its own.";
    /// None of the keys opens a file.
    SecretsClosed = "clawlets::secrets::closed", Refused,
        "None of the keys at hand decrypts the file.",
        "`clawlets secrets who-can-read` shows whose keys do. One of them can add yours with `clawlets secrets rotate --operator add`.";
    /// A file was changed by hand.
    SecretsTampered = "clawlets::secrets::tampered", Refused,
        "An encrypted file was changed after it was written: a value was altered, moved, added or removed, or stands there unencrypted.",
        "Take the file from before the change out of git, and make the change with `clawlets secrets edit` or `sops`.";
    /// A file cannot be used as a file of secrets.
    SecretsUnreadable = "clawlets::secrets::unreadable", Refused,
        "A file is not a SOPS file, or uses what this program cannot read or write without loss.",
        "The message says what it is. The program `sops` reads every form of such files.";
    /// A value is a placeholder.
    SecretsPlaceholder = "clawlets::secrets::placeholder", Refused,
        "What was given as a value stands for one that is still to come, such as `CHANGE_ME` or `<token>`. It was not stored.",
        "Leave the secret out until you have its value; `clawlets secrets list` shows it as missing until then.";
    /// The secrets of the fleet have faults.
    SecretsIncomplete = "clawlets::secrets::incomplete", Refused,
        "A secret that the fleet needs is missing, or one of the checks of the secrets failed.",
        "Each line names what is wrong and the command that repairs it.";
    /// There is no such secret.
    SecretsUnknown = "clawlets::secrets::unknown", NotFound,
        "There is no such secret, file or operator.",
        "`clawlets secrets list` shows the secrets, `clawlets secrets who-can-read` the readers.";
    /// Something is there already.
    SecretsExists = "clawlets::secrets::exists", Conflict,
        "A file or an operator of that name is there already; nothing was changed.",
        "Choose another name.";
    /// The rules of who can read what do not do.
    SecretsRules = "clawlets::secrets::rules", Refused,
        "`secrets/.sops.yaml` cannot be read, does not name the readers of a file, or would leave a file without any.",
        "The message says which rule. `clawlets secrets init` writes the rules of hosts that have none.";
    /// The editor failed.
    SecretsEditor = "clawlets::secrets::editor", Failed,
        "The editor could not be started, or ended with an error. Nothing was changed.",
        "Name another one with `EDITOR`.";
    /// A key of releases cannot be used.
    ReleaseKey = "clawlets::release::key", Refused,
        "A key that signs or verifies releases is missing, damaged, of another kind, or protected by another password.",
        "Keys are those of the program `minisign`, both lines of their file. `clawlets release keygen` makes a pair.";
    /// A release is not signed.
    ReleaseUnsigned = "clawlets::release::unsigned", Refused,
        "There is no signature beside the document.",
        "`clawlets release sign` signs it.";
    /// A signature proves nothing.
    ReleaseSignature = "clawlets::release::signature", Refused,
        "The signature is malformed, cut off, by another key, or of another document.",
        "If nobody changed the document since, sign it again; if somebody did, find out who.";
    /// A document is of another release.
    ReleaseForeign = "clawlets::release::foreign", Refused,
        "A document is of another host, channel or release than its name or its signature says.",
        "Nothing was changed. Look at where the document came from before you sign it again.";
    /// A document of a release is malformed.
    ReleaseUnreadable = "clawlets::release::unreadable", Refused,
        "A manifest, a pointer or a secrets bundle is too large, malformed, or has a value that breaks its rule.",
        "The message names the place. Build it again instead of changing it by hand.";
    /// A pointer has expired.
    ReleaseExpired = "clawlets::release::expired", Refused,
        "The pointer has reached its end, so hosts refuse it.",
        "`clawlets release pointer write` writes a new one; sign and publish it.";
    /// A release is there already.
    ReleaseExists = "clawlets::release::exists", Conflict,
        "A release of that number, or a key file of that name, is there already; nothing was changed.",
        "Hosts take two releases of one number for an attack. `--release-id next` takes a free one.";
    /// There is no such release.
    ReleaseUnknown = "clawlets::release::unknown", NotFound,
        "There is no such release, key or document.",
        "`clawlets release list` shows the releases of a host and channel.";
    /// Nobody says where the control API is, or who asks.
    ControlUnconfigured = "clawlets::control::unconfigured", NotFound,
        "The URL of the control API or the token for it is not declared, missing or malformed.",
        "The message names the file or setting. `clawlets doctor --scope control` looks at all of them.";
    /// The control API does not answer.
    ControlUnreachable = "clawlets::control::unreachable", Unreachable,
        "Nobody answers at the URL of the control API, or not in time.",
        "Try again. A deploy may have begun all the same: `fleet status` shows the last one.";
    /// What answers is no control API.
    ControlProtocol = "clawlets::control::protocol", Unreachable,
        "What answers at the URL of the control API is something else.",
        "Look at the URL, and that both programs are of the same release.";
    /// The control API found the request malformed.
    ControlBadRequest = "clawlets::control::bad_request", Usage,
        "The target is no host of the registry, the image is none, or the request breaks another rule of its format.",
        "`fleet status` shows the hosts. `docs/reference/control.md` lists what a request may hold.";
    /// The token is not accepted.
    ControlUnauthorized = "clawlets::control::unauthorized", Refused,
        "The control API does not know the token.",
        "Each host and the operators have a token of their own. `clawlets doctor --scope control` says where yours is looked for.";
    /// The policy refuses it.
    ControlForbidden = "clawlets::control::forbidden", Refused,
        "The policy of the control API refuses it: a bot deploys neither itself nor all, names no image, and deploys a target once in 30 minutes; an image must be of the fleet's own pipeline.",
        "Ask a person to do it.";
    /// It contradicts what is under way.
    ControlConflict = "clawlets::control::conflict", Conflict,
        "A deploy is under way, or the idempotency key was used for another one.",
        "`fleet status` shows the deploy that is under way.";
    /// Too many requests.
    ControlBusy = "clawlets::control::busy", Busy,
        "The caller asked the control API too often.",
        "Wait a minute.";
    /// GitHub or AWS failed.
    ControlUpstream = "clawlets::control::upstream", Unreachable,
        "GitHub or AWS refused, failed or did not answer the control API.",
        "The message has the status. Try again; if it stays, look at the server's log.";
    /// The control API does nothing now.
    ControlClosed = "clawlets::control::closed", Unreachable,
        "The control API cannot write its audit log or its state, so it does nothing: the disk is full, or somebody changed the log.",
        "`clawlets fleet audit verify` on the server says what is wrong with the log.";
    /// The control API failed.
    ControlFailed = "clawlets::control::failed", Failed,
        "The control API met a fault of its own.",
        "Its log says more.";
    /// A deploy did not end well.
    DeployFailed = "clawlets::control::deploy_failed", Failed,
        "The run of a deploy failed, was cancelled, never came, or its host is not well afterwards.",
        "The run at GitHub says what happened; `fleet status` shows what is there. A rollback is a deploy with an exact image.";
    /// The audit log does not hold.
    AuditBroken = "clawlets::control::audit_broken", Refused,
        "The audit log of the control API was changed, cut off, or is another one than that whose heads were published.",
        "The message names the first line that does not fit. Keep the file as it is and find out who changed it; a half line at its end is from a power cut and may be removed.";
    /// Another updater runs.
    UpdateBusy = "clawlets::update::busy", Busy,
        "Another updater runs on this host; two of them never do.",
        "`clawlets-host update status` says what it does. What you ordered with `pause`, `resume`, `pin` or `skip` is obeyed by it.";
    /// The updater's records cannot be used.
    UpdateRecords = "clawlets::update::records", Unreachable,
        "The updater's state or the floor cannot be read or written: the disk is full or read-only, or a newer program wrote them. Nothing was begun that is not on record.",
        "The message names the file. `clawlets-host update verify-state` looks at all of them.";
    /// The records of the highest release contradict each other.
    UpdateFloor = "clawlets::update::floor", Conflict,
        "The two records of the highest release that this host has seen name different manifests of one number. Somebody signed two releases of that number, or changed a record.",
        "Find out which of both is right before you remove the other record.";
    /// Something on the host does not fit together.
    UpdateSuspect = "clawlets::update::suspect", Refused,
        "`clawlets-host update verify-state` found something that does not fit together.",
        "Each line says what. A damaged store path is mended with `nix-store --repair-path`, a missing bundle with `clawlets secrets sync`.";
    /// Another watch is kept.
    WatchBusy = "clawlets::watch::busy", Busy,
        "Another process watches over this host's bots; two of them would start a bot anew twice.",
        "`GET /status` and `status.json` in `watch.state` tell what it sees.";
    /// The status cannot be served.
    WatchServe = "clawlets::watch::serve", Unreachable,
        "The status of this host cannot be served: its port is taken, most likely.",
        "`watch.port` in the configuration names another one.";
    /// A secrets bundle is not installed.
    SecretsBundleRefused = "clawlets::secrets::bundle_refused", Refused,
        "A secrets bundle is not the one that was announced, or holds what none may hold: another kind of entry, a name that is no secret's, a value that is not encrypted.",
        "Nothing was installed. Pack it again with `clawlets secrets bundle` or `clawlets secrets sync`.";
    /// A release is halted.
    ReleaseHalted = "clawlets::release::halted", Refused,
        "The release was halted, so that no further host begins with it.",
        "Publish a new one. If the halt was a mistake, `clawlets release pointer write --lift-halt` takes it back.";
    /// Another process publishes.
    ReleaseBusy = "clawlets::release::busy", Busy,
        "Another process is publishing releases of this host and site.",
        "Run the command again when it has ended. Nothing was changed.";
    /// A release would be built from what is not committed.
    ReleaseUncommitted = "clawlets::release::uncommitted", Refused,
        "The project has changes that are not committed, so that no revision says what the release would be made of.",
        "Commit them. `--rev` names the revision of a system that was built elsewhere.";
    /// A part of a release is not where hosts look for it.
    ReleaseUncached = "clawlets::release::uncached", Refused,
        "A part of the system is in none of the caches that the host uses, or is signed by none of the keys that it trusts there. A host could not fetch it.",
        "`--copy-to` pushes the system to a cache; give it a cache of `hosts.HOST.cache.substituters`, and sign with a key of `trustedPublicKeys`.";
    /// Nix failed.
    NixFailed = "clawlets::nix::failed", Failed,
        "Nix was asked to do something and failed.",
        "What it said stands above the message or in it.";
    /// A path of the shared memory breaks a rule.
    MemoryPath = "clawlets::memory::path", Refused,
        "A path of the shared memory is absolute, leads out of it, or has a name that the memory does not take.",
        "Paths begin at the memory's root, such as `daily/2026-11-21_web-1.md`. The message names the rule.";
    /// There is no such file in the shared memory.
    MemoryMissing = "clawlets::memory::missing", NotFound,
        "The shared memory has no such file or folder.",
        "`clf memory list` shows what there is.";
    /// There is no shared memory.
    MemoryNoRoot = "clawlets::memory::no_root", NotFound,
        "The folder of the shared memory does not exist.",
        "`clawlets-host memory init` makes it. `CLAWLETS_MEMORY_ROOT` names another one.";
    /// The shared memory is not mounted.
    MemoryUnmounted = "clawlets::memory::unmounted", Unreachable,
        "The shared memory lies on another machine, and is not mounted. What would be written here would not be seen by anybody.",
        "`systemctl status memory.mount clawlets-memory-tunnel` says why.";
    /// The shared memory does not answer.
    MemorySilent = "clawlets::memory::silent", Unreachable,
        "The file system of the shared memory has not answered for longer than `--deadline`. A change that was begun may still come about, as a whole, when it answers again.",
        "Look at its server and at `memory.mount`; try again later.";
    /// Somebody else holds a file of the shared memory.
    MemoryBusy = "clawlets::memory::busy", Busy,
        "Somebody else held the file for longer than `--wait`. Nothing was changed.",
        "The message names the holder where this machine knows it. Try again.";
    /// A file of the shared memory is not what it was taken for.
    MemoryChanged = "clawlets::memory::changed", Conflict,
        "The file is not the version that was named, or came to be meanwhile. Nothing was changed.",
        "Read it again, and decide again.";
    /// The file system refuses access to the shared memory.
    MemoryDenied = "clawlets::memory::denied", Refused,
        "Your user may not do this with the shared memory.",
        "Who shares it is in its group; `clawlets-host memory init` gives its folders their rights.";
    /// A file is for humans to change.
    MemoryProtected = "clawlets::memory::protected", Refused,
        "Only humans change this file: it is in `memory.protected`. Nothing was changed.",
        "Ask an operator. Notes of your own belong into `daily/`.";
    /// A protected file was written by somebody who may not.
    MemoryForeign = "clawlets::memory::foreign", Refused,
        "A file that only humans change belongs to somebody who is none, or others may write to it. What it says is not trusted.",
        "An operator looks at it with `clf memory read` and `clf memory log`, and writes it again.";
    /// Something in the shared memory is no file.
    MemoryNotAFile = "clawlets::memory::not_a_file", Refused,
        "What stands there is a folder, a symbolic link, a pipe or a device. The memory holds files, and follows no link.",
        "`clf memory list FOLDER` shows what is in a folder.";
    /// A file of the shared memory is too large.
    MemoryTooLarge = "clawlets::memory::too_large", Refused,
        "A file would be larger than the memory takes: 256 MiB.",
        "Put large things elsewhere, and their address into the memory.";
    /// A text is not in a file of the shared memory.
    MemoryNoText = "clawlets::memory::no_text", NotFound,
        "The file does not hold the text that was to be replaced. Nothing was changed.",
        "`--find` takes the text as it stands, with every space and line break.";
    /// An edit failed.
    MemoryEdit = "clawlets::memory::edit", Failed,
        "The command or editor could not be started, failed, or gave nothing. Nothing was changed.",
        "What it said stands above the message.";
    /// The rules of the shared memory cannot be followed.
    MemoryPolicy = "clawlets::memory::policy", Refused,
        "`/etc/clawlets/memory.toml` cannot be read, is not valid, or could have been written by somebody else than root.",
        "The message says what is wrong. The file belongs to root, and nobody else may write to it.";
    /// A plan does more than it was made for.
    FleetPlanRefused = "clawlets::fleet::plan_refused", Refused,
        "What OpenTofu would do goes beyond giving one host a new instance: it would make, change or destroy something else, or start from another image. Nothing was applied.",
        "Each line names what. A change of the infrastructure is applied by hand, with `tofu apply`, before hosts are deployed.";
    /// A deploy stopped.
    FleetDeployFailed = "clawlets::fleet::deploy_failed", Failed,
        "A host could not be replaced, or its new instance did not do its work in time. Hosts behind it were left alone.",
        "Look at the host, then run the same command with the same `--request-id`: it tries that host again. `--image` takes an earlier image.";
    /// Somebody else deploys.
    FleetDeployBusy = "clawlets::fleet::deploy_busy", Busy,
        "Another process deploys from this project, or holds the state of OpenTofu.",
        "Run the command again when it has ended.";
    /// A request was for something else.
    FleetDeployConflict = "clawlets::fleet::deploy_conflict", Conflict,
        "A deploy of that name was for another target or image. Nothing was changed.",
        "Give the new deploy a name of its own with `--request-id`.";
    /// No image can be used.
    FleetImage = "clawlets::fleet::image", Refused,
        "The image that a host would start from is not the account's own, not of the fleet's pipeline, or not available. Another one is never taken instead.",
        "The pipeline tags its images `clawdinator=true`. `--image` names one of them.";
    /// OpenTofu failed.
    TofuFailed = "clawlets::tofu::failed", Failed,
        "OpenTofu or Terraform was asked to do something and failed.",
        "What it said stands in the message. The same `--request-id` goes on where the deploy stopped.";
    /// Nobody says where bundles are stored.
    BundleNowhere = "clawlets::bundle::nowhere", Refused,
        "The configuration names no bucket for the bundles that instances start from.",
        "`clawlets config set aws.bucket NAME` names one.";
    /// A bundle has not a version above the one that is stored.
    BundleVersion = "clawlets::bundle::version", Conflict,
        "A bundle with the same version or a higher one is stored already, or somebody stored one at the same time. Nothing was replaced.",
        "Run it again, or give a higher number with `--bundle-version`.";
    /// A bundle cannot be stored as it is.
    BundleRefused = "clawlets::bundle::refused", Refused,
        "The bundle holds what must not travel, can be opened by another host, or does not fit its manifest. Nothing was stored.",
        "The message names the file. `clawlets secrets rotate` and `clawlets secrets init` put readers right.";
    /// The bundle of an instance is refused.
    BootRefused = "clawlets::boot::refused", Refused,
        "The bundle that this host would start from is not signed by a key that it trusts, is for another instance, is older than one before, or does not fit its manifest. Nothing of it was used.",
        "`clawlets bundle upload` stores a new one. The message says what is wrong with this one.";
    /// A boot stopped at a phase.
    BootStopped = "clawlets::boot::stopped", Unreachable,
        "A phase of the boot was not done within its deadline, or a program that does it failed. What was in use stays in use.",
        "The next run goes on; `clawlets-host bootstrap status` tells how far it is, the journal why.";
    /// Another boot is at work.
    BootBusy = "clawlets::boot::busy", Busy,
        "Another run of `clawlets-host bootstrap` is at work on this host.",
        "Wait for it; `clawlets-host bootstrap status` tells how far it is.";
    /// Nobody says who an instance is, or what is said cannot be.
    BootIdentity = "clawlets::boot::identity", ConfigInvalid,
        "The name of the instance, its bucket, its prefix, its region or a key is missing, or is none.",
        "The message names the file or the key. `/etc/clawlets/instance-name`, `bootstrap-bucket` and `bootstrap-prefix` are written by user data.";
    /// Secrets were not fetched.
    SecretsNotFetched = "clawlets::secrets::not_fetched", Refused,
        "A secret at AWS is empty, a placeholder or of the wrong kind, or the secrets could not be put in use. Those from before stay in use.",
        "The message names the secret. Store it anew at AWS, and run `clawlets-host secrets fetch`.";
    /// AWS did not do what it was asked.
    AwsFailed = "clawlets::aws::failed", Unreachable,
        "AWS cannot be reached, does not take the credentials, or refused.",
        "Credentials come from `AWS_ACCESS_KEY_ID`, a profile, a web identity, or the instance. The message says what was asked.";
    /// No token for GitHub could be made.
    GithubToken = "clawlets::github::token", Unreachable,
        "GitHub gave no token: it cannot be reached, does not accept the App's key, or the App may not do what was asked for. The token that was there before is kept.",
        "The causes say which. A key that was replaced, an App that is not installed, and a clock that is wrong are the usual ones.";
    /// Somebody else is at it.
    GithubBusy = "clawlets::github::busy", Busy,
        "Another process makes the token, or reads the pull requests and issues, and does not end.",
        "Run the command again when it has ended.";
    /// There is no token for GitHub.
    GithubNoToken = "clawlets::github::no_token", NotFound,
        "There is no token with which GitHub could be asked.",
        "`clawlets-host github-token mint` makes one from a GitHub App. `GITHUB_TOKEN` in the environment may hold another.";
    /// Nothing could be read at GitHub.
    GithubUnread = "clawlets::github::unread", Unreachable,
        "None of the repositories could be read at GitHub.",
        "The documents in the shared memory show what was read before, each list with its age and with the reason.";
    /// A list of repositories or tools is not valid.
    SeedList = "clawlets::seed::list", Usage,
        "A line of `repos.tsv` or of the list of tools is not valid. Nothing was done.",
        "The message names every such line. Columns are separated by tabs, not by blanks.";
    /// A repository cannot be brought to the host.
    SeedUnreachable = "clawlets::seed::unreachable", Unreachable,
        "A repository could not be cloned or fetched. The copy that was there before is untouched.",
        "The line of the repository says why. A private one needs a token that opens it, an address of SSH a key.";
    /// Something else is in the place of a repository's copy.
    SeedConflict = "clawlets::seed::conflict", Conflict,
        "In the place of a copy is something that is no repository, or one that comes from another place. It was left alone.",
        "Move it away, or give the copy another name in `repos.tsv`.";
    /// Somebody else works on the copies.
    SeedBusy = "clawlets::seed::busy", Busy,
        "Another process is bringing repositories to this host.",
        "Run the command again when it has ended.";
    /// A snapshot of repositories cannot be used.
    SeedSnapshot = "clawlets::seed::snapshot", Refused,
        "A snapshot of repositories is damaged, too large, or holds what none may hold. Nothing of it was used.",
        "Build it again. Without it the repositories are cloned.";
    /// A workspace cannot be seeded.
    SeedWorkspace = "clawlets::seed::workspace", Refused,
        "What the fleet gives to its bots holds something that no workspace gets, such as a link; or the record of what a bot was given is damaged.",
        "The message names the file. Without its record every file that differs counts as the bot's own.";
    /// A file or folder could not be read or written.
    Io = "clawlets::io", Unreachable,
        "A file or folder could not be read or written.",
        "The message names it and says why.";
    /// The user interrupted the program.
    Interrupted = "clawlets::interrupted", Interrupted,
        "You interrupted the program. What it had started goes on or can be resumed.",
        "Run the same command again, or `clf jobs wait`.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for code in FaultCode::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(code.meaning().ends_with('.') && code.remedy().ends_with('.'), "{}", code.as_str());
        }
    }
}
