//! Cells in the schema: reading them, and saving a draft.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, InputValueError, InputValueResult, Result, Scalar, ScalarType, Value};
use chrono::NaiveDate;
use entity::template::form_cell;
use uuid::Uuid;

use crate::template::service::DraftCells;
use crate::workflow::graphql::{FormWarning, Submission};
use crate::workflow::saving;
use crate::workflow::saving::SaveTarget;
use access::policy::{Action, roles_for};
use base::disclosure::store;
use base::period::PeriodCode;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::i18n::Language;
use kit::context::{Batch, ContextExt};
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Count;
use templates::definition::{Field, Row, Template};
use templates::rules::{Given, GivenCell};
use templates::{CellMode, FieldKind, of};

/// The key of a submission's cells in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<CellsOf> for Batch {
    type Value = Arc<Vec<form_cell::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[CellsOf]) -> Result<HashMap<CellsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::cells_of(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)?;
        let mut found: HashMap<CellsOf, Vec<form_cell::Model>> = HashMap::new();
        for row in rows {
            found.entry(CellsOf(row.submission_id)).or_default().push(row);
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The first cells of a submission, of one table where one is named.
pub async fn cells_of(
    ctx: &Context<'_>,
    submission_id: Uuid,
    form: FormCode,
    table: Option<&str>,
    first: usize,
) -> ApiResult<Vec<FormCell>> {
    let Ok(template) = of(form) else { return Ok(Vec::new()) };
    let rows = ctx.loader()?.load_one(CellsOf(submission_id)).await.map_err(ApiError::shared)?.unwrap_or_default();
    let wanted = rows.iter().filter(|row| table.is_none_or(|table| row.table_code == table));
    Ok(wanted.take(first).map(|row| FormCell { template, row: row.clone() }).collect())
}

/// A filled cell of a form (ô số liệu).
pub struct FormCell {
    template: &'static Template,
    row: form_cell::Model,
}

impl FormCell {
    fn definition(&self) -> Option<(&'static Row, &'static Field)> {
        let place = self.template.place(&self.row.table_code, &self.row.row_code, &self.row.field_code)?;
        self.template.at(place).map(|(_, row, field)| (row, field))
    }
}

/// A filled cell of a form (ô số liệu): a number, a text or a day.
#[rows::row_object]
impl FormCell {
    /// Code of the table.
    fn table(&self) -> &str {
        &self.row.table_code
    }

    /// Code of the row.
    fn row(&self) -> &str {
        &self.row.row_code
    }

    /// Code of the field.
    fn field(&self) -> &str {
        &self.row.field_code
    }

    /// Title of the row.
    fn row_title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.definition().map_or(self.row.row_code.as_str(), |(row, _)| row.title(language))
    }

    /// Title of the field.
    fn field_title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.definition().map_or(self.row.field_code.as_str(), |(_, field)| field.title(language))
    }

    /// The number, where the field holds one: a count, or an amount in đồng.
    fn count(&self) -> Option<Count> {
        self.row.value.map(Count)
    }

    /// The text, where the field holds one.
    fn text(&self) -> Option<&str> {
        let is_date = self.definition().is_some_and(|(_, field)| field.kind == FieldKind::Date);
        self.row.text.as_deref().filter(|_| !is_date)
    }

    /// The day, where the field holds one.
    fn date(&self) -> Option<NaiveDate> {
        let (_, field) = self.definition()?;
        self.row.text.as_deref().filter(|_| field.kind == FieldKind::Date)?.parse().ok()
    }
}

/// What is typed where a whole number belongs (số đếm được): a JSON integer. A number with decimals, such as 86.32, and a text, such as "85%", are taken too and answered with the user error `NOT_A_COUNT`, in the place where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedCount(Given);

/// What is typed where a whole number belongs (số đếm được): a JSON integer. A number with decimals, such as 86.32, and a text, such as "85%", are taken too and answered with the user error `NOT_A_COUNT`, in the place where they stand.
#[Scalar]
impl ScalarType for TypedCount {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(TypedCount(match &value {
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Given::Number(whole),
                // Beyond 64 bits, and so beyond what any field takes.
                None if number.is_u64() => Given::Number(i64::MAX),
                None => Given::NotACount(number.to_string()),
            },
            Value::String(text) => Given::NotACount(text.clone()),
            _ => return Err(InputValueError::expected_type(value)),
        }))
    }

    fn to_value(&self) -> Value {
        match &self.0 {
            Given::Number(number) => Value::Number((*number).into()),
            Given::NotACount(text) | Given::Text(text) => Value::String(text.clone()),
            Given::Date(day) => Value::String(day.to_string()),
            Given::Unclear => Value::Null,
        }
    }
}

/// A cell to be filled: exactly one of `count`, `text` and `date`, as the field's kind asks.
#[derive(Debug, Clone, InputObject)]
pub struct FormCellInput {
    /// Code of the table.
    pub table: String,
    /// Code of the row, such as `ONE_STOP_RATING/LAND`; `TOTAL` in a table without dimensions.
    pub row: String,
    /// Code of the field.
    pub field: String,
    /// The number, where the field holds a count or an amount in đồng.
    pub count: Option<TypedCount>,
    /// The text, where the field holds one; at most 2,000 characters. A blank one empties the cell.
    pub text: Option<String>,
    /// The day, where the field holds one.
    pub date: Option<NaiveDate>,
}

impl From<FormCellInput> for GivenCell {
    fn from(input: FormCellInput) -> Self {
        let given = match (input.count, input.text, input.date) {
            (Some(count), None, None) => count.0,
            (None, Some(text), None) => Given::Text(text),
            (None, None, Some(day)) => Given::Date(day),
            _ => Given::Unclear,
        };
        GivenCell { table: input.table, row: input.row, field: input.field, given }
    }
}

/// A draft to save.
#[derive(InputObject)]
pub struct SaveFormInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that submits.
    pub organisation: String,
    /// The form: one that a template describes.
    pub form: FormCode,
    /// The period, of a kind that the template names.
    pub period: PeriodCode,
    /// The cells; at most 1,000. A cell that is left out is empty, and counts as 0 in sums with others that are
    /// filled. Where there was nothing to count, give 0: rows without any number give no figure.
    pub cells: Vec<FormCellInput>,
    /// What becomes of cells that are not given.
    #[graphql(default_with = "CellMode::Replace")]
    pub mode: CellMode,
    /// The version that the caller has seen; left out (or 0) when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters, new for each change.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What was saved.
#[derive(rows::RowObject)]
pub struct SaveFormPayload {
    /// The submission; null when something must be mended, or on a dry run.
    pub submission: Option<Submission>,
    /// What is odd, though not wrong: to be acknowledged with a note when the form is submitted.
    pub warnings: Vec<FormWarning>,
    /// What must be mended, every fault of every cell; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Writing forms that templates describe.
#[derive(Default)]
pub struct TemplateMutation;

/// Writing forms that templates describe.
#[rows::row_object]
impl TemplateMutation {
    /// Saves the draft of a form that a template describes (lưu nháp biểu): all cells or none.
    #[graphql(directive = requires::apply(Action::SaveForm, roles_for(Action::SaveForm)))]
    async fn save_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SaveFormInput,
    ) -> Result<SaveFormPayload> {
        let draft = DraftCells {
            template: of(input.form)?,
            cells: input.cells.into_iter().map(GivenCell::from).collect(),
            mode: input.mode,
            today: ctx.app()?.clock.today(),
            beside: ctx.app()?.forms.get(input.form)?.beside(),
        };
        let target = SaveTarget {
            operation: "saveForm",
            form: input.form,
            programme: input.programme,
            organisation: input.organisation,
            period: input.period.0,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        let language = ctx.language();
        let (done, user_errors) = split(saving::save(ctx.app()?, ctx.request()?, &target, &draft).await?, language);
        let (submission, warnings) = match done {
            None => (None, Vec::new()),
            Some(saved) => (
                (!target.dry_run).then(|| Submission(Arc::new(saved.submission))),
                saved.warnings.iter().map(|warning| FormWarning::of(warning, language)).collect(),
            ),
        };
        Ok(SaveFormPayload { submission, warnings, user_errors })
    }
}
