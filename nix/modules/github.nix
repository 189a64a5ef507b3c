# Short-lived access to GitHub: the units that ship, where a bot of the fleet has an App. Who acts as which App, and what its
# tokens are good for, says /etc/clawlets/host.toml.
{ clawlets, lib, ... }:
let
  # There the key comes with the bundle, and the boot that brings it makes the first token.
  isBooted = clawlets.host.provider == "aws";
  bots = lib.attrValues clawlets.declaration.fleet.bots;
  apps = lib.filter (app: app.appId > 0) (map (bot: bot.profile.github) bots);
  synced = lib.filter (app: app.sync.enable) apps;
in
lib.mkIf (apps != [ ]) {
  systemd.services.clawlets-github-token = {
    wantedBy = lib.optional (!isBooted) "multi-user.target";
    after = [ "clawlets-secrets.service" ];
  };
  systemd.timers.clawlets-github-token = {
    wantedBy = [ "timers.target" ];
    # The empty one takes back what the unit file says.
    timerConfig = lib.mkIf isBooted { OnBootSec = [ "" "10min" ]; };
  };

  systemd.timers.clawlets-github-sync = lib.mkIf (synced != [ ]) {
    wantedBy = [ "timers.target" ];
    timerConfig = {
      # The empty one takes back what the unit file says.
      OnBootSec = [ "" "2min" ];
      OnUnitActiveSec = (lib.head synced).sync.interval;
    };
  };

  # The memory may be mounted elsewhere than usual.
  systemd.services.clawlets-github-sync.serviceConfig.ReadWritePaths =
    [ "-${clawlets.declaration.memory.mountPoint}" ];

  # Programs of the earlier system look here.
  systemd.tmpfiles.rules = [
    "d /run/clawd 0755 root root -"
    "L+ /run/clawd/github-app.env - - - - /run/clawlets/github.env"
  ];
}
