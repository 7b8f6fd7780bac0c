//! The measure of the model: learn from the first rows of a table, predict the others, compare with what happened.

use serde::{Deserialize, Serialize};

use super::metrics::{self, CalibrationBin, Stated};
use super::model::{Config, Model};
use super::value::{Attributes, Value};
use crate::model::Ts;

/// The prediction for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicted {
    /// The row's number among the data rows, from 1.
    pub row: u64,
    /// The probability of success in basis points, 1 to 9999.
    pub probability_bp: u16,
}

impl Predicted {
    /// The probability as a decimal fraction with four places, such as `0.0420`.
    #[must_use]
    pub fn probability(&self) -> String {
        format!("0.{:04}", self.probability_bp)
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Rows that were learned from.
    pub learned: u64,
    /// Rows before the first predicted one that have no outcome, so that nothing could be learned from them.
    pub without_outcome: u64,
    /// One prediction for each row after the first ones, in order.
    pub predictions: Vec<Predicted>,
    /// How many of the predictions could be compared with an outcome.
    pub compared: u64,
    /// See [`metrics::auc`].
    pub auc: Option<f64>,
    /// See [`metrics::brier`].
    pub brier: Option<f64>,
    /// See [`metrics::log_loss`].
    pub log_loss: Option<f64>,
    /// See [`metrics::calibration`].
    pub calibration: Vec<CalibrationBin>,
}

/// Why a table cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// No column has the name of the outcome.
    #[error("there is no column \"{wanted}\"; the columns are: {}", .columns.join(", "))]
    NoColumn {
        /// The name that was asked for.
        wanted: String,
        /// The names that there are.
        columns: Vec<String>,
    },
    /// An outcome that is neither yes nor no.
    #[error("row {row}: the outcome \"{found}\" is neither yes nor no (1/0, true/false, yes/no, y/n, won/lost)")]
    BadOutcome {
        /// The data row, from 1.
        row: u64,
        /// What is there.
        found: String,
    },
    /// No success, or no miss, among the rows to learn from.
    #[error("the first {rows} rows have {good} successes and {bad} misses: at least one of each is needed")]
    NothingToLearn {
        /// Rows that were to be learned from.
        rows: u64,
        /// Successes among them.
        good: u64,
        /// Misses among them.
        bad: u64,
    },
}

/// A run over a table, row by row; only the examples that the model remembers and the predictions are kept.
#[derive(Debug)]
pub struct Evaluator {
    names: Vec<String>,
    outcome: usize,
    train: u64,
    row: u64,
    good: u64,
    without_outcome: u64,
    model: Model,
    predictions: Vec<Predicted>,
    stated: Vec<Stated>,
}

impl Evaluator {
    /// A run over a table with this header whose first `train` rows are learned from.
    ///
    /// # Errors
    /// [`EvalError::NoColumn`]; names are compared without regard to case and white space around them.
    pub fn new(header: &[String], outcome_column: &str, train: u64) -> Result<Self, EvalError> {
        let same = |name: &String| name.trim().to_lowercase() == outcome_column.trim().to_lowercase();
        let outcome = header
            .iter()
            .position(same)
            .ok_or_else(|| EvalError::NoColumn { wanted: outcome_column.to_owned(), columns: header.to_vec() })?;
        Ok(Self {
            names: header.to_vec(),
            outcome,
            train,
            row: 0,
            good: 0,
            without_outcome: 0,
            model: Model::new(Config::default()),
            predictions: Vec::new(),
            stated: Vec::new(),
        })
    }

    /// Takes the next data row: learns from it or predicts it. Fields that a short row lacks are missing, those
    /// that a long one has in excess are ignored.
    ///
    /// # Errors
    /// [`EvalError::BadOutcome`], or [`EvalError::NothingToLearn`] at the first row that is to be predicted.
    pub fn row<T: AsRef<str>>(&mut self, fields: &[T]) -> Result<(), EvalError> {
        self.row += 1;
        let found = fields.get(self.outcome).map_or("", AsRef::as_ref).trim();
        let happened =
            outcome(found).ok_or_else(|| EvalError::BadOutcome { row: self.row, found: found.to_owned() })?;
        let field = |(name, text): (&String, &T)| (name.clone(), Value::parse(text.as_ref()));
        let known = self.names.iter().zip(fields).enumerate().filter(|(index, _)| *index != self.outcome);
        let attributes: Attributes = known.map(|(_, pair)| field(pair)).collect();
        if self.row <= self.train {
            match happened {
                Some(good) => self.model.learn(&attributes, good, Ts::default()),
                None => self.without_outcome += 1,
            }
            self.good += u64::from(happened == Some(true));
            return Ok(());
        }
        if self.row == self.train + 1 {
            self.check()?;
            self.model.refresh();
        }
        let probability_bp = self.model.predict(&attributes).probability_bp;
        self.predictions.push(Predicted { row: self.row, probability_bp });
        self.stated.extend(happened.map(|good| (probability_bp, good)));
        Ok(())
    }

    fn check(&self) -> Result<(), EvalError> {
        let (good, bad) = (self.good, self.model.examples() - self.good);
        let enough = good > 0 && bad > 0;
        if enough { Ok(()) } else { Err(EvalError::NothingToLearn { rows: self.train.min(self.row), good, bad }) }
    }

    /// Ends the run.
    ///
    /// # Errors
    /// [`EvalError::NothingToLearn`] when the table ended before anything could be learned.
    pub fn finish(self) -> Result<Evaluation, EvalError> {
        self.check()?;
        Ok(Evaluation {
            learned: self.model.examples(),
            without_outcome: self.without_outcome,
            predictions: self.predictions,
            compared: self.stated.len() as u64,
            auc: metrics::auc(&self.stated),
            brier: metrics::brier(&self.stated),
            log_loss: metrics::log_loss(&self.stated),
            calibration: metrics::calibration(&self.stated),
        })
    }
}

/// Yes, no, not known (`Some(None)`), or no outcome at all (`None`).
fn outcome(text: &str) -> Option<Option<bool>> {
    match Value::parse(text) {
        Value::Missing => Some(None),
        Value::Flag(flag) => Some(Some(flag)),
        Value::Number(1.0) => Some(Some(true)),
        Value::Number(0.0) => Some(Some(false)),
        Value::Number(_) => None,
        Value::Text(text) => match text.to_lowercase().as_str() {
            "y" | "won" => Some(Some(true)),
            "n" | "lost" => Some(Some(false)),
            _ => None,
        },
    }
}

/// A whole run over rows that are at hand; see [`Evaluator`] for rows that stream.
///
/// # Errors
/// See [`Evaluator`].
pub fn evaluate<T: AsRef<str>>(
    header: &[String],
    rows: impl IntoIterator<Item = impl AsRef<[T]>>,
    outcome_column: &str,
    train: u64,
) -> Result<Evaluation, EvalError> {
    let mut evaluator = Evaluator::new(header, outcome_column, train)?;
    for row in rows {
        evaluator.row(row.as_ref())?;
    }
    evaluator.finish()
}
