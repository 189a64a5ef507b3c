# The tailnet. A host joins with its key, or with a client that makes one, whichever the project holds for it.
{ clawlets, lib, pkgs, ... }:
let
  inherit (clawlets) host name source;
  has = secret: builtins.pathExists "${source}/secrets/hosts/${name}/${secret}.yaml";
  usesClient = has "tailscale_oauth_client" && !(has "tailscale_auth_key");
  tags = [ "tag:clf-orchestrator" ];
in
lib.mkIf (host.tailnet.mode == "tailscale") {
  services.tailscale = {
    enable = true;
    openFirewall = true;
    authKeyFile =
      if usesClient then "/run/clawlets-tailnet/auth_key" else "/run/clawlets/secrets/tailscale_auth_key";
    extraUpFlags = lib.optional usesClient "--advertise-tags=${lib.concatStringsSep "," tags}";
    authKeyParameters = lib.mkIf usesClient {
      ephemeral = false;
      preauthorized = true;
    };
  };

  systemd.services.tailscaled-autoconnect.after = [ "clawlets-secrets.service" ];

  # The secret holds the client's id and its secret; joining wants the latter alone.
  systemd.services.clawlets-tailnet-key = lib.mkIf usesClient {
    description = "Takes the secret of the tailnet's client out of its file";
    wantedBy = [ "tailscaled-autoconnect.service" ];
    before = [ "tailscaled-autoconnect.service" ];
    after = [ "clawlets-secrets.service" ];
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      RuntimeDirectory = "clawlets-tailnet";
      RuntimeDirectoryMode = "0700";
      UMask = "0077";
    };
    script = ''
      ${pkgs.gawk}/bin/awk '{ for (i = 1; i <= NF; i++) last = $i } END { printf "%s", last }' \
        /run/clawlets/secrets/tailscale_oauth_client > /run/clawlets-tailnet/auth_key
    '';
  };
}
