# What this host reaches. Mail servers are out of reach unless egress.mode is `none`; under `proxy-allowlist` bots reach a
# proxy on loopback and nothing else (see bots.nix), and the proxy reaches the domains of the list.
{ clawlets, lib, pkgs, ... }:
let
  inherit (clawlets.host.egress) allowDomains mode;
  # Bots ask the control API wherever it is.
  controlHost = builtins.match "https?://([^/:?#]+).*" clawlets.declaration.control.url;
  domains = allowDomains ++ (if controlHost == null then [ ] else controlHost);
  # `*.example.com` and `.example.com` are all below example.com.
  anchored = domain:
    let
      isBelow = lib.hasPrefix "*." domain || lib.hasPrefix "." domain;
      name = lib.removePrefix "." (lib.removePrefix "*" domain);
      escaped = lib.replaceStrings [ "." ] [ "\\." ] name;
    in
    if isBelow then "^([^.]+\\.)+${escaped}$" else "^${escaped}$";
in
{
  networking.nftables.tables = lib.mkIf (mode != "none") {
    clawlets-egress = {
      family = "inet";
      content = ''
        chain output {
          type filter hook output priority filter; policy accept;
          oifname != "lo" tcp dport { 25, 465, 587 } counter reject with icmpx admin-prohibited
        }
      '';
    };
  };

  services.tinyproxy = lib.mkIf (mode == "proxy-allowlist") {
    enable = true;
    settings = {
      Listen = "127.0.0.1";
      Port = 18338;
      ConnectPort = 443;
      Filter = "${pkgs.writeText "clawlets-egress-domains" (lib.concatMapStrings (domain: anchored domain + "\n") domains)}";
      FilterType = "ere";
      FilterDefaultDeny = true;
    };
  };
}
