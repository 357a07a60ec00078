//! Consolidated forms in the schema.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use entity::organisation::organisation;
use entity::workflow::submission;

use crate::error::{ApiError, ApiResult};
use crate::form::FormCode;
use crate::graphql::context::{ContextExt, or_null};
use crate::graphql::scalar::Count;
use crate::organisation::graphql::Organisation;
use crate::period::graphql::{PeriodCode, ReportingPeriod};
use crate::template::service::{self, Consolidated, Wanted};
use crate::workflow::consolidation::Consolidation;
use crate::workflow::graphql::{Submission, SubmissionId};
use crate::workflow::store;

/// A form over an organisation with all below it, for a period (biểu tổng hợp).
pub struct ConsolidatedForm(Consolidated);

/// A number of a consolidated form (ô số liệu tổng hợp).
#[derive(SimpleObject)]
pub struct ConsolidatedCell {
    /// Code of the table.
    pub table: String,
    /// Code of the row.
    pub row: String,
    /// Code of the field.
    pub field: String,
    /// The number: over time as the field adds (FLOW adds up, STOCK is the last, OPENING the first), then added
    /// up over the organisations. Null where no accepted form fills the cell.
    pub value: Option<Count>,
    /// The same for the same period a year before (cùng kỳ năm trước).
    pub last_year: Option<Count>,
}

/// A submission that a consolidated form uses (báo cáo được tổng hợp).
pub struct ConsolidatedSource {
    organisation: Organisation,
    row: submission::Model,
}

/// A submission that a consolidated form uses (báo cáo được tổng hợp).
#[Object]
impl ConsolidatedSource {
    /// Whose.
    async fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// For which period: the one that is consolidated, or a part of it.
    async fn period(&self) -> Result<ReportingPeriod> {
        Ok(ReportingPeriod(store::period_of(&self.row)?))
    }

    /// Which edition of it (lần lập).
    async fn edition(&self) -> i32 {
        self.row.edition
    }

    /// The submission itself, where the caller may see it.
    async fn submission(&self, ctx: &Context<'_>) -> Option<ApiResult<Submission>> {
        let found = async {
            let found = ctx.loader()?.load_one(SubmissionId(self.row.id)).await.map_err(ApiError::shared)?;
            Ok(found.map(Submission))
        };
        or_null(found.await)
    }
}

/// Parts of a period for which an organisation has nothing accepted, beside others that are there (kỳ còn thiếu).
#[derive(SimpleObject)]
pub struct MissingPeriods {
    /// Whose.
    pub organisation: Organisation,
    /// The parts, by code.
    pub periods: Vec<PeriodCode>,
}

fn organisation_of(row: &organisation::Model) -> Organisation {
    Organisation(Arc::new(row.clone()))
}

fn sources_of(sources: &Consolidation) -> Vec<ConsolidatedSource> {
    sources
        .contributions
        .iter()
        .flat_map(|one| {
            let organisation = Arc::new(one.organisation.clone());
            one.chosen.iter().map(move |row| ConsolidatedSource {
                organisation: Organisation(Arc::clone(&organisation)),
                row: row.clone(),
            })
        })
        .collect()
}

/// A form over an organisation with all below it, for a period (biểu tổng hợp), made of accepted forms alone.
#[Object]
impl ConsolidatedForm {
    /// The form.
    async fn form(&self) -> FormCode {
        self.0.template.code
    }

    /// Whose: itself and all below it.
    async fn organisation(&self) -> Organisation {
        organisation_of(&self.0.organisation)
    }

    /// The period.
    async fn period(&self) -> ReportingPeriod {
        ReportingPeriod(self.0.period)
    }

    /// The same period a year before; null for a window of its own.
    async fn last_year_period(&self) -> Option<ReportingPeriod> {
        self.0.last_year.as_ref().map(|(period, _)| ReportingPeriod(*period))
    }

    /// Every cell of the form that holds a number, filled or not, in the form's order; as many as the template has.
    async fn cells(&self) -> Vec<ConsolidatedCell> {
        let places = self.0.template.places();
        let cells = places.filter_map(|place| {
            let (table, row, field) = self.0.template.at(place).filter(|(_, _, field)| field.is_number())?;
            Some(ConsolidatedCell {
                table: table.code.clone(),
                row: row.code.clone(),
                field: field.code.clone(),
                value: self.0.values.get(&place).copied().map(Count),
                last_year: self.0.last_year_values.get(&place).copied().map(Count),
            })
        });
        cells.collect()
    }

    /// The submissions that the numbers are made of: of each organisation those of the period itself, or else
    /// those of its parts.
    async fn submissions(&self) -> Vec<ConsolidatedSource> {
        sources_of(&self.0.sources)
    }

    /// The submissions that last year's numbers are made of.
    async fn last_year_submissions(&self) -> Vec<ConsolidatedSource> {
        self.0.last_year.as_ref().map(|(_, sources)| sources_of(sources)).unwrap_or_default()
    }

    /// Who must submit the form and has nothing accepted for the period (đơn vị còn thiếu), by code.
    async fn missing_organisations(&self) -> Vec<Organisation> {
        self.0.sources.missing.iter().map(organisation_of).collect()
    }

    /// Which parts of the period are missing of those who have others.
    async fn missing_periods(&self) -> Vec<MissingPeriods> {
        let incomplete = self.0.sources.contributions.iter().filter(|one| !one.missing.is_empty());
        incomplete
            .map(|one| MissingPeriods {
                organisation: organisation_of(&one.organisation),
                periods: one.missing.iter().cloned().map(PeriodCode).collect(),
            })
            .collect()
    }
}

/// Reading consolidated forms.
#[derive(Default)]
pub struct ConsolidatedQuery;

/// Reading consolidated forms.
#[Object]
impl ConsolidatedQuery {
    /// A form consolidated over an organisation and all below it (tổng hợp biểu), from accepted forms. Open to
    /// everybody with a grant under the programme, as the figures of measures are; the submissions themselves
    /// only to whom they are open. For forms that a template describes.
    async fn consolidated_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] form: FormCode,
        #[graphql(desc = "The period, or a longer one that the form's periods make up.")] period: PeriodCode,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<ConsolidatedForm> {
        let wanted = Wanted { form, period: period.0, organisation, programme };
        Ok(ConsolidatedForm(service::consolidated(ctx.app()?, &ctx.viewer()?, &wanted).await?))
    }
}
