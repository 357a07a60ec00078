//! The content of an execution form in the schema.

use forms::workflow::graphql::Submission;
use kernel::form::FormCode;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use entity::budget::{budget_execution_line, budget_line};
use uuid::Uuid;

use crate::budget::store::{self, execution};
use crate::budget::{BudgetFlow, BudgetNature};
use kernel::error::ApiError;
use kit::context::{Batch, ContextExt};
use kit::scalar::{Vnd, money};

/// The key of the first lines of a form in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExecutionOf {
    /// The submission.
    pub submission_id: Uuid,
    /// How many.
    pub first: u32,
}

/// A row with the line that it is about.
type Row = (budget_execution_line::Model, Arc<budget_line::Model>);

#[async_trait::async_trait]
impl Loader<ExecutionOf> for Batch {
    type Value = Arc<Vec<Row>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ExecutionOf]) -> Result<HashMap<ExecutionOf, Self::Value>, Self::Error> {
        let mut by_length: HashMap<u32, Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_length.entry(key.first).or_default().push(key.submission_id);
        }
        let mut found: HashMap<ExecutionOf, Vec<Row>> = HashMap::new();
        for (first, ids) in by_length {
            let connection = self.app.db.read();
            let rows = execution::visible_execution(connection, &self.viewer, &ids, first).await.map_err(Arc::new)?;
            let line_ids: Vec<Uuid> = rows.iter().map(|row| row.line_id).collect();
            let lines = store::lines_by_ids(connection, &line_ids).await.map_err(Arc::new)?;
            let lines: HashMap<Uuid, Arc<budget_line::Model>> =
                lines.into_iter().map(|(id, row)| (id, Arc::new(row))).collect();
            for row in rows {
                let Some(line) = lines.get(&row.line_id) else { continue };
                let key = ExecutionOf { submission_id: row.submission_id, first };
                found.entry(key).or_default().push((row, Arc::clone(line)));
            }
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The content of an execution form (nội dung biểu thực hiện dự toán).
pub struct BudgetExecution {
    /// The submission.
    pub submission_id: Uuid,
}

/// The content of an execution form (nội dung biểu thực hiện dự toán).
#[rows::row_object]
impl BudgetExecution {
    /// Its lines, in the form's order.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default = 200,
            desc = "How many, 1 to 1,000; no form has more.",
            validator(minimum = 1, maximum = 1000)
        )]
        first: u32,
    ) -> Result<Vec<BudgetExecutionLine>> {
        let key = ExecutionOf { submission_id: self.submission_id, first: first.min(1_000) };
        let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().map(|(row, line)| BudgetExecutionLine { row: row.clone(), line: Arc::clone(line) }).collect())
    }
}

/// A line of an execution form.
pub struct BudgetExecutionLine {
    row: budget_execution_line::Model,
    line: Arc<budget_line::Model>,
}

/// A line of an execution form (dòng thực hiện): cumulative since 1 January.
#[rows::row_object]
impl BudgetExecutionLine {
    /// Number of the line in its form, from 1.
    fn line(&self) -> i32 {
        self.row.line
    }

    /// The classification as one text, such as `805-341-6000-6001-13-4`.
    fn code(&self) -> &str {
        &self.line.code
    }

    /// Whether money comes or goes.
    fn flow(&self) -> Result<BudgetFlow> {
        Ok(BudgetFlow::from_str(&self.line.flow).map_err(ApiError::from)?)
    }

    /// What it is of.
    fn nature(&self) -> Result<BudgetNature> {
        Ok(BudgetNature::from_str(&self.line.nature).map_err(ApiError::from)?)
    }

    /// Cumulative since 1 January, in đồng (lũy kế từ đầu năm).
    fn amount(&self) -> Result<Vnd> {
        Ok(money(self.row.amount)?)
    }

    /// Why it is beyond the estimate (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.row.explanation.as_deref()
    }
}

/// What the execution of the budget adds to a submission.
pub struct SubmissionExecution<'a>(&'a Submission);

/// What the execution of the budget adds to a submission.
#[rows::row_object]
impl SubmissionExecution<'_> {
    /// The content of a budget-execution form; null for other forms.
    fn budget_execution(&self) -> Option<BudgetExecution> {
        (self.0.0.form == FormCode::BudgetExecution.as_str()).then_some(BudgetExecution { submission_id: self.0.0.id })
    }
}

rows::extension! {
    /// What the execution of the budget adds to a submission.
    pub SUBMISSION_FIELDS: Submission => SubmissionExecution
}
