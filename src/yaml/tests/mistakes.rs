use super::read;

#[test]
fn dump() {
    for t in include_str!("/tmp/mistakes.txt").lines() {
        let text =
            t.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\ufeff", "\u{feff}");
        let (document, found) = read(&text);
        println!("{text:?}\n    {:?}", document.roots().collect::<Vec<_>>());
        for d in found {
            let span = d.primary.span.start as usize..d.primary.span.end as usize;
            println!(
                "    {} {span:?} {:?} {} | {} | {:?} {:?}",
                d.rule.name(),
                text.get(span.clone()),
                d.message,
                d.primary.text,
                d.help.unwrap_or_default(),
                d.related
            );
        }
    }
}
