# What every host has.
{ lib, ... }:
{
  system.stateVersion = lib.mkDefault "26.05";
  time.timeZone = lib.mkDefault "UTC";
  # Nobody edits a host by hand: the repository is the truth.
  users.mutableUsers = false;
  # Logs of a bot are evidence, and no bot may fill the disk with them.
  services.journald.extraConfig = ''
    Storage=persistent
    SystemMaxUse=2G
  '';
  systemd.coredump.enable = false;
}
