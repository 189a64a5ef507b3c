# The system itself: what is left to say when all options have their values. NixOS refuses the same mistakes.
{ config, lib, pkgs, ... }:
let
  users = lib.attrValues (lib.filterAttrs (name: _: name != "root") config.users.users);
  mayEnter = user: lib.elem "wheel" user.extraGroups && user.openssh.authorizedKeys.keys != [ ];
  ofNixos = [
    {
      assertion = config.users.mutableUsers || config.users.allowNoPasswordLogin || lib.filter mayEnter users != [ ];
      message = "Neither the root account nor any wheel user has a password or SSH authorized key.";
    }
    {
      assertion = lib.filter (user: user.isNormalUser == user.isSystemUser) users == [ ];
      message = "Exactly one of isNormalUser and isSystemUser must be set.";
    }
    {
      assertion = lib.filter (user: user.isSystemUser && !(config.users.groups ? ${user.group})) users == [ ];
      message = "A system user has no group.";
    }
  ];
  failed = lib.filter (assertion: !assertion.assertion) (ofNixos ++ config.assertions);

  put = name: file: ''
    mkdir -p "$(dirname "$out/etc/${name}")"
    ln -s ${if file.source != null then file.source else pkgs.writeText "etc" file.text} "$out/etc/${name}"
  '';
  program = package: ''
    mkdir -p $out/sw/bin
    for program in ${package}/bin/*; do ln -s "$program" $out/sw/bin/; done
  '';
  units = package: ''
    mkdir -p $out/units
    ln -s ${package}/lib/systemd/system/* $out/units/
  '';
in
{
  system.build.toplevel =
    if failed != [ ] then
      throw "Failed assertions:\n${lib.concatMapStrings (assertion: "- ${assertion.message}\n") failed}"
    else
      pkgs.runCommand "nixos-system-${config.networking.hostName}" { } ''
        mkdir $out
        ${lib.concatMapStrings program config.environment.systemPackages}
        ${lib.concatMapStrings units config.systemd.packages}
        ${lib.concatStringsSep "" (lib.mapAttrsToList put config.environment.etc)}
      '';

  # One disk for each kind of machine, as `system.build.images` has them.
  system.build.images = lib.genAttrs [ "amazon" "raw" ] (variant:
    pkgs.runCommand "nixos-image-${variant}-${config.networking.hostName}" { } ''
      mkdir $out
      ln -s ${config.system.build.toplevel} $out/system
    '');
}
