use super::super::column::Column;
use super::*;

/// Returns the identifiers of an answer, or its error.
fn found(selection: &Selection) -> String {
    asked(selection, "identifier", Format::Tsv).lines().skip(1).collect::<Vec<_>>().join(" ")
}

fn where_(condition: &str) -> Selection {
    Selection { condition: Some(condition.into()), ..of("Component") }
}

#[test]
fn entities_are_chosen_by_all_that_is_said() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect();
    for (selection, expected) in [
        (of("Component"), "CartService CartUI lib"),
        (of("Domain"), "order"),
        (where_(".properties.tier <= 2"), "CartService lib"),
        (where_(".properties.tags | contains([\"a\"])?"), "CartService"),
        (where_(".relations.dependsOn | index(\"cart-sql\")"), "CartService lib"),
        (where_(".title == null"), "CartUI lib"),
        (where_("empty"), ""),
        (Selection { depends_on: names(&["cart-sql"]), ..of("Component") }, "CartService CartUI lib"),
        (
            Selection { depends_on: names(&["cart-sql"]), depth: Some(1), ..of("Component") },
            "CartService lib",
        ),
        (Selection { depends_on: names(&["cart-sql", "lib"]), ..of("Component") }, "CartService CartUI"),
        (
            Selection { used_by: names(&["CartUI"]), ..Selection::default() },
            "Cart order CartService lib cart-sql",
        ),
        (
            Selection { used_by: names(&["Component:CartUI"]), depth: Some(1), ..of("Component") },
            "CartService",
        ),
        (Selection { sort: Some("-tier".into()), ..of("Component") }, "CartUI lib CartService"),
        (Selection { sort: Some("language".into()), limit: Some(2), ..of("Component") }, "CartService lib"),
        (Selection { sort: Some("-language".into()), ..of("Component") }, "lib CartService CartUI"),
        (Selection { limit: Some(1), ..of("Component") }, "CartService"),
        (Selection { upstream: true, ..about("CartUI") }, "Cart CartService order lib cart-sql"),
        (Selection { upstream: true, depth: Some(1), ..about("CartUI") }, "Cart CartService"),
        (Selection { downstream: true, ..about("Resource/cart-sql") }, "CartService lib CartUI"),
        (
            Selection {
                downstream: true,
                condition: Some(".properties.tier > 2".into()),
                ..about("cart-sql")
            },
            "CartUI",
        ),
    ] {
        assert_eq!(found(&selection), expected, "{selection:?}");
    }
}

#[test]
fn mistakes_say_what_to_write_instead() {
    let upstream = Selection { upstream: true, ..of("Component") };
    for (selection, expected) in [
        (of("Componnet"), "error: there is no blueprint `Componnet`\n  help: did you mean `Component`?\n"),
        (
            about("CartServise"),
            "error: there is no entity called `CartServise`\n  help: did you mean `CartService` or `CartUI`?\n",
        ),
        (
            about("Component/CartServise"),
            "error: there is no `Component` with the identifier `CartServise`\n  help: did you mean `CartService` or `CartUI`?\n",
        ),
        (
            about("Cart"),
            "error: `Cart` names 2 entities\n  help: name one of `System/Cart`, `Resource/Cart`\n",
        ),
        (
            upstream,
            "error: upstream and downstream start from an entity, and none is named\n  help: name one: portal query CartService --upstream\n",
        ),
        (
            Selection { depth: Some(2), ..of("Component") },
            "error: a depth says how far to follow relations, and none are followed\n  help: add --upstream, --downstream, --depends-on or --used-by\n",
        ),
        (
            where_(".properties.tier = 1"),
            "error: the condition sets a value, so that it always holds\n  help: compare with `==`\n",
        ),
        (
            where_(".title == 'a'"),
            "error: the condition is not valid jq: a string is written in double quotes\n  .title == 'a'\n            ^\n  help: write `\"a\"`\n",
        ),
        (
            where_(".title | test(\"a\")"),
            "error: the condition fails for `Component/CartUI`, and for another entity: cannot use null as string\n  help: to leave out the entities for which it fails, write (.title | test(\"a\"))?\n",
        ),
        (
            where_("until(false; .)"),
            "error: the condition takes too many steps\n  help: see that its loops and recursions end\n",
        ),
        (
            Selection { sort: Some("teir".into()), ..of("Component") },
            "error: `Component` has no property or relation `teir`\n  help: did you mean `tier`?\n",
        ),
    ] {
        assert_eq!(asked(&selection, "", Format::Tsv), expected, "{selection:?}");
    }
}

#[test]
fn a_name_is_a_blueprint_before_an_entity() {
    let portal = portal();
    let about = |name: &str| Selection::default().about(&portal, name).map(|s| (s.blueprint, s.entity));
    let is =
        |blueprint: &str, entity: Option<&str>| Ok((Some(blueprint.to_string()), entity.map(String::from)));
    assert_eq!(about("Component"), is("Component", None));
    assert_eq!(about("CartUI"), is("Component", Some("CartUI")));
    assert_eq!(about("Resource/Cart"), is("Resource", Some("Cart")));
    assert_eq!(about("System:Cart"), is("System", Some("Cart")));
    assert_eq!(about("Cart").unwrap_err().message, "`Cart` names 2 entities");
    let unknown = about("Conponent").unwrap_err().to_string();
    assert_eq!(
        unknown,
        "there is no blueprint or entity called `Conponent`\n  help: did you mean `Component`?"
    );
}

#[test]
fn columns_are_paths_that_exist() {
    let portal = portal();
    let value = |name: &str| {
        let answer = run(&portal, &Selection { limit: Some(1), ..of("Component") }, &[name.into()])?;
        Ok::<_, QueryError>(answer.columns[0].value(&portal, &answer.rows[0]).to_string())
    };
    for (column, expected) in [
        ("identifier", "\"CartService\""),
        ("$identifier", "\"CartService\""),
        ("title", "\"Cart service\""),
        ("properties.title", "\"inner\""),
        ("blueprint", "\"Component\""),
        ("$team", "[\"checkout\"]"),
        ("owners", "[\"checkout\"]"),
        ("icon", "null"),
        ("file", "\"entities/all.yaml\""),
        ("line", "5"),
        ("tier", "1"),
        ("tags", "[\"a\",\"b, c\"]"),
        ("system", "\"Cart\""),
        ("relations.dependsOn", "[\"lib\",\"cart-sql\"]"),
        ("system.domain", "\"order\""),
        ("system.domain.$title", "\"Ordering\""),
        ("system.relations.domain.title", "\"Ordering\""),
        ("dependsOn.tier", "[2]"),
        ("dependsOn.dependsOn.identifier", "[\"cart-sql\"]"),
        ("dependsOn.dependsOn", "[\"cart-sql\"]"),
        ("system.lead", "null"),
        ("domainTitle", "\"Ordering\""),
        ("properties.domainTitle", "\"Ordering\""),
        ("dependsOn.domainTitle", "[]"),
    ] {
        assert_eq!(value(column).as_deref(), Ok(expected), "{column}");
    }
    for (column, message, help) in [
        ("sytem.domain", "`Component` has no relation `sytem`", Some("did you mean `system`?")),
        ("system.dmain", "`System` has no property or relation `dmain`", Some("did you mean `domain`?")),
        (
            "dependsOn.sytem",
            "none of these entities has a property or relation `sytem`",
            Some("did you mean `system`?"),
        ),
        ("tier.x", "`Component` has no relation `tier`", None),
        (
            "properties.tier.x",
            "`tier` is a property, and nothing comes after it",
            Some("relations come before it"),
        ),
        ("properties.system", "`Component` has no property `system`", None),
        (
            "domainTitel",
            "`Component` has no property or relation `domainTitel`",
            Some("did you mean `domainTitle`?"),
        ),
        ("level.readiness", "no scorecard `readiness` judges these entities", Some("none does")),
        ("system..x", "`system..x` is not a column: a name is missing", None),
        ("", "`` is not a column: a name is missing", None),
        ("distance", "`Component` has no property or relation `distance`", None),
    ] {
        let error = value(column).unwrap_err();
        assert_eq!(error.message, message, "{column}");
        assert!(help.is_none_or(|help| error.help.as_deref() == Some(help)), "{column}: {:?}", error.help);
    }
}

#[test]
fn columns_of_one_blueprint_are_empty_for_others() {
    let tiers = asked(&Selection::default(), "identifier,tier", Format::Tsv);
    assert!(tiers.contains("lib\t2\n") && tiers.contains("order\t\n"), "{tiers}");
}

#[test]
fn usual_columns_tell_most_in_least_space() {
    let portal = portal();
    let names = |selection: &Selection| {
        let answer = run(&portal, selection, &[]).unwrap();
        answer.columns.iter().map(|Column { name, .. }| name.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&of("Component")), "identifier title tier properties.title language owners");
    assert_eq!(names(&Selection::default()), "blueprint identifier title owners");
    let upstream = Selection { upstream: true, ..about("CartUI") };
    assert_eq!(names(&upstream), "distance blueprint identifier title via owners");
    let both = Selection { downstream: true, ..upstream };
    assert_eq!(names(&both), "direction distance blueprint identifier title via owners");
}
