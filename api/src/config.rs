//! The configuration: `caseyos.toml`, then the environment, then flags.

use std::path::PathBuf;

use axum::http::HeaderValue;
use serde::Deserialize;

/// The configuration of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the database is.
    pub database_url: String,
    /// Where the core keeps its files: the embedded database, the key, the outbox.
    pub data_dir: PathBuf,
    /// The address under which people reach this server, without a slash at its end.
    pub public_url: String,
    /// The ids of the extensions that may call from their own origin.
    pub extension_ids: Vec<String>,
    /// The origin of the edge, where there is one.
    pub edge_origin: Option<String>,
    /// The key that encrypts secrets at rest, or none: then it is in `secret_key_file`.
    pub secret_key: Option<String>,
    /// The file with that key.
    pub secret_key_file: PathBuf,
}

/// What the file and the environment may say. Unknown words in the file are refused: a typo must not pass for a setting.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    database_url: Option<String>,
    data_dir: Option<PathBuf>,
    public_url: Option<String>,
    extension_ids: Option<String>,
    edge_origin: Option<String>,
    secret_key_file: Option<PathBuf>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadConfig(String);

/// The file, in the working folder. Its whole name: without the ending, a program called `caseyos` beside it would be read.
const FILE: &str = "caseyos.toml";

/// The parser draws the offending line with a pointer under it; a log has no room for pictures.
fn on_one_line(message: &str) -> String {
    message.lines().filter(|line| !line.contains('|') && !line.trim().is_empty()).collect::<Vec<_>>().join(": ")
}

impl Config {
    /// Reads `caseyos.toml` in the working folder and the environment; `public_url` is what the flags or the address lead to.
    ///
    /// # Errors
    /// [`BadConfig`], naming what to change.
    pub fn read(default_public_url: &str) -> Result<Self, BadConfig> {
        let file: Raw = config::Config::builder()
            .add_source(config::File::new(FILE, config::FileFormat::Toml).required(false))
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| BadConfig(format!("{FILE}: {}", on_one_line(&error.to_string()))))?;
        Self::from_parts(file, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()), default_public_url)
    }

    fn from_parts(
        file: Raw,
        env: &dyn Fn(&str) -> Option<String>,
        default_public_url: &str,
    ) -> Result<Self, BadConfig> {
        let data_dir = env("CASEYOS_DATA_DIR").map(PathBuf::from).or(file.data_dir).unwrap_or_else(|| "data".into());
        let public_url = env("CASEYOS_PUBLIC_URL").or(file.public_url).unwrap_or_else(|| default_public_url.to_owned());
        let public_url = public_url.trim_end_matches('/').to_owned();
        if !(public_url.starts_with("http://") || public_url.starts_with("https://")) {
            return Err(BadConfig(format!(
                "CASEYOS_PUBLIC_URL must begin with http:// or https://, not {public_url:?}"
            )));
        }
        let ids = env("CASEYOS_EXTENSION_IDS").or(file.extension_ids).unwrap_or_default();
        let extension_ids: Vec<String> =
            ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        if let Some(bad) =
            extension_ids.iter().find(|id| id.len() != 32 || !id.bytes().all(|b| (b'a'..=b'p').contains(&b)))
        {
            return Err(BadConfig(format!(
                "CASEYOS_EXTENSION_IDS: {bad:?} is not an extension id (32 letters a to p, from chrome://extensions)"
            )));
        }
        let database_url = env("DATABASE_URL")
            .or(file.database_url)
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("caseyos.db").display()));
        Ok(Self {
            database_url,
            public_url,
            extension_ids,
            edge_origin: file.edge_origin,
            secret_key: env("CASEYOS_SECRET_KEY"),
            secret_key_file: env("CASEYOS_SECRET_KEY_FILE")
                .map(PathBuf::from)
                .or(file.secret_key_file)
                .unwrap_or_else(|| data_dir.join("secret.key")),
            data_dir,
        })
    }

    /// Whether people reach this server by TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The name of the session cookie; the prefix makes browsers insist on TLS and this host (RFC 6265bis §4.1.3).
    #[must_use]
    pub fn session_cookie(&self) -> &'static str {
        if self.is_https() { "__Host-caseyos_session" } else { "caseyos_session" }
    }

    /// The scheme, host and port of the public address.
    #[must_use]
    pub fn public_origin(&self) -> &str {
        let after_scheme = self.public_url.find("://").map_or(0, |at| at + 3);
        let end = self.public_url[after_scheme..].find('/').map_or(self.public_url.len(), |at| after_scheme + at);
        &self.public_url[..end]
    }

    /// The origins that may call `/api` from a browser.
    #[must_use]
    pub fn allowed_origins(&self) -> Vec<HeaderValue> {
        self.extension_ids
            .iter()
            .map(|id| format!("chrome-extension://{id}"))
            .chain(self.edge_origin.clone())
            .filter_map(|origin| HeaderValue::from_str(&origin).ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: &[(&str, &str)]) -> Result<Config, BadConfig> {
        let env: std::collections::HashMap<_, _> = env.iter().copied().collect();
        Config::from_parts(
            Raw::default(),
            &|name| env.get(name).map(|value| (*value).to_owned()),
            "http://127.0.0.1:8000",
        )
    }

    #[test]
    fn the_defaults_need_no_account_and_no_key() {
        let config = read(&[]).unwrap();
        assert_eq!(config.database_url, "sqlite://data/caseyos.db");
        assert_eq!(config.public_origin(), "http://127.0.0.1:8000");
        assert_eq!(config.session_cookie(), "caseyos_session");
        assert!(config.allowed_origins().is_empty());
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        assert!(
            read(&[("CASEYOS_PUBLIC_URL", "casey.example")]).unwrap_err().to_string().contains("CASEYOS_PUBLIC_URL")
        );
        assert!(read(&[("CASEYOS_EXTENSION_IDS", "abc")]).unwrap_err().to_string().contains("abc"));
    }

    #[test]
    fn a_broken_file_is_refused_in_one_line() {
        let message = "TOML parse error at line 1, column 3\n  |\n1 | x y\n  |   ^\nexpected `=`\n in caseyos.toml\n";
        assert_eq!(on_one_line(message), "TOML parse error at line 1, column 3: expected `=`:  in caseyos.toml");
    }

    #[test]
    fn on_https_the_cookie_is_bound_to_the_host() {
        let config = read(&[("CASEYOS_PUBLIC_URL", "https://casey.example/x/")]).unwrap();
        assert_eq!(
            (config.session_cookie(), config.public_origin()),
            ("__Host-caseyos_session", "https://casey.example")
        );
    }
}
