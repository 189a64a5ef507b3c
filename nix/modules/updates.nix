# Releases: looked for by a timer, proven or taken back by a service, with the units that ship. What is a release, and who is
# believed, says /etc/clawlets/host.toml.
{ clawlets, config, lib, pkgs, ... }:
let
  inherit (clawlets) host;
  inherit (host.selfUpdate) interval;

  # The declaration's periods are whole numbers of one unit.
  seconds =
    let
      parts = builtins.match "([0-9]+)([smhd])" interval;
      unit = { s = 1; m = 60; h = 3600; d = 86400; }.${lib.elemAt parts 1};
    in
    builtins.fromJSON (lib.elemAt parts 0) * unit;
  # The hosts of a fleet do not come all at once.
  delay = lib.max 1 (lib.min 300 (seconds / 10));

  tools = [ config.nix.package ]
    ++ lib.optional config.boot.loader.grub.enable pkgs.grub2
    ++ lib.optional (host.tailnet.mode == "tailscale") pkgs.tailscale;
in
lib.mkIf host.selfUpdate.enable {
  systemd.timers.clawlets-update-fetch = {
    wantedBy = [ "timers.target" ];
    timerConfig = {
      # The empty one takes back what the unit file says; the others come behind it.
      OnBootSec = [ "" "2min" ];
      OnUnitActiveSec = toString seconds;
      RandomizedDelaySec = toString delay;
    };
  };
  systemd.services.clawlets-update-fetch.path = tools;
  # At boot it goes on with what was on trial.
  systemd.services.clawlets-update-apply = {
    wantedBy = [ "multi-user.target" ];
    path = tools;
  };

  # What is booted on trial and does not come up makes way for what was proven.
  boot.kernelParams = lib.optionals host.selfUpdate.allowReboot [ "panic=30" "boot.panic_on_fail" ];
  # So does what hangs: the kernel's own watchdog resets a machine whose systemd is silent, and it is there before systemd is.
  # A drop-in, since NixOS has named its options for it differently from release to release.
  boot.initrd.kernelModules = lib.optionals host.selfUpdate.allowReboot [ "softdog" ];
  environment.etc."systemd/system.conf.d/50-clawlets-watchdog.conf" = lib.mkIf host.selfUpdate.allowReboot {
    text = "[Manager]\nRuntimeWatchdogSec=1min\nRebootWatchdogSec=10min\n";
  };

  # Programs of the earlier system look here.
  systemd.tmpfiles.rules = [
    "d /var/lib/clawd 0755 root root -"
    "L+ /var/lib/clawd/updates - - - - /var/lib/clawlets/updates"
  ];
}
