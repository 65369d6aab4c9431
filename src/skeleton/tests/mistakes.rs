//! Mistakes: their place, their words, and what to do.

use super::*;

#[test]
fn mistakes_name_the_part_that_is_wrong() {
    for (source, expected) in [
        ("a {{ nmae }} b", "nmae: there is no variable `nmae`"),
        ("{% for x in {} %}{% endfor %}{{ x }}", "x: there is no variable `x`"),
        ("{{ labels.taem | upper }}", "labels.taem: `labels` has no `taem`"),
        ("{{ nobody.owner }}", "nobody.owner: `nobody` is nothing, so it has no `owner`"),
        ("{{ features[7] }}", "features[7]: `features` is a list and has no `7`"),
        ("{{ name | kebap }}", "name | kebap: there is no filter `kebap`"),
        ("{{ name is strnig }}", "name is strnig: there is no test `strnig`"),
        ("{{ now() }}", "now: there is no function `now`"),
        ("{{ debug() }}", "debug: there is no function `debug`"),
        ("{{ name.toUpperCase() }}", "name.toUpperCase(): there is no method `toUpperCase`"),
        ("{{ name + 1 }}", "name + 1: a text and a number cannot be added"),
        ("{{ (port, name - 1) }}", "name - 1: a text and a number cannot be subtracted"),
        ("{{ port < name }}", "port < name: a number and a text have no order"),
        ("{% for c in name %}{% endfor %}", "name: a text has no items"),
        ("{{ features | upper }}", "features | upper: `upper` takes a text, not a list"),
        ("{{ name | indent('x') }}", "name | indent('x'): `width` has to be a whole number, not a text"),
        ("{{ name | upper(1) }}", "name | upper(1): `upper` takes fewer arguments"),
        ("{{ name | indent(widht=1) }}", "name | indent(widht=1): `indent` takes no `widht`"),
        ("{% macro m(a) %}{% endmacro %}{{ m() }}", "m(): `m` needs `a`"),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "m(1, 2): `m` takes 1 arguments at most"),
        ("{% set a, b = [1] %}", "a, b: there are 2 names for 1 values"),
        ("{% set name.x = 1 %}", "name.x: `name` is no namespace"),
        ("{% include 'x' %}", "include 'x': `include` is not supported"),
        ("{% extends 'x' %}", "extends 'x': `extends` is not supported"),
        ("{% import 'x' as y %}", "import 'x' as y: `import` is not supported"),
        ("{% from 'x' import y %}", "from 'x' import y: `import` is not supported"),
        ("{% if docker %}a", "{% if docker %}: `if` is never ended"),
        ("{% if docker %}{% endfor %}", "{% endfor %}: `endfor` does not end the `if` before it"),
        ("a{% endif %}", "{% endif %}: `endif` ends nothing"),
        ("{% else %}", "{% else %}: `else` belongs to nothing"),
        ("a {{ name", "{{ name: this is never closed"),
        ("{% ifx a %}", "ifx: there is no tag `ifx`"),
        ("{{ name | }}", "}}: this is no template: unexpected end of variable block, expected identifier"),
        ("{{ 'a }}", "'a }}: this is no template: unexpected end of string"),
        ("é {{ ü }}", "ü: this is no template: unexpected character"),
        ("{{ loop.index }}", "loop: there is no variable `loop`"),
        ("{{ [1] | sort(attribute=1.5) }}", "[1] | sort(attribute=1.5): a number is no path"),
        ("{{ [1, 'a'] | sort }}", "[1, 'a'] | sort: a number and a text have no order"),
        ("{{ f(*features) }}", "f: there is no function `f`"),
        ("{{ range(*features) }}", "features: `*` and `**` before arguments are not supported"),
        (
            "{{ \"\\0\" | quote_shell }}",
            "\"\\0\" | quote_shell: a text with a NUL character cannot be an argument of a command",
        ),
    ] {
        assert_eq!(wrong(source), expected);
    }
}

#[test]
fn mistakes_say_what_to_do() {
    for (source, expected) in [
        ("{{ nmae }}", "did you mean `name`?"),
        ("{{ labels.taem }}", "did you mean `team`?"),
        ("{{ name | kebap }}", "did you mean `kebab`?"),
        ("{{ name is strnig }}", "did you mean `string`"),
        ("{{ upper(name) }}", "it is a filter: write `… | upper`"),
        ("{{ nobody.owner }}", "what nobody answered is nothing: ask `{% if nobody %}` before"),
        ("{% if docker %}", "end it with `endif`"),
        ("{% ednif %}", "did you mean `endif`"),
        ("on: ${{ github.ref }}", "give the file a name without `.j2`"),
    ] {
        let mistake = engine().text(source, &answers()).unwrap_err();
        let help = mistake.help.unwrap_or_default();
        assert!(help.contains(expected), "{source}: {help}");
    }
}

#[test]
fn names_are_those_asked_of_the_context() {
    for (source, expected) in [
        ("{{ a }} {{ b.c }} {{ d[e] }} {{ f | default(g) }}", "a b d e f g"),
        (
            "{% set x = a %}{{ x }}{% for i in b if i > c %}{{ i }}{{ loop.index }}{% else %}{{ d }}{% endfor %}",
            "a b c d",
        ),
        ("{% macro m(p, q=a) %}{{ p }}{{ q }}{{ b }}{% endmacro %}{{ m(c) }}", "a b c"),
        ("{% with x = a %}{{ x }}{% endwith %}{{ x }}", "a x"),
        ("{{ inputs.port }} {{ inputs['name'] }} {{ entities.owner.title }}", "name owner port"),
        ("{{ inputs | tojson }} {{ inputs[a] }}", "a inputs"),
        ("{{ range(3) }} {{ dict(a=b) }} {{ namespace() }} {{ a is in c }}", "a b c"),
        ("{% set x %}{{ a }}{% endset %}{{ x }}{% filter replace(b, '') %}{{ c }}{% endfilter %}", "a b c"),
        ("{{ i }}{% for i in [] %}{% endfor %}{{ i }}", "i"),
        ("{% call(u) f() %}{{ u }}{{ v }}{% endcall %}", "v"),
        ("plain", ""),
    ] {
        let names: Vec<String> = engine().names(source).unwrap().into_iter().collect();
        assert_eq!(names.join(" "), expected, "{source}");
    }
    assert!(engine().names("{{").is_err());
}
