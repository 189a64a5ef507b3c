# Definitions of options: conditions, priorities, and several in one.
{ lib }:
let
  inherit (lib) concatMap filter foldl' isAttrs;
  kind = value: if isAttrs value then value._type or null else null;
  plain = 100;
  priority = value: if kind value == "override" then value.priority else plain;
  content = value: if kind value == "override" then value.content else value;
in
rec {
  mkOption = option: option // { _type = "option"; };
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;

  # Definitions of a set of options as plain sets. Conditions move to the values, so that names never depend on them.
  spread = definition:
    if kind definition == "merge" then concatMap spread definition.contents
    else if kind definition == "if" then
      map (lib.mapAttrs (_: mkIf definition.condition)) (spread definition.content)
    else [ definition ];

  # The values of one option that count: those whose conditions hold, of the strongest priority.
  settled = definitions:
    let
      held = definition:
        if kind definition == "merge" then concatMap held definition.contents
        else if kind definition == "if" then (if definition.condition then held definition.content else [ ])
        else [ definition ];
      all = concatMap held definitions;
      strongest = foldl' (least: value: if priority value < least then priority value else least) 10000 all;
    in
    concatMap (value: held (content value)) (filter (value: priority value == strongest) all);
}
