//! Hosts that only the machine itself should ask.
//!
//! Who can choose the host of a request could ask in the name of the runner: services that listen to nobody else, and the
//! address at which a cloud tells a machine its credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The names by which machines of a cloud ask who they are.
const METADATA: &[&str] =
    &["metadata", "metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"];

/// Refuses an address whose host is one of them, as far as its name says.
///
/// # Errors
/// Why, as a phrase.
pub(super) fn check(url: &Url) -> Result<(), String> {
    let inside = match url.host() {
        None => true,
        Some(Host::Ipv4(address)) => is_inside(address.into()),
        Some(Host::Ipv6(address)) => is_inside(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost") || METADATA.contains(&name)
        }
    };
    if inside { Err(refusal()) } else { Ok(()) }
}

/// Returns why an address is refused.
pub(super) fn refusal() -> String {
    "the host comes from an expression, and is one that only the runner itself should ask".into()
}

/// Returns whether an address is the machine's own, or one that only answers to machines of a cloud.
pub(super) fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_4(address),
        IpAddr::V6(address) => is_inside_6(address),
    }
}

fn is_inside_4(address: Ipv4Addr) -> bool {
    // The two at the end are those of Alibaba and Oracle; the others have a link-local one.
    address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)].contains(&address)
}

fn is_inside_6(address: Ipv6Addr) -> bool {
    let amazon = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unicast_link_local()
        || address == amazon
        || address.to_ipv4_mapped().is_some_and(is_inside_4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_runner_should_ask_is_refused() {
        for (url, fine) in [
            ("https://a.example/", true),
            ("https://10.0.0.1/", true),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://2852039166/", false),
            ("https://0xa9fea9fe/", false),
            ("https://[::ffff:169.254.169.254]/", false),
            ("https://[fe80::1]/", false),
            ("https://[fd00:ec2::254]/", false),
            ("http://localhost:2375/", false),
            ("http://127.1/", false),
            ("https://metadata.google.internal./", false),
            ("https://a.localhost/", false),
            ("data:x", false),
        ] {
            let url = Url::parse(url).expect("an address");
            assert_eq!(check(&url).is_ok(), fine, "{url}");
        }
    }
}
