# Functions on values.
let
  inherit (builtins) attrNames concatStringsSep filter listToAttrs mapAttrs stringLength substring;
  fix = {
    inherit (builtins) attrNames attrValues concatLists concatMap concatStringsSep elem elemAt filter foldl' genList
      head isAttrs isFunction isList length listToAttrs mapAttrs replaceStrings tail toJSON;

    max = a: b: if a > b then a else b;
    min = a: b: if a < b then a else b;

    nameValuePair = name: value: { inherit name value; };
    genAttrs = names: value: listToAttrs (map (name: { inherit name; value = value name; }) names);
    mapAttrs' = pair: set: listToAttrs (map (name: pair name set.${name}) (attrNames set));
    mapAttrsToList = make: set: map (name: make name set.${name}) (attrNames set);
    filterAttrs = keep: set:
      listToAttrs (map (name: { inherit name; value = set.${name}; })
        (filter (name: keep name set.${name}) (attrNames set)));
    recursiveUpdate = under: over: under // mapAttrs
      (name: value:
        if builtins.isAttrs value && under ? ${name} && builtins.isAttrs under.${name}
        then fix.recursiveUpdate under.${name} value else value)
      over;

    optional = condition: value: if condition then [ value ] else [ ];
    optionals = condition: values: if condition then values else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    optionalString = condition: text: if condition then text else "";

    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    hasInfix = part: text: builtins.length (builtins.split (fix.escape part) text) > 1;
    removePrefix = prefix: text:
      if fix.hasPrefix prefix text then substring (stringLength prefix) (stringLength text) text else text;
    concatMapStrings = make: list: concatStringsSep "" (map make list);
    # For a pattern: what may be special stands in brackets.
    escape = text: builtins.replaceStrings [ "." "+" "*" "?" "|" "(" ")" "$" ] [ "[.]" "[+]" "[*]" "[?]" "[|]" "[(]" "[)]" "[$]" ] text;

    literalExpression = text: { _type = "literalExpression"; inherit text; };
  };
in
fix
