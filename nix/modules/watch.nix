# The watch over the bots, with the unit that ships. Which bots there are and how each is asked says
# /etc/clawlets/host.toml.
{ clawlets, lib, pkgs, ... }:
let
  inherit (clawlets) declaration host;
in
lib.mkIf (declaration.fleet.bots != { }) {
  systemd.services.clawlets-watch = {
    wantedBy = [ "multi-user.target" ];
    path = lib.optional (host.tailnet.mode == "tailscale") pkgs.tailscale;
  };
}
