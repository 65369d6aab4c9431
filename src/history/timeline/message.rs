//! What a commit's message says besides its subject: who reviewed, who wrote it together, which pull request it was.

use crate::git::Person;

/// A message, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// The line that says what the commit does; of a merge of a pull request, its title.
    pub(super) subject: String,
    /// The number of the pull request.
    pub(super) number: Option<u64>,
    /// Who reviewed it, as trailers say.
    pub(super) reviewers: Vec<Person>,
    /// Who else wrote it, as trailers say.
    pub(super) authors: Vec<Person>,
}

/// The longest subject that is kept.
const LONGEST: usize = 200;

/// The most people of each sort: a squash of many commits names everybody.
const MOST: usize = 8;

/// Returns what a message says. The numbers are written as GitHub, GitLab, Bitbucket, Azure DevOps and Gitea write them.
pub(super) fn read(text: &str) -> Message {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    let (subject, number) = subject(first, &rest);
    let mut message = Message { subject: clip(subject), number, ..Message::default() };
    for line in &rest {
        let Some((key, value)) = line.split_once(':') else { continue };
        let of = match key.to_ascii_lowercase().as_str() {
            "reviewed-by" | "acked-by" | "approved-by" => &mut message.reviewers,
            "co-authored-by" => &mut message.authors,
            _ => continue,
        };
        if let Some(person) = person(value)
            && of.len() < MOST
            && !of.contains(&person)
        {
            of.push(person);
        }
    }
    message
}

/// Returns the subject, and the number of the pull request that it, or the text below it, names.
fn subject<'a>(first: &'a str, rest: &[&'a str]) -> (&'a str, Option<u64>) {
    let title = || rest.iter().copied().find(|line| !line.is_empty()).unwrap_or(first);
    // GitHub, Gitea: the title is below; Bitbucket writes the number behind.
    if let Some(number) = after(first, "Merge pull request #") {
        return (title(), Some(number));
    }
    if first.starts_with("Merged in ")
        && let Some(number) = first.split_once("(pull request #").and_then(|(_, rest)| leading(rest))
    {
        return (title(), Some(number));
    }
    // Azure DevOps: the title follows.
    if let Some(number) = after(first, "Merged PR ") {
        return (first.split_once(": ").map_or(first, |(_, title)| title), Some(number));
    }
    // GitLab: the number is below.
    let request = rest.iter().find_map(|line| line.strip_prefix("See merge request ")?.rsplit_once('!'));
    if let Some(number) = request.and_then(|(_, number)| leading(number)) {
        let subject = if first.starts_with("Merge branch ") { title() } else { first };
        return (subject, Some(number));
    }
    // A squash: the number is at the end.
    let squash = first.strip_suffix(')').and_then(|line| line.rsplit_once(" (#"));
    match squash.and_then(|(subject, number)| Some((subject, number.parse().ok()?))) {
        Some((subject, number)) => (subject, Some(number)),
        None => (first, None),
    }
}

fn after(line: &str, start: &str) -> Option<u64> {
    leading(line.strip_prefix(start)?)
}

/// Returns the number that a text begins with.
fn leading(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// Returns the person written as `Ines Duarte <ines@example.com>`.
fn person(text: &str) -> Option<Person> {
    let (name, email) = text.split_once('<').unwrap_or((text, ""));
    let person =
        Person { name: clip(name.trim()), email: clip(email.split('>').next().unwrap_or_default().trim()) };
    (!person.name.is_empty() || !person.email.is_empty()).then_some(person)
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pull_requests_are_numbered_as_each_host_writes_them() {
        for (text, subject, number) in [
            ("Raise the tier of the cart", "Raise the tier of the cart", None),
            ("Raise the tier (#12)", "Raise the tier", Some(12)),
            ("Merge pull request #12 from marlow/tier\n\nRaise the tier", "Raise the tier", Some(12)),
            ("Merge pull request #12 from marlow/tier", "Merge pull request #12 from marlow/tier", Some(12)),
            (
                "Merge branch 'tier' into 'main'\n\nRaise the tier\n\nSee merge request marlow/catalog!12",
                "Raise the tier",
                Some(12),
            ),
            ("Merged in tier (pull request #12)\n\nRaise the tier", "Raise the tier", Some(12)),
            ("Merged PR 12: Raise the tier", "Raise the tier", Some(12)),
            ("Fix (#x)", "Fix (#x)", None),
            ("(#12)", "(#12)", None),
            ("Fix (#99999999999999999999999)", "Fix (#99999999999999999999999)", None),
            ("\n\n  Padded  \n", "Padded", None),
            ("", "", None),
        ] {
            let message = read(text);
            assert_eq!((message.subject.as_str(), message.number), (subject, number), "{text}");
        }
    }

    #[test]
    fn trailers_name_people() {
        let text = "Do it\n\nBecause.\n\nReviewed-by: Tom Ferreira <tom@example.com>\nreviewed-BY: Rita\n\
                    Co-authored-by: Mei <mei@example.com>\nReviewed-by: Rita\nSigned-off-by: X <x@example.com>\n\
                    Reviewed-by: <>";
        let message = read(text);
        let names =
            |people: &[Person]| people.iter().map(|p| format!("{} {}", p.name, p.email)).collect::<Vec<_>>();
        assert_eq!(names(&message.reviewers), ["Tom Ferreira tom@example.com", "Rita "]);
        assert_eq!(names(&message.authors), ["Mei mei@example.com"]);
    }
}
