use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use voucher_wallet::routes;

async fn get(path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = routes().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn it_is_healthy() {
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).await, (StatusCode::OK, "ok".into()), "{path}");
    }
}

#[tokio::test]
async fn it_says_what_it_is() {
    let (status, body) = get("/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains(r#""service":"voucher-wallet""#), "{body}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    assert_eq!(get("/nowhere").await.0, StatusCode::NOT_FOUND);
}
