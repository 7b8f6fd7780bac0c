//! The app under test, with a clock that can be moved, and its tenants.

use axum::Router;
use caseyos_api::access::{keys, sign_in};
use caseyos_api::app::App;
use caseyos_api::clock::{Clock, new_id};
use caseyos_api::config::Config;
use caseyos_api::store::access::{self, Person};
use caseyos_api::store::events::Actor;
use caseyos_api::store::{Db, StoreError, Use};
use caseyos_api::vault::Vault;
use caseyos_shared::model::{KeyId, Limits, Role, Scope, Settings, UserId, WorkspaceId};

use super::client::Client;
use super::database::Database;

/// More than any test sends.
const NO_LIMIT: u32 = 60_000_000;

/// The app, and its main tenant.
pub struct TestApp {
    /// Its database.
    pub database: Database,
    tenant: Tenant,
}

/// A workspace and how to call it.
#[derive(Clone)]
pub struct Tenant {
    /// The state behind the router, for what no request can do.
    pub app: App,
    /// The workspace.
    pub workspace: WorkspaceId,
    router: Router,
}

impl std::ops::Deref for TestApp {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.database.end();
    }
}

impl TestApp {
    /// An app with one workspace and nobody in it.
    pub async fn new() -> Self {
        Self::at("http://127.0.0.1:8000").await
    }

    /// The same, reached by this address.
    pub async fn at(public_url: &str) -> Self {
        let (app, database) = Self::bare(public_url).await;
        let tenant = Tenant::new(app, "Acme").await;
        Self { database, tenant }
    }

    /// An app without any workspace; whoever uses it makes the first.
    pub async fn bare(public_url: &str) -> (App, Database) {
        let database = Database::new().await;
        let config = Config {
            database_url: database.url.clone(),
            data_dir: database.folder.path().to_owned(),
            public_url: public_url.to_owned(),
            extension_ids: vec!["abcdefghijklmnopabcdefghijklmnop".to_owned()],
            edge_origin: None,
            secret_key: None,
            secret_key_file: database.folder.path().join("secret.key"),
        };
        let db = Db::open(&config.database_url, Use::Serve).await.unwrap();
        (App::new(db, Clock::default(), config, Vault::new([7; 32])), database)
    }

    /// What another process on the same database is made of: pools, caches, a heart and a clock of its own.
    pub async fn another_process(&self) -> App {
        let db = Db::open(&self.database.url, Use::Command).await.unwrap();
        App::new(db, Clock::default(), self.app.config.clone(), Vault::new([7; 32]))
    }

    /// How many files that were sent lie on the disk.
    pub fn uploads(&self) -> usize {
        let rooms = std::fs::read_dir(self.database.folder.path().join("uploads")).into_iter().flatten();
        rooms.map(|room| std::fs::read_dir(room.unwrap().path()).unwrap().count()).sum()
    }

    /// A second workspace in the same database.
    pub async fn other_workspace(&self) -> Tenant {
        Tenant::new(self.app.clone(), "Other").await
    }
}

impl Tenant {
    async fn new(app: App, name: &str) -> Self {
        let (workspace, now) = (new_id(WorkspaceId::new), app.clock.now());
        let name = name.to_owned();
        let limits = Limits { requests_per_minute_key: NO_LIMIT, requests_per_minute_user: NO_LIMIT };
        let settings = Settings { limits, ..Settings::default() };
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    access::add_workspace(tx, workspace, &name, "UTC", now).await?;
                    access::save_workspace(tx, workspace, 1, &name, "UTC", &settings, now).await
                })
            })
            .await
            .unwrap();
        let router = caseyos_api::http::router(app.clone());
        Self { app, workspace, router }
    }

    /// A stranger to the workspace.
    pub fn stranger(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// Adds a person, without a password.
    pub async fn person(&self, role: Role) -> Person {
        let (workspace, id, now) = (self.workspace, new_id(UserId::new), self.app.clock.now());
        let email = format!("{id}@example.com");
        self.app
            .db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(
                    async move { access::add_person(tx, workspace, id, &email, &format!("A {role}"), role, now).await },
                )
            })
            .await
            .unwrap();
        access::person(&self.app.db, workspace, id).await.unwrap().unwrap()
    }

    /// A new admin's browser.
    pub async fn admin(&self) -> Client {
        self.signed_in(Role::Admin).await
    }

    /// A new member's browser.
    pub async fn member(&self) -> Client {
        self.signed_in(Role::Member).await
    }

    /// A new viewer's browser.
    pub async fn viewer(&self) -> Client {
        self.signed_in(Role::Viewer).await
    }

    /// A new person's browser.
    pub async fn signed_in(&self, role: Role) -> Client {
        let person = self.person(role).await;
        self.session_of(person.id).await
    }

    /// One more browser of a person.
    pub async fn session_of(&self, person: UserId) -> Client {
        let begun = sign_in::begin(&self.app, self.workspace, person, "test", "192.0.2.1").await.unwrap();
        let cookie = begun.cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut client = self.stranger().with("cookie", &cookie).with("x-csrf-token", begun.caller.csrf().unwrap());
        client.person = Some(person);
        client
    }

    /// A program with a key of a new admin.
    pub async fn key(&self, scopes: &[Scope]) -> Client {
        let person = self.person(Role::Admin).await;
        self.key_of(person.id, scopes).await
    }

    /// A program with one more key of a person.
    pub async fn key_of(&self, person: UserId, scopes: &[Scope]) -> Client {
        let workspace = self.workspace;
        let (key, secret) = keys::make(workspace, new_id(KeyId::new), person, "test", scopes, self.app.clock.now());
        let (id, text) = (key.id, secret.clone());
        self.app
            .db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move { keys::add(tx, workspace, &key, &secret, Actor::System).await })
            })
            .await
            .unwrap();
        let mut client = self.stranger().with("authorization", &format!("Bearer {text}"));
        client.person = Some(person);
        client.key = Some(id);
        client
    }

    /// Moves the clock forward.
    pub fn advance(&self, millis: i64) {
        self.app.clock.advance(millis);
    }

    /// Works everything that is due: signals, moves, jobs.
    pub async fn settle(&self) {
        caseyos_api::jobs::run_everything_due(&self.app).await.unwrap();
    }
}
