//! What a template says, in the schema: a front end draws the form from it.

use async_graphql::{Context, Result};
use entity::indicator::measure;

use base::indicator::graphql::Measure;
use kernel::error::ApiError;
use kernel::form::Additivity;
use kernel::form::FormCode;
use kernel::i18n::Language;
use kernel::period::{Calendar, PeriodKind};
use kernel::units::OrganisationKind;
use kit::context::ContextExt;
use kit::scalar::Count;
use templates::definition::{Check, Dimension, DimensionValue, Field, Row, Table, Template};
use templates::{CheckKind, Confidentiality, DayLimit, FieldKind, all, of, rules};

/// A form described by data (mẫu biểu): its tables, what must hold in them, and what is read off them.
pub struct FormTemplate(&'static Template);

/// A form described by data (mẫu biểu): its tables, what must hold in them, and what is read off them.
#[rows::row_object]
impl FormTemplate {
    /// The form.
    fn code(&self) -> FormCode {
        self.0.code
    }

    /// Title (tên biểu).
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.0.title(language)
    }

    /// The decree, or the section of the plan, that asks for it (căn cứ).
    fn source(&self) -> &str {
        &self.0.source
    }

    /// The calendar of its periods.
    fn calendar(&self) -> Calendar {
        self.0.calendar
    }

    /// The kinds of periods that it is submitted for.
    fn period_kinds(&self) -> &[PeriodKind] {
        &self.0.period_kinds
    }

    /// The kinds of organisations that submit it (đơn vị lập biểu).
    fn organisation_kinds(&self) -> &[OrganisationKind] {
        &self.0.organisation_kinds
    }

    /// How much of it is shown to all but the unit itself, the standing body and the Chair (hạn chế xem); null where it
    /// is not confidential.
    fn confidential(&self) -> Option<Confidentiality> {
        self.0.confidential
    }

    /// Its tables (bảng), in the form's order.
    fn tables(&self) -> Vec<FormTable> {
        self.0.tables.iter().map(FormTable).collect()
    }

    /// What must hold, or else the form is not saved (kiểm tra logic).
    fn checks(&self) -> Vec<FormCheck> {
        self.0.checks.iter().map(|check| FormCheck { template: self.0, check }).collect()
    }

    /// What is read off the form once it is accepted (số đo).
    fn measures(&self) -> Vec<Measure> {
        let measures = self.0.measures.iter();
        measures
            .map(|one| {
                Measure(measure::Model {
                    code: one.code.clone(),
                    additivity: one.additivity.as_str().to_owned(),
                    unit: one.unit.clone(),
                    source: self.0.code.as_str().to_owned(),
                    title_vi: one.title_vi.clone(),
                    title_en: one.title_en.clone(),
                })
            })
            .collect()
    }
}

/// A table of a form (bảng của biểu): rows, each with the same fields.
pub struct FormTable(&'static Table);

/// A table of a form (bảng của biểu): rows, each with the same fields.
#[rows::row_object]
impl FormTable {
    /// Code, unique in the form.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.0.title(language)
    }

    /// Whether its required fields are asked for in every row, begun or not (luôn phải nhập).
    fn always(&self) -> bool {
        self.0.always
    }

    /// What its rows are broken down by (phân tổ); none for a table with the one row `TOTAL`.
    fn dimensions(&self) -> Vec<FormDimension> {
        self.0.dimensions.iter().map(FormDimension).collect()
    }

    /// Its rows (dòng): every combination of the dimensions' values, in the form's order.
    fn rows(&self) -> Vec<FormRow> {
        self.0.rows.iter().map(FormRow).collect()
    }

    /// Its columns (cột), in the form's order.
    fn fields(&self) -> Vec<FormField> {
        self.0.fields.iter().map(FormField).collect()
    }
}

/// What the rows of a table are broken down by (phân tổ).
pub struct FormDimension(&'static Dimension);

/// What the rows of a table are broken down by (phân tổ).
#[rows::row_object]
impl FormDimension {
    /// Code, unique in the table.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.0.title(language)
    }

    /// Its values.
    fn values(&self) -> Vec<FormDimensionValue> {
        self.0.values.iter().map(FormDimensionValue).collect()
    }
}

/// A value of a dimension (giá trị phân tổ).
pub struct FormDimensionValue(&'static DimensionValue);

/// A value of a dimension (giá trị phân tổ).
#[rows::row_object]
impl FormDimensionValue {
    /// Code, unique in the dimension.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.0.title(language)
    }
}

/// A row of a table (dòng).
pub struct FormRow(&'static Row);

/// A row of a table (dòng).
#[rows::row_object]
impl FormRow {
    /// Code: its values joined by `/`, such as `ONE_STOP_RATING/LAND`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.0.title(language)
    }

    /// Its value in each dimension of the table, in their order.
    fn values(&self) -> &[String] {
        &self.0.values
    }
}

/// A column of a table (cột, chỉ tiêu của biểu).
pub struct FormField(&'static Field);

/// A column of a table (cột, chỉ tiêu của biểu).
#[rows::row_object]
impl FormField {
    /// Code, unique in the table.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        self.0.title(language)
    }

    /// What stands in it.
    fn kind(&self) -> FieldKind {
        self.0.kind
    }

    /// What is counted (đơn vị tính): `DOSSIER`, `RATING`; null for texts and days.
    fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// How its numbers combine over time (tính cộng dồn); null for texts and days, and for numbers that don't add up,
    /// such as scores: they are not consolidated.
    fn additivity(&self) -> Option<Additivity> {
        self.0.additivity
    }

    /// The largest number that it takes (giá trị lớn nhất); null for texts and days.
    fn max(&self) -> Option<Count> {
        self.0.largest().map(Count)
    }

    /// Whether a row of which anything is given must give it (bắt buộc).
    fn required(&self) -> bool {
        self.0.required
    }

    /// Until when a day may be (ngày muộn nhất); null where any day is taken, and for what is no day.
    fn not_after(&self) -> Option<DayLimit> {
        self.0.not_after
    }
}

/// What must hold in a form (kiểm tra logic).
pub struct FormCheck {
    template: &'static Template,
    check: &'static Check,
}

/// What must hold in a form (kiểm tra logic).
#[rows::row_object]
impl FormCheck {
    /// What kind of check.
    fn kind(&self) -> CheckKind {
        self.check.kind()
    }

    /// Code of the table that it is about.
    fn table(&self) -> &str {
        self.check.table()
    }

    /// What it asks, as a sentence.
    fn sentence(&self, #[graphql(default, desc = "In which language.")] language: Language) -> Result<String> {
        let sentence = rules::sentence(self.template, self.check);
        Ok(sentence.ok_or_else(|| ApiError::internal("a check of no table"))?.render(language))
    }
}

/// Reading templates.
#[derive(Default)]
pub struct DescribeQuery;

/// Reading templates.
#[rows::row_object]
impl DescribeQuery {
    /// Every form that a template describes (danh mục mẫu biểu). Dossier statistics have a mutation and fields of
    /// their own and are none of them.
    fn form_templates(&self, ctx: &Context<'_>) -> Result<Vec<FormTemplate>> {
        ctx.viewer()?;
        Ok(all().map_err(ApiError::internal)?.iter().map(FormTemplate).collect())
    }

    /// The template of a form; null for a form that none describes.
    fn form_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] code: FormCode,
    ) -> Result<Option<FormTemplate>> {
        ctx.viewer()?;
        Ok(of(code).ok().map(FormTemplate))
    }
}
