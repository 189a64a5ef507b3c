//! Every variable of the environment that any of the programs reads. The reference is made from this file.

use clawlets_model::Secret;

/// One variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The programs that read it.
    pub programs: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

impl Variable {
    /// What it is set to, without white space around it; none if it is empty or no text.
    #[must_use]
    pub fn value(&self) -> Option<Secret<String>> {
        let value = std::env::var(self.name).ok().map(Secret::from)?;
        let trimmed = value.expose().trim();
        (!trimmed.is_empty()).then(|| Secret::from(trimmed))
    }
}

macro_rules! variables {
    ($($name:ident, $programs:literal, $meaning:literal;)+) => {
        $(
            #[doc = $meaning]
            pub const $name: Variable =
                Variable { name: stringify!($name), programs: $programs, meaning: $meaning };
        )+

        /// Every variable, in the order of the reference.
        pub const ALL: &[Variable] = &[$($name),+];
    };
}

variables! {
    CLAWLETS_STATE_DIR, "clawlets",
        "The folder of what must survive: the local cloud with its guests, and the local orchestrator's state. Else `$XDG_STATE_HOME/clawlets`; else `/var/lib/clawlets` for root and `~/.local/state/clawlets` for others.";
    CLAWLETS_MEMORY_ROOT, "clf, clawlets-host",
        "The folder of the shared memory. Else `root` in `/etc/clawlets/memory.toml`, else `/memory`.";
    CLAWLETS_MEMORY_FILE, "the command of memory edit --with",
        "Set for the command: a copy of the file that it may change instead of printing the new content.";
    CLAWLETS_CACHE_DIR, "clawlets",
        "The folder of what can be made again: the guest's kernel and image. Else `$XDG_CACHE_HOME/clawlets`, else `~/.cache/clawlets`.";
    CLAWLETS_GUEST, "clawlets",
        "The static program `clawlets-cattle` that `local image build` puts into the image. Else the one beside `clawlets` itself.";
    CLF_SOCKET, "clawlets, clf, clf-orchestrator",
        "The orchestrator's socket. `--socket` wins over it; else `/run/clf/orchestrator.sock`. For the orchestrator it replaces `socket` in its configuration.";
    CLF_ID, "clf-orchestrator", "Replaces `id` in the configuration.";
    CLF_SOCKET_GROUP, "clf-orchestrator", "Replaces `socket_group` in the configuration.";
    CLF_STORE, "clf-orchestrator", "Replaces `store` in the configuration.";
    CLF_PERSONAS, "clf-orchestrator", "Replaces `personas` in the configuration.";
    CLF_AGENT_MODEL_PRIMARY, "clf-orchestrator", "Replaces `agent_model_primary` in the configuration.";
    CLF_PROVIDER_KIND, "clf-orchestrator", "Replaces `provider.kind` in the configuration.";
    CLF_PROVIDER_TOKEN_FILE, "clf-orchestrator", "Replaces `provider.token_file` in the configuration.";
    CLF_CATTLE_IMAGE, "clf-orchestrator", "Replaces `cattle.image` in the configuration.";
    CLF_CATTLE_MAX_INSTANCES, "clf-orchestrator", "Replaces `cattle.max_instances` in the configuration.";
    CLF_LOG, "clf-orchestrator",
        "What is logged, such as `debug` or `warn,clawlets_orchestrator=trace`. Else `info`.";
    HCLOUD_ENDPOINT, "clawlets, clf-orchestrator",
        "The base URL of the provider's API. Replaces `provider.endpoint` in the orchestrator's configuration, and wins over `cattle.hetzner.endpoint` in the fleet's.";
    GITHUB_API_URL, "clf-orchestrator, clawlets-host",
        "The base URL of GitHub's API. Replaces `github.endpoint` in the configuration.";
    HCLOUD_TOKEN, "clawlets",
        "The token of the Hetzner Cloud project. Wins over the line of that name in `.clawlets/env`.";
    GITHUB_TOKEN, "clawlets, clawlets-host, and the task in a VM",
        "For `clawlets-host`: the token that repositories, pull requests and issues are read with, in the place of the one in the token file. For `clawlets`: a token that reads private repositories at GitHub, which wins over the line of that name in `.clawlets/env`. For a task that was spawned with `--with-github-token`: a token of the configured GitHub App, which ends with the job.";
    NIX_BIN, "clawlets",
        "The program `nix`, where it is not in `PATH`. Wins over the line of that name in `.clawlets/env`.";
    SOPS_AGE_KEY_FILE, "clawlets",
        "The file of your age key. Wins over the line of that name in `.clawlets/env`.";
    AWS_PROFILE, "clawlets, clawlets-host, clawlets-control",
        "The AWS profile to use. Wins over the line of that name in `.clawlets/env`.";
    AWS_ACCESS_KEY_ID, "clawlets, clawlets-host, clawlets-control",
        "The id of the access key to use at AWS, as the vendor's tools know it. Where it is set, `doctor` asks for no `AWS_PROFILE`.";
    AWS_SECRET_ACCESS_KEY, "clawlets, clawlets-host, clawlets-control", "The access key itself. It is never said.";
    AWS_SESSION_TOKEN, "clawlets, clawlets-host, clawlets-control", "The token of a session at AWS, where the access key is one's.";
    AWS_SHARED_CREDENTIALS_FILE, "clawlets, clawlets-host, clawlets-control",
        "The file of access keys by profile. Else `~/.aws/credentials`.";
    AWS_CONFIG_FILE, "clawlets, clawlets-host, clawlets-control", "The file of profiles. Else `~/.aws/config`.";
    AWS_WEB_IDENTITY_TOKEN_FILE, "clawlets, clawlets-host, clawlets-control",
        "The file of a token for which `AWS_ROLE_ARN` is assumed, as CI has it.";
    AWS_ROLE_ARN, "clawlets, clawlets-host, clawlets-control", "See `AWS_WEB_IDENTITY_TOKEN_FILE`.";
    AWS_ROLE_SESSION_NAME, "clawlets, clawlets-host, clawlets-control", "What such a session is called. Else `clawlets`.";
    AWS_REGION, "clawlets, clawlets-host, clawlets-control",
        "The region. For `clawlets-host`: wins over `aws.region` in its configuration, and over the instance's metadata. For `clawlets`: that of the table which `fleet audit verify` looks at; else the fleet's.";
    AWS_DEFAULT_REGION, "clawlets, clawlets-host, clawlets-control", "The region, where `AWS_REGION` is not set.";
    AWS_EC2_METADATA_DISABLED, "clawlets, clawlets-host, clawlets-control",
        "`true`: this machine is no instance of AWS, and its metadata service is not asked for access keys.";
    AWS_EC2_METADATA_SERVICE_ENDPOINT, "clawlets, clawlets-host, clawlets-control",
        "The base URL of the instance's metadata service, on this machine or link-local. Only version 2 of it is spoken. Else `http://169.254.169.254`.";
    AWS_ENDPOINT_URL, "clawlets, clawlets-host, clawlets-control", "The base URL of every service of AWS, as the vendor's tools know it. Else the vendor's own.";
    CONTROL_API_URL, "clawlets, clf",
        "The URL of the control API. Wins over `control.url` of the fleet, and for `clf` over `/etc/clawlets/control-url`.";
    CONTROL_API_TOKEN, "clawlets, clf, clawlets-control",
        "A token for the control API. For `clawlets`: a person's, which wins over the line of that name in `.clawlets/env`. For `clf`: that of this host. For `clawlets-control`: the one that people have.";
    CONTROL_API_TOKEN_FILE, "clf",
        "The file that holds this host's token for the control API. Else `/run/clawlets/secrets/control-api-token`.";
    HTTPS_PROXY, "clf, and the task in a VM",
        "The HTTP proxy that is the only way out, such as `http://127.0.0.1:18338`. `clf fleet` reaches the control API through it, unless that is on this machine.";
    CLAWLETS_INSTANCE, "clf",
        "The host on whose behalf the control API is asked. Else the content of `/etc/clawlets/instance-name`.";
    CLAWLETS_FLEET, "clawlets-control",
        "The path of `fleet/clawlets.json`, or of an `instances.json`: the hosts that can be deployed. See `docs/reference/control.md`, which lists every variable of `clawlets-control`.";
    CONTROL_AUDIT_LOG, "clawlets-control, clawlets", "The audit log of the control API, which `fleet audit verify` looks at.";
    CONTROL_STATE_TABLE, "clawlets-control, clawlets",
        "The DynamoDB table that keeps the state of the control API, and its audit log where `CONTROL_AUDIT_LOG` names no file. `fleet audit verify` looks at it then.";
    CONTROL_LOG, "clawlets-control", "What is logged, such as `debug`. Else `info`.";
    CLAWLETS_WORKSPACE, "the task in a VM", "Set for every task: the folder that it runs in and leaves its artifacts in.";
    CLAWLETS_JOB, "the task in a VM", "Set for every task: the job's id.";
    CLAWLETS_PERSONA, "the task in a VM", "Set for every task: the persona that the VM plays.";
    CLAWLETS_MODEL, "the runner of an agent task", "Set for the runner: the model to think with, as `provider/model`.";
    CLAWLETS_FALLBACK_MODELS, "the runner of an agent task",
        "Set for the runner: models to try when the first does not answer, separated by spaces.";
    CLAWLETS_MODEL_BASE_URL, "the runner of an agent task",
        "Set for the runner where the model's provider is not at its usual address: its OpenAI-style base URL.";
    CLAWLETS_MESSAGE_FILE, "the runner of an agent task", "Set for the runner: the file that holds the task's message.";
    CLAWLETS_SOUL_FILE, "the runner of an agent task", "Set for the runner: the persona's `SOUL.md`.";
    CLAWLETS_SECONDS_LEFT, "the runner of an agent task", "Set for the runner: how many seconds it has.";
    COMPLETE, "clawlets, clf",
        "Set by the scripts of `completions`: the program then answers the shell instead of doing anything.";
    NO_COLOR, "clawlets, clf, clf-orchestrator", "Set to anything, output has no colours.";
    XDG_STATE_HOME, "clawlets", "See `CLAWLETS_STATE_DIR`.";
    XDG_CACHE_HOME, "clawlets", "See `CLAWLETS_CACHE_DIR`.";
    PATH, "clawlets", "Where QEMU and the tools that build the guests' image are looked for.";
    TMPDIR, "clawlets", "The folder of temporary files. Else `/tmp`.";
    EDITOR, "clawlets, clf", "The editor of `secrets edit` and `memory edit`, with flags if it needs some. `VISUAL` wins over it; else `vi`.";
    VISUAL, "clawlets, clf", "See `EDITOR`.";
    USER, "clawlets", "Your name as an operator, where `--operator` does not say.";
    XDG_RUNTIME_DIR, "clawlets", "The folder in memory that `secrets edit` works in. Else `/dev/shm`.";
    HOME, "clawlets", "See `CLAWLETS_STATE_DIR` and `CLAWLETS_CACHE_DIR`. Paths of keys may begin with `~/`.";
}
