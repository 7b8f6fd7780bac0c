//! Files in requests: where they are taken, how large they may be, and how they come onto the disk while they arrive.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use bytes::Bytes;
use caseyos_shared::model::WorkspaceId;
use futures::{Stream, StreamExt};

use super::error::ApiError;
use crate::access::callers::Caller;
use crate::app::App;
use crate::signals::uploads::{Incoming, Received};
use crate::store::StoreError;

const MIB: u64 = 1 << 20;
/// The largest lead list that a request may bring; the command line takes any.
const LEADS: u64 = 20 * MIB;
/// The largest mailbox that a request may bring; the command line takes any.
const MAIL: u64 = 64 * MIB;
/// Every address that takes a file, and how large it may be.
const FILES: [(&str, u64); 5] = [
    ("/api/imports/leads", LEADS),
    ("/api/imports/leads/preview", LEADS),
    ("/api/imports/mail", MAIL),
    ("/imports/leads", LEADS),
    ("/imports/mail", MAIL),
];
/// How long a request with a file may take: 64 MiB over a line of 600 kbit/s.
pub(super) const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long a sender may be silent in the middle of a file.
const SILENCE: Duration = Duration::from_secs(30);
/// How much of a file that is too large is still read, so that its sender hears why: browsers listen only after they have spoken.
const HEARD_OUT: u64 = 256 * MIB;

/// How large a file may be that is sent to this address; none when it takes no files.
#[must_use]
pub(crate) fn limit_of(path: &str) -> Option<u64> {
    FILES.iter().find(|(address, _)| *address == path).map(|(_, limit)| *limit)
}

fn too_large(limit: u64) -> ApiError {
    ApiError::TooLarge(format!(
        "Files up to {} MiB are taken here, and nothing of this one was kept. The command line takes any: `caseyos import`.",
        limit / MIB
    ))
}

/// Refuses at once what says itself that it is far too large.
///
/// # Errors
/// [`ApiError::TooLarge`]
pub(crate) fn refuse_far_too_large(headers: &HeaderMap, limit: u64) -> Result<(), ApiError> {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    if length.is_some_and(|length: u64| length > limit + HEARD_OUT) { Err(too_large(limit)) } else { Ok(()) }
}

/// What the disk said, as an answer.
pub(crate) fn no_room(error: std::io::Error) -> ApiError {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied => ApiError::Store(StoreError::Full),
        _ => ApiError::Internal(format!("an upload: {error}")),
    }
}

/// Takes a file onto the disk while it arrives.
///
/// # Errors
/// When it is too large, breaks off or stands still, or when the disk does not take it.
pub(crate) async fn receive<E>(
    app: &App,
    workspace: WorkspaceId,
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    limit: u64,
) -> Result<Received, ApiError> {
    let mut incoming = Incoming::begin(app, workspace).await.map_err(no_room)?;
    while let Some(chunk) = next(&mut chunks).await? {
        if incoming.size() + chunk.len() as u64 > limit {
            drop(incoming);
            hear_out(chunks).await;
            return Err(too_large(limit));
        }
        incoming.take(&chunk).await.map_err(no_room)?;
    }
    incoming.end().await.map_err(no_room)
}

async fn next<E>(chunks: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin)) -> Result<Option<Bytes>, ApiError> {
    let silent =
        |_| ApiError::Malformed("Nothing came for half a minute, so the file was let go. Send it again.".to_owned());
    let broken = |_| ApiError::Malformed("The file was cut off before its end. Send it again.".to_owned());
    tokio::time::timeout(SILENCE, chunks.next()).await.map_err(silent)?.transpose().map_err(broken)
}

async fn hear_out<E>(mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin) {
    let mut heard = 0;
    while let Ok(Some(chunk)) = next(&mut chunks).await {
        heard += chunk.len() as u64;
        if heard > HEARD_OUT {
            return;
        }
    }
}

/// A body that a layer took onto the disk already; whoever handles the request takes it from here.
#[derive(Clone)]
pub(super) struct Spooled(Arc<Mutex<Option<Received>>>);

impl Spooled {
    pub(super) fn new(received: Received) -> Self {
        Self(Arc::new(Mutex::new(Some(received))))
    }

    fn take(&self) -> Option<Received> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The body of a request as a file on the disk.
pub struct Sent(pub Received);

impl FromRequest<App> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if let Some(received) = request.extensions().get::<Spooled>().and_then(Spooled::take) {
            return Ok(Self(received));
        }
        let caller = request.extensions().get::<Caller>().ok_or(ApiError::Unauthenticated)?;
        let workspace = caller.workspace();
        let limit = limit_of(request.uri().path()).unwrap_or(MIB);
        refuse_far_too_large(request.headers(), limit)?;
        receive(app, workspace, request.into_body().into_data_stream(), limit).await.map(Self)
    }
}
