//! Disclosure of the budget in the schema: how each unit's documents stand on a day.

use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::NaiveDate;

use super::reading::{self, Standing, UnitDocuments, Wanted};
use super::{BudgetDisclosureDocument, BudgetDisclosureState};
use base::organisation::graphql::Organisation;
use base::period::ReportingPeriod;
use kit::connection::{Rows, connection, page};
use kit::context::ContextExt;
use kit::scalar::Count;

/// A document of the budget as it stands on a day (tình trạng công khai tài liệu).
pub struct BudgetDisclosure {
    standing: Standing,
    on: NaiveDate,
}

/// A document of the budget as it stands on a day (tình trạng công khai tài liệu). Whether it is in time is computed, from
/// the quarter's end or the day of the decision and the parameter BUDGET_DISCLOSURE_DAYS.
#[rows::row_object]
impl BudgetDisclosure {
    /// Which document (tài liệu).
    fn document(&self) -> BudgetDisclosureDocument {
        self.standing.document
    }

    /// The quarter whose form tells of it (quý báo cáo).
    fn quarter(&self) -> ReportingPeriod {
        ReportingPeriod(self.standing.quarter)
    }

    /// How it stands on the day (tình trạng).
    fn state(&self) -> BudgetDisclosureState {
        self.standing.state
    }

    /// Day of the decision that assigned, changed or approved it (ngày quyết định); null for the execution of a period, and
    /// where the unit has not told it.
    fn decided_on(&self) -> Option<NaiveDate> {
        self.standing.told.decided_on
    }

    /// The day after which its days run (ngày phát sinh): the decision's, or the quarter's last.
    fn arises_on(&self) -> NaiveDate {
        self.standing.deadline.arises_on
    }

    /// The last day to publish it (hạn công khai).
    fn due_on(&self) -> NaiveDate {
        self.standing.deadline.due_on
    }

    /// When it was published (ngày công khai); null where it was not by the day.
    fn published_on(&self) -> Option<NaiveDate> {
        self.standing.told.published_on
    }

    /// Where it is to be found: an address on the web, or a place (nơi công khai).
    fn place(&self) -> Option<&str> {
        self.standing.told.place.as_deref()
    }

    /// Whole days after the last one, until it was published or until the day; 0 in time (số ngày chậm).
    fn days_late(&self) -> Count {
        Count(self.standing.deadline.days_late(self.standing.told.published_on, self.on))
    }

    /// Whether the form that says so is accepted (đã duyệt); null where the unit has told nothing of the document.
    fn accepted(&self) -> Option<bool> {
        self.standing.accepted
    }
}

/// How many documents are in a state (số tài liệu theo tình trạng).
#[derive(rows::RowObject)]
pub struct BudgetDisclosureCount {
    /// The state (tình trạng).
    pub state: BudgetDisclosureState,
    /// How many documents.
    pub documents: Count,
}

/// The budget documents of a unit in a year, as they stand on a day (công khai ngân sách của đơn vị).
pub struct UnitBudgetDisclosures {
    unit: Organisation,
    documents: Vec<Standing>,
    year: i32,
    on: NaiveDate,
}

/// The budget documents of a unit in a year, as they stand on a day (công khai ngân sách của đơn vị).
#[rows::row_object]
impl UnitBudgetDisclosures {
    /// Whose (đơn vị).
    fn organisation(&self) -> &Organisation {
        &self.unit
    }

    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> i32 {
        self.year
    }

    /// The day on which they stand so.
    fn on(&self) -> NaiveDate {
        self.on
    }

    /// Each document, quarter by quarter; 16 at most. Changes of the estimate and settlements are among them from when the
    /// unit tells of their decision.
    fn documents(
        &self,
        #[graphql(desc = "Only those in these states; all when left out.")] states: Option<Vec<BudgetDisclosureState>>,
    ) -> Vec<BudgetDisclosure> {
        let wanted = |one: &&Standing| states.as_ref().is_none_or(|states| states.contains(&one.state));
        let found = self.documents.iter().filter(wanted).cloned();
        found.map(|standing| BudgetDisclosure { standing, on: self.on }).collect()
    }

    /// How many are in each state, every state once (số tài liệu theo tình trạng).
    fn counts(&self) -> Vec<BudgetDisclosureCount> {
        let count = |state: BudgetDisclosureState| {
            let documents = self.documents.iter().filter(|one| one.state == state).count();
            BudgetDisclosureCount { state, documents: Count(i64::try_from(documents).unwrap_or(i64::MAX)) }
        };
        BudgetDisclosureState::ALL.iter().copied().map(count).collect()
    }
}

connection! {
    /// A page of units with their budget documents.
    BudgetDisclosureConnection, BudgetDisclosureEdge, UnitBudgetDisclosures
}

/// Reading disclosure of the budget.
#[derive(Default)]
pub struct DisclosureQuery;

/// Reading disclosure of the budget.
#[rows::row_object]
impl DisclosureQuery {
    /// How the budget documents of a year stand on a day (tình hình công khai ngân sách), unit by unit, by code: of every
    /// unit that has to publish or has. Open to everybody who sees the programme, as soon as the unit's form is sent.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn budget_disclosures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "Only of the organisation of this code and those below it.")] organisation: Option<String>,
        #[graphql(desc = "On which day; today when left out.")] on: Option<NaiveDate>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetDisclosureConnection> {
        let app = ctx.app()?;
        let on = on.unwrap_or_else(|| app.clock.today());
        let wanted = Wanted { programme, organisation, year: fiscal_year, on };
        let page = page(first, after, last, before)?;
        let slice = reading::page(app.db.read(), &ctx.viewer()?, &wanted, &page).await?;
        let unit = |(unit, documents): UnitDocuments| UnitBudgetDisclosures {
            unit: Organisation(Arc::new(unit)),
            documents,
            year: fiscal_year,
            on,
        };
        Ok(BudgetDisclosureConnection(Rows::of(slice, unit)))
    }
}
