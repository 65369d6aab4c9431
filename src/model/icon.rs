//! Icons: the names that Port knows, and the drawing of ours that stands in for each.
//!
//! Port's pictures are trademarks, of Port and of the vendors, so a name is a fact and the picture is our own: one
//! of a few drawings of what the thing is. Published definitions differ in case (`AWS`, `Aws`), so lookups do not.

use std::cmp::Ordering;

/// Returns the id of the drawing for an icon name of Port, in whatever case it is written.
pub fn glyph(name: &str) -> Option<&'static str> {
    let at = ICONS.binary_search_by(|(icon, _)| compare(icon, name)).ok()?;
    Some(ICONS[at].1)
}

/// Returns whether Port, or a definition that Port publishes, has an icon of this name, in any case.
pub fn is_known(name: &str) -> bool {
    glyph(name).is_some()
}

/// Every icon name, sorted without regard to case, as Port spells it.
pub const NAMES: [&str; ICONS.len()] = {
    let mut names = [""; ICONS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = ICONS[at].0;
        at += 1;
    }
    names
};

/// Orders two names without regard to ASCII case.
fn compare(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

/// The 341 names of Port's list and those its integrations use besides, each with the id of a drawing.
#[rustfmt::skip]
const ICONS: &[(&str, &str)] = &[
    ("Actions", "action"), ("Add", "action"), ("AddUser", "user"), ("AI", "action"), ("Aikido", "incident"),
    ("Airflow", "cron"), ("Alert", "incident"), ("AmazonDynamoDB", "database"), ("AmazonEC2", "cloud"),
    ("AmazonEKS", "cluster"), ("AmazonRDS", "database"), ("AmazonS3", "bucket"), ("Amplication", "service"),
    ("Ansible", "action"), ("API", "api"), ("APIalt", "api"), ("ApiDoc", "api"), ("ApiDocs", "api"),
    ("APIEndpoint", "api"), ("AppRunner", "cloud"), ("Apps", "service"), ("Aqua", "scorecard"),
    ("Argo", "pipeline"), ("ArgoRollouts", "pipeline"), ("Armis", "scorecard"), ("AuditLog", "cron"),
    ("Aws", "cloud"), ("Azure", "cloud"), ("AzureAD", "user"), ("AzureDevops", "pipeline"),
    ("AzurePipline", "pipeline"), ("AzureProvider", "cloud"), ("Backstage", "git"),
    ("BadgeAlert", "incident"), ("Bar", "scorecard"), ("BitBucket", "git"), ("BitBucketGitops", "git"),
    ("BlankPage", "doc"), ("Blueprint", "domain"), ("Bolt", "action"), ("Book", "runbook"),
    ("Box", "package"), ("Branch", "git"), ("Bucket", "bucket"), ("Buddy", "pipeline"), ("Bug", "incident"),
    ("Bulb", "action"), ("Calendar", "cron"), ("Catalog", "doc"), ("Category", "doc"), ("Chat", "queue"),
    ("Checklist", "ok"), ("Checkmarx", "scorecard"), ("CICD", "pipeline"), ("CircleCI", "pipeline"),
    ("Claude", "action"), ("Clickup", "team"), ("Clock", "cron"), ("ClockLoader", "cron"),
    ("ClosedFolder", "doc"), ("Cloud", "cloud"), ("Cloudflare", "cloud"), ("CloudFormation", "cloud"),
    ("Cluster", "cluster"), ("Codacy", "scorecard"), ("Code", "git"), ("CodeBlocks", "git"),
    ("Codecov", "scorecard"), ("Codefresh", "pipeline"), ("Columns", "database"), ("Commit", "git"),
    ("ConcourseCI", "pipeline"), ("Confluence", "doc"), ("Consul", "api"), ("Cookiecutter", "copy"),
    ("Coralogix", "scorecard"), ("Cost", "domain"), ("CPlusPlus", "package"), ("CPU", "environment"),
    ("Crossplane", "cloud"), ("CSharp", "package"), ("Css3", "package"), ("CSV", "database"),
    ("Cursor", "action"), ("Customer", "domain"), ("Database", "database"), ("Databricks", "database"),
    ("Datadog", "scorecard"), ("Day2Operation", "action"), ("DBT", "database"),
    ("DefaultBlueprint", "service"), ("DefaultProperty", "doc"), ("Delete", "action"),
    ("Dependabot", "scorecard"), ("DeployedAt", "cron"), ("Deployment", "pipeline"),
    ("Deployments", "pipeline"), ("Details", "doc"), ("DevopsTool", "pipeline"), ("DevTV", "environment"),
    ("Docker", "package"), ("Docs", "doc"), ("Dollar", "domain"), ("DownArrow", "down"),
    ("Download", "action"), ("DrawIO", "doc"), ("Drive", "bucket"), ("DynamicFeed", "queue"),
    ("Dynatrace", "scorecard"), ("EC2", "cloud"), ("Ecs", "cluster"), ("Edit", "action"),
    ("ElasticSearch", "database"), ("Emergency", "incident"), ("EmptyBox", "package"),
    ("Environment", "environment"), ("Environments", "environment"), ("ErrorLogs", "incident"),
    ("EU", "domain"), ("Euro", "domain"), ("Event", "cron"), ("Exporter", "action"),
    ("Falcosidekick", "incident"), ("Figma", "doc"), ("Finance", "domain"), ("FireHydrant", "incident"),
    ("FitView", "action"), ("Flag", "flag"), ("Flagsmith", "flag"), ("Fluentd", "queue"),
    ("Fluxcd", "pipeline"), ("Flyway", "database"), ("Folder", "doc"), ("GCE", "cloud"), ("General", "doc"),
    ("Git", "git"), ("GitHub", "git"), ("GithubActions", "pipeline"), ("GithubCopilot", "action"),
    ("GithubGitops", "git"), ("GitIssue", "git"), ("GitLab", "git"), ("GitLabGitops", "git"),
    ("GitPullRequest", "git"), ("GitSubIcon", "git"), ("GitVersion", "git"), ("GKE", "cluster"),
    ("Go", "package"), ("Google", "cloud"), ("GoogleCloud", "cloud"), ("GoogleCloudPlatform", "cloud"),
    ("GoogleMaps", "domain"), ("GPU", "environment"), ("Grafana", "scorecard"), ("Graphql", "api"),
    ("groundcover", "cluster"), ("GroupBy", "scorecard"), ("HAProxy", "api"), ("HashiCorp", "cloud"),
    ("Health", "ok"), ("Helm", "cluster"), ("Help", "what"), ("Home", "domain"), ("HourGlass", "cron"),
    ("HourGlassExpired", "cron"), ("Html5", "package"), ("Hubspot", "domain"), ("Humio", "scorecard"),
    ("IaC", "cloud"), ("Infinity", "pipeline"), ("Instance", "environment"), ("Istio", "api"),
    ("Java", "package"), ("Javascript", "package"), ("Jenkins", "pipeline"), ("JFrog", "package"),
    ("JfrogXray", "scorecard"), ("Jira", "team"), ("Job", "cron"), ("Js", "package"), ("JsonEditor", "doc"),
    ("JumpCloudProvider", "user"), ("Jupyter", "doc"), ("Kafka", "queue"), ("KafkaUI", "queue"),
    ("Key", "user"), ("Kiali", "api"), ("Kibana", "scorecard"), ("KNative", "cluster"),
    ("Komodor", "cluster"), ("Kotlin", "package"), ("Kubecost", "cluster"), ("Kyverno", "cluster"),
    ("Lambda", "cloud"), ("Lastpass", "user"), ("Launchdarkly", "flag"), ("Layers", "system"),
    ("Learn", "runbook"), ("LeftArrow", "action"), ("Linear", "team"), ("LineChart", "scorecard"),
    ("Link", "link"), ("LinkOut", "link"), ("Linux", "environment"), ("List", "doc"), ("Lock", "user"),
    ("LogOut", "action"), ("Logz", "scorecard"), ("LucidCharts", "doc"), ("Mail", "queue"),
    ("Manager", "user"), ("ManageSearch", "search"), ("Markdown", "doc"), ("Matlab", "package"),
    ("Mend", "scorecard"), ("Merge", "git"), ("Message", "queue"), ("Metric", "scorecard"),
    ("Microservice", "service"), ("Microservices", "service"), ("Microsoft", "cloud"),
    ("MicrosoftEntraID", "user"), ("Migrate", "pipeline"), ("Miro", "doc"), ("Misconfiguration", "incident"),
    ("Mixpanel", "scorecard"), ("MongoDb", "database"), ("Moon", "environment"), ("Move", "action"),
    ("Neo4j", "database"), ("NewPage", "action"), ("NewRelic", "scorecard"), ("Node", "package"),
    ("NodeJS", "package"), ("Notion", "doc"), ("NSQ", "queue"), ("Ocean", "service"), ("Octopus", "pipeline"),
    ("OctopusDeploy", "pipeline"), ("Okta", "user"), ("OneLogin", "user"), ("Opencost", "domain"),
    ("OpenFolder", "doc"), ("OpsGenie", "incident"), ("Organization", "domain"), ("OutSystems", "service"),
    ("Package", "package"), ("Pagerduty", "incident"), ("Perl", "package"), ("Permissions", "user"),
    ("Php", "package"), ("Pie", "scorecard"), ("PieChart", "scorecard"), ("Pipeline", "pipeline"),
    ("Plug", "action"), ("PlugOff", "action"), ("Port", "service"), ("PostgreSQL", "database"),
    ("Prometheus", "scorecard"), ("Properties", "doc"), ("Pulsar", "queue"), ("Pulumi", "cloud"),
    ("Python", "package"), ("R", "package"), ("Rancher", "cluster"), ("React", "package"),
    ("RedhatOpenshift", "cluster"), ("Redis", "database"), ("Register", "action"), ("Relation", "link"),
    ("Reminder", "cron"), ("Repeat", "copy"), ("Reset", "action"), ("RestApi", "api"),
    ("RightArrow", "action"), ("Rocket", "action"), ("Role", "user"), ("Rope", "link"), ("Ruby", "package"),
    ("S3", "bucket"), ("SalesForce", "cloud"), ("Scala", "package"), ("Score", "scorecard"),
    ("Scorecards", "scorecard"), ("SDK", "package"), ("Search", "search"), ("SendGrid", "queue"),
    ("Sensu", "incident"), ("Sentry", "incident"), ("Server", "environment"), ("Service", "service"),
    ("Servicenow", "cloud"), ("Settings", "action"), ("SettingsEthernet", "action"), ("Share", "link"),
    ("Shield", "ok"), ("Sinch", "queue"), ("SingleStore", "database"), ("Siren", "incident"),
    ("Slack", "queue"), ("Snowflake", "database"), ("SNS", "queue"), ("Snyk", "scorecard"),
    ("SonarCloud", "scorecard"), ("Sonarqube", "scorecard"), ("SonartypeNexusIQ", "scorecard"),
    ("Sort", "scorecard"), ("Speed", "scorecard"), ("Spinnaker", "pipeline"), ("Spring", "package"),
    ("SQL", "database"), ("Stack", "system"), ("Stackhawk", "scorecard"), ("StackOverflow", "runbook"),
    ("Star", "flag"), ("StatusPage", "incident"), ("Stonebranch", "cron"), ("Stoplight", "api"),
    ("Store", "database"), ("Stripe", "domain"), ("Sun", "environment"), ("Supervisor", "user"),
    ("Support", "domain"), ("Swagger", "api"), ("Swift", "package"), ("Sync", "pipeline"),
    ("Table", "database"), ("Tableau", "scorecard"), ("Tag", "doc"), ("Team", "team"),
    ("TeamCity", "pipeline"), ("Template", "copy"), ("Terraform", "cloud"), ("Thanos", "scorecard"),
    ("Travel", "domain"), ("Tribe", "team"), ("Trivy", "scorecard"), ("Twilio", "queue"),
    ("TwoUsers", "team"), ("Typescript", "package"), ("Unavailable", "no"), ("Unleash", "flag"),
    ("Unlock", "user"), ("UpArrow", "action"), ("Updates", "action"), ("Url", "link"), ("USA", "domain"),
    ("User", "user"), ("Users", "team"), ("Version", "git"), ("Vulnerability", "incident"),
    ("Webhook", "api"), ("Widget", "service"), ("Windows", "environment"), ("Wiz", "scorecard"),
    ("Youtrack", "team"), ("Zendesk", "domain"), ("Zipkin", "scorecard"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of the drawings.
    const GLYPHS: &[&str] = &[
        "service",
        "api",
        "database",
        "queue",
        "bucket",
        "team",
        "user",
        "domain",
        "system",
        "environment",
        "cluster",
        "doc",
        "runbook",
        "cron",
        "package",
        "cloud",
        "incident",
        "flag",
        "pipeline",
        "scorecard",
        "action",
        "search",
        "link",
        "git",
        "copy",
        "ok",
        "no",
        "what",
        "down",
    ];

    #[test]
    fn names_are_sorted_and_unique_without_case() {
        for pair in NAMES.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{} before {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn every_name_has_a_drawing_that_exists() {
        for (name, glyph) in ICONS {
            assert!(GLYPHS.contains(glyph), "{name} is drawn as {glyph}");
        }
    }

    #[test]
    fn looks_up_without_case() {
        for (name, expected) in [
            ("Microservice", Some("service")),
            ("microservice", Some("service")),
            ("AWS", Some("cloud")),
            ("Github", Some("git")),
            ("pagerduty", Some("incident")),
            ("GPU", Some("environment")),
            ("AI", Some("action")),
            ("Zipkin", Some("scorecard")),
            ("Microservce", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(glyph(name), expected, "{name}");
            assert_eq!(is_known(name), expected.is_some(), "{name}");
        }
        assert!(NAMES.iter().all(|name| is_known(&name.to_uppercase()) && is_known(&name.to_lowercase())));
    }
}
