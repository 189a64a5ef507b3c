# What a host and its bots start out with: repositories, workspaces, the list of tools.
{ clawlets, config, lib, pkgs, ... }:
let
  inherit (clawlets) source;
  inherit (config.clawlets) programs;
  tools = "${source}/fleet/tools.tsv";
  present = lib.optionalAttrs;
in
{
  environment.etc =
    present (builtins.pathExists "${source}/repos.tsv") {
      "clawlets/repos.tsv".source = "${source}/repos.tsv";
    }
    // present (builtins.pathExists "${source}/fleet/workspaces") {
      "clawlets/workspaces".source = "${source}/fleet/workspaces";
    }
    // present (builtins.pathExists tools) {
      "clawlets/tools.tsv".source = tools;
      "clawlets/tools.md".source = pkgs.runCommand "tools.md" { } ''
        ${programs.clawlets-host}/bin/clawlets-host tools render --list ${tools} --out $out
      '';
    };

  systemd.services.clawlets-repo-seed = {
    wantedBy = [ "multi-user.target" ];
    aliases = [ "clawdinator-repo-seed.service" ];
    path = [ pkgs.git pkgs.openssh ];
    # A release with other documents gives them to the bots at once.
    restartTriggers = map (path: builtins.path { path = path; name = "clawlets-seed"; })
      (lib.filter (path: builtins.pathExists path) [
        "${source}/repos.tsv"
        "${source}/fleet/workspaces"
        tools
      ]);
  };

  # Programs of the earlier system look here.
  systemd.tmpfiles.rules = [
    "d /var/lib/clawd 0755 root root -"
    "L+ /var/lib/clawd/repos - - - - /var/lib/clawlets/repos"
    "L+ /var/lib/clawd/repo-seeds - - - - /var/lib/clawlets/repo-seeds"
  ];
}
