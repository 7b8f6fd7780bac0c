//! Every hour: where outcomes were recorded since, the model learns anew from all of them, and open moves are scored with it.

use std::collections::HashMap;

use caseyos_shared::learn::{Config, Model};
use caseyos_shared::model::{Ts, WorkspaceId};
use futures::future::BoxFuture;

use super::{JobError, Kind};
use crate::app::App;
use crate::queue::facts::{MODEL, attributes_of};
use crate::store::facts::{fact, outcome_columns, save_fact};
use crate::store::jobs::{ClaimedJob, finish_job};
use crate::store::outcomes::{Lesson, newest_lessons, newest_outcome};
use crate::store::{StoreError, Tx};

/// The kind.
pub const KIND: Kind = Kind { name: "learn", every: Some(Ts::HOUR), run };

/// Has the model learn soon, because outcomes were recorded in number: in the same transaction as they.
///
/// # Errors
/// When the store cannot.
pub async fn soon(tx: &mut Tx, workspace: WorkspaceId, now: Ts) -> Result<(), StoreError> {
    super::schedule::add_now(tx, workspace, KIND.name, now + SOON, now).await
}

/// How long after the first of many outcomes the model learns: an import should be through by then.
const SOON: i64 = 3 * Ts::SECOND;
/// The name of the fact that says up to which outcome the model has learned.
const LEARNED_UNTIL: &str = "model until";
/// How many outcomes are read: as many as the model remembers, and room for several that tell of one move.
const LESSONS: i64 = 20_000;

fn run<'a>(app: &'a App, job: &'a ClaimedJob) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        let (now, job) = (app.clock.now(), job.clone());
        let newest = newest_outcome(&app.db, job.workspace).await?.map(|id| id.to_string());
        let known = fact(&app.db, job.workspace, LEARNED_UNTIL).await?;
        let learned = match newest.filter(|newest| known.as_ref() != Some(newest)) {
            None => None,
            Some(until) => {
                let lessons = newest_lessons(&app.db, job.workspace, LESSONS).await?;
                let columns = outcome_columns(&app.db, job.workspace).await?;
                let taught = tokio::task::spawn_blocking(move || serde_json::to_string(&teach(lessons, &columns)));
                let model = taught.await.map_err(|error| JobError::Later(error.to_string()))?;
                Some((until, model.map_err(|error| JobError::Never(error.to_string()))?))
            }
        };
        app.db
            .write::<(), StoreError, _>(move |tx| {
                Box::pin(async move {
                    if let Some((until, model)) = learned {
                        save_fact(tx, job.workspace, MODEL, &model, now).await?;
                        save_fact(tx, job.workspace, LEARNED_UNTIL, &until, now).await?;
                        super::rescore::soon(tx, job.workspace, now).await?;
                    }
                    finish_job(tx, &job).await
                })
            })
            .await?;
        Ok(())
    })
}

/// A model of these outcomes. Several that came of one move are one example, and a good one if any of them is good; made anew
/// each time, so that a corrected record corrects what was learned of it.
fn teach(lessons: Vec<Lesson>, outcome_columns: &[String]) -> Model {
    let mut examples: HashMap<String, (bool, Lesson)> = HashMap::new();
    for lesson in lessons {
        let Some(success) = lesson.kind.success() else { continue };
        let (good, kept) = examples.entry(lesson.subject.clone()).or_insert_with(|| (false, lesson.clone()));
        *good |= success;
        kept.occurred_at = kept.occurred_at.max(lesson.occurred_at);
    }
    let mut examples: Vec<(bool, Lesson)> = examples.into_values().collect();
    examples.sort_by(|(_, a), (_, b)| (a.occurred_at, &a.subject).cmp(&(b.occurred_at, &b.subject)));
    let mut model = Model::new(Config::default());
    for (good, lesson) in &examples {
        model.learn(&attributes_of(&lesson.source, &lesson.attributes, outcome_columns), *good, lesson.occurred_at);
    }
    model.refresh();
    model
}

#[cfg(test)]
mod tests {
    use caseyos_shared::model::OutcomeKind;

    use super::*;

    fn lesson(subject: usize, kind: OutcomeKind, industry: &str) -> Lesson {
        Lesson {
            subject: subject.to_string(),
            kind,
            occurred_at: Ts::from_millis(1_000 + i64::try_from(subject).unwrap()),
            source: "csv".to_owned(),
            attributes: format!(r#"{{"Industry":"{industry}"}}"#),
        }
    }

    #[test]
    fn what_went_well_before_is_thought_likelier() {
        let lessons = (0..200)
            .map(|n| match n % 2 {
                0 => lesson(n, OutcomeKind::MeetingBooked, "Software"),
                _ => lesson(n, OutcomeKind::NoResponse, "Mining"),
            })
            .collect();
        let model = teach(lessons, &[]);
        let likely = |industry: &str| {
            let attributes = attributes_of("csv", &format!(r#"{{"Industry":"{industry}"}}"#), &[]);
            model.predict(&attributes).probability_bp
        };
        assert!(likely("Software") > likely("Mining") + 2_000, "{} {}", likely("Software"), likely("Mining"));
    }

    #[test]
    fn one_move_is_one_example_and_the_order_of_reading_does_not_matter() {
        let mut lessons = vec![
            lesson(1, OutcomeKind::Reply, "Software"),
            lesson(1, OutcomeKind::MeetingBooked, "Software"),
            lesson(1, OutcomeKind::Unsubscribed, "Software"),
            lesson(2, OutcomeKind::NoResponse, "Mining"),
        ];
        let model = teach(lessons.clone(), &[]);
        assert_eq!(model.examples(), 2);
        lessons.reverse();
        assert_eq!(serde_json::to_string(&model).unwrap(), serde_json::to_string(&teach(lessons, &[])).unwrap());
    }
}
