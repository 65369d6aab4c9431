//! The language: what templates say.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn expressions_say_what_jinja_says() {
    for (source, expected) in [
        ("", ""),
        ("a {{ name }} b", "a payment-api b"),
        (
            "{{ port + 1 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }}",
            "8081 3 -4 2 3.5 1024",
        ),
        (
            "{{ 'a' ~ 1 ~ true }} {{ 'ab' * 2 }} {{ [1] * 2 }} {{ 'a' + 'b' }} {{ [1] + [2] }}",
            "a1true abab [1, 1] ab [1, 2]",
        ),
        (
            "{{ 1 < 2 <= 2 }} {{ 'a' in name }} {{ 'x' not in features }} {{ 'tier' in labels }}",
            "true true true true",
        ),
        ("{{ docker and name }} {{ quiet or 'x' }} {{ not docker }}", "payment-api x false"),
        ("{{ 'yes' if docker else 'no' }}{{ 'x' if quiet }}", "yes"),
        (
            "{{ features[0] }} {{ features[-1] }} {{ labels.team }} {{ labels['tier'] }} {{ name[0] }}",
            "auth db pay 1 p",
        ),
        (
            "{{ name[:3] }} {{ name[-3:] }} {{ name[::-1] }} {{ features[1:] }}",
            "pay api ipa-tnemyap [\"db\"]",
        ),
        ("{{ [1, 'a', none, {'b': 1.0}] }}", "[1, \"a\", null, {\"b\": 1.0}]"),
        ("{{ (1, 2) }} {{ {} }} {{ 1.50 }} {{ 18446744073709551616 }}", "[1, 2] {} 1.5 18446744073709551616"),
        (
            "{{ range(3) }} {{ range(1, 6, 2) }} {{ range(3, 0, -1) }} {{ dict(a=1) }}",
            "[0, 1, 2] [1, 3, 5] [3, 2, 1] {\"a\": 1}",
        ),
        (
            "[{{ nobody }}] {{ nobody is none }} {{ nobody | default(1) }} {{ nobody | length }}",
            "[] true 1 0",
        ),
        ("{% for x in nobody %}x{% else %}none{% endfor %} {{ 'a' in nobody }}", "none false"),
        (
            "{{ nobody.a | default('b') }} {{ labels.x.y | default('z') }} {{ absent is defined }}",
            "b z false",
        ),
        (
            "{{ name.upper() }} {{ name.split('-')[1] }} {{ ', '.join(features) }} {{ labels.get('x', 2) }}",
            "PAYMENT-API api auth, db 2",
        ),
        (
            "{{ name.startswith('pay') }} {% for k, v in labels.items() %}{{ k }}={{ v }};{% endfor %}",
            "true team=pay;tier=1;",
        ),
        ("{{ 'it''s' }} {{ \"a\\nb\" }} {{ 'a' 'b' }}", "its a\nb ab"),
    ] {
        assert_eq!(said(source), expected, "{source}");
    }
}

#[test]
fn statements_say_what_jinja_says() {
    for (source, expected) in [
        ("{% if port == 8080 %}a{% elif docker %}b{% else %}c{% endif %}", "a"),
        ("{% for x in features %}{{ loop.index }}{{ x }}{{ ',' if not loop.last }}{% endfor %}", "1auth,2db"),
        ("{% for p in people if p.age == 30 %}{{ p.name }}{{ loop.length }}{% endfor %}", "Bo2Cy2"),
        ("{% for k in labels %}{{ k }} {% endfor %}", "team tier "),
        (
            "{% for x in features %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x) }}{{ loop.previtem }}{% endfor %}",
            "atruebtrueauth",
        ),
        ("{% set x = 1 %}{% for i in range(3) %}{% set x = 2 %}{% endfor %}{{ x }}", "1"),
        (
            "{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
            "6",
        ),
        ("{% set a, b = 1, 2 %}{{ b }}{% set c %}{{ a }}!{% endset %}{{ c }}", "21!"),
        (
            "{% set c | upper %}ab{% endset %}{{ c }}{% filter upper | replace('X', '') %}axb{% endfilter %}",
            "ABAB",
        ),
        ("{% with a = 1, b = a + 1 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}", "12false"),
        (
            "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, b=3) }} {{ m(a=4) }}",
            "1-2 1-3 4-2",
        ),
        ("{% macro m(n) %}{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", "3210"),
        (
            "{% macro box() %}<{{ caller() }}>{% endmacro %}{% for x in features %}{% call box() %}{{ x }}{% endcall %}{% endfor %}",
            "<auth><db>",
        ),
        ("{# gone #}a{% raw %}{{ b }}{% endraw %}", "a{{ b }}"),
        ("a\n  {% if docker %}\n  b\n  {% endif %}\nc\n", "a\n  b\nc\n"),
        ("a\n{{ name }}\n", "a\npayment-api\n"),
        ("a {%- if docker %} b {% endif -%} c", "a b c"),
        ("{% do namespace() %}x", "x"),
    ] {
        assert_eq!(said(source), expected, "{source}");
    }
}

#[test]
fn filters_say_what_they_should() {
    for (source, expected) in [
        (
            "{{ 'Payment API' | kebab }} {{ name | snake }} {{ name | pascal }} {{ name | camel }} {{ name | screaming_snake }}",
            "payment-api payment_api PaymentApi paymentApi PAYMENT_API",
        ),
        ("{{ name | title }} {{ 'Café Ω' | slug }} {{ package | folders }}", "Payment Api cafe com/acme/pay"),
        (
            "{{ \"it's\" | quote_shell }} {{ '' | quote_shell }} {{ '$(rm)' | quote_shell }}",
            r"'it'\''s' '' '$(rm)'",
        ),
        (
            "{{ features | tojson }} {{ labels | tojson }} {{ nobody | tojson }} {{ '\"' | tojson }}",
            r#"["auth", "db"] {"team": "pay", "tier": "1"} null "\"""#,
        ),
        ("{{ labels | tojson(indent=2) }}", "{\n  \"team\": \"pay\",\n  \"tier\": \"1\"\n}"),
        (
            "k: {{ 'no' | yaml }} {{ 'a: b' | yaml }} {{ name | yaml }} {{ 8080 | yaml }} {{ '1.10' | yaml }} {{ nobody | yaml }}",
            "k: \"no\" \"a: b\" payment-api 8080 \"1.10\" null",
        ),
        ("{{ {'b': ['x', {'c': 1}], 'd': {}} | yaml }}", "b:\n  - x\n  - c: 1\nd: {}"),
        ("{{ 'a\nb\n\nc\n' | indent(2) }}|{{ 'a\nb' | indent(2, true) }}", "a\n  b\n\n  c|  a\n  b"),
        (
            "{{ 'abc' | upper }} {{ 'ABC' | lower }} {{ 'aBC' | capitalize }} {{ ' a ' | trim }} {{ 'xax' | trim('x') }}",
            "ABC abc Abc a a",
        ),
        (
            "{{ 'aaa' | replace('a', 'b') }} {{ 'aaa' | replace('a', 'b', 2) }} {{ 'a,b' | split(',') }} {{ 'a b' | split }} {{ 'a\nb' | lines }}",
            r#"bbb bba ["a", "b"] ["a", "b"] ["a", "b"]"#,
        ),
        (
            "{{ features | join(', ') }} {{ people | join('/', attribute='name') }} {{ features | first }} {{ features | last }}",
            "auth, db Bo/al/Cy auth db",
        ),
        (
            "{{ features | length }} {{ name | length }} {{ labels | length }} {{ features | reverse }} {{ 'ab' | reverse }} {{ 'ab' | list }}",
            r#"2 11 2 ["db", "auth"] ba ["a", "b"]"#,
        ),
        (
            "{{ [3, 1, 2] | sort }} {{ ['b', 'A'] | sort }} {{ people | sort(attribute='age') | map(attribute='name') | join(',') }} {{ [1, 2] | sort(reverse=true) }}",
            r#"[1, 2, 3] ["A", "b"] al,Bo,Cy [2, 1]"#,
        ),
        (
            "{{ ['a', 'A', 'b'] | unique }} {{ [1, 2, 3] | sum }} {{ people | sum(attribute='age') }} {{ [2, 1] | min }} {{ [2, 1] | max }}",
            r#"["a", "b"] 6 80 1 2"#,
        ),
        (
            "{{ features | map('upper') | list }} {{ people | selectattr('age', 'gt', 25) | map(attribute='name') }} {{ [0, 1] | select }} {{ [1, 2, 3] | reject('odd') }}",
            r#"["AUTH", "DB"] ["Bo", "Cy"] [1] [2]"#,
        ),
        (
            "{% for age, them in people | groupby('age') %}{{ age }}:{{ them | map(attribute='name') | join(',') }} {% endfor %}",
            "20:al 30:Bo,Cy ",
        ),
        (
            "{{ labels | items }} {{ labels | keys }} {{ labels | values }} {{ {'b': 1, 'a': 2} | dictsort }}",
            r#"[["team", "pay"], ["tier", "1"]] ["team", "tier"] ["pay", "1"] [["a", 2], ["b", 1]]"#,
        ),
        (
            "{{ [1, 2, 3] | batch(2) }} {{ [1, 2, 3] | batch(2, 0) }} {{ [1, 2, 3] | slice(2) }} {{ [1, 2] | zip(['a', 'b']) }}",
            r#"[[1, 2], [3]] [[1, 2], [3, 0]] [[1, 2], [3]] [[1, "a"], [2, "b"]]"#,
        ),
        (
            "{{ '42' | int }} {{ 'x' | int(0) }} {{ '1.5' | float }} {{ 2.7 | int }} {{ -3 | abs }} {{ 2.456 | round(2) }} {{ 2.1 | round(method='ceil') }} {{ 0 | bool }}",
            "42 0 1.5 2 3 2.46 3.0 false",
        ),
        (
            "{{ '%s-%03d %.1f %x %%' | format('a', 7, 1.25, 255) }} {{ '%-4s|%4s' | format('a', 'b') }}",
            "a-007 1.2 ff % a   |   b",
        ),
        (
            "{{ '<a href=\"x\">' | e }} {{ 'a b/é' | urlencode }} {{ absent | default('x') }} {{ '' | default('y', true) }}",
            "&lt;a href=&#34;x&#34;&gt; a%20b/%C3%A9 x y",
        ),
        (
            "{{ labels | attr('team') }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ name is startingwith 'pay' }} {{ 2 is in [1, 2] }} {{ name is string }}",
            "pay true true true true true",
        ),
    ] {
        assert_eq!(said(source), expected, "{source}");
    }
}

#[test]
fn one_expression_alone_keeps_its_type() {
    for (source, expected) in [
        ("{{ port }}", json!(8080)),
        (" {{ features }}\n", json!(["auth", "db"])),
        ("{{ docker and not quiet }}", json!(true)),
        ("{{ nobody }}", json!(null)),
        ("{{ labels }}", json!({"team": "pay", "tier": "1"})),
        ("{{ ratio * 2 }}", json!(1.0)),
        ("{{ people | map(attribute='age') }}", json!([30, 20, 30])),
        ("{{ port }}{{ port }}", json!("80808080")),
        ("port {{ port }}", json!("port 8080")),
        ("{{ port | string }}", json!("8080")),
        ("8080", json!("8080")),
        ("", json!("")),
        ("{% if docker %}{{ port }}{% endif %}", json!("8080")),
    ] {
        assert_eq!(engine().value(source, &answers()).unwrap(), expected, "{source}");
    }
    let mistake = engine().value("  {{ prot }}", &answers()).unwrap_err();
    assert_eq!((mistake.range, mistake.help.as_deref()), (5..9, Some("did you mean `port`?")));
}

#[test]
fn what_is_not_there_is_empty_where_that_is_asked_for() {
    let delimiters = Delimiters { variable: ["${{".into(), "}}".into()], ..Delimiters::default() };
    let mut engine = Engine::new(&delimiters, Undefined::Empty).unwrap();
    engine.add_filter("dump", |value, _| Ok(value.to_string().into()));
    for (source, expected) in [
        ("a${{ x }}b${{ x.y.z }}c${{ name.nothing }}", "abc"),
        ("{% if x.y %}a{% else %}b{% endif %} {{ name }} ${{ name }}", "b {{ name }} payment-api"),
        ("${{ features.length }} ${{ features | dump }}", "2 [\"auth\",\"db\"]"),
    ] {
        assert_eq!(engine.text(source, &answers()).unwrap(), expected, "{source}");
    }
    assert_eq!(engine.value("${{ x.y }}", &answers()).unwrap(), json!(null));
}

#[test]
fn delimiters_can_be_chosen() {
    let pair = |open: &str, close: &str| [open.to_string(), close.to_string()];
    let with =
        |variable, block, comment| Engine::new(&Delimiters { variable, block, comment }, Undefined::Strict);
    let own = with(pair("[[", "]]"), pair("[%", "%]"), pair("[#", "#]")).unwrap();
    let source = "[% if docker %]\n{{ [[ name ]] }} ${{ x }}[# no #]\n[% endif %]\n";
    assert_eq!(own.text(source, &answers()).unwrap(), "{{ payment-api }} ${{ x }}");
    for (variable, block, comment, expected) in [
        (pair("", "}}"), pair("{%", "%}"), pair("{#", "#}"), "empty"),
        (pair("{{", "}}"), pair("{{", "%}"), pair("{#", "#}"), "begins two things"),
        (pair("{ {", "}}"), pair("{%", "%}"), pair("{#", "#}"), "white space"),
    ] {
        assert!(with(variable, block, comment).unwrap_err().contains(expected));
    }
}

/// What minijinja itself says, with the same settings.
fn reference(source: &str) -> Result<String, minijinja::Error> {
    let mut environment = minijinja::Environment::new();
    environment.set_syntax(engine().syntax.clone());
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    let context = minijinja::context! {
        a => 3, b => 4, s => "ab-c", t => "", l => [3, 1, 2], m => minijinja::context! { x => 1 }, y => true,
    };
    environment.render_str(source, context)
}

fn ours(source: &str) -> Result<String, super::super::Mistake> {
    let context = json!({"a": 3, "b": 4, "s": "ab-c", "t": "", "l": [3, 1, 2], "m": {"x": 1}, "y": true});
    engine().text(source, &of(context))
}

proptest! {
    /// Where both say something, both say the same.
    #[test]
    fn minijinja_agrees(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{{ a }}", "{{ a + b }}", "{{ a - b * 2 }}", "{{ a // b }}", "{{ -a % b }}", "{{ b ** 2 }}", "{{ a / b }}",
            "{{ s }}", "{{ s ~ t }}", "{{ s[1:] }}", "{{ s[-2:] }}", "{{ l[::-1] }}", "{{ l[0] }}", "{{ l }}", "{{ m.x }}",
            "{{ 'y' if l == [3, 1, 2] else 'n' }}", "{{ 'y' if a < b else 'n' }}", "{{ 'y' if a in l else 'n' }}", "{{ 'y' if 'x' in m else 'n' }}", "{{ a if y else b }}", "{{ 'y' if not y else 'n' }}",
            "{% if y %}", "{% else %}", "{% elif a > b %}", "{% endif %}", "{% for i in l %}", "{% endfor %}",
            "{% if not y %}", "{{ loop.index }}", "{{ i }}", "{% set z = a + 1 %}", "{{ z }}", "{{ 'y' if loop.last else 'n' }}",
            "{% with q = a %}", "{{ q }}", "{% endwith %}", "\n", "  ", " text ", "{# note #}", "{%- if y -%}",
            "{% raw %}{{ }}{% endraw %}", "{% set w %}", "{% endset %}", "{{ w }}", "{{", "}}", "{%", "%}", "$", "{{ nope }}",
            "{{ 'y' if a is odd else 'n' }}", "{{ a | }}", "{{ 1 + }}", "{% endfor %}{{ a }}",
        ]), 0..12),
    ) {
        let source = parts.concat();
        if let (Ok(one), Ok(other)) = (ours(&source), reference(&source)) {
            prop_assert_eq!(one, other, "{}", source);
        }
    }

    /// Whatever the text, there is an answer, and its place is in the text.
    #[test]
    fn any_text_is_said_or_refused(source in r"(\{\{|\}\}|\{%|%\}|\{#|#\}|[a-z]{1,3}|[ .|()\[\]{}+*~,:'=<>-]|set |for |in |if |end|else|macro |é|\n){0,24}|\PC{0,40}") {
        if let Err(mistake) = ours(&source) {
            prop_assert!(source.get(mistake.range.clone()).is_some(), "{:?}", mistake);
            prop_assert!(!mistake.message.is_empty());
        }
    }
}
