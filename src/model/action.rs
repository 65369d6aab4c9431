//! stub
use super::shape::{Object, Openness};
/// x
pub static ACTION: Object = Object { name: "an x", fields: &[], openness: Openness::Free };
/// x
#[derive(Debug, Clone)]
pub struct Action;
impl Action {
    /// x
    pub fn decode(_: crate::yaml::Node<'_>) -> Self { Self }
}
