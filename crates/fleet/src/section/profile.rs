//! `fleet.bots.BOT.profile`: what a bot may use on its host.

use std::num::NonZeroU32;

use clawlets_model::{EnvVarName, SecretName};
use indexmap::IndexMap;

use super::{SecretEnv, SecretFiles, fixed};
use crate::{
    form::{Settings, section},
    rules,
    value::{
        CpuQuota, GatewayPort, Line, MemorySize, Period, Permission, PermissionName, RelativePath,
        RepositoryName, SkillName,
    },
};

section! {
    /// What a bot may use on its host.
    Profile {
        /// Environment variables of this bot alone, and the secret that each one holds.
        secret_env: SecretEnv = "secretEnv" or SecretEnv::new();
        /// Files of this bot that hold secrets.
        secret_files: SecretFiles = "secretFiles" or SecretFiles::new();
        /// The variables with secrets that the bot is given. `null`: all that are declared for it.
        secret_env_allowlist: Option<Vec<EnvVarName>> = "secretEnvAllowlist" or None;
        /// Its skills.
        skills: Skills = "skills" or Skills::default();
        /// The GitHub App that it acts as.
        github: GitHub = "github" or GitHub::default();
        /// What it may take of the host.
        resources: Resources = "resources" or Resources::default();
        /// Its workspace.
        workspace: Workspace = "workspace" or Workspace::default();
        /// The port of its gateway. 0: one that follows from its name.
        gateway_port: GatewayPort = "gatewayPort" or GatewayPort::default();
    }
}

section! {
    /// The skills of a bot.
    Skills {
        /// Skills of the gateway itself that are switched on.
        allow_bundled: Vec<SkillName> = "allowBundled" or Vec::new();
        /// Where further skills are found.
        load: SkillFolders = "load" or SkillFolders::default();
        /// Settings of single skills, passed on as they are.
        entries: IndexMap<SkillName, Settings> = "entries" or IndexMap::new();
    }
}

section! {
    /// Where skills are found.
    SkillFolders {
        /// Folders besides the workspace's own.
        extra_dirs: Vec<Line> = "extraDirs" or Vec::new();
    }
}

section! {
    /// The GitHub App that a bot acts as.
    GitHub checked by rules::github {
        /// The App's id. 0: none.
        app_id: u64 = "appId" or 0;
        /// The id of its installation. 0: none.
        installation_id: u64 = "installationId" or 0;
        /// The secret that holds its private key.
        private_key_secret: Option<SecretName> = "privateKeySecret" or None;
        /// The organisation that it is installed in.
        org: Option<Line> = "org" or None;
        /// The repositories that its tokens are for. Without any, no token is minted.
        repos: Vec<RepositoryName> = "repos" or Vec::new();
        /// What its tokens may be used for.
        permissions: IndexMap<PermissionName, Permission> = "permissions" or read_only();
        /// Copies of issues and pull requests in the shared memory.
        sync: GitHubSync = "sync" or GitHubSync::default();
    }
}

section! {
    /// Copies of issues and pull requests in the shared memory.
    GitHubSync {
        /// Whether they are made.
        enable: bool = "enable" or false;
        /// How often.
        interval: Period = "interval" or Period::seconds(15 * 60);
    }
}

section! {
    /// What a bot may take of its host.
    Resources {
        /// The most memory.
        memory_max: MemorySize = "memoryMax" or fixed(MemorySize::parse("4G"));
        /// The most processor time; `200%` are two cores.
        cpu_quota: CpuQuota = "cpuQuota" or fixed(CpuQuota::parse("200%"));
        /// The most processes and threads.
        tasks_max: NonZeroU32 = "tasksMax" or NonZeroU32::MIN.saturating_add(4_095);
    }
}

section! {
    /// The workspace of a bot.
    Workspace {
        /// The folder of the repository that it starts from. Empty: the common one and the bot's overlay.
        seed_dir: Option<RelativePath> = "seedDir" or None;
    }
}

fn read_only() -> IndexMap<PermissionName, Permission> {
    ["contents", "issues", "pull_requests"]
        .map(|name| (fixed(PermissionName::parse(name)), Permission::Read))
        .into()
}
