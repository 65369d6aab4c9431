//! How a job gets portal: one script, checked against a checksum.

use super::settings::Settings;
use crate::model::ci::Install;

/// The version that generates the files, and runs them.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where the releases are.
const RELEASES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/releases/download");

/// How everything is fetched: over https, or not at all.
const CURL: &str = "curl --fail --silent --show-error --location --retry 3 --proto '=https'";

/// A script that puts `portal` on the path, and the variables that it reads.
#[derive(Debug)]
pub(super) struct Installation {
    pub(super) script: String,
    pub(super) variables: Vec<(&'static str, String)>,
}

/// Returns how a job gets portal; `keep` is the line that puts the folder `$folder` on the path of what follows.
pub(super) fn installation(settings: &Settings, keep: &str) -> Installation {
    match &settings.install {
        Install::Preinstalled => Installation { script: "portal --version\n".into(), variables: Vec::new() },
        Install::Release => Installation {
            script: released(keep),
            variables: vec![
                ("PORTAL_RELEASE", format!("{RELEASES}/v{VERSION}")),
                ("PORTAL_VERSION", format!("v{VERSION}")),
            ],
        },
        Install::Archive { url, sha256 } => Installation {
            script: archived(url, keep),
            variables: vec![("PORTAL_SHA256", sha256.clone()), ("PORTAL_URL", url.clone())],
        },
    }
}

fn released(keep: &str) -> String {
    format!(
        r#"folder="$(mktemp -d)"
name="portal-$PORTAL_VERSION-$(uname -m | sed 's/arm64/aarch64/')-unknown-linux-musl"
for file in SHA256SUMS "$name.tar.gz"; do
  {CURL} \
    --output "$folder/$file" "$PORTAL_RELEASE/$file"
done
grep "  $name.tar.gz\$" "$folder/SHA256SUMS" > "$folder/expected"
(cd "$folder" && sha256sum --check --strict expected)
tar -xzf "$folder/$name.tar.gz" -C "$folder" --strip-components=1
{keep}
"$folder/portal" --version
"#
    )
}

fn archived(url: &str, keep: &str) -> String {
    let packed = [".tar.gz", ".tgz"].iter().any(|end| url.ends_with(end));
    let unpack = match packed {
        true => {
            "tar -xzf \"$folder/download\" -C \"$folder\"\nmv \"$(find \"$folder\" -type f -name portal | head -n 1)\" \"$folder/bin/portal\""
        }
        false => "mv \"$folder/download\" \"$folder/bin/portal\"",
    };
    format!(
        r#"folder="$(mktemp -d)"
mkdir "$folder/bin"
{CURL} \
  --output "$folder/download" "$PORTAL_URL"
echo "$PORTAL_SHA256  $folder/download" | sha256sum --check --strict
{unpack}
chmod +x "$folder/bin/portal"
folder="$folder/bin"
{keep}
"$folder/portal" --version
"#
    )
}
