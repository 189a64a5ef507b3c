# Who may log in, and who may ask the orchestrator.
{ clawlets, config, pkgs, ... }:
let
  inherit (clawlets) declaration host;
  inherit (config.clawlets) admin;
  keys = declaration.fleet.sshAuthorizedKeys;
  hash = "/run/clawlets/secrets/admin_password_hash";
in
{
  assertions = [
    {
      assertion = !host.enable || keys != [ ];
      message = "fleet.sshAuthorizedKeys is empty: nobody could log in on ${clawlets.name}";
    }
  ];

  # NixOS has a rule of its own against locking everybody out; a host that is only planned may still have no keys.
  users.allowNoPasswordLogin = !host.enable;

  users.groups.clf-bots = { };
  users.groups.clf-operators = { };
  # Locked. Operators become root with sudo, which asks for their password.
  users.users.root.hashedPassword = "!";
  users.users.${admin} = {
    isNormalUser = true;
    extraGroups = [ "wheel" "clf-operators" "clf-bots" ];
    openssh.authorizedKeys.keys = keys;
  };
  security.sudo.wheelNeedsPassword = true;

  # Users are made before any secret can be decrypted, so the password comes later.
  systemd.services.clawlets-admin-password = {
    description = "Sets the password of ${admin}";
    wantedBy = [ "multi-user.target" ];
    after = [ "clawlets-secrets.service" ];
    unitConfig.ConditionPathExists = hash;
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
    };
    # Through a pipe: what is in argv can be read by every user.
    script = ''
      printf '%s:%s\n' ${admin} "$(< ${hash})" | ${pkgs.shadow}/bin/chpasswd --encrypted
    '';
  };
}
