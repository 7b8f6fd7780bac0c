//! Files that people send: each waits in the data folder until its import is done, never in memory.
//!
//! A file that waits for somebody's confirmation lies under a name that only that person's token leads to; one that is being imported
//! under the import's id. Several processes that share the work share this folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use caseyos_shared::model::{ImportId, Ts, UserId, WorkspaceId};
use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::app::App;
use crate::clock::new_uuid;
use crate::store::imports::find_import;

/// How long a file waits for a confirmation.
pub const WAITS: i64 = Ts::HOUR;
/// The longest name of a file, in letters.
const NAME: usize = 200;
/// What a token is made of: the id of the import that it will become, and as many random bytes.
const TOKEN: usize = 32;

/// The file that holds the name that the sender gave.
const NAME_FILE: &str = "name";
/// What the folders' names begin with, by what their files are.
const INCOMING: &str = "incoming-";
const WAITING: &str = "waiting-";
const IMPORT: &str = "import-";

fn room(app: &App, workspace: WorkspaceId) -> PathBuf {
    app.config.data_dir.join("uploads").join(workspace.to_string())
}

/// A folder that goes with its last owner, unless it was given away.
struct Folder(Option<PathBuf>);

impl Folder {
    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// Moves it to its next place; where that is taken, it goes.
    async fn give(mut self, to: &Path) -> io::Result<()> {
        if fs::try_exists(to).await? {
            return Ok(());
        }
        fs::rename(self.path(), to).await?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_dir_all(&path)
        {
            tracing::warn!(%error, "an upload was not removed; housekeeping will try again");
        }
    }
}

/// A file that is being received.
pub struct Incoming {
    folder: Folder,
    file: fs::File,
    size: u64,
    digest: Sha256,
}

impl Incoming {
    /// Begins one.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn begin(app: &App, workspace: WorkspaceId) -> io::Result<Self> {
        let path = room(app, workspace).join(format!("{INCOMING}{}", new_uuid()));
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        builder.mode(0o700);
        builder.create(&path).await?;
        let folder = Folder(Some(path));
        let file = private().open(folder.path().join(data_name(""))).await?;
        Ok(Self { folder, file, size: 0, digest: Sha256::new() })
    }

    /// How much has come.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub async fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        self.file.write_all(bytes).await
    }

    /// Ends it: what came is on the disk.
    ///
    /// # Errors
    /// When the disk did not take it.
    pub async fn end(mut self) -> io::Result<Received> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(Received { folder: self.folder, size: self.size, digest: self.digest.finalize().into() })
    }
}

fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

/// How the file itself is called: what an mbox is must be told where its first line does not.
fn data_name(name: &str) -> &'static str {
    let ending = Path::new(name).extension();
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("mbox")) { "data.mbox" } else { "data" }
}

/// A file that came whole. It goes when nobody keeps it.
pub struct Received {
    folder: Folder,
    size: u64,
    digest: [u8; 32],
}

impl Received {
    /// Its size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The SHA-256 of its bytes.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(data_name(""))
    }

    /// Lays it aside until this person confirms it; answers the token that leads to it.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn wait(self, app: &App, workspace: WorkspaceId, person: UserId, name: &str) -> io::Result<String> {
        let random: [u8; 16] = rand::random();
        let token = URL_SAFE_NO_PAD.encode([new_uuid().as_bytes(), &random[..]].concat());
        let to = waiting_place(app, workspace, person, &token);
        self.call(name).await?.give(&to).await?;
        Ok(token)
    }

    /// Keeps it for an import. Where that import has its file already, it is the same one: a request that was sent twice.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn keep(self, app: &App, workspace: WorkspaceId, import: ImportId, name: &str) -> io::Result<()> {
        let to = import_place(app, workspace, import);
        self.call(name).await?.give(&to).await
    }

    async fn call(self, name: &str) -> io::Result<Folder> {
        let name = safe_name(name);
        let mut file = private().open(self.folder.path().join(NAME_FILE)).await?;
        file.write_all(name.as_bytes()).await?;
        file.sync_all().await?;
        if data_name(&name) != data_name("") {
            fs::rename(self.path(), self.folder.path().join(data_name(&name))).await?;
        }
        Ok(self.folder)
    }
}

/// A file's name as it is shown: without folders and control characters, and not too long.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(NAME).collect();
    let name = name.trim();
    if name.is_empty() { "upload".to_owned() } else { name.to_owned() }
}

/// A file that lies here, and what its sender called it.
#[derive(Debug, Clone)]
pub struct Upload {
    folder: PathBuf,
    /// Its name.
    pub name: String,
}

impl Upload {
    async fn at(folder: PathBuf) -> Option<Self> {
        let name = fs::read_to_string(folder.join(NAME_FILE)).await.ok()?;
        Some(Self { folder, name })
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join(data_name(&self.name))
    }

    /// Gives a file that waited to its import.
    ///
    /// # Errors
    /// When the disk does not do it; [`io::ErrorKind::NotFound`] when another request was faster.
    pub async fn keep(self, app: &App, workspace: WorkspaceId, import: ImportId) -> io::Result<()> {
        fs::rename(&self.folder, import_place(app, workspace, import)).await
    }
}

fn waiting_place(app: &App, workspace: WorkspaceId, person: UserId, token: &str) -> PathBuf {
    // Whoever reads the folder's names cannot make a token of them, and nobody else's token leads here.
    let name = app.vault.fingerprint(format!("upload {person} {token}").as_bytes());
    room(app, workspace).join(format!("{WAITING}{name}"))
}

fn import_place(app: &App, workspace: WorkspaceId, import: ImportId) -> PathBuf {
    room(app, workspace).join(format!("{IMPORT}{import}"))
}

/// The import that the file under this token becomes.
#[must_use]
pub fn import_of(token: &str) -> Option<ImportId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == TOKEN)?;
    let id = bytes.get(..16)?.try_into().ok()?;
    Some(ImportId::new(Uuid::from_bytes(id)))
}

/// The file that waits for this person under this token, for as long as files wait.
pub async fn waiting(app: &App, workspace: WorkspaceId, person: UserId, token: &str) -> Option<Upload> {
    import_of(token)?;
    let folder = waiting_place(app, workspace, person, token);
    if app.clock.now().since(came_at(&folder).await?) >= WAITS {
        return None;
    }
    Upload::at(folder).await
}

/// The file of an import that is not done.
pub async fn of_import(app: &App, workspace: WorkspaceId, import: ImportId) -> Option<Upload> {
    Upload::at(import_place(app, workspace, import)).await
}

/// Removes the file of an import.
pub async fn forget(app: &App, workspace: WorkspaceId, import: ImportId) {
    remove(&import_place(app, workspace, import)).await;
}

/// Removes what waited too long, what broke off while it came, and what belongs to imports that are done.
pub async fn sweep(app: &App, workspace: WorkspaceId) {
    let Ok(mut folders) = fs::read_dir(room(app, workspace)).await else { return };
    while let Ok(Some(entry)) = folders.next_entry().await {
        let path = entry.path();
        let old = came_at(&path).await.is_none_or(|at| app.clock.now().since(at) >= WAITS);
        let name = entry.file_name();
        let import = name.to_str().and_then(|name| name.strip_prefix(IMPORT));
        let needed = match import.and_then(|id| id.parse().ok()) {
            Some(id) => {
                let import = find_import(&app.db, workspace, id).await;
                import.map_or(true, |import| import.is_some_and(|import| import.state == "running"))
            }
            None => false,
        };
        if old && !needed {
            remove(&path).await;
        }
    }
}

/// When a file came here, by the file system.
async fn came_at(folder: &Path) -> Option<Ts> {
    let modified = fs::metadata(folder).await.ok()?.modified().ok()?;
    let since = modified.duration_since(UNIX_EPOCH).ok()?;
    Some(Ts::from_millis(i64::try_from(since.as_millis()).ok()?))
}

async fn remove(folder: &Path) {
    match fs::remove_dir_all(folder).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "an upload was not removed; housekeeping will try again");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_without_its_folders() {
        assert_eq!(safe_name("C:\\Users\\ann\\leads.csv"), "leads.csv");
        assert_eq!(safe_name("../../etc/passwd\n"), "passwd");
        assert_eq!(safe_name(" / "), "upload");
        assert_eq!(safe_name(&"ä".repeat(500)).chars().count(), NAME);
    }

    #[test]
    fn only_what_has_the_form_of_a_token_is_looked_for() {
        assert_eq!(import_of("../x"), None);
        assert_eq!(import_of(&URL_SAFE_NO_PAD.encode([1; 31])), None);
        assert!(import_of(&URL_SAFE_NO_PAD.encode([1; 32])).is_some());
    }

    #[test]
    fn an_mbox_keeps_its_ending() {
        assert_eq!((data_name("All mail.MBOX"), data_name("a.eml"), data_name("")), ("data.mbox", "data", "data"));
    }
}
