# Decrypted secrets, in memory: who owns them, and the links by which programs find them.
{ clawlets, config, lib, ... }:
let
  inherit (clawlets.declaration) fleet;
  folder = "/run/clawlets/secrets";

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

  # Run again whenever secrets were written: `systemd-tmpfiles --create --prefix=/run/clawlets`.
  systemd.tmpfiles.rules =
    [ "d /run/clawlets 0755 root root -" "d ${folder} 0711 root root -" ]
    ++ lib.mapAttrsToList
      (name: secret: "z ${folder}/${name} ${secret.mode} ${secret.owner} ${secret.group} -")
      config.clawlets.secrets
    ++ map (file: "L+ ${file.targetPath} - - - - ${folder}/${file.secretName}") all;
}
