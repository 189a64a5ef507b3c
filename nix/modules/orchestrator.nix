# The orchestrator of disposable VMs: the unit files as they ship, and a configuration that the operator's program renders.
{ clawlets, config, lib, pkgs, ... }:
let
  inherit (clawlets) declaration name source;
  inherit (declaration) cattle;
  inherit (config.clawlets) programs;

  configuration = pkgs.runCommand "orchestrator.toml" { } ''
    ${programs.clawlets}/bin/clawlets cattle orchestrator-config --dir ${source} --host ${name} > $out
  '';

  # Files that the daemon reads itself, again and again, so that a new value counts at once.
  own = { owner = "clf-orchestrator"; group = "clf-orchestrator"; };
  apps = map (bot: bot.profile.github.privateKeySecret) (lib.attrValues declaration.fleet.bots);
  secrets = lib.attrValues cattle.secretEnv
    ++ lib.filter (secret: secret != "") apps
    ++ lib.optionals (cattle.provider == "hetzner") [
    "hcloud_token"
    "tailscale_oauth_client"
    "tailscale_auth_key"
  ];
in
lib.mkIf cattle.enabled {
  clawlets.secrets = lib.genAttrs secrets (_: own);

  users.groups.clf-orchestrator = { };
  users.users.clf-orchestrator = {
    isSystemUser = true;
    group = "clf-orchestrator";
    description = "Clawlets orchestrator";
    home = "/var/lib/clf/orchestrator";
  };

  environment.etc."clf/orchestrator.toml".source = configuration;
  environment.etc."clf/cattle-personas".source = "${source}/cattle/personas";

  systemd.packages = [ programs.clf-units ];
  systemd.sockets.clf-orchestrator.wantedBy = [ "sockets.target" ];
  systemd.services.clf-orchestrator = {
    wantedBy = [ "multi-user.target" ];
    after = [ "clawlets-secrets.service" "tailscaled-autoconnect.service" ];
    restartTriggers = [ configuration ];
  };
  systemd.services.clf-sweep.after = [ "clawlets-secrets.service" ];
  systemd.timers.clf-sweep.wantedBy = [ "timers.target" ];
}
