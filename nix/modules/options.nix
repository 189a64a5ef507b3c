# What a project's own module may set besides the options of NixOS.
{ clawlets, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.clawlets = {
    admin = mkOption {
      type = types.str;
      default = "admin";
      description = "The user that operators log in as.";
    };

    programs = mkOption {
      type = types.attrsOf types.package;
      default = clawlets.programs;
      defaultText = lib.literalExpression "the packages of the flake";
      description = "The programs of Clawlets.";
    };

    gateway.package = mkOption {
      type = types.package;
      default = pkgs.openclaw;
      defaultText = lib.literalExpression "pkgs.openclaw";
      description = "The gateway that bots run: a package with bin/openclaw.";
    };

    gateway.tools = mkOption {
      type = types.listOf types.package;
      default = [ pkgs.bash pkgs.coreutils pkgs.curl pkgs.git pkgs.gnugrep pkgs.gnused pkgs.jq ];
      defaultText = lib.literalExpression "[ bash coreutils curl git gnugrep gnused jq ]";
      description = "What bots find on their PATH.";
    };

    memory.authorities = mkOption {
      type = types.str;
      default = "/etc/ssl/certs/ca-certificates.crt";
      description = "The file of certificates by which the memory's server is known, where it lies on another machine.";
    };

    secrets = mkOption {
      default = { };
      description = "Who owns a decrypted secret in /run/clawlets/secrets. One that is not named here belongs to root.";
      type = types.attrsOf (types.submodule {
        options = {
          owner = mkOption { type = types.str; default = "root"; description = "The user."; };
          group = mkOption { type = types.str; default = "root"; description = "The group."; };
          mode = mkOption { type = types.str; default = "0400"; description = "The mode."; };
        };
      });
    };
  };
}
