//! The routes of gift-wrapping.

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Returns all routes.
pub fn routes() -> Router {
    Router::new()
        .route("/", get(about))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
}

/// Says what this is: for whoever finds its address in a log.
async fn about() -> Json<Value> {
    Json(json!({"service": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")}))
}

/// Answers as long as the process can: Kubernetes starts it anew when it does not.
async fn alive() -> &'static str {
    "ok"
}

/// Answers once requests can be served. Ask here whether the database does.
async fn ready() -> &'static str {
    "ok"
}
