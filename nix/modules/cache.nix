# Where built packages come from, and whose signatures count.
{ clawlets, lib, ... }:
let
  inherit (clawlets.host.cache) netrc substituters trustedPublicKeys;
in
{
  nix.settings = {
    substituters = lib.mkForce substituters;
    trusted-public-keys = lib.mkForce trustedPublicKeys;
    require-sigs = true;
    # A bot has no business with the store.
    allowed-users = [ "root" ];
    trusted-users = [ "root" ];
  } // lib.optionalAttrs netrc.enable {
    netrc-file = netrc.path;
    narinfo-cache-positive-ttl = netrc.narinfoCachePositiveTtl;
  };
  nix.channel.enable = false;

  systemd.tmpfiles.rules =
    lib.optional netrc.enable "L+ ${netrc.path} - - - - /run/clawlets/secrets/${netrc.secretName}";
}
