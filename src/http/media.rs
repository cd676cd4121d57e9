//! The images of articles.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::cache::Cache;
use super::error::Error;
use super::extract::Name;
use crate::app::App;

/// An image by the name that the generation's manifest knows: `<hash>.<extension>`.
pub(super) async fn image(
    State(app): State<Arc<App>>,
    Name(name): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let serving = app.serving();
    let media = serving.searcher().generation().media(&name).ok_or(Error::NotFound)?;
    let content_type = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        _ => return Err(Error::NotFound),
    };
    let read = tokio::task::spawn_blocking(move || media.read()).await;
    match read.map_err(std::io::Error::from).flatten() {
        Ok(content) => Ok(Cache::Forever.reply(&headers, content_type, content)),
        // The folder of a generation may be removed while it still answers.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NotFound),
        Err(error) => Err(error.into()),
    }
}
