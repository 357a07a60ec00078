//! What a consolidated form is made of, in the schema; the same for every form.

use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::organisation::organisation;
use entity::workflow::submission;

use super::{Submission, SubmissionId};
use crate::workflow::consolidation::{Consolidation, Missing};
use crate::workflow::store;
use base::organisation::graphql::Organisation;
use base::period::{PeriodCode, ReportingPeriod};
use kernel::error::{ApiError, ApiResult};
use kit::context::{ContextExt, or_null};
use kit::scalar::Count;

/// A submission that a consolidated form uses (báo cáo được tổng hợp).
pub struct ConsolidatedSource {
    organisation: Organisation,
    row: submission::Model,
}

/// A submission that a consolidated form uses (báo cáo được tổng hợp).
#[rows::row_object]
impl ConsolidatedSource {
    /// Whose.
    fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// For which period: the one that is consolidated, or a part of it.
    fn period(&self) -> Result<ReportingPeriod> {
        Ok(ReportingPeriod(store::period_of(&self.row)?))
    }

    /// Which edition of it (lần lập).
    fn edition(&self) -> i32 {
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
#[derive(rows::RowObject)]
pub struct MissingPeriods {
    /// Whose.
    pub organisation: Organisation,
    /// The parts, by code.
    pub periods: Vec<PeriodCode>,
}

fn organisation_of(row: &organisation::Model) -> Organisation {
    Organisation(Arc::new(row.clone()))
}

/// The submissions that are used.
pub fn sources(found: &Consolidation) -> Vec<ConsolidatedSource> {
    found
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

/// Who must submit and has nothing.
pub fn missing_organisations(missing: &Missing) -> Vec<Organisation> {
    missing.organisations.iter().map(organisation_of).collect()
}

/// Which parts are missing of those who have others.
pub fn missing_periods(missing: &Missing) -> Vec<MissingPeriods> {
    let incomplete = missing.periods.iter();
    incomplete
        .map(|(organisation, parts)| MissingPeriods {
            organisation: organisation_of(organisation),
            periods: parts.iter().cloned().map(PeriodCode).collect(),
        })
        .collect()
}

/// A number of things that are missing.
pub fn missing_count(count: usize) -> Count {
    Count(i64::try_from(count).unwrap_or(i64::MAX))
}
