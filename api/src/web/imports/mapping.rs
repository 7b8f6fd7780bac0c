//! `/imports/leads`: a lead list is sent, its columns are looked at and said what they mean, and only then it is taken.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use caseyos_shared::capture::fields::Field;
use caseyos_shared::model::Scope;
use caseyos_shared::problem::FieldError;
use caseyos_shared::view::imports::{Bad, Column, Counts, MappingPreview, field_name, outlook};
use caseyos_shared::view::{Place, html};

use super::{nothing_chosen, overview_instead, refusal};
use crate::app::App;
use crate::http::imports::aside;
use crate::http::{ApiError, no_room};
use crate::jobs::import::{Content, order};
use crate::signals::leads::LeadFile;
use crate::signals::preview::{self, Preview};
use crate::signals::uploads::{self, Upload};
use crate::store::imports::find_import;
use crate::web::complaints;
use crate::web::shell::{Fields, Posted, Shell, see};
use crate::web::upload::PostedFile;

/// How many columns can be mapped on the page; those beyond are taken as their names say.
const COLUMNS: usize = 200;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/imports/leads", post(send).layer(DefaultBodyLimit::disable()).get(overview_instead))
        .route("/imports/leads/look", post(look))
        .route("/imports/leads/confirm", post(confirm))
        .route("/imports/leads/{upload}", get(first_look))
}

/// What somebody said about the columns.
#[derive(Debug, Default)]
struct Choice {
    /// Where the columns mean something else than their names say: `COLUMN=FIELD`.
    maps: Vec<String>,
    /// What each column was said to mean, where there is something to put right.
    fields: Vec<Option<Field>>,
    outcome: Option<String>,
}

/// Why the page is shown again.
#[derive(Debug, Default)]
struct Complaints(Vec<FieldError>);

async fn send(State(app): State<App>, posted: PostedFile) -> Result<Response, ApiError> {
    let shell = posted.shell(&app).await?;
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    let Some((file, name)) = posted.file else {
        return refusal(&app, shell, wrong, "leads", nothing_chosen(), "").await;
    };
    let path = file.path();
    if let Err(error) = aside(move || LeadFile::open_at(&path, &[], None)).await {
        return refusal(&app, shell, wrong, "leads", error, "").await;
    }
    let (workspace, person) = (shell.caller.workspace(), shell.caller.person());
    let token = file.wait(&app, workspace, person, &name).await.map_err(no_room)?;
    Ok(see(&format!("/imports/leads/{token}")))
}

async fn first_look(State(app): State<App>, shell: Shell, Path(token): Path<String>) -> Result<Response, ApiError> {
    shell.caller.must(Scope::SignalsWrite)?;
    match waiting(&app, &shell, &token).await {
        Some(upload) => show(shell, &upload, &token, Choice::default(), Complaints::default()).await,
        None => gone(&app, shell).await,
    }
}

async fn look(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::SignalsWrite)?;
    let (shell, token) = (posted.shell(&app).await?, posted.fields.get("upload"));
    let Some(upload) = waiting(&app, &shell, token).await else { return gone(&app, shell).await };
    let (choice, complaints) = chosen(&upload, &posted.fields).await?;
    show(shell, &upload, token, choice, complaints).await
}

async fn confirm(State(app): State<App>, posted: Posted) -> Result<Response, ApiError> {
    posted.must(Scope::SignalsWrite)?;
    let (shell, token) = (posted.shell(&app).await?, posted.fields.get("upload"));
    let Some(id) = uploads::import_of(token) else { return gone(&app, shell).await };
    let (workspace, person) = (shell.caller.workspace(), shell.caller.person());
    let Some(upload) = waiting(&app, &shell, token).await else {
        // Pressed twice: the first time did it.
        let begun = find_import(&app.db, workspace, id).await?;
        return match begun.filter(|import| import.created_by == Some(person)) {
            Some(_) => Ok(see(&format!("/imports/{id}"))),
            None => gone(&app, shell).await,
        };
    };
    let (choice, complaints) = chosen(&upload, &posted.fields).await?;
    if !complaints.0.is_empty() {
        return show(shell, &upload, token, choice, complaints).await;
    }
    let (path, maps, outcome) = (upload.path(), choice.maps.clone(), choice.outcome.clone());
    let missing = aside(move || Ok(LeadFile::open_at(&path, &maps, outcome.as_deref())?.mapping().missing())).await?;
    if let Some(missing) = missing {
        let complaints = Complaints(vec![FieldError::new("/map-0", missing)]);
        return show(shell, &upload, token, choice, complaints).await;
    }
    let name = upload.name.clone();
    match upload.keep(&app, workspace, id).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(no_room(error)),
        // What another request took away a moment ago, it imports.
        _ => {}
    }
    let content = Content::Leads { maps: choice.maps, outcome_column: choice.outcome };
    order(&app, workspace, id, &name, person, content).await?;
    Ok(see(&format!("/imports/{id}")))
}

async fn waiting(app: &App, shell: &Shell, token: &str) -> Option<Upload> {
    uploads::waiting(app, shell.caller.workspace(), shell.caller.person(), token).await
}

/// The answer about a file that does not wait here, whoever else's it may be.
async fn gone(app: &App, shell: Shell) -> Result<Response, ApiError> {
    let why = ApiError::field("", "the file no longer waits here: it does so for an hour. Choose it again");
    refusal(app, shell, StatusCode::GONE, "leads", why, "").await
}

/// What the form says about the columns, as far as it differs from what their names say.
async fn chosen(upload: &Upload, fields: &Fields) -> Result<(Choice, Complaints), ApiError> {
    let path = upload.path();
    let columns = aside(move || Ok(LeadFile::open_at(&path, &[], None)?.mapping().columns().to_vec())).await?;
    let guessed: Vec<_> = columns.into_iter().take(COLUMNS).map(|column| (column.name, column.field)).collect();
    Ok(differing(&guessed, fields))
}

fn differing(guessed: &[(String, Option<Field>)], fields: &Fields) -> (Choice, Complaints) {
    let (mut choice, mut errors) = (Choice::default(), Vec::new());
    let mut holders: Vec<(Field, &str)> = Vec::new();
    for (at, (name, guess)) in guessed.iter().enumerate() {
        let pointer = format!("map-{at}");
        let field = match fields.every(&pointer).next() {
            None => *guess,
            Some("") => None,
            Some(word) => match Field::ALL.iter().find(|field| field.as_str() == word) {
                Some(field) => Some(*field),
                None => {
                    errors.push(FieldError::new(format!("/{pointer}"), "must be one of the list"));
                    *guess
                }
            },
        };
        if let Some(field) = field {
            match holders.iter().find(|(held, _)| *held == field) {
                Some((_, other)) => {
                    let what = format!("“{other}” and “{name}” both mean {}; only one can", field_name(field));
                    errors.push(FieldError::new(format!("/{pointer}"), what));
                }
                None => holders.push((field, name)),
            }
        }
        choice.fields.push(field);
        if field != *guess {
            choice.maps.push(format!("{name}={}", field.map_or("attribute", Field::as_str)));
        }
    }
    let outcome = fields.get("outcome");
    choice.outcome = guessed.iter().map(|(name, _)| name).find(|name| *name == outcome).cloned();
    if choice.outcome.is_none() && !outcome.is_empty() {
        errors.push(FieldError::new("/outcome", "must be one of the file’s columns"));
    }
    (choice, Complaints(errors))
}

/// The page on which one says what the columns mean.
async fn show(
    shell: Shell,
    upload: &Upload,
    token: &str,
    choice: Choice,
    errors: Complaints,
) -> Result<Response, ApiError> {
    let path = upload.path();
    // What two columns claim cannot be tried out; then the page shows the file as its names say.
    let maps = if errors.0.is_empty() { choice.maps } else { Vec::new() };
    let outcome = choice.outcome.clone();
    let mut seen = aside(move || preview::preview(&path, &maps, outcome.as_deref())).await?;
    if !errors.0.is_empty() {
        seen.columns.iter_mut().zip(choice.fields).for_each(|(column, field)| column.field = field);
    }
    let status = if errors.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let preview = view(seen, upload, token, choice.outcome, errors);
    let page = shell.page(Place::Imports, "What the columns mean", |frame| html::imports::mapping(&preview, frame));
    Ok((status, page).into_response())
}

fn view(seen: Preview, upload: &Upload, token: &str, outcome: Option<String>, errors: Complaints) -> MappingPreview {
    let counts =
        Counts { seen: seen.counts.seen, added: seen.counts.added, known: seen.counts.known, bad: seen.counts.bad };
    let of = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let more_columns = of(seen.columns.len().saturating_sub(COLUMNS));
    let more_problems = counts.bad - of(seen.problems.len());
    let columns = seen.columns.into_iter().take(COLUMNS).map(|column| Column {
        header: column.name,
        samples: column.samples,
        field: column.field.map_or("", Field::as_str).to_owned(),
    });
    MappingPreview {
        file: upload.name.clone(),
        upload: token.to_owned(),
        rows: outlook(counts),
        columns: columns.collect(),
        more_columns,
        outcome: outcome.unwrap_or_default(),
        missing: seen.missing,
        problems: seen.problems.into_iter().map(|one| Bad { line: one.line, reason: one.reason }).collect(),
        more_problems,
        errors: complaints(errors.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed() -> Vec<(String, Option<Field>)> {
        vec![("Mail".to_owned(), Some(Field::Email)), ("Who".to_owned(), None), ("Won".to_owned(), None)]
    }

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        pairs.iter().for_each(|(name, value)| fields.add((*name).to_owned(), (*value).to_owned()));
        fields
    }

    #[test]
    fn only_what_differs_from_the_names_is_said() {
        let (choice, complaints) =
            differing(&guessed(), &fields(&[("map-0", "email"), ("map-1", "name"), ("map-2", ""), ("outcome", "Won")]));
        assert!(complaints.0.is_empty(), "{complaints:?}");
        assert_eq!((choice.maps, choice.outcome), (vec!["Who=name".to_owned()], Some("Won".to_owned())));
        let (dropped, _) = differing(&guessed(), &fields(&[("map-0", "")]));
        assert_eq!(dropped.maps, ["Mail=attribute"]);
        assert!(differing(&guessed(), &fields(&[])).0.maps.is_empty());
    }

    #[test]
    fn two_columns_cannot_mean_the_same_and_no_column_what_there_is_not() {
        for wrong in [("map-1", "email"), ("map-1", "colour"), ("outcome", "Nothing")] {
            let (_, complaints) = differing(&guessed(), &fields(&[wrong]));
            assert_eq!(complaints.0.len(), 1, "{wrong:?}");
        }
    }
}
