//! Keeps vouchers: who has one, what it is worth, and when it ends.

use std::net::{Ipv4Addr, SocketAddr};

use voucher_wallet::routes;

/// Where it listens, unless `PORT` says otherwise.
const PORT: u16 = 9090;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT")
        .ok()
        .and_then(|port| port.parse().ok())
        .unwrap_or(PORT);
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("voucher-wallet listens on {address}");
    axum::serve(listener, routes())
        .with_graceful_shutdown(stopped())
        .await
}

/// Waits until Kubernetes, or a person, asks it to stop: requests that have begun are then answered.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
