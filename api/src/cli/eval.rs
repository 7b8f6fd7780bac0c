//! `caseyos eval`: how well the model predicts on rows whose outcome is known. Touches no database.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use caseyos_shared::learn::eval::{Evaluation, Evaluator};

use super::{Failure, say};
use crate::signals::csv_rows::CsvRows;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Learn from the first rows of a file of leads, predict the others, and compare.
    Leads(Leads),
}

#[derive(Debug, clap::Args)]
struct Leads {
    /// The CSV file, with a line of headers.
    file: PathBuf,
    /// The column that says what came of each lead: yes or no.
    #[arg(long)]
    outcome_column: String,
    /// How many rows to learn from, in the file's order.
    #[arg(long)]
    train: u64,
    /// Where to write `row,probability` for every row after those.
    #[arg(long)]
    predictions: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

#[expect(clippy::unused_async, reason = "every command has the same form")]
pub(super) async fn run(args: Args) -> Result<(), Failure> {
    match args.what {
        What::Leads(args) => leads(&args),
    }
}

fn leads(args: &Leads) -> Result<(), Failure> {
    let name = args.file.display();
    let rows = CsvRows::open(&args.file).map_err(|error| Failure::Failed(format!("{name}: {error}")))?;
    let mut evaluator = Evaluator::new(rows.headers(), &args.outcome_column, args.train)
        .map_err(|error| Failure::Usage(format!("{name}: {error}")))?;
    let empty = vec![String::new(); rows.headers().len()];
    let (mut bad, mut seen) = (0_u64, 0_u64);
    for row in rows {
        seen += 1;
        // A row that cannot be read is a row of which nothing is known: the numbers of those after it stay right.
        let fields = match row {
            Ok(row) => row.fields,
            Err(problem) => {
                bad += 1;
                let _gone = writeln!(std::io::stderr(), "{name}:{}: {}", problem.line, problem.reason);
                empty.clone()
            }
        };
        evaluator.row(&fields).map_err(|error| Failure::Failed(format!("{name}: {error}")))?;
    }
    if seen <= args.train {
        return Err(Failure::Usage(format!(
            "--train {} leaves nothing to predict: {name} has {seen} rows; name fewer",
            args.train
        )));
    }
    let evaluation = evaluator.finish().map_err(|error| Failure::Failed(format!("{name}: {error}")))?;
    write_predictions(args, &evaluation)?;
    report(args, &evaluation)?;
    if bad > 0 {
        return Err(Failure::Failed(format!("{bad} rows could not be read; the others were predicted")));
    }
    Ok(())
}

fn write_predictions(args: &Leads, evaluation: &Evaluation) -> Result<(), Failure> {
    let failed = |error| Failure::io(format!("cannot write {}", args.predictions.display()), &error);
    let mut out = BufWriter::new(File::create(&args.predictions).map_err(failed)?);
    writeln!(out, "row,probability").map_err(failed)?;
    for prediction in &evaluation.predictions {
        writeln!(out, "{},{}", prediction.row, prediction.probability()).map_err(failed)?;
    }
    out.flush().map_err(failed)
}

fn report(args: &Leads, evaluation: &Evaluation) -> Result<(), Failure> {
    if args.json {
        return say(&serde_json::json!({
            "learned": evaluation.learned,
            "predicted": evaluation.predictions.len(),
            "compared": evaluation.compared,
            "auc": evaluation.auc,
            "brier": evaluation.brier,
            "log_loss": evaluation.log_loss,
            "calibration": evaluation.calibration,
        })
        .to_string());
    }
    let figure = |name: &str, value: Option<f64>| match value {
        Some(value) => format!("{name} {value:.4}"),
        None => format!("{name} not enough evidence yet"),
    };
    say(&format!(
        "Learned from {} rows, predicted {}. {}, {}, {}.",
        evaluation.learned,
        evaluation.predictions.len(),
        figure("AUC", evaluation.auc),
        figure("Brier", evaluation.brier),
        figure("log loss", evaluation.log_loss),
    ))
}
