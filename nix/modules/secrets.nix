# Decrypted secrets, in memory: when they are opened, who owns them, and the links by which programs find them.
{ clawlets, config, lib, pkgs, ... }:
let
  inherit (clawlets) host name source;
  inherit (clawlets.declaration) fleet;
  folder = "/run/clawlets/secrets";
  encrypted = "${source}/secrets/hosts/${name}";

  # Without an owner a file is root's, or its bot's.
  files = owner: declared: lib.mapAttrsToList
    (_: file: {
      inherit (file) secretName targetPath;
      mode = file.mode or "0400";
      owner = if file.owner or "" == "" then owner else file.owner;
      group = if file.group or "" == "" then (if file.owner or "" == "" then owner else file.owner) else file.group;
    })
    declared;
  ofBots = lib.mapAttrsToList (id: bot: files "bot-${id}" bot.profile.secretFiles) fleet.bots;
  all = files "root" fleet.secretFiles ++ lib.concatLists ofBots;
in
{
  clawlets.secrets = lib.listToAttrs (map
    (file: lib.nameValuePair file.secretName { inherit (file) group mode owner; })
    all);

  # Opens the bundle of the system that runs, or fails. A system with other secrets opens its own while it is switched to.
  # A host that boots from an image brings its bundle first.
  systemd.services.clawlets-secrets = {
    wantedBy = lib.optional (host.provider != "aws") "multi-user.target";
    aliases = [ "clawdinator-secrets.service" ];
    restartTriggers = lib.optional (builtins.pathExists encrypted)
      (builtins.path { path = encrypted; name = "clawlets-secrets-${name}"; });
    # host.toml names the owners that the declaration knows; a module of the project may name more.
    serviceConfig.ExecStartPost = "+${pkgs.systemd}/bin/systemd-tmpfiles --create --prefix=/run/clawlets";
  };

  systemd.tmpfiles.rules =
    [
      "d /run/clawlets 0755 root root -"
      # Programs of the earlier system look here.
      "L+ /run/agenix - - - - ${folder}"
      "L+ /run/secrets - - - - ${folder}"
      "d /var/lib/clawd 0755 root root -"
      "L+ /var/lib/clawd/secrets - - - - /var/lib/clawlets/secrets"
    ]
    ++ lib.mapAttrsToList
      (secret: file: "z ${folder}/${secret} ${file.mode} ${file.owner} ${file.group} -")
      config.clawlets.secrets
    ++ map (file: "L+ ${file.targetPath} - - - - ${folder}/${file.secretName}") all;
}
