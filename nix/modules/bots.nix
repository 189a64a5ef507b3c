# Bots: each one a service with a user of its own. Assume that its prompt was written by an attacker.
{ clawlets, config, lib, pkgs, ... }:
let
  inherit (clawlets) declaration host source;
  inherit (declaration) fleet;
  inherit (config.clawlets) gateway programs;
  unit = id: "clawlets-bot-${id}";
  user = id: "bot-${id}";
  home = id: "/srv/clawlets/${id}";

  # The variables with secrets that a bot is given: its own win over those of all bots.
  variables = bot:
    let
      declared = fleet.secretEnv // bot.profile.secretEnv;
      allowed = bot.profile.secretEnvAllowlist;
    in
    if allowed == null then declared else lib.filterAttrs (variable: _: lib.elem variable allowed) declared;

  # Public: it refers to secrets as ''${VARIABLE}.
  configuration = id: pkgs.runCommand "openclaw-${id}.json" { } ''
    ${programs.clawlets}/bin/clawlets gateway render --dir ${source} --bot ${id} > $out
  '';

  script = name: bot: command: pkgs.writeShellScript name ''
    set -eu
    for variable in ${lib.concatStringsSep " " (lib.attrNames (variables bot))}; do
      value="$(cat "$CREDENTIALS_DIRECTORY/$variable")"
      export "$variable=$value"
    done
    exec ${gateway.package}/bin/openclaw ${command}
  '';
  start = id: bot: script (unit id) bot "gateway run --bind loopback";

  # Read by systemd as root: a bot gets its own variables, and can open no other secret.
  credentials = bot: lib.mapAttrsToList
    (variable: secret: "${variable}:/run/clawlets/secrets/${secret}")
    (variables bot);

  # What a bot is given, encrypted, by content: it starts again when one of its secrets is another.
  encrypted = secret: "${source}/secrets/hosts/${clawlets.name}/${secret}.yaml";
  triggers = bot: map
    (secret: builtins.path { path = encrypted secret; name = "${secret}.yaml"; })
    (lib.filter (secret: builtins.pathExists (encrypted secret)) (lib.attrValues (variables bot)));

  surroundings = id: {
    HOME = home id;
    OPENCLAW_CONFIG_PATH = "${configuration id}";
    OPENCLAW_STATE_DIR = "/var/lib/clawlets/bots/${id}";
    OPENCLAW_WORKSPACE_DIR = "${home id}/workspace";
    OPENCLAW_NIX_MODE = "1";
    OPENCLAW_NO_AUTO_UPDATE = "1";
    OPENCLAW_DISABLE_BONJOUR = "1";
  };

  # Asks the gateway of a bot for its health, as that bot and with its credentials, whoever calls.
  health = id: bot:
    let
      words = [ "systemd-run" "--quiet" "--collect" "--pipe" "--wait" "--uid=${user id}" "--gid=${user id}" ]
        ++ map (line: "--property=LoadCredential=${line}") (credentials bot)
        ++ lib.mapAttrsToList (key: value: "--setenv=${key}=${value}") (surroundings id)
        ++ [ "${script "clawlets-health-${id}" bot "health --json"}" ];
    in
    "${id}) exec ${lib.concatStringsSep " " words} ;;\n";

  proxied = host.egress.mode == "proxy-allowlist";
  proxy = "http://127.0.0.1:18338";

  service = id: bot: lib.nameValuePair (unit id) {
    description = "Bot ${id}";
    aliases = [ "clawdbot-${id}.service" ];
    wantedBy = [ "multi-user.target" ];
    wants = [ "network-online.target" ];
    after = [ "network-online.target" "clawlets-secrets.service" "clawlets-repo-seed.service" "clawlets-memory-init.service" ];
    path = gateway.tools ++ [ programs.clf ];
    restartTriggers = triggers bot;
    environment = surroundings id // lib.optionalAttrs proxied {
      HTTP_PROXY = proxy;
      HTTPS_PROXY = proxy;
      http_proxy = proxy;
      https_proxy = proxy;
      NO_PROXY = "127.0.0.1,localhost";
      no_proxy = "127.0.0.1,localhost";
    };
    # A gateway that ends again and again needs a person.
    unitConfig = {
      StartLimitIntervalSec = "10min";
      StartLimitBurst = 10;
    };
    serviceConfig = {
      ExecStart = "${start id bot}";
      User = user id;
      Group = user id;
      WorkingDirectory = "${home id}/workspace";
      StateDirectory = "clawlets/bots/${id}";
      StateDirectoryMode = "0700";
      LoadCredential = credentials bot;
      Restart = "on-failure";
      RestartSec = "5s";
      # The gateway's word for a configuration that does not get better by itself.
      RestartPreventExitStatus = "78";
      # It drains what it does before it ends.
      TimeoutStopSec = "340s";

      MemoryMax = bot.profile.resources.memoryMax;
      CPUQuota = bot.profile.resources.cpuQuota;
      TasksMax = bot.profile.resources.tasksMax;

      NoNewPrivileges = true;
      CapabilityBoundingSet = "";
      AmbientCapabilities = "";
      ProtectSystem = "strict";
      # The memory may be away: a bot that cannot remember still answers.
      ReadWritePaths = [ (home id) "-${declaration.memory.mountPoint}" ];
      ProtectHome = true;
      PrivateTmp = true;
      PrivateDevices = true;
      PrivateMounts = true;
      ProtectClock = true;
      ProtectControlGroups = true;
      ProtectHostname = true;
      ProtectKernelLogs = true;
      ProtectKernelModules = true;
      ProtectKernelTunables = true;
      ProtectProc = "invisible";
      RestrictAddressFamilies = [ "AF_UNIX" "AF_INET" "AF_INET6" "AF_NETLINK" ];
      RestrictNamespaces = true;
      RestrictRealtime = true;
      RestrictSUIDSGID = true;
      LockPersonality = true;
      RemoveIPC = true;
      SystemCallArchitectures = "native";
      SystemCallFilter = [ "@system-service" "~@privileged" ];
      SystemCallErrorNumber = "EPERM";
      UMask = "0077";
      # No MemoryDenyWriteExecute: the gateway's engine compiles what it runs.
      InaccessiblePaths = [ "-/run/clawlets/secrets" "-/run/clawlets/secrets.d" ];
      # The metadata service of a cloud tells whoever asks how the machine was made.
      IPAddressDeny = if proxied then [ "any" ] else [ "link-local" "fd00:ec2::254/128" ];
    } // lib.optionalAttrs proxied {
      IPAddressAllow = [ "localhost" ];
    };
  };
in
{
  users.users = lib.mapAttrs'
    (id: bot: lib.nameValuePair (user id) {
      isSystemUser = true;
      group = user id;
      home = home id;
      # Whose socket it may open follows from this; what it may ask there, from its user.
      extraGroups = [ "clf-memory" ] ++ lib.optional bot.clf.cattle.allow "clf-bots";
    })
    fleet.bots;
  users.groups = lib.mapAttrs' (id: _: lib.nameValuePair (user id) { }) fleet.bots;

  environment.etc."clawlets/gateway-health" = lib.mkIf (fleet.bots != { }) {
    source = pkgs.writeShellScript "clawlets-gateway-health" ''
      case "$1" in
      ${lib.concatStringsSep "" (lib.mapAttrsToList health fleet.bots)}
      *) echo "there is no bot $1" >&2; exit 3 ;;
      esac
    '';
  };

  systemd.services = lib.mapAttrs' service fleet.bots;
  systemd.tmpfiles.rules =
    [ "d /srv/clawlets 0755 root root -" "L+ /srv/clawdbot - - - - /srv/clawlets" ]
    ++ lib.concatMap
      (id: map (folder: "d ${folder} 0700 ${user id} ${user id} -")
        [ (home id) "${home id}/workspace" "${home id}/logs" ])
      (lib.attrNames fleet.bots);
}
