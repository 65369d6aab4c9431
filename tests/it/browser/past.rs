//! The example with a history of its own: the days, the people and what they changed.

use std::fs;

use crate::sandbox::{Sandbox, repository};

/// What a commit changed in a file: its path, what it says since, and what it said before; without both the file came.
type Change = (&'static str, &'static str, &'static str);

/// A commit: its day, who wrote it, what it says and what it changed.
struct Commit {
    time: &'static str,
    author: (&'static str, &'static str),
    message: &'static str,
    changes: &'static [Change],
}

const RITA: (&str, &str) = ("Rita Okafor", "rita.okafor@marlow.example");
const INES: (&str, &str) = ("Ines Duarte", "ines.duarte@marlow.example");
const TOM: (&str, &str) = ("Tom Ferreira", "tom.ferreira@marlow.example");
const SANNA: (&str, &str) = ("Sanna Virtanen", "sanna.virtanen@marlow.example");
const AISHA: (&str, &str) = ("Aisha Rahman", "aisha.rahman@marlow.example");
const CART: &str = "entities/Component/cart-service.yaml";
const PAYMENT: &str = "services/payment-service/portal.yml";

/// After the first commit, which has everything else. The last of them leaves the example as it is.
const COMMITS: &[Commit] = &[
    Commit {
        time: "2026-09-07T09:20:00Z",
        author: TOM,
        message: "Say who is called when the cart is down (#12)",
        changes: &[(CART, "  onCall: cart-primary\n", "")],
    },
    Commit {
        time: "2026-09-14T08:00:00Z",
        author: RITA,
        message: "Want a runbook for every tier 1 service (#15)\n\nReviewed-by: Ines Duarte <ines.duarte@marlow.example>",
        changes: &[("initiatives/runbooks.yaml", "", "")],
    },
    Commit {
        time: "2026-10-01T07:45:00Z",
        author: RITA,
        message: "Begin the move to Java 21 (#19)",
        changes: &[("initiatives/java-21.yaml", "", "")],
    },
    Commit {
        time: "2026-10-12T13:10:00Z",
        author: AISHA,
        message: "Run payments three times (#24)\n\nReviewed-by: Sanna Virtanen <sanna.virtanen@marlow.example>",
        changes: &[
            (PAYMENT, "replicas: 3", "replicas: 2"),
            ("services/payment-service/deploy/disruption-budget.yaml", "", ""),
        ],
    },
    Commit {
        time: "2026-10-26T15:30:00Z",
        author: SANNA,
        message: "Tell how checkout works, and how to report a hole in it (#28)\n\nCo-authored-by: Ines Duarte <ines.duarte@marlow.example>",
        changes: &[
            ("services/checkout-service/README.md", "", ""),
            ("services/checkout-service/SECURITY.md", "", ""),
        ],
    },
    Commit {
        time: "2026-10-29T10:15:00Z",
        author: TOM,
        message: "Build the cart service with Java 21 (#29)\n\nReviewed-by: Ines Duarte <ines.duarte@marlow.example>",
        changes: &[(
            "services/cart-service/build.gradle.kts",
            "JavaLanguageVersion.of(21)",
            "JavaLanguageVersion.of(17)",
        )],
    },
    Commit {
        time: "2026-11-05T08:20:00Z",
        author: AISHA,
        message: "Lock the payment service until the certificates have changed (#31)",
        changes: &[
            (PAYMENT, "deployLocked: true", "deployLocked: false"),
            (PAYMENT, "2026-11-05T08:15:00Z", "2026-09-30T10:02:00Z"),
        ],
    },
    Commit {
        time: "2026-11-16T11:05:00Z",
        author: INES,
        message: "Promise more of the cart (#36)",
        changes: &[("services/cart-service/SECURITY.md", "", ""), (CART, "slo: 99.9\n", "slo: 99.5\n")],
    },
    Commit {
        time: "2026-11-20T07:40:00Z",
        author: INES,
        message: "Deploy the cart service (#38)\n\nReviewed-by: Tom Ferreira <tom.ferreira@marlow.example>",
        changes: &[(CART, "2026-11-20T07:31:00Z", "2026-11-03T12:00:00Z")],
    },
];

/// Returns the example as a repository.
pub(super) fn example() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository("examples/catalog"), "");
    // Backwards from today, to know what each commit leaves.
    let mut left: Vec<Vec<(&str, String)>> = Vec::new();
    for Commit { changes, .. } in COMMITS.iter().rev() {
        left.push(changes.iter().map(|(path, ..)| (*path, read(&sandbox, path))).collect());
        for change in changes.iter().rev() {
            take_back(&sandbox, *change);
        }
    }
    sandbox.git(&["init", "-q", "-b", "main"]);
    commit(&sandbox, "2026-08-03T10:00:00Z", RITA, "Write down what we run");
    for (Commit { time, author, message, .. }, files) in COMMITS.iter().zip(left.into_iter().rev()) {
        for (path, text) in files {
            sandbox.write(path, text);
        }
        commit(&sandbox, time, *author, message);
    }
    sandbox
}

fn read(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn take_back(sandbox: &Sandbox, (path, since, before): Change) {
    if since.is_empty() {
        fs::remove_file(sandbox.path().join(path)).unwrap();
        return;
    }
    let text = read(sandbox, path);
    assert!(text.contains(since), "{path} does not say {since}");
    sandbox.write(path, text.replacen(since, before, 1));
}

fn commit(sandbox: &Sandbox, time: &str, (name, address): (&str, &str), message: &str) {
    // What people ignore on their own machines is part of the example.
    sandbox.git(&["add", "-A", "-f"]);
    let variables = [
        ("GIT_AUTHOR_NAME", name),
        ("GIT_AUTHOR_EMAIL", address),
        ("GIT_AUTHOR_DATE", time),
        ("GIT_COMMITTER_NAME", name),
        ("GIT_COMMITTER_EMAIL", address),
        ("GIT_COMMITTER_DATE", time),
    ];
    let ran = sandbox.run("git", &["commit", "-q", "-m", message], b"", &variables);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}
