# The host's own program, and the one file from which it takes its world: what the operator's program renders.
{ clawlets, config, pkgs, ... }:
let
  inherit (clawlets) name source system;
  inherit (config.clawlets) programs;
  inherit (config.boot) loader;
  bootLoader =
    if loader.systemd-boot.enable then "systemd-boot"
    else if loader.grub.enable then "grub"
    else "none";
in
{
  # A system without it is never switched to, since it could never be left again.
  environment.systemPackages = [ programs.clawlets-host ];

  environment.etc."clawlets/host.toml".source = pkgs.runCommand "host.toml" { } ''
    ${programs.clawlets}/bin/clawlets host config --dir ${source} --host ${name} \
      --system ${system} --boot-loader ${bootLoader} > $out
  '';

  systemd.packages = [ programs.clawlets-host-units ];
}
