//! The images of articles.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::cache::Cache;
use super::error::Error;
use super::extract::Name;
use super::gate::Place;
use crate::app::App;

/// An image by the name that the generation's manifest knows: `<hash>.<extension>`. Reading it
/// goes on when the client is gone, and keeps its place until it is done.
pub(super) async fn image(
    State(app): State<Arc<App>>,
    Extension(place): Extension<Arc<Place>>,
    Name(name): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let serving = app.serving();
    let media = serving.searcher().generation().media(&name).ok_or(Error::NotFound)?;
    let (hash, extension) = name.rsplit_once('.').ok_or(Error::NotFound)?;
    let content_type = match extension {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        _ => return Err(Error::NotFound),
    };
    let read = move || {
        let content = media.read();
        drop(place);
        content
    };
    let read = tokio::task::spawn_blocking(read).await;
    match read.map_err(std::io::Error::from).flatten() {
        Ok(content) => Ok(Cache::Forever.reply_tagged(&headers, content_type, content, hash)),
        // The folder of a generation may be removed while it still answers.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NotFound),
        Err(error) => Err(error.into()),
    }
}
