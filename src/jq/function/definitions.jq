# Functions that jq has and the interpreter's library has not, or has otherwise.

def IN(values): any(values == .; .);
def IN(source; values): any(source == values; .);
def INDEX(rows; key): reduce rows as $row ({}; .[$row | key | tostring] |= $row);
def INDEX(key): INDEX(.[]; key);
def toarray: if isarray then . else [.] end;
def trimstr($text): ltrimstr($text) | rtrimstr($text);
def leaf_paths: paths(scalars);
def repeat(f): def rest: ., (f | rest); rest;
def isvalid(f): try (f | true) catch false;
def ascii: [.] | implode;
def del(f): delpaths([path(f)]);

def reverse:
  if isstring then explode | reverse | implode
  else [.[length - 1 - range(length)]] end;

def join($separator):
  if length == 0 then ""
  else
    def text: if . == null then "" elif isstring or isnumber or isboolean then tostring
      else error("only strings, numbers and booleans can be joined") end;
    reduce .[1:][] as $item (.[0] | text; . + $separator + ($item | text))
  end;

def flatten($depth):
  if $depth < 0 then error("the depth of flatten must not be negative")
  else
    reduce .[] as $item ([];
      if $depth > 0 and ($item | isarray) then . + ($item | flatten($depth - 1)) else . + [$item] end)
  end;
def flatten: flatten(1000);

def from_entries:
  def named($names; $entry): first($names[] as $name | select($entry | has($name)) | $name);
  reduce .[] as $entry ({};
    (first(named(["key", "k", "name", "Name", "K", "Key"]; $entry), null)) as $key
    | (first(named(["value", "v", "Value", "V"]; $entry), null)) as $value
    | . + {(if $key == null then "null" else $entry[$key] | tostring end):
           (if $value == null then null else $entry[$value] end)});
def with_entries(f): to_entries | map(f) | from_entries;

def tostream:
  path(def walk: (.[]? | walk), .; walk) as $path
  | getpath($path)
  | reduce path(.[]?) as $key ([$path, .]; [$path + $key]);
def fromstream(events):
  foreach events as $event (null;
    (if . == null or .done then {value: null, done: false} else . end)
    | if ($event | length) == 2
      then .value |= setpath($event[0]; $event[1]) | .done = ($event[0] == [])
      else .done = (($event[0] | length) == 1) end;
    if .done then .value else empty end);
def truncate_stream(events):
  . as $depth | null | events | select(.[0] | length > $depth) | .[0] |= .[$depth:];

def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def todate: todateiso8601;
def date: todate;
def dateadd(unit; $seconds): . + $seconds;
def datesub(unit; $seconds): . - $seconds;

def @html: tostring | escape_html;
def @base64d: tostring | . + {"2": "==", "3": "="}["\(length % 4)"] | decode_base64;
def @csv:
  [.[] | if . == null then "" elif isnumber or isboolean then tostring
    elif isstring then "\"" + (split("\"") | join("\"\"")) + "\""
    else error("a row of @csv holds no lists and objects") end] | join(",");
def @tsv:
  def escaped: split("\\") | join("\\\\") | split("\t") | join("\\t")
    | split("\n") | join("\\n") | split("\r") | join("\\r");
  [.[] | if . == null then "" elif isnumber or isboolean then tostring elif isstring then escaped
    else error("a row of @tsv holds no lists and objects") end] | join("\t");
