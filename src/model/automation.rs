//! stub
use super::shape::{Object, Openness};
/// x
pub static AUTOMATION: Object = Object { name: "an x", fields: &[], openness: Openness::Free };
/// x
#[derive(Debug, Clone)]
pub struct Automation;
impl Automation {
    /// x
    pub fn decode(_: crate::yaml::Node<'_>) -> Self { Self }
}
