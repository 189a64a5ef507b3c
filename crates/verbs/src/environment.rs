//! Every variable of the environment that any of the programs reads. The reference is made from this file.

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
    GITHUB_API_URL, "clf-orchestrator",
        "The base URL of GitHub's API. Replaces `github.endpoint` in the configuration.";
    HCLOUD_TOKEN, "clawlets",
        "The token of the Hetzner Cloud project. Wins over the line of that name in `.clawlets/env`.";
    GITHUB_TOKEN, "clawlets, and the task in a VM",
        "For `clawlets`: a token that reads private repositories at GitHub, which wins over the line of that name in `.clawlets/env`. For a task that was spawned with `--with-github-token`: a token of the configured GitHub App, which ends with the job.";
    NIX_BIN, "clawlets",
        "The program `nix`, where it is not in `PATH`. Wins over the line of that name in `.clawlets/env`.";
    SOPS_AGE_KEY_FILE, "clawlets",
        "The file of your age key. Wins over the line of that name in `.clawlets/env`.";
    AWS_PROFILE, "clawlets",
        "The AWS profile to use. Wins over the line of that name in `.clawlets/env`.";
    AWS_ACCESS_KEY_ID, "clawlets", "Where it is set, `doctor` asks for no `AWS_PROFILE`.";
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
    EDITOR, "clawlets", "The editor of `secrets edit`, with flags if it needs some. `VISUAL` wins over it; else `vi`.";
    VISUAL, "clawlets", "See `EDITOR`.";
    USER, "clawlets", "Your name as an operator, where `--operator` does not say.";
    XDG_RUNTIME_DIR, "clawlets", "The folder in memory that `secrets edit` works in. Else `/dev/shm`.";
    HOME, "clawlets", "See `CLAWLETS_STATE_DIR` and `CLAWLETS_CACHE_DIR`. Paths of keys may begin with `~/`.";
}
